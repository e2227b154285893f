//! Declared writes, and the variables of queries and writes.

use super::{ElementId, EntityId, Expr, FacetId, Kernel, LeafId, Place, Pred, Rate, RuleId, Scalar, VarId};
use crate::arena::Run;

/// A declared write: atomic as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// What the user wrote.
    pub element: ElementId,
    /// The name.
    pub name: Box<str>,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// Parameters first, then the variables that actions bind.
    pub vars: Vec<Var>,
    /// How many of them are parameters.
    pub params: u16,
    /// What is done, in sequence.
    pub body: Vec<Action>,
    /// How often it is called.
    pub rate: Rate,
    /// Its one outcome.
    pub facets: Run<FacetId>,
}

/// A parameter or variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    /// The name, without `$`.
    pub name: Box<str>,
    /// What it holds.
    pub ty: VarType,
    /// Whether it may be absent.
    pub optional: bool,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarType {
    /// One value.
    Scalar(Scalar),
    /// A reference: one value per key leaf.
    Ref(EntityId),
    /// A row: one value per leaf. As a parameter, what is not given gets its default when inserted.
    Row(EntityId),
    /// A list of those.
    List {
        /// What it holds.
        of: Box<VarType>,
        /// At least so many.
        min: u32,
        /// At most so many, where there is a limit.
        max: Option<u32>,
    },
}

/// A value for a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// The leaf.
    pub leaf: LeafId,
    /// Its value; stored values are seen in the row's own scope.
    pub value: Expr,
}

/// What a write does. Right sides see stored values at the time of the write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new row.
    Insert {
        /// Of which entity; for a subtype, `set` gives `is`.
        entity: EntityId,
        /// A row variable whose values are taken first.
        row: Option<VarId>,
        /// Values, over the row's.
        set: Vec<Assign>,
        /// The variable that then holds the row.
        bind: Option<VarId>,
        /// Whether a row that exists (same key) is left alone.
        or_skip: bool,
    },
    /// Rows change.
    Update {
        /// Of which entity.
        entity: EntityId,
        /// Which rows; exactly one must match, unless `each`.
        filter: Pred,
        /// Whether any number may match.
        each: bool,
        /// What must hold of each of them, named for the refusal (`ship.require#1`).
        require: Vec<(Box<str>, Pred)>,
        /// What is set.
        set: Vec<Assign>,
        /// The variable that then holds the row, where one matches.
        bind: Option<VarId>,
    },
    /// A row is inserted, or changed where its key exists.
    Upsert {
        /// Of which entity.
        entity: EntityId,
        /// A row variable whose values are taken first.
        row: Option<VarId>,
        /// Values.
        set: Vec<Assign>,
        /// The variable that then holds the row.
        bind: Option<VarId>,
    },
    /// Rows go (softly, where the entity says so).
    Delete {
        /// Of which entity.
        entity: EntityId,
        /// Which rows; exactly one must match, unless `each`.
        filter: Pred,
        /// Whether any number may match.
        each: bool,
        /// What must hold of each of them.
        require: Vec<(Box<str>, Pred)>,
    },
    /// Rows deleted softly come back.
    Restore {
        /// Of which entity.
        entity: EntityId,
        /// Which rows; exactly one must match.
        filter: Pred,
    },
    /// A row is read.
    Read {
        /// Of which entity.
        entity: EntityId,
        /// Which; exactly one must match.
        filter: Pred,
        /// The variable that holds it.
        bind: VarId,
    },
    /// For each item of a list.
    For {
        /// The list.
        over: VarId,
        /// The variable of the item.
        item: VarId,
        /// What is done.
        body: Vec<Action>,
    },
    /// One way or the other; unknown goes the other way.
    If {
        /// The condition.
        cond: Pred,
        /// Where it is true.
        then: Vec<Action>,
        /// Where it isn't.
        otherwise: Vec<Action>,
    },
    /// Refuses the write unless a condition is true.
    Require {
        /// The name of the refusal.
        name: Box<str>,
        /// The condition.
        holds: Pred,
    },
    /// What the caller gets.
    Return(Vec<(Box<str>, Expr)>),
}

/// What was refused: a rule of the kernel, or a `require` by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// A rule.
    Rule(RuleId),
    /// A `require` clause, by its name.
    Require(Box<str>),
    /// No row, or more than one, where exactly one must match.
    NotOne(EntityId),
    /// An expression overflowed or divided by zero.
    Invalid,
}

impl Kernel {
    /// A refusal in words for users: the rule by its entity and name, or what else was refused.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Rule(rule) => {
                let rule = &self.rules[*rule];
                format!("{}.{}", self.entities[rule.entity].name, rule.name)
            }
            Refusal::Require(name) => name.to_string(),
            Refusal::NotOne(entity) => format!("not exactly one row of {}", self.entities[*entity].name),
            Refusal::Invalid => "a value can't be worked out".into(),
        }
    }
}

/// A convenience for the many places that are a variable as a whole.
impl From<VarId> for Place {
    fn from(var: VarId) -> Self {
        Self::Var { var, at: None }
    }
}
