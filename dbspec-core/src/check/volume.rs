//! How many rows there are: scales worked out, and contradictions found.

use std::collections::BTreeMap;

use super::rules::contradicting_volume;
use super::rules::unfit_literal;
use super::rules::unknown_name::unknown;
use super::schema::{Proto, Schema, Source};
use super::sink::Sink;
use super::statistics::{ppm, scaled, whole};
use crate::arena::Id;
use crate::kernel::{EntityId, Field, Scalar, Type, Volume};
use crate::model::{
    BinaryOp, Expr, ExprKind, Fan, GrowthAmount, Item, Literal, Member, ModifierKind, Name, Owner,
    RelationEnd, TimeUnit,
};
use crate::span::Span;

/// A million: parts per million of one.
const ONE: u128 = 1_000_000;

/// The volume of every entity, where somebody said one.
pub(super) fn of(schema: &Schema<'_>, sink: &mut Sink) -> Vec<Option<Volume>> {
    let scales: BTreeMap<&str, u128> = (schema.model.items.iter())
        .filter_map(|item| match item {
            Item::Scale(it) => Some((it.name.as_str(), u128::from(scaled(&it.value, 6)?))),
            _ => None,
        })
        .collect();
    let mut all = Vec::new();
    for plan in &schema.plans {
        let mut volume = None;
        for (_, members) in plan.parts() {
            for member in members {
                if let Member::Share(it) = member
                    && ppm(&it.percent).is_none_or(|ppm| u128::from(ppm) > ONE)
                {
                    contradiction(sink, it.percent.at, HUNDRED);
                }
                let Member::Volume(it) = member else { continue };
                let Some(millionths) = worked_out(&it.rows, &scales, sink) else {
                    continue;
                };
                let rows = u64::try_from(millionths.div_ceil(ONE)).unwrap_or(u64::MAX);
                let growth_ppm = it.growth.as_ref().map_or(0, |growth| {
                    let per_time = match &growth.amount {
                        GrowthAmount::Percent(percent) => scaled(percent, 4).unwrap_or(0),
                        GrowthAmount::Rows(added) => {
                            let added = u128::from(whole(added).unwrap_or(0)) * ONE;
                            u64::try_from(added / u128::from(rows.max(1))).unwrap_or(u64::MAX)
                        }
                    };
                    per_month(per_time, growth.per)
                });
                let known = volume.get_or_insert(Volume { rows: 0, growth_ppm });
                known.rows = known.rows.saturating_add(rows);
            }
        }
        all.push(volume);
    }
    contradictions(schema, &all, sink);
    all
}

/// Growth per month: simple, not compound, since that is what an estimate is good for.
fn per_month(ppm: u64, per: TimeUnit) -> u64 {
    match per {
        TimeUnit::Year => ppm / 12,
        TimeUnit::Month => ppm,
        TimeUnit::Week => ppm.saturating_mul(52) / 12,
        TimeUnit::Day => ppm.saturating_mul(365) / 12,
        TimeUnit::Microsecond
        | TimeUnit::Millisecond
        | TimeUnit::Second
        | TimeUnit::Minute
        | TimeUnit::Hour => {
            let times = 365 * super::statistics::micros_of(TimeUnit::Day) / super::statistics::micros_of(per);
            ppm.saturating_mul(times) / 12
        }
    }
}

/// Rows in millionths. `None`: reported.
fn worked_out(expr: &Expr, scales: &BTreeMap<&str, u128>, sink: &mut Sink) -> Option<u128> {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(number)) => match scaled(number, 6) {
            Some(millionths) => Some(u128::from(millionths)),
            None => unfit(expr, sink),
        },
        ExprKind::Path(path) => match path.as_word() {
            Some(name) => known(name, scales, sink),
            None => unfit(expr, sink),
        },
        ExprKind::Binary { op, left, right } => {
            let (left, right) = (worked_out(left, scales, sink)?, worked_out(right, scales, sink)?);
            let worked = match op {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Sub => left.checked_sub(right),
                BinaryOp::Mul => left.checked_mul(right).map(|product| product / ONE),
                BinaryOp::Div => left.checked_mul(ONE).and_then(|left| left.checked_div(right)),
                BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::In
                | BinaryOp::StartsWith
                | BinaryOp::EndsWith
                | BinaryOp::Contains
                | BinaryOp::Matches
                | BinaryOp::Overlaps
                | BinaryOp::Else => None,
            };
            worked.or_else(|| unfit(expr, sink))
        }
        ExprKind::Literal(_)
        | ExprKind::List(_)
        | ExprKind::Not(_)
        | ExprKind::Negate(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Between { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::IsType { .. }
        | ExprKind::Call { .. }
        | ExprKind::Quantified { .. } => unfit(expr, sink),
    }
}

fn known(name: &Name, scales: &BTreeMap<&str, u128>, sink: &mut Sink) -> Option<u128> {
    let scale = scales.get(name.as_str()).copied();
    if scale.is_none() {
        sink.report(unknown("scale", name, scales.keys().copied()));
    }
    scale
}

fn unfit(expr: &Expr, sink: &mut Sink) -> Option<u128> {
    let found = unfit_literal::RULE.error("a volume is a number of rows, perhaps times scales");
    sink.report(
        found
            .at(expr.at, "no number of rows")
            .help("write `volume 2_000_000 * shops`, with `scale shops = 1` beside the entities"),
    );
    None
}

