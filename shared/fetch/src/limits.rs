//! What one fetch may take.

use std::time::Duration;

use job::limits;

/// What one fetch may take. Only tests have reason to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long all of it may take, with redirects and `robots.txt`.
    pub fetch_time: Duration,
    /// How long a connection may take to be there.
    pub connect_time: Duration,
    /// Longest document, in bytes, as sent and unpacked.
    pub max_bytes: usize,
    /// Redirects that are followed.
    pub max_redirects: usize,
}

/// How long a connection may take to be there.
const CONNECT_TIME: Duration = Duration::from_secs(5);

impl Default for Limits {
    fn default() -> Self {
        Self {
            fetch_time: limits::FETCH_TIME,
            connect_time: CONNECT_TIME,
            max_bytes: limits::MAX_FETCH_BYTES,
            max_redirects: limits::MAX_REDIRECTS,
        }
    }
}
