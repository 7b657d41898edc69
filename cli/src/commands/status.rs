//! `scan status`.

use clap::Args;
use serde_json::Value;

use super::ids;
use super::job::Job;
use crate::failure::Failure;
use crate::output::{Output, plain, say};
use crate::settings::Context;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The jobs; `-` reads ids from standard input
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let ids = ids::read(&arguments.ids)?;
    let mut failed = None;
    for (index, id) in ids.iter().enumerate() {
        match context.client.get(&["scan", "status", id]).send().await {
            Ok(answer) if context.output.json => {
                let job: Value = answer.json(&context.client)?;
                match ids.len() {
                    1 => Output::pretty(&job)?,
                    _ => Output::line(&job)?,
                }
            }
            Ok(answer) => {
                let job: Job = answer.json(&context.client)?;
                let space = if index > 0 { "\n" } else { "" };
                say(&format!("{space}{}", shown(&job, context)))?;
            }
            // The others may be there.
            Err(failure) if failure.is("job_not_found") && ids.len() > 1 => {
                let failure = failure.at(format!("job {id}"));
                crate::output::complain(&format!("error: {failure}"));
                failed = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    match failed {
        None => Ok(()),
        Some(failure) => Err(Failure::new(
            failure.exit,
            "not all of these jobs are there",
        )),
    }
}

/// A job, a line for each thing that is known of it.
fn shown(job: &Job, context: &Context) -> String {
    let now = context.clock.now();
    let colors = context.output.colors();
    let status = job.color().map_or_else(
        || plain(&job.status),
        |color| color.paint(&plain(&job.status), colors),
    );
    let time = |at: Option<jiff::Timestamp>| at.map(|at| format!("{at:.0}"));
    let tags: Vec<String> = job.tags.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let reason = job.error.as_ref().or(job.last_error.as_ref());
    let may_be_retried = match &job.error {
        Some(error) if error.retryable => " (`scan retry` may help)",
        _ => "",
    };
    let lines = [
        ("job", Some(job.id.clone())),
        ("created", time(Some(job.created_at))),
        ("started", time(job.started_at)),
        ("finished", time(job.finished_at)),
        ("lasted", Some(job.lasted(now))),
        (
            "attempt",
            Some(format!("{} of {}", job.attempt, job.max_attempts)),
        ),
        ("next attempt", time(job.next_attempt_at)),
        ("progress", job.progress()),
        ("documents", job.documents.map(|count| count.to_string())),
        ("media type", job.media_type.clone()),
        (
            "extractor",
            job.extractor
                .as_ref()
                .map(|it| format!("{}@{}", it.name, it.version)),
        ),
        ("tags", (!tags.is_empty()).then(|| tags.join(" "))),
        ("kept until", time(job.expires_at)),
        (
            "error",
            reason.map(|reason| reason.words() + may_be_retried),
        ),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| {
        let value = plain(&value?);
        Some(format!("{:13} {value}", format!("{name}:")))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.insert(1, format!("{:13} {status}", "status:"));
    lines.join("\n")
}
