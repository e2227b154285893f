//! A model of several files: `use "common.dbspec"` puts the items of another file in its place.

use std::collections::BTreeSet;

use super::codes::{CANNOT_LOAD, NOT_TEXT, NOT_UTF8, SOURCE_TOO_LARGE};
use super::{Parsed, parse_file};
use crate::diag::{Diagnostic, SourceMap};
use crate::model::{Item, Model};
use crate::span::Span;

/// The most bytes that a source file may have: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;

/// How deep files may use each other.
const MAX_DEPTH: usize = 64;

/// What a file and those that it uses say.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// One model of all files. The text and the comments are those of the first.
    pub parsed: Parsed,
    /// The texts, which spans point into; the first file's id is the first.
    pub sources: SourceMap,
}

/// Gives the bytes of a file, or says why not. More than [`MAX_BYTES`] need not be read: what is cut there is refused.
pub type Reader<'r> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'r;

/// Reads a model whose first file is given, and whatever it uses through `read`. A path is relative to the file that
/// names it; a file that is used twice counts once, so files may use each other.
///
/// ```
/// let mut read = |path: &str| match path {
///     "models/common.dbspec" => Ok(b"enum Size { small large }".to_vec()),
///     _ => Err("no such file".to_owned()),
/// };
/// let loaded = dbspec_core::syntax::load("models/shop.dbspec", b"use \"common.dbspec\"".to_vec(), &mut read);
/// assert!(loaded.parsed.diagnostics.is_empty());
/// assert_eq!(loaded.parsed.model.items.len(), 1);
/// ```
pub fn load(path: &str, bytes: Vec<u8>, read: &mut Reader<'_>) -> Loaded {
    let mut loader = Loader {
        read,
        sources: SourceMap::new(),
        seen: BTreeSet::from([plain(path)]),
        diagnostics: Vec::new(),
    };
    let parsed = match loader.parse(path, bytes) {
        Ok(mut parsed) => {
            parsed.model.items = loader.splice(path, std::mem::take(&mut parsed.model.items), 0);
            parsed
        }
        Err(found) => {
            loader.diagnostics.push(*found);
            Parsed {
                model: Model::default(),
                comments: Vec::new(),
                diagnostics: Vec::new(),
                text: String::new(),
            }
        }
    };
    let mut diagnostics = loader.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span().position());
    Loaded {
        parsed: Parsed {
            diagnostics,
            ..parsed
        },
        sources: loader.sources,
    }
}

struct Loader<'r, 'f> {
    read: &'r mut Reader<'f>,
    sources: SourceMap,
    seen: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Loader<'_, '_> {
    /// One file, whose diagnostics are taken.
    fn parse(&mut self, path: &str, bytes: Vec<u8>) -> Result<Parsed, Box<Diagnostic>> {
        let text = match decode(path, bytes) {
            Ok(text) => text,
            Err(undecoded) => {
                let file = self.sources.add(path, undecoded.shown);
                let at = undecoded.at.map_or(Span::NONE, |at| Span::new(file, at, at));
                return Err(Box::new(undecoded.found.at(at, "")));
            }
        };
        let file = self.sources.add(path, text.as_str());
        let mut parsed = parse_file(&text, file);
        self.diagnostics.append(&mut parsed.diagnostics);
        Ok(parsed)
    }

    /// The items with each `use` replaced by what it names.
    fn splice(&mut self, path: &str, items: Vec<Item>, depth: usize) -> Vec<Item> {
        if !items.iter().any(|item| matches!(item, Item::Use(_))) {
            return items;
        }
        let mut spliced = Vec::with_capacity(items.len());
        for item in items {
            let Item::Use(used) = item else {
                spliced.push(item);
                continue;
            };
            let target = beside(path, &used.path);
            if !self.seen.insert(plain(&target)) {
                continue;
            }
            let failed = |why: String| {
                Diagnostic::error(&CANNOT_LOAD, format!("`{}` can't be read: {why}", used.path))
                    .at(used.at, "used here")
                    .why("the path is relative to the file that uses it")
                    .help("look at the path, or remove the `use`")
            };
            if depth == MAX_DEPTH {
                let why = format!("files use each other more than {MAX_DEPTH} deep");
                self.diagnostics.push(failed(why));
                continue;
            }
            let parsed = match (self.read)(&target) {
                Ok(bytes) => self.parse(&target, bytes),
                Err(why) => Err(Box::new(failed(why))),
            };
            match parsed {
                Ok(parsed) => spliced.append(&mut self.splice(&target, parsed.model.items, depth + 1)),
                Err(found) => self.diagnostics.push(*found),
            }
        }
        spliced
    }
}

struct Undecoded {
    found: Diagnostic,
    /// What can be shown of the file.
    shown: String,
    /// Where it goes wrong, in what is shown.
    at: Option<u32>,
}

fn decode(path: &str, bytes: Vec<u8>) -> Result<String, Box<Undecoded>> {
    if bytes.len() > MAX_BYTES {
        return Err(Box::new(Undecoded {
            found: Diagnostic::error(&SOURCE_TOO_LARGE, format!("`{path}` is larger than 32 MiB"))
                .why("a source file may have 32 MiB; ten thousand entities need less than ten")
                .help("look whether this is the right file, or split the model with `use`"),
            shown: String::new(),
            at: None,
        }));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let byte = bytes.get(at).copied().unwrap_or_default();
        if bytes.contains(&0) {
            return Box::new(Undecoded {
                found: Diagnostic::error(&NOT_TEXT, format!("`{path}` is not text: it holds NUL bytes"))
                    .why("a description is plain text in UTF-8, and nothing in it was read")
                    .help("look whether this is the right file"),
                shown: String::new(),
                at: None,
            });
        }
        Box::new(Undecoded {
            found: Diagnostic::error(
                &NOT_UTF8,
                format!("`{path}` is not UTF-8: byte 0x{byte:02x} at offset {at}"),
            )
            .why("a description is plain text in UTF-8, and nothing in it was read")
            .help("save the file as UTF-8"),
            shown: String::from_utf8_lossy(bytes).into_owned(),
            at: u32::try_from(at).ok(),
        })
    })
}

