//! Files that are written whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Files to be written together: all are prepared beside their places before the first takes its own, so that whatever
/// goes wrong before leaves the old ones whole.
#[derive(Debug, Default)]
pub(crate) struct Files {
    prepared: Vec<(tempfile::TempPath, PathBuf)>,
    /// Folders made for them, outermost first.
    made: Vec<PathBuf>,
}

impl Files {
    /// Prepares one file; makes its folder where there is none.
    pub(crate) fn add(&mut self, file: &Path, text: &str) -> Result<(), Failure> {
        self.prepare(file, text).map_err(|source| Failure::Write {
            file: file.to_owned(),
            source,
        })
    }

    fn prepare(&mut self, file: &Path, text: &str) -> io::Result<()> {
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        self.make(folder)?;
        // A link stays one: what it names is replaced.
        let file = match std::fs::canonicalize(file) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => file.to_owned(),
            Err(error) => return Err(error),
        };
        if file.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = file.parent().filter(|it| *it != Path::new("")).unwrap_or(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".dbspec-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).map_or(0o666, |it| it.permissions().mode() & 0o777);
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let mut temporary = builder.tempfile_in(folder)?;
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        self.prepared.push((temporary.into_temp_path(), file));
        Ok(())
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent().filter(|it| *it != Path::new("")) {
            self.make(parent)?;
        }
        match std::fs::create_dir(folder) {
            Ok(()) => self.made.push(folder.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Puts all files in their places.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        for (temporary, file) in std::mem::take(&mut self.prepared) {
            temporary.persist(&file).map_err(|error| Failure::Write {
                file,
                source: error.error,
            })?;
        }
        self.made.clear();
        Ok(())
    }
}

impl Drop for Files {
    /// What was prepared and not finished goes, with the folders made for it.
    fn drop(&mut self) {
        self.prepared.clear();
        for folder in self.made.drain(..).rev() {
            // A folder that somebody else put something in stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}
