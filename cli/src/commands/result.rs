//! `scan result`.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::follow::{WAIT_SECONDS, follow};
use super::ids;
use super::job::Job;
use crate::client::Fetched;
use crate::failure::{Exit, Failure};
use crate::output::{Output, plain_lines};
use crate::settings::Context;
use crate::written::write_whole;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The job
    #[arg(value_name = "ID")]
    id: String,
    /// How it is written
    #[arg(long, short, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Where to; without this, to standard output
    #[arg(long, short, alias = "out", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Waits until the job has ended
    #[arg(long, short)]
    wait: bool,
    /// Of a job of many documents: what is done so far
    #[arg(long, conflicts_with = "wait")]
    partial: bool,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// All of it
    Json,
    /// The records, a row each
    Csv,
    /// The records, a line of JSON each
    Ndjson,
    /// The documents in Markdown, if that was asked for at the start
    Markdown,
    /// The documents' text
    Text,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        id,
        format,
        output,
        wait,
        partial,
    } = arguments;
    let id = ids::one(&id)?;
    if wait {
        follow(context, &id, WAIT_SECONDS, |_| Ok(())).await?;
    }
    let fetched = if partial {
        context.client.partial_result(&id, format).await
    } else {
        context.client.result(&id, format).await
    };
    let mut fetched = match fetched {
        Err(failure) if failure.is("job_not_completed") => {
            return Err(not_completed(context, &id, failure).await);
        }
        fetched => fetched?,
    };
    match output.filter(|path| path.as_os_str() != "-") {
        Some(path) => write_whole(&path, |file| fetched.copy_to(file))?,
        None => to_stdout(context.output, &mut fetched)?,
    }
    Ok(())
}

/// Why there is no result: the job has not ended, or not well.
async fn not_completed(context: &Context, id: &str, refused: Failure) -> Failure {
    let job: Result<Job, Failure> = context.client.get(&["scan", "status", id]).read().await;
    match job {
        Ok(job) if job.is_final() => Failure::new(Exit::Job, ended_badly(&job)),
        Ok(job) => Failure::failed(format!(
            "job {id} is {}, so it has no result yet; --wait waits for it",
            job.status
        )),
        Err(_) => refused,
    }
}

/// What is said of a job that has no result and will have none.
pub(super) fn ended_badly(job: &Job) -> String {
    let (id, status) = (&job.id, &job.status);
    match &job.error {
        Some(error) => format!(
            "job {id} {status}: {}",
            crate::output::plain(&error.words())
        ),
        None => format!("job {id} is {status}"),
    }
}

/// Writes a result to standard output, which may be a terminal.
pub(super) fn to_stdout(output: Output, fetched: &mut Fetched) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if output.to_terminal {
        let mut text = Vec::new();
        fetched.copy_to(&mut text)?;
        let text = plain_lines(&String::from_utf8_lossy(&text));
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
    } else {
        fetched.copy_to(&mut out)?;
    }
    out.flush()?;
    Ok(())
}
