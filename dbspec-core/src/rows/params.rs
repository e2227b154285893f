//! Arguments of queries and writes, and who asks.

use serde_json::{Map, Value as Json};

use super::read::{key_of, row_of, scalar_of, spread, unknown};
use super::{Misfit, Problem, print};
use crate::kernel::{Kernel, Scalar, Type, Var, VarType};
use crate::value::Value;

/// The arguments of a query or write, one per parameter, from an object by name.
///
/// # Errors
/// A parameter that doesn't exist, one that is missing, or a value of another type.
pub fn args_of(kernel: &Kernel, params: &[Var], given: &Map<String, Json>) -> Result<Vec<Value>, Misfit> {
    if let Some(name) = given
        .keys()
        .find(|name| !params.iter().any(|it| *it.name == ***name))
    {
        return Err(unknown(name, params.iter().map(|it| it.name.to_string())));
    }
    let args = params.iter().map(|param| match given.get(&*param.name) {
        None | Some(Json::Null) if param.optional => Ok(Value::Null),
        None | Some(Json::Null) => Err(Misfit::new(Problem::Missing(param.name.to_string()))),
        Some(json) => argument(kernel, &param.ty, json).map_err(|it| it.within(&param.name)),
    });
    args.collect()
}

fn argument(kernel: &Kernel, ty: &VarType, json: &Json) -> Result<Value, Misfit> {
    match ty {
        VarType::Scalar(scalar) => scalar_of(kernel, scalar, json),
        VarType::Ref(entity) => key_of(kernel, *entity, json).map(Value::List),
        VarType::Row(entity) => {
            let row = row_of(kernel, *entity, json)?;
            Ok(Value::List(print::filled(kernel, *entity, &row)))
        }
        VarType::List { of, min, max } => {
            let Json::Array(items) = json else {
                return Err(Misfit::expected("an array", json));
            };
            let most = max.map_or(usize::MAX, |max| max as usize);
            if !(*min as usize..=most).contains(&items.len()) {
                let most = max.map_or(String::new(), |max| format!(", at most {max}"));
                return Err(Misfit::expected(
                    format!("an array of at least {min}{most} items"),
                    json,
                ));
            }
            let items = items.iter().enumerate().map(|(at, json)| {
                let item = argument(kernel, of, json).map_err(|it| it.at(at))?;
                // So that it can be compared with a leaf: a key of one leaf is that leaf.
                Ok(match (&**of, item) {
                    (VarType::Ref(_), Value::List(mut key)) if key.len() == 1 => {
                        key.pop().unwrap_or_default()
                    }
                    (_, item) => item,
                })
            });
            items.collect::<Result<_, _>>().map(Value::List)
        }
    }
}

/// A parameter given as text (`--param name=text`) as JSON: as it stands where its type is written as a string, else
/// parsed.
///
/// # Errors
/// Text that isn't JSON, where only JSON will do.
pub fn param_json(kernel: &Kernel, ty: &VarType, text: &str) -> Result<Json, Misfit> {
    let parsed = || serde_json::from_str(text).map_err(|it| Misfit::new(Problem::Syntax(it.to_string())));
    match ty {
        VarType::Scalar(scalar) => Ok(scalar_json(scalar, text)),
        VarType::Ref(entity) => match kernel.key_leaves(*entity).as_slice() {
            [leaf] => match &kernel.leaves[*leaf].ty {
                crate::kernel::LeafType::Scalar(scalar) => Ok(scalar_json(scalar, text)),
                crate::kernel::LeafType::List(_) => parsed(),
            },
            _ => parsed(),
        },
        VarType::Row(_) | VarType::List { .. } => parsed(),
    }
}

fn scalar_json(scalar: &Scalar, text: &str) -> Json {
    let string = || Json::String(text.into());
    match scalar {
        Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Float64
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. } => serde_json::from_str(text).unwrap_or_else(|_| string()),
        Scalar::Decimal { .. }
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Bytes { .. }
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Enum(_)
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => string(),
    }
}

/// Who asks: one value per member of the session, from an object by name; absent ones are null.
///
/// # Errors
/// A member that doesn't exist, or a value of another type.
pub fn session_of(kernel: &Kernel, given: &Map<String, Json>) -> Result<Vec<Value>, Misfit> {
    if let Some(name) = given
        .keys()
        .find(|name| !kernel.session.iter().any(|it| *it.name == ***name))
    {
        return Err(unknown(name, kernel.session.iter().map(|it| it.name.to_string())));
    }
    let members = kernel.session.iter().map(|member| {
        let json = given.get(&*member.name).unwrap_or(&Json::Null);
        if json.is_null() {
            return Ok(Value::Null);
        }
        let mut values = Vec::new();
        spread(kernel, &member.ty, json, &mut values).map_err(|it| it.within(&member.name))?;
        Ok(match &member.ty {
            Type::Scalar(_) | Type::List(_) => values.pop().unwrap_or_default(),
            Type::Ref(_) | Type::Group(_) | Type::Range(_) => Value::List(values),
        })
    });
    members.collect()
}
