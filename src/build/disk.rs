//! What touches the disk, the environment and standard output: the only input and output of this crate.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dbspec_core::syntax::{Loaded, MAX_BYTES, load as load_all};

use super::BuildError;

/// The folder that cargo gives to a build script.
pub(super) fn out_dir() -> Option<PathBuf> {
    std::env::var_os("OUT_DIR").map(PathBuf::from)
}

/// Reads a model with all that it uses, and which files those are.
pub(super) fn load(file: &Path) -> Result<(Loaded, Vec<PathBuf>), BuildError> {
    let first = bytes(file).map_err(|source| BuildError::Read {
        file: file.to_owned(),
        source,
    })?;
    let mut seen = vec![file.to_owned()];
    let mut read = |path: &str| {
        let path = Path::new(path);
        let bytes = bytes(path).map_err(|error| error.to_string())?;
        seen.push(path.to_owned());
        Ok(bytes)
    };
    let loaded = load_all(&file.to_string_lossy(), first, &mut read);
    Ok((loaded, seen))
}

/// The bytes of a file; one more than allowed where there are too many.
fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(file)?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file, unless it says the same already: what depends on it is then not built again.
pub(super) fn write(file: &Path, text: &str) -> Result<(), BuildError> {
    if std::fs::read(file).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text));
    written.map_err(|source| BuildError::Write {
        file: file.to_owned(),
        source,
    })
}

/// Says lines to cargo, where it listens: to a build script.
pub(super) fn say(lines: &[String]) -> Result<(), BuildError> {
    if out_dir().is_none() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let mut all = lines.iter();
    all.try_for_each(|line| writeln!(out, "{line}"))
        .map_err(BuildError::Output)
}
