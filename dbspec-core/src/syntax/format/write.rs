//! Declared writes.

use super::entity::with_condition;
use super::expr;
use super::layout::{Block, Body, Element, Fold};
use super::words::{self, name, paths};
use crate::model::{Assign, Expr, If, Insert, InsertRow, Matching, Name, Statement, Upsert, Write};
use crate::span::Span;

pub(super) fn write(write: &Write) -> Element {
    let Write {
        docs,
        name,
        was,
        params,
        statements,
        load,
        at,
    } = write;
    let params = super::access::params(params);
    let head = format!("write {}{}{params}", words::name(name), words::was(was.as_ref()));
    let mut children: Vec<Element> = statements.iter().map(statement).collect();
    let spans = [&load.rate, &load.peak].into_iter().flatten().map(|rate| rate.at);
    let at_load = spans
        .chain(load.p99.as_ref().map(|p99| p99.at))
        .fold(Span::NONE, Span::to);
    let load = words::load(load);
    if !load.is_empty() {
        children.push(Element::line(at_load, load.join("   ")));
    }
    let block = Block {
        sections: vec![(head, children)],
        tail: String::new(),
        separator: "   ",
        fold: Fold::Never,
    };
    Element {
        at: *at,
        docs: docs.clone(),
        body: Body::Block(block),
        group: "",
    }
}

fn statement(statement: &Statement) -> Element {
    match statement {
        Statement::Insert(it) => insert(it),
        Statement::Upsert(it) => upsert(it),
        Statement::Update(it) => {
            let mut parts = matched("update", it.matching, &it.entity, it.filter.as_ref(), &it.require);
            parts.push(format!("set {}{}", assigns(&it.set), or_skip(it.or_skip)));
            Element::parts(it.at, parts)
        }
        Statement::Delete(it) => {
            let mut parts = matched("delete", it.matching, &it.entity, it.filter.as_ref(), &it.require);
            parts.extend(it.or_skip.then(|| "or skip".to_owned()));
            Element::parts(it.at, parts)
        }
        Statement::Restore(it) => {
            let mut parts = matched(
                "restore",
                it.matching,
                &it.entity,
                it.filter.as_ref(),
                &it.require,
            );
            parts.extend(it.or_skip.then(|| "or skip".to_owned()));
            Element::parts(it.at, parts)
        }
        Statement::Read(it) => {
            let mut parts = matched("read", Matching::One, &it.entity, it.filter.as_ref(), &it.require);
            parts.push(format!("as {}{}", name(&it.alias), or_skip(it.or_skip)));
            Element::parts(it.at, parts)
        }
        Statement::For(it) => {
            let head = format!("for {} in {}", name(&it.variable), expr::path(&it.list));
            Element::block(
                it.at,
                head,
                it.body.iter().map(self::statement).collect(),
                Fold::Never,
            )
        }
        Statement::If(it) => if_then(it),
        Statement::Require(it) => Element::parts(it.at, with_condition("require", &it.expr)),
        Statement::Return(it) => Element::line(
            it.at,
            format!("return {}", super::access::projections(&it.values)),
        ),
    }
}

fn or_skip(or_skip: bool) -> &'static str {
    if or_skip { " or skip" } else { "" }
}

/// `update Order where …`, then each `require …`.
fn matched(
    verb: &str,
    matching: Matching,
    entity: &Name,
    filter: Option<&Expr>,
    require: &[Expr],
) -> Vec<String> {
    let each = match matching {
        Matching::One => "",
        Matching::Each => " each",
    };
    let head = format!("{verb}{each} {}", words::name_unless(entity, &["each"]));
    let mut parts = match filter {
        Some(filter) => with_condition(&format!("{head} where"), filter),
        None => vec![head],
    };
    parts.extend(
        require
            .iter()
            .map(|condition| format!("require {}", expr::expr(condition))),
    );
    parts
}

fn insert(insert: &Insert) -> Element {
    let Insert {
        row,
        alias,
        into,
        values,
        or_skip,
        at,
    } = insert;
    let row = match row {
        InsertRow::Named(row) => name(row),
        InsertRow::Param(param) => format!("${}", name(param)),
    };
    let mut head = format!("insert {row}");
    if let Some(alias) = alias {
        head += &format!(" as {}", name(alias));
    }
    if let Some(into) = into {
        head += &format!(" into {}", expr::path(into));
    }
    let tail = self::or_skip(*or_skip);
    if values.is_empty() {
        return Element::line(*at, head + tail);
    }
    with_values(*at, head, values, tail.to_owned())
}

fn upsert(upsert: &Upsert) -> Element {
    let Upsert {
        entity,
        by,
        alias,
        values,
        set,
        at,
    } = upsert;
    let mut head = format!("upsert {}", name(entity));
    if !by.is_empty() {
        head += &format!(" by {}", paths(by));
    }
    if let Some(alias) = alias {
        head += &format!(" as {}", name(alias));
    }
    let tail = if set.is_empty() {
        String::new()
    } else {
        format!(" set {}", assigns(set))
    };
    with_values(*at, head, values, tail)
}

fn with_values(at: Span, head: String, values: &[Assign], tail: String) -> Element {
    let children = values
        .iter()
        .map(|value| Element::line(value.at, assign(value)))
        .collect();
    let block = Block {
        sections: vec![(head, children)],
        tail,
        separator: "  ",
        fold: Fold::IfItFits,
    };
    Element {
        at,
        docs: None,
        body: Body::Block(block),
        group: "",
    }
}

pub(super) fn assign(assign: &Assign) -> String {
    format!("{} = {}", words::path(&assign.field), expr::expr(&assign.value))
}

pub(super) fn assigns(assigns: &[Assign]) -> String {
    assigns.iter().map(assign).collect::<Vec<_>>().join(", ")
}

fn if_then(it: &If) -> Element {
    let mut sections = Vec::new();
    let mut current = it;
    loop {
        let word = if sections.is_empty() { "if" } else { "else if" };
        let head = format!("{word} {}", expr::expr(&current.condition));
        sections.push((head, current.then.iter().map(statement).collect()));
        match current.otherwise.as_slice() {
            [] => break,
            [Statement::If(next)] => current = next,
            otherwise => {
                sections.push(("else".to_owned(), otherwise.iter().map(statement).collect()));
                break;
            }
        }
    }
    let block = Block {
        sections,
        tail: String::new(),
        separator: "   ",
        fold: Fold::Never,
    };
    Element {
        at: it.at,
        docs: None,
        body: Body::Block(block),
        group: "",
    }
}
