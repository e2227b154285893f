//! Entities, relations, fields and rules.

use super::super::text::quote;
use super::expr;
use super::layout::{Block, Body, Element, Fold};
use super::words::{self, name, path, paths};
use crate::model::{
    AtMost, Check, Derive, Direction, Entity, Expr, Field, IndexHint, Judged, Mark, MarkKind, Member,
    Modifier, ModifierKind, Moves, NoOverlap, Nulls, OnDelete, Owner, Relation, RelationEnd, Stored, Unique,
};

/// Without a text, so few members stand on one line if they fit.
const FEW: usize = 3;

pub(super) fn entity(entity: &Entity) -> Element {
    let Entity {
        docs,
        name,
        owner,
        base,
        marks,
        members,
        at,
    } = entity;
    let mut head = format!("entity {}", words::name(name));
    if let Some(Owner {
        entity,
        inverse,
        fan,
        at: _,
    }) = owner
    {
        head += &format!(
            " in {} as {}{}",
            words::name(entity),
            words::name(inverse),
            words::fan(fan)
        );
    }
    if let Some(base) = base {
        head += &format!(" is {}", words::name(base));
    }
    head += &self::marks(marks);
    let fold = if members.len() <= FEW {
        Fold::IfItFits
    } else {
        Fold::Never
    };
    Element::block(*at, head, members.iter().map(member).collect(), fold).docs(docs.as_ref())
}

pub(super) fn relation(relation: &Relation) -> Element {
    let Relation {
        docs,
        name,
        marks,
        left,
        right,
        members,
        at,
    } = relation;
    let marks = self::marks(marks);
    let head = format!(
        "relation {}{marks}: {} *--* {}",
        words::name(name),
        end(left),
        end(right)
    );
    let element = if members.is_empty() {
        Element::line(*at, head)
    } else {
        let fold = if members.len() <= FEW {
            Fold::IfItFits
        } else {
            Fold::Never
        };
        Element::block(*at, head, members.iter().map(member).collect(), fold)
    };
    element.docs(docs.as_ref())
}

fn end(end: &RelationEnd) -> String {
    let RelationEnd {
        role,
        entity,
        inverse,
        fan,
        at: _,
    } = end;
    let entity = match role {
        Some(role) => format!("({}: {})", name(role), name(entity)),
        None => name(entity),
    };
    format!("{entity}.{}{}", name(inverse), words::fan(fan))
}

fn marks(marks: &[Mark]) -> String {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| mark.kind.rank());
    sorted
        .iter()
        .map(|mark| format!(" {}", self::mark(&mark.kind)))
        .collect()
}

fn mark(kind: &MarkKind) -> String {
    match kind {
        MarkKind::Abstract => "@abstract".to_owned(),
        MarkKind::Version => "@version".to_owned(),
        MarkKind::Audit { by: None } => "@audit".to_owned(),
        MarkKind::Audit { by: Some(by) } => format!("@audit(by = {})", expr::expr(by)),
        MarkKind::SoftDelete => "@soft_delete".to_owned(),
        MarkKind::History => "@history".to_owned(),
        MarkKind::AppendOnly => "@append_only".to_owned(),
        MarkKind::Immutable => "@immutable".to_owned(),
        MarkKind::Was(old) => format!("@was({})", name(old)),
        MarkKind::Stored(stored) => self::stored(stored),
        MarkKind::External => "@external".to_owned(),
    }
}

fn stored(stored: &Stored) -> String {
    format!("@stored({}){}", quote(&stored.name), words::on(&stored.on))
}

