//! Why a document could not be extracted.

use serde::{Deserialize, Serialize};

use crate::watch::Interrupted;

/// Why a document could not be extracted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The document is at fault: the same bytes will fail again.
    #[error("{detail}")]
    Document {
        /// What kind of fault it is.
        problem: Problem,
        /// What exactly is wrong, and where, in words for the person who sent the document. Never quotes its content at length.
        detail: String,
    },
    /// The caller's [`Watch`](crate::Watch) said stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Error {
    /// A document's fault.
    pub fn document(problem: Problem, detail: impl Into<String>) -> Self {
        Self::Document {
            problem,
            detail: detail.into(),
        }
    }

    /// What is wrong with the document. An interruption is nobody's fault, and said as the reader's.
    pub(crate) fn into_document(self) -> (Problem, String) {
        match self {
            Self::Document { problem, detail } => (problem, detail),
            Self::Interrupted(interrupted) => (Problem::ReaderFailed, interrupted.to_string()),
        }
    }
}

/// The kinds of fault a document can have; part of the API (the `code` of a document's error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// It lies where nothing is fetched from.
    FetchForbidden,
    /// Its site asks programs not to fetch it.
    RobotsDisallowed,
    /// It could not be fetched.
    FetchFailed,
    /// It is not where it was said to be.
    Missing,
    /// There are other bytes where it was than when it was asked for.
    Changed,
    /// There are no bytes.
    Empty,
    /// No reader knows this format.
    UnsupportedFormat,
    /// The bytes begin like a known format but are damaged or cut off.
    Malformed,
    /// A password is needed.
    Encrypted,
    /// A limit of this service was passed; the detail names it.
    LimitExceeded,
    /// The reader itself failed on this document (a fault of ours, not to be tried again with the same bytes).
    ReaderFailed,
}
