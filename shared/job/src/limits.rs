//! Every limit of the job protocol, with its unit in its name.

use std::time::Duration;

use jiff::Timestamp;

/// Claims that one submission may use. Below the queue's receive count (10), so that a job ends with its own last error
/// before its message is a dead letter.
pub const MAX_ATTEMPTS: u32 = 5;

/// Documents in one job.
pub const MAX_DOCUMENTS: usize = 100;

/// Documents in one collection: under a prefix, or in an archive.
pub const MAX_COLLECTION_DOCUMENTS: u32 = 100_000;

/// Documents in one part of a collection.
pub const MAX_PART_DOCUMENTS: usize = 100;

/// Bytes of all documents in one part of a collection, but for a single document that has more.
pub const MAX_PART_BYTES: u64 = 64 << 20;

/// Parts of one job that are made and not yet done: so much of it is in the queue at most.
pub const MAX_UNFINISHED_PARTS: u32 = 200;

/// Parts that one step makes.
pub const MAX_PARTS_PER_STEP: u32 = 100;

/// How long a job waits at most until it looks at its parts again.
pub const MAX_STEP_DELAY: Duration = Duration::from_secs(20);

/// The same, while there are parts yet to be made.
pub const MAX_MAKING_DELAY: Duration = Duration::from_secs(5);

/// Bytes of a part's result from which it is put aside, to go on with the next document in another step.
pub const MAX_SEGMENT_BYTES: usize = 64 << 20;

/// Bytes of the pieces in which the merged result of a collection is uploaded: S3 takes 5 MiB to 5 GiB, and 10,000 of them.
pub const MERGE_PIECE_BYTES: usize = 8 << 20;

/// How long a worker waits for an item (or a generation) that its message runs ahead of.
pub const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Age from which a message without an item is dropped: the API call that sent it has ended long since, and told nobody its id.
pub const ORPHAN_AGE: Duration = Duration::from_mins(1);

/// How often a worker looks whether its job is still wanted.
pub const CANCEL_LOOK: Duration = Duration::from_secs(2);

/// How long the engine may work on one job. Shorter than a function's time-out, so that a slow job fails as slow.
pub const EXTRACT_TIME: Duration = Duration::from_mins(2);

/// Longest document that is fetched from elsewhere, in bytes, as sent and unpacked.
pub const MAX_FETCH_BYTES: usize = 50_000_000;

/// How long fetching one document may take, redirects included.
pub const FETCH_TIME: Duration = Duration::from_secs(30);

/// Redirects that are followed on the way to a document.
pub const MAX_REDIRECTS: usize = 5;

/// How long a finished job and its result are kept.
pub const KEEP_FINISHED: Duration = Duration::from_hours(7 * 24);

/// How long an unfinished job is kept: longer than any message can live (4 days in the queue and 14 as a dead letter).
pub const KEEP_UNFINISHED: Duration = Duration::from_hours(30 * 24);

/// How long an upload may be used: jobs can be started from it. Its bytes are kept for a day more at the least, so that a job that was
/// started at the last moment still finds them.
pub const KEEP_UPLOAD: Duration = Duration::from_hours(24);

/// How long bytes may be sent to where an upload allows it.
pub const UPLOAD_LINK: Duration = Duration::from_hours(1);

/// First bound of the back-off between attempts; doubles with each.
pub const BACKOFF_BASE: Duration = Duration::from_secs(1);

/// Last bound of the back-off.
pub const BACKOFF_CAP: Duration = Duration::from_mins(5);

/// How long a webhook's secret signs along after the next one was made.
pub const WEBHOOK_SECRET_OVERLAP: Duration = Duration::from_hours(24);

/// Secrets of one tenant that sign at once.
pub const MAX_WEBHOOK_SECRETS: usize = 5;

/// How long the receiver of a webhook may take to answer.
pub const WEBHOOK_TIME: Duration = Duration::from_secs(15);

/// How long to wait after each failed attempt to deliver a webhook, but for the last: nearly a day in all.
pub const WEBHOOK_WAITS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(6),
];

/// Attempts to deliver a webhook.
pub const MAX_WEBHOOK_ATTEMPTS: usize = 1 + WEBHOOK_WAITS.len();
/// How long a call with an idempotency key may take before another one takes over from it: longer than a function's time.
pub const IDEMPOTENCY_LEASE: Duration = Duration::from_secs(30);

/// How long an idempotency key and its answer are kept.
pub const KEEP_IDEMPOTENCY_KEY: Duration = Duration::from_hours(24);

/// When the table may forget a job that ended at this time; in whole seconds, as the table counts.
pub fn expiry_of_finished(at: Timestamp) -> Timestamp {
    whole_seconds(at + KEEP_FINISHED)
}

/// When the table may forget a job that was submitted at this time and never ended; in whole seconds, as the table counts.
pub fn expiry_of_unfinished(at: Timestamp) -> Timestamp {
    whole_seconds(at + KEEP_UNFINISHED)
}

/// Until when jobs can be started from an upload that was allowed at this time; in whole seconds, as the table counts.
pub fn expiry_of_upload(at: Timestamp) -> Timestamp {
    whole_seconds(at + KEEP_UPLOAD)
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
