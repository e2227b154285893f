//! The check on the examples: what they say becomes a kernel, without a word of complaint.

use dbspec_core::check::review;
use dbspec_core::diag::SourceMap;
use dbspec_core::diag::render::{Style, render_all};
use dbspec_core::syntax::parse;

fn clean(name: &str) {
    let path = format!("{}/../examples/{name}/schema.dbspec", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the example is there");
    let found = review(parse(&text)).found;
    let sources = SourceMap::single("schema.dbspec", &text);
    assert!(found.is_empty(), "{}", render_all(&found, &sources, Style::Plain));
}

#[test]
fn the_shop_is_clean() {
    clean("shop");
}

#[test]
fn chinook_is_clean() {
    clean("chinook");
}
