//! The shop, from its description to an answer: compiles it for every engine that it states, shows what each does for
//! its queries, writes and rules, and answers a query from its rows on the reference engine.
//!
//! `cargo run --quiet --example shop`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use dbspec::backend::view::{About, CoverageFile, Matrix, OutcomeKind, TargetCoverage};
use dbspec::{Memory, diag, rows, targets};
use serde_json::{Map, json};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    let mut out = io::stdout().lock();

    // Text to kernel: everything that is wrong is found at once.
    let text = std::fs::read_to_string(folder.join("schema.dbspec"))?;
    let sources = diag::SourceMap::single("examples/shop/schema.dbspec", text.as_str());
    let review = dbspec::check::review(dbspec::parse(&text));
    let Some(kernel) = review.kernel else {
        let found = diag::render::render_all(&review.found, &sources, diag::render::Style::Plain);
        return Err(found.into());
    };
    writeln!(
        out,
        "{}: {} entities, {} rules, {} queries, {} writes",
        kernel.name,
        kernel.entities.len(),
        kernel.rules.len(),
        kernel.queries.len(),
        kernel.writes.len()
    )?;

    // Kernel to design, scripts and coverage, for each target that the model states.
    let (stated, found) = targets::stated(&kernel);
    for diagnostic in &found {
        writeln!(out, "{}", diagnostic.message)?;
    }
    let mut coverages = Vec::new();
    for target in stated {
        let lowered = target.backend.compile(&kernel, None)?;
        let script = target.backend.script(&*lowered.design)?;
        for artefact in &script.artefacts {
            writeln!(
                out,
                "{}: {} with {} statements",
                target.name,
                artefact.file,
                artefact.iter().count()
            )?;
        }
        coverages.push(TargetCoverage::of(target.name, &lowered));
    }
    let coverage = CoverageFile::new(kernel.name.as_str(), coverages);
    show(&mut out, &coverage)?;

    // Rows, and a query, on the reference engine.
    let mut shop = Memory::new(kernel.clone());
    let mut given = Vec::new();
    for (entity, it) in kernel.entities.iter() {
        let file = folder.join(format!("rows/{}.jsonl", it.name));
        if let Ok(text) = std::fs::read_to_string(&file) {
            let rows =
                rows::rows_of(&kernel, entity, &text).map_err(|it| format!("{}: {it}", file.display()))?;
            given.extend(rows.into_iter().map(|row| (entity, row)));
        }
    }
    let mut loaded = 0;
    for unit in rows::units(&kernel, given) {
        loaded += shop.load(unit)?;
    }
    writeln!(out, "\n{loaded} rows in memory")?;
    let mut args = Map::new();
    args.insert("start".to_owned(), json!("2026-01-25"));
    args.insert("end".to_owned(), json!("2026-02-05"));
    let (answer, _) = shop.query("sales_by_day", &args, None)?;
    writeln!(out, "sales_by_day from 2026-01-25 to 2026-02-05:")?;
    for row in &answer {
        writeln!(out, "  {row}")?;
    }
    Ok(())
}

/// Queries and writes one by one, rules and facts counted by outcome.
fn show(out: &mut impl Write, coverage: &CoverageFile) -> io::Result<()> {
    let matrix = Matrix::of(coverage);
    for (column, target) in coverage.targets.iter().enumerate() {
        writeln!(out, "\n{}", target.target)?;
        let mut counts: BTreeMap<About, BTreeMap<&str, u64>> = BTreeMap::new();
        for view in &target.outcomes {
            let counts = counts.entry(view.about).or_default();
            *counts.entry(view.outcome.word()).or_default() += 1;
        }
        for section in &matrix.sections {
            match section.about {
                About::Query | About::Write => {
                    for row in &section.rows {
                        let cell = &row.cells[column];
                        writeln!(out, "  {} {}: {}", row.path, row.what.join(", "), cell.text())?;
                    }
                }
                About::Rule | About::Fact => {}
            }
        }
        for (about, noun) in [(About::Rule, "rules"), (About::Fact, "facts")] {
            let counts = counts.remove(&about).unwrap_or_default();
            let words = OutcomeKind::WORDS.iter();
            let parts: Vec<String> = words
                .filter_map(|word| Some(format!("{} {word}", counts.get(word)?)))
                .collect();
            writeln!(out, "  {noun}: {}", parts.join(", "))?;
        }
    }
    Ok(())
}
