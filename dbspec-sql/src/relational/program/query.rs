//! Queries: one statement each, chosen by which optional parameters are given and by where the page goes on.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Dir, Expr, Kernel, OrderTerm, Output, Place, Query, QueryId, Scalar, Shape, Take, Term as By, Var, VarId,
};
use dbspec_core::program::{Block, Codec, Expect, Program, Purpose, Replay, Request, Slot, Step, Term};
use dbspec_core::query::CondSet;

use super::binds::Binds;
use super::output::{self, Member};
use super::outputs::Outputs;
use super::{codec, cursor, judged};
use crate::relational::express::{Express, Scope, Unsaid, is_beyond};
use crate::relational::words::Ground;
use crate::relational::{Select, Sorting, Source, Sql};

const REPLY: Slot = Slot(0);
const ROWS: Slot = Slot(1);
const ITEM: Slot = Slot(2);

/// The alias of the row that a query is about.
pub(super) const ROW: &str = "t";
/// The alias of groups or distinct outputs.
const OUT: &str = "g";

/// The steps of a query.
pub(crate) fn steps(
    on: Ground<'_>,
    id: QueryId,
    reading: &dyn Fn() -> judged::Reading,
) -> Result<Block, Unsaid> {
    let query = &on.kernel.queries[id];
    let asking = Asking { on, query };
    if is_beyond(on.kernel, query) {
        return judged::steps(&asking, reading());
    }
    // What this engine's numbers can't hold is the evaluator's as well.
    asking
        .by_given(&mut |present, nulls| asking.block(present, nulls))
        .or_else(|Unsaid| judged::steps(&asking, reading()))
}

/// A program of steps that were made for it.
pub(crate) fn program(
    kernel: &std::sync::Arc<Kernel>,
    id: QueryId,
    steps: Block,
) -> Result<Program, dbspec_core::program::Flaw> {
    Program::new(
        std::sync::Arc::clone(kernel),
        Purpose::Query(id),
        steps,
        dbspec_core::program::JudgedByEngine::default(),
    )
}

/// What a query's statements are made of.
pub(super) struct Asking<'a> {
    pub(super) on: Ground<'a>,
    pub(super) query: &'a Query,
}

/// Makes the block for the conditions that count and, where a page goes on, the cursor's pattern of nulls.
type Make<'m> = &'m mut dyn FnMut(CondSet, Option<&Vec<bool>>) -> Result<Block, Unsaid>;

/// An order's term as it is sorted by, and how its value is read and given.
pub(super) struct Ordered {
    by: Sql,
    scalar: Scalar,
    descending: bool,
    nullable: bool,
    /// Whether conditions leave none that is null.
    set: bool,
}

