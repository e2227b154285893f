//! What can be wrong with a model: one file a rule, each with its documentation, a bad sample that raises its code and
//! a good one that raises none. A test executes every sample.

pub(in crate::check) mod ambiguous_word;
pub(in crate::check) mod contradicting_volume;
pub(in crate::check) mod cyclic_derivation;
pub(in crate::check) mod cyclic_key;
pub(in crate::check) mod cyclic_ownership;
pub(in crate::check) mod cyclic_type;
pub(in crate::check) mod duplicate_name;
pub(in crate::check) mod incomparable;
pub(in crate::check) mod incomplete_insert;
pub(in crate::check) mod low_cardinality;
pub(in crate::check) mod misplaced_session;
pub(in crate::check) mod missing_key;
pub(in crate::check) mod needs_reading;
pub(in crate::check) mod not_a_condition;
pub(in crate::check) mod not_a_value;
pub(in crate::check) mod not_an_entity;
pub(in crate::check) mod not_supported_yet;
pub(in crate::check) mod null_compared;
pub(in crate::check) mod path_to_many;
pub(in crate::check) mod reserved_field;
pub(in crate::check) mod secret_in_plain_place;
pub(in crate::check) mod too_many_conditions;
pub(in crate::check) mod unfit_assignment;
pub(in crate::check) mod unfit_bounds;
pub(in crate::check) mod unfit_call;
pub(in crate::check) mod unfit_fetch;
pub(in crate::check) mod unfit_keep;
pub(in crate::check) mod unfit_key;
pub(in crate::check) mod unfit_literal;
pub(in crate::check) mod unfit_modifier;
pub(in crate::check) mod unfit_rule;
pub(in crate::check) mod unfit_statement;
pub(in crate::check) mod unfit_type;
pub(in crate::check) mod unfit_when;
pub(in crate::check) mod ungrouped;
pub(in crate::check) mod unknown_move;
pub(in crate::check) mod unknown_name;
pub(in crate::check) mod unserved_access;
pub(in crate::check) mod unused_optional;
pub(in crate::check) mod wrong_type;

#[cfg(test)]
mod tests;

use crate::diag::{Code, Diagnostic};

/// A rule: what it is, and how it looks broken and mended. Backends have rules of their own: they lie in their `rules`
/// rooms.
#[derive(Debug)]
pub struct Rule {
    /// Its identity and documentation.
    pub code: Code,
    /// A model that breaks this rule alone.
    pub bad: &'static str,
    /// The same without the mistake.
    pub good: &'static str,
}

impl Rule {
    /// An error of this kind.
    pub fn error(&'static self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&self.code, message)
    }

    /// A warning of this kind.
    pub fn warning(&'static self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(&self.code, message)
    }
}

/// Every rule of this room, in order of codes.
pub static RULES: &[&Rule] = &[
    &duplicate_name::RULE,
    &unknown_name::RULE,
    &reserved_field::RULE,
    &cyclic_ownership::RULE,
    &cyclic_type::RULE,
    &cyclic_key::RULE,
    &not_an_entity::RULE,
    &ambiguous_word::RULE,
    &missing_key::RULE,
    &unfit_key::RULE,
    &unfit_modifier::RULE,
    &unfit_bounds::RULE,
    &unfit_type::RULE,
    &unknown_move::RULE,
    &contradicting_volume::RULE,
    &cyclic_derivation::RULE,
    &unfit_keep::RULE,
    &unfit_rule::RULE,
    &wrong_type::RULE,
    &incomparable::RULE,
    &unfit_literal::RULE,
    &null_compared::RULE,
    &not_a_condition::RULE,
    &not_a_value::RULE,
    &path_to_many::RULE,
    &unfit_call::RULE,
    &misplaced_session::RULE,
    &secret_in_plain_place::RULE,
    &needs_reading::RULE,
    &unused_optional::RULE,
    &unfit_when::RULE,
    &too_many_conditions::RULE,
    &ungrouped::RULE,
    &unfit_fetch::RULE,
    &unserved_access::RULE,
    &low_cardinality::RULE,
    &unfit_assignment::RULE,
    &incomplete_insert::RULE,
    &unfit_statement::RULE,
    &not_supported_yet::RULE,
];

/// The codes that this room raises.
pub static CODES: &[&Code] = &CODE_TABLE;

static CODE_TABLE: [&Code; RULES.len()] = {
    let mut codes = [&RULES[0].code; RULES.len()];
    let mut at = 0;
    while at < codes.len() {
        codes[at] = &RULES[at].code;
        at += 1;
    }
    codes
};
