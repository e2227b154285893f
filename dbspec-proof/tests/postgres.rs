//! Witnesses of what is claimed of PostgreSQL, by its own client: what is enforced is refused by the constraint that the
//! design names, and the row at the edge is accepted; what is guarded is accepted, and the audit finds it.
#![allow(clippy::panic)]

use std::process::Command;

use dbspec_core::backend::coverage::{Outcome, RuleOutcome, subject_path};
use dbspec_core::backend::{Compile, Lowered};
use dbspec_core::kernel::Facet;
use dbspec_sql::Postgres;
use dbspec_sql::postgres::Design;

const MODEL: &str = r#"model witness
enum Level ordered { low high }
enum Kind { open closed }
entity Owner {
  id: int32 @key
  name: string(5) @unique @ignore_case
  east: int32?
  west: int32?
  unique pair (east, west) nulls equal
}
entity Child {
  id: int32 @key
  parent: -> Owner on delete restrict inverse children 0..2
  friend: -> Owner? on delete set null
  tenant: -> Owner? on delete cascade
  mate: -> Child? on delete set null sharing parent
  amount: decimal(6, 2)?
  ratio: float64?
  at: timestamp?
  day: date?
  clock: time?
  level: Level = low
  kind: Kind = open
  tags: list<string(3)> 0..2
  blob: bytes(3)?
  secret: hashed?
  code: string(9)? @matches(r"[A-Z]{3}-[0-9]+")
  check quotient: amount / (amount - 1) > 0
  check known: tenant.east > 0
  unique one_closed (parent) where kind == closed
  at most 2 per (level) where kind == open
}
entity Stay { id: int32 @key  room: int32  during: range<date>  no overlap (room, during) }
"#;

/// Rows that there are before each witness.
const ROWS: &str = "
    insert into owner values (1, 'Ann', 1, null), (2, 'Bob', 2, 2), (3, 'Cy', -1, null);
    insert into child (id, parent_id, tags) values (1, 1, '[]');
    insert into stay values (1, 7, '2026-01-01', '2026-01-05');";

