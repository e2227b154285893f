//! Entities, relations, fields, and what is said about them.

use super::super::codes::{GIVEN_TWICE, INCOMPLETE, UNKNOWN_MODIFIER};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{
    Entity, Field, Mark, MarkKind, Member, Modifier, ModifierKind, Name, OnDelete, Owner, Relation,
    RelationEnd, Stored,
};

/// What can follow `@` on a field.
const MODIFIERS: &[&str] = &[
    "key",
    "unique",
    "tenant",
    "immutable",
    "mutable",
    "personal",
    "ignore_case",
    "lookup",
    "matches",
    "avg",
    "p99",
    "nulls",
    "distinct",
    "skew",
    "was",
    "fill",
    "stored",
    "external",
];

/// What can follow `@` on an entity or a relation.
const MARKS: &[&str] = &[
    "abstract",
    "version",
    "audit",
    "soft_delete",
    "history",
    "append_only",
    "immutable",
    "was",
    "stored",
    "external",
];

/// What can begin a member, besides a field's name.
const MEMBERS: &[&str] = &[
    "derive",
    "check",
    "key",
    "unique",
    "moves",
    "no overlap",
    "exclusive",
    "at most",
    "determines",
    "volume",
    "share",
    "index",
];

impl Parser<'_> {
    pub(super) fn entity(&mut self, docs: Option<String>) -> Parse<Entity> {
        let start = self.span();
        self.bump();
        let name = self.name("the entity's name")?;
        let (mut owner, mut base, mut marks) = (None, None, Vec::new());
        loop {
            let start = self.span();
            match self.kind() {
                T::Word if self.is_word("in") => {
                    self.bump();
                    let parsed = self.owner();
                    self.once("the owner", start, &mut owner, parsed)?;
                }
                T::Word if self.is_word("is") => {
                    self.bump();
                    let parsed = self.name("the entity it is a kind of");
                    self.once("the base", start, &mut base, parsed)?;
                }
                T::At => self.mark(&mut marks)?,
                T::OpenBrace => break,
                _ => {
                    self.unexpected_of("`{`, `in`, `is` or a modifier", &["in", "is"]);
                    return None;
                }
            }
        }
        let members = self.members()?;
        Some(Entity {
            docs,
            name,
            owner,
            base,
            marks,
            members,
            at: self.since(start),
        })
    }

    fn owner(&mut self) -> Parse<Owner> {
        let start = self.span();
        let entity = self.name("the entity that owns these rows")?;
        self.expect_word("as")?;
        let inverse = self.name("what the owner calls these rows")?;
        let fan = self.fan()?;
        Some(Owner {
            entity,
            inverse,
            fan,
            at: self.since(start),
        })
    }

    pub(super) fn relation(&mut self, docs: Option<String>) -> Parse<Relation> {
        let start = self.span();
        self.bump();
        let name = self.name("the relation's name")?;
        let mut marks = Vec::new();
        while self.is(T::At) {
            self.mark(&mut marks)?;
        }
        self.expect(T::Colon, "`:` and the two ends")?;
        let left = self.relation_end()?;
        for sign in [T::Star, T::Minus, T::Minus, T::Star] {
            self.expect(sign, "`*--*` and the other end")?;
        }
        let right = self.relation_end()?;
        while self.is(T::At) {
            self.mark(&mut marks)?;
        }
        let members = if self.is(T::OpenBrace) {
            self.members()?
        } else {
            Vec::new()
        };
        Some(Relation {
            docs,
            name,
            marks,
            left,
            right,
            members,
            at: self.since(start),
        })
    }

    fn relation_end(&mut self) -> Parse<RelationEnd> {
        let start = self.span();
        let (role, entity) = if self.eat(T::OpenParen) {
            let role = self.name("what the link calls this end")?;
            self.expect(T::Colon, "`:` and the entity")?;
            let entity = self.name("the entity at this end")?;
            self.expect(T::CloseParen, "`)`")?;
            (Some(role), entity)
        } else {
            (None, self.name("the entity at this end")?)
        };
        self.expect(T::Dot, "`.` and what the entity calls the rows at the other end")?;
        let inverse = self.name("what the entity calls the rows at the other end")?;
        let fan = self.fan()?;
        Some(RelationEnd {
            role,
            entity,
            inverse,
            fan,
            at: self.since(start),
        })
    }

    fn members(&mut self) -> Parse<Vec<Member>> {
        let open = self.expect(T::OpenBrace, "`{`")?;
        let mut members = Vec::new();
        self.list(List::Members, open, T::CloseBrace, |p| {
            let docs = p.docs();
            if p.is_field() {
                return p.field(docs, |field| members.push(Member::Field(field)));
            }
            members.push(p.member(docs)?);
            Some(())
        });
        Some(members)
    }

    fn member(&mut self, docs: Option<String>) -> Parse<Member> {
        match self.word() {
            "derive" => self.derive(docs).map(Member::Derive),
            "check" => self.check(docs).map(Member::Check),
            "key" => self.key().map(Member::Key),
            "unique" => self.unique(docs).map(Member::Unique),
            "moves" => self.moves(docs).map(Member::Moves),
            "no" => self.no_overlap(docs).map(Member::NoOverlap),
            "exclusive" => self.exclusive(docs).map(Member::Exclusive),
            "at" => self.at_most(docs).map(Member::AtMost),
            "determines" => self.determines().map(Member::Determines),
            "volume" => self.volume().map(Member::Volume),
            "share" => self.share().map(Member::Share),
            "index" => self.index().map(Member::Index),
            _ if self.is_name(0)
                && matches!(self.nth_kind(1), T::Word | T::Arrow)
                && !self.nth_word(1).is_empty() =>
            {
                self.forgotten_colon_or_word()
            }
            _ => {
                self.unexpected_of("a field, a rule, a fact or `}`", MEMBERS);
                None
            }
        }
    }

    /// `name string(40)` lacks its colon, `chekc adult: …` is a slip: which of the two shows what follows.
    fn forgotten_colon_or_word(&mut self) -> Parse<Member> {
        let span = self.span();
        let word = self.source(self.nth(0)).to_owned();
        if super::super::suggest::nearest(&word, MEMBERS.iter().copied()).is_some() {
            self.unknown_word(
                &super::super::codes::UNKNOWN_WORD,
                "rule or fact",
                span,
                &word,
                MEMBERS,
            );
            return None;
        }
        self.report(
            Diagnostic::error(&INCOMPLETE, format!("the field `{word}` lacks its colon"))
                .at(span.after(), "`:` must stand here")
                .why("a field is a name, a colon and a type")
                .help(format!("write `{word}: …`"))
                .fix(crate::diag::Fix::maybe("write the colon", span.after(), ":")),
        );
        None
    }

    /// The fields of a value type or of the session, between braces.
    pub(super) fn fields(&mut self) -> Parse<Vec<Field>> {
        let open = self.expect(T::OpenBrace, "`{` and fields")?;
        let mut fields = Vec::new();
        self.list(List::Members, open, T::CloseBrace, |p| {
            let docs = p.docs();
            if !p.is_field() {
                p.unexpected("a field, such as `city: string(80)`, or `}`");
                return None;
            }
            p.field(docs, |field| fields.push(field))
        });
        Some(fields)
    }

    /// A field. One with a modifier that can't be read is kept without it, so that what speaks of the field isn't wrong
    /// too.
    fn field(&mut self, docs: Option<String>, keep: impl FnOnce(Field)) -> Parse<()> {
        let start = self.span();
        let name = self.name("the field's name")?;
        self.expect(T::Colon, "`:` and a type")?;
        let ty = self.type_expr()?;
        let mut modifiers: Vec<Modifier> = Vec::new();
        let mut whole = Some(());
        while let Some(modifier) = self.modifier() {
            let Some(modifier) = modifier else {
                whole = None;
                break;
            };
            let repeatable = matches!(modifier.kind, ModifierKind::Stored(_));
            if !repeatable
                && modifiers
                    .iter()
                    .any(|other| other.kind.rank() == modifier.kind.rank())
            {
                self.given_twice("the modifier", modifier.at);
            } else {
                modifiers.push(modifier);
            }
        }
        modifiers.sort_by_key(|modifier| modifier.kind.rank());
        keep(Field {
            docs,
            name,
            ty,
            modifiers,
            at: self.since(start),
        });
        whole
    }

    /// The next modifier of a field, if one stands here.
    fn modifier(&mut self) -> Option<Parse<Modifier>> {
        let start = self.span();
        let kind = match self.kind() {
            T::Assign => {
                self.bump();
                self.default_value().map(ModifierKind::Default)
            }
            T::Number | T::Minus if self.at_bounds() => self.bounds().map(ModifierKind::Bounds),
            T::At => self.field_annotation(),
            T::Word if !self.is_field() => match self.word() {
                "on" if self.nth_word(1) == "delete" => self.on_delete(),
                "inverse" if self.is_name(1) => self.inverse(),
                "sharing" if self.is_name(1) => {
                    self.bump();
                    self.names("a field of both ends").map(ModifierKind::Sharing)
                }
                "avg" if self.nth_kind(1) == T::Number => {
                    self.bump();
                    self.number("an average").map(ModifierKind::Avg)
                }
                "p99" if self.nth_kind(1) == T::Number => {
                    self.bump();
                    self.number("a size").map(ModifierKind::P99)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(kind.map(|kind| Modifier {
            kind,
            at: self.since(start),
        }))
    }

    fn on_delete(&mut self) -> Parse<ModifierKind> {
        self.bump();
        self.bump();
        let action = match (self.word(), self.nth_word(1)) {
            ("restrict", _) => OnDelete::Restrict,
            ("cascade", _) => OnDelete::Cascade,
            ("set", "null") => {
                self.bump();
                OnDelete::SetNull
            }
            _ => {
                self.unexpected_of(
                    "`restrict`, `cascade` or `set null`",
                    &["restrict", "cascade", "set null"],
                );
                return None;
            }
        };
        self.bump();
        Some(ModifierKind::OnDelete(action))
    }

    fn inverse(&mut self) -> Parse<ModifierKind> {
        self.bump();
        let name = self.name("what the referenced entity calls these rows")?;
        let fan = self.fan()?;
        Some(ModifierKind::Inverse { name, fan })
    }

    /// `a, b`.
    pub(super) fn names(&mut self, what: &str) -> Parse<Vec<Name>> {
        let mut names = vec![self.name(what)?];
        while self.eat(T::Comma) {
            names.push(self.name(what)?);
        }
        Some(names)
    }

    fn field_annotation(&mut self) -> Parse<ModifierKind> {
        self.bump();
        let span = self.span();
        let word = self.word();
        // What begins the next field is no name of a modifier.
        if word.is_empty() || self.is_field() {
            self.unexpected("the name of a modifier");
            return None;
        }
        self.bump();
        match word {
            "key" => Some(ModifierKind::Key),
            "unique" => Some(ModifierKind::Unique),
            "tenant" => Some(ModifierKind::Tenant),
            "immutable" => Some(ModifierKind::Immutable),
            "mutable" => Some(ModifierKind::Mutable),
            "personal" => Some(ModifierKind::Personal),
            "ignore_case" => Some(ModifierKind::IgnoreCase),
            "lookup" => Some(ModifierKind::Lookup),
            "external" => Some(ModifierKind::External),
            "matches" => self.argument(Self::string).map(ModifierKind::Matches),
            "avg" => self.argument(|p| p.number("an average")).map(ModifierKind::Avg),
            "p99" => self.argument(|p| p.number("a size")).map(ModifierKind::P99),
            "nulls" => self.argument(Self::percent).map(ModifierKind::Nulls),
            "distinct" => self
                .argument(|p| p.number("a number of values"))
                .map(ModifierKind::Distinct),
            "skew" => self.argument(|p| {
                let distribution = p.name("a distribution, such as `zipf`")?;
                let parameter = p.number("its parameter")?;
                Some(ModifierKind::Skew {
                    distribution,
                    parameter,
                })
            }),
            "was" => self.was_name().map(ModifierKind::Was),
            "fill" => self.argument(Self::expr).map(ModifierKind::Fill),
            "stored" => self.stored().map(ModifierKind::Stored),
            _ => {
                self.unknown_modifier("modifier of a field", span, word, MODIFIERS);
                None
            }
        }
    }

    /// Complains, and takes the modifier's parentheses too, so that the next modifier is read.
    fn unknown_modifier(&mut self, what: &str, span: crate::span::Span, word: &str, known: &[&str]) {
        self.unknown_word(&UNKNOWN_MODIFIER, what, span, word, known);
    }

    /// `(…)` after a modifier.
    fn argument<V>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<V>) -> Parse<V> {
        self.expect(T::OpenParen, "`(` and what the modifier says")?;
        let value = parse(self)?;
        self.expect(T::CloseParen, "`)`")?;
        Some(value)
    }

    fn was_name(&mut self) -> Parse<Name> {
        self.argument(|p| p.name("the name in the version before"))
    }

    /// `@was(old)` after the name of what has no other modifiers.
    pub(super) fn was(&mut self) -> Parse<Option<Name>> {
        let mut was = None;
        while self.is(T::At) {
            let start = self.span();
            self.bump();
            let (span, word) = (self.span(), self.word());
            self.bump();
            if word != "was" {
                self.unknown_modifier("modifier here", span, word, &["was"]);
                return None;
            }
            let parsed = self.was_name();
            self.once("`@was`", start, &mut was, parsed)?;
        }
        Some(was)
    }

    fn stored(&mut self) -> Parse<Stored> {
        let name = self.argument(Self::string)?;
        let on = if self.is_word("on") && self.nth_word(1) != "delete" && self.is_name(1) {
            self.bump();
            self.names("a target")?
        } else {
            Vec::new()
        };
        Some(Stored { name, on })
    }

    fn mark(&mut self, marks: &mut Vec<Mark>) -> Parse<()> {
        let start = self.span();
        self.bump();
        let (span, word) = (self.span(), self.word());
        if word.is_empty() {
            self.unexpected("the name of a modifier");
            return None;
        }
        self.bump();
        let kind = match word {
            "abstract" => MarkKind::Abstract,
            "version" => MarkKind::Version,
            "audit" => {
                let by = if self.is(T::OpenParen) {
                    Some(self.argument(Self::audit_by)?)
                } else {
                    None
                };
                MarkKind::Audit { by }
            }
            "soft_delete" => MarkKind::SoftDelete,
            "history" => MarkKind::History,
            "append_only" => MarkKind::AppendOnly,
            "immutable" => MarkKind::Immutable,
            "was" => MarkKind::Was(self.was_name()?),
            "stored" => MarkKind::Stored(self.stored()?),
            "external" => MarkKind::External,
            _ => {
                // The declaration goes on, so that an unknown word doesn't hide what is in its braces.
                self.unknown_modifier("modifier of an entity or relation", span, word, MARKS);
                if self.is(T::OpenParen) {
                    self.skip_tree();
                }
                return Some(());
            }
        };
        let at = self.since(start);
        let repeatable = matches!(kind, MarkKind::Stored(_));
        if !repeatable && marks.iter().any(|mark| mark.kind.rank() == kind.rank()) {
            self.report(
                Diagnostic::error(&GIVEN_TWICE, format!("`@{word}` is given twice"))
                    .at(at, "again here")
                    .why("it can be said once, and the first counts")
                    .help("remove one of the two"),
            );
        } else {
            marks.push(Mark { kind, at });
            marks.sort_by_key(|mark| mark.kind.rank());
        }
        Some(())
    }

    fn audit_by(&mut self) -> Parse<crate::model::Expr> {
        self.expect_word("by")?;
        self.expect(T::Assign, "`=` and who writes")?;
        self.expr()
    }
}
