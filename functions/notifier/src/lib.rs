//! The notifier: notices of jobs that have ended in, webhooks out.
//!
//! - [`Notifier::handle`] is the function: a batch in, the notices to deliver again out.
//! - `delivery` decides what one notice means, and makes one attempt; `waits` says when the next one is due.
//! - `event` is what is told, `signature` how it is signed: by Standard Webhooks.
//!
//! **Invariant:** a notice is consumed only when its delivery is over: taken by the other side, given up, unwanted, or replaced by a replay; or when its
//! job was removed. So each end is told at least once if anybody listens, always under the same id.

mod delivery;
mod event;
mod signature;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use fetch::{Fetcher, Limits, Policy, SystemResolver};
use jiff::Timestamp;
use job::limits;
use service::{Clock, until};
use store::{Store, handle_batch};

/// Delivers webhooks.
#[derive(Debug, Clone)]
pub struct Notifier {
    store: Store,
    clock: Clock,
    fetcher: Fetcher,
}

/// Time between an invocation's end and the moment its notices may be seen again.
const HIDDEN_BEYOND_DEADLINE: Duration = Duration::from_secs(10);

impl Notifier {
    /// A notifier on this store, that reaches what this policy lets it reach.
    pub fn new(store: Store, clock: Clock, policy: Policy) -> Self {
        let limits = Limits {
            fetch_time: limits::WEBHOOK_TIME,
            ..Limits::default()
        };
        Self {
            store,
            clock,
            fetcher: Fetcher::with(policy, limits, Arc::new(SystemResolver)),
        }
    }

    /// Handles a batch. `deadline` is when this invocation will be killed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let hidden = until(self.clock.now(), deadline) + HIDDEN_BEYOND_DEADLINE;
        let answer = handle_batch(event, self.store.webhooks(), hidden, |delivered| {
            self.deliver(delivered)
        })
        .await;
        self.store.add_usage(self.clock.now()).await;
        answer
    }
}
