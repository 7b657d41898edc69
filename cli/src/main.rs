//! `scan`: what an operator does from the command line. `scan --help` says how to use it.

mod keys;
mod output;
mod place;
mod usage;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::output::complain;
use crate::usage::Usage;

/// As clap ends it where the arguments cannot be understood.
const USAGE: u8 = 2;

#[derive(Debug, Parser)]
#[command(
    name = "scan",
    version,
    about = "The data extraction backend, from the command line"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The keys by which callers are known
    Keys(keys::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("error: {error}"));
            if error.is::<Usage>() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    // The data folder is where the local runner has it.
    local::settings::read_env_file()?;
    Runtime::new()?.block_on(async {
        match command {
            Command::Keys(arguments) => keys::run(arguments).await,
        }
    })
}
