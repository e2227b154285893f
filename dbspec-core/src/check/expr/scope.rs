//! What names can mean at a place.

use std::collections::BTreeMap;

use super::{Operand, Typed};
use crate::arena::Id;
use crate::check::rules::misplaced_session;
use crate::check::schema::{Schema, Target};
use crate::check::sink::Sink;
use crate::kernel::{Item, Var, VarId, VarType};
use crate::model::{self, Name};
use crate::span::Span;

/// What an expression is part of, which decides whether it may speak of who asks and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum About {
    /// A rule that holds for everybody at all times.
    Rule,
    /// A rule that held when the row was written.
    OnWrite,
    /// A policy, a default, an access or a write.
    Request,
}

/// A scope of the expression, innermost last.
#[derive(Clone, Debug)]
pub(in crate::check) enum Frame {
    /// A row.
    Row(Target),
    /// An item of a collection.
    Item(Item),
    /// A row whose names can't be seen from where the expression was written.
    Hidden,
}

/// The parameters and variables of a query or a write.
#[derive(Debug, Default)]
pub(in crate::check) struct Vars<'m> {
    /// All of them, parameters first.
    pub list: Vec<Var>,
    /// Parameters by name; `None`: broken.
    pub params: BTreeMap<&'m str, Option<VarId>>,
    /// Variables that can be seen, innermost last; `None`: broken.
    pub names: Vec<(&'m str, Option<VarId>)>,
}

impl<'m> Vars<'m> {
    /// A new variable; seen until the names are cut back.
    pub(in crate::check) fn bind(&mut self, name: &'m Name, ty: VarType) -> VarId {
        let id = self.push(&name.text, ty, false);
        self.names.push((&name.text, Some(id)));
        id
    }

    /// A variable, as yet without a name that can be seen.
    pub(in crate::check) fn push(&mut self, name: &str, ty: VarType, optional: bool) -> VarId {
        self.list.push(Var {
            name: name.into(),
            ty,
            optional,
        });
        VarId::new(self.list.len() as u32 - 1)
    }

    /// A variable.
    pub(in crate::check) fn get(&self, id: VarId) -> &Var {
        &self.list[id.index() as usize]
    }
}

/// The keys of a grouped query, which its other parts may speak of.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Grouped<'m> {
    /// The outputs known so far: group keys, then what is selected.
    pub keys: Vec<GroupKey<'m>>,
}

/// An output of a grouped query.
#[derive(Clone, Debug)]
pub(in crate::check) struct GroupKey<'m> {
    /// What is written for it.
    pub written: &'m model::Expr,
    /// Under which name it comes out.
    pub name: Box<str>,
    /// Its type, as an output.
    pub typed: Typed,
}

/// Where an expression stands.
#[derive(Debug)]
pub(in crate::check) struct Scope<'a, 'm> {
    pub schema: &'a Schema<'m>,
    pub sink: &'a mut Sink,
    pub about: About,
    /// Rows and items in scope, innermost last.
    pub frames: Vec<Frame>,
    pub vars: Vars<'m>,
    /// What `value` means, in the rule of a named type.
    pub value: Option<Operand>,
    /// The outputs, where the query is grouped.
    pub grouped: Option<Grouped<'m>>,
}

impl<'a, 'm> Scope<'a, 'm> {
    /// A scope with one row.
    pub(in crate::check) fn of_row(
        schema: &'a Schema<'m>,
        sink: &'a mut Sink,
        about: About,
        row: Target,
    ) -> Self {
        let mut scope = Self::empty(schema, sink, about);
        scope.frames.push(Frame::Row(row));
        scope
    }

    /// A scope without a row.
    pub(in crate::check) fn empty(schema: &'a Schema<'m>, sink: &'a mut Sink, about: About) -> Self {
        Self {
            schema,
            sink,
            about,
            frames: Vec::new(),
            vars: Vars::default(),
            value: None,
            grouped: None,
        }
    }

    /// Does something with one more row or item in scope.
    pub(in crate::check) fn within<T>(&mut self, frame: Frame, then: impl FnOnce(&mut Self) -> T) -> T {
        self.frames.push(frame);
        let done = then(self);
        self.frames.pop();
        done
    }

    /// Whether `session` may be spoken of; says so if not.
    pub(super) fn may_ask_who(&mut self, at: Span) -> bool {
        let may = self.about == About::Request;
        if !may {
            let found = misplaced_session::RULE
                .error("a rule can't depend on who asks")
                .at(at, "`session` in a rule");
            let found = found.why("a rule is true or false of a row, whoever looks at it");
            self.sink
                .report(found.help("make it a `policy`, or a `require` of a write"));
        }
        may
    }

    /// Whether the time may be spoken of; says so if not.
    pub(super) fn may_ask_when(&mut self, at: Span) -> bool {
        let may = self.about != About::Rule;
        if !may {
            let found = misplaced_session::RULE.error("a rule that always holds can't depend on the time");
            let found = found
                .at(at, "the time of a request")
                .why("what holds today might not hold tomorrow, unwritten");
            self.sink
                .report(found.help("write `check name on write: …`, which holds when the row is written"));
        }
        may
    }
}
