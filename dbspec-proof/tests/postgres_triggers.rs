//! Witnesses of what triggers are claimed to do on every `PostgreSQL`, by its own client: what breaks a rule is refused by the
//! name of the rule, the row at the edge is accepted, and of two transactions that would break a rule together one is refused.
#![allow(clippy::panic)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use dbspec_core::backend::Compile;
use dbspec_proof::model;
use dbspec_sql::Postgres;

const MODEL: &str = r"model judged
enum Stage { draft open done }
entity Owner @soft_delete {
  id:    int32 @key
  fixed: int32 @immutable
  derive most: int32? = max(parts, weight)
  derive kids: int64 = count(parts)
}
entity Part @version {
  id:     int32 @key
  owner:  -> Owner  on delete cascade inverse parts 0..2
  friend: -> Part?  on delete set null
  weight: int32
  stage:  Stage = draft
  moves stage { draft -> open, open -> done }
}
entity Box { id: int32 @key  note: string(9)? }
entity Item in Box as items 1..2 { no: int32 @key }
entity Log @append_only { id: int32 @key  at: date }
entity Kept { id: int32 @key  since: date? }
entity Drop { id: uuid = uuid7() @key  other: uuid = uuid4()  no: int32 }
entity Link { id: int32 @key  to: -> Owner on delete restrict }
entity Peak { id: int32 @key  derive top: int32? = max(rocks, height) }
entity Rock { id: int32 @key  peak: -> Peak on delete cascade inverse rocks  height: int32 }
keep Log at most 1 year from at then delete
keep Kept at least 2 years from since
";

/// Rows that there are before each witness.
const ROWS: &str = "begin;
    insert into owner (id, fixed, most, kids, deleted_at) values
        (1, 5, 3, 1, null), (2, 5, null, 0, null), (3, 5, null, 0, '2026-01-01');
    insert into part (id, owner_id, weight) values (1, 1, 3);
    insert into box (id) values (1);
    insert into item (box_id, no) values (1, 1);
    insert into log values (1, current_date), (2, '2020-01-01');
    insert into kept values (1, current_date), (2, '2020-01-01'), (3, null);
    insert into peak values (1, 9);
    insert into rock values (1, 1, 9), (2, 1, 9);
    commit";

/// What breaks a rule, the name that refuses it, and what is at the edge.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "update owner set fixed = 6 where id = 1",
        "owner_fixed_frozen",
        "update owner set fixed = 5 where id = 1",
    ),
    (
        "update kept set id = 9 where id = 3",
        "kept_id_frozen",
        "update kept set since = null where id = 3",
    ),
    (
        "update part set stage = 'done', version = 2",
        "part_stage_moves",
        "update part set stage = 'open', version = 2",
    ),
    (
        "update part set stage = 'open'",
        "part_version_risen",
        "update part set stage = 'open', version = 2",
    ),
    (
        "update part set version = 3",
        "part_version_risen",
        "update part set version = 2; update part set version = 3",
    ),
    (
        "insert into part (id, owner_id, weight, version) values (2, 3, 3, 2)",
        "part_version_risen",
        "insert into part (id, owner_id, weight) values (2, 2, 4); update owner set kids = 1, most = 4 where id = 2",
    ),
    (
        "update log set at = at - 1",
        "log_append_only_updated",
        "update log set at = at",
    ),
    (
        "delete from log where id = 1",
        "log_append_only_deleted",
        "delete from log where id = 2",
    ),
    (
        "delete from kept where id = 1",
        "kept_keep_at_least_kept",
        "delete from kept where id > 1",
    ),
    (
        "insert into part (id, owner_id, weight) values (2, 3, 1)",
        "part_owner_living",
        "update owner set deleted_at = now() where id = 1",
    ),
    (
        "insert into link values (1, 3)",
        "link_to_living",
        "insert into link values (1, 3); update link set to_id = 2",
    ),
    (
        "insert into part (id, owner_id, weight) values (2, 1, 1), (3, 1, 1); update owner set kids = 3 where id = 1",
        "part_owner_parts_bounds",
        "insert into part (id, owner_id, weight) values (2, 1, 1); update owner set kids = 2 where id = 1",
    ),
    (
        "insert into box values (2)",
        "item_box_items_bounds",
        "insert into box values (2); insert into item values (2, 1)",
    ),
    ("delete from item", "item_box_items_bounds", "delete from box"),
    (
        "insert into item values (1, 2), (1, 3)",
        "item_box_items_bounds",
        "insert into item values (1, 2), (1, 3); delete from item where no = 1",
    ),
    (
        "insert into box values (2); insert into item values (2, 7); update item set box_id = 2 where box_id = 1",
        "item_owner_frozen",
        "update item set no = 1",
    ),
    (
        "update owner set kids = 7 where id = 1",
        "owner_kids_derived",
        "update owner set kids = 7 where id = 1; update owner set kids = 1 where id = 1",
    ),
    (
        "update part set weight = 9, version = 2",
        "owner_most_derived",
        "update part set weight = 9, version = 2; update owner set most = 9 where id = 1",
    ),
    (
        "update owner set deleted_at = null, kids = 1 where id = 3",
        "owner_kids_derived",
        "update owner set deleted_at = null where id = 3",
    ),
];

