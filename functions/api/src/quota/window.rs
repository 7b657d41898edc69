//! Requests of a tenant in windows of ten seconds.
//!
//! An instance counts in memory. Each time that it has seen a second's worth of requests it adds them to a counter that all instances share, whose
//! answer says what all have had. So a tenant that keeps well below its rate costs no write, and what all instances let through together
//! is the quota and, of each, one second's worth.

use jiff::Timestamp;

/// Length of a window, in seconds.
pub(crate) const WINDOW_SECONDS: i64 = 10;

/// One window, as an instance sees it.
#[derive(Debug, Default)]
pub(super) struct Window {
    number: i64,
    /// Requests that this instance has let through.
    own: u64,
    /// Those of them that are on their way to the shared counter, or there.
    sent: u64,
    /// Those of them that are there.
    added: u64,
    /// What the shared counter said last.
    shared: u64,
}

/// Requests that are to be added to the shared counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) window: i64,
    pub(super) requests: u64,
}

impl Window {
    /// Goes on to the window of this moment. Also back, should the clock have been: what was counted by a wrong time counts for nothing.
    pub(super) fn move_to(&mut self, now: Timestamp) {
        let number = now.as_second().div_euclid(WINDOW_SECONDS);
        if number != self.number {
            *self = Self {
                number,
                ..Self::default()
            };
        }
    }

    /// Requests that were let through, as far as is known here.
    pub(super) fn count(&self) -> u64 {
        self.shared + (self.own - self.added)
    }

    /// Lets a request through. Says what is to be added to the shared counter, if that is a batch.
    pub(super) fn pass(&mut self, batch: Option<u64>) -> Option<Batch> {
        self.own += 1;
        let requests = self.own - self.sent;
        if batch.is_none_or(|batch| requests < batch) {
            return None;
        }
        self.sent = self.own;
        let window = self.number;
        Some(Batch { window, requests })
    }

    /// Notes that a batch was added, and what the counter then said.
    pub(super) fn added(&mut self, batch: Batch, shared: u64) {
        if batch.window == self.number {
            self.added += batch.requests;
            // Answers may come in another order than they were given.
            self.shared = self.shared.max(shared);
        }
    }

    /// Notes that a batch could not be added: it goes with the next one.
    pub(super) fn not_added(&mut self, batch: Batch) {
        if batch.window == self.number {
            self.sent -= batch.requests;
        }
    }

    /// When the window ends.
    pub(super) fn end(&self) -> Timestamp {
        let second = (self.number + 1).saturating_mul(WINDOW_SECONDS);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_batch_is_sent_once_and_the_next_after_as_many_requests() {
        let mut window = Window::default();
        window.move_to(at(1_000));
        let sent: Vec<_> = (0..7).map(|_| window.pass(Some(3))).collect();
        let batch = Batch {
            window: 100,
            requests: 3,
        };
        let right = [None, None, Some(batch), None, None, Some(batch), None];
        assert_eq!(sent, right);
        assert_eq!(window.count(), 7);
        // Others have had 10; the answers come in the wrong order.
        window.added(batch, 16);
        window.added(batch, 13);
        assert_eq!(window.count(), 17);
    }

    #[test]
    fn what_could_not_be_added_goes_with_the_next_request() {
        let mut window = Window::default();
        window.move_to(at(1_000));
        let batch = (0..2).find_map(|_| window.pass(Some(2))).unwrap();
        window.not_added(batch);
        assert_eq!(window.count(), 2);
        assert_eq!(window.pass(Some(2)).map(|batch| batch.requests), Some(3));
    }

    #[test]
    fn a_window_begins_with_nothing_also_if_the_clock_went_back() {
        let mut window = Window::default();
        window.move_to(at(1_009));
        let batch = window.pass(Some(1)).unwrap();
        assert_eq!((window.count(), window.end()), (1, at(1_010)));
        window.move_to(at(1_010));
        assert_eq!((window.count(), window.end()), (0, at(1_020)));
        // The answer comes when its window is over.
        window.added(batch, 100);
        assert_eq!(window.count(), 0);
        window.pass(Some(1));
        window.move_to(at(-1));
        assert_eq!((window.count(), window.end()), (0, at(0)));
    }
}
