//! How many connections there may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for connections. A connection that finds none waits, and is known to.
#[derive(Debug, Clone)]
pub(super) struct Room {
    places: Arc<Semaphore>,
    /// Set while connections wait.
    wanted: Arc<AtomicBool>,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held")] Option<OwnedSemaphorePermit>);

impl Room {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            wanted: Arc::default(),
        }
    }

    /// A place, once there is one. One connection asks at a time: the others wait behind it, in the system.
    pub(super) async fn enter(&self) -> Place {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Place(Some(permit));
        }
        self.wanted.store(true, Ordering::Relaxed);
        // It is never closed.
        Place(Arc::clone(&self.places).acquire_owned().await.ok())
    }

    /// Tells that no connection waits any more, neither here nor in the system.
    pub(super) fn is_enough(&self) {
        self.wanted.store(false, Ordering::Relaxed);
    }

    /// Whether a connection waits for a place, so that others should not rest on theirs.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }
}
