//! Entities, relations and fields.

use super::{documented, into_variant};
use crate::model::{
    AtMost, Bounds, Check, Derive, Determines, Entity, Exclusive, Expr, Fan, Field, IndexHint, Key, Mark,
    MarkKind, Member, Modifier, ModifierKind, Moves, Name, NoOverlap, Number, OnDelete, Owner, Percent,
    Relation, RelationEnd, Share, Stored, TypeExpr, Unique, Volume,
};
use crate::span::Span;

documented!(Entity, Relation, Field);

into_variant! {
    Member:
    Field(Field), Derive(Derive), Check(Check), Key(Key), Unique(Unique), Moves(Moves), NoOverlap(NoOverlap),
    Exclusive(Exclusive), AtMost(AtMost), Determines(Determines), Volume(Volume), Share(Share), Index(IndexHint),
}

fn marked(marks: &mut Vec<Mark>, kind: MarkKind) {
    marks.push(kind.into());
    marks.sort_by_key(|mark| mark.kind.rank());
}

impl Entity {
    /// An entity without members.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            owner: None,
            base: None,
            marks: Vec::new(),
            members: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `in entity as inverse`: it is part of that entity.
    #[must_use]
    pub fn owned_by(mut self, entity: impl Into<Name>, inverse: impl Into<Name>, fan: Fan) -> Self {
        self.owner = Some(Owner {
            entity: entity.into(),
            inverse: inverse.into(),
            fan,
            at: Span::NONE,
        });
        self
    }

    /// `is base`: it is a kind of that entity.
    #[must_use]
    pub fn is(mut self, base: impl Into<Name>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// `@version`, `@soft_delete`, …
    #[must_use]
    pub fn mark(mut self, kind: MarkKind) -> Self {
        marked(&mut self.marks, kind);
        self
    }

    /// Adds a field, a rule or a fact.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // A builder grows; nothing is summed.
    pub fn add(mut self, member: impl Into<Member>) -> Self {
        self.members.push(member.into());
        self
    }
}

impl Relation {
    /// A relation without fields of its own.
    pub fn new(name: impl Into<Name>, left: RelationEnd, right: RelationEnd) -> Self {
        Self {
            docs: None,
            name: name.into(),
            marks: Vec::new(),
            left,
            right,
            members: Vec::new(),
            at: Span::NONE,
        }
    }

    /// `@history`, …
    #[must_use]
    pub fn mark(mut self, kind: MarkKind) -> Self {
        marked(&mut self.marks, kind);
        self
    }

    /// Adds a field, a rule or a fact of the link.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // A builder grows; nothing is summed.
    pub fn add(mut self, member: impl Into<Member>) -> Self {
        self.members.push(member.into());
        self
    }
}

impl RelationEnd {
    /// `entity.inverse`.
    pub fn new(entity: impl Into<Name>, inverse: impl Into<Name>) -> Self {
        let (entity, inverse) = (entity.into(), inverse.into());
        Self {
            role: None,
            entity,
            inverse,
            fan: Fan::default(),
            at: Span::NONE,
        }
    }

    /// `(role: entity).inverse`.
    #[must_use]
    pub fn role(mut self, role: impl Into<Name>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// How many rows the entity has at the other end.
    #[must_use]
    pub fn fan(mut self, fan: Fan) -> Self {
        self.fan = fan;
        self
    }
}

impl Field {
    /// `name: ty`.
    pub fn new(name: impl Into<Name>, ty: impl Into<TypeExpr>) -> Self {
        Self {
            docs: None,
            name: name.into(),
            ty: ty.into(),
            modifiers: Vec::new(),
            at: Span::NONE,
        }
    }

    /// Says something about it; all that has no method of its own here.
    #[must_use]
    pub fn with(mut self, kind: ModifierKind) -> Self {
        self.modifiers.push(Modifier::from(kind));
        self.modifiers.sort_by_key(|modifier| modifier.kind.rank());
        self
    }

    /// `= value`.
    #[must_use]
    pub fn default(self, value: impl Into<Expr>) -> Self {
        self.with(ModifierKind::Default(value.into()))
    }

    /// `min..max`.
    #[must_use]
    pub fn bounds(self, bounds: Bounds) -> Self {
        self.with(ModifierKind::Bounds(bounds))
    }

    /// `on delete …`.
    #[must_use]
    pub fn on_delete(self, action: OnDelete) -> Self {
        self.with(ModifierKind::OnDelete(action))
    }

    /// `inverse name`.
    #[must_use]
    pub fn inverse(self, name: impl Into<Name>, fan: Fan) -> Self {
        self.with(ModifierKind::Inverse {
            name: name.into(),
            fan,
        })
    }

    /// `sharing field`.
    #[must_use]
    pub fn sharing(self, field: impl Into<Name>) -> Self {
        self.with(ModifierKind::Sharing(vec![field.into()]))
    }

    /// `@key`.
    #[must_use]
    pub fn key(self) -> Self {
        self.with(ModifierKind::Key)
    }

    /// `@unique`.
    #[must_use]
    pub fn unique(self) -> Self {
        self.with(ModifierKind::Unique)
    }

    /// `@personal`.
    #[must_use]
    pub fn personal(self) -> Self {
        self.with(ModifierKind::Personal)
    }

    /// `@matches(pattern)`.
    #[must_use]
    pub fn matches(self, pattern: impl Into<String>) -> Self {
        self.with(ModifierKind::Matches(pattern.into()))
    }

    /// `@avg(size)`.
    #[must_use]
    pub fn avg(self, size: impl Into<Number>) -> Self {
        self.with(ModifierKind::Avg(size.into()))
    }

    /// `@nulls(percent)`.
    #[must_use]
    pub fn nulls(self, percent: impl Into<Number>) -> Self {
        self.with(ModifierKind::Nulls(Percent::new(percent)))
    }

    /// `@was(old)`.
    #[must_use]
    pub fn was(self, old: impl Into<Name>) -> Self {
        self.with(ModifierKind::Was(old.into()))
    }
}

impl Stored {
    /// `@stored("name") on …`; on all targets if there are none.
    pub fn new<N: Into<Name>>(name: impl Into<String>, on: impl IntoIterator<Item = N>) -> Self {
        Self {
            name: name.into(),
            on: on.into_iter().map(Into::into).collect(),
        }
    }
}
