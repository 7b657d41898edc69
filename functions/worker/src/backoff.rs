//! How long to wait before trying again.

use std::time::Duration;

use job::limits::{BACKOFF_BASE, BACKOFF_CAP};
use rand::RngExt;

/// Exponential back-off with full jitter: anywhere between nothing and a bound that doubles with each try, so that jobs that failed
/// together do not come back together.
pub(crate) fn backoff(tries: u32) -> Duration {
    rand::rng().random_range(Duration::ZERO..=bound(tries))
}

fn bound(tries: u32) -> Duration {
    BACKOFF_BASE
        .saturating_mul(1 << tries.min(20))
        .min(BACKOFF_CAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_until_its_cap() {
        assert_eq!([0, 1, 3].map(bound), [1, 2, 8].map(Duration::from_secs));
        assert_eq!([20, u32::MAX].map(bound), [BACKOFF_CAP; 2]);
    }
}
