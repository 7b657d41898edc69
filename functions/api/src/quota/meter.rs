//! What an instance knows of one tenant's use of its quotas.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use store::{Quota, QuotaUse, TenantQuotas, date};

use super::QuotaSettings;
use super::level::{Level, Measure};
use super::window::{Batch, Window};

/// How long what was read holds: a quota that was changed is in force no later.
const HOLDS: Duration = Duration::from_mins(1);

/// The same where more than half of a quota is used, or nothing could be read.
const HOLDS_BRIEFLY: Duration = Duration::from_secs(10);

/// What an instance knows of one tenant's use of its quotas.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Whoever reads from the table holds it, so that all who want that at once read once.
    pub(super) reading: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window: Window,
    seen: Seen,
    /// What was admitted since that was read.
    since: Work,
}

/// What was read of a tenant last.
#[derive(Debug, Default)]
struct Seen {
    /// When the read began; none before the first, and where it is to be read anew.
    at: Option<Timestamp>,
    /// Whether the last attempt failed, and what is here is of an earlier one.
    failed: bool,
    set: TenantQuotas,
    used: QuotaUse,
}

/// Work that a client asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Work {
    pub(super) jobs: u64,
    /// Bytes of its documents, as far as they are known.
    pub(super) bytes: u64,
}

/// Work that may be done. It counts until this is dropped; and if it is kept, until the table has it.
#[derive(Debug)]
#[must_use = "work that is not kept is not counted"]
pub(crate) struct Admission {
    meter: Arc<Meter>,
    work: Work,
    kept: bool,
}

impl Meter {
    /// Whether what was read is still to be gone by.
    pub(super) fn is_fresh(&self, defaults: &QuotaSettings, now: Timestamp) -> bool {
        let state = self.lock();
        let Some(at) = state.seen.at else {
            return false;
        };
        let half = |level: &Level| level.measure != Measure::Requests && level.is_half_used();
        let is_brief = state.seen.failed || state.levels(defaults, now).iter().any(half);
        let holds = if is_brief { HOLDS_BRIEFLY } else { HOLDS };
        // A clock that was set back says nothing of how long ago it was, and another day has counts of its own.
        (at..at + holds).contains(&now) && date(at) == date(now)
    }

    /// Notes what was read, from this moment on.
    pub(super) fn see(&self, set: TenantQuotas, used: QuotaUse, now: Timestamp) {
        let mut state = self.lock();
        state.seen = Seen {
            at: Some(now),
            failed: false,
            set,
            used,
        };
        state.since = Work::default();
    }

    /// Notes that nothing could be read: what was known before holds on, but for the counts of another day.
    pub(super) fn see_nothing(&self, now: Timestamp) {
        let mut state = self.lock();
        if state.seen.at.is_some_and(|at| date(at) != date(now)) {
            state.seen.used.bytes_today = 0;
            state.seen.used.pages_today = 0;
            state.since.bytes = 0;
        }
        state.seen.at = Some(now);
        state.seen.failed = true;
    }

    /// Forgets how long ago it was that something was read.
    pub(super) fn forget(&self) {
        self.lock().seen.at = None;
    }

    /// How the tenant stands in all of its quotas.
    pub(super) fn levels(&self, defaults: &QuotaSettings, now: Timestamp) -> [Level; 4] {
        let mut state = self.lock();
        state.window.move_to(now);
        state.levels(defaults, now)
    }

    /// Lets a request through, if it `must_pass` or there is room for one. Says what is to be added to the shared counter, or which quota is used up.
    pub(super) fn pass(
        &self,
        defaults: &QuotaSettings,
        must_pass: bool,
        now: Timestamp,
    ) -> Result<Option<Batch>, Level> {
        let mut state = self.lock();
        state.window.move_to(now);
        let [requests, ..] = state.levels(defaults, now);
        if requests.is_exceeded_by(1) && !must_pass {
            return Err(requests);
        }
        let batch = match requests.quota {
            Quota::AtMost(per_second) => Some(per_second),
            Quota::Unlimited => None,
        };
        Ok(state.window.pass(batch))
    }

    /// Notes what became of a batch: what the shared counter then said, if it was added.
    pub(super) fn batch_ended(&self, batch: Batch, shared: Option<u64>) {
        let mut state = self.lock();
        match shared {
            Some(shared) => state.window.added(batch, shared),
            None => state.window.not_added(batch),
        }
    }

    /// Admits work if there is room for it. Says else which quota is used up, or would be.
    pub(super) fn admit(
        self: Arc<Self>,
        work: Work,
        defaults: &QuotaSettings,
        now: Timestamp,
    ) -> Result<Admission, Level> {
        let mut state = self.lock();
        let [_, jobs, bytes, pages] = state.levels(defaults, now);
        // Of a document that is not here yet the size is not known; it has at least one byte, and one page.
        let wanted = [(jobs, work.jobs), (bytes, work.bytes.max(1)), (pages, 1)];
        for (level, more) in wanted {
            if level.is_exceeded_by(more) {
                return Err(level);
            }
        }
        state.since.jobs += work.jobs;
        state.since.bytes += work.bytes;
        drop(state);
        Ok(Admission {
            meter: self,
            work,
            kept: false,
        })
    }

