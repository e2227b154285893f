//! Rows from a folder: one `ENTITY.jsonl` each.

use std::path::Path;

use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::{Given, rows_of};

use crate::LiveError;

/// How far long work is: done, of how many.
pub type Progress<'p> = dyn FnMut(usize, usize) + Send + 'p;

/// The rows of a folder: one file `ENTITY.jsonl` per entity or relation that has some.
///
/// # Errors
/// [`LiveError::File`] for a folder or file that can't be read or belongs to no entity, [`LiveError::Rows`] for what are no
/// rows.
pub fn read_folder(kernel: &Kernel, folder: &Path) -> Result<Vec<(EntityId, Given)>, LiveError> {
    let unread = |path: &Path, says: String| LiveError::File {
        path: path.to_owned(),
        says,
    };
    let entries = std::fs::read_dir(folder).map_err(|error| unread(folder, error.to_string()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unread(folder, error.to_string()))?.path();
        if path.extension().is_some_and(|it| it == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let entity = kernel.entity(&name).ok_or_else(|| {
            let known: Vec<&str> = kernel.entities.iter().map(|(_, entity)| &*entity.name).collect();
            unread(
                &path,
                format!("the model has no entity `{name}`, but {}", known.join(", ")),
            )
        })?;
        let text = std::fs::read_to_string(&path).map_err(|error| unread(&path, error.to_string()))?;
        let rows = rows_of(kernel, entity, &text).map_err(|misfit| LiveError::Rows {
            path: path.clone(),
            misfit,
        })?;
        all.extend(rows.into_iter().map(|row| (entity, row)));
    }
    Ok(all)
}