impl Asking<'_> {
    /// One block for each combination of optional parameters and nulls in a cursor.
    pub(super) fn by_given(&self, make: Make<'_>) -> Result<Block, Unsaid> {
        let mut optional: Vec<VarId> = self.query.conds.iter().filter_map(|cond| cond.when).collect();
        optional.sort_unstable();
        optional.dedup();
        self.by_rest(&optional, &mut Vec::new(), make)
    }

    fn by_rest(&self, optional: &[VarId], absent: &mut Vec<VarId>, make: Make<'_>) -> Result<Block, Unsaid> {
        let Some((var, rest)) = optional.split_first() else {
            return self.by_cursor(absent, make);
        };
        absent.push(*var);
        let without = self.by_rest(rest, absent, make)?;
        absent.pop();
        let with = self.by_rest(rest, absent, make)?;
        let arg = Term::Arg(u16::try_from(var.index()).unwrap_or(u16::MAX));
        Ok(vec![Step::When(Term::IsNull(Box::new(arg)), without, with)])
    }

    /// One block for the first page, and one for each pattern of nulls in a cursor.
    fn by_cursor(&self, absent: &[VarId], make: Make<'_>) -> Result<Block, Unsaid> {
        let present: CondSet = self
            .query
            .conds
            .iter()
            .enumerate()
            .filter(|(_, cond)| cond.when.is_none_or(|var| !absent.contains(&var)))
            .map(|(at, _)| at)
            .collect();
        let first = make(present, None)?;
        match self.query.take {
            Take::All | Take::Limit(_) => Ok(first),
            Take::Page(_) => {
                let further = self.by_nulls(present, &mut Vec::new(), make)?;
                Ok(vec![Step::When(Term::HasCursor, further, first)])
            }
        }
    }

    fn by_nulls(&self, present: CondSet, nulls: &mut Vec<bool>, make: Make<'_>) -> Result<Block, Unsaid> {
        let Some(term) = self.query.order.get(nulls.len()) else {
            return make(present, Some(nulls));
        };
        let at = u16::try_from(nulls.len()).unwrap_or(u16::MAX);
        nulls.push(false);
        let set = self.by_nulls(present, nulls, make)?;
        nulls.pop();
        if !self.nullable(term) {
            return Ok(set);
        }
        nulls.push(true);
        let null = self.by_nulls(present, nulls, make)?;
        nulls.pop();
        Ok(vec![Step::When(
            Term::IsNull(Box::new(Term::After(at))),
            null,
            set,
        )])
    }

    fn nullable(&self, term: &OrderTerm) -> bool {
        match &term.term {
            By::Leaf(leaf) => self.on.kernel.leaves[*leaf].nullable,
            By::Expr(_) | By::Output(_) => true,
        }
    }

    /// Whether a condition on what is sorted by leaves only rows in which it is set.
    fn is_set(&self, term: &OrderTerm, present: CondSet) -> bool {
        let By::Leaf(leaf) = &term.term else { return false };
        present.iter().map(|at| &self.query.conds[at]).any(|cond| {
            cond.leaf == Some(*leaf)
                && match cond.shape {
                    Shape::Eq | Shape::In(_) | Shape::Range(_) | Shape::Prefix => true,
                    Shape::Null | Shape::Other => false,
                }
        })
    }

    /// One statement, and what its reply means. `nulls`: the pattern of the cursor, where the page goes on.
    fn block(&self, present: CondSet, nulls: Option<&Vec<bool>>) -> Result<Block, Unsaid> {
        let params = self.params(present);
        let mut binds = Binds::new(self.on, &params);
        let (select, row, keys) = match &self.query.output {
            Output::Row | Output::Select { distinct: false, .. } => self.rows(&mut binds, present, nulls)?,
            Output::Select {
                columns,
                distinct: true,
            } => {
                let named: Vec<_> = columns.iter().collect();
                self.outputs(&mut binds, present, nulls, &named, None)?
            }
            Output::Groups(group) => {
                let named: Vec<_> = group.by.iter().chain(&group.select).collect();
                self.outputs(&mut binds, present, nulls, &named, Some(group.by.len()))?
            }
        };
        let (text, args) = binds.statement(&select);
        let request = Request {
            text,
            args,
            into: Some(REPLY),
            replay: Replay::Safe,
            expect: Expect::default(),
        };
        let reply = Term::Member(Box::new(Term::Slot(REPLY)), "rows".into());
        let found = Term::Decode(
            Codec::Each(Box::new(Codec::Items(vec![row, keys]))),
            Box::new(reply),
        );
        let nth = |of: Term, at: u16| Term::Nth(Box::new(of), at);
        let rows = Term::Map(
            Box::new(Term::Slot(ROWS)),
            ITEM,
            Box::new(nth(Term::Slot(ITEM), 0)),
        );
        let answer = |next: Term| {
            Step::Return(Term::Record(vec![
                ("rows".into(), rows.clone()),
                ("next".into(), next),
            ]))
        };
        let null = || Term::Value(dbspec_core::value::Value::Null);
        let mut block = vec![Step::Send(vec![request]), Step::Set(ROWS, found)];
        block.push(match self.query.take {
            Take::All | Take::Limit(_) => answer(null()),
            Take::Page(size) => {
                let size = u16::try_from(size).map_err(|_| Unsaid)?;
                let full = Term::Less(
                    Box::new(Term::Value(dbspec_core::value::Value::Int(i64::from(size) - 1))),
                    Box::new(Term::Len(Box::new(Term::Slot(ROWS)))),
                );
                let last = nth(nth(Term::Slot(ROWS), size.saturating_sub(1)), 1);
                Step::When(full, vec![answer(last)], vec![answer(null())])
            }
        });
        Ok(block)
    }

    /// The parameters: what a condition waits for is there, where the condition counts.
    pub(super) fn params(&self, present: CondSet) -> Vec<Var> {
        let mut params = self.query.params.clone();
        for var in present.iter().filter_map(|at| self.query.conds[at].when) {
            if let Some(param) = params.get_mut(var.index() as usize) {
                param.optional = false;
            }
        }
        params
    }

    pub(super) fn express<'b>(&'b self, binds: &'b mut Binds<'_>) -> Express<'b> {
        Express::new(self.on, binds).row(self.query.from, Some(ROW))
    }

    pub(super) fn limit(&self) -> Option<u64> {
        match self.query.take {
            Take::All => None,
            Take::Limit(most) | Take::Page(most) => Some(most),
        }
    }

    pub(super) fn table(&self) -> Source {
        Source::table(self.on.table(self.query.from), ROW)
    }

    /// The conditions that count.
    pub(super) fn conditions(&self, express: &mut Express<'_>, present: CondSet) -> Result<Vec<Sql>, Unsaid> {
        present
            .iter()
            .map(|at| express.filter(&self.query.conds[at].pred))
            .collect()
    }

    /// Rows themselves, or expressions over each.
    fn rows(
        &self,
        binds: &mut Binds<'_>,
        present: CondSet,
        nulls: Option<&Vec<bool>>,
    ) -> Result<(Select, Codec, Codec), Unsaid> {
        let query = self.query;
        let mut express = self.express(binds);
        let filter = self.conditions(&mut express, present)?;
        let ordered = self.ordered(&mut express, present)?;
        let mut members: Vec<Member> = match &query.output {
            Output::Row => output::fields(&express, self.on.kernel.entities[query.from].fields.iter(), ROW),
            Output::Select { columns, .. } => {
                let mut members = Vec::new();
                for (name, expr) in columns {
                    let (sql, scalar, codec) = output::column(&mut express, expr)?;
                    members.push((name.clone(), output::shown(self.on, sql, scalar), codec));
                }
                members
            }
            Output::Groups(_) => return Err(Unsaid),
        };
        output::with(&mut express, query.from, ROW, &mut members, &query.fetch)?;
        drop(express);
        let (object, codec) = output::object(self.on.words, &members);
        let (keys, key_codec) = self.keys(&ordered);
        let reply = self.on.words.array(&[object, keys]);
        let ranges = self.ranges(binds, &ordered, nulls);
        let sorting = self.sorting(&ordered);
        let base = |more: Option<Sql>| Select {
            from: vec![self.table()],
            filter: Some(Sql::and(filter.iter().cloned().chain(more))).filter(|it| *it != Sql::Bool(true)),
            order: sorting.clone(),
            limit: self.limit(),
            ..Select::default()
        };
        // What comes with a row is looked up for the rows that are kept alone: these are selected first.
        let simple = query.fetch.is_empty() && ranges.len() <= 1;
        if simple {
            let mut select = base(ranges.into_iter().next());
            select.columns = vec![(reply, None)];
            return Ok((select, codec, key_codec));
        }
        let whole = |mut select: Select| {
            let columns = self.on.columns(query.from);
            select.columns = columns.map(|it| (Sql::of(ROW, it), None)).collect();
            select
        };
        let mut selects: Vec<Select> = match ranges.len() {
            0 => vec![whole(base(None))],
            _ => ranges.into_iter().map(|range| whole(base(Some(range)))).collect(),
        };
        let source = match selects.len() {
            1 => Source::Sub(Box::new(selects.remove(0)), ROW.into()),
            _ => Source::Union(selects, ROW.into()),
        };
        let several = matches!(source, Source::Union(..));
        let kept = Select {
            from: vec![source],
            order: sorting.clone(),
            limit: if several { self.limit() } else { None },
            ..Select::default()
        };
        let select = if several && !query.fetch.is_empty() {
            Select {
                columns: vec![(reply, None)],
                from: vec![Source::Sub(Box::new(whole(kept)), ROW.into())],
                order: sorting,
                ..Select::default()
            }
        } else {
            Select {
                columns: vec![(reply, None)],
                ..kept
            }
        };
        Ok((select, codec, key_codec))
    }

    /// Groups, or outputs without repeats: first the outputs, then what is kept of them. `keys`: how many of them are
    /// group keys; `None`: all, of a distinct selection.
    fn outputs(
        &self,
        binds: &mut Binds<'_>,
        present: CondSet,
        nulls: Option<&Vec<bool>>,
        named: &[&(Box<str>, Expr)],
        keys: Option<usize>,
    ) -> Result<(Select, Codec, Codec), Unsaid> {
        let mut express = self.express(binds);
        let filter = self.conditions(&mut express, present)?;
        let mut inner = Select {
            from: vec![self.table()],
            filter: Some(Sql::and(filter)).filter(|it| *it != Sql::Bool(true)),
            distinct: keys.is_none(),
            ..Select::default()
        };
        let mut spelt: Vec<(Sql, Option<Scalar>)> = Vec::new();
        let mut outer: Vec<(Sql, Option<Scalar>)> = Vec::new();
        let mut members: Vec<Member> = Vec::new();
        for (at, (name, expr)) in named.iter().enumerate() {
            let aggregate = keys.is_some_and(|keys| at >= keys);
            // An aggregate speaks of rows and of the outputs before it.
            let (sql, scalar, codec) = if aggregate {
                output::column(&mut express, &Outputs(named).expr(expr))?
            } else {
                output::column(&mut express, expr)?
            };
            let column = format!("c{}", at + 1);
            inner.columns.push((sql.clone(), Some(column.clone())));
            spelt.push((sql, scalar.clone()));
            let out = Sql::of(OUT, column);
            outer.push((out.clone(), scalar.clone()));
            members.push((name.clone(), output::shown(self.on, out, scalar), codec));
        }
        inner.group = (1..=keys.unwrap_or(0)).map(Sql::number).collect();
        if let Output::Groups(group) = &self.query.output
            && let Some(having) = &group.having
        {
            // It may aggregate what doesn't come out.
            inner.having = Some(express.filter(&Outputs(named).pred(having))?);
        }
        drop(express);
        let mut over = Express::new(self.on, binds);
        over.scopes.push(Scope::Outputs(outer));
        let ordered = self.ordered(&mut over, present)?;
        drop(over);
        let (object, codec) = output::object(self.on.words, &members);
        let (key, key_codec) = self.keys(&ordered);
        let ranges = self.ranges(binds, &ordered, nulls);
        let behind = nulls.map(|_| Sql::or(ranges));
        let filter = Sql::and(behind);
        let select = Select {
            columns: vec![(self.on.words.array(&[object, key]), None)],
            from: vec![Source::Sub(Box::new(inner), OUT.into())],
            filter: Some(filter).filter(|it| *it != Sql::Bool(true)),
            order: self.sorting(&ordered),
            limit: self.limit(),
            ..Select::default()
        };
        Ok((select, codec, key_codec))
    }

    pub(super) fn ordered(
        &self,
        express: &mut Express<'_>,
        present: CondSet,
    ) -> Result<Vec<Ordered>, Unsaid> {
        let mut list = Vec::new();
        for term in &self.query.order {
            let (by, scalar) = match &term.term {
                By::Leaf(leaf) => {
                    let scalar = match &self.on.kernel.leaves[*leaf].ty {
                        dbspec_core::kernel::LeafType::Scalar(scalar) => scalar.clone(),
                        dbspec_core::kernel::LeafType::List(_) => return Err(Unsaid),
                    };
                    (express.leaf(Some(ROW), *leaf), scalar)
                }
                By::Expr(expr) => {
                    let scalar = express.kind(expr).ok_or(Unsaid)?;
                    (express.value_as(expr, Some(&scalar))?, scalar)
                }
                By::Output(at) => {
                    let expr = Expr::At(Place::Output(*at));
                    let Some(scalar) = express.kind(&expr) else {
                        continue;
                    };
                    (express.value(&expr)?, scalar)
                }
            };
            list.push(Ordered {
                by,
                scalar,
                descending: term.dir == Dir::Desc,
                nullable: self.nullable(term),
                set: self.is_set(term, present),
            });
        }
        Ok(list)
    }

    pub(super) fn sorting(&self, ordered: &[Ordered]) -> Vec<Sorting> {
        ordered
            .iter()
            .flat_map(|it| {
                let nullable = it.nullable && !it.set;
                self.on.words.sorted(it.by.clone(), it.descending, nullable)
            })
            .collect()
    }

    /// What a cursor keeps of a row; nothing, where no page goes on.
    fn keys(&self, ordered: &[Ordered]) -> (Sql, Codec) {
        match self.query.take {
            Take::All | Take::Limit(_) => (self.on.words.no_document(), Codec::Plain),
            Take::Page(_) => {
                let leaf = |it: &Ordered| dbspec_core::kernel::LeafType::Scalar(it.scalar.clone());
                let items = ordered
                    .iter()
                    .map(|it| output::shown(self.on, it.by.clone(), Some(it.scalar.clone())));
                let codecs = ordered.iter().map(|it| codec::read(self.on.kernel, &leaf(it)));
                (
                    self.on.words.array(&items.collect::<Vec<_>>()),
                    Codec::Items(codecs.collect()),
                )
            }
        }
    }

    /// The ranges behind the cursor; none without one.
    pub(super) fn ranges(
        &self,
        binds: &mut Binds<'_>,
        ordered: &[Ordered],
        nulls: Option<&Vec<bool>>,
    ) -> Vec<Sql> {
        let Some(nulls) = nulls else { return Vec::new() };
        let terms: Vec<cursor::Term> = ordered
            .iter()
            .zip(nulls)
            .enumerate()
            .map(|(at, (it, null))| cursor::Term {
                by: it.by.clone(),
                value: if *null {
                    Sql::Null
                } else {
                    let after = Term::After(u16::try_from(at).unwrap_or(u16::MAX));
                    binds.value(after, &it.scalar)
                },
                descending: it.descending,
                nullable: it.nullable,
                null: *null,
            })
            .collect();
        let ranges = cursor::after(&terms, self.on.words);
        if ranges.is_empty() {
            // Nothing is behind the last of all rows.
            vec![Sql::Bool(false)]
        } else {
            ranges
        }
    }
}
