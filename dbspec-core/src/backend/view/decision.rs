//! Decisions and assumptions as data.

use serde::{Deserialize, Serialize};

use super::{FORMAT, TargetName};
use crate::backend::Lowered;
use crate::backend::decision::{Assumption, Decision, Figure, Quantity};
use crate::kernel::Kernel;

/// `decisions.json`: what was chosen per target, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionsFile {
    /// The number of the format.
    pub format: u32,
    /// The model's name.
    pub model: String,
    /// The targets, in order.
    pub targets: Vec<TargetDecisions>,
}

/// What was chosen for one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetDecisions {
    /// Which target.
    #[serde(flatten)]
    pub target: TargetName,
    /// The choices, in the order in which they were made.
    pub decisions: Vec<DecisionView>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionView {
    /// The path of the element.
    pub path: String,
    /// The kind of choice.
    pub code: String,
    /// What was chosen.
    pub chosen: String,
    /// The cost of it, in thousandths of the unit that the code's documentation names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// What else there was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<AlternativeView>,
    /// The numbers that it turned on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned_on: Vec<FigureView>,
    /// What would flip it.
    pub flips: String,
    /// The code of the capability line behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// Something that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlternativeView {
    /// What it is.
    pub what: String,
    /// What it would cost, in the decision's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// Why not.
    pub why_not: String,
}

/// A number that a decision read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureView {
    /// What it counts: `rows`, `fan-out`.
    pub quantity: String,
    /// The path of what it is about.
    pub of: String,
    /// The number, in the unit that the quantity's documentation names.
    pub value: u64,
    /// Whether nobody gave it.
    pub assumed: bool,
    /// The number at which the choice flips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u64>,
}

/// `assumptions`: numbers that nobody gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionsFile {
    /// The number of the format.
    pub format: u32,
    /// The model's name.
    pub model: String,
    /// The assumptions, in the model's order.
    pub assumptions: Vec<AssumptionView>,
}

/// A number that nobody gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionView {
    /// The path of the element that it is about.
    pub path: String,
    /// What it counts.
    pub quantity: String,
    /// The number taken.
    pub value: u64,
    /// How to say it in the model.
    pub say: String,
    /// The targets whose design read it.
    pub targets: Vec<String>,
}

impl DecisionsFile {
    /// A file of all targets' choices.
    pub fn new(model: impl Into<String>, targets: Vec<TargetDecisions>) -> Self {
        Self {
            format: FORMAT,
            model: model.into(),
            targets,
        }
    }
}

impl TargetDecisions {
    /// The choices of a target.
    pub fn of<D>(target: TargetName, lowered: &Lowered<D>) -> Self {
        let decisions = lowered.decisions().iter();
        Self {
            target,
            decisions: decisions.map(|it| decision(lowered, it)).collect(),
        }
    }
}

fn decision<D>(lowered: &Lowered<D>, it: &Decision) -> DecisionView {
    let kernel = lowered.kernel();
    let alternatives = it.alternatives.iter().map(|other| AlternativeView {
        what: other.what.to_string(),
        cost: other.cost,
        why_not: other.why_not.to_string(),
    });
    let figures = it.turned_on.iter();
    DecisionView {
        path: kernel.path(it.element).to_string(),
        code: it.code.to_owned(),
        chosen: it.chosen.to_string(),
        cost: it.cost,
        alternatives: alternatives.collect(),
        turned_on: figures
            .map(|(figure, threshold)| self::figure(kernel, figure, *threshold))
            .collect(),
        flips: it.flips.to_string(),
        line: it
            .line
            .map(|line| lowered.lines()[usize::from(line.0)].code.to_owned()),
    }
}

fn figure(kernel: &Kernel, figure: &Figure, threshold: Option<u64>) -> FigureView {
    let (quantity, element) = match figure.what {
        Quantity::Rows(id) => ("rows", kernel.entities[id].element),
        Quantity::Size(id) => ("size", kernel.fields[id].element),
        Quantity::Distinct(id) => ("distinct", kernel.fields[id].element),
        Quantity::Nulls(id) => ("nulls", kernel.fields[id].element),
        Quantity::FanOut(id) => ("fan-out", kernel.fields[id].element),
        Quantity::FanOutP99(id) => ("fan-out p99", kernel.fields[id].element),
        Quantity::QueryRate(id) => ("rate", kernel.queries[id].element),
        Quantity::WriteRate(id) => ("rate", kernel.writes[id].element),
    };
    FigureView {
        quantity: quantity.to_owned(),
        of: kernel.path(element).to_string(),
        value: figure.value,
        assumed: figure.assumed,
        threshold,
    }
}

impl AssumptionsFile {
    /// The assumptions of all targets together: one per number, with the targets that read it.
    pub fn of<'l, D: 'l>(
        kernel: &Kernel,
        targets: impl IntoIterator<Item = (&'l TargetName, &'l Lowered<D>)>,
    ) -> Self {
        let mut merged: Vec<(&Assumption, Vec<String>)> = Vec::new();
        for (target, lowered) in targets {
            for assumption in lowered.assumptions() {
                let key = |it: &Assumption| (it.element, it.what);
                match merged.binary_search_by_key(&key(assumption), |(it, _)| key(it)) {
                    Ok(at) => merged[at].1.push(target.name.clone()),
                    Err(at) => merged.insert(at, (assumption, vec![target.name.clone()])),
                }
            }
        }
        let views = merged.into_iter().map(|(it, targets)| {
            let figure = Figure {
                what: it.what,
                value: it.value,
                assumed: true,
            };
            let FigureView { quantity, of, .. } = self::figure(kernel, &figure, None);
            AssumptionView {
                path: of,
                quantity,
                value: it.value,
                say: it.say.to_string(),
                targets,
            }
        });
        Self {
            format: FORMAT,
            model: kernel.name.clone(),
            assumptions: views.collect(),
        }
    }
}
