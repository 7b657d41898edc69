//! What this process has seen used and not yet added to the table.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use job::{Change, Job, JobKey, State, Status, Tenant, limits};

use crate::Usage;
use crate::usage::{MAX_ASKED, MAX_UNWRITTEN};

/// What was used and is not yet written, by tenant. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    by_tenant: BTreeMap<Tenant, Usage>,
    /// How often it was asked whether it is time to write, since there is something to be written.
    asked: u32,
    /// When it was asked that first.
    since: Option<Timestamp>,
}

impl Tally {
    /// Notes what a tenant used.
    pub(crate) fn note(&self, tenant: &Tenant, used: Usage) {
        if used != Usage::default() {
            *self.lock().by_tenant.entry(tenant.clone()).or_default() += used;
        }
    }

    /// Notes that a job was accepted. Parts of jobs are none.
    pub(crate) fn accepted(&self, key: &JobKey) {
        self.of_job(key, |used| &mut used.accepted);
    }

    /// Notes that a job was removed that had not ended: nobody wants it any more.
    pub(crate) fn removed(&self, key: &JobKey) {
        self.of_job(key, |used| &mut used.cancelled);
    }

    /// Notes what this change, which took place, makes of a job.
    pub(crate) fn changed(&self, key: &JobKey, change: &Change) {
        match (change, change.target()) {
            (Change::Retry { .. }, _) => self.accepted(key),
            (_, Status::Completed) => self.of_job(key, |used| &mut used.completed),
            (_, Status::Failed) => self.of_job(key, |used| &mut used.failed),
            (_, Status::Cancelled) => self.of_job(key, |used| &mut used.cancelled),
            (_, Status::Pending | Status::Running) => {}
        }
    }

    /// What was noted of this tenant.
    pub(crate) fn of(&self, tenant: &Tenant) -> Usage {
        self.lock()
            .by_tenant
            .get(tenant)
            .copied()
            .unwrap_or_default()
    }

    /// All that was noted, which is noted no more.
    pub(crate) fn take(&self) -> BTreeMap<Tenant, Usage> {
        mem::take(&mut *self.lock()).by_tenant
    }

    /// Whether it is time to write what was noted.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let mut noted = self.lock();
        if noted.by_tenant.is_empty() {
            return false;
        }
        noted.asked += 1;
        let since = *noted.since.get_or_insert(now);
        noted.asked >= MAX_ASKED || since + MAX_UNWRITTEN <= now
    }

    fn of_job(&self, key: &JobKey, count: impl FnOnce(&mut Usage) -> &mut u64) {
        if key.part.is_none() {
            let mut used = Usage::default();
            *count(&mut used) = 1;
            self.note(&key.tenant, used);
        }
    }

    /// No panic leaves anything half done here.
    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a job that was found when this change was refused stands as the change left it: it took place, and its answer was lost. Of two that
/// did the same at the same moment, both are told so.
pub(crate) fn took_place(change: &Change, found: &Job) -> bool {
    match (change, &found.state) {
        (
            Change::Complete {
                attempt,
                now,
                result: written,
                progress: _,
            },
            State::Completed {
                finished_at,
                result,
                ..
            },
        ) => *attempt == found.attempt && now == finished_at && written == result,
        (
            Change::Fail {
                now,
                failure: written,
                ..
            }
            | Change::Exhaust {
                now,
                failure: written,
                ..
            }
            | Change::Bury {
                now,
                failure: written,
                ..
            },
            State::Failed {
                finished_at,
                failure,
            },
        ) => now == finished_at && written == failure,
        (Change::Cancel { now }, State::Cancelled { finished_at }) => now == finished_at,
        (Change::Retry { generation, now }, State::Pending { .. } | State::Running { .. }) => {
            let expires_at = limits::expiry_of_unfinished(*now).as_second();
            *generation + 1 == found.generation && expires_at == found.expires_at.as_second()
        }
        _ => false,
    }
}
