//! Declared writes: statements resolved to actions.

mod rows;
mod set;

use std::collections::BTreeSet;

use super::element::Elements;
use super::expr::{About, Frame, Operand, Scope, both, labelled_row};
use super::facts::Facts;
use super::query::{Params, parts_of, rate, vars};
use super::rules::not_supported_yet::unsupported;
use super::rules::{unfit_statement, wrong_type};
use super::schema::{Schema, Target};
use super::sink::Sink;
use crate::arena::{Arena, Run};
use crate::kernel::{Action, Kernel, Pred, VarId, VarType, WriteId};
use crate::model::{self, Item, MarkKind, Matching, Statement};
use crate::span::Span;

/// All declared writes.
pub(super) fn of(
    schema: &Schema<'_>,
    sink: &mut Sink,
    elements: &mut Elements,
    facts: &mut Facts,
    kernel: &Kernel,
    params: &Params,
) -> Arena<WriteId, crate::kernel::Write> {
    let mut writes = Arena::default();
    // A second one of a name was reported with the accesses, which share the namespace.
    let mut seen: BTreeSet<&str> = kernel.queries.iter().map(|(_, query)| &*query.name).collect();
    for (at, item) in schema.model.items.iter().enumerate() {
        let Item::Write(write) = item else { continue };
        if !seen.insert(write.name.as_str()) {
            continue;
        }
        let element = elements.top(write.name.text.as_str(), write.at);
        facts.docs(elements, element, write.docs.as_deref());
        facts.load(elements, element, &write.load, write.at);
        let types = params.get(&at).map_or(&[][..], Vec::as_slice);
        let vars = vars(&write.params, types, sink);
        let count = vars.list.len();
        let mut scope = Scope::empty(schema, sink, About::Request);
        scope.vars = vars;
        let mut maker = Maker {
            scope,
            write,
            required: 0,
        };
        let body = maker.block(&write.statements, Place::Top);
        let vars = maker.scope.vars.list;
        writes.push(crate::kernel::Write {
            element,
            name: write.name.text.as_str().into(),
            doc: write.docs.as_deref().map(Into::into),
            vars,
            params: count as u16,
            body,
            rate: rate(&write.load),
            facets: Run::default(),
        });
    }
    writes
}

/// Where statements stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the write itself.
    Top,
    /// In a `for` or an `if`.
    Inner,
}

/// A write in the making.
struct Maker<'a, 'm> {
    scope: Scope<'a, 'm>,
    write: &'m model::Write,
    /// How many `require` clauses there were.
    required: u32,
}

