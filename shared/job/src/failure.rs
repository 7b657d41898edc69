//! Why a job failed, as it is kept with the job and shown to its client.

use serde::{Deserialize, Serialize};

/// Why an attempt, or the job as a whole, failed: problem details (RFC 9457) and two members more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of problem, in `snake_case`: `encrypted`, `malformed`, `out_of_time`, …
    pub code: String,
    /// What happened, and where, in words for the client. At most [`Failure::MAX_DETAIL_CHARS`].
    pub detail: String,
    /// Whether the same job may succeed when it is retried.
    pub retryable: bool,
    /// What was being done.
    pub phase: Phase,
}

/// What was being done when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Getting the job to a worker and its request to the engine.
    Deliver,
    /// Reading and extracting.
    Extract,
    /// Keeping the result.
    Store,
}

impl Failure {
    /// Longest detail that is kept, in characters: a failure lives in the job's item, which should stay small.
    pub const MAX_DETAIL_CHARS: usize = 300;

    /// A failure; a detail that is too long is cut.
    pub fn new(code: &str, phase: Phase, retryable: bool, detail: impl Into<String>) -> Self {
        let mut detail: String = detail.into();
        let mut last = detail.char_indices().skip(Self::MAX_DETAIL_CHARS - 1);
        if let (Some((cut, _)), Some(_)) = (last.next(), last.next()) {
            detail.truncate(cut);
            detail.push('…');
        }
        Self {
            code: code.to_owned(),
            detail,
            retryable,
            phase,
        }
    }

    /// What failed for another reason each time, until no attempt was left.
    pub fn exhausted(attempts: u32, last: Option<&Self>) -> Self {
        match last {
            Some(last) => Self {
                retryable: true,
                ..last.clone()
            },
            None => Self::new(
                "worker_lost",
                Phase::Extract,
                true,
                format!(
                    "The worker was lost in each of {attempts} attempts, most likely because this job needs more memory or time than there is."
                ),
            ),
        }
    }
}
