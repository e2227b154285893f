//! Queries that find violations: each yields the keys of the rows that break a rule.

use dbspec_core::kernel::{EntityId, Expr, FieldId, LeafId, LeafType, Nulls, Pred};

use super::express::{Express, Nothing};
use super::words::Ground;
use super::{Infix, Select, Source, Sql, Writer};

/// No row is found: what was is not kept.
pub(crate) fn nothing_left() -> Box<str> {
    "select null where false".into()
}

fn print(on: Ground<'_>, select: &Select) -> Box<str> {
    let mut writer = Writer::new(on.words.dialect());
    writer.select(select);
    writer.finish().into()
}

/// A select of keys that what can't be said in SQL leaves without a filter.
struct Keys<'a> {
    on: Ground<'a>,
    entity: EntityId,
    select: Select,
    filter: Vec<Sql>,
}

const ROW: &str = "t";

impl<'a> Keys<'a> {
    fn new(on: Ground<'a>, entity: EntityId) -> Self {
        let mut select = Select::default();
        select.from.push(Source::table(on.table(entity), ROW));
        let key = on.kernel.key_leaves(entity);
        select.columns = key
            .iter()
            .map(|leaf| (Sql::of(ROW, on.column(*leaf)), None))
            .collect();
        Self {
            on,
            entity,
            select,
            filter: Vec::new(),
        }
    }

    fn with<T>(&self, of: impl FnOnce(&mut Express<'_>) -> T) -> T {
        let mut nothing = Nothing;
        let mut express = Express::new(self.on, &mut nothing).row(self.entity, Some(ROW));
        of(&mut express)
    }

    fn pred(&mut self, pred: &Pred) {
        let said = self.with(|it| it.filter(pred));
        self.filter.extend(said.ok());
    }

    /// Rules that look at other rows sleep while a row is deleted softly.
    fn living(&mut self) {
        if let Some(leaf) = self.on.kernel.entities[self.entity].soft_delete {
            self.filter.push(Sql::of(ROW, self.on.column(leaf)).is_null());
        }
    }

    fn print(mut self) -> Box<str> {
        self.select.filter = Some(Sql::and(self.filter)).filter(|it| *it != Sql::Bool(true));
        print(self.on, &self.select)
    }
}

/// Rows for which a predicate is false.
pub(crate) fn broken(on: Ground<'_>, entity: EntityId, holds: &Pred) -> Box<str> {
    let mut keys = Keys::new(on, entity);
    keys.living();
    keys.pred(&Pred::Not(Box::new(holds.clone())));
    keys.print()
}

/// Rows whose collection has a text of another size.
pub(crate) fn sizes(on: Ground<'_>, leaf: LeafId, min: u32, max: Option<u32>) -> Box<str> {
    let mut keys = Keys::new(on, on.kernel.entity_of(leaf));
    let item = on.words.item_text(Sql::of("i", "item"), None);
    let length = on.words.characters(item);
    let short = length.clone().infix(Infix::Lt, Sql::number(min));
    let long = max.map(|max| length.infix(Infix::Gt, Sql::number(max)));
    keys.filter.push(Sql::Exists(Box::new(Select {
        from: vec![on.words.items(Sql::of(ROW, on.column(leaf)), "i")],
        filter: Some(Sql::or([short].into_iter().chain(long))),
        ..Select::default()
    })));
    keys.print()
}

/// Rows that too few or too many rows name.
pub(crate) fn bounds(
    on: Ground<'_>,
    owner: EntityId,
    via: FieldId,
    filter: Option<&Pred>,
    min: u32,
    max: Option<u32>,
) -> Box<str> {
    let kernel = on.kernel;
    let mut keys = Keys::new(on, owner);
    let many = kernel.fields[via].entity;
    let mut select = Select {
        columns: vec![(Sql::call("count", [Sql::Number("*".into())]), None)],
        from: vec![Source::table(on.table(many), "m")],
        ..Select::default()
    };
    let mut nothing = Nothing;
    let mut inner = Express::new(on, &mut nothing).row(many, Some("m"));
    let mut conditions = inner.joined(Some("m"), Some(ROW), via);
    match filter {
        Some(filter) => conditions.extend(inner.filter(filter).ok()),
        None => {
            conditions.extend(
                kernel.entities[many]
                    .soft_delete
                    .map(|leaf| inner.leaf(Some("m"), leaf).is_null()),
            );
        }
    }
    select.filter = Some(Sql::and(conditions));
    keys.living();
    let count = Sql::Scalar(Box::new(select));
    let few = (min > 0).then(|| count.clone().infix(Infix::Lt, Sql::number(min)));
    let many = max.map(|max| count.infix(Infix::Gt, Sql::number(max)));
    keys.filter.push(Sql::or(few.into_iter().chain(many)));
    keys.print()
}

/// Values that more rows have than may.
pub(crate) fn repeated(
    on: Ground<'_>,
    entity: EntityId,
    leaves: &[LeafId],
    filter: Option<&Pred>,
    max: u32,
    nulls: Nulls,
) -> Box<str> {
    let kernel = on.kernel;
    let mut nothing = Nothing;
    let mut express = Express::new(on, &mut nothing).row(entity, Some(ROW));
    let values: Vec<Sql> = leaves
        .iter()
        .map(|leaf| express.compared(Some(ROW), *leaf))
        .collect();
    let set = leaves
        .iter()
        .zip(&values)
        .filter(|(leaf, _)| nulls == Nulls::Distinct && kernel.leaves[**leaf].nullable)
        .map(|(_, value)| value.clone().not_null());
    let filter = Sql::and(set.chain(filter.and_then(|it| express.filter(it).ok())));
    let select = Select {
        columns: values.iter().map(|it| (it.clone(), None)).collect(),
        from: vec![Source::table(on.table(entity), ROW)],
        filter: Some(filter).filter(|it| *it != Sql::Bool(true)),
        group: values,
        having: Some(Sql::call("count", [Sql::Number("*".into())]).infix(Infix::Gt, Sql::number(max))),
        ..Select::default()
    };
    print(on, &select)
}

/// Rows whose range overlaps another's.
pub(crate) fn overlapping(
    on: Ground<'_>,
    entity: EntityId,
    by: &[LeafId],
    range: (LeafId, LeafId),
    filter: Option<&Pred>,
) -> Box<str> {
    let kernel = on.kernel;
    let mut keys = Keys::new(on, entity);
    let other = "o";
    let mut nothing = Nothing;
    let mut express = Express::new(on, &mut nothing).row(entity, Some(other));
    let side = |alias: &'static str, leaf: LeafId| Sql::of(alias, on.column(leaf));
    let key = kernel.key_leaves(entity);
    let different = Sql::or(
        key.iter()
            .map(|leaf| side(ROW, *leaf).infix(Infix::Ne, side(other, *leaf))),
    );
    let equal = by
        .iter()
        .map(|leaf| {
            express
                .compared(Some(ROW), *leaf)
                .infix(Infix::Eq, express.compared(Some(other), *leaf))
        })
        .collect::<Vec<_>>();
    let overlap = [
        side(ROW, range.0).infix(Infix::Lt, side(other, range.1)),
        side(other, range.0).infix(Infix::Lt, side(ROW, range.1)),
    ];
    let theirs = filter.and_then(|it| express.filter(it).ok());
    let inner = Select {
        from: vec![Source::table(on.table(entity), other)],
        filter: Some(Sql::and(
            [different].into_iter().chain(equal).chain(overlap).chain(theirs),
        )),
        ..Select::default()
    };
    keys.filter.push(Sql::Exists(Box::new(inner)));
    if let Some(filter) = filter {
        keys.pred(filter);
    }
    keys.print()
}

/// Rows whose derived field is another than its expression.
pub(crate) fn stale(on: Ground<'_>, field: FieldId, value: &Expr) -> Box<str> {
    let kernel = on.kernel;
    let mut keys = Keys::new(on, kernel.fields[field].entity);
    let Some(leaf) = kernel.fields[field].leaves.first() else {
        return nothing_left();
    };
    let scalar = match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => Some(scalar.clone()),
        LeafType::List(_) => None,
    };
    keys.living();
    let said = keys.with(|it| it.value_as(value, scalar.as_ref()));
    let Ok(said) = said else { return nothing_left() };
    keys.filter
        .push(on.words.differs(Sql::of(ROW, on.column(leaf)), said));
    keys.print()
}

