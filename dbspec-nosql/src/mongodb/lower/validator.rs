//! Validators: what every document of a collection must match, whoever writes it.
//!
//! `$jsonSchema` says types, sizes and what is there; `$expr` says predicates over one document. Each is used in the form
//! that `DocumentDB` takes too.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Atom, Cmp, EntityId, Expr, FieldId, Item, Kernel, LeafId, LeafType, ListKind, Place, Pred, RuleKind,
    Scalar, SizeOf,
};
use dbspec_core::pred::Test;
use dbspec_core::program::to_json;
use dbspec_core::value::Value;
use serde_json::{Map, Value as Json, json};

use super::collection::Collections;
use crate::mongodb::design::ID;
use crate::mongodb::layout::Layout;
use crate::mongodb::types;

/// Writes the validators.
pub(super) fn lower(kernel: &Kernel, all: &mut Collections) {
    for entity in kernel.entities.ids() {
        let layout = Layout {
            kernel,
            design: &all.design,
        };
        let validator = validator(layout, entity);
        all.design.collections[entity.index() as usize].validator = validator;
    }
}

fn validator(layout: Layout<'_>, entity: EntityId) -> Json {
    let kernel = layout.kernel;
    let it = &kernel.entities[entity];
    let key = kernel.key_leaves(entity);
    let mut properties = Map::new();
    let mut inside = Map::new();
    let mut required = vec![ID.to_owned()];
    let mut schemas: Vec<Json> = it.leaves.iter().map(|leaf| types::schema(kernel, leaf)).collect();
    for (_, rule) in kernel.rules_of(entity) {
        if let RuleKind::Size { leaf, of, min, max } = &rule.kind
            && says_size(kernel, *leaf, *of)
        {
            size(&mut schemas[kernel.position(*leaf)], *of, *min, *max);
        }
    }
    for (leaf, schema) in it.leaves.iter().zip(schemas) {
        let path = &layout.field(leaf).path;
        match path.split_once('.') {
            Some((_, within)) => inside.insert(within.to_owned(), schema),
            None => properties.insert(path.clone(), schema),
        };
    }
    if !inside.is_empty() {
        let names: Vec<&str> = inside.keys().map(String::as_str).collect();
        let schema = json!({ "bsonType": "object", "required": names, "properties": inside });
        properties.insert(ID.to_owned(), schema);
    }
    let mut expressions = Vec::new();
    for (_, rule) in kernel.rules_of(entity) {
        match &rule.kind {
            RuleKind::Required(field) => {
                let leaves = required_leaves(kernel, *field);
                let own = leaves.into_iter().filter(|leaf| !key.contains(leaf));
                required.extend(own.map(|leaf| layout.field(leaf).path.clone()));
            }
            RuleKind::Predicate { holds, on_write } => {
                expressions.extend(predicate(layout, entity, holds, *on_write));
            }
            RuleKind::Version(leaf) => expressions.push(at_least_one(layout, *leaf)),
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Key(_)
            | RuleKind::Unique { .. }
            | RuleKind::Reference { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. }
            | RuleKind::Transition(_)
            | RuleKind::Derived { .. }
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => {}
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    required.retain(|name| seen.insert(name.clone()));
    let schema = json!({
        "$jsonSchema": { "bsonType": "object", "required": required, "properties": properties },
    });
    if expressions.is_empty() {
        return schema;
    }
    let mut all = vec![schema];
    all.extend(expressions.into_iter().map(|it| json!({ "$expr": it })));
    json!({ "$and": all })
}

/// The leaves that must be there for a field to be set.
pub(super) fn required_leaves(kernel: &Kernel, field: FieldId) -> Vec<LeafId> {
    let leaves = kernel.fields[field].leaves.iter();
    leaves.filter(|leaf| !kernel.leaves[*leaf].nullable).collect()
}

fn size(schema: &mut Json, of: SizeOf, min: u32, max: Option<u32>) {
    let (schema, least, most, times) = match of {
        SizeOf::Characters => (schema, "minLength", "maxLength", 1),
        SizeOf::Bytes => (schema, "minLength", "maxLength", 2),
        SizeOf::Items => (schema, "minItems", "maxItems", 1),
        SizeOf::ItemCharacters => (&mut schema["items"], "minLength", "maxLength", 1),
    };
    // Several rules may state sizes of one leaf: all hold.
    let min = (u64::from(min) * times).max(schema[least].as_u64().unwrap_or(0));
    if min > 0 {
        schema[least] = min.into();
    }
    if let Some(max) = max {
        let max = u64::from(max) * times;
        let stated = schema[most].as_u64().unwrap_or(u64::MAX);
        schema[most] = max.min(stated).into();
    }
}

/// Whether a schema can say a size: how values stand decides.
pub(super) fn says_size(kernel: &Kernel, leaf: LeafId, of: SizeOf) -> bool {
    match (&kernel.leaves[leaf].ty, of) {
        (LeafType::Scalar(Scalar::String { .. } | Scalar::Text), SizeOf::Characters)
        | (LeafType::Scalar(Scalar::Bytes { .. }), SizeOf::Bytes)
        | (LeafType::List(_), SizeOf::Items) => true,
        (LeafType::List(list), SizeOf::ItemCharacters) => {
            let is_text = matches!(list.item, Item::Scalar(Scalar::String { .. } | Scalar::Text));
            is_text && !matches!(list.kind, ListKind::Map { .. })
        }
        (
            LeafType::Scalar(_) | LeafType::List(_),
            SizeOf::Characters | SizeOf::Bytes | SizeOf::Items | SizeOf::ItemCharacters,
        ) => false,
    }
}

fn at_least_one(layout: Layout<'_>, leaf: LeafId) -> Json {
    json!({ "$gte": [format!("${}", layout.field(leaf).path), 1] })
}

/// The expression of a predicate over one document; `None` where there is none.
pub(super) fn predicate(layout: Layout<'_>, entity: EntityId, holds: &Pred, on_write: bool) -> Option<Json> {
    if on_write {
        // It need not hold later, but a touched document is validated again.
        return None;
    }
    Saying { layout }.test(&holds.not_false(&|place| may_be_null(layout, entity, place)))
}

/// The expression for the documents that a filter binds; `None` where there is none.
pub(super) fn bound(layout: Layout<'_>, entity: EntityId, filter: &Pred) -> Option<Json> {
    Saying { layout }.test(&filter.is_true(&|place| may_be_null(layout, entity, place)))
}

fn may_be_null(layout: Layout<'_>, entity: EntityId, place: &Place) -> bool {
    let kernel = layout.kernel;
    match place {
        Place::Leaf { leaf, .. } => kernel.entity_of(*leaf) != entity || kernel.leaves[*leaf].nullable,
        Place::Var { .. }
        | Place::Session { .. }
        | Place::Item { .. }
        | Place::Output(_)
        | Place::Now
        | Place::Today => true,
    }
}

struct Saying<'a> {
    layout: Layout<'a>,
}

impl Saying<'_> {
    fn test(&self, test: &Test) -> Option<Json> {
        match test {
            Test::Const(holds) => Some(json!({ "$literal": holds })),
            Test::Atom(atom) => self.atom(atom),
            Test::NotAtom(atom) => Some(json!({ "$not": [self.atom(atom)?] })),
            Test::IsNull(expr) => Some(json!({ "$lte": [self.path(own(expr)?), null] })),
            Test::NotNull(expr) => Some(json!({ "$gt": [self.path(own(expr)?), null] })),
            Test::And(parts) => self.parts("$and", parts),
            Test::Or(parts) => self.parts("$or", parts),
            Test::Any(..) | Test::None(..) => None,
        }
    }

    fn parts(&self, word: &str, parts: &[Test]) -> Option<Json> {
        let parts: Option<Vec<Json>> = parts.iter().map(|it| self.test(it)).collect();
        Some(json!({ word: parts? }))
    }

    fn path(&self, leaf: LeafId) -> Json {
        format!("${}", self.layout.field(leaf).path).into()
    }

    fn atom(&self, atom: &Atom) -> Option<Json> {
        match atom {
            Atom::Cmp(cmp, a, b) => {
                let like = own(a).or_else(|| own(b))?;
                let word = match cmp {
                    Cmp::Eq => "$eq",
                    Cmp::Ne => "$ne",
                    Cmp::Lt => "$lt",
                    Cmp::Le => "$lte",
                    Cmp::Gt => "$gt",
                    Cmp::Ge => "$gte",
                };
                Some(json!({ word: [self.operand(like, a)?, self.operand(like, b)?] }))
            }
            Atom::In(of, list) => {
                let leaf = own(of)?;
                let values: Option<Vec<Json>> = list.iter().map(|it| self.operand(leaf, it)).collect();
                Some(json!({ "$in": [self.operand(leaf, of)?, values?] }))
            }
            Atom::Holds(of) => Some(json!({ "$eq": [self.path(own(of)?), true] })),
            Atom::InVar(..)
            | Atom::StartsWith(..)
            | Atom::EndsWith(..)
            | Atom::Contains(..)
            | Atom::Matches(..)
            | Atom::Has(..)
            | Atom::Overlaps(_)
            | Atom::Verify(..) => None,
        }
    }

    fn operand(&self, like: LeafId, expr: &Expr) -> Option<Json> {
        let kernel = self.layout.kernel;
        if !comparable(kernel, like, like) {
            return None;
        }
        match expr {
            Expr::Value(value) => {
                let fitted = dbspec_core::semantics::fitted(kernel, like, value)?;
                if fitted == Value::Null {
                    return None;
                }
                let form = types::stored(kernel, like).encode(&fitted).ok()?;
                Some(json!({ "$literal": to_json(&form).ok()? }))
            }
            _ => own(expr)
                .filter(|leaf| comparable(kernel, like, *leaf))
                .map(|leaf| self.path(leaf)),
        }
    }
}