/// What breaks a rule, the constraint that refuses it (none: its type or NOT NULL does), and what is at the edge.
const ENFORCED: &[(&str, &str, &str)] = &[
    (
        "insert into stay values (1, 8, '2026-01-01', '2026-01-05')",
        "stay_pkey",
        "insert into stay values (2, 8, '2026-01-01', '2026-01-05')",
    ),
    (
        "insert into stay values (2, 7, '2026-01-04', '2026-01-09')",
        "stay_no_overlap_room_during_excl",
        "insert into stay values (2, 7, '2026-01-05', '2026-01-09')",
    ),
    (
        "insert into stay values (2, 8, '2026-01-05', '2026-01-05')",
        "stay_during_whole_check",
        "insert into stay values (2, 8, '2026-01-05', '2026-01-06')",
    ),
    (
        "insert into stay values (2, null, '2026-01-05', '2026-01-06')",
        "",
        "insert into stay values (2, 0, '2026-01-05', '2026-01-06')",
    ),
    (
        "update owner set name = 'Annabel'",
        "owner_name_size",
        "update owner set name = 'Annab' where id = 1",
    ),
    (
        "update owner set name = 'aNN' where id = 2",
        "owner_name_key",
        "update owner set name = 'Änn' where id = 2",
    ),
    (
        "update owner set east = 1 , west = null where id = 2",
        "owner_east_west_key",
        "update owner set east = 1, west = 0 where id = 2",
    ),
    (
        "update child set parent_id = 9",
        "child_parent_id_fkey",
        "update child set parent_id = 3",
    ),
    (
        "delete from owner where id = 1",
        "child_parent_id_fkey",
        "begin; delete from owner where id = 1; delete from child; commit",
    ),
    (
        "insert into child (id, parent_id, mate_id, tags) values (2, 2, 1, '[]')",
        "child_mate_id_parent_id_fkey",
        "insert into child (id, parent_id, mate_id, tags) values (2, 1, 1, '[]')",
    ),
    (
        "insert into child (id, parent_id, kind, tags) values (2, 1, 'closed', '[]'), (3, 1, 'closed', '[]')",
        "child_one_closed_key",
        "insert into child (id, parent_id, kind, tags) values (2, 1, 'closed', '[]'), (3, 2, 'closed', '[]')",
    ),
    (
        "update child set amount = 'NaN'",
        "child_amount_type",
        "update child set amount = 9999.99",
    ),
    (
        "update child set amount = 10000",
        "",
        "update child set amount = -9999.99",
    ),
    (
        "update child set amount = 1",
        "child_quotient_check",
        "update child set amount = 1.01",
    ),
    (
        "update child set amount = 0.5",
        "child_quotient_check",
        "update child set amount = null",
    ),
    (
        "update child set ratio = 'NaN'",
        "child_ratio_type",
        "update child set ratio = 1.7976931348623157e308",
    ),
    (
        "update child set ratio = '-Infinity'",
        "child_ratio_type",
        "update child set ratio = -1.7976931348623157e308",
    ),
    (
        "update child set at = 'infinity'",
        "child_at_type",
        "update child set at = '9999-12-31 23:59:59.999999+00'",
    ),
    (
        "update child set at = '0001-12-31 23:59:59+00 BC'",
        "child_at_type",
        "update child set at = '0001-01-01 00:00:00+00'",
    ),
    (
        "update child set day = '10000-01-01'",
        "child_day_type",
        "update child set day = '9999-12-31'",
    ),
    (
        "update child set clock = '24:00'",
        "child_clock_type",
        "update child set clock = '23:59:59.999999'",
    ),
    (
        "update child set level = 2",
        "child_level_type",
        "update child set level = 1",
    ),
    (
        "update child set kind = 'Open'",
        "child_kind_type",
        "update child set kind = 'closed'",
    ),
    (
        "update child set tags = '{}'",
        "",
        "update child set tags = '[\"äöü\", \"\"]'",
    ),
    (
        "update child set tags = '[1]'",
        "child_tags_type",
        "update child set tags = '[\"1\"]'",
    ),
    (
        "update child set tags = '[\"abcd\"]'",
        "child_tags_item_size",
        "update child set tags = '[\"a\\nb\"]'",
    ),
    (
        "update child set tags = '[\"\",\"\",\"\"]'",
        "child_tags_items",
        "update child set tags = '[\"\",\"\"]'",
    ),
    (
        "update child set blob = '\\x00010203'",
        "child_blob_size",
        "update child set blob = '\\x000102'",
    ),
    (
        "update child set secret = 'correct horse'",
        "child_secret_hash",
        "update child set secret = '$scrypt$ln=14$K8mQ'",
    ),
    (
        "update child set code = E'ABC-1\\n'",
        "child_code_matches_check",
        "update child set code = 'ABC-1'",
    ),
];

/// What breaks a rule that the engine doesn't know, and how the audit names it.
const GUARDED: &[(&str, &str, &str)] = &[
    (
        "insert into child (id, parent_id, tags) values (2, 2, '[]'), (3, 2, '[]')",
        "0",
        "Holds",
    ),
    ("update child set tenant_id = 3", "1", "Holds"),
];

/// Engines that are tested, where tests are to run on live ones; says what is left out otherwise.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn engines() -> Vec<(u16, String)> {
    if std::env::var("DBSPEC_LIVE").as_deref() != Ok("1") {
        eprintln!("left out: PostgreSQL 13 and 18 (DBSPEC_LIVE isn't 1)");
        return Vec::new();
    }
    [13, 18]
        .into_iter()
        .map(|version| {
            let variable = format!("DBSPEC_TEST_POSTGRES{version}_URL");
            let url = std::env::var(&variable)
                .unwrap_or_else(|_| panic!("DBSPEC_LIVE is 1, but {variable} is not set"));
            (version, url)
        })
        .collect()
}

/// Runs statements; what was said, where they were refused.
fn psql(url: &str, text: &str) -> Result<String, String> {
    let run = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--set=VERBOSITY=verbose",
        ])
        .args(["--dbname", url, "--command", text])
        .output()
        .unwrap_or_else(|error| panic!("psql: {error}"));
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

