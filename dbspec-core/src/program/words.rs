//! What needs, changes and reliances are about, as texts that programs switch over.

use crate::arena::Id;
use crate::kernel::{EntityId, FieldId, Kernel, RuleId};
use crate::semantics::{Change, Need, Reliance};
use crate::value::Value;

/// What a need asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// The row of a key.
    Row(EntityId),
    /// The rows whose reference names a key.
    Children(FieldId),
    /// How many living rows name a key.
    Count(FieldId),
    /// The rows with the same values in a rule's leaves.
    Same(RuleId),
    /// All rows.
    All(EntityId),
    /// The next numbers of a sequence.
    Next(FieldId),
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A row comes.
    Insert(EntityId),
    /// A row changes.
    Update(EntityId),
    /// A row goes.
    Delete(EntityId),
}

/// What a reliance relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rely {
    /// A row exists.
    Exists(EntityId),
    /// No row has the key.
    Free(EntityId),
    /// No other row has the values of a unique rule.
    Unique(RuleId),
    /// A row that was read stays as it is (or absent).
    Unchanged(EntityId),
    /// The rows whose reference names a key stay the same.
    Children(FieldId),
    /// The rows with the same values in a rule's leaves stay the same.
    Same(RuleId),
}

impl Want {
    /// The text under which needs and programs know it: `row Order`.
    pub fn text(self, kernel: &Kernel) -> Box<str> {
        match self {
            Self::Row(id) => format!("row {}", entity(kernel, id)),
            Self::Children(id) => format!("children {}", field(kernel, id)),
            Self::Count(id) => format!("count {}", field(kernel, id)),
            Self::Same(id) => format!("same {}", rule(kernel, id)),
            Self::All(id) => format!("all {}", entity(kernel, id)),
            Self::Next(id) => format!("next {}", field(kernel, id)),
        }
        .into()
    }

    pub(super) fn of(need: &Need) -> Self {
        match need {
            Need::Row(entity, _) => Self::Row(*entity),
            Need::Children(via, _) => Self::Children(*via),
            Need::Count(via, _) => Self::Count(*via),
            Need::Same(rule, _) => Self::Same(*rule),
            Need::All(entity) => Self::All(*entity),
            Need::Next(field) => Self::Next(*field),
        }
    }
}

impl Act {
    /// The text under which changes and programs know it: `insert Order`.
    pub fn text(self, kernel: &Kernel) -> Box<str> {
        match self {
            Self::Insert(id) => format!("insert {}", entity(kernel, id)),
            Self::Update(id) => format!("update {}", entity(kernel, id)),
            Self::Delete(id) => format!("delete {}", entity(kernel, id)),
        }
        .into()
    }
}

impl Rely {
    /// The text under which reliances and programs know it: `exists Customer`.
    pub fn text(self, kernel: &Kernel) -> Box<str> {
        match self {
            Self::Exists(id) => format!("exists {}", entity(kernel, id)),
            Self::Free(id) => format!("free {}", entity(kernel, id)),
            Self::Unique(id) => format!("unique {}", rule(kernel, id)),
            Self::Unchanged(id) => format!("unchanged {}", entity(kernel, id)),
            Self::Children(id) => format!("children {}", field(kernel, id)),
            Self::Same(id) => format!("same {}", rule(kernel, id)),
        }
        .into()
    }
}

fn entity(kernel: &Kernel, id: EntityId) -> String {
    segment(&kernel.entities[id].name)
}

fn field(kernel: &Kernel, id: FieldId) -> String {
    let it = &kernel.fields[id];
    format!("{}.{}", entity(kernel, it.entity), segment(&it.name))
}

/// Rules that fields imply may share a name, so their number tells them apart.
fn rule(kernel: &Kernel, id: RuleId) -> String {
    let it = &kernel.rules[id];
    format!(
        "{}.{}#{}",
        entity(kernel, it.entity),
        segment(&it.name),
        id.index()
    )
}

fn segment(name: &str) -> String {
    if name.contains(['.', '"', '\\', '#']) {
        format!("{name:?}")
    } else {
        name.to_owned()
    }
}

/// A need as a program sees it; `count` is how many numbers a sequence is asked for.
pub(super) fn need_value(kernel: &Kernel, need: &Need, count: u64) -> Value {
    let mut members = vec![member("want", Value::Text(Want::of(need).text(kernel)))];
    match need {
        Need::Row(_, key) | Need::Children(_, key) | Need::Count(_, key) => members.push(list("key", key)),
        Need::Same(_, values) => members.push(list("values", values)),
        Need::All(_) => {}
        Need::Next(_) => members.push(member(
            "count",
            Value::Int(i64::try_from(count).unwrap_or(i64::MAX)),
        )),
    }
    Value::Map(members)
}

/// A change as a program sees it.
pub(super) fn change_value(kernel: &Kernel, change: &Change) -> Value {
    let act = match (&change.before, &change.after) {
        (None, _) => Act::Insert(change.entity),
        (Some(_), Some(_)) => Act::Update(change.entity),
        (Some(_), None) => Act::Delete(change.entity),
    };
    let row = |row: &Option<Vec<Value>>| row.clone().map_or(Value::Null, Value::List);
    Value::Map(vec![
        member("do", Value::Text(act.text(kernel))),
        list("key", &change.key),
        member("before", row(&change.before)),
        member("after", row(&change.after)),
    ])
}

/// A reliance as a program sees it.
pub(super) fn reliance_value(kernel: &Kernel, reliance: &Reliance) -> Value {
    let rely = |rely: Rely| member("rely", Value::Text(rely.text(kernel)));
    Value::Map(match reliance {
        Reliance::Exists(entity, key, rule) => {
            vec![rely(Rely::Exists(*entity)), list("key", key), rule_member(*rule)]
        }
        Reliance::KeyFree(entity, key, rule) => {
            vec![rely(Rely::Free(*entity)), list("key", key), rule_member(*rule)]
        }
        Reliance::UniqueFree(rule, values, key) => vec![
            rely(Rely::Unique(*rule)),
            list("values", values),
            list("key", key),
            rule_member(*rule),
        ],
        Reliance::Unchanged(entity, key, row) => vec![
            rely(Rely::Unchanged(*entity)),
            list("key", key),
            member("row", row.clone().map_or(Value::Null, Value::List)),
        ],
        Reliance::SameChildren(via, key) => vec![rely(Rely::Children(*via)), list("key", key)],
        Reliance::SameValues(rule, values) => vec![rely(Rely::Same(*rule)), list("values", values)],
    })
}

fn member(name: &str, value: Value) -> (Box<str>, Value) {
    (name.into(), value)
}

fn list(name: &str, values: &[Value]) -> (Box<str>, Value) {
    member(name, Value::List(values.to_vec()))
}

fn rule_member(rule: RuleId) -> (Box<str>, Value) {
    member("rule", Value::Int(i64::from(rule.index())))
}