    /// Whether nobody has asked for long what is known here.
    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        let at = self.lock().seen.at;
        at.is_none_or(|at| !(at..at + HOLDS).contains(&now))
    }

    /// No panic leaves anything half done here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn levels(&self, defaults: &QuotaSettings, now: Timestamp) -> [Level; 4] {
        let Self {
            window,
            seen: Seen { set, used, .. },
            since,
        } = self;
        let holds = defaults.overridden_by(set);
        let midnight = Some(midnight_after(now));
        [
            Level {
                measure: Measure::Requests,
                quota: holds.requests_per_second,
                is_own: set.requests_per_second.is_some(),
                used: window.count(),
                resets_at: Some(window.end()),
            },
            Level {
                measure: Measure::Jobs,
                quota: holds.jobs_in_flight,
                is_own: set.jobs_in_flight.is_some(),
                used: used.jobs_in_flight + since.jobs,
                resets_at: None,
            },
            Level {
                measure: Measure::Bytes,
                quota: holds.bytes_per_day,
                is_own: set.bytes_per_day.is_some(),
                used: used.bytes_today + since.bytes,
                resets_at: midnight,
            },
            Level {
                measure: Measure::Pages,
                quota: holds.pages_per_day,
                is_own: set.pages_per_day.is_some(),
                used: used.pages_today,
                resets_at: midnight,
            },
        ]
    }
}

impl Admission {
    /// The work is going to be done.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        if !self.kept {
            // What was read meanwhile knows nothing of it.
            let Work { jobs, bytes } = &mut self.meter.lock().since;
            *jobs = jobs.saturating_sub(self.work.jobs);
            *bytes = bytes.saturating_sub(self.work.bytes);
        }
    }
}

fn midnight_after(now: Timestamp) -> Timestamp {
    let tomorrow = date(now).saturating_add(1.day());
    let midnight = tomorrow.to_zoned(TimeZone::UTC);
    midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn noon() -> Timestamp {
        "2026-09-01T12:00:00Z".parse().unwrap()
    }

    fn with_jobs(most: u64) -> QuotaSettings {
        QuotaSettings {
            jobs_in_flight: Quota::AtMost(most),
            ..QuotaSettings::UNLIMITED
        }
    }

    fn with_bytes(most: u64) -> QuotaSettings {
        QuotaSettings {
            bytes_per_day: Quota::AtMost(most),
            ..QuotaSettings::UNLIMITED
        }
    }

    fn used(jobs_in_flight: u64, bytes_today: u64) -> QuotaUse {
        QuotaUse {
            jobs_in_flight,
            bytes_today,
            pages_today: 0,
        }
    }

    fn work(jobs: u64, bytes: u64) -> Work {
        Work { jobs, bytes }
    }

    #[test]
    fn what_was_read_holds_for_a_minute_and_less_where_more_than_half_is_used() {
        let (meter, quotas) = (Arc::new(Meter::default()), with_jobs(10));
        assert!(!meter.is_fresh(&quotas, noon()));
        meter.see(TenantQuotas::default(), used(4, 0), noon());
        assert!(meter.is_fresh(&quotas, noon() + 59 * SECOND));
        assert!(!meter.is_fresh(&quotas, noon() + HOLDS));
        // What is admitted here counts too.
        for _ in 0..2 {
            let admitted = Arc::clone(&meter).admit(work(1, 0), &quotas, noon());
            admitted.unwrap().keep();
        }
        assert!(meter.is_fresh(&quotas, noon() + 9 * SECOND));
        assert!(!meter.is_fresh(&quotas, noon() + HOLDS_BRIEFLY));
    }

    #[test]
    fn what_was_read_does_not_hold_for_a_clock_that_went_back_nor_for_another_day() {
        let (meter, quotas) = (Meter::default(), with_jobs(10));
        meter.see(TenantQuotas::default(), used(0, 0), noon());
        assert!(!meter.is_fresh(&quotas, noon() - SECOND));
        let late = noon() + 43_199 * SECOND;
        meter.see(TenantQuotas::default(), used(0, 0), late);
        assert!(meter.is_fresh(&quotas, late));
        assert!(!meter.is_fresh(&quotas, late + SECOND));
    }

    #[test]
    fn what_was_not_kept_takes_no_room() {
        let (meter, quotas) = (Arc::new(Meter::default()), with_jobs(1));
        let admit = || Arc::clone(&meter).admit(work(1, 5), &quotas, noon());
        let first = admit().unwrap();
        assert!(admit().is_err());
        drop(first);
        admit().unwrap().keep();
        assert!(admit().is_err());
        // The table has it by now, or what became of it.
        meter.see(TenantQuotas::default(), used(0, 0), noon());
        assert!(admit().is_ok());
    }

    #[test]
    fn a_day_that_cannot_be_read_begins_with_nothing_used() {
        let (meter, quotas) = (Arc::new(Meter::default()), with_bytes(100));
        meter.see(TenantQuotas::default(), used(0, 90), noon());
        let admit = |now| Arc::clone(&meter).admit(work(1, 20), &quotas, now);
        assert!(admit(noon()).is_err());
        meter.see_nothing(noon() + SECOND);
        assert!(admit(noon() + SECOND).is_err());
        let tomorrow = noon() + Duration::from_hours(24);
        meter.see_nothing(tomorrow);
        assert!(admit(tomorrow).is_ok());
    }

    #[test]
    fn what_may_not_be_refused_passes_and_counts() {
        let meter = Meter::default();
        let quotas = QuotaSettings {
            requests_per_second: Quota::AtMost(1),
            ..QuotaSettings::UNLIMITED
        };
        for _ in 0..10 {
            assert!(meter.pass(&quotas, false, noon()).is_ok());
        }
        assert!(meter.pass(&quotas, false, noon()).is_err());
        assert!(meter.pass(&quotas, true, noon()).is_ok());
        let [requests, ..] = meter.levels(&quotas, noon());
        assert_eq!((requests.used, requests.remaining()), (11, Some(0)));
    }
}
