//! How a long poll learns that there may be a message.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::sqs::store::News;

/// One bell for each queue that was waited for.
#[derive(Default)]
pub(super) struct Bells {
    by_queue: Mutex<HashMap<String, Arc<Notify>>>,
    closed: AtomicBool,
}

impl Bells {
    pub(super) fn of(&self, queue: &str) -> Arc<Notify> {
        let mut bells = self.by_queue.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(queue.to_owned()).or_default())
    }

    pub(super) fn ring(&self, news: &[News]) {
        if news.is_empty() {
            return;
        }
        let mut bells = self.by_queue.lock().unwrap_or_else(PoisonError::into_inner);
        for news in news {
            match news {
                // One receiver for one message. One that leaves passes the ring on.
                News::Message(queue) => {
                    if let Some(bell) = bells.get(queue) {
                        bell.notify_one();
                    }
                }
                News::Sooner(queue) => {
                    if let Some(bell) = bells.get(queue) {
                        bell.notify_waiters();
                    }
                }
                News::Deleted(queue) => {
                    if let Some(bell) = bells.remove(queue) {
                        bell.notify_waiters();
                    }
                }
            }
        }
    }

    /// Makes everyone who waits look again.
    pub(super) fn ring_all(&self) {
        let bells = self.by_queue.lock().unwrap_or_else(PoisonError::into_inner);
        for bell in bells.values() {
            bell.notify_waiters();
        }
    }

    /// From now on nobody waits.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.ring_all();
    }

    pub(super) fn are_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
