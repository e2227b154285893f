//! Any text at all: reading and checking it never panics and never runs out of stack, findings point into the text, and
//! what was read survives JSON and formatting.

use std::fmt::Write as _;
use std::ops::Range;

use dbspec_core::check::review;
use dbspec_core::diag::{Diagnostic, Severity};
use dbspec_core::model::Model;
use dbspec_core::syntax::{self, Parsed, parse};
use proptest::prelude::*;
use proptest::sample::Index;

const SHOP: &str = include_str!("../../examples/shop/schema.dbspec");
const CHINOOK: &str = include_str!("../../examples/chinook/schema.dbspec");

/// Every finding says what, and lies in the text with all that it points at and would change.
fn well_placed(text: &str, found: &[Diagnostic]) -> Result<(), TestCaseError> {
    for finding in found {
        prop_assert!(!finding.message.is_empty());
        prop_assert!(!finding.labels.is_empty(), "nowhere: {finding:?}");
        let edits = finding.fixes.iter().flat_map(|fix| &fix.edits);
        let spans = finding.labels.iter().map(|label| label.span);
        for span in spans.chain(edits.map(|edit| edit.span)) {
            let place = span.start as usize..span.end as usize;
            prop_assert!(
                text.get(place).is_some(),
                "{span:?} of {} in {finding:?}",
                text.len()
            );
        }
    }
    let places: Vec<_> = found.iter().map(|finding| finding.span().position()).collect();
    prop_assert!(places.is_sorted(), "{places:?}");
    Ok(())
}

fn json_keeps(model: &Model) -> Result<(), TestCaseError> {
    let json = serde_json::to_string(model).expect("a model is JSON");
    let again: Model = serde_json::from_str(&json).expect("JSON of a model is a model");
    prop_assert_eq!(&again, model);
    Ok(())
}

/// Formatting loses nothing of what was read without an error, and has nothing left to do afterwards.
fn format_keeps(parsed: &Parsed) -> Result<(), TestCaseError> {
    let text = syntax::format(parsed);
    let again = parse(&text);
    prop_assert!(
        !has_errors(&again.diagnostics),
        "{text}\n{:#?}",
        again.diagnostics
    );
    prop_assert_eq!(&again.model, &parsed.model, "{}", text);
    let comments = |parsed: &Parsed| -> Vec<String> {
        let mut all: Vec<String> = parsed.comments.iter().map(|it| it.text.clone()).collect();
        all.sort_unstable();
        all
    };
    prop_assert_eq!(comments(&again), comments(parsed), "{}", text);
    prop_assert_eq!(syntax::format(&again), text);
    Ok(())
}

fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|finding| finding.severity == Severity::Error)
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    well_placed(text, &parsed.diagnostics)?;
    json_keeps(&parsed.model)?;
    if !has_errors(&parsed.diagnostics) {
        format_keeps(&parsed)?;
    }
    well_placed(text, &review(parsed).found)
}

/// The pieces that mutated texts are made of: words, numbers, strings, punctuation, space.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let class = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => 0,
        ' ' | '\n' => 1,
        _ => 2,
    };
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for (at, c) in text.char_indices() {
        match all.last_mut() {
            Some(piece) if last == Some(class(c)) && class(c) != 2 => piece.end = at + c.len_utf8(),
            _ => all.push(at..at + c.len_utf8()),
        }
        last = Some(class(c));
    }
    all
}

#[derive(Clone, Debug)]
enum Mutation {
    Remove(Index, usize),
    Repeat(Index, usize),
    Swap(Index, Index),
    Insert(Index, String),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let one = prop_oneof![
        (any::<Index>(), 1..12usize).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (any::<Index>(), 1..12usize).prop_map(|(at, count)| Mutation::Repeat(at, count)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, to)| Mutation::Swap(at, to)),
        (any::<Index>(), word()).prop_map(|(at, text)| Mutation::Insert(at, text)),
    ];
    prop::collection::vec(one, 1..6)
}

