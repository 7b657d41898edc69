//! The one place where the time is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// No invocation takes a day, and no moment lies within a day of the year 1970.
const LONGEST_INVOCATION: Duration = Duration::from_hours(24);

/// Tells the time. Clones share one offset, so a test can move a whole stack into the future without waiting.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Milliseconds by which this clock is ahead of the system's. Only [`Clock::advance`] changes it.
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The time now, to the millisecond: what is stored is what was compared.
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = Timestamp::now().as_millisecond();
        let ahead = self.ahead_ms.load(Ordering::Relaxed);
        Timestamp::from_millisecond(now.saturating_add(ahead)).unwrap_or(Timestamp::MAX)
    }

    /// When an invocation's time is up, from the milliseconds that the runtime API tells a function.
    ///
    /// Lambda tells the moment. `cargo lambda watch` tells how long it takes until then, always ten minutes; as a
    /// moment that would be long past.
    pub fn deadline(&self, ms: u64) -> Timestamp {
        let given = Duration::from_millis(ms);
        let deadline = if given < LONGEST_INVOCATION {
            self.now().checked_add(given)
        } else {
            Timestamp::UNIX_EPOCH.checked_add(given)
        };
        deadline.unwrap_or(Timestamp::MAX)
    }

    /// Moves this clock and all its clones forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }
}

/// The time from one moment to another; none if that has passed.
pub fn until(now: Timestamp, then: Timestamp) -> Duration {
    then.duration_since(now)
        .try_into()
        .unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = Clock::system();
        let clone = clock.clone();
        let before = clone.now();
        clock.advance(Duration::from_hours(1));
        assert!(clone.now().duration_since(before).as_secs() >= 3600);
    }

    #[test]
    fn a_deadline_is_a_moment_and_one_of_few_minutes_counts_from_now() {
        let clock = Clock::system();
        let moment = clock.now() + Duration::from_mins(5);
        let ms = moment.as_millisecond().unsigned_abs();
        assert_eq!(clock.deadline(ms), moment);

        let before = clock.now();
        let deadline = clock.deadline(600_000);
        assert!(deadline >= before + Duration::from_mins(10));
        assert!(deadline <= clock.now() + Duration::from_mins(10));

        assert_eq!(clock.deadline(u64::MAX), Timestamp::MAX);
    }
}
