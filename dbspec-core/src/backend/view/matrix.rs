//! Coverage as a matrix: elements down, targets across.

use std::collections::BTreeMap;

use super::outcome::{About, CoverageFile, OutcomeKind, OutcomeView, TargetCoverage};
use super::{NameView, TargetName};

/// A matrix of all targets' outcomes, in sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix<'c> {
    /// The targets: the columns.
    pub targets: Vec<&'c TargetName>,
    /// The sections: queries, writes, the rules of each entity, facts.
    pub sections: Vec<Section<'c>>,
}

/// Rows that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'c> {
    /// What the rows are about.
    pub about: About,
    /// The entity, for rules.
    pub entity: Option<&'c str>,
    /// The rows, in the model's order.
    pub rows: Vec<MatrixRow<'c>>,
}

/// An element, or several of its rules and sides with the same outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow<'c> {
    /// The path of the element; of a field's rules and facts the field's.
    pub path: &'c str,
    /// What of it: `type`, `unique`, `reference exists`.
    pub what: Vec<String>,
    /// One cell a target.
    pub cells: Vec<Cell<'c>>,
}

/// What one target does about a row.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'c> {
    /// The outcome, of the first of the row's sides.
    pub outcome: &'c OutcomeKind,
    /// What realises it.
    pub by: Option<&'c NameView>,
    /// The code of the capability line.
    pub line: &'c str,
}

impl PartialEq for Cell<'_> {
    /// Whether both read the same: word and numbers, and the reason where it isn't the best there is. What realises
    /// them may differ.
    fn eq(&self, other: &Self) -> bool {
        let text = |it: &Self| (it.outcome.word(), it.outcome.detail());
        text(self) == text(other) && (self.is_best() || self.line == other.line)
    }
}

impl Eq for Cell<'_> {}

impl Cell<'_> {
    /// Whether nothing better could be had, so that nobody asks why.
    pub fn is_best(&self) -> bool {
        match self.outcome {
            // What a call takes at its largest may be beyond the bound, and is then refused.
            OutcomeKind::Atomic {
                bound: Some(bound),
                at_most: Some(most),
            } => most <= bound,
            OutcomeKind::Enforced
            | OutcomeKind::Served { .. }
            | OutcomeKind::Atomic { .. }
            | OutcomeKind::Used => true,
            OutcomeKind::Guarded { .. }
            | OutcomeKind::Settled { .. }
            | OutcomeKind::Audited { .. }
            | OutcomeKind::Unsupported
            | OutcomeKind::FullRead { .. }
            | OutcomeKind::NotServed { .. }
            | OutcomeKind::Unused => false,
        }
    }

    /// The word and the numbers: `guarded ≤ 100`. What would serve a query stands in the reasons.
    pub fn text(&self) -> String {
        let word = self.outcome.word();
        match self.outcome {
            OutcomeKind::NotServed { .. } => word.to_owned(),
            OutcomeKind::Served { .. } | OutcomeKind::FullRead { .. } | OutcomeKind::Settled { .. } => {
                format!("{word}: {}", self.outcome.detail())
            }
            OutcomeKind::Enforced
            | OutcomeKind::Guarded { .. }
            | OutcomeKind::Audited { .. }
            | OutcomeKind::Unsupported
            | OutcomeKind::Atomic { .. }
            | OutcomeKind::Used
            | OutcomeKind::Unused => {
                let detail = self.outcome.detail();
                if detail.is_empty() {
                    word.to_owned()
                } else {
                    format!("{word} {detail}")
                }
            }
        }
    }
}

impl<'c> Matrix<'c> {
    /// The matrix of a coverage file. Targets of one model have the same facets in the same places; whatever a file has
    /// beyond the shortest list is left out.
    pub fn of(file: &'c CoverageFile) -> Self {
        Self::filtered(file, |_| true)
    }

    /// The same with those rows alone in which some target's outcome is wanted.
    pub fn filtered(file: &'c CoverageFile, wanted: impl Fn(&OutcomeKind) -> bool) -> Self {
        let height = file.targets.iter().map(|it| it.outcomes.len()).min().unwrap_or(0);
        // Sections in the order of their first row within each kind.
        let mut order: Vec<(About, Option<&str>)> = Vec::new();
        let mut found: BTreeMap<(About, Option<&str>), Vec<MatrixRow<'c>>> = BTreeMap::new();
        for at in 0..height {
            let first = &file.targets[0].outcomes[at];
            let cells: Vec<Cell<'c>> = file.targets.iter().map(|target| cell(target, at)).collect();
            if !cells.iter().any(|cell| wanted(cell.outcome)) {
                continue;
            }
            let key = section_key(first);
            let rows = found.entry(key).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            let what = what(first);
            let path = shown(first);
            match rows.last_mut() {
                Some(last) if last.path == path && last.cells == cells => {
                    if !last.what.contains(&what) {
                        last.what.push(what);
                    }
                }
                _ => rows.push(MatrixRow {
                    path,
                    what: vec![what],
                    cells,
                }),
            }
        }
        order.sort_by_key(|(about, _)| *about);
        let sections = order.into_iter().map(|(about, entity)| Section {
            about,
            entity,
            rows: found.remove(&(about, entity)).unwrap_or_default(),
        });
        Self {
            targets: file.targets.iter().map(|it| &it.target).collect(),
            sections: sections.collect(),
        }
    }
}

fn cell(target: &TargetCoverage, at: usize) -> Cell<'_> {
    let view = &target.outcomes[at];
    Cell {
        outcome: &view.outcome,
        by: view.by.as_ref(),
        line: &view.line,
    }
}

fn section_key(view: &OutcomeView) -> (About, Option<&str>) {
    match view.about {
        About::Rule => (About::Rule, view.entity.as_deref()),
        About::Query | About::Write | About::Fact => (view.about, None),
    }
}

/// The path of what a row is about: rules and facts of a field stand under the field.
fn shown(view: &OutcomeView) -> &str {
    match view.about {
        About::Query | About::Write => &view.path,
        About::Rule | About::Fact => match view.path.rsplit_once('.') {
            Some((field, rest)) if field.contains('.') && !rest.ends_with('"') => field,
            Some(_) | None => &view.path,
        },
    }
}

fn what(view: &OutcomeView) -> String {
    let kind = match view.path.strip_prefix(shown(view)) {
        // A check goes by its name.
        Some(name) if view.kind == "check" && name.starts_with('.') => format!("check {}", &name[1..]),
        Some(_) | None => view.kind.clone(),
    };
    match &view.facet {
        Some(facet) if view.kind != *facet => format!("{kind} {facet}"),
        Some(_) | None => kind,
    }
}