/// A database of its own with the model and its rows, dropped afterwards.
fn with_database(test: &str, run: impl Fn(u16, &str, &Lowered<Design>)) {
    let kernel =
        dbspec_core::check::check(dbspec_core::syntax::parse(MODEL)).unwrap_or_else(|it| panic!("{it:?}"));
    for (version, server) in engines() {
        let name = format!("witness_{test}_{}", std::process::id());
        let done = |text: &str| psql(&server, text).unwrap_or_else(|error| panic!("{version}: {error}"));
        done(&format!("drop database if exists {name}"));
        done(&format!(
            "create database {name} template template0 encoding 'UTF8'"
        ));
        let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
        let url = format!("{base}/{name}");
        let lowered = Postgres::new(version)
            .lower(&kernel, None)
            .unwrap_or_else(|error| panic!("{error}"));
        for artefact in Postgres::render(&lowered.design).artefacts {
            psql(&url, &artefact.text).unwrap_or_else(|error| panic!("{version}: {error}"));
        }
        psql(&url, ROWS).unwrap_or_else(|error| panic!("{version}: {error}"));
        let wrong = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(version, &url, &lowered)));
        done(&format!("drop database {name}"));
        if let Err(wrong) = wrong {
            std::panic::resume_unwind(wrong);
        }
    }
}

#[test]
fn postgres_refuses_what_it_claims_to() {
    with_database("enforced", |version, url, _| {
        for (bad, constraint, edge) in ENFORCED {
            match psql(url, &format!("begin; {bad}; commit")) {
                Ok(_) => panic!("{version} accepts {bad}"),
                Err(said) => {
                    let named = format!("CONSTRAINT NAME:  {constraint}");
                    assert!(
                        constraint.is_empty() || said.contains(&named),
                        "{version}: {bad} is refused by another: {said}"
                    );
                }
            }
            let edge = if edge.starts_with("begin") {
                edge.replace("; commit", "; set constraints all immediate; rollback")
            } else {
                format!("begin; {edge}; set constraints all immediate; rollback")
            };
            if let Err(said) = psql(url, &edge) {
                panic!("{version}: {edge} is refused: {said}");
            }
        }
        // What deleting a row does.
        let acted = "begin; update child set friend_id = 2; delete from owner where id = 2; \
                     select count(*) from child where friend_id is null; rollback";
        assert_eq!(psql(url, acted).as_deref(), Ok("1\n"), "{version}: set null");
        let acted = "begin; update child set tenant_id = 2; delete from owner where id = 2; \
                     select count(*) from child; rollback";
        assert_eq!(psql(url, acted).as_deref(), Ok("0\n"), "{version}: cascade");
    });
}

#[test]
fn audits_find_what_postgres_accepts() {
    with_database("guarded", |version, url, lowered| {
        let kernel = lowered.kernel();
        let audits: Vec<(Facet, String, &str)> = lowered
            .report()
            .coverage
            .iter()
            .filter_map(|(facet, entry)| match &entry.outcome {
                Outcome::Rule(RuleOutcome::Guarded { audit, .. }) => Some((
                    kernel.facets[facet].facet,
                    subject_path(kernel, facet).to_string(),
                    &*audit.text,
                )),
                _ => None,
            })
            .collect();
        for (_, path, audit) in &audits {
            let found = psql(url, audit);
            assert_eq!(found.as_deref(), Ok(""), "{version}: {path}");
        }
        for (bad, key, facet) in GUARDED {
            let found = audits
                .iter()
                .filter(|(of, ..)| format!("{of:?}") == *facet)
                .any(|(_, _, audit)| {
                    let said = psql(url, &format!("begin; {bad}; {audit}; rollback"));
                    said.unwrap_or_else(|error| panic!("{version}: {bad}: {error}"))
                        .lines()
                        .eq([*key])
                });
            assert!(found, "{version}: no audit finds {key} after {bad}");
        }
    });
}
