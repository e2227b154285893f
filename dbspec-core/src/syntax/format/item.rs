//! Declarations without a room of their own.

use super::super::text::quote;
use super::entity::{entity, field, relation, with_condition};
use super::layout::{Block, Body, Element, Fold};
use super::words::{self, element, name, names};
use super::{access, expr, write};
use crate::model::{
    EnumDecl, Feed, Flow, Grant, Item, Keep, KeepBound, KeepThen, KeepWhat, Policy, PolicyKind, Role, Rows,
    Setting, SettingValue, Target, TypeDecl, TypeDeclKind, Workload, WorkloadAmount,
};

pub(super) fn item(item: &Item) -> Element {
    let (mut element, group) = match item {
        Item::Use(it) => (Element::line(it.at, format!("use {}", quote(&it.path))), "use"),
        Item::Scale(it) => {
            let line = format!("scale {} = {}", name(&it.name), words::number(&it.value));
            (Element::line(it.at, line).docs(it.docs.as_ref()), "scale")
        }
        Item::Enum(it) => (enumeration(it), "type"),
        Item::Type(it) => (type_decl(it), "type"),
        Item::Session(it) => {
            let fields = it.fields.iter().map(field).collect();
            (
                Element::block(it.at, "session".to_owned(), fields, Fold::IfItFits).docs(it.docs.as_ref()),
                "type",
            )
        }
        Item::Entity(it) => (entity(it), "entity"),
        Item::Relation(it) => (relation(it), "relation"),
        Item::Assert(it) => {
            let head = format!("assert {} on {}:", name(&it.name), name(&it.entity));
            (
                Element::parts(it.at, with_condition(&head, &it.expr)).docs(it.docs.as_ref()),
                "assert",
            )
        }
        Item::Rows(it) => (rows(it), "rows"),
        Item::Access(it) => (access::access(it), "access"),
        Item::Write(it) => (write::write(it), "write"),
        Item::Workload(it) => (workload(it), "workload"),
        Item::Flow(it) => (flow(it), "workload"),
        Item::Role(it) => (role(it), "who"),
        Item::Policy(it) => (policy(it), "who"),
        Item::Keep(it) => (keep(it), "keep"),
        Item::Operate(it) => {
            let head = it
                .target
                .as_ref()
                .map_or("operate".to_owned(), |target| format!("operate {}", name(target)));
            (
                settings(Element::line(it.at, head), &it.settings).docs(it.docs.as_ref()),
                "target",
            )
        }
        Item::Target(it) => (target(it), "target"),
        Item::Prefer(it) => {
            let line = format!(
                "prefer {} {}{}",
                name(&it.choice),
                words::path(&it.element),
                words::on(&it.on)
            );
            (Element::line(it.at, line).docs(it.docs.as_ref()), "target")
        }
        Item::Place(it) => {
            let line = format!("place {} on {}", names(&it.what), name(&it.on));
            (Element::line(it.at, line).docs(it.docs.as_ref()), "target")
        }
        Item::Cache(it) => {
            let ttl = it
                .ttl
                .as_ref()
                .map(|ttl| format!(" ttl {}", words::timespan(ttl)))
                .unwrap_or_default();
            let line = format!("cache {} on {}{ttl}", name(&it.access), name(&it.on));
            (Element::line(it.at, line).docs(it.docs.as_ref()), "target")
        }
        Item::Feed(it) => (feed(it), "target"),
    };
    element.group = group;
    element
}

fn enumeration(it: &EnumDecl) -> Element {
    let ordered = if it.ordered { " ordered" } else { "" };
    let head = format!("enum {}{}{ordered}", name(&it.name), words::was(it.was.as_ref()));
    let labels = it.labels.iter().map(|label| {
        let text = format!("{}{}", element(&label.name), words::was(label.was.as_ref()));
        Element::line(label.name.at, text).docs(label.docs.as_ref())
    });
    let labels = labels.collect();
    let block = Block {
        sections: vec![(head, labels)],
        tail: String::new(),
        separator: " ",
        fold: Fold::IfItFits,
    };
    Element {
        at: it.at,
        docs: it.docs.clone(),
        body: Body::Block(block),
        group: "",
    }
}

fn type_decl(it: &TypeDecl) -> Element {
    let head = format!("type {}{}", name(&it.name), words::was(it.was.as_ref()));
    let element = match &it.kind {
        TypeDeclKind::Domain { ty, filter: None } => {
            Element::line(it.at, format!("{head} = {}", words::ty(ty)))
        }
        TypeDeclKind::Domain {
            ty,
            filter: Some(filter),
        } => Element::parts(
            it.at,
            with_condition(&format!("{head} = {} where", words::ty(ty)), filter),
        ),
        TypeDeclKind::Value { fields } => {
            Element::block(it.at, head, fields.iter().map(field).collect(), Fold::IfItFits)
        }
    };
    element.docs(it.docs.as_ref())
}

fn rows(it: &Rows) -> Element {
    let fields = if it.fields.is_empty() {
        String::new()
    } else {
        format!(" {}", words::paths(&it.fields))
    };
    let children = it.rows.iter().map(|row| {
        let values: Vec<String> = row.values.iter().map(expr::expr).collect();
        Element::line(row.at, format!("({})", values.join(", ")))
    });
    let head = format!("rows {}{fields}", name(&it.entity));
    Element::block(it.at, head, children.collect(), Fold::Never).docs(it.docs.as_ref())
}

