//! Access patterns.

use super::{documented, renamed};
use crate::model::{
    Access, Condition, Consistency, Direction, Expr, Fan, Fetch, FieldPath, Load, Name, OrderTerm, Param,
    Projection, Rate, Source, Timespan, TypeExpr, Window,
};
use crate::span::Span;

documented!(Access);
renamed!(Access);

impl Param {
    /// `name: ty`.
    pub fn new(name: impl Into<Name>, ty: TypeExpr) -> Self {
        Self {
            name: name.into(),
            ty,
            fan: Fan::default(),
            at: Span::NONE,
        }
    }

    /// Its bounds and usual size.
    #[must_use]
    pub fn fan(mut self, fan: Fan) -> Self {
        self.fan = fan;
        self
    }
}

impl Source {
    /// `from entity`.
    pub fn new(entity: impl Into<Name>) -> Self {
        Self {
            entity: entity.into(),
            filter: Vec::new(),
            at: Span::NONE,
        }
    }

    /// One more condition.
    #[must_use]
    pub fn filter(mut self, expr: Expr) -> Self {
        self.filter.push(Condition {
            expr,
            when: None,
            at: Span::NONE,
        });
        self
    }

    /// One more condition, which counts only if the parameter is given.
    #[must_use]
    pub fn filter_when(mut self, expr: Expr, param: impl Into<Name>) -> Self {
        self.filter.push(Condition {
            expr,
            when: Some(param.into()),
            at: Span::NONE,
        });
        self
    }
}

impl Projection {
    /// What is returned under its own name.
    pub fn new(expr: Expr) -> Self {
        Self {
            expr,
            alias: None,
            at: Span::NONE,
        }
    }

    /// `as alias`.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<Name>) -> Self {
        self.alias = Some(alias.into());
        self
    }
}

impl Fetch {
    /// `with path`.
    pub fn new(path: impl Into<FieldPath>) -> Self {
        Self {
            path: path.into(),
            fields: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            at: Span::NONE,
        }
    }

    /// Only these fields.
    #[must_use]
    pub fn fields<P: Into<FieldPath>>(mut self, fields: impl IntoIterator<Item = P>) -> Self {
        self.fields.extend(fields.into_iter().map(Into::into));
        self
    }

    /// One more term of its order.
    #[must_use]
    pub fn order_by(mut self, expr: Expr, direction: Direction) -> Self {
        self.order_by.push(OrderTerm {
            expr,
            direction,
            at: Span::NONE,
        });
        self
    }

    /// At most so many for each row.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }
}

impl Access {
    /// `access name { from … }`.
    pub fn new(name: impl Into<Name>, source: Source) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            params: Vec::new(),
            sources: vec![source],
            group_by: Vec::new(),
            having: None,
            select: Vec::new(),
            distinct: false,
            order_by: Vec::new(),
            window: None,
            with: Vec::new(),
            deleted: false,
            load: Load::default(),
            rows: None,
            staleness: None,
            consistency: None,
            full_read: false,
            at: Span::NONE,
        }
    }

    /// One more parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<Name>, ty: TypeExpr) -> Self {
        self.params.push(Param::new(name, ty));
        self
    }

    /// `also from …`.
    #[must_use]
    pub fn also_from(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// One more term of `group by`.
    #[must_use]
    pub fn group_by(mut self, expr: Expr) -> Self {
        self.group_by.push(expr);
        self
    }

    /// `having …`.
    #[must_use]
    pub fn having(mut self, expr: Expr) -> Self {
        self.having = Some(expr);
        self
    }

    /// One more thing that is returned.
    #[must_use]
    pub fn select(mut self, projection: Projection) -> Self {
        self.select.push(projection);
        self
    }

    /// `distinct`.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// One more term of `order by`.
    #[must_use]
    pub fn order_by(mut self, expr: Expr, direction: Direction) -> Self {
        self.order_by.push(OrderTerm {
            expr,
            direction,
            at: Span::NONE,
        });
        self
    }

    /// `page rows`.
    #[must_use]
    pub fn page(mut self, rows: u64) -> Self {
        self.window = Some(Window::Page(rows));
        self
    }

    /// `limit rows`.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.window = Some(Window::Limit(rows));
        self
    }

    /// One more relationship whose rows come along.
    #[must_use]
    pub fn fetch(mut self, fetch: Fetch) -> Self {
        self.with.push(fetch);
        self
    }

    /// `with deleted`.
    #[must_use]
    pub fn with_deleted(mut self) -> Self {
        self.deleted = true;
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

    /// `rows …`.
    #[must_use]
    pub fn rows(mut self, rows: u64) -> Self {
        self.rows = Some(rows);
        self
    }

    /// `staleness …`.
    #[must_use]
    pub fn staleness(mut self, span: Timespan) -> Self {
        self.staleness = Some(span);
        self
    }

    /// `consistency …`.
    #[must_use]
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = Some(consistency);
        self
    }

    /// `full read`.
    #[must_use]
    pub fn full_read(mut self) -> Self {
        self.full_read = true;
        self
    }
}
