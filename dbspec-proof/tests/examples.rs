//! The examples on live engines: all rows through the programs, every query with parameters from the rows, and no more
//! rows read than the design declares.
#![allow(clippy::panic)]

use std::sync::Arc;

use dbspec_core::backend::coverage::QueryOutcome;
use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::Given;
use dbspec_core::semantics::Asked;
use dbspec_live::{Address, Client};
use dbspec_proof::engine::{
    DYNAMODB, MONGODB, MYSQL, NEO4J, POSTGRES_NEWEST, POSTGRES_OLDEST, Place, REDIS, REDIS_CLUSTER, opened,
    places, statement,
};
use dbspec_proof::spy::{Spy, rows_of_plans, rows_of_replies, rows_of_requests, rows_of_statements};
use dbspec_proof::{compare, draw, model, scale};

type Rows = Vec<(EntityId, Given)>;

/// How many choices of arguments each query is asked with.
const DRAWS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_postgres() {
    chinook(POSTGRES_NEWEST, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_the_oldest_postgres() {
    chinook(POSTGRES_OLDEST, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_mysql() {
    chinook(MYSQL, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_dynamodb() {
    chinook(DYNAMODB, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_mongodb() {
    chinook(MONGODB, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_mongodb() {
    shop(MONGODB, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_redis() {
    chinook(REDIS, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_redis() {
    shop(REDIS, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_a_cluster_of_redis() {
    shop(REDIS_CLUSTER, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_postgres() {
    shop(POSTGRES_NEWEST, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_the_oldest_postgres() {
    shop(POSTGRES_OLDEST, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_mysql() {
    shop(MYSQL, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_dynamodb() {
    shop(DYNAMODB, &[1, 10]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinook_on_neo4j() {
    chinook(NEO4J, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_on_neo4j() {
    shop(NEO4J, &[1, 10]).await;
}

async fn chinook(engine: &'static str, scales: &[u8]) {
    let kernel = model::example("chinook");
    let Some(rows) = model::chinook_rows(&kernel) else {
        return;
    };
    assert_eq!(rows.len(), 15_607);
    at_scales("chinook", engine, &kernel, (&rows, scales)).await;
}

async fn shop(engine: &'static str, scales: &[u8]) {
    let kernel = model::example("shop");
    let rows = model::shop_rows(&kernel);
    at_scales("shop", engine, &kernel, (&rows, scales)).await;
}

async fn at_scales(name: &str, engine: &'static str, kernel: &Arc<Kernel>, (rows, scales): (&Rows, &[u8])) {
    for place in places(&[engine]) {
        for times in scales {
            let (kernel, rows) = (Arc::clone(kernel), scale::copies(kernel, rows, *times));
            let (at, times) = (place.clone(), u64::from(*times));
            place
                .with_database(&format!("{name}_{times}"), async move |url| {
                    answered(&at, &url, &kernel, rows, times).await;
                })
                .await;
        }
    }
}

/// Loads the rows and asks everything.
async fn answered(place: &Place, url: &str, kernel: &Arc<Kernel>, rows: Rows, times: u64) {
    let memory = model::memory(kernel, rows.clone());
    let address = Address::parse(url).unwrap_or_else(|error| panic!("{error}"));
    let (spy, ear) = Spy::on(opened(url).await);
    let client = Client::with_engine(Box::new(spy), address, Arc::clone(kernel));
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    client
        .apply()
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", place.name));
    let count = rows.len();
    let loaded = client
        .load(rows, &mut |_, _| {})
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", place.name));
    assert_eq!(loaded, count, "{}: rows are lost", place.name);
    let engine = opened(url).await;
    if place.is_postgres() {
        statement(&*engine, "ANALYZE").await;
    } else if place.is_mysql() {
        let tables = "select table_name from information_schema.tables where table_schema = database()";
        for table in statement(&*engine, tables).await {
            let table = table.as_str().unwrap_or_default();
            statement(&*engine, &format!("ANALYZE TABLE `{table}`")).await;
        }
    }
    let mut wrong = Vec::new();
    let mut asked = 0;
    for query in kernel.queries.ids() {
        let name = &kernel.queries[query].name;
        let most = match compare::outcome(&client, query) {
            Some(QueryOutcome::Served { rows_read, .. }) => rows_read,
            // What is read as a whole grows with the rows.
            Some(QueryOutcome::FullRead { rows_read }) => rows_read * times,
            Some(QueryOutcome::NotServed { .. }) | None => continue,
        };
        let choices = draw::arguments(&memory, query, DRAWS);
        assert!(!choices.is_empty(), "{name}: no arguments among the rows");
        for args in choices {
            let context = model::context(kernel);
            match compare::same_answers(&client, &memory, (query, &args), &context).await {
                Ok(rows) => asked += rows,
                Err(difference) => {
                    wrong.push(difference);
                    continue;
                }
            }
            ear.heard();
            let once = Asked {
                query,
                args: args.clone(),
                after: None,
            };
            client
                .query(once, &context)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let heard = ear.heard();
            let read = if place.is_postgres() {
                rows_of_statements(&*engine, &heard).await
            } else if place.is_mysql() {
                rows_of_plans(&*engine, &heard).await
            } else if place.is_neo4j() {
                rows_of_replies(&heard)
            } else {
                rows_of_requests(&heard)
            };
            if read > most {
                wrong.push(format!(
                    "{} reads {read} rows, but {most} are declared",
                    compare::named(kernel, query, &args)
                ));
            }
        }
    }
    assert!(asked > 0, "{}: no row was compared", place.name);
    assert!(
        wrong.is_empty(),
        "{} at scale {times}: {} wrong:\n{}",
        place.name,
        wrong.len(),
        wrong.join("\n")
    );
}