/// Averages outside their bounds, and more owned rows than their owners may have.
fn contradictions(schema: &Schema<'_>, volumes: &[Option<Volume>], sink: &mut Sink) {
    for (id, field) in schema.fields.iter() {
        let proto = schema.proto(id);
        of_values(field, proto, volumes[field.entity.index() as usize], sink);
        let fan: Option<(&Fan, &Name)> = match proto.source {
            Source::Owner(owner) => Some((&owner.fan, &owner.inverse)),
            Source::End(end) => Some((&end.fan, &end.inverse)),
            Source::Declared(_) => proto
                .modifiers()
                .iter()
                .find_map(|modifier| match &modifier.kind {
                    ModifierKind::Inverse { name, fan } => Some((fan, name)),
                    _ => None,
                }),
            Source::Derived(_)
            | Source::Is
            | Source::Version
            | Source::CreatedAt
            | Source::CreatedBy(_)
            | Source::UpdatedAt
            | Source::UpdatedBy(_)
            | Source::DeletedAt => None,
        };
        let (Some((fan, name)), Type::Ref(owner)) = (fan, &field.ty) else {
            continue;
        };
        let Some(bounds) = &fan.bounds else { continue };
        let least = scaled(&bounds.min, 6);
        let most = bounds.max.as_ref().and_then(|max| scaled(max, 6));
        for (what, said) in [("average", &fan.avg), ("99th percentile", &fan.p99)] {
            if let Some(number) = said.as_ref().and_then(|said| scaled(said, 6))
                && (least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most))
            {
                let found = contradicting_volume::RULE
                    .error(format!("the {what} of `{name}` lies outside its bounds"));
                sink.report(
                    found
                        .at(bounds.at, format!("bounds that the {what} doesn't keep"))
                        .help(format!("correct the {what}, or widen the bounds")),
                );
            }
        }
        let rows = |entity: EntityId| volumes[entity.index() as usize].map(|volume| volume.rows);
        let optional = field.nullable;
        if let (Some(here), Some(there), Some(most)) = (rows(field.entity), rows(*owner), &bounds.max)
            && let Some(most) = most.to_u64()
            && !optional
            && u128::from(here) > u128::from(there) * u128::from(most)
        {
            let (entity, to) = (&schema.entities[field.entity].name, &schema.entities[*owner].name);
            let message = format!("{here} rows of `{entity}` are more than {there} of `{to}` may have");
            let found = contradicting_volume::RULE.error(message);
            sink.report(
                found
                    .at(proto.at, format!("at most {most} each"))
                    .help("correct the volumes, or widen the bounds"),
            );
        }
    }
}

/// Statistics of a field's values that can't be true of its type or beside each other.
fn of_values(field: &Field, proto: &Proto<'_>, volume: Option<Volume>, sink: &mut Sink) {
    let said = &field.statistics;
    let most = match &field.ty {
        Type::Scalar(Scalar::String { max } | Scalar::Bytes { max }) => Some(u64::from(*max)),
        Type::List(list) => list.max.map(u64::from),
        Type::Scalar(_) | Type::Ref(_) | Type::Group(_) | Type::Range(_) => None,
    };
    let over =
        |number: Option<u64>, most: Option<u64>| number.zip(most).is_some_and(|(number, most)| number > most);
    for modifier in proto.modifiers() {
        let (message, label) = match &modifier.kind {
            ModifierKind::Nulls(_) if !proto.resolved.optional => {
                ("values that are never null aren't null at times", "it has no `?`")
            }
            ModifierKind::Nulls(_) if over(said.nulls_ppm, Some(1_000_000)) => HUNDRED,
            ModifierKind::Avg(_) if over(said.average, most) => {
                ("the average is more than the most", "longer than any")
            }
            ModifierKind::P99(_) if over(said.p99, most) => {
                ("the 99th percentile is more than the most", "longer than any")
            }
            ModifierKind::Distinct(_) if over(said.distinct, volume.map(|volume| volume.rows)) => (
                "there are more different values than rows",
                "more than the volume",
            ),
            ModifierKind::P99(_) | ModifierKind::Inverse { .. }
                if over(said.average, said.p99.map(|p99| p99.saturating_mul(100))) =>
            {
                SKEWED
            }
            _ => continue,
        };
        contradiction(sink, modifier.at, (message, label));
    }
    if let Source::Owner(Owner { fan: _, at, .. }) | Source::End(RelationEnd { fan: _, at, .. }) =
        proto.source
        && over(said.average, said.p99.map(|p99| p99.saturating_mul(100)))
    {
        contradiction(sink, *at, SKEWED);
    }
}

/// What is wrong with a percentage.
const HUNDRED: (&str, &str) = ("a share is at most 100 %", "more than all");

/// With 99 of 100 values at most so large, the hundredth alone would have to make up the average.
const SKEWED: (&str, &str) = (
    "the average is far above the 99th percentile",
    "one value in a hundred can't make it up",
);

fn contradiction(sink: &mut Sink, at: Span, (message, label): (&str, &str)) {
    let found = contradicting_volume::RULE.error(message);
    sink.report(found.at(at, label).help("correct the one or the other"));
}