/// Rows whose reference names no row.
pub(crate) fn dangling(on: Ground<'_>, field: FieldId, to: EntityId) -> Box<str> {
    let kernel = on.kernel;
    let mut keys = Keys::new(on, kernel.fields[field].entity);
    let joined = keys.with(|it| it.joined(Some(ROW), Some("p"), field));
    let set = kernel.fields[field]
        .leaves
        .iter()
        .map(|leaf| Sql::of(ROW, on.column(leaf)).not_null());
    keys.filter.extend(set);
    keys.filter.push(Sql::Not(Box::new(Sql::Exists(Box::new(Select {
        from: vec![Source::table(on.table(to), "p")],
        filter: Some(Sql::and(joined)),
        ..Select::default()
    })))));
    keys.print()
}

/// Rows that differ from the row they name in what both share.
pub(crate) fn unshared(on: Ground<'_>, field: FieldId, shared: &[(LeafId, LeafId)]) -> Box<str> {
    let kernel = on.kernel;
    let mut keys = Keys::new(on, kernel.fields[field].entity);
    let Some((_, theirs)) = shared.first() else {
        return nothing_left();
    };
    let to = kernel.entity_of(*theirs);
    let mut conditions = keys.with(|it| it.joined(Some(ROW), Some("p"), field));
    conditions.push(Sql::or(shared.iter().map(|(mine, theirs)| {
        on.words
            .differs(Sql::of(ROW, on.column(*mine)), Sql::of("p", on.column(*theirs)))
    })));
    keys.filter.push(Sql::Exists(Box::new(Select {
        from: vec![Source::table(on.table(to), "p")],
        filter: Some(Sql::and(conditions)),
        ..Select::default()
    })));
    keys.print()
}

/// Rows that have been kept for longer than they may.
pub(crate) fn past_time(on: Ground<'_>, from: LeafId, months: u32, micros: i64) -> Box<str> {
    let mut keys = Keys::new(on, on.kernel.entity_of(from));
    let LeafType::Scalar(scalar) = &on.kernel.leaves[from].ty else {
        return nothing_left();
    };
    let column = Sql::of(ROW, on.column(from));
    keys.filter.push(on.words.past(column, scalar, months, micros));
    keys.print()
}
