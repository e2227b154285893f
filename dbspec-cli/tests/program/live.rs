//! The whole way on a live engine: apply, load, ask, verify.

use std::process::Command;

use super::{examples, live, notes};

/// A database of its own, dropped at the end.
struct Database {
    server: String,
    name: &'static str,
}

impl Database {
    fn new(server: &str, name: &'static str) -> Self {
        let it = Self {
            server: server.to_owned(),
            name,
        };
        it.sql(&format!("drop database if exists {name}"));
        it.sql(&format!("create database {name}"));
        it
    }

    fn sql(&self, statement: &str) {
        let done = Command::new("psql")
            .args(["--quiet", "--dbname", &self.server, "--command", statement])
            .output()
            .expect("psql runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn url(&self) -> String {
        let (scheme, rest) = self.server.split_once("://").expect("a URL");
        let host = rest.split('/').next().unwrap_or(rest);
        format!("{scheme}://{host}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.sql(&format!("drop database if exists {}", self.name));
    }
}

#[test]
fn the_shop_on_postgres() {
    if !live() {
        return;
    }
    let server = std::env::var("DBSPEC_TEST_POSTGRES18_URL").expect("a server's URL, from engines/urls");
    let database = Database::new(&server, "dbspec_program");
    let url = database.url();
    let desk = notes();
    let shop = examples().join("shop");
    let (model, rows) = (shop.join("schema.dbspec"), shop.join("rows"));
    let (model, rows) = (model.to_string_lossy(), rows.to_string_lossy());
    desk.run(&format!("apply {model} --url {url}"))
        .exits(0)
        .says("applied shop");
    desk.run(&format!("apply {model} --url {url}"))
        .exits(3)
        .says("the database isn't empty");
    desk.run(&format!("run {model} --rows {rows} --url {url}"))
        .exits(0)
        .says("loaded 391 rows");
    let same = desk
        .run(&format!("verify {model} --url memory:{rows} --url {url}"))
        .exits(0);
    assert_eq!(same.out.matches("same").count(), 4, "{}", same.out);
    // Refused by a rule, named as the reference engine names it; nothing changes.
    let product = "--insert Product --param sku=nothing --param name=x --param price=1.00";
    for url in ["memory:", url.as_str()] {
        desk.run(&format!("run {model} {product} --url {url}"))
            .exits(1)
            .says("refused: Product.sku.matches");
    }
    desk.run(&format!("verify {model} --url memory:{rows} --url {url}"))
        .exits(0);
}
