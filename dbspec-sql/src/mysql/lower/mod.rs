//! Kernel → design, outcomes and decisions.
//!
//! First all tables and columns are named, then each rule becomes pieces (constraints, indexes, sequences, triggers) and answers;
//! the pieces are named together at last, so that a name never depends on the order of rules.

mod reference;
mod rule;
mod table;

use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::Wanted;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, RuleOutcome, WriteOutcome};
use dbspec_core::backend::naming::{NameId, Noun};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Facet, Kernel, LeafId, Pred, RuleId, RuleKind, Subject};

use super::capability;
use super::design::{self, Design, Table};
use super::keywords::Quoting;
use super::options::Options;
use super::types;
use crate::relational::change::{self, Changing, Refusing};
use crate::relational::express::{Express, Nothing};
use crate::relational::index::{self, By, Indexing, Kind};
use crate::relational::naming::{Names, snake};
use crate::relational::{Ground, Sql, fact};

/// The name that MySQL gives to every primary key.
const PRIMARY: &str = "PRIMARY";

/// So many characters or bytes of what is too long are kept in an index.
const PREFIX: u32 = 191;

/// What MySQL's indexes are like. A row read through an index costs its optimizer about as much as four of a scan.
const INDEXES: Kind = Kind {
    nulls: index::Nulls::First,
    holding: index::Holding::All,
    references: index::Columns::SameOrder,
    ahead: 4,
    index: capability::INDEX,
    full_read: capability::FULL_READ,
    no_index: capability::NO_INDEX,
    evaluated: capability::EVALUATED,
};

/// A constraint, an index, a sequence or a trigger that has no name yet.
pub(super) struct Piece {
    pub(super) entity: EntityId,
    pub(super) element: ElementId,
    pub(super) noun: Noun,
    pub(super) wish: String,
    pub(super) body: Body,
}

/// What it is, its name left empty.
pub(super) enum Body {
    Key(Vec<String>),
    Check(design::Check),
    ForeignKey(design::ForeignKey),
    Index(design::Index),
    Sequence(LeafId),
    /// A trigger, and the piece whose name it raises: none, its own.
    Trigger(design::Trigger, Option<usize>),
}

/// An outcome that waits for a name.
struct Answer {
    rule: RuleId,
    facet: Option<Facet>,
    outcome: RuleOutcome,
    by: By,
    line: LineId,
}

/// The design as it grows.
pub(super) struct Draft<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) tables: Vec<Table>,
    pub(super) names: Names,
    pub(super) pieces: Vec<Piece>,
    /// By entity, its keys and indexes as queries see them.
    paths: Vec<Vec<index::Path>>,
    /// Columns that a CHECK names: no action of a foreign key may set them.
    pub(super) checked: BTreeSet<(EntityId, String)>,
    /// Columns, in order, that are unique together by an index that foreign keys can refer to.
    pub(super) referable: BTreeSet<(EntityId, Vec<String>)>,
    answers: Vec<Answer>,
}

impl Draft<'_> {
    /// What translations stand on.
    pub(super) fn on(&self) -> Ground<'_> {
        Ground {
            kernel: self.kernel,
            tables: &self.tables,
            words: &Quoting,
        }
    }

    pub(super) fn table(&self, entity: EntityId) -> &Table {
        &self.tables[entity.index() as usize]
    }

    pub(super) fn column(&self, leaf: LeafId) -> &design::Column {
        &self.table(self.kernel.entity_of(leaf)).columns[self.kernel.position(leaf)]
    }

    pub(super) fn column_mut(&mut self, leaf: LeafId) -> &mut design::Column {
        let entity = self.kernel.entity_of(leaf);
        &mut self.tables[entity.index() as usize].columns[self.kernel.position(leaf)]
    }

    pub(super) fn columns(&self, leaves: &[LeafId]) -> Vec<String> {
        leaves
            .iter()
            .map(|leaf| self.column(*leaf).name.clone())
            .collect()
    }

    pub(super) fn column_name(&self, leaf: LeafId) -> NameId {
        let entity = self.kernel.entity_of(leaf);
        self.names.columns[entity.index() as usize][self.kernel.position(leaf)]
    }

    /// How many bytes an index over leaves takes; `None` where it can't hold them whole.
    pub(super) fn key_bytes(&self, leaves: &[LeafId]) -> Option<u32> {
        let bytes = leaves.iter().map(|leaf| types::key_bytes(self.column(*leaf).ty));
        bytes.sum::<Option<u32>>().filter(|it| *it <= types::LONGEST_KEY)
    }

    /// A wish for a name: the table's, then words.
    pub(super) fn wish(&self, entity: EntityId, words: &str, end: &str) -> String {
        let words = snake(words);
        let words: Vec<&str> = words
            .split(|it: char| !it.is_alphanumeric() && it != '_')
            .filter(|it| !it.is_empty())
            .collect();
        format!("{}_{}_{end}", self.table(entity).name, words.join("_"))
    }

    pub(super) fn piece(&mut self, piece: Piece) -> By {
        self.pieces.push(piece);
        By::Piece(self.pieces.len() - 1)
    }

    /// Answers for a rule: all its facets, or one.
    pub(super) fn answer(
        &mut self,
        rule: RuleId,
        facet: Option<Facet>,
        outcome: RuleOutcome,
        by: By,
        line: LineId,
    ) {
        self.answers.push(Answer {
            rule,
            facet,
            outcome,
            by,
            line,
        });
    }

    /// Notes the columns that a CHECK names.
    pub(super) fn note(&mut self, entity: EntityId, holds: &Sql) {
        holds.visit(&mut |it| {
            if let Sql::Column { name, .. } = it {
                self.checked.insert((entity, name.clone()));
            }
        });
    }
}

