//! Declared writes.

use super::{documented, into_variant, renamed};
use crate::model::{
    Assign, Delete, Expr, FieldPath, For, If, Insert, InsertRow, Load, Matching, Name, Param, Path,
    Projection, Rate, Read, Require, Restore, Return, Statement, Timespan, Update, Upsert, Write,
};
use crate::span::Span;

documented!(Write);
renamed!(Write);

into_variant! {
    Statement:
    Insert(Insert), Upsert(Upsert), Update(Update), Delete(Delete), Restore(Restore), Read(Read), For(For), If(If),
    Require(Require), Return(Return),
}

impl Assign {
    /// `field = value`.
    pub fn new(field: impl Into<FieldPath>, value: impl Into<Expr>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            at: Span::NONE,
        }
    }
}

impl Write {
    /// `write name { }`.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            params: Vec::new(),
            statements: Vec::new(),
            load: Load::default(),
            at: Span::NONE,
        }
    }

    /// One more parameter.
    #[must_use]
    pub fn param(mut self, param: Param) -> Self {
        self.params.push(param);
        self
    }

    /// One more statement.
    #[must_use]
    pub fn then(mut self, statement: impl Into<Statement>) -> Self {
        push(&mut self.statements, statement.into());
        self
    }

    /// `rate …`.
    #[must_use]
    pub fn rate(mut self, rate: Rate) -> Self {
        self.load.rate = Some(rate);
        self
    }

    /// `peak …`.
    #[must_use]
    pub fn peak(mut self, rate: Rate) -> Self {
        self.load.peak = Some(rate);
        self
    }

    /// `p99 …`.
    #[must_use]
    pub fn p99(mut self, span: Timespan) -> Self {
        self.load.p99 = Some(span);
        self
    }
}

/// Adds a statement; a `require` right after a delete or a restore is a clause of it, as it is in text.
fn push(statements: &mut Vec<Statement>, statement: Statement) {
    let clauses = match statements.last_mut() {
        Some(Statement::Delete(Delete {
            require,
            or_skip: false,
            ..
        })) => Some(require),
        Some(Statement::Restore(Restore {
            require,
            or_skip: false,
            ..
        })) => Some(require),
        _ => None,
    };
    match (statement, clauses) {
        (Statement::Require(Require { expr, at: _ }), Some(clauses)) => clauses.push(expr),
        (statement, _) => statements.push(statement),
    }
}

fn block(statements: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
    let mut block = Vec::new();
    for statement in statements {
        push(&mut block, statement);
    }
    block
}

impl Insert {
    /// `insert name`: a new row of an entity or relation, or a variable's row.
    pub fn new(name: impl Into<Name>) -> Self {
        Self::of(InsertRow::Named(name.into()))
    }

    /// `insert $param`: a row that is given.
    pub fn param(param: impl Into<Name>) -> Self {
        Self::of(InsertRow::Param(param.into()))
    }

    fn of(row: InsertRow) -> Self {
        Self {
            row,
            alias: None,
            into: None,
            values: Vec::new(),
            or_skip: false,
            at: Span::NONE,
        }
    }

    /// `as alias`, which must be a word.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<Name>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    /// `into path`.
    #[must_use]
    pub fn into_path(mut self, path: impl Into<Path>) -> Self {
        self.into = Some(path.into());
        self
    }

    /// `field = value`.
    #[must_use]
    pub fn value(mut self, field: impl Into<FieldPath>, value: impl Into<Expr>) -> Self {
        self.values.push(Assign::new(field, value));
        self
    }

    /// `or skip`.
    #[must_use]
    pub fn or_skip(mut self) -> Self {
        self.or_skip = true;
        self
    }
}

impl Upsert {
    /// `upsert entity { }`.
    pub fn new(entity: impl Into<Name>) -> Self {
        let (by, values, set) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            entity: entity.into(),
            by,
            alias: None,
            values,
            set,
            at: Span::NONE,
        }
    }

    /// `by (field)`.
    #[must_use]
    pub fn by(mut self, field: impl Into<FieldPath>) -> Self {
        self.by.push(field.into());
        self
    }

    /// `as alias`, which must be a word.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<Name>) -> Self {
        self.alias = Some(alias.into());
        self
    }

    /// `field = value` in a new row.
    #[must_use]
    pub fn value(mut self, field: impl Into<FieldPath>, value: impl Into<Expr>) -> Self {
        self.values.push(Assign::new(field, value));
        self
    }

    /// `set field = value` in a row that exists.
    #[must_use]
    pub fn set(mut self, field: impl Into<FieldPath>, value: impl Into<Expr>) -> Self {
        self.set.push(Assign::new(field, value));
        self
    }
}

