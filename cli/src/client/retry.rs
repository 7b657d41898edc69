//! When a call is tried again.

use std::time::Duration;

use uuid::Uuid;

use super::Client;

/// The first pause. Each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long a call is tried as long as nothing has ever answered: the address may be wrong.
const PATIENCE_AT_FIRST: Duration = Duration::from_millis(1500);

/// How to wait.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pause {
    /// So long at least, for the API said so.
    Asked(Duration),
    /// Longer from time to time.
    Backoff,
}

impl Client {
    /// How long a call may be tried.
    pub(super) fn patience(&self) -> Duration {
        let patience = self.settings().retry_for;
        if self.has_answered() {
            patience
        } else {
            patience.min(PATIENCE_AT_FIRST)
        }
    }
}

/// How long to wait after this attempt, counted from 0; none if that is longer than there is time left.
pub(super) fn pause(how: Pause, attempt: u32, left: Duration) -> Option<Duration> {
    let backoff = FIRST_PAUSE
        .saturating_mul(1 << attempt.min(10))
        .min(LONGEST_PAUSE);
    let pause = match how {
        // Those who were told the same should not all come back at once.
        Pause::Asked(pause) => pause + random_part(FIRST_PAUSE.saturating_mul(2)),
        Pause::Backoff => backoff / 2 + random_part(backoff / 2),
    };
    (pause < left).then_some(pause)
}

/// A random part of a time.
fn random_part(time: Duration) -> Duration {
    let [byte, ..] = *Uuid::new_v4().as_bytes();
    time.mul_f64(f64::from(byte) / 256.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_kept_and_what_takes_too_long_is_not_begun() {
        let minute = Duration::from_mins(1);
        let asked = Duration::from_secs(7);
        assert!(pause(Pause::Asked(asked), 0, minute).unwrap() >= asked);
        assert_eq!(pause(Pause::Asked(minute), 0, minute), None);
        for attempt in 0..100 {
            let pause = pause(Pause::Backoff, attempt, minute).unwrap();
            assert!(pause <= LONGEST_PAUSE, "{pause:?}");
        }
        assert_eq!(pause(Pause::Backoff, 0, Duration::ZERO), None);
    }
}
