//! Backends without drivers that obey the laws, and backends that break one each.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU64, Ordering};

use dbspec_core::backend::capability::{Line, LineId, Proof, When};
use dbspec_core::backend::coverage::{
    Audit, FactOutcome, Outcome, QueryOutcome, RuleOutcome, WriteOutcome, subject_path,
};
use dbspec_core::backend::naming::{LengthUnit, Limits};
use dbspec_core::backend::{Artefact, Compile, DesignData, Faces, Lowering, Script, Wanted};
use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{Kernel, Subject};
use dbspec_testkit::laws;
use serde::{Deserialize, Serialize};

#[test]
fn the_reference_engine_obeys_the_laws() {
    assert_eq!(laws::hold(&dbspec_memory::Reference, 128), Ok(()));
}

/// What a backend does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Rest,
    Open,
    Kind,
    NoLine,
    Never,
    NoAudit,
    NotSaid,
    Unquoted,
    UnsafeFile,
    SameFile,
    Uncovered,
    BadJson,
    Impure,
    Rule,
}

static RULES: &[&Rule] = &[&SILENT];

/// A rule that nothing ever breaks.
static SILENT: Rule = Rule {
    code: Code {
        id: "W9901",
        name: "silent",
        docs: "Nothing breaks it.",
    },
    bad: "entity A { id: int32 @key }",
    good: "entity A { id: int32 @key }",
};

/// A backend that writes a table an entity, and does one thing wrong.
struct Faulty(Wrong);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sketch {
    tables: Vec<(String, String)>,
    wrong: String,
}

impl DesignData for Sketch {
    const FORMAT: u32 = 1;
}

const CAN: LineId = LineId(0);
const CANNOT: LineId = LineId(1);

static LINES: [Line; 2] = [
    Line {
        code: "TEST-CAN",
        says: "it can",
        when: When::Always,
        proof: Proof::Document,
        source: "this test",
    },
    Line {
        code: "TEST-CANNOT",
        says: "it can't",
        when: When::Never("it is a test"),
        proof: Proof::Document,
        source: "this test",
    },
];

impl Compile for Faulty {
    const NAME: &'static str = "faulty";
    type Options = ();
    type Design = Sketch;

    fn options(&self) -> &() {
        &()
    }

