//! When an attempt that failed is made again.

use std::time::Duration;

use job::limits::WEBHOOK_WAITS;
use rand::RngExt;

/// By how much a wait may differ, in either direction: so that what failed together does not come back together.
const JITTER: f64 = 0.1;

/// How long to wait after so many attempts; none if there is to be no other.
pub(crate) fn wait(attempts: u32) -> Option<Duration> {
    let failed = usize::try_from(attempts).unwrap_or(usize::MAX);
    let wait = WEBHOOK_WAITS.get(failed.saturating_sub(1))?;
    Some(wait.mul_f64(rand::rng().random_range(1.0 - JITTER..=1.0 + JITTER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_are_attempted_for_a_day_at_growing_gaps() {
        let waits: Vec<Duration> = (1..).map_while(wait).collect();
        assert_eq!(waits.len(), WEBHOOK_WAITS.len());
        for (wait, wanted) in waits.iter().zip(WEBHOOK_WAITS) {
            let off = wait.abs_diff(wanted);
            assert!(off <= wanted.mul_f64(JITTER * 1.01), "{wait:?}");
        }
        let all: Duration = WEBHOOK_WAITS.iter().sum();
        let day = Duration::from_hours(24);
        assert!(all < day && all > Duration::from_hours(23), "{all:?}");
        // SQS hides a message for no longer.
        let longest = WEBHOOK_WAITS.iter().max().unwrap();
        assert!(longest.mul_f64(1.0 + JITTER) < Duration::from_hours(12));
    }
}
