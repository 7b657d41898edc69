//! Asking for documents, and handing them over.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::target::target;
use crate::{FetchError, Limits, Policy, Resolve, SystemResolver};

/// Fetches, within a [`Policy`]. Cheap to clone; clones share what they know of sites.
#[derive(Debug, Clone)]
pub struct Fetcher {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: Policy,
    limits: Limits,
    #[expect(dead_code, reason = "the connector takes it")]
    resolver: Arc<dyn Resolve>,
}

/// What is known of a document already: if it has not changed since, it is not sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What came of asking for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The document.
    Fetched(Fetched),
    /// It has not changed.
    NotModified(Head),
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What is said of it.
    pub head: Head,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
}

/// What an answer says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where it was in the end.
    pub final_url: String,
    /// The status of the answer.
    pub status: u16,
    /// Its media type, without parameters, in lower case.
    pub media_type: Option<String>,
    /// Its charset.
    pub charset: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// When it was changed last, as its server writes it.
    pub last_modified: Option<String>,
}

impl Fetcher {
    /// Fetches within this policy.
    pub fn new(policy: Policy) -> Self {
        Self::with(policy, Limits::default(), Arc::new(SystemResolver))
    }

    /// Fetches within other limits, or with another resolver.
    pub fn with(policy: Policy, limits: Limits, resolver: Arc<dyn Resolve>) -> Self {
        let shared = Shared {
            policy,
            limits,
            resolver,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Whether a URL may be asked for, as far as the URL itself tells.
    pub fn check(&self, url: &str) -> Result<(), FetchError> {
        target(url, &self.shared.policy).map(drop)
    }

    /// Fetches a document, following redirects.
    #[expect(clippy::unused_async, reason = "the client is still to come")]
    pub async fn get(&self, url: &str, _conditions: &Conditions) -> Result<Answer, FetchError> {
        target(url, &self.shared.policy)?;
        let seconds = self.shared.limits.fetch_time.as_secs();
        Err(FetchError::TimedOut(seconds))
    }

    /// Hands something over, and says with which status it was taken. Redirects are not followed: theirs is the status then.
    #[expect(clippy::unused_async, reason = "the client is still to come")]
    pub async fn post(
        &self,
        url: &str,
        _headers: HeaderMap,
        _body: Bytes,
    ) -> Result<StatusCode, FetchError> {
        target(url, &self.shared.policy)?;
        let seconds = self.shared.limits.fetch_time.as_secs();
        Err(FetchError::TimedOut(seconds))
    }
}