impl Indexing for Draft<'_> {
    fn ground(&self) -> Ground<'_> {
        self.on()
    }

    fn kind(&self) -> &'static Kind {
        &INDEXES
    }

    fn paths(&self, entity: EntityId) -> &[index::Path] {
        &self.paths[entity.index() as usize]
    }

    fn add_path(&mut self, entity: EntityId, path: index::Path) {
        self.paths[entity.index() as usize].push(path);
    }

    fn table_name(&self, entity: EntityId) -> NameId {
        self.names.tables[entity.index() as usize]
    }

    fn create(
        &mut self,
        entity: EntityId,
        element: ElementId,
        columns: &[(LeafId, Dir)],
        _: Option<&Pred>,
    ) -> Option<(By, usize)> {
        let (keys, whole) = self.keys(columns)?;
        let leaves: Vec<LeafId> = columns.iter().map(|(leaf, _)| *leaf).collect();
        let wish = self.wish(entity, &self.columns(&leaves).join("_"), "idx");
        let by = self.piece(Piece {
            entity,
            element,
            noun: "index",
            wish,
            body: Body::Index(design::Index {
                name: String::new(),
                keys,
                unique: false,
            }),
        });
        Some((by, whole))
    }
}

impl Draft<'_> {
    /// The keys of an index over columns, as far as it holds them, and how many of them it holds whole.
    fn keys(&self, columns: &[(LeafId, Dir)]) -> Option<(Vec<design::IndexKey>, usize)> {
        let mut nothing = Nothing;
        let express = Express::new(self.on(), &mut nothing);
        let (mut keys, mut whole, mut bytes) = (Vec::new(), None, 0);
        for (at, (leaf, dir)) in columns.iter().enumerate() {
            let ty = self.column(*leaf).ty;
            let folds = self.kernel.leaves[*leaf].ignore_case;
            let fits = types::key_bytes(ty).filter(|it| bytes + it <= types::LONGEST_KEY);
            // What is cut takes so much; what folds is an expression, which can't be cut, and no more can a document.
            let cut = 4 * PREFIX;
            let can_be_cut = ty != design::ColumnType::Json && !folds && bytes + cut <= types::LONGEST_KEY;
            let prefix = match fits {
                Some(_) => None,
                None if can_be_cut => Some(PREFIX),
                None => break,
            };
            if prefix.is_some() {
                whole.get_or_insert(at);
            }
            bytes += fits.unwrap_or(cut);
            keys.push(design::IndexKey {
                by: express.compared(None, *leaf),
                prefix,
                descending: *dir == Dir::Desc,
            });
        }
        let held = keys.len();
        (held > 0).then(|| (keys, whole.unwrap_or(held)))
    }
}

