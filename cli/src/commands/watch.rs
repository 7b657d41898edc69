//! `scan watch`.

use clap::Args;
use futures::{StreamExt as _, stream};
use serde_json::json;

use super::follow::{WAIT_SECONDS, follow};
use super::ids;
use super::job::Job;
use super::list::Filter;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Output, plain, say};
use crate::settings::Context;

/// Jobs that are followed at once.
const AT_ONCE: usize = 32;

/// Jobs that are asked for at once; the API gives no more.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The jobs; `-` reads ids from standard input. Without any: those that pass the filter and have not ended
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    filter: Filter,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { ids, filter } = arguments;
    let ids = if ids.is_empty() {
        under_way(context, &filter).await?
    } else {
        ids::read(&ids)?
    };
    if ids.is_empty() {
        context.output.note("No job is under way that passes.");
        return Ok(());
    }
    let mut ends = stream::iter(&ids)
        .map(|id| follow(context, id, WAIT_SECONDS, |job| tell(context, job)))
        .buffer_unordered(AT_ONCE);
    let (mut bad, mut missing) = (0, None);
    while let Some(end) = ends.next().await {
        match end {
            Ok(job) if job.is_completed() => {}
            Ok(_) => bad += 1,
            Err(failure) if failure.is("job_not_found") && ids.len() > 1 => missing = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    match (bad, missing) {
        (0, None) => Ok(()),
        (0, Some(_)) => Err(Failure::new(
            Exit::NotFound,
            "not all of these jobs are there",
        )),
        (bad, _) => Err(Failure::new(
            Exit::Job,
            format!("{bad} of {} jobs failed or were cancelled", ids.len()),
        )),
    }
}

/// The jobs that pass and have not ended.
async fn under_way(context: &Context, filter: &Filter) -> Result<Vec<String>, Failure> {
    let filter = filter.clone().or_under_way();
    let mut ids = Vec::new();
    let mut cursor = None;
    loop {
        let page = filter.page(context, cursor.as_deref(), PAGE).await?;
        let found = page.jobs.iter().filter_map(|job| job["job_id"].as_str());
        ids.extend(found.map(ToOwned::to_owned));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(ids);
        }
    }
}

fn tell(context: &Context, job: &Job) -> Result<(), Failure> {
    if context.output.json {
        let progress = job.progress;
        let line = json!({
            "job_id": job.id, "status": job.status, "attempt": job.attempt,
            "progress": progress.map(|it| json!({"done": it.done, "failed": it.failed, "total": it.total})),
            "error": job.error,
        });
        Output::line(&line)?;
        return Ok(());
    }
    let status = format!("{:9}", plain(&job.status));
    let status = Cell::colored(status, job.color()).painted(context.output.colors());
    let more = job.progress().unwrap_or_default();
    let why = job.error.as_ref().map(|error| plain(&error.words()));
    let line = format!("{} {status} {more}{}", job.id, why.unwrap_or_default());
    say(line.trim_end())?;
    Ok(())
}
