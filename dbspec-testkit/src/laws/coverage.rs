//! Capability lines, and outcomes that name them.

use std::collections::BTreeSet;

use dbspec_core::backend::Lowered;
use dbspec_core::backend::capability::{Line, LineId, When};
use dbspec_core::backend::coverage::{
    Audit, Entry, FactOutcome, Outcome, QueryOutcome, RuleOutcome, WriteOutcome, subject_path,
};
use dbspec_core::kernel::{Kernel, Subject};

use super::Found;

pub(super) fn lines(lines: &[Line]) -> Found {
    const LAW: &str = "capability lines have codes of their own, words and sources";
    let mut codes = BTreeSet::new();
    for line in lines {
        if !codes.insert(line.code) || line.says.trim().is_empty() || line.source.trim().is_empty() {
            return Err((LAW, line.code.to_owned()));
        }
    }
    Ok(())
}

pub(super) fn outcomes<D>(lowered: &Lowered<D>, rest: bool) -> Found {
    let (kernel, lines) = (lowered.kernel(), lowered.lines());
    let never = |line: &Line| matches!(line.when, When::Never(_));
    if rest && !lines.iter().all(never) {
        return Err((
            "only an engine that can do nothing answers for all that is left at once",
            "rest".to_owned(),
        ));
    }
    let report = lowered.report();
    for (facet, entry) in report.coverage.iter() {
        let of = kernel.facets[facet];
        let at = || format!("{} ({:?}): {entry:?}", subject_path(kernel, facet), of.facet);
        if !is_of_kind(of.subject, &entry.outcome) {
            return Err(("an outcome is of its facet's kind", at()));
        }
        let Some(line) = line(lines, entry.line) else {
            return Err(("an outcome names a line of the table", at()));
        };
        if never(line) && !is_nothing(&entry.outcome) {
            return Err(("what is done has a line that says it can be", at()));
        }
        if entry
            .by
            .is_some_and(|name| name.0 as usize >= report.mapping.names.len())
        {
            return Err(("an outcome names what realises it by a name that was given", at()));
        }
        if audit(entry).is_some_and(|audit| audit.text.trim().is_empty()) {
            return Err(("what isn't enforced comes with what finds violations", at()));
        }
        if not_said(&entry.outcome) {
            return Err(("what isn't served says what would serve it", at()));
        }
    }
    decisions(kernel, lowered)
}

fn decisions<D>(kernel: &Kernel, lowered: &Lowered<D>) -> Found {
    for decision in lowered.decisions() {
        let at = || format!("{}: {decision:?}", kernel.path(decision.element));
        let blank = |text: &str| text.trim().is_empty();
        if blank(decision.code) || blank(&decision.chosen) || blank(&decision.flips) {
            return Err(("a decision says what was chosen and what would flip it", at()));
        }
        if decision
            .alternatives
            .iter()
            .any(|it| blank(&it.what) || blank(&it.why_not))
        {
            return Err(("an alternative says what it is and why not", at()));
        }
        if decision
            .line
            .is_some_and(|it| line(lowered.lines(), it).is_none())
        {
            return Err(("a decision names a line of the table", at()));
        }
    }
    let mut said = BTreeSet::new();
    for assumption in lowered.assumptions() {
        if assumption.say.trim().is_empty() || !said.insert(assumption.what) {
            return Err((
                "an assumption is stated once, with how to say it in the model",
                format!("{assumption:?}"),
            ));
        }
    }
    Ok(())
}

fn line(lines: &[Line], id: LineId) -> Option<&Line> {
    lines.get(usize::from(id.0))
}

fn is_of_kind(subject: Subject, outcome: &Outcome) -> bool {
    match (subject, outcome) {
        (Subject::Rule(_), Outcome::Rule(_))
        | (Subject::Query(_), Outcome::Query(_))
        | (Subject::Write(_) | Subject::Entity(_), Outcome::Write(_))
        | (Subject::Fact(_), Outcome::Fact(_)) => true,
        (
            Subject::Rule(_) | Subject::Query(_) | Subject::Write(_) | Subject::Entity(_) | Subject::Fact(_),
            Outcome::Rule(_) | Outcome::Query(_) | Outcome::Write(_) | Outcome::Fact(_),
        ) => false,
    }
}

/// Whether nothing is done.
fn is_nothing(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Rule(RuleOutcome::Unsupported)
        | Outcome::Query(QueryOutcome::NotServed { .. })
        | Outcome::Write(WriteOutcome::NotServed)
        | Outcome::Fact(FactOutcome::Unused) => true,
        // An audit is what is left where an engine can't do it.
        Outcome::Rule(RuleOutcome::Audited { .. }) => true,
        Outcome::Rule(RuleOutcome::Enforced | RuleOutcome::Guarded { .. } | RuleOutcome::Settled { .. })
        | Outcome::Query(QueryOutcome::Served { .. } | QueryOutcome::FullRead { .. })
        | Outcome::Write(WriteOutcome::Atomic { .. })
        | Outcome::Fact(FactOutcome::Used) => false,
    }
}

fn audit(entry: &Entry) -> Option<&Audit> {
    match &entry.outcome {
        Outcome::Rule(
            RuleOutcome::Guarded { audit, .. }
            | RuleOutcome::Settled { audit, .. }
            | RuleOutcome::Audited { audit },
        ) => Some(audit),
        Outcome::Rule(RuleOutcome::Enforced | RuleOutcome::Unsupported)
        | Outcome::Query(_)
        | Outcome::Write(_)
        | Outcome::Fact(_) => None,
    }
}

fn not_said(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Query(QueryOutcome::NotServed { instead }) => instead.trim().is_empty(),
        Outcome::Query(QueryOutcome::Served { .. } | QueryOutcome::FullRead { .. })
        | Outcome::Rule(_)
        | Outcome::Write(_)
        | Outcome::Fact(_) => false,
    }
}
