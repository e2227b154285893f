//! Design → one file that `cypher-shell` runs.

use dbspec_core::backend::{Artefact, Script};

use super::design::{Constraint, Demand, Design, HELD, NAME, Node};
use crate::cypher::{node, property, quoted};

/// The digits of a digest.
const DIGITS: &str = "['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f']";

/// The file of a design.
pub(super) fn render(design: &Design) -> Script {
    let mut artefact = Artefact::new("schema.cypher");
    let mut add = |statement: &str| {
        let start = artefact.text.len();
        artefact.text.push_str(statement);
        let range = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        artefact.statements.push(range(start)..range(artefact.text.len()));
        artefact.text.push_str(";\n");
    };
    for (label, name) in [&design.locks, &design.numbers] {
        if label.is_empty() {
            continue;
        }
        let properties = vec![NAME.to_owned()];
        add(&constraint(
            label,
            &Constraint {
                name: name.clone(),
                properties,
                demand: Demand::Unique,
            },
        ));
    }
    for it in &design.nodes {
        for of in &it.constraints {
            add(&constraint(&it.label, of));
        }
        for group in &it.groups {
            if let (Some(name), Some(kept)) = (&group.index, &group.kept) {
                add(&index(it, name, &[kept.as_str()]));
            }
        }
        for of in &it.indexes {
            let names: Vec<&str> = of
                .leaves
                .iter()
                .map(|at| it.properties[*at].name.as_str())
                .collect();
            add(&index(it, &of.name, &names));
        }
    }
    if !design.locks.0.is_empty() {
        add(&format!(
            "UNWIND {DIGITS} AS a UNWIND {DIGITS} AS b MERGE (l:{} {{{}: a + b}}) SET {} = true",
            quoted(&design.locks.0),
            quoted(NAME),
            property("l", HELD)
        ));
    }
    Script {
        artefacts: vec![artefact],
    }
}

fn listed(names: &[&str]) -> String {
    let all: Vec<String> = names.iter().map(|name| property("n", name)).collect();
    all.join(", ")
}

fn constraint(label: &str, of: &Constraint) -> String {
    let names: Vec<&str> = of.properties.iter().map(String::as_str).collect();
    let demand = match &of.demand {
        Demand::Unique => format!("({}) IS UNIQUE", listed(&names)),
        Demand::Key => format!("({}) IS NODE KEY", listed(&names)),
        Demand::Exists => format!("{} IS NOT NULL", listed(&names)),
        Demand::Type(ty) => format!("{} IS :: {ty}", listed(&names)),
    };
    format!(
        "CREATE CONSTRAINT {} FOR {} REQUIRE {demand}",
        quoted(&of.name),
        node("n", label)
    )
}

fn index(of: &Node, name: &str, properties: &[&str]) -> String {
    format!(
        "CREATE RANGE INDEX {} FOR {} ON ({})",
        quoted(name),
        node("n", &of.label),
        listed(properties)
    )
}