/// Two transactions, each fine by itself, of which the second is refused, by a name where it sees what the first did.
const TOGETHER: &[(&str, &str, &str, &str)] = &[
    (
        "too many",
        "insert into item values (1, 2)",
        "insert into item values (1, 3)",
        "item_box_items_bounds",
    ),
    (
        "too few",
        "delete from item where no = 1",
        "delete from item where no = 2",
        "item_box_items_bounds",
    ),
    (
        "stale",
        "delete from rock where id = 1",
        "delete from rock where id = 2",
        "peak_top_derived",
    ),
    (
        "dead",
        "update owner set deleted_at = now() where id = 2",
        "insert into link values (7, 2)",
        "link_to_living",
    ),
];

/// Engines that are tested, where tests are to run on live ones; says what is left out otherwise.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn engines() -> Vec<(u16, String)> {
    if std::env::var("DBSPEC_LIVE").as_deref() != Ok("1") {
        eprintln!("left out: PostgreSQL 13 to 18 (DBSPEC_LIVE isn't 1)");
        return Vec::new();
    }
    (13..=18)
        .map(|version| {
            let variable = format!("DBSPEC_TEST_POSTGRES{version}_URL");
            let url = std::env::var(&variable)
                .unwrap_or_else(|_| panic!("DBSPEC_LIVE is 1, but {variable} is not set"));
            (version, url)
        })
        .collect()
}

/// The client on a database, which goes on after errors and says their names.
struct Session {
    client: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    fn open(url: &str) -> Self {
        let mut client = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set=VERBOSITY=verbose", "--dbname", url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("psql: {error}"));
        let input = client
            .stdin
            .take()
            .unwrap_or_else(|| panic!("psql takes nothing"));
        let output = client
            .stdout
            .take()
            .unwrap_or_else(|| panic!("psql says nothing"));
        Self {
            client,
            input,
            output: BufReader::new(output),
        }
    }

    /// Runs statements one after the other: what the last one said, the code where it was refused.
    fn run(&mut self, text: &str) -> Result<String, String> {
        let end = "\\echo done :SQLSTATE :LAST_ERROR_MESSAGE\n";
        self.input
            .write_all(format!("{text};\n{end}").as_bytes())
            .and_then(|()| self.input.flush())
            .unwrap_or_else(|error| panic!("psql: {error}"));
        let mut said = String::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line);
            assert!(read.is_ok_and(|it| it > 0), "psql ended at {text}");
            match line.strip_prefix("done ") {
                Some(code) if code.starts_with("00000") => return Ok(said),
                Some(code) => return Err(code.to_owned()),
                None => said.push_str(&line),
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.input.write_all(b"\\q\n");
        let _ = self.client.wait();
    }
}

/// Runs statements; what was said, where they were refused.
fn psql(url: &str, text: &str) -> Result<String, String> {
    let run = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args([
            "--set=ON_ERROR_STOP=1",
            "--set=VERBOSITY=verbose",
            "--dbname",
            url,
        ])
        .args(["--command", text])
        .output()
        .unwrap_or_else(|error| panic!("psql: {error}"));
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

/// A database of its own with the model and its rows, dropped afterwards.
fn with_database(test: &str, run: impl Fn(u16, &str)) {
    let kernel = model::kernel(MODEL);
    for (version, server) in engines() {
        let name = format!("triggers_{test}_{}", std::process::id());
        let done = |text: &str| psql(&server, text).unwrap_or_else(|error| panic!("{version}: {error}"));
        done(&format!("drop database if exists {name}"));
        done(&format!(
            "create database {name} template template0 encoding 'UTF8'"
        ));
        let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
        let url = format!("{base}/{name}");
        let wrong = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let lowered = Postgres::new(version)
                .lower(&kernel, None)
                .unwrap_or_else(|error| panic!("{error}"));
            for artefact in Postgres::render(&lowered.design).artefacts {
                psql(&url, &artefact.text).unwrap_or_else(|error| panic!("{version}: {error}"));
            }
            psql(&url, ROWS).unwrap_or_else(|error| panic!("{version}: {error}"));
            run(version, &url);
        }));
        done(&format!("drop database {name} with (force)"));
        if let Err(wrong) = wrong {
            std::panic::resume_unwind(wrong);
        }
    }
}

