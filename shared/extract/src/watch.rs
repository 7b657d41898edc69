//! How a caller stops an extraction that is under way.

/// Asked again and again while a document is read and searched; the engine stops at the first error.
///
/// Loops over input ask at least once per page, table, match or megabyte.
pub trait Watch: Sync {
    /// Whether to go on.
    fn check(&self) -> Result<(), Interrupted>;
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
