//! Parse, check, lower and render of generated models, with floors beside them in the same run.
//!
//! `cargo bench --bench compile` prints, for 100, 1,000 and 10,000 entities of 12 fields, 3 rules and 2 access patterns
//! each: every step of ours, and for the same tables a copy of our output's bytes, a plain-string rendering and
//! sea-query's. Figures are read as ratios within one run.
// A bench has no callers: its functions are documented by their names.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::sync::Arc;

use dbspec::backend::Compile;
use dbspec::kernel::Kernel;
use dbspec::{DynamoDb, Postgres};
use divan::{Bencher, black_box};

const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

/// A model of so many entities: 12 fields, a unique, a check and a reference, two access patterns each.
fn model(entities: usize) -> String {
    let mut text = String::from("model bench\nenum Status { open paid closed }\n");
    for at in 0..entities {
        let to = at.saturating_sub(1);
        let _ = write!(
            text,
            "entity Thing{at} {{
  id: uuid = uuid7() @key
  code: string(40) @unique
  name: string(200) @avg(20)
  status: Status = open
  amount: decimal(12, 2) = 0
  quantity: int32
  ratio: float64?
  active: bool = true
  born: date?
  created: timestamp = now()
  note: text?
  parent: -> Thing{to}? on delete set null inverse children{at}
  check positive: amount >= 0 and quantity > 0
  volume 100_000
}}
access by_status{at} (status: Status, since: timestamp) {{
  from Thing{at} where status == $status and created >= $since
  order by created desc   page 20
  rate 10/s
}}
access by_parent{at} (parent: -> Thing{to}) {{
  from Thing{at} where parent == $parent
  order by name   limit 50
  rate 5/s
}}
"
        );
    }
    text
}

fn kernel(entities: usize) -> Arc<Kernel> {
    dbspec::check(dbspec::parse(&model(entities))).expect("the generated model is right")
}

