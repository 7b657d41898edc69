//! On whose account capacity units are used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

tokio::task_local! {
    /// The meter of what is under way.
    static METER: Meter;
}

/// Adds up the capacity units that calls to `DynamoDB` consume within it, in thousandths: half a unit is 500. Clones share one sum. What is called
/// within no meter is on nobody's account.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Units>);

#[derive(Debug, Default)]
struct Units {
    read: AtomicU64,
    written: AtomicU64,
}

impl Meter {
    /// Does this with the meter on. What it spawns is not metered.
    pub fn run<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        // On the heap, for what is metered is big.
        METER.scope(self.clone(), Box::pin(work))
    }

    /// Does this, which does not wait, with the meter on.
    pub fn run_sync<T>(&self, work: impl FnOnce() -> T) -> T {
        METER.sync_scope(self.clone(), work)
    }

    /// Thousandths of read units so far.
    pub fn read_milliunits(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// Thousandths of write units so far.
    pub fn write_milliunits(&self) -> u64 {
        self.0.written.load(Ordering::Relaxed)
    }
}

/// A call consumed so many read units.
pub(crate) fn read(units: f64) {
    let _ = METER.try_with(|meter| {
        meter
            .0
            .read
            .fetch_add(thousandths(units), Ordering::Relaxed)
    });
}

/// A call consumed so many write units.
pub(crate) fn written(units: f64) {
    let sum = |meter: &Meter| {
        meter
            .0
            .written
            .fetch_add(thousandths(units), Ordering::Relaxed)
    };
    let _ = METER.try_with(sum);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "units are some thousands at most, and never negative"
)]
fn thousandths(units: f64) -> u64 {
    (units * 1_000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_meter_has_what_is_used_within_it() {
        let (outer, inner) = (Meter::default(), Meter::default());
        read(7.0);
        outer
            .run(async {
                read(0.5);
                inner.run(async { read(2.0) }).await;
                tokio::task::yield_now().await;
                written(3.0);
            })
            .await;
        inner.run_sync(|| written(1.5));
        assert_eq!(
            (outer.read_milliunits(), outer.write_milliunits()),
            (500, 3_000)
        );
        assert_eq!(
            (inner.read_milliunits(), inner.write_milliunits()),
            (2_000, 1_500)
        );
    }
}
