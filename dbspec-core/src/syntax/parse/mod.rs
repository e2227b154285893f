//! The productions: one function each, by noun. A production that fails has complained; the list around it recovers.

mod access;
mod entity;
pub(super) mod expr;
mod operand;
mod rule;
mod stats;
mod target;
mod ty;
mod who;
mod write;

use super::codes::{GIVEN_TWICE, UNKNOWN_WORD, UNSUPPORTED};
use super::cursor::{List, Parse, Parser};
use super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{EnumDecl, Item, Label, Model, TypeDecl, TypeDeclKind, Use};

/// What can begin a declaration.
const ITEMS: &[&str] = &[
    "model",
    "use",
    "scale",
    "enum",
    "type",
    "session",
    "entity",
    "relation",
    "assert",
    "rows",
    "access",
    "write",
    "workload",
    "flow",
    "role",
    "policy",
    "restrict policy",
    "keep",
    "operate",
    "target",
    "prefer",
    "place",
    "cache",
    "feed",
];

/// Whether a word begins a declaration.
pub(super) fn is_item_word(word: &str) -> bool {
    word == "restrict" || ITEMS.contains(&word)
}

impl Parser<'_> {
    /// The whole file.
    pub(super) fn model(&mut self) -> Model {
        let mut model = Model::default();
        self.items(|p| {
            let docs = p.docs();
            if p.is_word("model") {
                return p.model_name(&mut model, docs);
            }
            let item = p.item(docs)?;
            model.items.push(item);
            Some(())
        });
        model
    }

    fn model_name(&mut self, model: &mut Model, docs: Option<String>) -> Parse<()> {
        let start = self.span();
        self.bump();
        let name = self.name("the model's name")?;
        if let Some(first) = &model.name {
            let (first, at) = (first.at, self.since(start));
            self.report(
                Diagnostic::error(&GIVEN_TWICE, "the model is named twice")
                    .at(at, "again here")
                    .at(first, "first here")
                    .why("a model has one name, and the first counts")
                    .help("remove one of the two"),
            );
        } else {
            (model.name, model.docs) = (Some(name), docs);
        }
        Some(())
    }

    fn item(&mut self, docs: Option<String>) -> Parse<Item> {
        match self.word() {
            "use" => self.use_file().map(Item::Use),
            "scale" => self.scale(docs).map(Item::Scale),
            "enum" => self.enumeration(docs).map(Item::Enum),
            "type" => self.type_decl(docs).map(Item::Type),
            "session" => self.session(docs).map(Item::Session),
            "entity" => self.entity(docs).map(Item::Entity),
            "relation" => self.relation(docs).map(Item::Relation),
            "assert" => self.assertion(docs).map(Item::Assert),
            "rows" => self.rows(docs).map(Item::Rows),
            "access" => self.access(docs).map(Item::Access),
            "write" => self.write(docs).map(Item::Write),
            "workload" => self.workload(docs).map(Item::Workload),
            "flow" => self.flow(docs).map(Item::Flow),
            "role" => self.role(docs).map(Item::Role),
            "policy" | "restrict" => self.policy(docs).map(Item::Policy),
            "keep" => self.keep(docs).map(Item::Keep),
            "operate" => self.operate(docs).map(Item::Operate),
            "target" => self.target(docs).map(Item::Target),
            "prefer" => self.prefer(docs).map(Item::Prefer),
            "place" => self.place(docs).map(Item::Place),
            "cache" => self.cache(docs).map(Item::Cache),
            "feed" => self.feed(docs).map(Item::Feed),
            "change" => {
                self.unsupported(
                    "`change` in a model",
                    "a `change` block is part of a migration, which names its steps",
                );
                None
            }
            "" => {
                self.unexpected_of("a declaration", ITEMS);
                None
            }
            word => {
                let span = self.span();
                self.unknown_word(&UNKNOWN_WORD, "declaration", span, word, ITEMS);
                self.bump();
                None
            }
        }
    }

    fn unsupported(&mut self, what: &str, why: &str) {
        let span = self.span();
        self.report(
            Diagnostic::error(&UNSUPPORTED, format!("{what} is not supported yet"))
                .at(span, "")
                .why(why)
                .help("remove it until a release has it"),
        );
        self.bump();
    }

    fn use_file(&mut self) -> Parse<Use> {
        let start = self.span();
        self.bump();
        let path = self.string()?;
        Some(Use {
            path,
            at: self.since(start),
        })
    }

    fn enumeration(&mut self, docs: Option<String>) -> Parse<EnumDecl> {
        let start = self.span();
        self.bump();
        let name = self.name("the enum's name")?;
        let was = self.was()?;
        let ordered = self.eat_word("ordered");
        let was = if was.is_none() { self.was()? } else { was };
        let open = self.expect(T::OpenBrace, "`{` and labels, or `ordered`")?;
        let mut labels = Vec::new();
        self.list(List::Members, open, T::CloseBrace, |p| {
            let docs = p.docs();
            let name = p.name("a label or `}`")?;
            let was = p.was()?;
            labels.push(Label { docs, name, was });
            Some(())
        });
        Some(EnumDecl {
            docs,
            name,
            was,
            ordered,
            labels,
            at: self.since(start),
        })
    }

    fn type_decl(&mut self, docs: Option<String>) -> Parse<TypeDecl> {
        let start = self.span();
        self.bump();
        let name = self.name("the type's name")?;
        let was = self.was()?;
        let kind = if self.eat(T::Assign) {
            let ty = self.type_expr()?;
            let filter = self.optional_where()?;
            TypeDeclKind::Domain { ty, filter }
        } else if self.is(T::OpenBrace) {
            TypeDeclKind::Value {
                fields: self.fields()?,
            }
        } else {
            self.unexpected("`=` and a type, or `{` and fields");
            return None;
        };
        Some(TypeDecl {
            docs,
            name,
            was,
            kind,
            at: self.since(start),
        })
    }
}
