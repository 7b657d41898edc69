//! What can go wrong between us and AWS.

use std::iter::successors;

use aws_sdk_dynamodb::error::SdkError;

/// Why an operation on the store has no outcome. It may or may not have taken effect; each can be repeated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A service did not answer, or answered with an error of its own, also after the SDK's retries.
    #[error("{operation}: {cause}")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// The SDK's error with its causes. For the log only.
        cause: String,
    },
    /// Something stored cannot be understood: written by a version that this one does not know.
    #[error("cannot read {what}: {cause}")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// Why it cannot be understood. For the log only.
        cause: String,
    },
}

impl Error {
    /// Makes an error of the SDK's, for `map_err`.
    pub(crate) fn during<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        move |error| Self::Unavailable {
            operation,
            cause: words(&error),
        }
    }

    pub(crate) fn unreadable(what: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Unreadable {
            what,
            cause: cause.to_string(),
        }
    }
}

/// An error and its causes. The SDK's `DisplayErrorContext` would add the whole answer, and with it what may be somebody's document.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let errors = successors(Some(error), |error| error.source());
    let mut words: Vec<String> = errors.map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}
