//! Declarations without a room of their own.

use super::{documented, into_variant, renamed};
use crate::model::{
    Access, Assert, Assign, Cache, Entity, EnumDecl, Expr, Feed, Field, FieldPath, Flow, Grant, GrantObject,
    Keep, KeepBound, KeepThen, KeepWhat, Label, Load, Name, Number, Operate, Period, Place, Policy,
    PolicyKind, Prefer, Rate, Relation, Role, Row, Rows, Scale, Session, Setting, SettingValue, Target,
    Timespan, TypeDecl, TypeDeclKind, TypeExpr, Use, Verb, Version, Workload, WorkloadAmount, WorkloadPart,
    Write,
};
use crate::span::Span;

documented!(
    Scale, EnumDecl, Label, TypeDecl, Session, Rows, Workload, Flow, Role, Policy, Keep, Operate, Target,
    Prefer, Place, Cache, Feed,
);
renamed!(EnumDecl, Label, TypeDecl, Role, Policy);

into_variant! {
    Item:
    Use(Use), Scale(Scale), Enum(EnumDecl), Type(TypeDecl), Session(Session), Entity(Entity), Relation(Relation),
    Assert(Assert), Rows(Rows), Access(Access), Write(Write), Workload(Workload), Flow(Flow), Role(Role),
    Policy(Policy), Keep(Keep), Operate(Operate), Target(Target), Prefer(Prefer), Place(Place), Cache(Cache),
    Feed(Feed),
}

fn all<N: Into<Name>>(names: impl IntoIterator<Item = N>) -> Vec<Name> {
    names.into_iter().map(Into::into).collect()
}

impl Use {
    /// `use "path"`.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            at: Span::NONE,
        }
    }
}

impl Scale {
    /// `scale name = value`.
    pub fn new(name: impl Into<Name>, value: impl Into<Number>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            value: value.into(),
            at: Span::NONE,
        }
    }
}

impl Label {
    /// A label.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
        }
    }
}

impl EnumDecl {
    /// `enum name { labels }`.
    pub fn new<N: Into<Name>>(name: impl Into<Name>, labels: impl IntoIterator<Item = N>) -> Self {
        let labels = labels.into_iter().map(Label::new).collect();
        Self {
            docs: None,
            name: name.into(),
            was: None,
            ordered: false,
            labels,
            at: Span::NONE,
        }
    }

    /// `ordered`.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }
}

impl TypeDecl {
    /// `type name = ty`.
    pub fn domain(name: impl Into<Name>, ty: TypeExpr) -> Self {
        let kind = TypeDeclKind::Domain { ty, filter: None };
        Self {
            docs: None,
            name: name.into(),
            was: None,
            kind,
            at: Span::NONE,
        }
    }

    /// `type name = ty where filter`.
    pub fn domain_where(name: impl Into<Name>, ty: TypeExpr, filter: Expr) -> Self {
        let kind = TypeDeclKind::Domain {
            ty,
            filter: Some(filter),
        };
        Self {
            docs: None,
            name: name.into(),
            was: None,
            kind,
            at: Span::NONE,
        }
    }

    /// `type name { fields }`.
    pub fn value(name: impl Into<Name>, fields: impl IntoIterator<Item = Field>) -> Self {
        let kind = TypeDeclKind::Value {
            fields: fields.into_iter().collect(),
        };
        Self {
            docs: None,
            name: name.into(),
            was: None,
            kind,
            at: Span::NONE,
        }
    }
}

impl Session {
    /// `session { fields }`.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Self {
        Self {
            docs: None,
            fields: fields.into_iter().collect(),
            at: Span::NONE,
        }
    }
}

impl Rows {
    /// `rows entity { }`.
    pub fn new(entity: impl Into<Name>) -> Self {
        Self {
            docs: None,
            entity: entity.into(),
            fields: Vec::new(),
            rows: Vec::new(),
            at: Span::NONE,
        }
    }

