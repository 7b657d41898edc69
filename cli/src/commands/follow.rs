//! A job on its way to its end.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::time::sleep;

use super::job::Job;
use crate::failure::Failure;
use crate::settings::Context;

/// Seconds that one request waits for a job; the API grants no more.
pub(crate) const WAIT_SECONDS: u64 = 20;

/// An answer that comes sooner and says nothing new was not waited for.
const AT_ONCE: Duration = Duration::from_secs(1);

/// How long to wait then.
const PAUSE: Duration = Duration::from_secs(2);

/// Follows a job until it is final. `tell` is told each time that it stands otherwise than before.
pub(crate) async fn follow(
    context: &Context,
    id: &str,
    seconds: u64,
    mut tell: impl FnMut(&Job) -> Result<(), Failure>,
) -> Result<Job, Failure> {
    let mut tag: Option<String> = None;
    loop {
        let began = Instant::now();
        let call = context.client.get(&["scan", "status", id]);
        let call = call.waiting(seconds);
        let call = match &tag {
            Some(tag) => call.header("if-none-match", tag),
            None => call,
        };
        let answer = call.send().await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            if began.elapsed() < AT_ONCE {
                sleep(answer.retry_after().unwrap_or(PAUSE)).await;
            }
            continue;
        }
        let job: Job = answer.json(&context.client)?;
        tell(&job)?;
        if job.is_final() {
            return Ok(job);
        }
        tag = answer.header("etag").map(ToOwned::to_owned);
        if tag.is_none() {
            sleep(PAUSE).await;
        }
    }
}
