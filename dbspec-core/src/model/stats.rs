//! How much there is and how often it is asked: facts, never rules.

use serde::{Deserialize, Serialize};

use super::expr::Expr;
use super::name::{Name, Number};
use crate::span::Span;

/// A unit of time. A month and a year are calendar periods, which durations never have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// `us`.
    Microsecond,
    /// `ms`.
    Millisecond,
    /// `s`.
    Second,
    /// `m` in durations, `min` in rates.
    Minute,
    /// `h`.
    Hour,
    /// `d` in durations, `day` elsewhere.
    Day,
    /// `w` in durations, `week` elsewhere.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

/// `10ms`, `5s`, `1h`: a length of time, up to weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timespan {
    /// How many.
    pub amount: Number,
    /// Of what.
    pub unit: TimeUnit,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `7 years`, `30 days`: a calendar period, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub amount: u32,
    /// Of what: a day, week, month or year.
    pub unit: TimeUnit,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `120/s`, `1/min`: how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many times.
    pub amount: Number,
    /// In what time.
    pub per: TimeUnit,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `30%`, kept as the number before the sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent {
    /// 30 for `30%`.
    pub number: Number,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// How a volume grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrowthAmount {
    /// `5%/month`: compound.
    Percent(Number),
    /// `55_000_000/month`: as many rows each time.
    Rows(Number),
}

/// `growth 5%/month`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// By how much.
    pub amount: GrowthAmount,
    /// In what time.
    pub per: TimeUnit,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `scale shops = 1`: a number that volumes are multiples of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Number,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `volume 2_000_000 * shops growth 5%/month`: how many rows an entity has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// How many, perhaps in scales.
    pub rows: Expr,
    /// How it grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<Growth>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `share 2% where status == draft`: how many of an entity's rows a condition holds for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many of a hundred.
    pub percent: Percent,
    /// For which rows.
    pub filter: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// How often something is asked and how fast it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// `rate 120/s`: usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// `peak 600/s`: at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<Rate>,
    /// `p99 10ms`: 99 of 100 answers come within.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<Timespan>,
}

/// `workload peak { total 1000/s  orders_of_customer 14.2 }`: a mix of accesses and writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `total 1000/s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Rate>,
    /// The parts, in source order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<WorkloadPart>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// One access or write of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadPart {
    /// The access or write.
    pub name: Name,
    /// How much of it.
    pub amount: WorkloadAmount,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// How much of a workload one part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadAmount {
    /// `14.2`: a weight among the parts.
    Weight(Number),
    /// `14.2%` of the total.
    Percent(Number),
    /// `14.2/s`: its own rate.
    Rate(Rate),
}

/// `flow checkout { a  b  rate 5/s }`: accesses and writes asked together, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// The accesses and writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Name>,
    /// How often and how fast.
    #[serde(default)]
    pub load: Load,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}
