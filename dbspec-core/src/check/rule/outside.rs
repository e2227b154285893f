//! Rules that stand beside entities: `policy`, `keep`, `assert`.

use std::collections::{BTreeMap, BTreeSet};

use super::Maker;
use crate::check::element::Elements;
use crate::check::expr::{About, Scope};
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{not_supported_yet, unfit_keep};
use crate::check::schema::{Schema, Target};
use crate::check::sink::Sink;
use crate::kernel::{ElementId, EntityId, LeafId, LeafType, Origin, RuleKind, Scalar, Verb};
use crate::model::{self, Item, KeepBound, KeepThen, KeepWhat, PolicyKind};

/// What stands beside entities, by the entity that it binds.
#[derive(Debug, Default)]
pub(in crate::check) struct Outside<'m> {
    policies: BTreeMap<EntityId, Vec<(&'m model::Policy, Target, ElementId)>>,
    keeps: BTreeMap<EntityId, Vec<(&'m model::Keep, Target, ElementId)>>,
    asserts: BTreeMap<EntityId, Vec<(&'m model::Assert, Target, ElementId)>>,
}

impl<'m> Outside<'m> {
    /// Sorts them by entity.
    pub(in crate::check) fn of(schema: &Schema<'m>, elements: &mut Elements, sink: &mut Sink) -> Self {
        let mut all = Self::default();
        let roles: BTreeSet<&str> = (schema.items(|item| match item {
            Item::Role(role) => Some(role),
            _ => None,
        }))
        .map(|role| role.name.as_str())
        .collect();
        let mut names: BTreeMap<(&str, &str), crate::span::Span> = BTreeMap::new();
        for item in &schema.model.items {
            match item {
                Item::Policy(it) => {
                    if let Some(first) = names.insert(("policy", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("policy", &it.name.text, it.name.at, first));
                        continue;
                    }
                    for role in it.roles.iter().filter(|role| !roles.contains(&role.as_str())) {
                        sink.report(unknown("role", role, roles.iter().copied()));
                    }
                    let element = elements.top(it.name.text.as_str(), it.at);
                    for name in &it.on {
                        if let Some(target) = schema.rows(name, sink) {
                            all.policies
                                .entry(target.entity)
                                .or_default()
                                .push((it, target, element));
                        }
                    }
                }
                Item::Keep(it) => {
                    if it.what == KeepWhat::History {
                        sink.report(unsupported("`keep … history`", it.at, "keep the rows themselves"));
                        continue;
                    }
                    if let Some(target) = schema.rows(&it.entity, sink) {
                        let element = schema.entities[target.entity].element;
                        all.keeps
                            .entry(target.entity)
                            .or_default()
                            .push((it, target, element));
                    }
                }
                Item::Assert(it) => {
                    if let Some(first) = names.insert(("assert", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("assert", &it.name.text, it.name.at, first));
                        continue;
                    }
                    if let Some(target) = schema.rows(&it.entity, sink) {
                        let element = elements.top(it.name.text.as_str(), it.at);
                        all.asserts
                            .entry(target.entity)
                            .or_default()
                            .push((it, target, element));
                    }
                }
                Item::Use(_)
                | Item::Scale(_)
                | Item::Enum(_)
                | Item::Type(_)
                | Item::Session(_)
                | Item::Entity(_)
                | Item::Relation(_)
                | Item::Rows(_)
                | Item::Access(_)
                | Item::Write(_)
                | Item::Workload(_)
                | Item::Flow(_)
                | Item::Role(_)
                | Item::Operate(_)
                | Item::Target(_)
                | Item::Prefer(_)
                | Item::Place(_)
                | Item::Cache(_)
                | Item::Feed(_) => {}
            }
        }
        all
    }
}

impl<'m> Maker<'_, 'm> {
    /// What stands beside the entity and binds its rows.
    pub(super) fn outside(&mut self, outside: &Outside<'m>) {
        for (it, target, element) in outside.asserts.get(&self.entity).into_iter().flatten() {
            if let Some(holds) = self.pred(About::Rule, target.subtype, &it.expr) {
                let kind = RuleKind::Assert { holds };
                self.add(*element, it.name.text.as_str(), kind, Origin::Plain);
            }
        }
        for (it, target, element) in outside.policies.get(&self.entity).into_iter().flatten() {
            self.policy(it, *target, *element);
        }
        for (at, (it, target, element)) in outside.keeps.get(&self.entity).into_iter().flatten().enumerate() {
            self.keep(it, *target, *element, at + 1);
        }
    }

    fn policy(&mut self, it: &'m model::Policy, target: Target, element: ElementId) {
        let mut verbs: Vec<Verb> = Vec::new();
        for verb in &it.verbs {
            match verb {
                model::Verb::Read => verbs.push(Verb::Read),
                model::Verb::Insert => verbs.push(Verb::Insert),
                model::Verb::Update => verbs.push(Verb::Update),
                model::Verb::Delete => verbs.push(Verb::Delete),
                model::Verb::Call => {
                    let found = not_supported_yet::unsupported(
                        "a policy for `call`",
                        it.at,
                        "write `call` in the role, and a policy for the rows",
                    );
                    self.sink.report(found);
                }
            }
        }
        if verbs.is_empty() {
            verbs = vec![Verb::Read, Verb::Insert, Verb::Update, Verb::Delete];
        }
        verbs.sort_unstable();
        verbs.dedup();
        let mut scope = Scope::of_row(self.schema, self.sink, About::Request, target);
        let Some(allows) = scope.pred(&it.expr) else {
            return;
        };
        let name = self.schema.entities[self.entity].name.clone();
        let element = self.part(element, &name, it.at);
        let kind = RuleKind::Policy {
            roles: it.roles.iter().map(|role| role.text.as_str().into()).collect(),
            verbs,
            allows,
            restrict: it.kind == PolicyKind::Restrict,
        };
        self.add(element, it.name.text.as_str(), kind, Origin::Policy);
    }

    fn keep(&mut self, it: &'m model::Keep, target: Target, element: ElementId, number: usize) {
        let Some(from) = self.kept_from(it, target) else {
            return;
        };
        let (months, days): (u32, i64) = match it.period.unit {
            model::TimeUnit::Year => (it.period.amount.saturating_mul(12), 0),
            model::TimeUnit::Month => (it.period.amount, 0),
            model::TimeUnit::Week => (0, i64::from(it.period.amount) * 7),
            model::TimeUnit::Day => (0, i64::from(it.period.amount)),
            model::TimeUnit::Microsecond
            | model::TimeUnit::Millisecond
            | model::TimeUnit::Second
            | model::TimeUnit::Minute
            | model::TimeUnit::Hour => {
                let found = unfit_keep::RULE.error("rows are kept for days, weeks, months or years");
                self.sink.report(
                    found
                        .at(it.period.at, "no calendar period")
                        .help("write `30 days`"),
                );
                return;
            }
        };
        let micros = days * 24 * 3600 * 1_000_000;
        let what = match it.bound {
            KeepBound::AtLeast => "keep at least",
            KeepBound::AtMost => "keep at most",
        };
        let name = if number == 1 {
            what.to_owned()
        } else {
            format!("{what}#{number}")
        };
        let element = self.part(element, &name, it.at);
        let kind = match it.bound {
            KeepBound::AtLeast => RuleKind::KeepAtLeast { from, months, micros },
            KeepBound::AtMost => {
                let then = match &it.then {
                    None | Some(KeepThen::Delete) => "delete".to_owned(),
                    Some(KeepThen::Archive) => "archive".to_owned(),
                    Some(KeepThen::Clear(assigns)) => {
                        let fields: Vec<String> =
                            assigns.iter().map(|assign| assign.field.to_string()).collect();
                        format!("clear ({})", fields.join(", "))
                    }
                };
                RuleKind::KeepAtMost {
                    from,
                    months,
                    micros,
                    then: then.into(),
                }
            }
        };
        self.add(element, name, kind, Origin::Keep);
    }

    /// The instant or day from which a row is kept.
    fn kept_from(&mut self, it: &'m model::Keep, target: Target) -> Option<LeafId> {
        let schema = self.schema;
        let leaf = match &it.from {
            Some(path) => match self.leaf_path(target.subtype, path)?.1[..] {
                [leaf] => Some(leaf),
                _ => None,
            },
            None => schema
                .field(self.entity, "created_at")
                .and_then(|field| schema.fields[field].leaves.first()),
        };
        let fits = leaf.filter(|leaf| {
            matches!(
                &schema.leaves[*leaf].ty,
                LeafType::Scalar(Scalar::Timestamp | Scalar::Date)
            )
        });
        if fits.is_none() {
            let said = it.from.as_ref().map_or(it.at, |path| path.at);
            let found = unfit_keep::RULE.error("rows are kept from an instant or a day");
            self.sink.report(
                found
                    .at(said, "neither a timestamp nor a date")
                    .help("write `from` and such a field, or give the entity `@audit`"),
            );
        }
        fits
    }
}
