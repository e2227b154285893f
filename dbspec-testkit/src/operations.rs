//! Generated operations: picks that proptest makes and shrinks, made into operations on the rows there are.
//!
//! Domains are small and hold values at and beyond every edge: empty and overlong strings, negative numbers, dates at
//! the ends of the calendar, characters that sort or quote badly. References mostly hit.

use std::collections::BTreeMap;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    EntityId, Item, Kernel, LeafId, LeafType, ListType, Member, QueryId, Scalar, Type, VarType,
};
use dbspec_core::semantics::{Operation, RowKey};
use dbspec_core::value::{Decimal, Float, Value};
use proptest::collection::vec;
use proptest::prelude::*;

/// One step of a run: what it does, in picks.
#[derive(Clone, Debug)]
pub enum StepPlan {
    /// A row, with rows that it owns.
    Insert(u16, Vec<u16>),
    /// A row that exists (or not) changes in a few leaves.
    Update(u16, u16, Vec<(u16, u16)>),
    /// A row is inserted, or changed.
    Upsert(u16, Vec<u16>),
    /// A row goes.
    Delete(u16, u16),
    /// A softly deleted row comes back.
    Restore(u16, u16),
    /// A query is asked.
    Query(u16, Vec<u16>),
}

/// Runs of steps.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<StepPlan>> {
    let pick = any::<u16>();
    let picks = || vec(any::<u16>(), 24);
    vec(
        prop_oneof![
            6 => (pick, picks()).prop_map(|(entity, picks)| StepPlan::Insert(entity, picks)),
            3 => (pick, pick, vec((any::<u16>(), any::<u16>()), 1..4))
                .prop_map(|(entity, row, set)| StepPlan::Update(entity, row, set)),
            1 => (pick, picks()).prop_map(|(entity, picks)| StepPlan::Upsert(entity, picks)),
            2 => (pick, pick).prop_map(|(entity, row)| StepPlan::Delete(entity, row)),
            1 => (pick, pick).prop_map(|(entity, row)| StepPlan::Restore(entity, row)),
            4 => (pick, picks()).prop_map(|(query, picks)| StepPlan::Query(query, picks)),
        ],
        1..most,
    )
}

/// What a step comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// An operation.
    Operation(Operation),
    /// A query with its arguments.
    Query(QueryId, Vec<Value>),
    /// Nothing: there is no such thing in the model.
    Nothing,
}

/// Makes steps into operations. `keys` gives the keys of the rows that an entity has now.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    /// The kernel.
    pub kernel: &'a Kernel,
    /// The keys of the rows that there are.
    pub keys: &'a dyn Fn(EntityId) -> Vec<RowKey>,
}

impl std::fmt::Debug for Maker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Maker").finish_non_exhaustive()
    }
}

