//! What the evaluator lacks: one statement for each kind of need, whatever their number.

use std::collections::BTreeMap;

use dbspec_core::kernel::{EntityId, FieldId, Filling, LeafId, Nulls, RuleKind};
use dbspec_core::program::{Block, Codec, Doc, Expect, Replay, Request, Step, Term, Want};

use super::{ITEM, NEED, REPLY, ROW, SOME, Writing, member, same};
use crate::relational::express::{Express, Nothing};
use crate::relational::program::{codec, output};
use crate::relational::{Select, Source, Sql};

impl Writing<'_> {
    /// Blocks by want.
    pub(super) fn fetches(&self) -> BTreeMap<Box<str>, Block> {
        let kernel = self.on.kernel;
        let mut blocks = BTreeMap::new();
        let mut add = |want: Want, block: Block| blocks.insert(want.text(kernel), block);
        for entity in kernel.entities.ids() {
            let key = kernel.key_leaves(entity);
            add(
                Want::Row(entity),
                self.rows(entity, "key", &key, &|express| {
                    self.equal(express, &key, Nulls::Distinct)
                }),
            );
            add(Want::All(entity), self.all(entity));
        }
        for (field, it) in kernel.fields.iter() {
            if let dbspec_core::kernel::Type::Ref(to) = it.ty {
                let key = kernel.key_leaves(to);
                let leaves: Vec<LeafId> = it.leaves.iter().collect();
                let named = |express: &Express<'_>| self.equal(express, &leaves, Nulls::Distinct);
                add(Want::Children(field), self.rows(it.entity, "key", &key, &named));
                add(Want::Count(field), self.count(it.entity, &key, &leaves));
            }
        }
        for (id, rule) in kernel.rules.iter() {
            match &rule.kind {
                RuleKind::Unique { leaves, nulls, .. } => {
                    let alike = |express: &Express<'_>| self.equal(express, leaves, *nulls);
                    add(Want::Same(id), self.rows(rule.entity, "values", leaves, &alike));
                }
                RuleKind::AtMost { leaves, .. } => {
                    let alike = |express: &Express<'_>| self.equal(express, leaves, Nulls::Distinct);
                    add(Want::Same(id), self.rows(rule.entity, "values", leaves, &alike));
                }
                RuleKind::Overlap { by, .. } => {
                    let alike = |express: &Express<'_>| self.equal(express, by, Nulls::Distinct);
                    add(Want::Same(id), self.rows(rule.entity, "values", by, &alike));
                }
                RuleKind::Default {
                    field,
                    filling: Filling::Sequence,
                    ..
                } => {
                    if let Some(block) = self.numbers(*field) {
                        add(Want::Next(*field), block);
                    }
                }
                _ => {}
            }
        }
        blocks
    }

    /// A statement that reads what the needs in a slot ask for.
    fn ask(&self, text: String, name: &str, leaves: &[LeafId]) -> Step {
        let all = Term::Map(Box::new(Term::Slot(SOME)), ITEM, Box::new(member(ITEM, name)));
        let given = Codec::Document(Box::new(Codec::Each(Box::new(self.values(leaves)))));
        Step::Send(vec![Request {
            text: text.into(),
            args: Doc::List(vec![Doc::Hole(Term::Encode(given, Box::new(all)))]),
            into: Some(REPLY),
            replay: Replay::Safe,
            expect: Expect::default(),
        }])
    }

    /// Each need learns the second of those pairs whose first is its own key.
    fn learn(&self, name: &str, leaves: &[LeafId], codec: Codec) -> Vec<Step> {
        let keys = leaves
            .iter()
            .map(|leaf| codec::read(self.on.kernel, &self.on.kernel.leaves[*leaf].ty));
        let pair = Codec::Items(vec![Codec::Items(keys.collect()), codec]);
        let reply = Term::Member(Box::new(Term::Slot(REPLY)), "rows".into());
        let nth = |at: u16| Term::Nth(Box::new(Term::Slot(ITEM)), at);
        let mine = Term::Filter(
            Box::new(Term::Slot(REPLY)),
            ITEM,
            Box::new(same(nth(0), member(NEED, name))),
        );
        vec![
            Step::Set(REPLY, Term::Decode(Codec::Each(Box::new(pair)), Box::new(reply))),
            Step::Each {
                over: Term::Slot(SOME),
                item: NEED,
                body: vec![Step::Learn {
                    need: Term::Slot(NEED),
                    found: Term::Map(Box::new(mine), ITEM, Box::new(nth(1))),
                }],
            },
        ]
    }

    /// The rows for which a condition holds with the values that are given.
    fn rows(
        &self,
        entity: EntityId,
        name: &str,
        leaves: &[LeafId],
        condition: &dyn Fn(&Express<'_>) -> Vec<Sql>,
    ) -> Block {
        let mut nothing = Nothing;
        let express = Express::new(self.on, &mut nothing).row(entity, Some(ROW));
        let (row, codec) = output::row(&express, entity, ROW);
        let filter = Sql::and(condition(&express));
        let text = self.print(&Select {
            columns: vec![(express.on.words.array(&[self.edits.item(), row]), None)],
            from: vec![self.given(leaves), Source::table(self.on.table(entity), ROW)],
            filter: Some(filter).filter(|it| *it != Sql::Bool(true)),
            ..Select::default()
        });
        let mut block = vec![self.ask(text, name, leaves)];
        block.extend(self.learn(name, leaves, codec));
        block
    }

    /// How many living rows name each key that is given.
    fn count(&self, entity: EntityId, key: &[LeafId], leaves: &[LeafId]) -> Block {
        let mut nothing = Nothing;
        let express = Express::new(self.on, &mut nothing).row(entity, Some(ROW));
        let mut filter = self.equal(&express, leaves, Nulls::Distinct);
        if let Some(deleted) = self.on.kernel.entities[entity].soft_delete {
            filter.push(express.leaf(Some(ROW), deleted).is_null());
        }
        let count = Sql::Scalar(Box::new(Select {
            columns: vec![(Sql::call("count", [Sql::Number("*".into())]), None)],
            from: vec![Source::table(self.on.table(entity), ROW)],
            filter: Some(Sql::and(filter)),
            ..Select::default()
        }));
        let text = self.print(&Select {
            columns: vec![(express.on.words.array(&[self.edits.item(), count]), None)],
            from: vec![self.given(key)],
            ..Select::default()
        });
        let mut block = vec![self.ask(text, "key", key)];
        let learn = self.learn("key", key, Codec::Plain);
        // One number, rather than a list of them.
        block.extend(learn.into_iter().map(|step| {
            match step {
                Step::Each { over, item, body } => Step::Each {
                    over,
                    item,
                    body: body
                        .into_iter()
                        .map(|step| match step {
                            Step::Learn { need, found } => Step::Learn {
                                need,
                                found: Term::Nth(Box::new(found), 0),
                            },
                            other => other,
                        })
                        .collect(),
                },
                other => other,
            }
        }));
        block
    }

    /// All rows.
    fn all(&self, entity: EntityId) -> Block {
        let mut nothing = Nothing;
        let express = Express::new(self.on, &mut nothing).row(entity, Some(ROW));
        let (row, codec) = output::row(&express, entity, ROW);
        let text = self.print(&Select {
            columns: vec![(row, None)],
            from: vec![Source::table(self.on.table(entity), ROW)],
            ..Select::default()
        });
        let reply = Term::Member(Box::new(Term::Slot(REPLY)), "rows".into());
        vec![
            Step::Send(vec![Request {
                text: text.into(),
                args: Doc::List(Vec::new()),
                into: Some(REPLY),
                replay: Replay::Safe,
                expect: Expect::default(),
            }]),
            Step::Each {
                over: Term::Slot(SOME),
                item: NEED,
                body: vec![Step::Learn {
                    need: Term::Slot(NEED),
                    found: Term::Decode(Codec::Each(Box::new(codec)), Box::new(reply)),
                }],
            },
        ]
    }

    /// The next numbers of a sequence, as many as each need asks for.
    fn numbers(&self, field: FieldId) -> Option<Block> {
        let leaf = self.on.kernel.fields[field].leaves.first()?;
        let count = Term::Encode(
            Codec::NumberText(dbspec_core::program::Number::Int),
            Box::new(member(NEED, "count")),
        );
        let requests = self.edits.numbers(self.on, leaf, count, REPLY)?;
        Some(vec![Step::Each {
            over: Term::Slot(SOME),
            item: NEED,
            body: vec![
                Step::Send(requests),
                Step::Learn {
                    need: Term::Slot(NEED),
                    found: Term::Member(Box::new(Term::Slot(REPLY)), "rows".into()),
                },
            ],
        }])
    }
}
