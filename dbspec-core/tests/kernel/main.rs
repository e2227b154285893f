//! What the examples' queries and writes become, for people to read: `UPDATE_EXPECT=1 cargo test` writes it anew.

mod print;

use std::fmt::Write as _;

use dbspec_core::check::review;
use dbspec_core::syntax::parse;
use expect_test::{ExpectFile, expect_file};

fn is(text: &str, expected: &ExpectFile) {
    let review = review(parse(text));
    assert_eq!(review.found, []);
    let kernel = review.kernel.expect("the model is right");
    let mut printed = String::new();
    for id in kernel.queries.ids() {
        let _ = writeln!(printed, "{}", print::query(&kernel, id));
    }
    for id in kernel.writes.ids() {
        let _ = writeln!(printed, "{}", print::write(&kernel, id));
    }
    expected.assert_eq(&printed);
}

#[test]
fn the_shop() {
    let text = include_str!("../../../examples/shop/schema.dbspec");
    is(text, &expect_file!["shop.txt"]);
}

#[test]
fn chinook() {
    let text = include_str!("../../../examples/chinook/schema.dbspec");
    is(text, &expect_file!["chinook.txt"]);
}

#[test]
fn what_the_examples_do_not_say() {
    is(include_str!("more.dbspec"), &expect_file!["more.txt"]);
}