    /// Which fields the tuples have.
    #[must_use]
    pub fn fields<P: Into<FieldPath>>(mut self, fields: impl IntoIterator<Item = P>) -> Self {
        self.fields.extend(fields.into_iter().map(Into::into));
        self
    }

    /// One more tuple.
    #[must_use]
    pub fn row<E: Into<Expr>>(mut self, values: impl IntoIterator<Item = E>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.rows.push(Row {
            values,
            at: Span::NONE,
        });
        self
    }
}

impl Workload {
    /// `workload name { }`.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            total: None,
            parts: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `total …`.
    #[must_use]
    pub fn total(mut self, rate: Rate) -> Self {
        self.total = Some(rate);
        self
    }

    /// One more access or write.
    #[must_use]
    pub fn part(mut self, name: impl Into<Name>, amount: WorkloadAmount) -> Self {
        self.parts.push(WorkloadPart {
            name: name.into(),
            amount,
            at: Span::NONE,
        });
        self
    }
}

impl Flow {
    /// `flow name { steps }`.
    pub fn new<N: Into<Name>>(name: impl Into<Name>, steps: impl IntoIterator<Item = N>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            steps: all(steps),
            load: Load::default(),
            at: Span::NONE,
        }
    }

    /// `rate …`.
    #[must_use]
    pub fn rate(mut self, rate: Rate) -> Self {
        self.load.rate = Some(rate);
        self
    }
}

impl Role {
    /// `role name { }`.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            is: Vec::new(),
            grants: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `is role`.
    #[must_use]
    pub fn is(mut self, role: impl Into<Name>) -> Self {
        self.is.push(role.into());
        self
    }

    /// `verb a, b`.
    #[must_use]
    pub fn may<N: Into<Name>>(mut self, verb: Verb, on: impl IntoIterator<Item = N>) -> Self {
        let on = on
            .into_iter()
            .map(|name| GrantObject {
                name: name.into(),
                fields: Vec::new(),
            })
            .collect();
        self.grants.push(Grant {
            verb,
            on,
            at: Span::NONE,
        });
        self
    }

    /// `verb object (fields)`.
    #[must_use]
    pub fn may_fields<N: Into<Name>>(
        mut self,
        verb: Verb,
        object: impl Into<Name>,
        fields: impl IntoIterator<Item = N>,
    ) -> Self {
        let on = vec![GrantObject {
            name: object.into(),
            fields: all(fields),
        }];
        self.grants.push(Grant {
            verb,
            on,
            at: Span::NONE,
        });
        self
    }
}

impl Policy {
    /// `policy name on entities for roles: expr`.
    pub fn new<N: Into<Name>, R: Into<Name>>(
        name: impl Into<Name>,
        on: impl IntoIterator<Item = N>,
        roles: impl IntoIterator<Item = R>,
        expr: Expr,
    ) -> Self {
        Self {
            docs: None,
            name: name.into(),
            was: None,
            kind: PolicyKind::Permit,
            on: all(on),
            roles: all(roles),
            verbs: Vec::new(),
            expr,
            at: Span::NONE,
        }
    }

    /// `restrict policy`.
    #[must_use]
    pub fn restrict(mut self) -> Self {
        self.kind = PolicyKind::Restrict;
        self
    }

    /// For what it holds; without, for everything.
    #[must_use]
    pub fn verb(mut self, verb: Verb) -> Self {
        self.verbs.push(verb);
        self.verbs.sort_unstable();
        self.verbs.dedup();
        self
    }
}

impl Keep {
    /// `keep entity at least period`, or `at most`.
    pub fn new(entity: impl Into<Name>, bound: KeepBound, period: Period) -> Self {
        let (entity, what) = (entity.into(), KeepWhat::Rows);
        Self {
            docs: None,
            entity,
            what,
            bound,
            period,
            from: None,
            then: None,
            at: Span::NONE,
        }
    }

    /// `history`.
    #[must_use]
    pub fn history(mut self) -> Self {
        self.what = KeepWhat::History;
        self
    }

    /// `from field`.
    #[must_use]
    pub fn from(mut self, field: impl Into<FieldPath>) -> Self {
        self.from = Some(field.into());
        self
    }

