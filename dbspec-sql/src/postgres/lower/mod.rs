//! Kernel → design, outcomes and decisions.
//!
//! First all tables and columns are named, then each rule becomes pieces (constraints, indexes, sequences) and answers;
//! the pieces are named together at last, so that a name never depends on the order of rules.

mod end;
mod reference;
mod rule;
mod table;

use std::collections::BTreeMap;

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::Wanted;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, RuleOutcome, WriteOutcome};
use dbspec_core::backend::naming::{NameId, Noun};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Facet, Kernel, LeafId, Pred, RuleId, Subject};

use super::capability;
use super::design::{self, Design, Table};
use super::keywords::Quoting;
use super::options::Options;
use crate::relational::change::{self, Changing, Refusing};
use crate::relational::express::{Express, Nothing};
use crate::relational::index::{self, By, Indexing, Kind};
use crate::relational::naming::snake;
use crate::relational::{Ground, Infix, Sql, fact};

/// A constraint, an index or a sequence that has no name yet.
pub(super) struct Piece {
    pub(super) entity: EntityId,
    pub(super) element: ElementId,
    pub(super) noun: Noun,
    pub(super) wish: String,
    pub(super) body: Body,
}

/// What it is, its name left empty.
pub(super) enum Body {
    Key(design::Unique),
    Unique(design::Unique),
    Check(design::Check),
    Exclusion(design::Exclusion),
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
    pub(super) options: &'a Options,
    pub(super) tables: Vec<Table>,
    pub(super) table_names: Vec<NameId>,
    pub(super) column_names: Vec<Vec<NameId>>,
    pub(super) pieces: Vec<Piece>,
    pub(super) extensions: Vec<String>,
    /// By entity, its keys and indexes as queries see them.
    pub(super) paths: Vec<Vec<index::Path>>,
    /// Unique constraints by their columns.
    uniques: BTreeMap<(EntityId, Vec<String>), usize>,
    answers: Vec<Answer>,
}

impl Draft<'_> {
    /// What translations stand on.
    pub(super) fn ground(&self) -> Ground<'_> {
        Ground {
            kernel: self.kernel,
            tables: &self.tables,
            words: &Quoting,
        }
    }

    pub(super) fn table(&self, entity: EntityId) -> &Table {
        &self.tables[entity.index() as usize]
    }

    pub(super) fn column(&self, leaf: LeafId) -> &str {
        let entity = self.kernel.entity_of(leaf);
        &self.table(entity).columns[self.kernel.position(leaf)].name
    }

    pub(super) fn columns(&self, leaves: &[LeafId]) -> Vec<String> {
        leaves.iter().map(|leaf| self.column(*leaf).to_owned()).collect()
    }

    pub(super) fn column_name(&self, leaf: LeafId) -> NameId {
        let entity = self.kernel.entity_of(leaf);
        self.column_names[entity.index() as usize][self.kernel.position(leaf)]
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

    /// A unique constraint over columns that a reference will name: it is judged at once. Whether there is one.
    pub(super) fn refers_to(&mut self, entity: EntityId, columns: &[String]) -> bool {
        let at = self.uniques.get(&(entity, columns.to_vec()));
        match at.and_then(|at| self.pieces.get_mut(*at)).map(|it| &mut it.body) {
            Some(Body::Unique(it)) => {
                it.deferred = false;
                true
            }
            _ => false,
        }
    }

    pub(super) fn piece(&mut self, piece: Piece) -> By {
        if let Body::Unique(it) = &piece.body {
            self.uniques
                .insert((piece.entity, it.columns.clone()), self.pieces.len());
        }
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
}

/// What PostgreSQL's indexes are like. Pages one after the other are four times as cheap to its planner as pages here and
/// there (`random_page_cost`).
const INDEXES: Kind = Kind {
    nulls: index::Nulls::Last,
    holding: index::Holding::Filtered,
    references: index::Columns::AnyOrder,
    ahead: 4,
    index: capability::INDEX,
    full_read: capability::FULL_READ,
    no_index: capability::NO_INDEX,
    evaluated: capability::EVALUATED,
};

impl Indexing for Draft<'_> {
    fn ground(&self) -> Ground<'_> {
        Draft::ground(self)
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
        self.table_names[entity.index() as usize]
    }

    fn create(
        &mut self,
        entity: EntityId,
        element: ElementId,
        columns: &[(LeafId, Dir)],
        filter: Option<&Pred>,
    ) -> Option<(By, usize)> {
        let filter = match filter {
            None => None,
            Some(filter) => Some(rule::local_filter(self, entity, filter)?),
        };
        let keys = {
            let mut nothing = Nothing;
            let express = Express::new(Draft::ground(self), &mut nothing);
            let key = |(leaf, dir): &(LeafId, Dir)| design::IndexKey {
                by: express.compared(None, *leaf),
                descending: *dir == Dir::Desc,
            };
            columns.iter().map(key).collect()
        };
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
                nulls_equal: false,
                filter,
            }),
        });
        Some((by, columns.len()))
    }
}

