//! A backend's own rules: every sample executed.

use dbspec_core::backend::Compile;
use dbspec_core::check::{Rule, check};
use dbspec_core::syntax::parse;

use super::Found;

const SAMPLES: &str = "a rule's bad sample raises its code, and its good one none of the engine's";
const CODES: &str = "the rules of an engine stand in order of their codes, each documented";

/// Bad samples raise their code alone among the engine's, good ones nothing; both are right to core's check.
pub(super) fn samples<B: Compile>(backend: &B) -> Found {
    let rules = backend.rules();
    let order = |rule: &&Rule| rule.code.id.trim_start_matches(['E', 'W']);
    if !rules.is_sorted_by(|a, b| order(a) < order(b)) {
        return Err((CODES, "they don't".to_owned()));
    }
    for rule in rules {
        if rule.code.docs.is_empty() || rule.code.name.is_empty() {
            return Err((CODES, format!("{} has no docs", rule.code.id)));
        }
        let bad = found(backend, rule, rule.bad)?;
        if bad.is_empty() || bad.iter().any(|id| *id != rule.code.id) {
            return Err((SAMPLES, format!("{}'s bad sample raises {bad:?}", rule.code.id)));
        }
        let good = found(backend, rule, rule.good)?;
        if !good.is_empty() {
            return Err((SAMPLES, format!("{}'s good sample raises {good:?}", rule.code.id)));
        }
    }
    Ok(())
}

fn found<B: Compile>(
    backend: &B,
    rule: &Rule,
    sample: &str,
) -> Result<Vec<&'static str>, (&'static str, String)> {
    let kernel = check(parse(sample)).map_err(|it| (SAMPLES, format!("{}: {it}", rule.code.id)))?;
    let found = backend.lint(&kernel);
    Ok(found.iter().map(|it| it.code.id).collect())
}