impl<'m> Maker<'_, 'm> {
    /// Statements in sequence; what they bind is seen until the end of the block.
    fn block(&mut self, statements: &'m [Statement], place: Place) -> Vec<Action> {
        let seen = self.scope.vars.names.len();
        let mut actions = Vec::new();
        for (at, statement) in statements.iter().enumerate() {
            if let Statement::Return(it) = statement
                && (place == Place::Inner || at + 1 < statements.len())
            {
                let found = unfit_statement::RULE.error("`return` stands at the end of a write");
                self.scope
                    .sink
                    .report(found.at(it.at, "not at the end").help("move it there"));
            }
            actions.extend(self.statement(statement));
        }
        self.scope.vars.names.truncate(seen);
        actions
    }

    fn statement(&mut self, statement: &'m Statement) -> Option<Action> {
        match statement {
            Statement::Insert(it) => self.insert(it),
            Statement::Upsert(it) => self.upsert(it),
            Statement::Update(it) => self.update(it),
            Statement::Delete(it) => self.delete(it),
            Statement::Restore(it) => self.restore(it),
            Statement::Read(it) => self.read(it),
            Statement::For(it) => self.each(it),
            Statement::If(it) => {
                let cond = self.scope.pred(&it.condition);
                let then = self.block(&it.then, Place::Inner);
                let otherwise = self.block(&it.otherwise, Place::Inner);
                Some(Action::If {
                    cond: cond?,
                    then,
                    otherwise,
                })
            }
            Statement::Require(it) => {
                let name = self.clause();
                let holds = self.scope.pred(&it.expr)?;
                Some(Action::Require { name, holds })
            }
            Statement::Return(it) => {
                let mut all = Vec::new();
                for value in &it.values {
                    let parts = parts_of(&mut self.scope, &value.expr, value.alias.as_ref());
                    all.extend(
                        parts
                            .into_iter()
                            .flatten()
                            .map(|(name, typed)| (name, typed.expr)),
                    );
                }
                Some(Action::Return(all))
            }
        }
    }

    /// The name of the next `require`.
    fn clause(&mut self) -> Box<str> {
        self.required += 1;
        format!("{}.require#{}", self.write.name, self.required).into()
    }

    fn each(&mut self, it: &'m model::For) -> Option<Action> {
        let list = self.scope.path(&it.list);
        let Operand::Params(over, VarType::List { of, .. }) = list else {
            if !matches!(list, Operand::Broken) {
                let found = unfit_statement::RULE.error("`for` goes over a list that was given");
                self.scope.sink.report(
                    found
                        .at(it.list.at, "no list parameter")
                        .help("declare it: `lines: list<OrderLine> 1..50`, and write `for line in $lines`"),
                );
            }
            return None;
        };
        let seen = self.scope.vars.names.len();
        let item = self.scope.vars.bind(&it.variable, *of);
        let body = self.block(&it.body, Place::Inner);
        self.scope.vars.names.truncate(seen);
        Some(Action::For { over, item, body })
    }

    fn read(&mut self, it: &'m model::Read) -> Option<Action> {
        let target = self.scope.schema.rows(&it.entity, self.scope.sink);
        let Some(target) = target else {
            self.scope.vars.names.push((&it.alias.text, None));
            return None;
        };
        if it.or_skip {
            self.scope.sink.report(unsupported(
                "`or skip` of a `read`",
                it.at,
                "read a row that is there",
            ));
        }
        if let Some(first) = it.require.first() {
            let help = format!("write `require {}.…` after it", it.alias);
            self.scope
                .sink
                .report(unsupported("`require` in a `read`", first.at, &help));
        }
        let filter = self.matching(target, it.filter.as_ref());
        let bind = self.scope.vars.bind(&it.alias, VarType::Row(target.entity));
        Some(Action::Read {
            entity: target.entity,
            filter: filter?,
            bind,
        })
    }

    fn update(&mut self, it: &'m model::Update) -> Option<Action> {
        let target = self.scope.schema.rows(&it.entity, self.scope.sink)?;
        self.appended_only(target, it.at, "updated");
        self.skipping(it.or_skip, it.at, "update each");
        let filter = self.matching(target, it.filter.as_ref());
        let require = self.required(target, &it.require);
        let set = self.updated(target, &it.set);
        Some(Action::Update {
            entity: target.entity,
            filter: filter?,
            each: it.matching == Matching::Each,
            require,
            set,
            bind: None,
        })
    }

    fn delete(&mut self, it: &'m model::Delete) -> Option<Action> {
        let target = self.scope.schema.rows(&it.entity, self.scope.sink)?;
        self.appended_only(target, it.at, "deleted");
        self.skipping(it.or_skip, it.at, "delete each");
        let filter = self.matching(target, it.filter.as_ref());
        let require = self.required(target, &it.require);
        Some(Action::Delete {
            entity: target.entity,
            filter: filter?,
            each: it.matching == Matching::Each,
            require,
        })
    }

    fn restore(&mut self, it: &'m model::Restore) -> Option<Action> {
        let target = self.scope.schema.rows(&it.entity, self.scope.sink)?;
        let schema = self.scope.schema;
        if schema.entities[target.entity].soft_delete.is_none() {
            let found = unfit_statement::RULE.error(format!("rows of `{}` can't come back", it.entity));
            self.scope.sink.report(
                found
                    .at(it.at, "no `@soft_delete`")
                    .help("mark the entity with `@soft_delete`"),
            );
        }
        if it.or_skip || it.matching == Matching::Each || !it.require.is_empty() {
            self.scope.sink.report(unsupported(
                "`each`, `require` and `or skip` of a `restore`",
                it.at,
                "restore one row",
            ));
        }
        let filter = self.matching(target, it.filter.as_ref());
        Some(Action::Restore {
            entity: target.entity,
            filter: filter?,
        })
    }

    fn appended_only(&mut self, target: Target, at: Span, what: &str) {
        if self
            .scope
            .schema
            .plan(target.entity)
            .mark(&MarkKind::AppendOnly)
            .is_some()
        {
            let name = self.scope.schema.name_of(target).to_owned();
            let found = unfit_statement::RULE.error(format!("rows of `{name}` are never {what}"));
            self.scope
                .sink
                .report(found.at(at, "`@append_only`").help("insert another row"));
        }
    }

    fn skipping(&mut self, or_skip: bool, at: Span, each: &str) {
        if or_skip {
            let help = format!("write `{each}`, which takes any number of rows");
            self.scope
                .sink
                .report(unsupported("`or skip` of rows that exist", at, &help));
        }
    }

    /// Which rows a statement is about. `None`: reported.
    fn matching(&mut self, target: Target, written: Option<&'m model::Expr>) -> Option<Pred> {
        let labelled = labelled_row(self.scope.schema, target);
        let Some(written) = written else {
            return Some(labelled.unwrap_or(Pred::Const(true)));
        };
        let pred = self
            .scope
            .within(Frame::Row(target), |scope| scope.pred(written))?;
        Some(both(labelled, pred))
    }

    fn required(&mut self, target: Target, written: &'m [model::Expr]) -> Vec<(Box<str>, Pred)> {
        let mut all = Vec::new();
        for clause in written {
            let name = self.clause();
            let holds = self.scope.within(Frame::Row(target), |scope| scope.pred(clause));
            all.extend(holds.map(|holds| (name, holds)));
        }
        all
    }

    /// What a variable's rows are of; says so where it holds none.
    fn row_variable(&mut self, var: VarId, at: Span) -> Option<Target> {
        match &self.scope.vars.get(var).ty {
            VarType::Row(entity) => Some(Target {
                entity: *entity,
                subtype: None,
            }),
            VarType::Scalar(_) | VarType::Ref(_) | VarType::List { .. } => {
                let found =
                    wrong_type::RULE.error(format!("`{}` holds no row", self.scope.vars.get(var).name));
                self.scope.sink.report(
                    found
                        .at(at, "a value")
                        .help("declare it as the entity itself: `order: Order`"),
                );
                None
            }
        }
    }
}
