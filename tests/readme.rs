//! What the README shows is right, and what it names is there.
#![allow(missing_docs)]

use std::path::Path;

const README: &str = include_str!("../README.md");

#[test]
fn the_model_is_right() {
    // The first block without a language is the model.
    let (_, rest) = README.split_once("```\nentity ").expect("a model");
    let (model, _) = rest.split_once("```").expect("its end");
    let review = dbspec::check::review(dbspec::parse(&format!("entity {model}")));
    assert!(review.found.is_empty(), "{:#?}", review.found);
}

#[test]
fn what_it_links_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for page in ["README.md", "ARCHITECTURE.md", "LANGUAGE.md", "engines/README.md"] {
        let page = root.join(page);
        let text = std::fs::read_to_string(&page).expect("a page");
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or_default();
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            links += 1;
            let folder = page.parent().expect("within the workspace");
            assert!(folder.join(file).exists(), "{}: {target}", page.display());
        }
    }
    assert!(links > 10, "{links} links");
}
