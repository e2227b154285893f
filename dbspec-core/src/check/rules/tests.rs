//! Every rule's samples, executed: the bad one raises its code and no error of another kind, the good one nothing.

use super::RULES;
use crate::check::review;
use crate::syntax::parse;

fn codes(text: &str) -> Vec<&'static str> {
    review(parse(text))
        .found
        .iter()
        .map(|found| found.code.id)
        .collect()
}

#[test]
fn bad_samples_raise_their_code_alone() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let found = codes(rule.bad);
        let errors = found
            .iter()
            .filter(|id| id.starts_with('E') && **id != rule.code.id)
            .count();
        if !found.contains(&rule.code.id) || errors > 0 {
            wrong.push(format!("{} ({}): {found:?}", rule.code.id, rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_samples_raise_nothing() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let found = codes(rule.good);
        if !found.is_empty() {
            wrong.push(format!("{} ({}): {found:?}", rule.code.id, rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_stand_in_order() {
    assert!(RULES.is_sorted_by_key(|rule| rule.code.id.trim_start_matches(['E', 'W']).to_owned()));
}
