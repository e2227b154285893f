//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A database specialist: one model, compiled into the best design for each engine.
#[derive(Debug, Parser)]
#[command(name = "dbspec", version, max_term_width = 100, after_help = AFTER)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "Data goes to standard output, talk to standard error.
Exit codes: 0 done, 1 the input has errors or a check failed, 2 wrong usage, 3 a live engine failed or disagreed.";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with a model, and how to mend it
    Check(Model),
    /// List the numbers that the designs read and nobody gave
    Assumptions(OfTargets),
    /// Write models in the one way
    Fmt(Fmt),
    /// Write the files that each engine's own client runs, with coverage and decisions
    Compile(Compile),
    /// Show what each target does for every query, write, rule and fact
    Coverage(Coverage),
    /// Explain one element: what became of it, why, and what else there was
    Why(Why),
    /// Answer a query, run a write, insert a row or load rows
    Run(Box<Run>),
    /// Ask every query of two databases and show where they differ
    Verify(Verify),
    /// Create the design on an empty database
    Apply(Apply),
    /// Write a model for other tools
    Export(Export),
    /// Read a model from JSON and write it in the language
    Import(Import),
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For machines: one JSON document with the same facts
    Json,
}

/// How results are written, as an option.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Style {
    /// How results are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// A model file.
#[derive(Debug, Args)]
pub(crate) struct Model {
    /// The model: a .dbspec file, a model as .json, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub style: Style,
}

/// A model and some of its targets.
#[derive(Debug, Args)]
pub(crate) struct OfTargets {
    #[command(flatten)]
    pub model: Model,
    /// A target of the model by name, or any as `postgres@17`; repeat for several [default: all that the model states,
    /// else every engine]
    #[arg(long = "target", value_name = "TARGET")]
    pub targets: Vec<String>,
}

/// `fmt`
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// The .dbspec files, or - for standard input to standard output
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change nothing; list the files that are not as they should be, and fail if there are any
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub style: Style,
}

/// `compile`
#[derive(Debug, Args)]
pub(crate) struct Compile {
    #[command(flatten)]
    pub of: OfTargets,
    /// The folder to write to: TARGET/…, coverage.json, coverage.md, decisions.json
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `coverage`
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    #[command(flatten)]
    pub of: OfTargets,
    /// Show only what has this outcome on some target: `unsupported`, `not-served`, `guarded`, …
    #[arg(long, value_name = "OUTCOME", value_parser = crate::command::coverage::outcome_word)]
    pub only: Vec<&'static str>,
}

/// `why`
#[derive(Debug, Args)]
pub(crate) struct Why {
    #[command(flatten)]
    pub of: OfTargets,
    /// The element by its path: `Order`, `Order.lines`, `orders_of_customer`
    #[arg(value_name = "ELEMENT")]
    pub element: String,
    /// Show each rule that a target doesn't enforce by the fewest rows that break it, as the engine's own client puts them in
    #[arg(long = "break")]
    pub breaks: bool,
}

/// `export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The model: a .dbspec file, a model as .json, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// Where to; standard output without
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What `export` writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// The whole model, which `import` and every other command read
    #[default]
    Json,
    /// An entity diagram in Mermaid
    Mermaid,
    /// Tables and references in DBML
    Dbml,
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The model as .json, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where to; standard output without
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub style: Style,
}

/// `run`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["access", "write", "insert", "rows"]))]
pub(crate) struct Run {
    #[command(flatten)]
    pub model: Model,
    /// Answer this access
    #[arg(long, value_name = "NAME", conflicts_with_all = ["write", "insert"])]
    pub access: Option<String>,
    /// Run this declared write
    #[arg(long, value_name = "NAME", conflicts_with = "insert")]
    pub write: Option<String>,
    /// Insert a row of this entity, its fields given by --param
    #[arg(long, value_name = "ENTITY")]
    pub insert: Option<String>,
    /// A parameter or field: a value, or JSON for what is no plain value
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// Who asks: a member of the model's `session`
    #[arg(long = "session", value_name = "NAME=VALUE")]
    pub session: Vec<String>,
    /// Go on after the `next` of an earlier page
    #[arg(long, value_name = "CURSOR", requires = "access")]
    pub after: Option<String>,
    /// Load these rows first: a folder with one ENTITY.jsonl each
    #[arg(long, value_name = "FOLDER")]
    pub rows: Option<PathBuf>,
    /// The database: postgres://…, mysql://…, dynamodb://…, mongodb://…, redis://…, neo4j://…, memory: or memory:FOLDER
    #[arg(
        long,
        value_name = "URL",
        default_value = "memory:",
        env = "DBSPEC_URL",
        hide_env_values = true
    )]
    pub url: String,
}

/// `verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub model: Model,
    /// A database; give two
    #[arg(long = "url", value_name = "URL", required = true)]
    pub urls: Vec<String>,
    /// Parameters to ask with: one `{"access": NAME, "params": {…}}` a line
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// Rows to draw parameters from [default: those of a memory:FOLDER among the URLs]
    #[arg(long, value_name = "FOLDER", conflicts_with = "params")]
    pub rows: Option<PathBuf>,
    /// Who asks: a member of the model's `session`
    #[arg(long = "session", value_name = "NAME=VALUE")]
    pub session: Vec<String>,
}

/// `apply`
#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub model: Model,
    /// The database: postgres://…, mysql://…, dynamodb://…, mongodb://…, redis://…, neo4j://…
    #[arg(long, value_name = "URL", env = "DBSPEC_URL", hide_env_values = true)]
    pub url: String,
}
