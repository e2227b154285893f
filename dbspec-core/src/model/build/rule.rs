//! Rules, facts and hints inside entities.

use super::{documented, renamed};
use crate::model::{
    Assert, AtMost, Check, Derive, Determines, Direction, Exclusive, Expr, FieldList, FieldPath, Growth,
    IndexField, IndexHint, Judged, Key, Move, Moves, Name, NoOverlap, Nulls, Percent, Share, Timespan,
    TypeExpr, Unique, Volume,
};
use crate::span::Span;

documented!(Derive, Check, Unique, Moves, NoOverlap, Exclusive, AtMost, Assert);
renamed!(Derive, Check, Unique);

fn fields<P: Into<FieldPath>>(paths: impl IntoIterator<Item = P>) -> FieldList {
    paths.into_iter().map(Into::into).collect()
}

/// A path of one name, whatever dots it holds.
impl From<Name> for FieldPath {
    fn from(name: Name) -> Self {
        Self::new([name])
    }
}

impl Derive {
    /// `derive name: ty = expr`.
    pub fn new(name: impl Into<Name>, ty: TypeExpr, expr: Expr) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            ty,
            expr,
            staleness: None,
            at: Span::NONE,
        }
    }

    /// `staleness 10s`.
    #[must_use]
    pub fn staleness(mut self, staleness: Timespan) -> Self {
        self.staleness = Some(staleness);
        self
    }
}

impl Check {
    /// `check name: expr`.
    pub fn new(name: impl Into<Name>, expr: Expr) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            judged: Judged::Always,
            expr,
            at: Span::NONE,
        }
    }

    /// `on write`.
    #[must_use]
    pub fn on_write(mut self) -> Self {
        self.judged = Judged::OnWrite;
        self
    }
}

impl Key {
    /// `key (a, b)`.
    pub fn new<P: Into<FieldPath>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            fields: fields(paths),
            at: Span::NONE,
        }
    }
}

impl Unique {
    /// `unique (a, b)`.
    pub fn new<P: Into<FieldPath>>(paths: impl IntoIterator<Item = P>) -> Self {
        let (fields, nulls) = (fields(paths), Nulls::Distinct);
        Self {
            docs: None,
            name: None,
            was: None,
            fields,
            nulls,
            filter: None,
            at: Span::NONE,
        }
    }

    /// `unique name (…)`.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `nulls equal`.
    #[must_use]
    pub fn nulls_equal(mut self) -> Self {
        self.nulls = Nulls::Equal;
        self
    }

    /// `where filter`.
    #[must_use]
    pub fn filter(mut self, filter: Expr) -> Self {
        self.filter = Some(filter);
        self
    }
}

impl Moves {
    /// `moves field { }`.
    pub fn new(field: impl Into<FieldPath>) -> Self {
        Self {
            docs: None,
            field: field.into(),
            moves: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `from -> to | …`.
    #[must_use]
    pub fn allow<N: Into<Name>>(mut self, from: impl Into<Name>, to: impl IntoIterator<Item = N>) -> Self {
        let to = to.into_iter().map(Into::into).collect();
        self.moves.push(Move {
            from: from.into(),
            to,
            at: Span::NONE,
        });
        self
    }
}

impl NoOverlap {
    /// `no overlap (a, during)`.
    pub fn new<P: Into<FieldPath>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            docs: None,
            name: None,
            fields: fields(paths),
            filter: None,
            at: Span::NONE,
        }
    }

    /// `no overlap name (…)`.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `where filter`.
    #[must_use]
    pub fn filter(mut self, filter: Expr) -> Self {
        self.filter = Some(filter);
        self
    }
}

impl Exclusive {
    /// `exclusive name (a, b)`.
    pub fn new<P: Into<FieldPath>>(name: impl Into<Name>, paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            fields: fields(paths),
            at: Span::NONE,
        }
    }
}

impl AtMost {
    /// `at most count per (a, b)`.
    pub fn new<P: Into<FieldPath>>(count: u64, paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            docs: None,
            count,
            fields: fields(paths),
            filter: None,
            at: Span::NONE,
        }
    }

    /// `where filter`.
    #[must_use]
    pub fn filter(mut self, filter: Expr) -> Self {
        self.filter = Some(filter);
        self
    }
}

impl Determines {
    /// `determines (a) -> (b)`.
    pub fn new<P: Into<FieldPath>>(
        from: impl IntoIterator<Item = P>,
        to: impl IntoIterator<Item = P>,
    ) -> Self {
        Self {
            from: fields(from),
            to: fields(to),
            at: Span::NONE,
        }
    }
}

impl Assert {
    /// `assert name on entity: expr`.
    pub fn new(name: impl Into<Name>, entity: impl Into<Name>, expr: Expr) -> Self {
        Self {
            docs: None,
            name: name.into(),
            entity: entity.into(),
            expr,
            at: Span::NONE,
        }
    }
}

impl Volume {
    /// `volume rows`.
    pub fn new(rows: impl Into<Expr>) -> Self {
        Self {
            rows: rows.into(),
            growth: None,
            at: Span::NONE,
        }
    }

    /// `growth …`.
    #[must_use]
    pub fn growth(mut self, growth: Growth) -> Self {
        self.growth = Some(growth);
        self
    }
}

impl Share {
    /// `share percent% where filter`.
    pub fn new(percent: Percent, filter: Expr) -> Self {
        Self {
            percent,
            filter,
            at: Span::NONE,
        }
    }
}

impl IndexHint {
    /// `index (…)`, on all targets.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more field.
    #[must_use]
    pub fn by(mut self, field: impl Into<FieldPath>, direction: Direction) -> Self {
        self.fields.push(IndexField {
            field: field.into(),
            direction,
        });
        self
    }

    /// `on target`.
    #[must_use]
    pub fn on(mut self, target: impl Into<Name>) -> Self {
        self.on.push(target.into());
        self
    }
}
