//! Databases: the reference engine in memory.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dbspec::Memory;
use dbspec::kernel::{EntityId, Kernel};
use dbspec::rows::{self, Given};
use dbspec::semantics::{Answer, Asked, Context, Operation};
use dbspec::value::Value;
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// A database that was connected to.
pub(crate) struct Database {
    memory: Memory,
}

impl Database {
    /// Connects to what a URL names.
    pub(crate) fn connect(url: &str, kernel: &Arc<Kernel>) -> Result<Self, Failure> {
        let Some(folder) = url.strip_prefix("memory:") else {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(Failure::Usage(format!(
                "no engine goes by URLs with `{scheme}:`; known: memory:, memory:FOLDER"
            )));
        };
        let mut memory = Self {
            memory: Memory::new(Arc::clone(kernel)),
        };
        if !folder.is_empty() {
            memory.load(Path::new(folder))?;
        }
        Ok(memory)
    }

    /// Answers a query.
    #[expect(clippy::unnecessary_wraps, reason = "engines can fail")]
    pub(crate) fn query(&mut self, asked: &Asked, context: &Context) -> Result<Answer, Failure> {
        Ok(self.memory.answer(asked, context))
    }

    /// Does a write.
    pub(crate) fn write(&mut self, operation: &Operation, context: &Context) -> Result<Value, Failure> {
        self.memory.apply(operation, context).map_err(|refusals| {
            let names: Vec<String> = refusals
                .iter()
                .map(|it| self.memory.kernel().refusal(it))
                .collect();
            Failure::Refused(format!("refused: {}", names.join("; ")))
        })
    }

    /// Loads a folder of rows; says how many there were.
    pub(crate) fn load(&mut self, folder: &Path) -> Result<u64, Failure> {
        let kernel = Arc::clone(self.memory.kernel());
        let given = folder_rows(&kernel, folder)?;
        let bar = ProgressBar::new(given.len() as u64)
            .with_style(style("{msg} {wide_bar} {pos}/{len} rows"))
            .with_message("loading");
        let mut loaded = 0;
        for unit in rows::units(&kernel, given) {
            loaded += unit.len() as u64;
            self.memory
                .load(unit)
                .map_err(|error| Failure::Refused(format!("{}: {error}", folder.display())))?;
            bar.set_position(loaded);
        }
        bar.finish_and_clear();
        Ok(loaded)
    }
}

/// The rows of a folder that holds one `ENTITY.jsonl` each, as far as it does.
pub(crate) fn folder_rows(kernel: &Kernel, folder: &Path) -> Result<Vec<(EntityId, Given)>, Failure> {
    let read = |file: &Path| {
        std::fs::read_to_string(file).map_err(|source| Failure::Read {
            file: file.to_owned(),
            source,
        })
    };
    // A folder that isn't there is one failure, not a file each.
    std::fs::read_dir(folder).map_err(|source| Failure::Read {
        file: folder.to_owned(),
        source,
    })?;
    let mut given = Vec::new();
    let mut files = 0;
    for (entity, it) in kernel.entities.iter() {
        let file = folder.join(format!("{}.jsonl", it.name));
        if !file.is_file() {
            continue;
        }
        files += 1;
        let rows = rows::rows_of(kernel, entity, &read(&file)?).map_err(|misfit| Failure::Input {
            file,
            why: misfit.to_string(),
        })?;
        given.extend(rows.into_iter().map(|row| (entity, row)));
    }
    if files == 0 {
        return Err(Failure::Input {
            file: folder.to_owned(),
            why: "no ENTITY.jsonl of the model's entities is there".to_owned(),
        });
    }
    Ok(given)
}

/// The instant and a seed that was never used.
pub(crate) fn context(session: Vec<Value>) -> Context {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Context {
        now: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        // Its keys are drawn from the system for every one of them.
        seed: RandomState::new().build_hasher().finish(),
        session,
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
