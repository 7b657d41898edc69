//! How a caller follows an extraction that is under way, and stops it.

use crate::DocumentError;

/// Asked again and again while a document is read and searched; the engine stops at the first error.
///
/// Loops over input ask at least once per page, table, match or megabyte.
pub trait Watch: Sync {
    /// Whether to go on.
    fn check(&self) -> Result<(), Interrupted>;

    /// A document within the one that was sent is about to be extracted, as its outcome of this number (1 is the first; the
    /// same document always has the same). If there is an error, it is left aside, and this is said of it.
    fn member_begins(&self, outcome: usize) -> Result<(), DocumentError> {
        let _ = outcome;
        Ok(())
    }

    /// It has been extracted, with all documents within it. Called for each that has begun.
    fn member_ends(&self, outcome: usize) {
        let _ = outcome;
    }
}

/// Why the caller wants an extraction to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Interrupted {
    /// The result is no longer wanted.
    #[error("the extraction was cancelled")]
    Cancelled,
    /// The time given to this document is over.
    #[error("the time for this document is over")]
    OutOfTime,
}

/// Lets an extraction run to its end.
#[derive(Debug, Clone, Copy, Default)]
pub struct NeverInterrupted;

impl Watch for NeverInterrupted {
    fn check(&self) -> Result<(), Interrupted> {
        Ok(())
    }
}
