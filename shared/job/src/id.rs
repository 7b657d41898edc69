//! Names of things.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A job's id: a UUID version 7, so that ids sort by the time of their job's creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(Uuid);

impl JobId {
    /// A new id for a job created at this time; unique by 74 random bits.
    pub fn new(created_at: Timestamp) -> Self {
        let (seconds, nanoseconds) = (created_at.as_second(), created_at.subsec_nanosecond());
        let time = uuid::Timestamp::from_unix(
            uuid::NoContext,
            u64::try_from(seconds).unwrap_or(0),
            u32::try_from(nanoseconds).unwrap_or(0),
        );
        Self(Uuid::new_v7(time))
    }

    /// A number that is spread evenly over all jobs and never changes for one.
    pub fn spread(self) -> u8 {
        // The last byte of a version 7 UUID is random.
        self.0.as_bytes()[15]
    }

    /// The number that its digits are: ids sort as their numbers do.
    pub fn number(self) -> u128 {
        self.0.as_u128()
    }

    /// The id of this number.
    pub fn from_number(number: u128) -> Self {
        Self(Uuid::from_u128(number))
    }
}

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct MalformedId;

impl FromStr for JobId {
    type Err = MalformedId;

    /// Reads the hyphenated form, in either case, and no other.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(MalformedId);
        }
        Uuid::parse_str(text).map(Self).map_err(|_| MalformedId)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// An upload's id: made like a job's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(JobId);

impl UploadId {
    /// A new id for an upload that is allowed at this time.
    pub fn new(created_at: Timestamp) -> Self {
        Self(JobId::new(created_at))
    }

    /// A number that is spread evenly over all uploads and never changes for one.
    pub fn spread(self) -> u8 {
        self.0.spread()
    }
}

impl FromStr for UploadId {
    type Err = MalformedId;

    /// Reads the hyphenated form, in either case, and no other.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Whose a job is. Part of every key, so that another tenant's job cannot even be addressed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(String);

impl Tenant {
    /// The tenant of an installation that has only one.
    pub const DEFAULT: &str = "default";

    /// Up to 64 characters of `a-z`, `0-9`, `-` and `_`: safe in table keys, object keys and logs.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        (matches!(name.len(), 1..=64) && name.bytes().all(plain)).then_some(Self(name))
    }

    /// The tenant of an installation that has only one. There is no tenant by default: whoever names none has not forgotten one.
    pub fn sole() -> Self {
        Self(Self::DEFAULT.into())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tenant {
    type Error = &'static str;

    #[expect(
        clippy::disallowed_methods,
        reason = "what was written down says whose it is"
    )]
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name).ok_or("a tenant's name has 1 to 64 characters of a-z, 0-9, - and _")
    }
}

impl From<Tenant> for String {
    fn from(tenant: Tenant) -> Self {
        tenant.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What addresses a job, or a part of one: there is no way to name it without its tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey {
    /// Whose it is.
    pub tenant: Tenant,
    /// Which one.
    pub id: JobId,
    /// Which part of it; none for the job itself. A part goes through the same states by the same rules as a job, under a key
    /// of its own, and no client ever addresses it.
    pub part: Option<u32>,
}

impl JobKey {
    /// Addresses a job.
    pub fn new(tenant: Tenant, id: JobId) -> Self {
        let part = None;
        Self { tenant, id, part }
    }

    /// Addresses a part of this job.
    #[must_use]
    pub fn of_part(&self, part: u32) -> Self {
        let part = Some(part);
        Self {
            part,
            ..self.clone()
        }
    }

    /// Addresses the job that this is, or that this is a part of.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self {
            part: None,
            ..self.clone()
        }
    }
}

impl fmt::Display for JobKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, id, part } = self;
        write!(out, "{tenant}/{id}")?;
        match part {
            Some(part) => write!(out, "/{part}"),
            None => Ok(()),
        }
    }
}

/// One delivery of one message to one worker: a random number that the worker draws on receipt. By it a worker recognises a
/// write of its own whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Delivery(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_later_jobs_sort_later() {
        let at = |second| JobId::new(Timestamp::from_second(second).unwrap());
        assert!(at(1_000) < at(1_001));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(id.parse::<JobId>().unwrap().to_string(), id);
        for other in [
            "",
            "not-a-uuid",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
        ] {
            assert_eq!(other.parse::<JobId>(), Err(MalformedId), "{other}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "this is what is tested")]
    fn a_tenant_cannot_carry_a_separator() {
        assert!(Tenant::new("acme-1").is_some());
        for name in ["", "A", "a#b", "a/b", "a b", &"a".repeat(65)] {
            assert_eq!(Tenant::new(name), None, "{name}");
        }
    }
}