impl Changing for Draft<'_> {
    fn ground(&self) -> Ground<'_> {
        Draft::ground(self)
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
                    events: vec![trigger.event],
                    judges: design::Judges::Change(trigger.refused),
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

    /// What triggers do, and a second change of a row that the transaction has changed already.
    fn follows(&self) -> Vec<Sql> {
        let current = Sql::call("pg_current_xact_id", []).cast("xid");
        vec![
            Sql::call("pg_trigger_depth", []).infix(Infix::Gt, Sql::number(0)),
            Sql::of("old", "xmin").infix(Infix::Eq, current),
        ]
    }
}

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let (tables, table_names, column_names) = table::name(cx);
    let mut draft = Draft {
        kernel,
        options,
        tables,
        table_names,
        column_names,
        pieces: Vec::new(),
        extensions: Vec::new(),
        paths: kernel.entities.ids().map(|_| Vec::new()).collect(),
        uniques: BTreeMap::new(),
        answers: Vec::new(),
    };
    for (rule, _) in kernel.rules.iter() {
        rule::lower(&mut draft, rule);
    }
    table::decide(cx);
    rule::decide(&draft, cx);
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
    assemble(draft, &names, cx)
}

fn name_pieces(draft: &Draft<'_>, cx: &mut Lowering<'_>) -> Vec<NameId> {
    let wanted: Vec<Wanted<'_>> = draft
        .pieces
        .iter()
        .map(|piece| Wanted {
            element: piece.element,
            noun: piece.noun,
            within: Some(draft.table_names[piece.entity.index() as usize]),
            name: piece.wish.as_str().into(),
        })
        .collect();
    cx.namer.scope(table::SCHEMA, &wanted)
}

fn assemble(draft: Draft<'_>, names: &[NameId], cx: &Lowering<'_>) -> Design {
    let Draft {
        kernel,
        options,
        mut tables,
        pieces,
        extensions,
        ..
    } = draft;
    let text = |id: &NameId| cx.namer.name(*id).to_string();
    for (piece, name) in pieces.into_iter().zip(names) {
        let name = text(name);
        let table = &mut tables[piece.entity.index() as usize];
        match piece.body {
            Body::Key(it) => table.key = Some(design::Unique { name, ..it }),
            Body::Unique(it) => table.uniques.push(design::Unique { name, ..it }),
            Body::Check(it) => table.checks.push(design::Check { name, ..it }),
            Body::Exclusion(it) => table.exclusions.push(design::Exclusion { name, ..it }),
            Body::ForeignKey(it) => table.foreign_keys.push(design::ForeignKey { name, ..it }),
            Body::Index(it) => table.indexes.push(design::Index { name, ..it }),
            Body::Trigger(it, raises) => {
                let raises = raises
                    .and_then(|at| names.get(at))
                    .map_or_else(|| name.clone(), text);
                table.triggers.push(design::Trigger { name, raises, ..it });
            }
            Body::Sequence(leaf) => {
                let column = &mut table.columns[kernel.position(leaf)];
                column.default = Some(crate::relational::Sql::call(
                    "nextval",
                    [
                        crate::relational::Sql::Text(crate::postgres::keywords::quoted(&name))
                            .cast("regclass"),
                    ],
                ));
                column.sequence = Some(name);
            }
        }
    }
    Design {
        format: <Design as dbspec_core::backend::DesignData>::FORMAT,
        version: options.version,
        model: kernel.name.clone(),
        extensions,
        tables,
    }
}
