//! The `dbspec` program: checks, compiles, explains and runs models.
//!
//! Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 the input has errors or a check failed,
//! 2 wrong usage, 3 a live engine failed or disagreed.

mod args;
mod command;
mod database;
mod draw;
mod failure;
mod files;
mod given;
mod input;
mod output;
mod table;
mod target;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let format = command::format(&cli.command);
    match command::run(&cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            output::failed(&failure, format);
            failure.code()
        }
    }
}