fn member(member: &Member) -> Element {
    match member {
        Member::Field(it) => field(it),
        Member::Derive(it) => derive(it),
        Member::Check(it) => check(it),
        Member::Key(it) => Element::line(it.at, format!("key {}", paths(&it.fields))),
        Member::Unique(it) => unique(it),
        Member::Moves(it) => moves(it),
        Member::NoOverlap(it) => no_overlap(it),
        Member::Exclusive(it) => Element::line(
            it.at,
            format!("exclusive {} {}", name(&it.name), paths(&it.fields)),
        )
        .docs(it.docs.as_ref()),
        Member::AtMost(it) => at_most(it),
        Member::Determines(it) => Element::line(
            it.at,
            format!("determines {} -> {}", paths(&it.from), paths(&it.to)),
        ),
        Member::Volume(it) => {
            let growth = it
                .growth
                .as_ref()
                .map(|growth| format!(" growth {}", words::growth(growth)));
            Element::line(
                it.at,
                format!("volume {}{}", expr::expr(&it.rows), growth.unwrap_or_default()),
            )
        }
        Member::Share(it) => {
            let head = format!("share {}%", words::number(&it.percent.number));
            Element::parts(it.at, with_condition(&format!("{head} where"), &it.filter))
        }
        Member::Index(it) => index(it),
    }
}

/// A line that ends with a condition, in the parts where it may be broken.
pub(super) fn with_condition(head: &str, condition: &Expr) -> Vec<String> {
    let mut parts = expr::parts(condition);
    if let Some(first) = parts.first_mut() {
        *first = format!("{head} {first}");
    }
    parts
}

fn with_filter(head: String, filter: Option<&Expr>) -> Vec<String> {
    match filter {
        Some(filter) => with_condition(&format!("{head} where"), filter),
        None => vec![head],
    }
}

pub(super) fn field(field: &Field) -> Element {
    let Field {
        docs,
        name,
        ty,
        modifiers,
        at,
    } = field;
    let mut sorted: Vec<&Modifier> = modifiers.iter().collect();
    sorted.sort_by_key(|modifier| modifier.kind.rank());
    let (mut ty, mut rest) = (words::ty(ty), Vec::new());
    for modifier in sorted {
        match &modifier.kind {
            ModifierKind::Default(value) => ty += &format!(" = {}", expr::default(value)),
            kind => rest.push(self::modifier(kind)),
        }
    }
    let body = Body::Field {
        name: format!("{}:", words::name(name)),
        ty,
        rest: rest.join(" "),
    };
    Element {
        at: *at,
        docs: docs.clone(),
        body,
        group: "",
    }
}

fn modifier(kind: &ModifierKind) -> String {
    match kind {
        ModifierKind::Default(value) => format!("= {}", expr::default(value)),
        ModifierKind::Bounds(bounds) => words::bounds(bounds),
        ModifierKind::OnDelete(OnDelete::Restrict) => "on delete restrict".to_owned(),
        ModifierKind::OnDelete(OnDelete::Cascade) => "on delete cascade".to_owned(),
        ModifierKind::OnDelete(OnDelete::SetNull) => "on delete set null".to_owned(),
        ModifierKind::Inverse { name, fan } => format!("inverse {}{}", words::name(name), words::fan(fan)),
        ModifierKind::Sharing(names) => format!("sharing {}", words::names(names)),
        ModifierKind::Key => "@key".to_owned(),
        ModifierKind::Unique => "@unique".to_owned(),
        ModifierKind::Tenant => "@tenant".to_owned(),
        ModifierKind::Immutable => "@immutable".to_owned(),
        ModifierKind::Mutable => "@mutable".to_owned(),
        ModifierKind::IgnoreCase => "@ignore_case".to_owned(),
        ModifierKind::Matches(pattern) => format!("@matches({})", raw(pattern)),
        ModifierKind::Personal => "@personal".to_owned(),
        ModifierKind::Lookup => "@lookup".to_owned(),
        ModifierKind::Avg(number) => format!("@avg({})", words::number(number)),
        ModifierKind::P99(number) => format!("@p99({})", words::number(number)),
        ModifierKind::Nulls(percent) => format!("@nulls({}%)", words::number(&percent.number)),
        ModifierKind::Distinct(number) => format!("@distinct({})", words::number(number)),
        ModifierKind::Skew {
            distribution,
            parameter,
        } => {
            format!("@skew({} {})", name(distribution), words::number(parameter))
        }
        ModifierKind::Was(old) => format!("@was({})", name(old)),
        ModifierKind::Fill(value) => format!("@fill({})", expr::expr(value)),
        ModifierKind::Stored(stored) => self::stored(stored),
        ModifierKind::External => "@external".to_owned(),
    }
}

