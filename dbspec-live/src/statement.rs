//! What drivers of SQL engines share: a statement's binds and its result.

use dbspec_core::program::machine::Fault;
use dbspec_core::value::Value;

/// The binds: texts or nulls.
pub(crate) fn binds(args: &Value) -> Result<Vec<Option<String>>, Fault> {
    let unfit = || Fault::Broken("binds of a statement are texts".into());
    let Value::List(args) = args else {
        return Err(unfit());
    };
    let each = args.iter().map(|arg| match arg {
        Value::Null => Ok(None),
        Value::Text(text) => Ok(Some(text.to_string())),
        _ => Err(unfit()),
    });
    each.collect()
}

/// Rows, and how many were touched.
pub(crate) fn result(rows: Vec<Value>, touched: u64) -> Value {
    Value::Map(vec![
        ("rows".into(), Value::List(rows)),
        (
            "touched".into(),
            Value::Int(i64::try_from(touched).unwrap_or(i64::MAX)),
        ),
    ])
}
