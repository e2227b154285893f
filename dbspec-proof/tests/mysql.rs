//! Witnesses of what is claimed of MySQL, by its own client: what is enforced is refused by the constraint that the design
//! names, and the row at the edge is accepted; what is guarded is accepted, and the audit finds it.
#![allow(clippy::panic)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use dbspec_core::backend::coverage::{Outcome, RuleOutcome, subject_path};
use dbspec_core::backend::{Compile, Lowered};
use dbspec_core::kernel::Facet;
use dbspec_proof::engine::{MYSQL, places};
use dbspec_proof::model;
use dbspec_sql::MySql;
use dbspec_sql::mysql::Design;

const MODEL: &str = r#"model witness
enum Level ordered { low high }
enum Kind { open closed }
entity Owner {
  id: int32 @key
  name: string(5) @unique @ignore_case
  east: int32?
  west: int32?
  derive kids: int64 = count(children)
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
  flag: bool?
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
entity Page { address: string(2_000) @key  title: text  unique (title) }
enum Stage { draft open done }
entity Job @version {
  id:    int32 @key
  boss:  -> Owner? on delete set null
  fixed: int32?    @immutable
  stage: Stage = draft
  moves stage { draft -> open, open -> done }
}
entity Log @append_only { id: int32 @key  owner: -> Owner on delete cascade  at: date }
entity Held { id: int32 @key  owner: -> Owner on delete cascade  since: date? }
entity Drop { id: uuid = uuid7() @key  other: uuid = uuid4()  no: int32 }
entity Seal { id: int32 @key  owner: -> Owner? @immutable on delete set null }
keep Log at most 1 year from at then delete
keep Held at least 2 years from since
"#;

/// Rows that there are before each witness.
const ROWS: &str = "
    insert into owner values (1, 'Ann', 1, null, 0), (2, 'Bob', 2, 2, 0), (3, 'Cy', -1, null, 0), (4, 'Dee', 4, 4, 0),
        (5, 'Eve', 5, 5, 0);
    insert into child (id, parent_id, tags) values (1, 1, '[]');
    insert into stay values (1, 7, '2026-01-01', '2026-01-05');
    insert into page values ('here', 'Here');
    insert into job values (1, 1, 5, 'draft', 1);
    insert into log values (1, 4, utc_date()), (2, 4, '2020-01-01');
    insert into held values (1, 5, utc_date()), (2, 5, '2020-01-01'), (3, 5, null);
    insert into seal values (1, null);";

/// What breaks a rule, what the refusal says, and what is at the edge.
const ENFORCED: &[(&str, &str, &str)] = &[
    (
        "insert into stay values (1, 8, '2026-01-01', '2026-01-05')",
        "for key 'stay.PRIMARY'",
        "insert into stay values (2, 8, '2026-01-01', '2026-01-05')",
    ),
    (
        "insert into stay values (2, 8, '2026-01-05', '2026-01-05')",
        "'stay_during_whole_check'",
        "insert into stay values (2, 8, '2026-01-05', '2026-01-06')",
    ),
    (
        "insert into stay values (2, null, '2026-01-05', '2026-01-06')",
        "Column 'room' cannot be null",
        "insert into stay values (2, 0, '2026-01-05', '2026-01-06')",
    ),
    (
        "insert into page values ('here', 'There')",
        "for key 'page.page_address_key'",
        "insert into page values ('here ', 'There')",
    ),
    (
        "insert into page values ('there', 'Here')",
        "for key 'page.page_title_key'",
        "insert into page values ('there', 'here')",
    ),
    (
        "update owner set name = 'Annabe' where id = 1",
        "'owner_name_size'",
        "update owner set name = 'Annab' where id = 1",
    ),
    (
        "update owner set name = 'Ann    ' where id = 1",
        "'owner_name_size'",
        "update owner set name = 'Ann  ' where id = 1",
    ),
    (
        "set sql_mode = ''; update owner set name = 'Annabella' where id = 1",
        "'owner_name_size'",
        "set sql_mode = ''; update owner set name = 'Annab' where id = 1",
    ),
    (
        "update owner set name = 'aNN' where id = 2",
        "for key 'owner.owner_name_key'",
        "update owner set name = 'Änn' where id = 2",
    ),
    (
        "update owner set name = 'ÄNN' where id = 2; update owner set name = 'ÄnN' where id = 3",
        "for key 'owner.owner_name_key'",
        "update owner set name = 'ÄNN' where id = 2; update owner set name = 'änn' where id = 3",
    ),
    (
        "update owner set east = 1, west = null where id = 2",
        "for key 'owner.owner_east_west_key'",
        "update owner set east = 1, west = 0 where id = 2",
    ),
    (
        "update child set parent_id = 9",
        "`child_parent_id_fkey`",
        "update child set parent_id = 3",
    ),
    (
        "delete from owner where id = 1",
        "`child_parent_id_fkey`",
        "delete from child; delete from owner where id = 1",
    ),
    (
        "insert into child (id, parent_id, mate_id, tags) values (2, 2, 1, '[]')",
        "`child_mate_id_parent_id_fkey`",
        "insert into child (id, parent_id, mate_id, tags) values (2, 1, 1, '[]')",
    ),
    (
        "insert into child (id, parent_id, kind, tags) values (2, 1, 'closed', '[]'), (3, 1, 'closed', '[]')",
        "for key 'child.child_one_closed_key'",
        "insert into child (id, parent_id, kind, tags) values (2, 1, 'closed', '[]'), (3, 2, 'closed', '[]')",
    ),
    (
        "update child set amount = 10000",
        "Out of range value for column 'amount'",
        "update child set amount = -9999.99",
    ),
    (
        "update child set amount = 1",
        "'child_quotient_check'",
        "update child set amount = 1.01",
    ),
    (
        "update child set amount = 0.5",
        "'child_quotient_check'",
        "update child set amount = null",
    ),
    (
        "update child set ratio = 1e309",
        "",
        "update child set ratio = -1.7976931348623157e308",
    ),
    (
        "set sql_mode = ''; update child set at = '0000-00-00 00:00:00'",
        "'child_at_type'",
        "update child set at = '0001-01-01 00:00:00'",
    ),
    (
        "update child set at = '10000-01-01 00:00:00'",
        "Incorrect datetime value",
        "update child set at = '9999-12-31 23:59:59.999999'",
    ),
    (
        "set sql_mode = ''; update child set day = '0000-00-00'",
        "'child_day_type'",
        "update child set day = '0001-01-01'",
    ),
    (
        "update child set clock = '24:00:00'",
        "'child_clock_type'",
        "update child set clock = '23:59:59.999999'",
    ),
    (
        "update child set clock = '-00:00:00.000001'",
        "'child_clock_type'",
        "update child set clock = '00:00:00'",
    ),
    (
        "update child set flag = 2",
        "'child_flag_type'",
        "update child set flag = 1",
    ),
    (
        "update child set level = 2",
        "'child_level_type'",
        "update child set level = 1",
    ),
    (
        "update child set kind = 'Open'",
        "'child_kind_type'",
        "update child set kind = 'closed'",
    ),
    (
        "update child set kind = 'open '",
        "'child_kind_type'",
        "update child set kind = 'open'",
    ),
    (
        "update child set tags = '{}'",
        "'child_tags_",
        "update child set tags = '[\"äöü\", \"\"]'",
    ),
    (
        "update child set tags = '[1]'",
        "'child_tags_type'",
        "update child set tags = '[\"1\"]'",
    ),
    (
        "update child set tags = '[\"abcd\"]'",
        "'child_tags_item_size'",
        "update child set tags = '[\"a\\\\nb\"]'",
    ),
    (
        "update child set tags = '[\"\",\"\",\"\"]'",
        "'child_tags_items'",
        "update child set tags = '[\"\",\"\"]'",
    ),
    (
        "update child set `blob` = x'00010203'",
        "'child_blob_size'",
        "update child set `blob` = x'000102'",
    ),
    (
        "update child set secret = 'correct horse'",
        "'child_secret_hash'",
        "update child set secret = '$scrypt$ln=14$K8mQ'",
    ),
    (
        "update child set code = 'ABC-1\\n'",
        "'child_code_matches_check'",
        "update child set code = 'ABC-1'",
    ),
    (
        "update job set stage = 'done', version = 2",
        "'job_stage_moves'",
        "update job set stage = 'open', version = 2",
    ),
    (
        "update job set stage = 'open', version = 2; update job set stage = 'draft', version = 3",
        "'job_stage_moves'",
        "update job set stage = 'open', version = 2; update job set stage = 'done', version = 3",
    ),
    (
        "update job set stage = 'open'",
        "'job_version_risen'",
        "update job set stage = 'draft'",
    ),
    (
        "update job set version = 3",
        "'job_version_risen'",
        "update job set version = 2",
    ),
    (
        "insert into job (id, version) values (2, 2)",
        "'job_version_risen'",
        "insert into job (id) values (2)",
    ),
    (
        "update job set fixed = null, version = 2",
        "'job_fixed_frozen'",
        "update job set fixed = 5, version = 2",
    ),
    (
        "insert into job (id, fixed) values (1, 6) on duplicate key update fixed = 6, version = 2",
        "'job_fixed_frozen'",
        "insert into job (id, fixed) values (1, 6) on duplicate key update stage = 'open', version = 2",
    ),
    (
        "update job set id = 2, version = 2",
        "'job_id_frozen'",
        "update job set boss_id = 2, version = 2",
    ),
    (
        "update log set at = '2020-01-01' where id = 1",
        "'log_append_only_updated'",
        "insert into log values (3, 4, '2020-01-01')",
    ),
    (
        "delete from log where id = 1",
        "'log_append_only_deleted'",
        "delete from log where id = 2",
    ),
    (
        "delete from held where id = 1",
        "'held_keep_at_least_kept'",
        "delete from held where id in (2, 3)",
    ),
    // What would pass a trigger by is refused by the foreign key.
    (
        "delete from owner where id = 5",
        "`held_owner_id_fkey`",
        "delete from held where id > 1; update owner set east = 6 where id = 5",
    ),
    (
        "delete from owner where id = 4",
        "`log_owner_id_fkey`",
        "delete from log where id = 2; update owner set east = 6 where id = 4",
    ),
    (
        "insert into seal values (3, 2); delete from owner where id = 2",
        "`seal_owner_id_fkey`",
        "insert into seal values (3, 3); delete from owner where id = 2",
    ),
];

/// What breaks a rule that the engine doesn't know, and how the audit names it.
const GUARDED: &[(&str, &str, &str)] = &[
    (
        "insert into child (id, parent_id, tags, kind) values (2, 1, '[]', 'open'), (3, 1, '[]', 'closed')",
        "1",
        "AtMost",
    ),
    (
        "insert into child (id, parent_id, tags) values (2, 2, '[]'), (3, 2, '[]')",
        "0",
        "Holds",
    ),
    (
        "insert into stay values (2, 7, '2026-01-04', '2026-01-09')",
        "1\n2",
        "Holds",
    ),
    ("update owner set kids = 5 where id = 2", "2", "Holds"),
    ("update child set tenant_id = 3", "1", "Holds"),
];

/// Runs a script by the server's own client; what was said, where it was refused.
fn mysql(url: &str, text: &str) -> Result<String, String> {
    let run = Command::new(model::repository("engines/client"))
        .args(["mysql", url, "--batch", "--skip-column-names"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut run = run.unwrap_or_else(|error| panic!("mysql: {error}"));
    if let Some(mut input) = run.stdin.take() {
        // A client that stops at an error reads no further.
        let _ = input.write_all(text.as_bytes());
    }
    let done = run
        .wait_with_output()
        .unwrap_or_else(|error| panic!("mysql: {error}"));
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

/// A database of its own with the model and its rows, dropped afterwards.
async fn with_database(test: &str, run: impl Fn(&str, &Lowered<Design>) + Send + 'static) {
    let kernel = model::kernel(MODEL);
    let Some(place) = places(&[MYSQL]).pop() else {
        return;
    };
    let lowered = MySql::new(9)
        .lower(&kernel, None)
        .unwrap_or_else(|error| panic!("{error}"));
    let script = MySql::render(&lowered.design);
    place
        .with_database(test, async move |url| {
            for artefact in script.artefacts {
                mysql(&url, &artefact.text).unwrap_or_else(|error| panic!("{error}"));
            }
            mysql(&url, ROWS).unwrap_or_else(|error| panic!("{error}"));
            run(&url, &lowered);
        })
        .await;
}

#[tokio::test]
async fn mysql_refuses_what_it_claims_to() {
    with_database("enforced", |url, _| {
        for (bad, says, edge) in ENFORCED {
            match mysql(url, &format!("begin; {bad}; rollback")) {
                Ok(_) => panic!("MySQL accepts {bad}"),
                Err(said) => assert!(said.contains(says), "{bad} is refused by another: {said}"),
            }
            if let Err(said) = mysql(url, &format!("begin; {edge}; rollback")) {
                panic!("{edge} is refused: {said}");
            }
        }
        // What a row gets that doesn't say.
        let filled = "begin; insert into `drop` (no) values (1), (2); \
                      select substr(bin_to_uuid(id), 15, 1), substr(bin_to_uuid(other), 15, 1), \
                             instr('89ab', substr(bin_to_uuid(id), 20, 1)) > 0, \
                             instr('89ab', substr(bin_to_uuid(other), 20, 1)) > 0, \
                             abs(conv(hex(substr(id, 1, 6)), 16, 10) / 1000 - unix_timestamp()) < 60 \
                      from `drop`; rollback";
        assert_eq!(
            mysql(url, filled).as_deref(),
            Ok("7\t4\t1\t1\t1\n7\t4\t1\t1\t1\n"),
            "uuids"
        );
        // What deleting a row does.
        let acted = "begin; update child set friend_id = 2; delete from owner where id = 2; \
                     select count(*) from child where friend_id is null; rollback";
        assert_eq!(mysql(url, acted).as_deref(), Ok("1\n"), "set null");
        let acted = "begin; update child set tenant_id = 2; delete from owner where id = 2; \
                     select count(*) from child; rollback";
        assert_eq!(mysql(url, acted).as_deref(), Ok("0\n"), "cascade");
    })
    .await;
}

#[tokio::test]
async fn audits_find_what_mysql_accepts() {
    with_database("guarded", |url, lowered| {
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
        // Derived fields are the programs' work: what is stored by hand is made right first.
        let mended = "update owner as o set kids = (select count(*) from child where parent_id = o.id)";
        for (_, path, audit) in &audits {
            let found = mysql(url, &format!("begin; {mended}; {audit}; rollback"));
            assert_eq!(found.as_deref(), Ok(""), "{path}");
        }
        for (bad, key, facet) in GUARDED {
            let after = if bad.contains("kids") {
                String::new()
            } else {
                format!("{mended};")
            };
            let found = audits
                .iter()
                .filter(|(of, ..)| format!("{of:?}") == *facet)
                .any(|(_, _, audit)| {
                    let said = mysql(url, &format!("begin; {mended}; {bad}; {after} {audit}; rollback"));
                    let said = said.unwrap_or_else(|error| panic!("{bad}: {error}"));
                    said.lines().eq(key.lines())
                });
            assert!(found, "no audit finds {key} after {bad}");
        }
    })
    .await;
}
