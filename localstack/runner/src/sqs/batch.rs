//! What the three batch operations have in common.

use std::collections::BTreeSet;

use crate::sqs::Error;
use crate::sqs::limits::{BATCH_ENTRIES_MAX, BATCH_ENTRY_ID_CHARS_MAX};
use crate::sqs::wire::{BatchResult, Done, Entry, Failed};

/// Refuses a batch that is wrong as a whole. `entry` is how Amazon SQS calls an entry of this
/// operation.
pub(super) fn check<T>(entries: &[Entry<T>], entry: &'static str) -> Result<(), Error> {
    if entries.is_empty() {
        return Err(Error::EmptyBatchRequest(entry));
    }
    if entries.len() > BATCH_ENTRIES_MAX {
        return Err(Error::TooManyEntriesInBatchRequest(entries.len()));
    }
    if !entries.iter().all(|entry| is_id(&entry.id)) {
        return Err(Error::InvalidBatchEntryId);
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|entry| !seen.insert(entry.id.as_str())) {
        Some(repeated) => Err(Error::BatchEntryIdsNotDistinct(repeated.id.clone())),
        None => Ok(()),
    }
}

/// Sorts the outcomes of the entries. A fault of the store fails the batch as a whole, so that the
/// client repeats it.
pub(super) fn result<T>(
    outcomes: impl IntoIterator<Item = (String, Result<T, Error>)>,
) -> Result<BatchResult<T>, Error> {
    let mut batch = BatchResult {
        successful: Vec::new(),
        failed: Vec::new(),
    };
    for (id, outcome) in outcomes {
        match outcome {
            Ok(result) => batch.successful.push(Done { id, result }),
            Err(error) if !error.is_senders_fault() => return Err(error),
            Err(error) => batch.failed.push(Failed {
                id,
                sender_fault: true,
                code: error.wire().code,
                message: error.to_string(),
            }),
        }
    }
    Ok(batch)
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=BATCH_ENTRY_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(allowed)
}
