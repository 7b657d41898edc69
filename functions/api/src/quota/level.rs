//! How a tenant stands in one of its quotas, and how that is said in headers.
//!
//! The headers are those of `draft-ietf-httpapi-ratelimit-headers-11`: structured fields, `RateLimit-Policy` for what holds and `RateLimit` for what is left.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use service::until;
use store::Quota;

use super::window::WINDOW_SECONDS;

/// What holds for the caller's tenant.
pub(crate) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is left of it.
pub(crate) const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Seconds of the window of a quota that holds for a day.
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a quota is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Requests of a window.
    Requests,
    /// Jobs that were accepted and have not ended.
    Jobs,
    /// Bytes of a day's documents.
    Bytes,
    /// Pages of a day's documents.
    Pages,
}

/// How a tenant stands in one of its quotas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) measure: Measure,
    /// The quota as it was set: of requests, those of a second.
    pub(crate) quota: Quota,
    /// Whether it was set for this tenant; else it is the installation's.
    pub(crate) is_own: bool,
    pub(crate) used: u64,
    /// When what was used is forgotten; never for jobs, which end one by one.
    pub(crate) resets_at: Option<Timestamp>,
}

impl Level {
    /// The most that may be used; none if there is no end to it.
    pub(crate) fn most(&self) -> Option<u64> {
        match (self.quota, self.measure) {
            (Quota::Unlimited, _) => None,
            (Quota::AtMost(most), Measure::Requests) => {
                Some(most.saturating_mul(WINDOW_SECONDS.unsigned_abs()))
            }
            (Quota::AtMost(most), _) => Some(most),
        }
    }

    /// What is left; none if there is no end to it.
    pub(crate) fn remaining(&self) -> Option<u64> {
        Some(self.most()?.saturating_sub(self.used))
    }

    /// Whether this much more is too much.
    pub(super) fn is_exceeded_by(&self, more: u64) -> bool {
        self.remaining().is_some_and(|remaining| more > remaining)
    }

    /// Whether more than half is used.
    pub(super) fn is_half_used(&self) -> bool {
        self.most().is_some_and(|most| self.used > most / 2)
    }

    /// Whole seconds until what was used is forgotten, at least one.
    pub(super) fn resets_in(&self, now: Timestamp) -> Option<u64> {
        Some(seconds(until(now, self.resets_at?)))
    }

    fn policy(&self, most: u64) -> String {
        match self.measure {
            Measure::Requests => format!(r#""requests";q={most};w={WINDOW_SECONDS}"#),
            Measure::Jobs => format!(r#""jobs";q={most};qu="concurrent-jobs""#),
            Measure::Bytes => {
                format!(r#""bytes";q={most};qu="content-bytes";w={DAY_SECONDS}"#)
            }
            Measure::Pages => format!(r#""pages";q={most};qu="pages";w={DAY_SECONDS}"#),
        }
    }

    fn left(&self, remaining: u64, now: Timestamp) -> String {
        let name = match self.measure {
            Measure::Requests => "requests",
            Measure::Jobs => "jobs",
            Measure::Bytes => "bytes",
            Measure::Pages => "pages",
        };
        match self.resets_in(now) {
            Some(seconds) => format!(r#""{name}";r={remaining};t={seconds}"#),
            None => format!(r#""{name}";r={remaining}"#),
        }
    }
}

/// Tells a client how its tenant stands: nothing of what has no end.
pub(super) fn put(headers: &mut HeaderMap, levels: &[Level], now: Timestamp) {
    let policies = levels.iter().filter_map(|it| Some(it.policy(it.most()?)));
    let left = levels
        .iter()
        .filter_map(|it| Some(it.left(it.remaining()?, now)));
    let (policies, left): (Vec<_>, Vec<_>) = (policies.collect(), left.collect());
    for (name, items) in [(POLICY, policies), (LEFT, left)] {
        if let Ok(value) = HeaderValue::try_from(items.join(", "))
            && !items.is_empty()
        {
            headers.insert(name, value);
        }
    }
}

fn seconds(time: Duration) -> u64 {
    let seconds = time.as_millis().div_ceil(1_000);
    u64::try_from(seconds).unwrap_or(u64::MAX).max(1)
}
