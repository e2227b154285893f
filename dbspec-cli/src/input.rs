//! Models from files.

use std::io::{self, Read};
use std::path::Path;

use dbspec::diag::SourceMap;
use dbspec::model::Model;
use dbspec::syntax::{Loaded, MAX_BYTES, Parsed, load};

use crate::failure::Failure;

/// A model that was read, whatever is wrong with it.
pub(crate) struct Input {
    /// What it says.
    pub parsed: Parsed,
    /// The texts.
    pub sources: SourceMap,
}

/// Reads a model: text with what it uses, or JSON.
pub(crate) fn model(file: &Path) -> Result<Input, Failure> {
    let bytes = bytes(file)?;
    let json = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
    // No text of the language begins so.
    if json || bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(Input {
            parsed: Parsed {
                model: from_json(file, &bytes)?,
                comments: Vec::new(),
                diagnostics: Vec::new(),
                text: String::new(),
            },
            sources: SourceMap::new(),
        });
    }
    let mut read = |path: &str| read_capped(Path::new(path)).map_err(|error| error.to_string());
    let Loaded { parsed, sources } = load(&file.to_string_lossy(), bytes, &mut read);
    Ok(Input { parsed, sources })
}

/// What a model in JSON has in every version of the format.
#[derive(serde::Deserialize)]
struct Head {
    format: u32,
}

/// A model from JSON, in a format that this release knows.
pub(crate) fn from_json(file: &Path, bytes: &[u8]) -> Result<Model, Failure> {
    let wrong = |why: String| Failure::Input {
        file: file.to_owned(),
        why,
    };
    if bytes.len() > MAX_BYTES {
        return Err(wrong("larger than 32 MiB; is it the right file?".to_owned()));
    }
    let Head { format } =
        serde_json::from_slice(bytes).map_err(|error| wrong(format!("not a model in JSON: {error}")))?;
    if format != Model::FORMAT {
        return Err(wrong(format!(
            "format {format} of models is unknown; this release reads format {}",
            Model::FORMAT
        )));
    }
    serde_json::from_slice(bytes).map_err(|error| wrong(format!("not a model in JSON: {error}")))
}

/// The bytes of a file, or of standard input for `-`; one more than allowed where there are too many.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let read = if file == Path::new("-") {
        capped(io::stdin().lock())
    } else {
        read_capped(file)
    };
    read.map_err(|source| Failure::Read {
        file: file.to_owned(),
        source,
    })
}

fn read_capped(file: &Path) -> io::Result<Vec<u8>> {
    capped(std::fs::File::open(file)?)
}

fn capped(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
