//! Rules that are members of an entity: `check`, `unique`, `moves`, `no overlap`, `exclusive`, `at most`.

use super::{Maker, is_null, joined};
use crate::check::expr::{About, not};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{unfit_key, unfit_rule, unknown_move};
use crate::check::schema::{Known, has_equality};
use crate::kernel::{
    EnumDef, EnumId, FieldId, LeafId, LeafType, Moving, Nulls, Origin, Pred, Rule, RuleKind, Scalar, Type,
};
use crate::model::{self, FieldPath, Judged, Member};

/// Something can't be resolved, and was reported.
struct Reported;

impl<'m> Maker<'_, 'm> {
    /// The members that are rules.
    pub(super) fn members(&mut self) {
        let parts: Vec<_> = self.schema.plan(self.entity).parts().collect();
        for (subtype, members) in parts {
            for member in members {
                match member {
                    Member::Check(it) => self.check(subtype, it),
                    Member::Unique(it) => self.unique(subtype, it),
                    Member::Moves(it) => self.moves(subtype, it),
                    Member::NoOverlap(it) => self.no_overlap(subtype, it),
                    Member::Exclusive(it) => self.exclusive(subtype, it),
                    Member::AtMost(it) => self.at_most(subtype, it),
                    Member::Index(it) => self.sink.report(unsupported(
                        "`index … on …`",
                        it.at,
                        "leave it out: indexes follow from the queries",
                    )),
                    Member::Determines(it) => {
                        for path in it.from.iter().chain(&it.to) {
                            self.leaf_path(subtype, path);
                        }
                    }
                    // What share of the rows may depend on the time.
                    Member::Share(it) => drop(self.pred(About::OnWrite, subtype, &it.filter)),
                    Member::Field(_) | Member::Derive(_) | Member::Key(_) | Member::Volume(_) => {}
                }
            }
        }
    }

    fn check(&mut self, subtype: Option<u16>, it: &'m model::Check) {
        let (about, on_write) = match it.judged {
            Judged::Always => (About::Rule, false),
            Judged::OnWrite => (About::OnWrite, true),
        };
        let Some(holds) = self.pred(about, subtype, &it.expr) else {
            return;
        };
        let holds = match self.only(subtype) {
            Some(only) => Pred::Or(vec![not(only), holds]),
            None => holds,
        };
        let element = self.part(self.element_of(subtype), &it.name.text, it.name.at);
        let kind = RuleKind::Predicate { holds, on_write };
        self.add(element, it.name.text.as_str(), kind, Origin::Plain);
    }

    fn unique(&mut self, subtype: Option<u16>, it: &'m model::Unique) {
        let leaves = self.leaves(subtype, &it.fields, "unique");
        let filter = self.filter(subtype, it.filter.as_ref());
        let (Some(leaves), Ok(filter)) = (leaves, filter) else {
            return;
        };
        let name = match &it.name {
            Some(name) => name.text.clone(),
            None => format!("unique({})", joined(&it.fields)),
        };
        let element = self.part(self.element_of(subtype), &name, it.at);
        let nulls = match it.nulls {
            model::Nulls::Distinct => Nulls::Distinct,
            model::Nulls::Equal => Nulls::Equal,
        };
        let kind = RuleKind::Unique {
            leaves,
            filter,
            nulls,
        };
        self.add(element, name, kind, Origin::Plain);
    }

    fn moves(&mut self, subtype: Option<u16>, it: &'m model::Moves) {
        let Some((field, leaves)) = self.leaf_path(subtype, &it.field) else {
            return;
        };
        let schema = self.schema;
        let label = match leaves[..] {
            [leaf] => match &schema.leaves[leaf].ty {
                LeafType::Scalar(Scalar::Enum(id)) => Some((leaf, *id)),
                LeafType::Scalar(_) | LeafType::List(_) => None,
            },
            _ => None,
        };
        let Some((leaf, id)) = label else {
            let found = unknown_move::RULE.error(format!("`{}` has no labels to move between", it.field));
            self.sink.report(
                found
                    .at(it.field.at, "no enum")
                    .help("name a field whose type is an enum"),
            );
            return;
        };
        let mut pairs = Vec::new();
        for way in &it.moves {
            let from = self.label(id, &way.from);
            for to in &way.to {
                if let (Some(from), Some(to)) = (from, self.label(id, to)) {
                    pairs.push((from, to));
                }
            }
        }
        let twice =
            |rule: &Rule| matches!(rule.kind, RuleKind::Transition(Moving::Leaf(it, _)) if it == leaf);
        if self.rules.iter().any(twice) {
            let found = unfit_rule::RULE.error(format!("the moves of `{}` are said twice", it.field));
            self.sink.report(found.at(it.at, "again").help("join the two"));
            return;
        }
        pairs.sort_unstable();
        pairs.dedup();
        let element = self.part(schema.fields[field].element, "moves", it.at);
        let kind = RuleKind::Transition(Moving::Leaf(leaf, pairs));
        self.add(element, format!("{}.moves", it.field), kind, Origin::Plain);
    }

    fn label(&mut self, id: EnumId, name: &model::Name) -> Option<u16> {
        let def: &EnumDef = &self.schema.enums[id];
        let at = def.labels.iter().position(|label| **label == *name.text);
        if at.is_none() {
            let labels: Vec<&str> = def.labels.iter().map(|label| &**label).collect();
            let found = unknown_move::RULE.error(format!("enum `{}` has no label `{name}`", def.name));
            self.sink.report(
                found
                    .at(name.at, "no label")
                    .help(format!("labels are {}", labels.join(", "))),
            );
        }
        at.and_then(|at| u16::try_from(at).ok())
    }

    fn no_overlap(&mut self, subtype: Option<u16>, it: &'m model::NoOverlap) {
        let Some((last, by)) = it.fields.split_last() else {
            return;
        };
        let by = self.leaves(subtype, by, "no overlap");
        let filter = self.filter(subtype, it.filter.as_ref());
        let Some((field, ends)) = self.leaf_path(subtype, last) else {
            return;
        };
        let (Type::Range(_), [start, end]) = (&self.schema.fields[field].ty, ends.as_slice()) else {
            let found = unfit_rule::RULE.error(format!("`{last}` is no range"));
            self.sink.report(
                found
                    .at(last.at, "the last field is the range")
                    .help("make it `range<timestamp>`"),
            );
            return;
        };
        let (Some(by), Ok(filter)) = (by, filter) else {
            return;
        };
        let name = match &it.name {
            Some(name) => name.text.clone(),
            None => format!("no overlap({})", joined(&it.fields)),
        };
        let element = self.part(self.element_of(subtype), &name, it.at);
        let kind = RuleKind::Overlap {
            by,
            range: (*start, *end),
            filter,
        };
        self.add(element, name, kind, Origin::Plain);
    }

    fn exclusive(&mut self, subtype: Option<u16>, it: &'m model::Exclusive) {
        let mut fields = Vec::new();
        for path in &it.fields {
            let Some((field, leaves)) = self.leaf_path(subtype, path) else {
                return;
            };
            if !self.schema.proto(field).nullable {
                let found = unfit_rule::RULE.error(format!("`{path}` is always set"));
                self.sink.report(
                    found
                        .at(path.at, "may not be null")
                        .help(format!("write `{path}: …?`, or leave it out")),
                );
                return;
            }
            fields.push(leaves);
        }
        if fields.len() < 2 {
            let found = unfit_rule::RULE.error("`exclusive` is over two or more fields");
            self.sink.report(
                found
                    .at(it.at, "too few")
                    .help("name the fields of which exactly one is set"),
            );
            return;
        }
        let ways = (0..fields.len()).map(|set| {
            let parts = fields.iter().enumerate().map(|(at, leaves)| {
                let none = Pred::And(leaves.iter().copied().map(is_null).collect());
                let none = if let [leaf] = leaves[..] {
                    is_null(leaf)
                } else {
                    none
                };
                if at == set { not(none) } else { none }
            });
            Pred::And(parts.collect())
        });
        let one = Pred::Or(ways.collect());
        let holds = match self.only(subtype) {
            Some(only) => Pred::Or(vec![not(only), one]),
            None => one,
        };
        let element = self.part(self.element_of(subtype), &it.name.text, it.name.at);
        let kind = RuleKind::Predicate {
            holds,
            on_write: false,
        };
        self.add(element, it.name.text.as_str(), kind, Origin::Exclusive);
    }

    fn at_most(&mut self, subtype: Option<u16>, it: &'m model::AtMost) {
        let leaves = self.leaves(subtype, &it.fields, "at most");
        let filter = self.filter(subtype, it.filter.as_ref());
        let Some(max) = u32::try_from(it.count).ok().filter(|max| *max > 0) else {
            let found = unfit_rule::RULE.error("`at most` counts from 1 to 4,294,967,295");
            self.sink
                .report(found.at(it.at, "no such count").help("allow at least one row"));
            return;
        };
        let (Some(leaves), Ok(filter)) = (leaves, filter) else {
            return;
        };
        let name = format!("at most({})", joined(&it.fields));
        let element = self.part(self.element_of(subtype), &name, it.at);
        let kind = RuleKind::AtMost { leaves, filter, max };
        self.add(element, name, kind, Origin::Plain);
    }

    /// The rows that a rule binds: what is written, living ones, those of the subtype.
    fn filter(
        &mut self,
        subtype: Option<u16>,
        written: Option<&'m model::Expr>,
    ) -> Result<Option<Pred>, Reported> {
        let mut all: Vec<Pred> = self.only(subtype).into_iter().collect();
        if let Some(written) = written {
            all.push(self.pred(About::Rule, subtype, written).ok_or(Reported)?);
        }
        all.extend(self.living());
        Ok(if all.len() > 1 {
            Some(Pred::And(all))
        } else {
            all.pop()
        })
    }

    /// The leaves of fields that are compared by equality. `None`: reported.
    fn leaves(&mut self, subtype: Option<u16>, paths: &'m [FieldPath], what: &str) -> Option<Vec<LeafId>> {
        let mut all: Vec<LeafId> = Vec::new();
        let mut whole = true;
        for path in paths {
            let Some((field, leaves)) = self.leaf_path(subtype, path) else {
                whole = false;
                continue;
            };
            let equal = leaves.iter().all(|leaf| match &self.schema.leaves[*leaf].ty {
                LeafType::Scalar(scalar) => crate::check::schema::scalar_has_equality(scalar),
                LeafType::List(_) => false,
            });
            if !equal || (path.names.len() == 1 && !has_equality(&self.schema.fields[field].ty)) {
                let found = unfit_key::RULE.error(format!("`{path}` can't be in `{what}`"));
                let found = found.at(path.at, "has no equality");
                self.sink.report(found.help("name another field"));
                whole = false;
                continue;
            }
            if leaves.iter().any(|leaf| all.contains(leaf)) {
                let found = unfit_rule::RULE.error(format!("`{path}` stands in `{what}` twice"));
                self.sink.report(found.at(path.at, "again").help("name it once"));
                whole = false;
                continue;
            }
            all.extend(leaves);
        }
        whole.then_some(all)
    }

    /// The leaves that a field, or a part of one, is stored as. `None`: reported.
    pub(super) fn leaf_path(
        &mut self,
        subtype: Option<u16>,
        path: &'m FieldPath,
    ) -> Option<(FieldId, Vec<LeafId>)> {
        let schema = self.schema;
        let target = self.target(subtype);
        let (first, rest) = path.names.split_first()?;
        let field = match schema.member(target, &first.text).map(|entry| &entry.what) {
            Some(Known::Field(field)) => *field,
            Some(Known::Broken) => return None,
            Some(Known::Many { .. } | Known::Rule) | None => {
                let what = format!("field of `{}`", schema.name_of(target));
                let names: Vec<&str> = schema.member_names(target).collect();
                self.sink.report(unknown(&what, first, names));
                return None;
            }
        };
        let steps: Vec<&str> = rest.iter().map(model::Name::as_str).collect();
        let leaves: Vec<LeafId> = (schema.fields[field].leaves.iter())
            .filter(|leaf| starts_with(&schema.leaves[*leaf].path, &steps))
            .collect();
        match rest.last() {
            Some(last) if leaves.is_empty() => {
                let parts = schema.fields[field].leaves.iter();
                let parts = parts.filter_map(|leaf| schema.leaves[leaf].path.last());
                let what = format!("part of `{first}`");
                let parts: Vec<&str> = parts.map(|part| &**part).collect();
                self.sink.report(unknown(&what, last, parts));
                None
            }
            _ => Some((field, leaves)),
        }
    }
}

fn starts_with(path: &[Box<str>], steps: &[&str]) -> bool {
    path.len() >= steps.len() && path.iter().zip(steps).all(|(name, step)| **name == **step)
}