    fn lines(&self) -> &'static [Line] {
        &LINES
    }

    fn limits(&self) -> Limits {
        Limits {
            max_len: 60,
            unit: LengthUnit::Bytes,
            min_len: 1,
            folds_case: false,
            allowed: |it| it != '\0',
        }
    }

    fn lint(&self, _: &Kernel) -> Vec<Diagnostic> {
        Vec::new()
    }

    fn rules(&self) -> &'static [&'static Rule] {
        match self.0 {
            Wrong::Rule => RULES,
            _ => &[],
        }
    }

    fn build(&self, cx: &mut Lowering<'_>) -> Sketch {
        let kernel = cx.kernel;
        if self.0 == Wrong::Rest {
            cx.coverage.rest(kernel, CANNOT);
        }
        for (id, facet) in kernel.facets.iter() {
            let path = subject_path(kernel, id);
            let text = if self.0 == Wrong::NoAudit {
                " ".into()
            } else {
                format!("look at {path}").into()
            };
            let guarded = RuleOutcome::Guarded {
                bound: None,
                audit: Audit { text },
            };
            let instead = if self.0 == Wrong::NotSaid {
                "".into()
            } else {
                "another engine".into()
            };
            let (outcome, line) = match facet.subject {
                Subject::Rule(_) => (Outcome::Rule(guarded), CAN),
                Subject::Query(_) => (Outcome::Query(QueryOutcome::NotServed { instead }), CANNOT),
                Subject::Write(_) | Subject::Entity(_) => (Outcome::Write(WriteOutcome::NotServed), CANNOT),
                Subject::Fact(_) => (Outcome::Fact(FactOutcome::Unused), CANNOT),
            };
            let (outcome, line) = match self.0 {
                Wrong::Rest => continue,
                Wrong::Open if matches!(facet.subject, Subject::Entity(_)) => continue,
                Wrong::Kind if matches!(facet.subject, Subject::Rule(_)) => {
                    (Outcome::Fact(FactOutcome::Used), CAN)
                }
                Wrong::NoLine => (outcome, LineId(2)),
                Wrong::Never => (outcome, CANNOT),
                _ => (outcome, line),
            };
            cx.coverage.answer(id, outcome, None, line);
        }
        let wanted: Vec<Wanted<'_>> = kernel
            .entities
            .iter()
            .map(|(_, entity)| Wanted {
                element: entity.element,
                noun: "table",
                within: None,
                name: (&*entity.name).into(),
            })
            .collect();
        let names = cx.namer.scope("tables", &wanted);
        let tables = names.iter().zip(kernel.entities.iter());
        Sketch {
            tables: tables
                .map(|(name, (_, entity))| {
                    let doc = entity.doc.as_deref().unwrap_or_default();
                    (cx.namer.name(*name).to_string(), doc.to_owned())
                })
                .collect(),
            wrong: match self.0 {
                Wrong::Impure => COUNT.fetch_add(1, Ordering::Relaxed).to_string(),
                other => format!("{other:?}"),
            },
        }
    }

    fn render(design: &Sketch) -> Script {
        let mut artefact = Artefact::new(match design.wrong.as_str() {
            "UnsafeFile" => "../schema.sql",
            _ => "schema.sql",
        });
        for (name, doc) in &design.tables {
            let name = if design.wrong == "Unquoted" {
                format!("\"{name}\"")
            } else {
                format!("\"{}\"", name.replace('"', "\"\""))
            };
            let from = artefact.text.len() as u32;
            let statement = format!(
                "CREATE TABLE {name} (doc text DEFAULT '{}')",
                doc.replace('\'', "''")
            );
            artefact.text.push_str(&statement);
            artefact.statements.push(from..artefact.text.len() as u32);
            artefact.text.push_str(";\n");
        }
        if design.wrong == "Uncovered" {
            artefact.text.push_str("DROP TABLE x");
        }
        let mut artefacts = vec![artefact];
        match design.wrong.as_str() {
            "SameFile" => artefacts.push(Artefact::new("Schema.sql")),
            "BadJson" => artefacts.push(Artefact {
                file: "schema.json".to_owned(),
                text: "{\"a\": 'x'}".to_owned(),
                statements: std::iter::once(0..10).collect(),
            }),
            _ => {}
        }
        Script { artefacts }
    }

    fn faces(&self) -> Faces<'_> {
        Faces::none()
    }
}

static COUNT: AtomicU64 = AtomicU64::new(0);

#[test]
fn who_breaks_a_law_is_found() {
    assert_eq!(laws::hold(&Faulty(Wrong::Nothing), 64), Ok(()));
    for (wrong, law) in [
        (
            Wrong::Rest,
            "only an engine that can do nothing answers for all that is left at once",
        ),
        (
            Wrong::Rule,
            "a rule's bad sample raises its code, and its good one none of the engine's",
        ),
        (Wrong::Open, "each facet has exactly one outcome"),
        (Wrong::Kind, "an outcome is of its facet's kind"),
        (Wrong::NoLine, "an outcome names a line of the table"),
        (Wrong::Never, "what is done has a line that says it can be"),
        (
            Wrong::NoAudit,
            "what isn't enforced comes with what finds violations",
        ),
        (Wrong::NotSaid, "what isn't served says what would serve it"),
        (
            Wrong::Unquoted,
            "names and texts of a model stay within their quotes",
        ),
        (Wrong::UnsafeFile, "files have safe names"),
        (Wrong::SameFile, "files have names of their own"),
        (
            Wrong::Uncovered,
            "statements cover the text but for comments and separators",
        ),
        (
            Wrong::BadJson,
            "names and texts of a model stay within their quotes",
        ),
        (Wrong::Impure, "the same kernel gives the same bytes"),
    ] {
        let broken = laws::hold(&Faulty(wrong), 64).expect_err("it breaks a law");
        assert_eq!(broken.law, law, "{wrong:?}: {broken}");
    }
}