impl Maker<'_> {
    /// What a step comes to.
    pub fn make(&self, step: &StepPlan) -> Made {
        let entity = |pick: u16| EntityId::new(u32::from(pick) % self.kernel.entities.len() as u32);
        match step {
            StepPlan::Insert(pick, picks) => {
                Made::Operation(Operation::Insert(self.rows(entity(*pick), picks)))
            }
            StepPlan::Upsert(pick, picks) => {
                let entity = entity(*pick);
                Made::Operation(Operation::Upsert(
                    entity,
                    self.row(entity, &mut Picks::new(picks)),
                ))
            }
            StepPlan::Update(pick, row, set) => {
                let entity = entity(*pick);
                let leaves: Vec<LeafId> = self.kernel.entities[entity].leaves.iter().collect();
                let mut values = BTreeMap::new();
                for (leaf, value) in set {
                    let leaf = leaves[usize::from(*leaf) % leaves.len()];
                    for (leaf, value) in self.field(leaf, *value) {
                        values.insert(leaf, value);
                    }
                }
                Made::Operation(Operation::Update {
                    entity,
                    key: self.key(entity, *row),
                    set: values,
                    version: None,
                })
            }
            StepPlan::Delete(pick, row) => {
                Made::Operation(Operation::Delete(entity(*pick), self.key(entity(*pick), *row)))
            }
            StepPlan::Restore(pick, row) => {
                let entity = entity(*pick);
                if self.kernel.entities[entity].soft_delete.is_none() {
                    return Made::Nothing;
                }
                Made::Operation(Operation::Restore(entity, self.key(entity, *row)))
            }
            StepPlan::Query(pick, picks) => {
                if self.kernel.queries.is_empty() {
                    return Made::Nothing;
                }
                let query = QueryId::new(u32::from(*pick) % self.kernel.queries.len() as u32);
                let mut picks = Picks::new(picks);
                let args = self.kernel.queries[query].params.iter().map(|param| {
                    let pick = picks.next();
                    if param.optional && pick.is_multiple_of(3) {
                        Value::Null
                    } else {
                        self.argument(&param.ty, pick)
                    }
                });
                Made::Query(query, args.collect())
            }
        }
    }

    /// A row and the rows that it owns.
    fn rows(&self, entity: EntityId, picks: &[u16]) -> Vec<(EntityId, BTreeMap<LeafId, Value>)> {
        let mut picks = Picks::new(picks);
        let row = self.row(entity, &mut picks);
        let key: Vec<Value> = self
            .kernel
            .key_leaves(entity)
            .iter()
            .map(|leaf| row.get(leaf).cloned().unwrap_or(Value::Null))
            .collect();
        let mut rows = vec![(entity, row)];
        if key.iter().any(Value::is_null) {
            return rows;
        }
        for (owned, it) in self.kernel.entities.iter() {
            if it.owner != Some(entity) {
                continue;
            }
            for _ in 0..picks.next() % 3 {
                let mut row = self.row(owned, &mut picks);
                if let Some(owner) = it.fields.first() {
                    for (leaf, value) in self.kernel.fields[owner].leaves.iter().zip(&key) {
                        row.insert(leaf, value.clone());
                    }
                }
                rows.push((owned, row));
            }
        }
        rows
    }

    fn row(&self, entity: EntityId, picks: &mut Picks<'_>) -> BTreeMap<LeafId, Value> {
        let it = &self.kernel.entities[entity];
        let mut row = BTreeMap::new();
        for field in it.fields.iter() {
            let Some(first) = self.kernel.fields[field].leaves.first() else {
                continue;
            };
            let filled = self.kernel.rules_of(entity).any(|(_, rule)| {
                matches!(rule.kind, dbspec_core::kernel::RuleKind::Default { field: of, .. } if of == field)
                    || matches!(rule.kind, dbspec_core::kernel::RuleKind::Version(leaf) if leaf == first)
            });
            let pick = picks.next();
            if it.soft_delete == Some(first) || (filled && !pick.is_multiple_of(4)) {
                continue;
            }
            row.extend(self.field(first, pick));
        }
        row
    }

    /// Values for all leaves of the field that a leaf is of.
    fn field(&self, leaf: LeafId, pick: u16) -> Vec<(LeafId, Value)> {
        let field = &self.kernel.fields[self.kernel.leaves[leaf].field];
        if field.nullable && pick.is_multiple_of(5) || pick % 61 == 60 {
            return field.leaves.iter().map(|leaf| (leaf, Value::Null)).collect();
        }
        match &field.ty {
            Type::Ref(to) => field.leaves.iter().zip(self.key(*to, pick)).collect(),
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
                let mut at = pick;
                field
                    .leaves
                    .iter()
                    .map(|leaf| {
                        at = at.rotate_left(3) ^ 0x2a5;
                        (
                            leaf,
                            self.value(leaf, if field.leaves.len() == 1 { pick } else { at }),
                        )
                    })
                    .collect()
            }
        }
    }

    fn value(&self, leaf: LeafId, pick: u16) -> Value {
        match &self.kernel.leaves[leaf].ty {
            LeafType::Scalar(scalar) => self.scalar(scalar, pick),
            LeafType::List(list) => self.list(list, pick),
        }
    }

    fn list(&self, list: &ListType, pick: u16) -> Value {
        let item = |pick: u16| match &list.item {
            Item::Scalar(scalar) => self.scalar(scalar, pick),
            Item::Group(members) => Value::Map(
                members
                    .iter()
                    .map(|member| (member.name.clone(), self.member(member, pick)))
                    .collect(),
            ),
        };
        Value::List(
            (0..pick % 5)
                .map(|at| item(pick.rotate_left(u32::from(at) + 2)))
                .collect(),
        )
    }

    fn member(&self, member: &Member, pick: u16) -> Value {
        match &member.ty {
            Type::Scalar(scalar) => self.scalar(scalar, pick),
            Type::Ref(to) => Value::List(self.key(*to, pick)),
            Type::Group(members) => Value::Map(
                members
                    .iter()
                    .map(|member| (member.name.clone(), self.member(member, pick)))
                    .collect(),
            ),
            Type::Range(scalar) => Value::List(vec![
                self.scalar(scalar, pick),
                self.scalar(scalar, pick.rotate_left(3)),
            ]),
            Type::List(list) => self.list(list, pick),
        }
    }

    /// A key: mostly of a row that there is.
    fn key(&self, entity: EntityId, pick: u16) -> RowKey {
        let keys = (self.keys)(entity);
        if !keys.is_empty() && pick % 8 != 7 {
            return keys[usize::from(pick) % keys.len()].clone();
        }
        self.kernel
            .key_leaves(entity)
            .into_iter()
            .map(|leaf| self.value(leaf, pick))
            .collect()
    }

    fn argument(&self, ty: &VarType, pick: u16) -> Value {
        match ty {
            VarType::Scalar(scalar) => self.scalar(scalar, pick),
            VarType::Ref(entity) => Value::List(self.key(*entity, pick)),
            VarType::Row(entity) => {
                let row = self.row(*entity, &mut Picks::new(&[pick]));
                Value::List(
                    self.kernel.entities[*entity]
                        .leaves
                        .iter()
                        .map(|leaf| row.get(&leaf).cloned().unwrap_or_default())
                        .collect(),
                )
            }
            VarType::List { of, .. } => Value::List(
                (0..=(pick % 3))
                    .map(|at| self.argument(of, pick.rotate_left(u32::from(at))))
                    .collect(),
            ),
        }
    }

    fn scalar(&self, scalar: &Scalar, pick: u16) -> Value {
        let of = |values: &[i64]| values[usize::from(pick) % values.len()];
        let small = || of(&[0, 1, 2, 3, 5, -1, 20]);
        let decimal = |scale: u8| {
            Value::Decimal(Decimal {
                mantissa: i128::from(of(&[0, 1, 150, -25, 999_999, 100])),
                scale,
            })
        };
        match scalar {
            Scalar::Bool => Value::Bool(pick.is_multiple_of(2)),
            Scalar::Int16 => Value::Int(of(&[0, 1, 2, 3, 5, -1, i64::from(i16::MAX)])),
            Scalar::Int32 => Value::Int(small()),
            Scalar::Int64 => Value::Int(of(&[0, 1, 2, 3, -1, 1 << 53, i64::MAX])),
            Scalar::Decimal { scale, .. } => decimal(*scale),
            Scalar::Float64 => {
                let values = [0.0, 1.5, -2.25, 1e300, 0.1, 5e-324];
                Float::new(values[usize::from(pick) % values.len()]).map_or(Value::Null, Value::Float)
            }
            Scalar::String { .. } | Scalar::Text => {
                let texts = [
                    "a",
                    "b'",
                    "",
                    "A",
                    "aB",
                    "z",
                    "zz",
                    "\u{1F600}",
                    "e\u{301}",
                    "#",
                    "a#b",
                    "longer than six",
                    "a ",
                    "\u{FFFD}",
                ];
                Value::text(texts[usize::from(pick) % texts.len()])
            }
            Scalar::Bytes { max } => {
                let length = [0, 1, 2, *max as usize, *max as usize + 1][usize::from(pick) % 5];
                Value::Bytes(
                    (0..length)
                        .map(|at| (at as u8).wrapping_mul(131).wrapping_add(pick as u8 % 3))
                        .collect(),
                )
            }
            Scalar::Uuid => {
                let mut bytes = [0; 16];
                bytes[15] = (pick % 5) as u8;
                bytes[0] = if pick.is_multiple_of(2) { 0xff } else { 0 };
                Value::Uuid(bytes)
            }
            // 0001-01-01, 1970-01-01, 2024-02-29, 9999-12-31
            Scalar::Date => Value::Date(of(&[-719_162, 0, 19_782, 2_932_896, 1, 2, 3]) as i32),
            Scalar::Time => Value::Time(of(&[0, 1, 43_200_000_000, 86_399_999_999])),
            Scalar::Timestamp => Value::Timestamp(of(&[
                -62_135_596_800_000_000,
                0,
                1,
                1_709_164_800_123_456,
                253_402_300_799_999_999,
            ])),
            Scalar::Duration => Value::Duration(of(&[0, 1, -1, 86_400_000_000, i64::MAX])),
            Scalar::Enum(id) => {
                let it = &self.kernel.enums[*id];
                it.labels
                    .get(usize::from(pick) % it.labels.len().max(1))
                    .and_then(|label| it.value(label))
                    .unwrap_or_default()
            }
            Scalar::Json => {
                let texts = [
                    "null",
                    "{}",
                    "[1,2.5,\"x\"]",
                    "{\"a\":{\"b\":[true,false]}}",
                    "\"it's\"",
                    "0",
                ];
                Value::Json(texts[1 + usize::from(pick) % (texts.len() - 1)].into())
            }
            Scalar::Point => Value::List(vec![Value::Float(float(8.5)), Value::Float(float(47.25))]),
            Scalar::Vector { dimensions } => Value::List(
                (0..*dimensions)
                    .map(|at| Value::Float(float(f64::from(at))))
                    .collect(),
            ),
            Scalar::Hashed | Scalar::Encrypted { .. } => Value::Null,
        }
    }
}

fn float(value: f64) -> Float {
    Float::new(value).unwrap_or_else(|| unreachable!("a constant that is finite"))
}

/// Picks one after the other, over again at the end.
struct Picks<'p> {
    picks: &'p [u16],
    at: usize,
}

impl<'p> Picks<'p> {
    fn new(picks: &'p [u16]) -> Self {
        Self { picks, at: 0 }
    }

    fn next(&mut self) -> u16 {
        let lap = (self.at / self.picks.len().max(1)) as u16;
        let pick = self
            .picks
            .get(self.at % self.picks.len().max(1))
            .copied()
            .unwrap_or_default();
        self.at += 1;
        pick.wrapping_add(lap.wrapping_mul(7))
    }
}
