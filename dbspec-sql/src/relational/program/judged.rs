//! Queries that SQL can't say whole: rows that may do are read, and the evaluator answers on them.
//!
//! What can be said narrows them, and where all conditions and the order can, so does the page. The rest is read as the
//! evaluator asks for it, all in one snapshot.

use dbspec_core::kernel::{Output, Query};
use dbspec_core::program::{Block, Codec, Expect, Replay, Request, Slot, Step, Term};
use dbspec_core::query::CondSet;
use dbspec_core::value::Value;

use super::binds::Binds;
use super::output;
use super::query::{Asking, ROW};
use crate::relational::express::{Beyond, Unsaid};
use crate::relational::{Select, Sql};

/// Slots behind those that reading takes.
const REPLY: Slot = Slot(20);
const CANDIDATES: Slot = Slot(21);
const ANSWER: Slot = Slot(22);

/// How an engine reads what the evaluator asks for.
pub(crate) struct Reading {
    /// The words with which a transaction begins that sees one snapshot.
    pub(crate) begin: &'static str,
    /// Where needs are put.
    pub(crate) needs: Slot,
    /// Reads what they ask for.
    pub(crate) round: Step,
}

/// The program's steps.
pub(super) fn steps(asking: &Asking<'_>, reading: Reading) -> Result<Block, Unsaid> {
    let mut body = asking.by_given(&mut |present, nulls| Ok(candidates(asking, present, nulls)))?;
    let round = vec![
        Step::Answer {
            candidates: Term::Slot(CANDIDATES),
            needs: reading.needs,
            into: ANSWER,
        },
        reading.round,
    ];
    body.push(Step::Loop {
        body: round,
        again: Term::Less(
            Box::new(Term::Value(Value::Int(0))),
            Box::new(Term::Len(Box::new(Term::Slot(reading.needs)))),
        ),
    });
    body.push(Step::Return(Term::Slot(ANSWER)));
    Ok(vec![Step::Atomic {
        begin: reading.begin.into(),
        body,
    }])
}

/// Reads the rows that may do.
fn candidates(asking: &Asking<'_>, present: CondSet, nulls: Option<&Vec<bool>>) -> Block {
    let query = asking.query;
    let kernel = asking.on.kernel;
    let params = asking.params(present);
    let mut beyond = Beyond::new(kernel, &params, query.from);
    let mut binds = Binds::new(asking.on, &params);
    let mut express = asking.express(&mut binds);
    let mut filter = Vec::new();
    let mut whole = is_of_rows(query) && !beyond.order(query);
    for at in present.iter() {
        let pred = &query.conds[at].pred;
        // An engine whose numbers are shorter says less than SQL could.
        let said = if beyond.pred(pred) {
            Err(Unsaid)
        } else {
            express.filter(pred)
        };
        whole &= said.is_ok();
        filter.extend(said);
    }
    let ordered = if whole {
        asking.ordered(&mut express, present).ok()
    } else {
        None
    };
    let cut = ordered.is_some();
    let ordered = ordered.unwrap_or_default();
    let (row, codec) = output::row(&express, query.from, ROW);
    drop(express);
    if cut && nulls.is_some() {
        filter.push(Sql::or(asking.ranges(&mut binds, &ordered, nulls)));
    }
    let select = Select {
        columns: vec![(row, None)],
        from: vec![asking.table()],
        filter: Some(Sql::and(filter)).filter(|it| *it != Sql::Bool(true)),
        order: asking.sorting(&ordered),
        limit: asking.limit().filter(|_| cut),
        ..Select::default()
    };
    let (text, args) = binds.statement(&select);
    let request = Request {
        text,
        args,
        into: Some(REPLY),
        replay: Replay::Safe,
        expect: Expect::default(),
    };
    let rows = Term::Member(Box::new(Term::Slot(REPLY)), "rows".into());
    vec![
        Step::Send(vec![request]),
        Step::Set(
            CANDIDATES,
            Term::Decode(Codec::Each(Box::new(codec)), Box::new(rows)),
        ),
    ]
}

/// Whether each row that is kept comes out as one.
fn is_of_rows(query: &Query) -> bool {
    match query.output {
        Output::Row | Output::Select { distinct: false, .. } => true,
        Output::Select { distinct: true, .. } | Output::Groups(_) => false,
    }
}
