//! Every limit of the queue service in one place: Amazon SQS's own, so that what works here works
//! there.

use std::ops::RangeInclusive;

/// A message with its attributes, and a batch of them together.
pub(super) const MESSAGE_BYTES_MAX: usize = 1_048_576;
/// A whole request: the largest batch with every character escaped and a client's mistakes on top,
/// so that the answer names the limit that was hit rather than the size of the request.
pub(super) const REQUEST_BYTES_MAX: usize = 8 * MESSAGE_BYTES_MAX;
pub(super) const BATCH_ENTRIES_MAX: usize = 10;
pub(super) const BATCH_ENTRY_ID_CHARS_MAX: usize = 80;

pub(super) const QUEUE_NAME_CHARS_MAX: usize = 80;
pub(super) const LIST_QUEUES_MAX: i64 = 1_000;
pub(super) const TAGS_MAX: usize = 50;

pub(super) const ATTRIBUTES_MAX: usize = 10;
pub(super) const ATTRIBUTE_NAME_CHARS_MAX: usize = 256;
pub(super) const ATTRIBUTE_TYPE_CHARS_MAX: usize = 256;
pub(super) const NUMBER_DIGITS_MAX: usize = 38;
pub(super) const GROUP_ID_CHARS_MAX: usize = 128;

/// Messages of one queue that are received and not yet deleted.
pub(super) const IN_FLIGHT_MAX: u32 = 120_000;
/// Messages in one answer.
pub(super) const RECEIVE_MAX: RangeInclusive<i64> = 1..=10;

pub(super) const DELAY_S: RangeInclusive<i64> = 0..=900;
pub(super) const VISIBILITY_S: RangeInclusive<i64> = 0..=43_200;
pub(super) const WAIT_S: RangeInclusive<i64> = 0..=20;
pub(super) const RETENTION_S: RangeInclusive<i64> = 60..=1_209_600;
pub(super) const MAXIMUM_MESSAGE_SIZE: RangeInclusive<i64> = 1_024..=1_048_576;
pub(super) const MAX_RECEIVE_COUNT: RangeInclusive<i64> = 1..=1_000;