/// Anything that means something somewhere, and some that means nothing anywhere.
fn word() -> impl Strategy<Value = String> {
    let words = "entity enum type relation access write role policy restrict keep operate target prefer session scale \
                 workload flow place cache feed assert use model from where in is as with order by page limit group \
                 having select distinct rate peak p99 staleness consistency full read insert update each delete upsert \
                 restore for if else require return or skip into set and not null any all none count sum min max avg \
                 between starts ends contains matches overlaps when on cascade unique check moves exclusive at most \
                 per share volume growth derive key no overlap determines index rows inverse sharing self owner now() \
                 @key @unique @soft_delete @version @audit @abstract @was(a) ordered Order Customer status lines \
                 string(5) decimal(5,2) int32 list<int32> range<date> encrypted<text> 1 1_000.5 5s 7% 120/s \
                 \"a\" r\"[a-z]+\" \"open r\"b $x $ { } ( ) [ ] < > , ; : :: . .. .* -> *--* = == != <= >= + - * / ? @ \
                 // /// /* */ \\ ' # ~ é 名 \u{1F600} \u{feff} \u{0} \u{7f} \u{2028}";
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    prop_oneof![
        12 => prop::sample::select(words),
        1 => Just("\n".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn mutated(text: &str, mutations: &[Mutation]) -> String {
    let mut pieces: Vec<&str> = pieces(text).into_iter().map(|piece| &text[piece]).collect();
    for mutation in mutations {
        if pieces.is_empty() {
            break;
        }
        let end = |at: usize, count: usize| (at + count).min(pieces.len());
        match mutation {
            Mutation::Remove(at, count) => {
                let at = at.index(pieces.len());
                pieces.drain(at..end(at, *count));
            }
            Mutation::Repeat(at, count) => {
                let at = at.index(pieces.len());
                let again = pieces[at..end(at, *count)].to_vec();
                pieces.splice(at..at, again);
            }
            Mutation::Swap(at, to) => {
                let (at, to) = (at.index(pieces.len()), to.index(pieces.len()));
                pieces.swap(at, to);
            }
            Mutation::Insert(at, text) => {
                let at = at.index(pieces.len());
                pieces.insert(at, text);
            }
        }
    }
    pieces.concat()
}

/// One item of an example, alone or with all others, so that small texts come up too.
fn some_text() -> impl Strategy<Value = String> {
    let whole = [SHOP, CHINOOK].map(str::to_owned);
    let blocks: Vec<String> = [SHOP, CHINOOK]
        .iter()
        .flat_map(|text| text.split("\n\n"))
        .map(str::to_owned)
        .collect();
    prop_oneof![1 => prop::sample::select(whole.to_vec()), 4 => prop::sample::select(blocks)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_examples(text in some_text(), mutations in mutations()) {
        holds(&mutated(&text, &mutations))?;
    }

    #[test]
    fn words_in_any_order(words in prop::collection::vec(word(), 0..60)) {
        holds(&words.join(" "))?;
    }

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        holds(&text)?;
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let loaded = syntax::load("some.dbspec", bytes, &mut |_| Err("there is no other file".to_owned()));
        for finding in &loaded.parsed.diagnostics {
            let span = finding.span();
            prop_assert!(span.is_none() || loaded.sources.text(span).is_some(), "{finding:?}");
        }
        json_keeps(&loaded.parsed.model)?;
        let _ = review(loaded.parsed);
    }
}

/// What nests, with a hole for what it nests in: before, after, and where it stands.
const NESTED: &[(&str, &str, &str, &str)] = &[
    ("(", ")", "entity A { id: int32 @key  check c: ", "id > 0 }"),
    ("[", "]", "entity A { id: int32 @key  check c: id in ", " }"),
    ("not ", "", "entity A { id: int32 @key  check c: ", "id > 0 }"),
    ("- ", "", "entity A { id: int32 @key  check c: id > ", "1 }"),
    ("abs(", ")", "entity A { id: int32 @key  check c: id > ", "1 }"),
    (
        "any a (",
        ")",
        "entity A { id: int32 @key  a: -> A?  check c: ",
        "id > 0 }",
    ),
    ("id + ", "", "entity A { id: int32 @key  check c: id > ", "1 }"),
    ("id else ", "", "entity A { id: int32 @key  check c: id > ", "1 }"),
    (
        "id > 0 and ",
        "",
        "entity A { id: int32 @key  check c: ",
        "id > 0 }",
    ),
    (
        "id > 0 or not (id > 1 and ",
        ")",
        "entity A { id: int32 @key  check c: ",
        "id > 0 }",
    ),
    (
        "a.",
        "",
        "entity A { id: int32 @key  a: -> A  check c: ",
        "id > 0 }",
    ),
    ("list<", ">", "entity A { id: int32 @key  l: ", "int32 }"),
    ("encrypted<", ">", "entity A { id: int32 @key  l: ", "string(5) }"),
    (
        "if 1 > 0 { ",
        "}",
        "entity A { id: int32 @key }\nwrite w () { ",
        "delete each A }",
    ),
    (
        "if 1 > 0 { } else ",
        "",
        "entity A { id: int32 @key }\nwrite w () { ",
        "{ delete each A } }",
    ),
    ("for x in $l { ", "}", "write w (l: list<int32>) { ", "}"),
    ("/* ", " */", "", "enum E { a }"),
    ("{", "}", "", ""),
    ("entity A { ", "}", "", ""),
    ("@audit(by = (", "))", "entity A ", "{ id: int32 @key }"),
    ("a.", "", "access a () { from A with ", "b }"),
];

#[test]
fn what_nests_deep_is_said_to() {
    for (open, close, before, inner) in NESTED {
        for closed in [true, false] {
            let close = if closed {
                close.repeat(10_000)
            } else {
                String::new()
            };
            let (inner, after) = inner
                .split_once(" }")
                .map_or((*inner, ""), |(inner, _)| (inner, " }"));
            let text = format!("{before}{}{inner}{close}{after}", open.repeat(10_000));
            let held = holds(&text);
            assert!(held.is_ok(), "`{open}`, closed: {closed}: {held:?}");
        }
    }
}

/// Declarations that lean on each other in a chain: the first, and each further one by its number and the one before.
const CHAINED: &[(&str, &str)] = &[
    (
        "entity A0 { id: int32 @key }",
        "entity A{n} in A{p} as own { id: int32 @key }",
    ),
    (
        "entity A0 { id: int32 @key }",
        "entity A{n} in A{p} as own 0..1 { }",
    ),
    ("entity A0 { id: int32 @key }", "entity A{n} { to: -> A{p} @key }"),
    (
        "entity A0 { id: int32 @key }",
        "entity A{n} { a: -> A{p} @key  b: -> A{p} @key }",
    ),
    (
        "entity A0 { id: int32 @key }",
        "entity A{n} { id: int32 @key  to: -> A{p} on delete cascade }",
    ),
    (
        "entity A0 { id: int32 @key }",
        "entity A{n} is A{p} { f{n}: int32? }",
    ),
    ("type A0 = int32", "type A{n} = A{p} where value > {n}"),
    ("type A0 { a: int32 }", "type A{n} { a: A{p} }"),
    ("type A0 { a: int32 }", "type A{n} { a: A{p}  b: A{p} }"),
    (
        "type A0 { a: int32 }",
        "type A{n} { a: list<A{p}>  b: list<A{p}> }",
    ),
    ("role a0 { }", "role a{n} is a{p} { }"),
    (
        "entity A0 { id: int32 @key  derive d: int64 = 1 + id }",
        "entity A{n} { id: int32 @key  to: -> A{p}  derive d: int64 = to.d + 1 }",
    ),
    (
        "access a0 () { from B where id == 0 }\nentity B { id: int32 @key }",
        "access a{n} () { from B where id == {n} }",
    ),
];

#[test]
fn long_chains_of_declarations_are_read() {
    for (first, next) in CHAINED {
        let mut lines = vec![(*first).to_owned()];
        lines.extend((1..2_000_usize).map(|number| {
            let before = (number - 1).to_string();
            next.replace("{n}", &number.to_string()).replace("{p}", &before)
        }));
        for reversed in [false, true] {
            if reversed {
                lines.reverse();
            }
            let text = lines.join("\n");
            let parsed = parse(&text);
            assert_eq!(parsed.diagnostics, [], "{next}");
            let held = well_placed(&text, &review(parsed).found);
            assert!(held.is_ok(), "`{next}`, reversed: {reversed}: {held:?}");
        }
    }
}

#[test]
fn long_lists_are_read() {
    let many = |one: &str, between: &str| vec![one; 10_000].join(between);
    let fields: String = (0..10_000).fold(String::new(), |mut all, number| {
        let _ = write!(all, " f{number}: int32?");
        all
    });
    let texts = [
        format!("entity A {{ id: int32 @key {fields} }}"),
        format!(
            "entity A {{ id: int32 @key  check c: {} }}",
            many("id > 0", " and ")
        ),
        format!(
            "entity A {{ id: int32 @key  check c: {} }}",
            many("id > 0", " or ")
        ),
        format!(
            "entity A {{ id: int32 @key  check c: id in [{}] }}",
            many("1", ", ")
        ),
        format!(
            "entity A {{ id: int32 @key }} access a () {{ from A where {} }}",
            many("id > 0", " and ")
        ),
        format!(
            "entity A {{ id: int32 @key }} write w () {{ {} }}",
            many("delete each A", " ")
        ),
        format!("entity A {{ id: int32 {} }}", many("@key", " ")),
        many("/// a\n", ""),
        format!("entity A {{ id: string(9) = \"{}\" @key }}", "a".repeat(100_000)),
        format!("entity {} {{ id: int32 @key }}", "a".repeat(100_000)),
        format!(
            "entity A {{ id: int32 @key  n: int32 = {} }}",
            "9".repeat(100_000)
        ),
    ];
    for text in texts {
        let held = holds(&text);
        assert!(
            held.is_ok(),
            "{}…: {held:?}",
            text.chars().take(80).collect::<String>()
        );
    }
}
