//! What every request needs.

use service::Clock;
use store::Store;

/// What every request needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// Longest body of a request, in bytes. A longer one is answered 413.
    pub(crate) max_request_bytes: usize,
}

impl App {
    /// An API on this store, told the time by this clock, that takes bodies of up to so many bytes.
    pub fn new(store: Store, clock: Clock, max_request_bytes: usize) -> Self {
        Self {
            store,
            clock,
            max_request_bytes,
        }
    }
}
