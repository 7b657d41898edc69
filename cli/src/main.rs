//! `scan`: what the data extraction backend does, from the command line. `scan --help` says how to use it.

mod client;
mod commands;
mod failure;
mod keys;
mod output;
mod place;
mod reference;
mod settings;
mod written;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use tokio::runtime::Runtime;

use crate::commands::{
    cancel, config, extractors, letters, list, remove, result, retry, service, status, submit,
    usage, watch,
};
use crate::failure::{Exit, Failure};
use crate::output::complain;
use crate::settings::CommonArguments;

const AFTER_HELP: &str = "\
Settings: a flag counts more than the environment, that more than the profile of the configuration file:

  profile = \"prod\"
  [profiles.prod]
  url = \"https://abc.execute-api.eu-central-1.amazonaws.com\"
  key_file = \"~/.config/data-extraction/prod.key\"
  tenant = \"acme\"

A key is never an argument, for others on the machine see those: SCAN_KEY, --key-file and profiles hold it. Where nobody is asked \
who they are, as under `make run`, none is needed.

Results go to standard output, words for people and progress to standard error. NO_COLOR switches colours off.

Exit codes:
  0    done
  1    something failed, here or at the API
  2    what was asked for makes no sense
  3    a job failed or was cancelled
  4    what was named is not there
  5    not permitted: no key, a wrong one, or one that may not do that
  6    the API cannot be reached, or is too busy
  130  interrupted";

#[derive(Debug, Parser)]
#[command(
    name = "scan",
    version,
    about = "The data extraction backend, from the command line",
    after_help = AFTER_HELP
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Submit documents and fetch what is found in them
    Submit(submit::Arguments),
    /// Show how jobs stand
    Status(status::Arguments),
    /// Follow jobs until they have ended
    Watch(watch::Arguments),
    /// Read what a job extracted
    Result(result::Arguments),
    /// List jobs, newest first
    List(list::Arguments),
    /// End jobs that have not ended
    Cancel(cancel::Arguments),
    /// Submit failed and cancelled jobs again
    Retry(retry::Arguments),
    /// Remove jobs and all their bytes
    Remove(remove::Arguments),
    /// What to extract, saved under names
    #[command(subcommand)]
    Extractors(extractors::Command),
    /// What the queue gave up on
    #[command(subcommand)]
    DeadLetters(letters::Command),
    /// The keys by which callers are known
    Keys(keys::Arguments),
    /// Show what was used by day, and about what it costs
    Usage(usage::Arguments),
    /// Show what may be used, and what has been
    Quotas,
    /// Show the limits in force
    Limits,
    /// Show who calls, and what they may do
    Whoami,
    /// Show whether the service is up
    Health,
    /// Show where the settings are from
    Config,
    /// Write what completes commands in a shell
    Completion {
        /// The shell
        shell: Shell,
    },
    /// Write the reference of all commands in Markdown
    #[command(hide = true)]
    Reference,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.exit != Exit::Unread {
                complain(&format!("error: {failure}"));
            }
            failure.exit.code()
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { command, common } = arguments;
    if let Command::Keys(_) = &command {
        // The data folder is where the local runner has it. Nothing else is told by a file that may be anybody's.
        local::settings::read_env_file()?;
    }
    Runtime::new()?.block_on(async {
        match command {
            Command::Submit(arguments) => submit::run(&common.connect()?, arguments).await,
            Command::Watch(arguments) => watch::run(&common.connect()?, arguments).await,
            Command::Status(arguments) => status::run(&common.connect()?, arguments).await,
            Command::Result(arguments) => result::run(&common.connect()?, arguments).await,
            Command::List(arguments) => list::run(&common.connect()?, arguments).await,
            Command::Cancel(arguments) => cancel::run(&common.connect()?, arguments).await,
            Command::Retry(arguments) => retry::run(&common.connect()?, arguments).await,
            Command::Remove(arguments) => remove::run(&common.connect()?, arguments).await,
            Command::Extractors(command) => extractors::run(&common.connect()?, command).await,
            Command::DeadLetters(command) => letters::run(&common.connect()?, command).await,
            Command::Keys(arguments) => keys::run(&common, arguments).await,
            Command::Usage(arguments) => usage::run(&common.connect()?, arguments).await,
            Command::Quotas => service::quotas(&common.connect()?).await,
            Command::Limits => service::limits(&common.connect()?).await,
            Command::Whoami => service::whoami(&common.connect()?).await,
            Command::Health => service::health(&common.connect()?).await,
            Command::Config => config::run(&common),
            Command::Completion { shell } => reference::completion(shell),
            Command::Reference => reference::markdown(),
        }
    })
}
