//! `dbspec coverage`: what each target does for every query, write, rule and fact.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use dbspec::backend::view::{
    About, Cell as Outcome, CoverageFile, Matrix, OutcomeKind, Section, TargetCoverage,
};
use dbspec::syntax::nearest;

use crate::args::{Coverage, Format};
use crate::failure::Failure;
use crate::output::{BAD, FAINT, FAIR, GOOD, POOR, STRONG};
use crate::table::{Cell, Table};
use crate::target::Compilation;
use crate::{output, target};

pub(crate) fn run(args: &Coverage) -> Result<(), Failure> {
    let compilation = target::compile(&args.of)?;
    let mut file = file(&compilation);
    let wanted = |outcome: &OutcomeKind| args.only.is_empty() || args.only.contains(&outcome.word());
    match args.of.model.style.format {
        Format::Json => {
            for target in &mut file.targets {
                target.outcomes.retain(|it| wanted(&it.outcome));
            }
            output::out_json(&file)?;
        }
        Format::Text => output::out(&text(&file, &Matrix::filtered(&file, wanted)))?,
    }
    Ok(())
}

/// The coverage of all targets as data.
pub(crate) fn file(compilation: &Compilation) -> CoverageFile {
    let targets = compilation
        .pairs()
        .map(|(target, lowered)| TargetCoverage::of(target.clone(), lowered));
    CoverageFile::new(&*compilation.kernel.name, targets.collect())
}

/// An outcome as it is written in options: `not-served`.
pub(crate) fn outcome_word(text: &str) -> Result<&'static str, String> {
    let spelt = text.replace(['-', '_'], " ");
    OutcomeKind::WORDS
        .into_iter()
        .find(|word| *word == spelt)
        .ok_or_else(|| {
            let known = OutcomeKind::WORDS.map(|word| word.replace(' ', "-"));
            let near = nearest(text, known.iter().map(String::as_str));
            let hint = near.map(|near| format!("did you mean `{near}`? "));
            format!("{}known: {}", hint.unwrap_or_default(), known.join(", "))
        })
}

/// How an outcome looks.
pub(crate) fn style(outcome: &OutcomeKind) -> Style {
    match outcome {
        // What a call takes at its largest may be beyond the bound, and is then refused.
        OutcomeKind::Atomic {
            bound: Some(bound),
            at_most: Some(most),
        } if most > bound => POOR,
        OutcomeKind::Enforced
        | OutcomeKind::Served { .. }
        | OutcomeKind::Atomic { .. }
        | OutcomeKind::Used => GOOD,
        OutcomeKind::Guarded { .. } | OutcomeKind::FullRead { .. } => FAIR,
        OutcomeKind::Settled { .. } | OutcomeKind::Audited { .. } => POOR,
        OutcomeKind::Unsupported | OutcomeKind::NotServed { .. } => BAD,
        OutcomeKind::Unused => FAINT,
    }
}

fn text(file: &CoverageFile, matrix: &Matrix<'_>) -> String {
    let mut text = String::new();
    let _ = write!(text, "{}", totals(file));
    for section in &matrix.sections {
        let _ = write!(text, "\n{}", self::section(matrix, section));
    }
    let reasons = reasons(matrix, file);
    if !reasons.is_empty() {
        let _ = write!(text, "\n{STRONG}Why{STRONG:#}\n{reasons}");
    }
    text
}

fn totals(file: &CoverageFile) -> Table {
    let names = file.targets.iter().map(|it| it.target.to_string());
    let mut table = Table::new(
        std::iter::once(file.model.clone())
            .chain(names)
            .map(|it| Cell::from(&it)),
    );
    for word in OutcomeKind::WORDS {
        let counts: Vec<u64> = file
            .targets
            .iter()
            .map(|it| it.summary.get(word).copied().unwrap_or(0))
            .collect();
        if counts.iter().any(|count| *count > 0) {
            let counts = counts.iter().map(u64::to_string);
            table.row(
                std::iter::once(word.to_owned())
                    .chain(counts)
                    .map(|it| Cell::from(&it)),
            );
        }
    }
    table
}

fn section(matrix: &Matrix<'_>, section: &Section<'_>) -> Table {
    let title = match (section.about, section.entity) {
        (About::Query, _) => "Queries".to_owned(),
        (About::Write, _) => "Writes".to_owned(),
        (About::Rule, Some(entity)) => format!("Rules of {entity}"),
        (About::Rule, None) => "Rules".to_owned(),
        (About::Fact, _) => "Facts".to_owned(),
    };
    let plain = section.about == About::Query;
    let mut heading = vec![Cell::from(&title)];
    if !plain {
        heading.push(Cell::from(""));
    }
    heading.extend(matrix.targets.iter().map(|it| Cell::from(&it.name)));
    let mut table = Table::new(heading);
    for row in &section.rows {
        let mut cells = vec![Cell::from(row.path)];
        if !plain {
            cells.push(Cell::from(&row.what.join(", ")));
        }
        cells.extend(
            row.cells
                .iter()
                .map(|cell| Cell::styled(&cell.text(), style(cell.outcome))),
        );
        table.row(cells);
    }
    table
}

/// Why things aren't the best there is: one line a reason and target, with how often it is one.
fn reasons(matrix: &Matrix<'_>, file: &CoverageFile) -> String {
    let mut text = String::new();
    for (column, target) in file.targets.iter().enumerate() {
        let mut found: BTreeMap<&str, (u64, &Outcome<'_>)> = BTreeMap::new();
        let mut instead = Vec::new();
        for row in matrix.sections.iter().flat_map(|section| &section.rows) {
            let cell = &row.cells[column];
            if let OutcomeKind::NotServed {
                instead: Some(change),
            } = cell.outcome
            {
                instead.push((row.path, change));
            }
            if !cell.is_best() {
                found.entry(cell.line).or_insert((0, cell)).0 += row.what.len() as u64;
            }
        }
        for (code, (times, cell)) in found {
            let says = target.line(code).map_or("", |line| line.says.as_str());
            let _ = writeln!(
                text,
                "  {}: {} ×{times}: {says} {FAINT}{code}{FAINT:#}",
                target.target.name,
                cell.outcome.word()
            );
        }
        for (path, change) in instead {
            let _ = writeln!(
                text,
                "  {}: {path} would be served by: {change}",
                target.target.name
            );
        }
    }
    text
}
