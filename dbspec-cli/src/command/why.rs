//! `dbspec why`: one element, what became of it, why, and what else there was.

mod broken;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dbspec::backend::view::{
    AssumptionView, AssumptionsFile, DecisionView, LineView, NameView, OutcomeView, TargetCoverage,
    TargetDecisions, TargetName, names_of,
};
use dbspec::kernel::{ElementId, Kernel};
use dbspec::syntax::nearest;
use serde::Serialize;

use super::coverage::style;
use crate::args::{Format, Why};
use crate::failure::Failure;
use crate::output::{FAINT, STRONG};
use crate::{output, target};

/// What is known of an element.
#[derive(Serialize)]
struct Report {
    format: u32,
    paths: Vec<String>,
    targets: Vec<TargetReport>,
    assumptions: Vec<AssumptionView>,
}

#[derive(Serialize)]
struct TargetReport {
    #[serde(flatten)]
    target: TargetName,
    /// What the element became.
    names: Vec<NameView>,
    outcomes: Vec<OutcomeView>,
    decisions: Vec<DecisionView>,
    lines: Vec<LineView>,
    /// What shows the rules that it doesn't enforce, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    breaks: Option<Vec<broken::Break>>,
}

pub(crate) fn run(args: &Why) -> Result<(), Failure> {
    let compilation = target::compile(&args.of)?;
    let kernel = &*compilation.kernel;
    let elements = find(kernel, &args.element)?;
    let paths: Vec<String> = elements.iter().map(|it| kernel.path(*it).to_string()).collect();
    let within = |other: &str| {
        paths.iter().any(|path| {
            other
                .strip_prefix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let mut targets = Vec::new();
    let mut found = broken::Found::default();
    for compiled in &compilation.targets {
        let (target, lowered) = (&compiled.target.name, &compiled.lowered);
        let mut coverage = TargetCoverage::of(target.clone(), lowered);
        let breaks = args
            .breaks
            .then(|| found.breaks(compiled, &coverage.outcomes, &within));
        coverage.outcomes.retain(|it| within(&it.path));
        let mut decisions = TargetDecisions::of(target.clone(), lowered).decisions;
        decisions.retain(|it| within(&it.path));
        let named = |code: &str| {
            coverage.outcomes.iter().any(|it| it.line == code)
                || decisions.iter().any(|it| it.line.as_deref() == Some(code))
        };
        let lines = lowered.lines().iter().filter(|line| named(line.code));
        targets.push(TargetReport {
            target: target.clone(),
            names: elements.iter().flat_map(|it| names_of(lowered, *it)).collect(),
            lines: lines.map(LineView::from).collect(),
            outcomes: coverage.outcomes,
            decisions,
            breaks,
        });
    }
    let mut assumptions = AssumptionsFile::of(kernel, compilation.pairs()).assumptions;
    assumptions.retain(|it| within(&it.path));
    let report = Report {
        format: 1,
        paths,
        targets,
        assumptions,
    };
    match args.of.model.style.format {
        Format::Json => output::out_json(&report)?,
        Format::Text => output::out(&text(&report))?,
    }
    Ok(())
}

/// The elements of a path: more than one, where it is the name that an owner knows its rows by.
fn find(kernel: &Kernel, path: &str) -> Result<Vec<ElementId>, Failure> {
    let owned = kernel.entities.iter().find_map(|(_, entity)| {
        let owner = kernel.entities[entity.owner?].element;
        let known_as = format!("{}.{}", kernel.path(owner), entity.owned_as.as_ref()?);
        (known_as == path).then_some(entity.element)
    });
    let found: Vec<ElementId> = kernel.element(path).into_iter().chain(owned).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let paths: Vec<String> = kernel
        .elements
        .ids()
        .map(|id| kernel.path(id).to_string())
        .collect();
    // A last name alone may say enough.
    let ending = format!(".{path}");
    let mut ends: Vec<&str> = paths
        .iter()
        .filter(|it| it.ends_with(&ending))
        .map(String::as_str)
        .collect();
    ends.truncate(5);
    let near = if ends.is_empty() {
        nearest(path, paths.iter().map(String::as_str))
            .into_iter()
            .collect()
    } else {
        ends
    };
    let hint = if near.is_empty() {
        "an element goes by its path, such as `Order.customer`".to_owned()
    } else {
        format!("did you mean `{}`?", near.join("`, `"))
    };
    Err(Failure::Usage(format!(
        "the model has no element `{path}`; {hint}"
    )))
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{STRONG}{}{STRONG:#}", report.paths.join(", "));
    for target in &report.targets {
        let _ = writeln!(text, "\n{STRONG}{}{STRONG:#}", target.target);
        if let Some(breaks) = &target.breaks {
            broken::text(breaks, &mut text);
            continue;
        }
        for name in &target.names {
            let _ = writeln!(text, "  became {name}");
        }
        // A reason is given once.
        let mut given = BTreeSet::new();
        for it in &target.outcomes {
            let what = match &it.facet {
                Some(facet) if *facet != it.kind => format!("{} {facet}", it.kind),
                _ => it.kind.clone(),
            };
            let style = style(&it.outcome);
            let (word, detail) = (it.outcome.word(), it.outcome.detail());
            let _ = write!(text, "  {} {what}: {style}{word}{style:#}", it.path);
            if !detail.is_empty() {
                let _ = write!(text, " ({detail})");
            }
            if let Some(by) = &it.by {
                let _ = write!(text, " by {by}");
            }
            text.push('\n');
            if given.insert(it.line.as_str())
                && let Some(line) = target.lines.iter().find(|line| line.code == it.line)
            {
                let _ = writeln!(text, "    {FAINT}{}: {}{FAINT:#}", line.code, line.says);
                let _ = writeln!(text, "    {FAINT}{}{FAINT:#}", line.source);
            }
            if let Some(audit) = it.outcome.audit() {
                let audit = audit.trim().replace('\n', "\n      ");
                let _ = writeln!(text, "    violations are found by\n      {FAINT}{audit}{FAINT:#}");
            }
        }
        for it in &target.decisions {
            decision(it, &mut text);
        }
        if target.names.is_empty() && target.outcomes.is_empty() && target.decisions.is_empty() {
            let _ = writeln!(text, "  nothing of its own");
        }
    }
    let asked = report.targets.iter().any(|it| it.breaks.is_some());
    if !report.assumptions.is_empty() && !asked {
        let _ = writeln!(text, "\n{STRONG}assumed, since nobody said{STRONG:#}");
        for it in &report.assumptions {
            let _ = writeln!(text, "  {}: {} {FAINT}{}{FAINT:#}", it.path, it.say, it.quantity);
        }
    }
    text
}

fn decision(it: &DecisionView, text: &mut String) {
    let _ = write!(text, "  {} chose: {}", it.path, it.chosen);
    if let Some(cost) = it.cost {
        let _ = write!(text, " (cost {})", thousandths(cost));
    }
    let _ = writeln!(text, " {FAINT}{}{FAINT:#}", it.code);
    for other in &it.alternatives {
        let _ = write!(text, "    rather than: {}", other.what);
        if let Some(cost) = other.cost {
            let _ = write!(text, " (cost {})", thousandths(cost));
        }
        let _ = writeln!(text, ", because {}", other.why_not);
    }
    for figure in &it.turned_on {
        let _ = write!(
            text,
            "    it turned on: {} of {} {}",
            figure.quantity, figure.of, figure.value
        );
        if figure.assumed {
            text.push_str(", assumed");
        }
        if let Some(threshold) = figure.threshold {
            let _ = write!(text, ", flips at {threshold}");
        }
        text.push('\n');
    }
    if !it.flips.is_empty() {
        let _ = writeln!(text, "    it would flip if: {}", it.flips);
    }
}

/// A number of thousandths with its fraction, where it has one.
fn thousandths(count: u64) -> String {
    let (whole, rest) = (count / 1000, count % 1000);
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
    }
}
