//! Databases: a live client, waited for.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dbspec::kernel::{Kernel, Refusal};
use dbspec::semantics::{Answer, Asked, Context, Operation};
use dbspec::value::Value;
use dbspec_live::{Client, LiveError};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use crate::failure::Failure;

/// A database that was connected to.
pub(crate) struct Database {
    runtime: Runtime,
    client: Client,
    kernel: Arc<Kernel>,
}

impl Database {
    /// Connects to what a URL names.
    pub(crate) fn connect(url: &str, kernel: &Arc<Kernel>) -> Result<Self, Failure> {
        let runtime = Runtime::new().map_err(|error| Failure::Live(error.to_string()))?;
        let client = runtime
            .block_on(Client::connect(url, Arc::clone(kernel)))
            .map_err(|error| failure(kernel, &error))?;
        Ok(Self {
            runtime,
            client,
            kernel: Arc::clone(kernel),
        })
    }

    /// Creates the design on an empty database.
    pub(crate) fn apply(&mut self) -> Result<(), Failure> {
        let waiting = spinner("creating the design");
        let done = self.runtime.block_on(self.client.apply());
        waiting.finish_and_clear();
        done.map_err(|error| failure(&self.kernel, &error))
    }

    /// Answers a query.
    pub(crate) fn query(&mut self, asked: Asked, context: &Context) -> Result<Answer, Failure> {
        self.runtime
            .block_on(self.client.query(asked, context))
            .map_err(|error| failure(&self.kernel, &error))
    }

    /// Does a write.
    pub(crate) fn write(&mut self, operation: Operation, context: &Context) -> Result<Value, Failure> {
        self.runtime
            .block_on(self.client.write(operation, context))
            .map_err(|error| failure(&self.kernel, &error))
    }

    /// Loads a folder of rows; says how many there were.
    pub(crate) fn load(&mut self, folder: &Path) -> Result<u64, Failure> {
        let bar = ProgressBar::new(0).with_style(style("{msg} {wide_bar} {pos}/{len} rows"));
        bar.set_message("loading");
        let progress = |done: u64, all: u64| {
            bar.set_length(all);
            bar.set_position(done);
        };
        let loaded = self.runtime.block_on(self.client.load(folder, &progress));
        bar.finish_and_clear();
        loaded.map_err(|error| failure(&self.kernel, &error))
    }
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

fn spinner(message: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// What a live error means to who asked: a refusal is an answer of the model, everything else is the engine's.
fn failure(kernel: &Kernel, error: &LiveError) -> Failure {
    match error {
        LiveError::Refused(refusals) => {
            let names: Vec<String> = refusals.iter().map(|it| refusal(kernel, it)).collect();
            Failure::Refused(format!("refused: {}", names.join("; ")))
        }
        _ => Failure::Live(error.to_string()),
    }
}

/// A refusal as users know it.
pub(crate) fn refusal(kernel: &Kernel, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Rule(id) => {
            let rule = &kernel.rules[*id];
            format!("`{}` of {}", rule.name, kernel.entities[rule.entity].name)
        }
        Refusal::Require(name) => format!("`{name}`"),
        Refusal::NotOne(entity) => {
            format!("not exactly one {} is meant", kernel.entities[*entity].name)
        }
        Refusal::Invalid => "a number is too large, or divided by zero".to_owned(),
    }
}