fn workload(it: &Workload) -> Element {
    let mut children = Vec::new();
    if let Some(total) = &it.total {
        children.push(Element::line(total.at, format!("total {}", words::rate(total))));
    }
    children.extend(it.parts.iter().map(|part| {
        let amount = match &part.amount {
            WorkloadAmount::Weight(number) => words::number(number),
            WorkloadAmount::Percent(number) => format!("{}%", words::number(number)),
            WorkloadAmount::Rate(rate) => words::rate(rate),
        };
        let name = if part.name == *"total" {
            quote(&part.name.text)
        } else {
            element(&part.name)
        };
        Element::line(part.at, format!("{name} {amount}"))
    }));
    Element::block(
        it.at,
        format!("workload {}", name(&it.name)),
        children,
        Fold::Never,
    )
    .docs(it.docs.as_ref())
}

fn flow(it: &Flow) -> Element {
    let mut children: Vec<Element> = it
        .steps
        .iter()
        .map(|step| Element::line(step.at, element(step)))
        .collect();
    let at = it.load.rate.as_ref().map(|rate| rate.at).unwrap_or_default();
    children.extend(
        (!words::load(&it.load).is_empty()).then(|| Element::line(at, words::load(&it.load).join("  "))),
    );
    Element::block(
        it.at,
        format!("flow {}", name(&it.name)),
        children,
        Fold::IfItFits,
    )
    .docs(it.docs.as_ref())
}

fn role(it: &Role) -> Element {
    let is = if it.is.is_empty() {
        String::new()
    } else {
        format!(" is {}", names(&it.is))
    };
    let head = format!("role {}{}{is}", name(&it.name), words::was(it.was.as_ref()));
    if it.grants.is_empty() && !it.is.is_empty() {
        return Element::line(it.at, head).docs(it.docs.as_ref());
    }
    let grants = it.grants.iter().map(|Grant { verb, on, at }| {
        let on: Vec<String> = on
            .iter()
            .map(|object| match object.fields.as_slice() {
                [] => name(&object.name),
                fields => format!("{} ({})", name(&object.name), names(fields)),
            })
            .collect();
        Element::line(*at, format!("{} {}", verb.word(), on.join(", ")))
    });
    Element::block(it.at, head, grants.collect(), Fold::IfItFits).docs(it.docs.as_ref())
}

fn policy(it: &Policy) -> Element {
    let kind = match it.kind {
        PolicyKind::Permit => "",
        PolicyKind::Restrict => "restrict ",
    };
    let mut verbs = it.verbs.clone();
    verbs.sort_unstable();
    let verbs: Vec<&str> = verbs.iter().map(|verb| verb.word()).collect();
    let verbs = if verbs.is_empty() {
        String::new()
    } else {
        format!(" {}", verbs.join(", "))
    };
    let was = words::was(it.was.as_ref());
    let head = format!(
        "{kind}policy {}{was} on {} for {}{verbs}:",
        name(&it.name),
        names(&it.on),
        names(&it.roles)
    );
    Element::parts(it.at, with_condition(&head, &it.expr)).docs(it.docs.as_ref())
}

fn keep(it: &Keep) -> Element {
    let Keep {
        docs,
        entity,
        what,
        bound,
        period,
        from,
        then,
        at,
    } = it;
    let what = match what {
        KeepWhat::Rows => "",
        KeepWhat::History => " history",
    };
    let bound = match bound {
        KeepBound::AtLeast => "at least",
        KeepBound::AtMost => "at most",
    };
    let mut line = format!("keep {}{what} {bound} {}", name(entity), words::period(period));
    if let Some(from) = from {
        line += &format!(" from {}", words::path(from));
    }
    match then {
        Some(KeepThen::Delete) => line += " then delete",
        Some(KeepThen::Archive) => line += " then archive",
        Some(KeepThen::Clear(values)) => line += &format!(" then clear ({})", write::assigns(values)),
        None => {}
    }
    Element::line(*at, line).docs(docs.as_ref())
}

fn target(it: &Target) -> Element {
    let Target {
        docs,
        name,
        engine,
        version,
        edition,
        options,
        at,
    } = it;
    let mut head = String::from("target ");
    if let Some(name) = name {
        head += &format!("{}: ", words::name(name));
    }
    head += &words::name(engine);
    if let Some(version) = version {
        head += &format!(" {}", version.text);
    }
    if let Some(edition) = edition {
        head += &format!(" {}", element(edition));
    }
    let line = Element::line(*at, head);
    let element = if options.is_empty() {
        line
    } else {
        settings(line, options)
    };
    element.docs(docs.as_ref())
}

/// A line with settings in braces after it.
fn settings(line: Element, settings: &[Setting]) -> Element {
    let head = match line.body {
        Body::Parts(parts) => parts.join(" "),
        Body::Field { .. } | Body::Block(_) => String::new(),
    };
    let children = settings.iter().map(|Setting { name, value, at }| {
        let name = words::name(name);
        Element::line(
            *at,
            match value {
                None => name,
                Some(SettingValue::Number(number)) => format!("{name} {}", words::number(number)),
                Some(SettingValue::Time(span)) => format!("{name} {}", words::timespan(span)),
                Some(SettingValue::Text(text)) => format!("{name} {}", quote(text)),
                Some(SettingValue::Word(word)) => format!("{name} = {}", words::name_unless(word, &[])),
            },
        )
    });
    Element::block(line.at, head, children.collect(), Fold::IfItFits)
}

fn feed(it: &Feed) -> Element {
    let Feed {
        docs,
        what,
        to,
        from,
        staleness,
        at,
    } = it;
    let mut line = format!("feed {} to {} from {}", names(what), name(to), name(from));
    if let Some(staleness) = staleness {
        line += &format!(" staleness {}", words::timespan(staleness));
    }
    Element::line(*at, line).docs(docs.as_ref())
}