/// Whether the stored forms of two leaves compare as their values do.
fn comparable(kernel: &Kernel, a: LeafId, b: LeafId) -> bool {
    use Scalar::{
        Bool, Bytes, Date, Decimal, Duration, Enum, Float64, Int16, Int32, Int64, String, Text, Time,
        Timestamp, Uuid,
    };
    if kernel.leaves[a].ignore_case || kernel.leaves[b].ignore_case {
        return false;
    }
    let (LeafType::Scalar(a), LeafType::Scalar(b)) = (&kernel.leaves[a].ty, &kernel.leaves[b].ty) else {
        return false;
    };
    match (a, b) {
        (Int16 | Int32 | Int64, Int16 | Int32 | Int64)
        | (String { .. } | Text, String { .. } | Text)
        | (Bytes { .. }, Bytes { .. })
        | (Bool, Bool)
        | (Float64, Float64)
        | (Uuid, Uuid)
        | (Date, Date)
        | (Time, Time)
        | (Timestamp, Timestamp)
        | (Duration, Duration) => true,
        (Decimal { precision: a, .. }, Decimal { precision: b, .. }) => {
            *a <= types::DIGITS && *b <= types::DIGITS
        }
        (Enum(a), Enum(b)) => a == b,
        _ => false,
    }
}

/// The leaf of the row itself that an expression is.
fn own(expr: &Expr) -> Option<LeafId> {
    match expr {
        Expr::At(Place::Leaf { up: 0, via, leaf }) if via.is_empty() => Some(*leaf),
        _ => None,
    }
}
