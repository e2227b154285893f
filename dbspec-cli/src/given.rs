//! Parameters, fields and session members from the command line.

use dbspec::kernel::{EntityId, Kernel, QueryId, Type, Var, VarType, WriteId};
use dbspec::rows::{self, Given, Misfit};
use dbspec::syntax::nearest;
use dbspec::value::Value;
use serde_json::{Map, Value as Json};

use crate::failure::Failure;

/// `NAME=VALUE` pairs, each name once.
fn pairs<'a>(option: &str, given: &'a [String]) -> Result<Vec<(&'a str, &'a str)>, Failure> {
    let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(given.len());
    for text in given {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("{option} wants NAME=VALUE, and `{text}` has no `=`")))?;
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(Failure::Usage(format!("{option} gives `{name}` twice")));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn misfit(option: &str, misfit: &Misfit) -> Failure {
    Failure::Usage(format!("{option}: {misfit}"))
}

/// The arguments of a query or a write.
pub(crate) fn arguments(kernel: &Kernel, params: &[Var], given: &[String]) -> Result<Vec<Value>, Failure> {
    let mut object = Map::new();
    for (name, text) in pairs("--param", given)? {
        let json = match params.iter().find(|it| &*it.name == name) {
            Some(param) => rows::param_json(kernel, &param.ty, text).map_err(|it| misfit("--param", &it))?,
            // Refused with the names that there are.
            None => Json::Null,
        };
        object.insert(name.to_owned(), json);
    }
    rows::args_of(kernel, params, &object).map_err(|it| misfit("--param", &it))
}

/// The fields of a new row.
pub(crate) fn row(kernel: &Kernel, entity: EntityId, given: &[String]) -> Result<Given, Failure> {
    let mut object = Map::new();
    for (name, text) in pairs("--param", given)? {
        let ty = kernel.field(entity, name).map(|field| &kernel.fields[field].ty);
        object.insert(
            name.to_owned(),
            field(kernel, ty, text).map_err(|it| misfit("--param", &it))?,
        );
    }
    rows::row_of(kernel, entity, &Json::Object(object)).map_err(|it| misfit("--param", &it))
}

/// Who asks.
pub(crate) fn session(kernel: &Kernel, given: &[String]) -> Result<Vec<Value>, Failure> {
    let mut object = Map::new();
    for (name, text) in pairs("--session", given)? {
        let ty = kernel
            .session
            .iter()
            .find(|it| &*it.name == name)
            .map(|it| &it.ty);
        object.insert(
            name.to_owned(),
            field(kernel, ty, text).map_err(|it| misfit("--session", &it))?,
        );
    }
    rows::session_of(kernel, &object).map_err(|it| misfit("--session", &it))
}

/// A field's value as JSON: as it stands where its type is written as a string, else parsed.
fn field(kernel: &Kernel, ty: Option<&Type>, text: &str) -> Result<Json, Misfit> {
    match ty {
        Some(Type::Scalar(scalar)) => rows::param_json(kernel, &VarType::Scalar(scalar.clone()), text),
        Some(Type::Ref(entity)) => rows::param_json(kernel, &VarType::Ref(*entity), text),
        Some(Type::Group(_) | Type::Range(_) | Type::List(_)) | None => {
            Ok(serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_owned())))
        }
    }
}

/// A parameter's value as it is given.
pub(crate) fn json(kernel: &Kernel, ty: &VarType, value: &Value) -> Json {
    match (ty, value) {
        (VarType::Ref(entity), Value::List(key)) => rows::key_json(kernel, *entity, key),
        _ => rows::value_json(value),
    }
}

/// The access of a name.
pub(crate) fn query(kernel: &Kernel, name: &str) -> Result<QueryId, Failure> {
    let known = || kernel.queries.iter().map(|(_, it)| &*it.name);
    kernel
        .query(name)
        .ok_or_else(|| unknown("access", name, &mut known()))
}

/// The write of a name.
pub(crate) fn write(kernel: &Kernel, name: &str) -> Result<WriteId, Failure> {
    let known = || kernel.writes.iter().map(|(_, it)| &*it.name);
    kernel
        .write(name)
        .ok_or_else(|| unknown("write", name, &mut known()))
}

/// The entity of a name.
pub(crate) fn entity(kernel: &Kernel, name: &str) -> Result<EntityId, Failure> {
    let known = || kernel.entities.iter().map(|(_, it)| &*it.name);
    kernel
        .entity(name)
        .ok_or_else(|| unknown("entity", name, &mut known()))
}

fn unknown(what: &str, name: &str, known: &mut dyn Iterator<Item = &str>) -> Failure {
    let known: Vec<&str> = known.collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it has none".to_owned(),
        None if known.len() <= 20 => format!("it has {}", known.join(", ")),
        None => format!("it has {} others", known.len()),
    };
    Failure::Usage(format!("the model has no {what} `{name}`; {hint}"))
}
