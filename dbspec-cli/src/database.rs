//! Databases: a live client, waited for.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dbspec::kernel::{EntityId, Kernel};
use dbspec::rows::Given;
use dbspec::semantics::{Answer, Asked, Context, Operation};
use dbspec::value::Value;
use dbspec_live::{Client, LiveError, read_folder};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use crate::failure::Failure;

/// A database that was connected to.
pub(crate) struct Database {
    runtime: Runtime,
    client: Client,
}

impl Database {
    /// Connects to what a URL names.
    pub(crate) fn connect(url: &str, kernel: &Arc<Kernel>) -> Result<Self, Failure> {
        let runtime = Runtime::new().map_err(|error| Failure::Live(error.to_string()))?;
        let waiting = spinner("connecting");
        let client = runtime.block_on(Client::connect(url, Arc::clone(kernel)));
        waiting.finish_and_clear();
        Ok(Self {
            client: client.map_err(failure)?,
            runtime,
        })
    }

    /// What is given with each request: the instant, a fresh seed, and who asks.
    pub(crate) fn context(&self, session: Vec<Value>) -> Context {
        self.client.context(session)
    }

    /// Where it is, without secrets.
    pub(crate) fn address(&self) -> String {
        self.client.address().to_string()
    }

    /// Creates the design on an empty database.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        let waiting = spinner("creating the design");
        let applied = self.runtime.block_on(self.client.apply());
        waiting.finish_and_clear();
        applied.map_err(failure)
    }

    /// Answers a query.
    pub(crate) fn query(&self, asked: Asked, context: &Context) -> Result<Answer, Failure> {
        let answer = self.runtime.block_on(self.client.query(asked, context));
        answer.map_err(failure)
    }

    /// Does a write.
    pub(crate) fn write(&self, operation: Operation, context: &Context) -> Result<Value, Failure> {
        let returned = self.runtime.block_on(self.client.write(operation, context));
        returned.map_err(failure)
    }

    /// Loads a folder of rows; says how many there were.
    pub(crate) fn load(&self, folder: &Path) -> Result<usize, Failure> {
        let rows = folder_rows(self.client.kernel(), folder)?;
        let bar = ProgressBar::new(rows.len() as u64)
            .with_style(style("{msg} {wide_bar} {pos}/{len} rows"))
            .with_message("loading");
        let mut progress = |done: usize, _: usize| bar.set_position(done as u64);
        let loaded = self.runtime.block_on(self.client.load(rows, &mut progress));
        bar.finish_and_clear();
        loaded.map_err(failure)
    }
}

/// The rows of a folder that holds one `ENTITY.jsonl` each.
pub(crate) fn folder_rows(kernel: &Kernel, folder: &Path) -> Result<Vec<(EntityId, Given)>, Failure> {
    let rows = read_folder(kernel, folder).map_err(failure)?;
    if rows.is_empty() {
        return Err(Failure::Input {
            file: folder.to_owned(),
            why: "no ENTITY.jsonl with rows is there".to_owned(),
        });
    }
    Ok(rows)
}

fn spinner(message: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// What a live error means to who asked: some are answers of the model, some mistakes of the command line, some bad
/// files, and the rest is the engine's.
fn failure(error: LiveError) -> Failure {
    let says = error.to_string();
    match error {
        LiveError::Refused { .. } | LiveError::Limit(_) => Failure::Refused(says),
        LiveError::NotServed(_) => Failure::NotServed(says),
        LiveError::Address(_) => Failure::Usage(format!("--url: {says}")),
        LiveError::File { .. } => Failure::Usage(format!("cannot read {says}")),
        LiveError::Rows { path, misfit } => Failure::Input {
            file: path,
            why: misfit.to_string(),
        },
        LiveError::Connect { .. }
        | LiveError::Version { .. }
        | LiveError::NotEmpty { .. }
        | LiveError::Failed(_)
        | LiveError::Unknown(_)
        | LiveError::Fault(_) => Failure::Live(says),
    }
}
