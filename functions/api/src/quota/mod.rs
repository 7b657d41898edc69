//! How much each tenant may have: requests a second, jobs in flight, bytes and pages a day.
//!
//! - [`Quotas`] counts the requests of each tenant, which the gate lets through ([`Quotas::charge`]), and admits work before anything of it is
//!   written ([`Quotas::admit`]).
//! - [`QuotaSettings`]: what holds where nothing else was set for a tenant.
//! - `window`: requests, counted in memory and from time to time together with all other instances.
//! - `meter`: what is known of a tenant, for a minute; `level`: how it stands, and the headers that say so.
//!
//! A quota keeps one tenant's flood from the others; it is no account. So what is not known is not held against anybody: a table that does not answer,
//! and what other instances have admitted since it was read, let through what might be refused.

mod level;
mod meter;
mod refusal;
mod settings;
mod window;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use job::Tenant;
use service::Clock;
use store::Store;
use tokio::time::timeout;

pub(crate) use level::Level;
pub(crate) use meter::Admission;
pub(crate) use refusal::{quota_exceeded, too_many_requests};
pub(crate) use settings::{MAX_QUOTA, MAX_REQUESTS_PER_SECOND, UNLIMITED};
pub use settings::{QuotaSettings, QuotaSettingsError};
pub(crate) use window::WINDOW_SECONDS;

use self::meter::{Meter, Work};
use self::refusal::refused;
use crate::problem::Problem;

/// Tenants that are remembered before room is made.
const MAX_REMEMBERED: usize = 10_000;

/// Longest that a request waits for the table on account of quotas.
const PATIENCE: Duration = Duration::from_secs(2);

/// Says how much each tenant may have. Cheap to clone; the clones share what they know.
#[derive(Debug, Clone)]
pub struct Quotas(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    defaults: QuotaSettings,
    /// Where it is written what was set for a tenant, and what it has used. Without it requests are counted, and nothing else.
    store: Option<Store>,
    clock: Clock,
    meters: std::sync::Mutex<HashMap<Tenant, Arc<Meter>>>,
}

impl Quotas {
    /// Quotas that are kept in this store, and these where nothing else was set for a tenant.
    pub fn new(defaults: QuotaSettings, store: Store, clock: Clock) -> Self {
        Self::of(defaults, Some(store), clock)
    }

    /// These quotas, of which an instance knows no more than what it has seen itself: it counts requests, and nothing else.
    pub fn in_memory(defaults: QuotaSettings, clock: Clock) -> Self {
        Self::of(defaults, None, clock)
    }

    fn of(defaults: QuotaSettings, store: Option<Store>, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            defaults,
            store,
            clock,
            meters: std::sync::Mutex::default(),
        }))
    }

    /// Counts a request of a tenant's, or refuses it: unless it `must_pass`.
    pub(crate) async fn charge(&self, tenant: &Tenant, must_pass: bool) -> Result<(), Problem> {
        let meter = self.refreshed(tenant).await;
        let now = self.0.clock.now();
        let passed = meter.pass(&self.0.defaults, must_pass, now);
        let batch = passed.map_err(|level| refused(&level, now))?;
        if let (Some(batch), Some(store)) = (batch, &self.0.store) {
            let counted = store.count_requests(tenant, batch.window, batch.requests, now);
            let shared = in_time(counted, "Requests not counted").await;
            meter.batch_ended(batch, shared);
        }
        Ok(())
    }

    /// Admits a job of a tenant's with so many bytes, as far as they are known; or refuses it, for there would be too much. Nothing may have been written of it.
    pub(crate) async fn admit(&self, tenant: &Tenant, bytes: usize) -> Result<Admission, Problem> {
        let meter = self.refreshed(tenant).await;
        let now = self.0.clock.now();
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        meter
            .admit(Work { jobs: 1, bytes }, &self.0.defaults, now)
            .map_err(|level| refused(&level, now))
    }

    /// How a tenant stands in all of its quotas.
    pub(crate) async fn levels(&self, tenant: &Tenant) -> [Level; 4] {
        let meter = self.refreshed(tenant).await;
        meter.levels(&self.0.defaults, self.0.clock.now())
    }

    /// Tells a client how its tenant stands, by what is known already.
    pub(crate) fn tell(&self, tenant: &Tenant, headers: &mut HeaderMap) {
        let now = self.0.clock.now();
        let levels = self.meter(tenant).levels(&self.0.defaults, now);
        let known = if self.0.store.is_some() { 4 } else { 1 };
        level::put(headers, &levels[..known], now);
    }

    /// Forgets what was read of a tenant, for something else was set.
    pub(crate) fn forget(&self, tenant: &Tenant) {
        self.meter(tenant).forget();
    }

    /// What is known of a tenant, read anew if that was long ago.
    async fn refreshed(&self, tenant: &Tenant) -> Arc<Meter> {
        let Inner {
            defaults,
            store,
            clock,
            meters: _,
        } = &*self.0;
        let meter = self.meter(tenant);
        let Some(store) = store else {
            return meter;
        };
        if meter.is_fresh(defaults, clock.now()) {
            return meter;
        }
        let reading = meter.reading.lock().await;
        let now = clock.now();
        if !meter.is_fresh(defaults, now) {
            match in_time(store.quotas(tenant, now), "Quotas not read").await {
                Some((set, used)) => meter.see(set, used, now),
                None => meter.see_nothing(now),
            }
        }
        drop(reading);
        meter
    }

    fn meter(&self, tenant: &Tenant) -> Arc<Meter> {
        let meters = &self.0.meters;
        let mut meters = meters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = meters.get(tenant) {
            return Arc::clone(meter);
        }
        if meters.len() >= MAX_REMEMBERED {
            let now = self.0.clock.now();
            meters.retain(|_, meter| !meter.is_idle(now));
            if meters.len() >= MAX_REMEMBERED {
                meters.clear();
            }
        }
        Arc::clone(meters.entry(tenant.clone()).or_default())
    }
}

/// What the table answers; none if it does not, or not in time. A quota is not worth that anybody is refused for it.
async fn in_time<T>(
    answer: impl Future<Output = Result<T, store::Error>>,
    warning: &'static str,
) -> Option<T> {
    match timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "{warning}");
            None
        }
        Err(_elapsed) => {
            tracing::warn!("{warning} in time");
            None
        }
    }
}
