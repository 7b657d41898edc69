//! What can go wrong, and how Amazon SQS says it.

use std::path::PathBuf;

use crate::sqs::limits::{BATCH_ENTRIES_MAX, BATCH_ENTRY_ID_CHARS_MAX, MESSAGE_BYTES_MAX};

/// Why a request was refused. The text is the message that the client reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No queue has this name or address.
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    /// `CreateQueue` for a queue that exists with another value of this attribute.
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(&'static str),
    /// The `QueueUrl` is not one.
    #[error("The address {0} is not valid for this endpoint.")]
    InvalidAddress(String),
    /// There is no attribute of this name.
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    /// The queue's attribute may not have this value.
    #[error("Invalid value for the parameter {name}. Reason: {reason}")]
    InvalidAttributeValue {
        /// The attribute.
        name: &'static str,
        /// What would be right.
        reason: String,
    },
    /// A member of the request is out of its range, or contradicts another.
    #[error("{0}")]
    InvalidParameterValue(String),
    /// A member that has to be there is missing or empty.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// The text holds a character that XML cannot carry.
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF \
         | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    /// The receipt handle was not issued by this queue.
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    /// The queue holds as many received messages as it may.
    #[error("Too many messages in flight for queue {0}")]
    OverLimit(String),
    /// A batch without entries.
    #[error("There should be at least one {0} in the request.")]
    EmptyBatchRequest(&'static str),
    /// A batch with more entries than one request may have.
    #[error("Maximum number of entries per request are {BATCH_ENTRIES_MAX}. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    /// Two entries of a batch share this id.
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    /// The id of an entry has the wrong form.
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It \
         can be at most {BATCH_ENTRY_ID_CHARS_MAX} letters long."
    )]
    InvalidBatchEntryId,
    /// The messages of a batch are too big together.
    #[error(
        "Batch requests cannot be longer than {MESSAGE_BYTES_MAX} bytes. You have sent {0} bytes."
    )]
    BatchRequestTooLong(usize),
    /// Amazon SQS may do this; this service does not.
    #[error("{0}")]
    UnsupportedOperation(String),
    /// The request names no operation, or one that does not exist.
    #[error("{0}")]
    UnknownOperation(String),
    /// The body is not the JSON that the operation takes.
    #[error("{0}")]
    Serialization(String),
    /// The body is larger than any request may be.
    #[error("{0}")]
    RequestEntityTooLarge(String),
    /// The store failed. The request may be tried again.
    #[error("{0}")]
    Internal(String),
}

/// How an error goes over the wire.
pub(super) struct Wire {
    pub(super) status: u16,
    /// The error's name in the JSON protocol, with its namespace.
    pub(super) shape: &'static str,
    /// The error's name in the older query protocol, which SDKs still match on.
    pub(super) code: &'static str,
}

impl Error {
    /// True if the request was at fault, false if this service was.
    pub(super) fn is_senders_fault(&self) -> bool {
        !matches!(self, Self::Internal(_))
    }

    pub(super) fn wire(&self) -> Wire {
        let wire = |status, shape, code| Wire {
            status,
            shape,
            code,
        };
        match self {
            Self::QueueDoesNotExist => wire(
                400,
                "com.amazonaws.sqs#QueueDoesNotExist",
                "AWS.SimpleQueueService.NonExistentQueue",
            ),
            Self::QueueNameExists(_) => wire(
                400,
                "com.amazonaws.sqs#QueueNameExists",
                "QueueAlreadyExists",
            ),
            Self::InvalidAddress(_) => {
                wire(400, "com.amazonaws.sqs#InvalidAddress", "InvalidAddress")
            }
            Self::InvalidAttributeName(_) => wire(
                400,
                "com.amazonaws.sqs#InvalidAttributeName",
                "InvalidAttributeName",
            ),
            Self::InvalidAttributeValue { .. } => wire(
                400,
                "com.amazonaws.sqs#InvalidAttributeValue",
                "InvalidAttributeValue",
            ),
            Self::InvalidParameterValue(_) => wire(
                400,
                "com.amazon.coral.service#InvalidParameterValueException",
                "InvalidParameterValue",
            ),
            Self::MissingParameter(_) => wire(
                400,
                "com.amazon.coral.service#MissingRequiredParameterException",
                "MissingParameter",
            ),
            Self::InvalidMessageContents => wire(
                400,
                "com.amazonaws.sqs#InvalidMessageContents",
                "InvalidMessageContents",
            ),
            Self::ReceiptHandleIsInvalid(_) => wire(
                400,
                "com.amazonaws.sqs#ReceiptHandleIsInvalid",
                "ReceiptHandleIsInvalid",
            ),
            Self::OverLimit(_) => wire(403, "com.amazonaws.sqs#OverLimit", "OverLimit"),
            Self::EmptyBatchRequest(_) => wire(
                400,
                "com.amazonaws.sqs#EmptyBatchRequest",
                "AWS.SimpleQueueService.EmptyBatchRequest",
            ),
            Self::TooManyEntriesInBatchRequest(_) => wire(
                400,
                "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            ),
            Self::BatchEntryIdsNotDistinct(_) => wire(
                400,
                "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            ),
            Self::InvalidBatchEntryId => wire(
                400,
                "com.amazonaws.sqs#InvalidBatchEntryId",
                "AWS.SimpleQueueService.InvalidBatchEntryId",
            ),
            Self::BatchRequestTooLong(_) => wire(
                400,
                "com.amazonaws.sqs#BatchRequestTooLong",
                "AWS.SimpleQueueService.BatchRequestTooLong",
            ),
            Self::UnsupportedOperation(_) => wire(
                400,
                "com.amazonaws.sqs#UnsupportedOperation",
                "AWS.SimpleQueueService.UnsupportedOperation",
            ),
            Self::UnknownOperation(_) => wire(
                400,
                "com.amazon.coral.service#UnknownOperationException",
                "InvalidAction",
            ),
            Self::Serialization(_) => wire(
                400,
                "com.amazon.coral.service#SerializationException",
                "MalformedInput",
            ),
            Self::RequestEntityTooLarge(_) => wire(
                413,
                "com.amazon.coral.service#RequestEntityTooLargeException",
                "RequestEntityTooLarge",
            ),
            Self::Internal(_) => wire(
                500,
                "com.amazon.coral.service#InternalFailure",
                "InternalFailure",
            ),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Internal(format!("the store of the queues failed: {error}"))
    }
}

/// Why the queues could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the file.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a version with another layout.
    #[error(
        "{} has layout {found}, and this version reads layout {expected}: run the version that \
         wrote it, or move the file away",
        path.display()
    )]
    Layout {
        /// The file.
        path: PathBuf,
        /// The layout that the file says it has.
        found: i64,
        /// The layout that would be right.
        expected: i64,
    },
    /// The file cannot be read or written, or is no database.
    #[error("{} cannot be opened: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The thread that writes could not be started.
    #[error("the thread that writes the queues cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}
