//! What every request needs.

use std::time::Duration;

use service::Clock;
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::auth::Auth;
use crate::cost::WORKER_MEMORY_MB;
use crate::head::Door;
use crate::ops::system::DeadLetterQueues;
use crate::quota::{QuotaSettings, Quotas};
use crate::retry_after::Traffic;
use crate::{Cors, Hosts};

/// What every request needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) auth: Auth,
    pub(crate) quotas: Quotas,
    /// Longest body of a request, in bytes. A longer one is answered 413.
    pub(crate) max_request_bytes: usize,
    pub(crate) traffic: Traffic,
    /// MB of the worker's function: what extractions are reckoned at.
    pub(crate) worker_memory_mb: u64,
    pub(crate) door: Door,
    pub(crate) dead_letter_queues: DeadLetterQueues,
    /// Ends all streams and waits. Where there is none, answers cannot be streams.
    ending: Option<CancellationToken>,
}

impl App {
    /// An API on this store, told the time by this clock, for these callers, that takes bodies of up to so many bytes. Everybody may have as much as
    /// it likes.
    pub fn new(store: Store, clock: Clock, auth: Auth, max_request_bytes: usize) -> Self {
        let quotas = Quotas::in_memory(QuotaSettings::UNLIMITED, clock.clone());
        Self {
            store,
            clock,
            auth,
            quotas,
            max_request_bytes,
            traffic: Traffic::default(),
            worker_memory_mb: WORKER_MEMORY_MB,
            door: Door::default(),
            dead_letter_queues: DeadLetterQueues::default(),
            ending: None,
        }
    }

    /// The same with quotas: these where nothing else was set for a tenant.
    #[must_use]
    pub fn limited_by(self, defaults: QuotaSettings) -> Self {
        let quotas = Quotas::new(defaults, self.store.clone(), self.clock.clone());
        Self { quotas, ..self }
    }

    /// The same where an answer can be a stream: until this ends it, and all that waits.
    #[must_use]
    pub fn streaming_until(self, ending: CancellationToken) -> Self {
        let ending = Some(ending);
        Self { ending, ..self }
    }

    /// The same for the pages of these origins too.
    #[must_use]
    pub fn sharing_with(self, cors: Cors) -> Self {
        let door = Door { cors, ..self.door };
        Self { door, ..self }
    }

    /// The same under these names alone.
    #[must_use]
    pub fn called(self, hosts: Hosts) -> Self {
        let door = Door { hosts, ..self.door };
        Self { door, ..self }
    }

    /// The same, with an eye on these queues.
    #[must_use]
    pub fn watching(self, dead_letter_queues: DeadLetterQueues) -> Self {
        Self {
            dead_letter_queues,
            ..self
        }
    }

    /// The same for a worker whose function has so many MB of memory, if it is said.
    #[must_use]
    pub fn worker_memory_mb(self, said: Option<u64>) -> Self {
        let worker_memory_mb = said.unwrap_or(WORKER_MEMORY_MB);
        Self {
            worker_memory_mb,
            ..self
        }
    }

    /// Where links into the storage lead: its origin. None where they cannot be signed, for then there are none.
    pub(crate) async fn storage_origin(&self) -> Option<String> {
        let origin = self.store.links_origin().await;
        origin
            .inspect_err(|error| tracing::warn!(%error, "Links into the storage cannot be signed"))
            .ok()
    }

    /// Whether an answer can be a stream.
    pub(crate) fn streams(&self) -> bool {
        self.ending.is_some()
    }

    /// Lets this time pass. Says whether there is any left, or all that waits is to end.
    pub(crate) async fn pause(&self, time: Duration) -> bool {
        let passed = tokio::time::sleep(time);
        if let Some(ending) = &self.ending {
            ending.run_until_cancelled(passed).await.is_some()
        } else {
            passed.await;
            true
        }
    }
}