fn postgres() -> Postgres {
    Postgres::new(17)
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher, entities: usize) {
    let text = model(entities);
    bencher.bench_local(|| dbspec::parse(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn check(bencher: Bencher, entities: usize) {
    let text = model(entities);
    bencher
        .with_inputs(|| dbspec::parse(&text))
        .bench_local_values(dbspec::check);
}

#[divan::bench(args = SIZES)]
fn postgres_lower(bencher: Bencher, entities: usize) {
    let kernel = kernel(entities);
    bencher.bench_local(|| postgres().lower(black_box(&kernel), None));
}

#[divan::bench(args = SIZES)]
fn postgres_render(bencher: Bencher, entities: usize) {
    let lowered = postgres().lower(&kernel(entities), None).expect("full coverage");
    bencher.bench_local(|| Postgres::render(black_box(&lowered.design)));
}

#[divan::bench(args = SIZES)]
fn dynamodb_lower(bencher: Bencher, entities: usize) {
    let kernel = kernel(entities);
    bencher.bench_local(|| DynamoDb::new().lower(black_box(&kernel), None));
}

#[divan::bench(args = SIZES)]
fn dynamodb_render(bencher: Bencher, entities: usize) {
    let lowered = DynamoDb::new()
        .lower(&kernel(entities), None)
        .expect("full coverage");
    bencher.bench_local(|| DynamoDb::render(black_box(&lowered.design)));
}

/// Everything from text to the scripts of both engines.
#[divan::bench(args = SIZES)]
fn text_to_scripts(bencher: Bencher, entities: usize) {
    let text = model(entities);
    bencher.bench_local(|| {
        let kernel = dbspec::check(dbspec::parse(black_box(&text))).expect("right");
        let postgres = postgres().lower(&kernel, None).expect("full coverage");
        let dynamodb = DynamoDb::new().lower(&kernel, None).expect("full coverage");
        (
            Postgres::render(&postgres.design),
            DynamoDb::render(&dynamodb.design),
        )
    });
}

/// The floor: copying the script.
#[divan::bench(args = SIZES)]
fn floor_copy(bencher: Bencher, entities: usize) {
    let lowered = postgres().lower(&kernel(entities), None).expect("full coverage");
    let texts: Vec<String> = Postgres::render(&lowered.design)
        .artefacts
        .into_iter()
        .map(|it| it.text)
        .collect();
    bencher.bench_local(|| black_box(&texts).clone());
}

const COLUMNS: [(&str, &str); 12] = [
    ("id", "uuid NOT NULL"),
    ("code", "text COLLATE \"C\" NOT NULL"),
    ("name", "text COLLATE \"C\" NOT NULL"),
    ("status", "text COLLATE \"C\" NOT NULL"),
    ("amount", "numeric(12,2) NOT NULL"),
    ("quantity", "integer NOT NULL"),
    ("ratio", "double precision"),
    ("active", "boolean NOT NULL"),
    ("born", "date"),
    ("created", "timestamptz NOT NULL"),
    ("note", "text"),
    ("parent", "uuid"),
];

/// The floor of text: the same tables, keys and indexes from plain strings.
#[divan::bench(args = SIZES)]
fn floor_plain_strings(bencher: Bencher, entities: usize) {
    bencher.bench_local(|| {
        let mut text = String::new();
        for at in 0..black_box(entities) {
            let to = at.saturating_sub(1);
            let _ = writeln!(text, "CREATE TABLE \"Thing{at}\" (");
            for (name, ty) in COLUMNS {
                let _ = writeln!(text, "  \"{name}\" {ty},");
            }
            let _ = writeln!(text, "  PRIMARY KEY (\"id\"),\n  UNIQUE (\"code\"),\n  CHECK (\"amount\" >= 0 AND \"quantity\" > 0)\n);");
            let _ = writeln!(
                text,
                "ALTER TABLE \"Thing{at}\" ADD FOREIGN KEY (\"parent\") REFERENCES \"Thing{to}\" (\"id\") ON DELETE SET NULL;"
            );
            let _ = writeln!(text, "CREATE INDEX ON \"Thing{at}\" (\"status\", \"created\" DESC, \"id\" DESC);");
            let _ = writeln!(text, "CREATE INDEX ON \"Thing{at}\" (\"parent\", \"name\", \"id\");");
        }
        text
    });
}

/// The peer of text: the same tables, keys and indexes by sea-query.
#[divan::bench(args = SIZES)]
fn peer_sea_query(bencher: Bencher, entities: usize) {
    use sea_query::{Alias, ColumnDef, ForeignKey, ForeignKeyAction, Index, PostgresQueryBuilder, Table};
    bencher.bench_local(|| {
        let mut text = String::new();
        for at in 0..black_box(entities) {
            let (name, to) = (
                Alias::new(format!("Thing{at}")),
                Alias::new(format!("Thing{}", at.saturating_sub(1))),
            );
            let mut table = Table::create();
            table.table(name.clone());
            for (column, ty) in COLUMNS {
                let ty = ty.trim_end_matches(" NOT NULL");
                let mut def = ColumnDef::new(Alias::new(column));
                def.custom(Alias::new(ty));
                table.col(&mut def);
            }
            table.primary_key(Index::create().col(Alias::new("id")));
            text.push_str(&table.to_string(PostgresQueryBuilder));
            let mut key = ForeignKey::create();
            key.from(name.clone(), Alias::new("parent"))
                .to(to, Alias::new("id"))
                .on_delete(ForeignKeyAction::SetNull);
            text.push_str(&key.to_string(PostgresQueryBuilder));
            for columns in [["status", "created", "id"], ["parent", "name", "id"]] {
                let mut index = Index::create();
                index.table(name.clone()).name(format!("ix{at}_{}", columns[0]));
                for column in columns {
                    index.col(Alias::new(column));
                }
                text.push_str(&index.to_string(PostgresQueryBuilder));
            }
        }
        text
    });
}