impl Changing for Draft<'_> {
    fn ground(&self) -> Ground<'_> {
        self.on()
    }

    fn refuse(&mut self, trigger: Refusing) -> By {
        let rule = &self.kernel.rules[trigger.rule];
        let wish = self.wish(rule.entity, change::stem(&rule.name), trigger.end);
        let raises = trigger.raises.and_then(|by| match by {
            By::Piece(at) => Some(at),
            By::Nothing | By::Named(_) => None,
        });
        self.piece(Piece {
            entity: rule.entity,
            element: rule.element,
            noun: "trigger",
            wish,
            body: Body::Trigger(
                design::Trigger {
                    name: String::new(),
                    raises: String::new(),
                    event: trigger.event,
                    refused: trigger.refused,
                },
                raises,
            ),
        })
    }

    fn answer(&mut self, rule: RuleId, facet: Option<Facet>, outcome: RuleOutcome, by: By, line: LineId) {
        Draft::answer(self, rule, facet, outcome, by, line);
    }

    fn line(&self) -> LineId {
        capability::TRIGGER
    }

    /// What foreign keys do passes triggers by.
    fn follows(&self) -> Vec<Sql> {
        Vec::new()
    }
}

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let (tables, names) = table::name(cx);
    let mut draft = Draft {
        kernel,
        tables,
        names,
        pieces: Vec::new(),
        paths: kernel.entities.ids().map(|_| Vec::new()).collect(),
        checked: BTreeSet::new(),
        referable: BTreeSet::new(),
        answers: Vec::new(),
    };
    for (rule, _) in kernel.rules.iter() {
        rule::lower(&mut draft, rule);
    }
    // What foreign keys may do depends on what CHECKs name.
    for (rule, it) in kernel.rules.iter() {
        if let RuleKind::Reference { .. } = it.kind {
            reference::lower(&mut draft, rule);
        }
    }
    table::decide(cx);
    let queries = index::lower(&mut draft, cx);
    let names = name_pieces(&draft, cx);
    let name = |by: By| match by {
        By::Nothing => None,
        By::Named(id) => Some(id),
        By::Piece(at) => names.get(at).copied(),
    };
    for answer in &draft.answers {
        let by = name(answer.by);
        match answer.facet {
            None => cx
                .coverage
                .rule(kernel, answer.rule, &answer.outcome, by, answer.line),
            Some(facet) => cx.coverage.rule_facet(
                kernel,
                (answer.rule, facet),
                answer.outcome.clone(),
                by,
                answer.line,
            ),
        }
    }
    for answer in queries {
        let facets = kernel.queries[answer.query].facets;
        for facet in facets.iter() {
            cx.coverage.answer(
                facet,
                Outcome::Query(answer.outcome.clone()),
                name(answer.by),
                answer.line,
            );
        }
    }
    for (facet, of) in kernel.facets.iter() {
        match of.subject {
            Subject::Write(_) | Subject::Entity(_) => cx.coverage.answer(
                facet,
                Outcome::Write(WriteOutcome::Atomic {
                    bound: None,
                    at_most: None,
                }),
                None,
                capability::TRANSACTION,
            ),
            Subject::Rule(_) | Subject::Query(_) | Subject::Fact(_) => {}
        }
    }
    fact::lower(
        kernel,
        cx,
        &fact::Lines {
            names: capability::NAMES,
            comment: capability::COMMENT,
            estimate: capability::ESTIMATE,
            unused: capability::UNUSED,
        },
    );
    assemble(draft, options, &names, cx)
}

/// Primary keys have one name in all tables; everything else is named in the schema.
fn name_pieces(draft: &Draft<'_>, cx: &mut Lowering<'_>) -> Vec<NameId> {
    let table = |piece: &Piece| draft.names.tables[piece.entity.index() as usize];
    let rest: Vec<Wanted<'_>> = draft
        .pieces
        .iter()
        .filter(|piece| !matches!(piece.body, Body::Key(_)))
        .map(|piece| Wanted {
            element: piece.element,
            noun: piece.noun,
            within: Some(table(piece)),
            name: piece.wish.as_str().into(),
        })
        .collect();
    let mut rest = cx.namer.scope(table::SCHEMA, &rest).into_iter();
    let mut names = Vec::with_capacity(draft.pieces.len());
    for piece in &draft.pieces {
        if let Body::Key(_) = piece.body {
            let key = Wanted {
                element: piece.element,
                noun: piece.noun,
                within: Some(table(piece)),
                name: PRIMARY.into(),
            };
            let scope = format!("key of {}", cx.namer.name(table(piece)));
            names.extend(cx.namer.scope(scope, &[key]));
        } else {
            names.extend(rest.next());
        }
    }
    names
}

fn assemble(draft: Draft<'_>, options: &Options, names: &[NameId], cx: &Lowering<'_>) -> Design {
    let Draft {
        kernel,
        mut tables,
        pieces,
        ..
    } = draft;
    let text = |id: &NameId| cx.namer.name(*id).to_string();
    for (piece, name) in pieces.into_iter().zip(names) {
        let name = text(name);
        let table = &mut tables[piece.entity.index() as usize];
        match piece.body {
            Body::Key(columns) => table.key = columns,
            Body::Check(it) => table.checks.push(design::Check { name, ..it }),
            Body::ForeignKey(it) => table.foreign_keys.push(design::ForeignKey { name, ..it }),
            Body::Index(it) => table.indexes.push(design::Index { name, ..it }),
            Body::Sequence(leaf) => table.columns[kernel.position(leaf)].sequence = Some(name),
            Body::Trigger(it, raises) => {
                let raises = raises
                    .and_then(|at| names.get(at))
                    .map_or_else(|| name.clone(), text);
                table.triggers.push(design::Trigger { name, raises, ..it });
            }
        }
    }
    Design {
        format: <Design as dbspec_core::backend::DesignData>::FORMAT,
        version: options.version,
        model: kernel.name.clone(),
        tables,
    }
}