/// A path that is written in a file, as seen from where that file's own path is.
fn beside(file: &str, path: &str) -> String {
    match file.rfind('/') {
        Some(at) if !path.starts_with('/') => format!("{}/{path}", &file[..at]),
        _ => path.to_owned(),
    }
}

/// The path without `.` and `..` as far as its text tells, so that one file is known again.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn loaded(files: &[(&str, &str)]) -> Loaded {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let first = files["m/main"].as_bytes().to_vec();
        let mut read = |path: &str| {
            let plain = plain(path);
            let text = files.get(plain.as_str()).ok_or("no such file")?;
            Ok(text.as_bytes().to_vec())
        };
        load("m/main", first, &mut read)
    }

    fn names(loaded: &Loaded) -> Vec<&str> {
        let items = loaded.parsed.model.items.iter();
        items
            .filter_map(|item| match item {
                Item::Enum(it) => Some(it.name.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn items_come_in_place_and_once() {
        let loaded = loaded(&[
            ("m/main", "enum A { x }\nuse \"b\"\nuse \"./b\"\nenum Z { x }"),
            ("m/b", "use \"../common/c\"\nenum B { x }\nuse \"main\""),
            ("common/c", "enum C { x }"),
        ]);
        assert_eq!(loaded.parsed.diagnostics, []);
        assert_eq!(names(&loaded), ["A", "C", "B", "Z"]);
    }

    #[test]
    fn findings_point_into_their_own_file() {
        let loaded = loaded(&[("m/main", "use \"gone\"\nuse \"b\""), ("m/b", "\nentity { }")]);
        let places: Vec<_> = loaded
            .parsed
            .diagnostics
            .iter()
            .map(|it| {
                let at = loaded.sources.locate(it.span()).expect("a place");
                (it.code.name, at.file.to_owned(), at.line)
            })
            .collect();
        assert_eq!(
            places,
            [
                ("cannot-load", "m/main".to_owned(), 1),
                ("unexpected-token", "m/b".to_owned(), 2)
            ]
        );
    }

    #[test]
    fn what_is_no_text_is_said_to_be_none() {
        let code = |bytes: Vec<u8>| {
            let loaded = load("x", bytes, &mut |_| Err("none".to_owned()));
            let codes: Vec<_> = loaded.parsed.diagnostics.iter().map(|it| it.code.name).collect();
            codes.join(" ")
        };
        assert_eq!(code(b"enum A { \xff }".to_vec()), "not-utf8");
        assert_eq!(code(b"\x7fELF\0\0\xff".to_vec()), "not-text");
        assert_eq!(code(b"\x7fELF\0\0".to_vec()), "not-text");
        assert_eq!(code(vec![b' '; MAX_BYTES + 1]), "source-too-large");
        assert_eq!(code(vec![b' '; MAX_BYTES]), "");
    }
}