    /// `then delete`.
    #[must_use]
    pub fn then_delete(mut self) -> Self {
        self.then = Some(KeepThen::Delete);
        self
    }

    /// `then archive`.
    #[must_use]
    pub fn then_archive(mut self) -> Self {
        self.then = Some(KeepThen::Archive);
        self
    }

    /// `then clear (…)`.
    #[must_use]
    pub fn then_clear(mut self, values: impl IntoIterator<Item = Assign>) -> Self {
        self.then = Some(KeepThen::Clear(values.into_iter().collect()));
        self
    }
}

impl Setting {
    /// `name`: on.
    pub fn flag(name: impl Into<Name>) -> Self {
        Self {
            name: name.into(),
            value: None,
            at: Span::NONE,
        }
    }

    /// `name value`.
    pub fn new(name: impl Into<Name>, value: SettingValue) -> Self {
        Self {
            name: name.into(),
            value: Some(value),
            at: Span::NONE,
        }
    }
}

impl Operate {
    /// `operate { settings }`, for all targets.
    pub fn new(settings: impl IntoIterator<Item = Setting>) -> Self {
        Self {
            docs: None,
            target: None,
            settings: settings.into_iter().collect(),
            at: Span::NONE,
        }
    }

    /// `operate target { … }`.
    #[must_use]
    pub fn target(mut self, target: impl Into<Name>) -> Self {
        self.target = Some(target.into());
        self
    }
}

impl Target {
    /// `target engine`.
    pub fn new(engine: impl Into<Name>) -> Self {
        let (name, version, edition, options) = (None, None, None, Vec::new());
        Self {
            docs: None,
            name,
            engine: engine.into(),
            version,
            edition,
            options,
            at: Span::NONE,
        }
    }

    /// `target name: …`.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Numbers joined by dots.
    #[must_use]
    pub fn version(mut self, text: impl Into<String>) -> Self {
        self.version = Some(Version {
            text: text.into(),
            at: Span::NONE,
        });
        self
    }

    /// The edition.
    #[must_use]
    pub fn edition(mut self, edition: impl Into<Name>) -> Self {
        self.edition = Some(edition.into());
        self
    }

    /// One more option.
    #[must_use]
    pub fn option(mut self, option: Setting) -> Self {
        self.options.push(option);
        self
    }
}

impl Prefer {
    /// `prefer choice element`, on all targets.
    pub fn new(choice: impl Into<Name>, element: impl Into<FieldPath>) -> Self {
        Self {
            docs: None,
            choice: choice.into(),
            element: element.into(),
            on: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `on target`.
    #[must_use]
    pub fn on(mut self, target: impl Into<Name>) -> Self {
        self.on.push(target.into());
        self
    }
}

impl Place {
    /// `place what on target`.
    pub fn new<N: Into<Name>>(what: impl IntoIterator<Item = N>, on: impl Into<Name>) -> Self {
        Self {
            docs: None,
            what: all(what),
            on: on.into(),
            at: Span::NONE,
        }
    }
}

impl Cache {
    /// `cache access on target`.
    pub fn new(access: impl Into<Name>, on: impl Into<Name>) -> Self {
        Self {
            docs: None,
            access: access.into(),
            on: on.into(),
            ttl: None,
            at: Span::NONE,
        }
    }

    /// `ttl …`.
    #[must_use]
    pub fn ttl(mut self, ttl: Timespan) -> Self {
        self.ttl = Some(ttl);
        self
    }
}

impl Feed {
    /// `feed what to target from source`.
    pub fn new<N: Into<Name>>(
        what: impl IntoIterator<Item = N>,
        to: impl Into<Name>,
        from: impl Into<Name>,
    ) -> Self {
        Self {
            docs: None,
            what: all(what),
            to: to.into(),
            from: from.into(),
            staleness: None,
            at: Span::NONE,
        }
    }

    /// `staleness …`.
    #[must_use]
    pub fn staleness(mut self, span: Timespan) -> Self {
        self.staleness = Some(span);
        self
    }
}
