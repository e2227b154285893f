//! What comes out for the examples: committed, and so read as behaviour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::backend::{Ask, Compile, Lowered};
use dbspec_core::kernel::Kernel;
use dbspec_core::program::Step;
use expect_test::{Expect, expect};

use super::{Design, Postgres};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn example(name: &str) -> Arc<Kernel> {
    let path = root().join("examples").join(name).join("schema.dbspec");
    let text = std::fs::read_to_string(path).unwrap();
    kernel(&text)
}

fn kernel(text: &str) -> Arc<Kernel> {
    dbspec_core::check::check(dbspec_core::syntax::parse(text)).unwrap_or_else(|it| panic!("{it:?}"))
}

fn lowered(kernel: &Arc<Kernel>, version: u16) -> Lowered<Design> {
    Postgres::new(version).lower(kernel, None).unwrap()
}

/// The file as committed is what comes out; `DBSPEC_UPDATE=1` writes it anew.
fn committed(name: &str, version: u16) {
    let design = lowered(&example(name), version).design;
    let script = Postgres::render(&design);
    let folder = root().join("tests/out/postgres").join(name);
    for artefact in &script.artefacts {
        let path = folder.join(&artefact.file);
        if std::env::var_os("DBSPEC_UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &artefact.text).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == artefact.text,
            "{} is not what comes out: DBSPEC_UPDATE=1 writes it anew",
            path.display()
        );
    }
}

#[test]
fn the_shop_comes_out_as_committed() {
    committed("shop", 17);
}

#[test]
fn chinook_comes_out_as_committed() {
    committed("chinook", 18);
}

#[test]
fn the_laws_hold() {
    for version in [13, 18] {
        if let Err(broken) = dbspec_testkit::laws::hold(&Postgres::new(version), 48) {
            panic!("{broken}");
        }
    }
}

#[test]
fn queries_of_every_kind_are_served() {
    let text = std::fs::read_to_string(root().join("dbspec-core/tests/kernel/more.dbspec")).unwrap();
    let kernel = kernel(&text);
    for version in [13, 18] {
        let lowered = lowered(&kernel, version);
        for (id, query) in kernel.queries.iter() {
            if let Err(reason) = Postgres::new(version).query_program(&lowered, id) {
                panic!("{}: {reason:?}", query.name);
            }
        }
    }
}

/// The statements of a query's program, in order.
fn statements(steps: &[Step], into: &mut Vec<String>) {
    for step in steps {
        match step {
            Step::Send(requests) => into.extend(requests.iter().map(|it| it.text.to_string())),
            Step::When(_, then, otherwise) => {
                statements(then, into);
                statements(otherwise, into);
            }
            _ => {}
        }
    }
}

fn asks(model: &str, expected: &Expect) {
    let kernel = kernel(model);
    let lowered = lowered(&kernel, 18);
    let mut all = Vec::new();
    for query in kernel.queries.ids() {
        let program = Postgres::new(18).query_program(&lowered, query).unwrap();
        statements(program.steps(), &mut all);
    }
    expected.assert_eq(&(all.join(";\n") + ";\n"));
}

#[test]
fn a_page_goes_on_behind_its_cursor() {
    asks(
        "model pages
         entity Note { id: int32 @key  at: timestamp  rank: int32?  text: text }
         access latest { from Note order by at desc page 10 }
         access ranked { from Note order by rank page 10 full read }",
        &expect![[r#"
            select jsonb_build_array(jsonb_build_object('id', t.id, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'rank', t.rank, 'text', t.text), jsonb_build_array(to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), t.id)) from note as t where (t.at, t.id) < ($1::text::timestamptz, $2::text::integer) order by t.at desc, t.id desc limit 10;
            select jsonb_build_array(jsonb_build_object('id', t.id, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'rank', t.rank, 'text', t.text), jsonb_build_array(to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), t.id)) from note as t order by t.at desc, t.id desc limit 10;
            select jsonb_build_array(jsonb_build_object('id', t.id, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'rank', t.rank, 'text', t.text), jsonb_build_array(t.rank, t.id)) from note as t where t.rank is null and t.id > $1::text::integer order by t.rank, t.id limit 10;
            select jsonb_build_array(jsonb_build_object('id', t.id, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'rank', t.rank, 'text', t.text), jsonb_build_array(t.rank, t.id)) from ((select t.id, t.at, t.rank, t.text from note as t where (t.rank, t.id) > ($1::text::integer, $2::text::integer) order by t.rank, t.id limit 10) union all (select t.id, t.at, t.rank, t.text from note as t where t.rank is null order by t.rank, t.id limit 10)) as t order by t.rank, t.id limit 10;
            select jsonb_build_array(jsonb_build_object('id', t.id, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'rank', t.rank, 'text', t.text), jsonb_build_array(t.rank, t.id)) from note as t order by t.rank, t.id limit 10;
        "#]],
    );
}

#[test]
fn a_condition_that_is_not_given_is_not_there() {
    asks(
        "model given
         entity Note { id: int32 @key  kind: string(9)  at: timestamp? }
         access notes (kind: string(9), since: timestamp?) {
           from Note where kind == $kind and at >= $since when $since  order by at limit 5
         }",
        &expect![[r#"
            select jsonb_build_array(jsonb_build_object('id', t.id, 'kind', t.kind, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), null::jsonb) from note as t where t.kind = $1::text collate "C" order by t.at, t.id limit 5;
            select jsonb_build_array(jsonb_build_object('id', t.id, 'kind', t.kind, 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), null::jsonb) from note as t where t.kind = $1::text collate "C" and t.at >= $2::text::timestamptz order by t.at, t.id limit 5;
        "#]],
    );
}

#[test]
fn patterns_and_divisions_are_the_models() {
    asks(
        r#"model odd
         entity Order { id: int32 @key  text: string(9)  a: decimal(5, 2)  b: int32? }
         access odd (least: decimal(9, 8)) {
           from Order where text matches r"(a|b){2,300}[^x-z]\\." and a / b > $least and not text ends with "%"
           full read
         }"#,
        &expect![[r#"
            select jsonb_build_array(jsonb_build_object('id', t.id, 'text', t.text, 'a', t.a::text, 'b', t.b), null::jsonb) from "order" as t where t.text ~ '^(?:a|b){2}(?:a|b){0,255}(?:a|b){0,43}[^x-z]\\.$' and (div(t.a * 100000000, nullif(t.b::numeric, 0)) + case when 2 * abs(mod(t.a * 100000000, nullif(t.b::numeric, 0))) > abs(nullif(t.b::numeric, 0)) or 2 * abs(mod(t.a * 100000000, nullif(t.b::numeric, 0))) = abs(nullif(t.b::numeric, 0)) and mod(div(t.a * 100000000, nullif(t.b::numeric, 0)), 2) <> 0 then sign(t.a) * sign(nullif(t.b::numeric, 0)) else 0 end) * 0.00000001 > $1::text::numeric and not right(t.text, char_length('%')) = '%' order by t.id;
        "#]],
    );
}
