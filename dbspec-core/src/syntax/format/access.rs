//! Access patterns and parameters.

use super::expr;
use super::layout::{Block, Body, Element, Fold};
use super::words::{self, path, paths};
use crate::model::{
    Access, Consistency, Direction, Fetch, OrderTerm, Param, Projection, Rate, Source, Timespan, Window,
};
use crate::span::Span;

pub(super) fn access(access: &Access) -> Element {
    let Access {
        docs,
        name,
        was,
        params,
        sources,
        group_by,
        having,
        select,
        distinct,
        ..
    } = access;
    let head = format!(
        "access {}{}{}",
        words::name(name),
        words::was(was.as_ref()),
        self::params(params)
    );
    let mut lines = Vec::new();
    for (i, Source { entity, filter, at }) in sources.iter().enumerate() {
        let from = if i == 0 { "from" } else { "also from" };
        let mut parts = expr::conditions(filter);
        match parts.first_mut() {
            Some(first) => *first = format!("{from} {} where {first}", words::name(entity)),
            None => parts.push(format!("{from} {}", words::name(entity))),
        }
        lines.push(Element::parts(*at, parts));
    }
    let mut shape = Clauses::default();
    if !group_by.is_empty() {
        let terms: Vec<String> = group_by.iter().map(expr::expr).collect();
        shape.push(
            group_by.iter().map(|term| term.at),
            format!("group by {}", terms.join(", ")),
        );
    }
    if let Some(having) = having {
        shape.push([having.at], format!("having {}", expr::expr(having)));
    }
    if !select.is_empty() {
        let distinct = if *distinct { "distinct " } else { "" };
        shape.push(
            select.iter().map(|it| it.at),
            format!("select {distinct}{}", projections(select)),
        );
    } else if *distinct {
        shape.push([], "distinct".to_owned());
    }
    lines.extend(shape.element());
    lines.extend(rows(access).element());
    lines.extend(facts(access).element());
    let block = Block {
        sections: vec![(head, lines)],
        tail: String::new(),
        separator: "   ",
        fold: Fold::Never,
    };
    Element {
        at: access.at,
        docs: docs.clone(),
        body: Body::Block(block),
        group: "",
    }
}

/// Which rows come, in which order, with what.
fn rows(access: &Access) -> Clauses {
    let Access {
        order_by,
        window,
        with,
        deleted,
        ..
    } = access;
    let mut clauses = Clauses::default();
    if !order_by.is_empty() {
        clauses.push(
            order_by.iter().map(|term| term.at),
            format!("order by {}", order_terms(order_by)),
        );
    }
    match window {
        Some(Window::Page(rows)) => clauses.push([], format!("page {}", words::count(*rows))),
        Some(Window::Limit(rows)) => clauses.push([], format!("limit {}", words::count(*rows))),
        None => {}
    }
    if *deleted {
        clauses.push([], "with deleted".to_owned());
    }
    if !with.is_empty() {
        let fetches: Vec<String> = with.iter().map(fetch).collect();
        clauses.push(
            with.iter().map(|fetch| fetch.at),
            format!("with {}", fetches.join(", ")),
        );
    }
    clauses
}

/// How often, how fast, how fresh.
fn facts(access: &Access) -> Clauses {
    let Access {
        load,
        rows,
        staleness,
        consistency,
        full_read,
        ..
    } = access;
    let mut clauses = Clauses::default();
    let rates = [&load.rate, &load.peak]
        .into_iter()
        .flatten()
        .map(|Rate { at, .. }| *at);
    let spans = [&load.p99, staleness]
        .into_iter()
        .flatten()
        .map(|Timespan { at, .. }| *at);
    clauses.spans.extend(rates.chain(spans));
    clauses.texts.extend(words::load(load));
    if let Some(rows) = rows {
        clauses.push([], format!("rows {}", words::count(*rows)));
    }
    if let Some(staleness) = staleness {
        clauses.push([], format!("staleness {}", words::timespan(staleness)));
    }
    match consistency {
        Some(Consistency::Strong) => clauses.push([], "consistency strong".to_owned()),
        Some(Consistency::Eventual) => clauses.push([], "consistency eventual".to_owned()),
        None => {}
    }
    if *full_read {
        clauses.push([], "full read".to_owned());
    }
    clauses
}

/// Clauses that share a line, and the places they came from.
#[derive(Default)]
struct Clauses {
    spans: Vec<Span>,
    texts: Vec<String>,
}

impl Clauses {
    fn push(&mut self, spans: impl IntoIterator<Item = Span>, text: String) {
        self.spans.extend(spans);
        self.texts.push(text);
    }

    fn element(self) -> Option<Element> {
        let at = self.spans.iter().fold(Span::NONE, |at, span| at.to(*span));
        // Three spaces between clauses, as the parts themselves have one between them.
        let last = self.texts.len().checked_sub(1)?;
        let parts = self
            .texts
            .into_iter()
            .enumerate()
            .map(|(i, text)| if i == last { text } else { text + "  " });
        Some(Element::parts(at, parts.collect()))
    }
}

/// ` (customer: -> Customer, since: timestamp?)`, or nothing.
pub(super) fn params(params: &[Param]) -> String {
    if params.is_empty() {
        return String::new();
    }
    let params: Vec<String> = params
        .iter()
        .map(|Param { name, ty, fan, at: _ }| {
            format!("{}: {}{}", words::name(name), words::ty(ty), words::fan(fan))
        })
        .collect();
    format!(" ({})", params.join(", "))
}

pub(super) fn projections(projections: &[Projection]) -> String {
    let texts: Vec<String> = projections
        .iter()
        .map(|Projection { expr, alias, at: _ }| match alias {
            Some(alias) => format!("{} as {}", expr::expr(expr), words::name(alias)),
            None => expr::expr(expr),
        })
        .collect();
    texts.join(", ")
}

fn order_terms(terms: &[OrderTerm]) -> String {
    let texts: Vec<String> = terms
        .iter()
        .map(
            |OrderTerm {
                 expr,
                 direction,
                 at: _,
             }| match direction {
                Direction::Ascending => expr::expr(expr),
                Direction::Descending => format!("{} desc", expr::expr(expr)),
            },
        )
        .collect();
    texts.join(", ")
}

fn fetch(fetch: &Fetch) -> String {
    let Fetch {
        path,
        fields,
        order_by,
        limit,
        at: _,
    } = fetch;
    let mut text = match path.names.as_slice() {
        [only] => words::name_unless(only, &["deleted"]),
        _ => self::path(path),
    };
    if !fields.is_empty() {
        text += &format!(" {}", paths(fields));
    }
    match order_by.as_slice() {
        [] => {}
        [only] => text += &format!(" order by {}", order_terms(std::slice::from_ref(only))),
        several => text += &format!(" order by ({})", order_terms(several)),
    }
    if let Some(limit) = limit {
        text += &format!(" limit {}", words::count(*limit));
    }
    text
}
