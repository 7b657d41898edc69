//! `scan remove`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::Args;
use serde_json::json;

use super::each::each;
use super::ids;
use crate::failure::{Exit, Failure};
use crate::settings::Context;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The jobs; `-` reads ids from standard input
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Ask nobody
    #[arg(long, short)]
    yes: bool,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { ids, yes } = arguments;
    let ids = ids::read(&ids)?;
    if !yes && !ids.is_empty() {
        confirm(&match ids.len() {
            1 => "Remove this job and its result for good?".to_owned(),
            count => format!("Remove these {count} jobs and their results for good?"),
        })?;
    }
    let remove = |id: String| async move {
        let call = context.client.delete(&["scan", "remove", &id]);
        call.send().await?;
        Ok(json!({"job_id": id, "removed": true}))
    };
    each(context, &ids, "removed", remove).await
}

/// Asks whoever is there. Where nobody is, it has to be said beforehand.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage(format!(
            "{question} Nobody can be asked here: --yes says so"
        )));
    }
    let mut out = io::stderr();
    let _ = write!(out, "{question} [y/N] ").and_then(|()| out.flush());
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Failure::new(Exit::Interrupted, "nothing was removed"))
    }
}
