//! New rows: `insert` and `upsert`.

use super::Maker;
use crate::check::expr::Operand;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{incomplete_insert, unfit_statement};
use crate::check::schema::{Known, Source, Target};
use crate::kernel::{Action, Assign, Expr, Hop, LeafId, VarId, VarType};
use crate::model::{self, InsertRow, Name, Path};
use crate::span::Span;
use crate::value::{Label, Value};

impl<'m> Maker<'_, 'm> {
    pub(super) fn insert(&mut self, it: &'m model::Insert) -> Option<Action> {
        let found = self.inserted(&it.row);
        let Some((target, row)) = found else {
            if let Some(alias) = &it.alias {
                self.scope.vars.names.push((&alias.text, None));
            }
            return None;
        };
        let mut set = Vec::new();
        if let Some(path) = &it.into {
            set.extend(self.belonging(target, path));
        }
        set.extend(self.labelled(target, row, it.at));
        set.extend(self.given(target, &it.values));
        if row.is_none() {
            self.complete(target, &set, &it.values, it.at);
        }
        let bind = it
            .alias
            .as_ref()
            .map(|alias| self.scope.vars.bind(alias, VarType::Row(target.entity)));
        Some(Action::Insert {
            entity: target.entity,
            row,
            set,
            bind,
            or_skip: it.or_skip,
        })
    }

    pub(super) fn upsert(&mut self, it: &'m model::Upsert) -> Option<Action> {
        let target = self.scope.schema.rows(&it.entity, self.scope.sink)?;
        let key: Vec<&str> = (self.scope.schema.entities[target.entity].key.iter())
            .map(|field| &*self.scope.schema.fields[*field].name)
            .collect();
        let by: Vec<String> = it.by.iter().map(ToString::to_string).collect();
        if !by.is_empty() && by != key {
            self.scope.sink.report(unsupported(
                "`upsert … by` anything but the key",
                it.at,
                "read the row first, or make these fields the key",
            ));
        }
        if let Some(first) = it.set.first() {
            self.scope.sink.report(unsupported(
                "`set` in an `upsert`",
                first.at,
                "write `insert … or skip`, then `update … set`",
            ));
        }
        let mut set = self.labelled(target, None, it.at);
        set.extend(self.given(target, &it.values));
        self.complete(target, &set, &it.values, it.at);
        let bind = it
            .alias
            .as_ref()
            .map(|alias| self.scope.vars.bind(alias, VarType::Row(target.entity)));
        Some(Action::Upsert {
            entity: target.entity,
            row: None,
            set,
            bind,
        })
    }

    /// What is inserted: rows of an entity, perhaps from a variable. `None`: reported.
    fn inserted(&mut self, row: &'m InsertRow) -> Option<(Target, Option<VarId>)> {
        match row {
            InsertRow::Param(name) => {
                let Some(var) = self.scope.vars.params.get(name.as_str()).copied() else {
                    let names: Vec<&str> = self.scope.vars.params.keys().copied().collect();
                    self.scope.sink.report(unknown("parameter", name, names));
                    return None;
                };
                let var = var?;
                Some((self.row_variable(var, name.at)?, Some(var)))
            }
            InsertRow::Named(name) => {
                let var = self
                    .scope
                    .vars
                    .names
                    .iter()
                    .rev()
                    .find(|(it, _)| *it == name.text);
                match var {
                    Some((_, var)) => {
                        let var = (*var)?;
                        Some((self.row_variable(var, name.at)?, Some(var)))
                    }
                    None => Some((self.scope.schema.rows(name, self.scope.sink)?, None)),
                }
            }
        }
    }

    /// `into order.lines`: the reference by which the new row belongs there.
    fn belonging(&mut self, target: Target, path: &'m Path) -> Vec<Assign> {
        let Some((last, before)) = path.steps.split_last() else {
            return Vec::new();
        };
        let Some((of, key)) = self.row_of(path, before) else {
            return Vec::new();
        };
        let schema = self.scope.schema;
        let way = schema.member(of, &last.name.text).map(|entry| entry.what.clone());
        match way {
            Some(Known::Many { hops, to }) if to.entity == target.entity => {
                if let [Hop::Many(field)] = hops[..] {
                    let leaves = schema.fields[field].leaves.iter();
                    return leaves
                        .zip(key)
                        .map(|(leaf, value)| Assign { leaf, value })
                        .collect();
                }
            }
            Some(Known::Many { .. } | Known::Field(_) | Known::Rule) => {}
            Some(Known::Broken) => return Vec::new(),
            None => {
                let what = format!("way of `{}`", schema.name_of(of));
                let names: Vec<&str> = schema.member_names(of).collect();
                self.scope.sink.report(unknown(&what, &last.name, names));
                return Vec::new();
            }
        }
        let name = schema.name_of(target).to_owned();
        let found = unfit_statement::RULE.error(format!("`{}` holds no rows of `{name}`", last.name));
        self.scope.sink.report(
            found
                .at(path.at, "other rows")
                .help("name owned rows or an inverse: `into order.lines`"),
        );
        Vec::new()
    }

    /// The row that the beginning of a path names, by its key. `None`: reported.
    fn row_of(&mut self, path: &'m Path, before: &'m [model::Step]) -> Option<(Target, Vec<Expr>)> {
        let operand = self.scope.operand_up_to(path, before);
        match operand {
            Operand::Broken => None,
            Operand::Ref { to, parts } => Some((
                Target {
                    entity: to,
                    subtype: None,
                },
                parts,
            )),
            _ => {
                let found = unfit_statement::RULE.error("`into` needs a row that owns the new one");
                self.scope.sink.report(
                    found.at(path.at, "no row").help(
                        "insert the owner first: `insert Order as order { … }`, then `into order.lines`",
                    ),
                );
                None
            }
        }
    }

    /// Which subtype a new row is of.
    fn labelled(&mut self, target: Target, row: Option<VarId>, at: Span) -> Vec<Assign> {
        let schema = self.scope.schema;
        let Some(leaf) = schema.entities[target.entity].discriminator else {
            return Vec::new();
        };
        let plan = schema.plan(target.entity);
        match target.subtype {
            Some(subtype) => {
                let entity = plan.subtypes[usize::from(subtype)].entity;
                if crate::check::schema::is_abstract(entity) {
                    self.only_subtypes(&entity.name, at);
                }
                let label = Label {
                    rank: None,
                    text: entity.name.text.as_str().into(),
                };
                let value = Expr::Value(Value::Enum(label));
                vec![Assign { leaf, value }]
            }
            None => {
                if plan.is_abstract() && row.is_none() {
                    self.only_subtypes(plan.decl.name(), at);
                }
                Vec::new()
            }
        }
    }

    fn only_subtypes(&mut self, name: &Name, at: Span) {
        let found = incomplete_insert::RULE.error(format!("`{name}` is abstract"));
        self.scope.sink.report(
            found
                .at(at, "only its subtypes have rows")
                .help("insert a row of a subtype"),
        );
    }

    /// Says so where a field that must be set isn't. One that is given a value which doesn't fit was reported.
    fn complete(&mut self, target: Target, set: &[Assign], written: &[model::Assign], at: Span) {
        let schema = self.scope.schema;
        let given: Vec<LeafId> = set.iter().map(|assign| assign.leaf).collect();
        let mut missing = Vec::new();
        for field in schema.entities[target.entity].fields.iter() {
            let proto = schema.proto(field);
            let filled = match proto.source {
                Source::Declared(declared) => declared.default_value().is_some(),
                Source::Owner(_) | Source::End(_) => false,
                Source::Derived(_)
                | Source::Is
                | Source::Version
                | Source::CreatedAt
                | Source::CreatedBy(_)
                | Source::UpdatedAt
                | Source::UpdatedBy(_)
                | Source::DeletedAt => true,
            };
            let needed = match (proto.subtype, target.subtype) {
                (None, _) => !proto.nullable,
                (Some(of), Some(have)) => {
                    !proto.resolved.optional && schema.plan(target.entity).is_under(have, of)
                }
                (Some(_), None) => false,
            };
            let said = |assign: &model::Assign| {
                assign
                    .field
                    .names
                    .first()
                    .is_some_and(|it| *it.text == *proto.name)
            };
            let set = written.iter().any(said)
                || schema.fields[field]
                    .leaves
                    .iter()
                    .any(|leaf| given.contains(&leaf));
            if needed && !filled && !set {
                missing.push(format!("`{}`", proto.name));
            }
        }
        if !missing.is_empty() {
            let name = schema.name_of(target).to_owned();
            let found =
                incomplete_insert::RULE.error(format!("a row of `{name}` needs {}", missing.join(", ")));
            self.scope.sink.report(
                found
                    .at(at, "not given")
                    .help("give them values, or the fields defaults"),
            );
        }
    }
}