/// A pattern, raw wherever that is possible, so that adding a backslash changes nothing else.
fn raw(pattern: &str) -> String {
    let quoted = quote(pattern);
    if !quoted.starts_with('r') && quoted.len() == pattern.len() + 2 {
        format!("r{quoted}")
    } else {
        quoted
    }
}

fn derive(derive: &Derive) -> Element {
    let Derive {
        docs,
        name,
        was,
        ty,
        expr,
        staleness,
        at,
    } = derive;
    let was = words::was(was.as_ref());
    let mut parts = with_condition(
        &format!("derive {}{was}: {} =", words::name(name), words::ty(ty)),
        expr,
    );
    parts.extend(
        staleness
            .as_ref()
            .map(|staleness| format!("staleness {}", words::timespan(staleness))),
    );
    Element::parts(*at, parts).docs(docs.as_ref())
}

fn check(check: &Check) -> Element {
    let Check {
        docs,
        name,
        was,
        judged,
        expr,
        at,
    } = check;
    let judged = match judged {
        Judged::Always => "",
        Judged::OnWrite => " on write",
    };
    let was = words::was(was.as_ref());
    Element::parts(
        *at,
        with_condition(&format!("check {}{was}{judged}:", words::name(name)), expr),
    )
    .docs(docs.as_ref())
}

fn unique(unique: &Unique) -> Element {
    let Unique {
        docs,
        name,
        was,
        fields,
        nulls,
        filter,
        at,
    } = unique;
    let name = name
        .as_ref()
        .map(|name| format!(" {}", words::name(name)))
        .unwrap_or_default();
    let nulls = match nulls {
        Nulls::Distinct => "",
        Nulls::Equal => " nulls equal",
    };
    let head = format!(
        "unique{name}{} {}{nulls}",
        words::was(was.as_ref()),
        paths(fields)
    );
    Element::parts(*at, with_filter(head, filter.as_ref())).docs(docs.as_ref())
}

fn moves(moves: &Moves) -> Element {
    let Moves {
        docs,
        field,
        moves,
        at,
    } = moves;
    let last = moves.len().saturating_sub(1);
    let children = moves.iter().enumerate().map(|(i, it)| {
        let to: Vec<String> = it.to.iter().map(name).collect();
        let comma = if i == last { "" } else { "," };
        Element::line(it.at, format!("{} -> {}{comma}", name(&it.from), to.join(" | ")))
    });
    let sections = vec![(format!("moves {}", path(field)), children.collect())];
    let block = Block {
        sections,
        tail: String::new(),
        separator: " ",
        fold: Fold::IfItFits,
    };
    Element {
        at: *at,
        docs: docs.clone(),
        body: Body::Block(block),
        group: "",
    }
}

fn no_overlap(rule: &NoOverlap) -> Element {
    let NoOverlap {
        docs,
        name,
        fields,
        filter,
        at,
    } = rule;
    let name = name
        .as_ref()
        .map(|name| format!(" {}", words::name(name)))
        .unwrap_or_default();
    let head = format!("no overlap{name} {}", paths(fields));
    Element::parts(*at, with_filter(head, filter.as_ref())).docs(docs.as_ref())
}

fn at_most(rule: &AtMost) -> Element {
    let AtMost {
        docs,
        count,
        fields,
        filter,
        at,
    } = rule;
    let head = format!("at most {} per {}", words::count(*count), paths(fields));
    Element::parts(*at, with_filter(head, filter.as_ref())).docs(docs.as_ref())
}

fn index(index: &IndexHint) -> Element {
    let fields = index.fields.iter().map(|it| match it.direction {
        Direction::Ascending => path(&it.field),
        Direction::Descending => format!("{} desc", path(&it.field)),
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    Element::line(index.at, format!("index ({fields}){}", words::on(&index.on)))
}
