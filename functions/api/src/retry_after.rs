//! `Retry-After`: when a job may stand otherwise than now.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use job::{Job, State};
use service::until;
use store::Backlog;
use tokio::time::timeout;

use crate::App;

/// What a job is taken to keep a worker busy for.
const TYPICAL_JOB_SECONDS: u64 = 1;

/// Longest time that a client is told to wait for a job in the queue: the guess may be wrong.
const MAX_QUEUED_SECONDS: u64 = 60;

/// Longest time that a client is told to wait for a job that runs.
const MAX_RUNNING_SECONDS: u64 = 30;

/// How long what was seen of the queue holds.
const FRESH: Duration = Duration::from_secs(5);

/// Longest look at the queue: a hint is not worth more.
const LOOK: Duration = Duration::from_secs(2);

/// What was last seen of the queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic(Arc<Mutex<Seen>>);

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    at: Timestamp,
    backlog: Backlog,
}

/// Seconds after which a job may stand otherwise than now; none if it is final.
pub(crate) async fn retry_after(app: &App, job: &Job) -> Option<u64> {
    let now = app.clock.now();
    match &job.state {
        State::Completed { .. } | State::Failed { .. } | State::Cancelled { .. } => None,
        State::Pending {
            not_before: Some(time),
            ..
        } if *time > now => Some(seconds(until(now, *time))),
        State::Pending { .. } => Some(queued(app.traffic.look(app, now).await)),
        // What has run for long will most likely go on for long.
        State::Running { started_at, .. } => {
            let half = until(*started_at, now) / 2;
            Some(seconds(half).min(MAX_RUNNING_SECONDS))
        }
    }
}

/// The same for a job that was accepted this moment, by what is known already: a start pays for no look at the queue.
pub(crate) fn retry_after_start(app: &App) -> u64 {
    queued(app.traffic.seen(app.clock.now()).unwrap_or_default())
}

/// Adds `Retry-After`, if there is one.
pub(crate) fn put(headers: &mut HeaderMap, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Seconds until a job at the end of the queue begins: those before it, shared among the workers there are.
fn queued(backlog: Backlog) -> u64 {
    let Backlog {
        waiting,
        in_flight,
        delayed: _,
    } = backlog;
    let turns = waiting.div_ceil(in_flight.max(1));
    (turns * TYPICAL_JOB_SECONDS).clamp(1, MAX_QUEUED_SECONDS)
}

fn seconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(1000))
        .unwrap_or(u64::MAX)
        .max(1)
}

impl Traffic {
    /// What is in the queue, as it was seen within the last seconds.
    pub(crate) async fn look(&self, app: &App, now: Timestamp) -> Backlog {
        if let Some(backlog) = self.seen(now) {
            return backlog;
        }
        // Whoever else asks meanwhile makes do with what was seen before.
        self.lock().at = now;
        match timeout(LOOK, app.store.queue().backlog()).await {
            Ok(Ok(backlog)) => self.lock().backlog = backlog,
            Ok(Err(error)) => tracing::warn!(%error, "The queue cannot be looked at"),
            Err(_elapsed) => tracing::warn!("The queue cannot be looked at in time"),
        }
        self.lock().backlog
    }

    fn seen(&self, now: Timestamp) -> Option<Backlog> {
        let Seen { at, backlog } = *self.lock();
        (until(at, now) < FRESH).then_some(backlog)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_before_are_shared_among_the_workers() {
        let queued = |waiting, in_flight| {
            queued(Backlog {
                waiting,
                in_flight,
                ..Backlog::default()
            })
        };
        assert_eq!(queued(0, 0), 1);
        assert_eq!(queued(1, 8), 1);
        assert_eq!(queued(7, 0), 7);
        assert_eq!(queued(70, 10), 7);
        assert_eq!(queued(71, 10), 8);
        assert_eq!(queued(1_000_000, 10), MAX_QUEUED_SECONDS);
    }
}