#[test]
fn triggers_refuse_what_they_claim_to() {
    with_database("refused", |version, url| {
        for (bad, name, edge) in REFUSED {
            match psql(url, &format!("begin; {bad}; commit")) {
                Ok(_) => panic!("{version} accepts {bad}"),
                Err(said) => assert!(
                    said.contains(&format!("CONSTRAINT NAME:  {name}\n")),
                    "{version}: {bad} is refused by another: {said}"
                ),
            }
            let edge = format!("begin; {edge}; set constraints all immediate; rollback");
            if let Err(said) = psql(url, &edge) {
                panic!("{version}: {edge} is refused: {said}");
            }
        }
        // What the engine does by itself is nobody's update: the version stays.
        let acted = "begin; insert into part (id, owner_id, friend_id, weight) values (2, 2, 1, 4); \
                     update owner set kids = 1, most = 4 where id = 2; \
                     delete from part where id = 1; update owner set kids = 0, most = null where id = 1; \
                     set constraints all immediate; \
                     select version from part where friend_id is null; rollback";
        assert_eq!(psql(url, acted).as_deref(), Ok("1\n"), "{version}: set null");
    });
}

#[test]
fn defaults_fill_what_is_not_said() {
    with_database("defaults", |version, url| {
        let filled = "insert into \"drop\" (no) values (1), (2); \
                      select substr(id::text, 15, 1) || substr(other::text, 15, 1) || ' ' || \
                             (substr(id::text, 20, 1) in ('8', '9', 'a', 'b')) || ' ' || \
                             (abs(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000 - \
                                  extract(epoch from now())) < 60) \
                      from \"drop\"";
        assert_eq!(
            psql(url, filled).as_deref(),
            Ok("74 true true\n74 true true\n"),
            "{version}"
        );
    });
}

#[test]
fn no_two_transactions_break_a_rule_together() {
    with_database("together", |version, url| {
        for level in ["read committed", "repeatable read", "serializable"] {
            for (what, first, second, name) in TOGETHER {
                let of = format!("{version}, {level}: {what}");
                let fresh = "begin; delete from box; insert into box values (1); insert into item values (1, 1); \
                             delete from link; update owner set deleted_at = null where id = 2; commit";
                psql(url, fresh).unwrap_or_else(|said| panic!("{of}: {said}"));
                if *what == "too few" {
                    psql(url, "insert into item values (1, 2)").unwrap_or_else(|said| panic!("{of}: {said}"));
                }
                if *what == "stale" {
                    let both =
                        "begin; delete from rock; insert into rock values (1, 1, 9), (2, 1, 9); commit";
                    psql(url, both).unwrap_or_else(|said| panic!("{of}: {said}"));
                }
                let (mut one, mut two) = (Session::open(url), Session::open(url));
                let done = |it: &mut Session, text: &str| {
                    it.run(text).unwrap_or_else(|said| panic!("{of}: {text}: {said}"));
                };
                for session in [&mut one, &mut two] {
                    done(session, &format!("begin isolation level {level}"));
                    // The snapshot of a transaction is of its first statement.
                    done(session, "select count(*) from box");
                }
                if *what == "dead" {
                    done(&mut one, first);
                    done(&mut one, "commit");
                    done(&mut two, second);
                } else {
                    done(&mut one, first);
                    done(&mut two, second);
                    done(&mut one, "commit");
                }
                let refused = two.run("commit");
                let Err(said) = refused else {
                    panic!("{of}: both are done")
                };
                if level == "read committed" {
                    assert!(said.starts_with("23514"), "{of}: {name} doesn't refuse: {said}");
                } else {
                    assert!(said.starts_with("40001"), "{of}: no conflict: {said}");
                }
            }
        }
    });
}
