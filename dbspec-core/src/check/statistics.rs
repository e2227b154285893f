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
    let shift = exponent + i64::from(power) - i64::try_from(fraction.len()).ok()?;
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

/// A length of time in microseconds; `None` where it is too long.
pub(super) fn micros(span: &crate::model::Timespan) -> Option<u64> {
    scaled(&span.amount, 0)?; // Negative or absurd.
    let unit: u64 = micros_of(span.unit);
    let scaled = scaled(&span.amount, 6)?;
    u64::try_from(u128::from(scaled) * u128::from(unit) / 1_000_000).ok()
}

/// A length of time in milliseconds, rounded up.
pub(super) fn millis(span: &crate::model::Timespan) -> Option<u64> {
    Some(micros(span)?.div_ceil(1000))
}

/// Thousandths of a time per second.
pub(super) fn milli_per_second(rate: &crate::model::Rate) -> Option<u64> {
    let per: u64 = micros_of(rate.per);
    let scaled = u128::from(scaled(&rate.amount, 6)?);
    u64::try_from((scaled * 1_000).div_ceil(u128::from(per))).ok()
}

/// The microseconds of a unit; a month has 30 days here, a year 365.
pub(super) fn micros_of(unit: crate::model::TimeUnit) -> u64 {
    use crate::model::TimeUnit;
    const SECOND: u64 = 1_000_000;
    const DAY: u64 = 24 * 3600 * SECOND;
    match unit {
        TimeUnit::Microsecond => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Second => SECOND,
        TimeUnit::Minute => 60 * SECOND,
        TimeUnit::Hour => 3600 * SECOND,
        TimeUnit::Day => DAY,
        TimeUnit::Week => 7 * DAY,
        TimeUnit::Month => 30 * DAY,
        TimeUnit::Year => 365 * DAY,
    }
}
