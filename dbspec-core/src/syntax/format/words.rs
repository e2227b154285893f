//! The smallest pieces: names, numbers, quantities, types.

use super::super::text::quote;
use super::super::token::is_word;
use crate::model::{
    Bounds, Fan, FieldPath, Growth, GrowthAmount, Load, Name, Number, Period, Rate, Scalar, TimeUnit,
    Timespan, TypeExpr, TypeKind,
};

/// The words that a type can begin with; a declared type of such a name is quoted.
const TYPE_WORDS: &[&str] = &[
    "bool",
    "int16",
    "int32",
    "int64",
    "decimal",
    "float64",
    "string",
    "text",
    "bytes",
    "uuid",
    "date",
    "time",
    "timestamp",
    "duration",
    "json",
    "point",
    "vector",
    "hashed",
    "list",
    "set",
    "map",
    "range",
    "encrypted",
];

pub(super) fn name(name: &Name) -> String {
    name_unless(name, &[])
}

/// A name that mustn't be taken for one of these words.
pub(super) fn name_unless(name: &Name, words: &[&str]) -> String {
    if is_word(&name.text) && !words.contains(&name.as_str()) {
        name.text.clone()
    } else {
        quote(&name.text)
    }
}

/// A name where declarations, too, could begin.
pub(super) fn element(name: &Name) -> String {
    if super::super::parse::is_item_word(&name.text) {
        quote(&name.text)
    } else {
        self::name(name)
    }
}

pub(super) fn names(names: &[Name]) -> String {
    names.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// ` on a, b`, or nothing.
pub(super) fn on(targets: &[Name]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    let targets: Vec<String> = targets
        .iter()
        .map(|target| name_unless(target, &["delete"]))
        .collect();
    format!(" on {}", targets.join(", "))
}

/// ` @was(old)`, or nothing.
pub(super) fn was(was: Option<&Name>) -> String {
    was.map(|was| format!(" @was({})", name(was))).unwrap_or_default()
}

pub(super) fn path(path: &FieldPath) -> String {
    path.names.iter().map(name).collect::<Vec<_>>().join(".")
}

/// `(a, b)`.
pub(super) fn paths(paths: &[FieldPath]) -> String {
    format!("({})", paths.iter().map(path).collect::<Vec<_>>().join(", "))
}

/// Digits in groups of three, from five on.
pub(super) fn number(number: &Number) -> String {
    let text = number.as_str();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let whole = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(whole);
    if whole.len() < 5 {
        return text.to_owned();
    }
    let mut grouped = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped + rest
}

pub(super) fn count(count: u64) -> String {
    number(&Number::from(count))
}

pub(super) fn bounds(bounds: &Bounds) -> String {
    let max = bounds.max.as_ref().map(number).unwrap_or_default();
    format!("{}..{max}", number(&bounds.min))
}

/// ` 0..10_000 avg 20 p99 400`, or nothing.
pub(super) fn fan(fan: &Fan) -> String {
    let Fan { bounds, avg, p99 } = fan;
    let mut text = String::new();
    if let Some(bounds) = bounds {
        text = format!(" {}", self::bounds(bounds));
    }
    if let Some(avg) = avg {
        text += &format!(" avg {}", number(avg));
    }
    if let Some(p99) = p99 {
        text += &format!(" p99 {}", number(p99));
    }
    text
}

pub(super) fn timespan(span: &Timespan) -> String {
    let unit = match span.unit {
        TimeUnit::Microsecond => "us",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Second => "s",
        TimeUnit::Minute => "m",
        TimeUnit::Hour => "h",
        TimeUnit::Day => "d",
        TimeUnit::Week => "w",
        TimeUnit::Month => "month",
        TimeUnit::Year => "year",
    };
    format!("{}{unit}", span.amount)
}

fn per(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Microsecond => "us",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Second => "s",
        TimeUnit::Minute => "min",
        TimeUnit::Hour => "h",
        TimeUnit::Day => "day",
        TimeUnit::Week => "week",
        TimeUnit::Month => "month",
        TimeUnit::Year => "year",
    }
}

pub(super) fn rate(rate: &Rate) -> String {
    format!("{}/{}", number(&rate.amount), per(rate.per))
}

pub(super) fn period(period: &Period) -> String {
    let plural = if period.amount == 1 { "" } else { "s" };
    format!("{} {}{plural}", period.amount, per(period.unit))
}

pub(super) fn growth(growth: &Growth) -> String {
    match &growth.amount {
        GrowthAmount::Percent(percent) => format!("{}%/{}", number(percent), per(growth.per)),
        GrowthAmount::Rows(rows) => format!("{}/{}", number(rows), per(growth.per)),
    }
}

/// `rate 120/s peak 600/s`, `p99 10ms`: the parts that are there.
pub(super) fn load(load: &Load) -> Vec<String> {
    let Load { rate, peak, p99 } = load;
    let rates: Vec<String> = [("rate", rate), ("peak", peak)]
        .iter()
        .filter_map(|(word, rate)| rate.as_ref().map(|rate| format!("{word} {}", self::rate(rate))))
        .collect();
    let mut parts = Vec::new();
    if !rates.is_empty() {
        parts.push(rates.join(" "));
    }
    parts.extend(p99.as_ref().map(|p99| format!("p99 {}", timespan(p99))));
    parts
}

pub(super) fn ty(ty: &TypeExpr) -> String {
    let text = match &ty.kind {
        TypeKind::Scalar(scalar) => self::scalar(*scalar),
        TypeKind::Named(named) => name_unless(named, TYPE_WORDS),
        TypeKind::Reference(entity) => format!("-> {}", name(entity)),
        TypeKind::List(inner) => format!("list<{}>", self::ty(inner)),
        TypeKind::Set(inner) => format!("set<{}>", self::ty(inner)),
        TypeKind::Map { key, value } => format!("map<{}, {}>", self::ty(key), self::ty(value)),
        TypeKind::Range(inner) => format!("range<{}>", self::ty(inner)),
        TypeKind::JsonOf(inner) => format!("json<{}>", self::ty(inner)),
        TypeKind::Encrypted(inner) => format!("encrypted<{}>", self::ty(inner)),
    };
    if ty.optional { text + "?" } else { text }
}

fn scalar(scalar: Scalar) -> String {
    let word = scalar.word();
    match scalar {
        Scalar::Decimal { precision, scale } => format!("{word}({precision}, {scale})"),
        Scalar::String { max } | Scalar::Bytes { max } => format!("{word}({max})"),
        Scalar::Vector { dimensions } => format!("{word}({dimensions})"),
        Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Float64
        | Scalar::Text
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Json
        | Scalar::Point
        | Scalar::Hashed => word.to_owned(),
    }
}
