//! Rows as a client of the engine puts them in by hand.

use dbspec_core::kernel::{EntityId, LeafId, LeafType};
use dbspec_core::program::Codec;
use dbspec_core::semantics::Row;
use dbspec_core::value::Value;

use super::program::codec;
use super::{Ground, Sql, Writer};

/// Statements that insert rows, between `begin` and a commit where there are several.
pub(crate) fn insertion(on: Ground<'_>, rows: &[(EntityId, Row)], begin: &str) -> Option<Vec<Box<str>>> {
    let inserts: Option<Vec<Box<str>>> = rows
        .iter()
        .map(|(entity, row)| insert(on, *entity, row))
        .collect();
    let inserts = inserts?;
    if inserts.len() < 2 {
        return Some(inserts);
    }
    let first = format!("{begin};").into();
    Some(
        std::iter::once(first)
            .chain(inserts)
            .chain(["commit;".into()])
            .collect(),
    )
}

fn insert(on: Ground<'_>, entity: EntityId, row: &Row) -> Option<Box<str>> {
    let leaves = on.kernel.entities[entity].leaves.iter();
    let values: Option<Vec<Sql>> = leaves.zip(row).map(|(leaf, it)| value(on, leaf, it)).collect();
    let mut writer = Writer::new(on.words.dialect());
    writer.word("insert into ").name(on.table(entity)).word(" (");
    writer
        .names(on.columns(entity))
        .word(") values (")
        .list(&values?)
        .word(");");
    Some(writer.finish().into())
}

/// A value as it is stored; `None` where the leaf can't hold it.
fn value(on: Ground<'_>, leaf: LeafId, value: &Value) -> Option<Sql> {
    if value.is_null() {
        return Some(Sql::Null);
    }
    let ty = &on.kernel.leaves[leaf].ty;
    let codec = match ty {
        LeafType::Scalar(scalar) => codec::bind(on.kernel, scalar),
        LeafType::List(_) => Codec::Document(Box::new(codec::given(on.kernel, ty))),
    };
    match codec.encode(value).ok()? {
        Value::Text(text) => Some(on.words.stored(on.kernel, ty, Sql::Text(text.into()))),
        _ => None,
    }
}
