//! The worker: a batch of job messages in, jobs that are done out.
//!
//! - [`Worker::handle`] is the function: a batch in, the messages to deliver again out.
//! - `delivery` decides what one message means: claim the job, wait, or nothing at all.
//! - `attempt` works on a claimed job and ends the attempt; the extraction itself is the [`Engine`]'s.
//! - `permits` says which of the jobs that wait gets the next core: none waits for another tenant's that wait too.
//! - `parts` does jobs of many documents, in steps and parts; `archive` opens those that lie in one archive.
//!
//! **Invariant:** a message is consumed only when its job is final, gone, or in a newer generation. Whatever goes wrong
//! here, giving the message back is right.

mod archive;
mod attempt;
mod backoff;
mod delivery;
mod elsewhere;
mod parts;
mod permits;
mod sources;
mod spool;
mod under_way;

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use engine::Engine;
use jiff::Timestamp;
use job::limits;
use service::{Clock, until};
use store::{Store, handle_batch};
use tokio_util::sync::CancellationToken;

use crate::permits::Permits;
use crate::under_way::UnderWay;

pub use elsewhere::Elsewhere;

/// Does jobs.
#[derive(Debug, Clone)]
pub struct Worker {
    store: Store,
    clock: Clock,
    engine: Engine,
    elsewhere: Elsewhere,
    settings: Settings,
    /// As many extractions at once as there are cores: a job is claimed only when it can begin.
    permits: Permits,
    /// The batches that are being handled.
    under_way: UnderWay,
    /// Cancelled when the process is to end.
    stopping: CancellationToken,
}

/// How the worker paces itself. Only tests have reason to change it.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How often it looks whether a job is still wanted.
    pub cancel_look: Duration,
    /// How long it waits for an item that its message runs ahead of.
    pub look_again: Duration,
    /// How long the engine may work on one job.
    pub extract_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cancel_look: limits::CANCEL_LOOK,
            look_again: limits::LOOK_AGAIN,
            extract_time: limits::EXTRACT_TIME,
        }
    }
}

/// Time between an invocation's end and the moment its messages may be seen again.
const HIDDEN_BEYOND_DEADLINE: Duration = Duration::from_secs(10);

impl Worker {
    /// A worker on this store, with this engine, that fetches documents from there.
    pub fn new(
        store: Store,
        clock: Clock,
        engine: Engine,
        elsewhere: Elsewhere,
        settings: Settings,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            clock,
            engine,
            elsewhere,
            settings,
            permits: Permits::new(cores),
            under_way: UnderWay::default(),
            stopping: CancellationToken::new(),
        }
    }

    /// Begins no job any more, and releases those that are running: the process is to end.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Handles a batch. `deadline` is when this invocation will be killed; everything is written well before.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let batch = self.under_way.begin();
        let left = until(self.clock.now(), deadline);
        let hidden = left + HIDDEN_BEYOND_DEADLINE;
        // The rest of the time is for writing results and giving messages back.
        let soft_deadline = deadline - (left / 5).min(Duration::from_secs(10));
        let answer = handle_batch(event, self.store.queue(), hidden, |delivered| {
            self.deliver(delivered, soft_deadline, deadline)
        })
        .await;
        let now = self.clock.now();
        if batch.was_the_last() {
            self.store.add_usage(now).await;
        } else {
            self.store.add_usage_if_due(now).await;
        }
        answer
    }
}
