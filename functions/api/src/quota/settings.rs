//! What tenants may have unless something else was set for them, as configuration says it.

use store::{Quota, TenantQuotas};

/// Most requests a second that a quota can allow.
pub(crate) const MAX_REQUESTS_PER_SECOND: u64 = 1_000_000;

/// Most that any quota can allow: the largest integer that a structured header field may hold (RFC 9651).
pub(crate) const MAX_QUOTA: u64 = 999_999_999_999_999;

/// The word for a quota without an end.
pub(crate) const UNLIMITED: &str = "unlimited";

/// What tenants may have unless something else was set for them: `QUOTA_REQUESTS_PER_SECOND`, `QUOTA_JOBS_IN_FLIGHT`, `QUOTA_BYTES_PER_DAY` and
/// `QUOTA_PAGES_PER_DAY`, each a number or `unlimited`, as it is where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaSettings {
    /// Requests to the API a second.
    pub requests_per_second: Quota,
    /// Jobs that were accepted and have not ended.
    pub jobs_in_flight: Quota,
    /// Bytes of documents that are read on one day (UTC).
    pub bytes_per_day: Quota,
    /// Pages of documents that are read on one day (UTC).
    pub pages_per_day: Quota,
}

/// A variable that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} must be {wanted}")]
pub struct QuotaSettingsError {
    variable: &'static str,
    wanted: String,
}

impl QuotaSettings {
    /// Everybody may have as much as it likes.
    pub const UNLIMITED: Self = Self {
        requests_per_second: Quota::Unlimited,
        jobs_in_flight: Quota::Unlimited,
        bytes_per_day: Quota::Unlimited,
        pages_per_day: Quota::Unlimited,
    };

    /// Reads the variables by `get`, which yields none for one that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, QuotaSettingsError> {
        let quota = |variable, least, most| match get(variable) {
            None => Ok(Quota::Unlimited),
            Some(text) => parse(&text, least, most).ok_or_else(|| QuotaSettingsError {
                variable,
                wanted: format!("a whole number from {least} to {most}, or {UNLIMITED}"),
            }),
        };
        Ok(Self {
            requests_per_second: quota("QUOTA_REQUESTS_PER_SECOND", 1, MAX_REQUESTS_PER_SECOND)?,
            jobs_in_flight: quota("QUOTA_JOBS_IN_FLIGHT", 0, MAX_QUOTA)?,
            bytes_per_day: quota("QUOTA_BYTES_PER_DAY", 0, MAX_QUOTA)?,
            pages_per_day: quota("QUOTA_PAGES_PER_DAY", 0, MAX_QUOTA)?,
        })
    }

    /// What a tenant may have for which this was set.
    pub(super) fn overridden_by(&self, set: &TenantQuotas) -> Self {
        Self {
            requests_per_second: set.requests_per_second.unwrap_or(self.requests_per_second),
            jobs_in_flight: set.jobs_in_flight.unwrap_or(self.jobs_in_flight),
            bytes_per_day: set.bytes_per_day.unwrap_or(self.bytes_per_day),
            pages_per_day: set.pages_per_day.unwrap_or(self.pages_per_day),
        }
    }
}

fn parse(text: &str, least: u64, most: u64) -> Option<Quota> {
    if text == UNLIMITED {
        return Some(Quota::Unlimited);
    }
    let number = text.parse().ok();
    let number = number.filter(|number| (least..=most).contains(number));
    number.map(Quota::AtMost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<QuotaSettings, QuotaSettingsError> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        QuotaSettings::read(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn where_nothing_is_said_everything_is_unlimited() {
        assert_eq!(read(&[]), Ok(QuotaSettings::UNLIMITED));
    }

    #[test]
    fn each_quota_is_a_number_or_unlimited() {
        let settings = read(&[
            ("QUOTA_REQUESTS_PER_SECOND", "50"),
            ("QUOTA_JOBS_IN_FLIGHT", "0"),
            ("QUOTA_BYTES_PER_DAY", "unlimited"),
            ("QUOTA_PAGES_PER_DAY", "999999999999999"),
        ]);
        let right = QuotaSettings {
            requests_per_second: Quota::AtMost(50),
            jobs_in_flight: Quota::AtMost(0),
            bytes_per_day: Quota::Unlimited,
            pages_per_day: Quota::AtMost(MAX_QUOTA),
        };
        assert_eq!(settings, Ok(right));
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_would_be_right() {
        let error = read(&[("QUOTA_REQUESTS_PER_SECOND", "0")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable QUOTA_REQUESTS_PER_SECOND must be a whole number from 1 to \
             1000000, or unlimited"
        );
        for value in ["-1", "1e3", "1000000000000000", "none"] {
            assert!(read(&[("QUOTA_PAGES_PER_DAY", value)]).is_err(), "{value}");
        }
    }
}
