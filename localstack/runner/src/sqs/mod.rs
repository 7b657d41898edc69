//! A queue service for one machine: Amazon SQS's JSON protocol for standard queues, kept in SQLite.
//!
//! **Invariants**
//! 1. What was answered with success is on disk, and stays there if the process dies.
//! 2. A message is handed to one receiver at a time, and again after its visibility timeout until
//!    it is deleted.
//! 3. The time that a message knows comes from the clock alone; only how long a receive waits is
//!    real time.
//!
//! A request goes `http` → `operations` → `writer` (one thread, one transaction for all that wait)
//! → `store` (SQL), and is answered after the commit. A receive that finds nothing waits for its
//! queue's bell (`bells`).
//!
//! Where Amazon SQS leaves a choice, this one was made:
//! - An older receipt handle of a message that was received again since deletes nothing and is no
//!   error, but cannot change the message's visibility.
//! - To change the visibility of a message that is visible again changes nothing and is no error:
//!   so does Amazon SQS, though its documentation has an error `MessageNotInflight`.
//! - Messages come in the order in which they were sent, in rotation among groups
//!   (`MessageGroupId`).
//! - What is too old vanishes when its queue is next used.

mod batch;
mod bells;
mod checksum;
mod errors;
mod http;
mod limits;
mod message_attributes;
mod names;
mod operations;
mod receipt;
mod settings;
mod store;
mod wire;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use service::Clock;
use tokio::time::Instant;

use self::bells::Bells;
pub use self::errors::{Error, OpenError};
pub use self::store::Counts;
use self::store::Store;
use self::writer::Writer;

/// Where messages are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In this file and two beside it. No second process may use them.
    File(PathBuf),
    /// Nowhere: they end with the queues.
    Memory,
}

/// All queues. Clones are the same queues; dropping the last closes the file.
#[derive(Clone)]
pub struct Queues {
    writer: Arc<Writer>,
    bells: Arc<Bells>,
    clock: Clock,
}

impl Queues {
    /// Opens the queues, as they were left.
    pub fn open(storage: Storage, clock: Clock) -> Result<Self, OpenError> {
        let store = Store::open(storage, clock.clone())?;
        let bells = Arc::new(Bells::default());
        let writer = Arc::new(Writer::start(store, Arc::clone(&bells))?);
        Ok(Self {
            writer,
            bells,
            clock,
        })
    }

    /// Serves the protocol. `base_url` is what the addresses of queues begin with, such as
    /// `http://127.0.0.1:9324`.
    pub fn router(&self, base_url: &str) -> Router {
        http::router(self.clone(), base_url)
    }

    /// When the next delayed or received message of any queue becomes visible; a time that has passed if one has become so
    /// since anybody looked.
    pub async fn next_change(&self) -> Result<Option<Timestamp>, Error> {
        self.run(|store| store.next_change()).await
    }

    /// How many messages the queue of this name has.
    pub async fn counts(&self, queue: &str) -> Result<Counts, Error> {
        let name = queue.to_owned();
        self.run(move |store| {
            let queue = store.queue(&name)?;
            store.counts(&queue)
        })
        .await
    }

    /// Takes back all messages that are in flight, in all queues, and says how many; their receipt handles are
    /// void. For one who knows that whoever received them is dead: to be called before anybody receives.
    pub async fn take_back(&self) -> Result<usize, Error> {
        self.run(Store::take_back).await
    }

    /// Makes every receive that waits look again. To be called after the clock was moved, which
    /// nobody notices.
    pub fn look_again(&self) {
        self.bells.ring_all();
    }

    /// Answers every receive that waits, now and from now on: without this a server that shuts down
    /// would wait for them.
    pub fn stop_waiting(&self) {
        self.bells.close();
    }

    async fn run<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.writer.run(command).await
    }

    /// When the clock will show this time, in milliseconds since 1970. Never now, so that a loop
    /// cannot spin.
    fn instant_of(&self, time: i64) -> Instant {
        let ahead = time
            .saturating_sub(self.clock.now().as_millisecond())
            .max(1);
        Instant::now() + Duration::from_millis(ahead.unsigned_abs())
    }
}
