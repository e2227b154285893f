//! `dbspec why --break`: rows that a target takes although a rule forbids them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dbspec::backend::AnyPlain;
use dbspec::backend::coverage::{Outcome, RuleOutcome};
use dbspec::backend::view::OutcomeView;
use dbspec::counterexample::{Counterexample, NoCounterexample, find};
use dbspec::kernel::{Facet, Kernel, RuleId, Subject};
use dbspec::rows;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::output::{FAINT, STRONG};
use crate::target::Compiled;

/// A rule that a target doesn't enforce, and what shows it.
#[derive(Serialize)]
pub(super) struct Break {
    path: String,
    rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    facet: Option<String>,
    outcome: &'static str,
    /// The rows, by entity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<Json>,
    /// What the engine's own client runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<Box<str>>,
    /// Rules of the same value that are broken too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    besides: Vec<String>,
    /// Why nothing shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// What was found of each side of a rule: the same for all targets.
#[derive(Default)]
pub(super) struct Found {
    by: BTreeMap<(RuleId, Facet), Result<Counterexample, NoCounterexample>>,
}

impl Found {
    /// What shows the rules that a target doesn't enforce. `views` has the outcome of every facet, in order.
    pub(super) fn breaks(
        &mut self,
        compiled: &Compiled,
        views: &[OutcomeView],
        within: &dyn Fn(&str) -> bool,
    ) -> Vec<Break> {
        let lowered = &compiled.lowered;
        let kernel = lowered.kernel();
        let mut breaks = Vec::new();
        for ((facet, entry), view) in lowered.report().coverage.iter().zip(views) {
            let of = kernel.facets[facet];
            let (Subject::Rule(rule), Outcome::Rule(outcome)) = (of.subject, &entry.outcome) else {
                continue;
            };
            if !within(&view.path) || is_enforced(outcome) {
                continue;
            }
            let found = self.by.entry((rule, of.facet));
            let found = found.or_insert_with(|| find(kernel, rule, of.facet));
            let name = |rule: RuleId| {
                let it = &kernel.rules[rule];
                format!("{}.{}", kernel.entities[it.entity].name, it.name)
            };
            let mut it = Break {
                path: view.path.clone(),
                rule: name(rule),
                facet: view.facet.clone(),
                outcome: view.outcome.word(),
                rows: Vec::new(),
                statements: Vec::new(),
                besides: Vec::new(),
                why: None,
            };
            match found {
                Ok(found) => {
                    it.rows = json_rows(kernel, found);
                    it.besides = found.besides.iter().map(|rule| name(*rule)).collect();
                    let plain: Option<&dyn AnyPlain> = compiled.target.backend.inserting();
                    match plain.map(|plain| plain.plain_insertion(lowered, &found.rows)) {
                        Some(Some(statements)) => it.statements = statements,
                        Some(None) => it.why = Some("the engine can't hold such a value".to_owned()),
                        None => it.why = Some("this target's rows can't be put in by hand".to_owned()),
                    }
                }
                Err(why) => it.why = Some(why.to_string()),
            }
            breaks.push(it);
        }
        breaks
    }
}

fn is_enforced(outcome: &RuleOutcome) -> bool {
    match outcome {
        RuleOutcome::Enforced => true,
        RuleOutcome::Guarded { .. }
        | RuleOutcome::Settled { .. }
        | RuleOutcome::Audited { .. }
        | RuleOutcome::Unsupported => false,
    }
}

/// The rows as the outside writes them, secrets left out.
fn json_rows(kernel: &Kernel, found: &Counterexample) -> Vec<Json> {
    let rows = found.rows.iter();
    rows.map(|(entity, row)| {
        json!({ "entity": kernel.entities[*entity].name, "row": rows::row_json(kernel, *entity, row) })
    })
    .collect()
}

/// What shows a target's rules, for people.
pub(super) fn text(breaks: &[Break], text: &mut String) {
    if breaks.is_empty() {
        let _ = writeln!(text, "  every rule is enforced");
    }
    for it in breaks {
        let side = it.facet.as_ref().map(|facet| format!(" {facet}"));
        let _ = writeln!(
            text,
            "  {STRONG}{}{}{STRONG:#}: {}",
            it.rule,
            side.unwrap_or_default(),
            it.outcome
        );
        if !it.besides.is_empty() {
            let _ = writeln!(text, "    {FAINT}breaks {} too{FAINT:#}", it.besides.join(", "));
        }
        for statement in &it.statements {
            let _ = writeln!(text, "    {statement}");
        }
        if let Some(why) = &it.why {
            let _ = writeln!(text, "    {FAINT}{why}{FAINT:#}");
        }
    }
}
