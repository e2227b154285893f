//! What is said of a field's values.

use super::schema::{Proto, Source};
use crate::kernel::Statistics;
use crate::model::{Fan, ModifierKind, Number, Percent};

/// The statistics of a field.
pub(super) fn of(proto: &Proto<'_>) -> Statistics {
    let mut said = Statistics::default();
    let fan = match proto.source {
        Source::Owner(owner) => Some(&owner.fan),
        Source::End(end) => Some(&end.fan),
        _ => None,
    };
    if let Some(fan) = fan {
        take_fan(&mut said, fan);
    }
    for modifier in proto.modifiers() {
        match &modifier.kind {
            ModifierKind::Avg(number) => said.average = whole(number),
            ModifierKind::P99(number) => said.p99 = whole(number),
            ModifierKind::Nulls(percent) => said.nulls_ppm = ppm(percent),
            ModifierKind::Distinct(number) => said.distinct = whole(number),
            ModifierKind::Inverse { name: _, fan } => take_fan(&mut said, fan),
            _ => {}
        }
    }
    said
}

fn take_fan(said: &mut Statistics, fan: &Fan) {
    said.average = fan.avg.as_ref().and_then(whole).or(said.average);
    said.p99 = fan.p99.as_ref().and_then(whole).or(said.p99);
}

/// A number as a count: rounded up, so that something is never nothing.
pub(super) fn whole(number: &Number) -> Option<u64> {
    number.to_u64().or_else(|| scaled(number, 0))
}

/// `30%` in parts per million.
pub(super) fn ppm(percent: &Percent) -> Option<u64> {
    scaled(&percent.number, 4)
}

/// A number times ten to some power, rounded up; `None` where it is negative or too large.
pub(super) fn scaled(number: &Number, power: u32) -> Option<u64> {
    let text = number.as_str();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent + i64::from(power) - fraction.len() as i64;
    let value = if shift >= 0 {
        digits.checked_mul(10u128.checked_pow(u32::try_from(shift).ok()?)?)?
    } else {
        match 10u128.checked_pow(u32::try_from(-shift).ok()?) {
            Some(by) => digits.div_ceil(by),
            None => u128::from(digits > 0),
        }
    };
    u64::try_from(value).ok()
}
