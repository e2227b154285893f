//! LANGUAGE.md, executed: its samples are one model that is clean, and each mistake raises the code that it names.

use dbspec_core::check::review;
use dbspec_core::diag::SourceMap;
use dbspec_core::diag::render::{Style, render_all};
use dbspec_core::syntax::parse;

/// A sample: the code that it must raise, if one, how often, where that is said, and its text.
struct Sample {
    line: usize,
    code: Option<String>,
    times: Option<usize>,
    text: String,
}

fn samples() -> Vec<Sample> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../LANGUAGE.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let mut all = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```dbspec") else {
            continue;
        };
        let text: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let mut info = info.split_whitespace();
        all.push(Sample {
            line: at + 1,
            code: info.next().map(str::to_owned),
            times: info
                .next()
                .map(|times| times.parse().expect("a number of findings")),
            text: text.join("\n") + "\n",
        });
    }
    assert!(all.len() > 20, "the page has samples");
    all
}

fn model(samples: &[Sample]) -> String {
    samples
        .iter()
        .filter(|sample| sample.code.is_none())
        .map(|sample| sample.text.as_str())
        .collect()
}

#[test]
fn the_samples_are_one_clean_model() {
    let text = model(&samples());
    let found = review(parse(&text)).found;
    let sources = SourceMap::single("LANGUAGE.md", &text);
    assert!(found.is_empty(), "{}", render_all(&found, &sources, Style::Plain));
}

#[test]
fn every_mistake_raises_its_code_alone() {
    let samples = samples();
    let model = model(&samples);
    for sample in &samples {
        let Some(code) = &sample.code else { continue };
        let found = review(parse(&format!("{model}{}", sample.text))).found;
        let codes: Vec<&str> = found.iter().map(|found| found.code.id).collect();
        assert!(
            !codes.is_empty() && codes.iter().all(|it| it == code),
            "line {}: {codes:?}, where {code} is named",
            sample.line
        );
        let times = sample.times.unwrap_or(codes.len());
        assert_eq!(codes.len(), times, "line {}: {found:#?}", sample.line);
    }
}