/// What the statements on matched rows have in common.
macro_rules! matched {
    ($($noun:ident),*) => {$(
        impl $noun {
            /// Every row that matches, rather than exactly one.
            #[must_use]
            pub fn each(mut self) -> Self {
                self.matching = Matching::Each;
                self
            }

            /// `where filter`.
            #[must_use]
            pub fn filter(mut self, filter: Expr) -> Self {
                self.filter = Some(filter);
                self
            }

            /// `require condition`.
            #[must_use]
            pub fn require(mut self, condition: Expr) -> Self {
                self.require.push(condition);
                self
            }

            /// `or skip`.
            #[must_use]
            pub fn or_skip(mut self) -> Self {
                self.or_skip = true;
                self
            }
        }
    )*};
}

matched!(Update, Delete, Restore);

impl Update {
    /// `update entity`.
    pub fn new(entity: impl Into<Name>) -> Self {
        Self {
            entity: entity.into(),
            matching: Matching::One,
            filter: None,
            require: Vec::new(),
            set: Vec::new(),
            or_skip: false,
            at: Span::NONE,
        }
    }

    /// `set field = value`.
    #[must_use]
    pub fn set(mut self, field: impl Into<FieldPath>, value: impl Into<Expr>) -> Self {
        self.set.push(Assign::new(field, value));
        self
    }
}

impl Delete {
    /// `delete entity`.
    pub fn new(entity: impl Into<Name>) -> Self {
        let (matching, require) = (Matching::One, Vec::new());
        Self {
            entity: entity.into(),
            matching,
            filter: None,
            require,
            or_skip: false,
            at: Span::NONE,
        }
    }
}

impl Restore {
    /// `restore entity`.
    pub fn new(entity: impl Into<Name>) -> Self {
        let (matching, require) = (Matching::One, Vec::new());
        Self {
            entity: entity.into(),
            matching,
            filter: None,
            require,
            or_skip: false,
            at: Span::NONE,
        }
    }
}

impl Read {
    /// `read entity where filter as alias`; the alias must be a word.
    pub fn new(entity: impl Into<Name>, filter: Expr, alias: impl Into<Name>) -> Self {
        let (entity, alias) = (entity.into(), alias.into());
        Self {
            entity,
            filter: Some(filter),
            require: Vec::new(),
            alias,
            or_skip: false,
            at: Span::NONE,
        }
    }

    /// `require condition`.
    #[must_use]
    pub fn require(mut self, condition: Expr) -> Self {
        self.require.push(condition);
        self
    }

    /// `or skip`.
    #[must_use]
    pub fn or_skip(mut self) -> Self {
        self.or_skip = true;
        self
    }
}

impl For {
    /// `for variable in list { body }`; the variable must be a word.
    pub fn new(
        variable: impl Into<Name>,
        list: impl Into<Path>,
        body: impl IntoIterator<Item = Statement>,
    ) -> Self {
        Self {
            variable: variable.into(),
            list: list.into(),
            body: block(body),
            at: Span::NONE,
        }
    }
}

impl If {
    /// `if condition { then }`.
    pub fn new(condition: Expr, then: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            condition,
            then: block(then),
            otherwise: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `else { otherwise }`.
    #[must_use]
    pub fn otherwise(mut self, otherwise: impl IntoIterator<Item = Statement>) -> Self {
        self.otherwise = block(otherwise);
        self
    }
}

impl Require {
    /// `require condition`.
    pub fn new(expr: Expr) -> Self {
        Self { expr, at: Span::NONE }
    }
}

impl Return {
    /// `return a, b`.
    pub fn new(values: impl IntoIterator<Item = Expr>) -> Self {
        Self {
            values: values.into_iter().map(Projection::new).collect(),
            at: Span::NONE,
        }
    }
}
