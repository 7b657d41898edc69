//! Whether other batches are being handled beside one.
//!
//! Under Lambda there are none. Elsewhere there may be, and small ones: what they used is then not written at the end of each, but
//! from time to time, and at the latest when the last of them ends.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The batches that are being handled in this process. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<Weak<()>>>);

/// One that is being handled. All that are at the same time share it.
#[derive(Debug)]
pub(crate) struct Batch(Arc<()>);

impl UnderWay {
    pub(crate) fn begin(&self) -> Batch {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = shared.upgrade().unwrap_or_default();
        *shared = Arc::downgrade(&batch);
        Batch(batch)
    }
}

impl Batch {
    /// Ends it. Of those that end at the same time, one is the last.
    pub(crate) fn was_the_last(self) -> bool {
        Arc::into_inner(self.0).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_batches_that_are_handled_at_once_one_is_the_last() {
        let under_way = UnderWay::default();
        let [first, dropped, second] = [(); 3].map(|()| under_way.begin());
        assert!(!first.was_the_last());
        drop(dropped);
        assert!(second.was_the_last());
        assert!(under_way.begin().was_the_last());
    }
}
