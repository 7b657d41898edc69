//! Jobs in DynamoDB, SQS and S3.
//!
//! - [`Store`]: every operation on a job. Each transition is one conditional write, made from the job's own
//!   [`Change`](job::Change); a refused one says what it found.
//! - [`Store::list`]: a tenant's jobs, newest first, page by page.
//! - [`Store::usage`]: what a tenant used, by day, as it is noted ([`Store::note`]) and added ([`Store::add_usage`]).
//! - [`Store::quotas`]: how much a tenant may use, and has.
//! - [`Message`] and [`Queue`]: what goes over the queue.
//! - [`Store::allow_upload`]: documents that come straight into the bucket; [`Download`]: reading them piece by piece.
//! - [`Notice`]: what goes over the queue of webhooks, so that a job's end is told.
//! - `parts` and `merged`: the parts of a job of many documents, and their results put together.
//! - [`handle_batch`]: a batch of messages as Lambda delivers it.
//! - [`SavedExtractor`]: what clients saved to ask for again.
//! - [`Store::reserve`]: keys by which a call that is repeated has one effect and one answer.
//! - [`Store::end_all_leases`]: for a place that knows that all its workers are dead.
//! - [`ApiKeys`]: the keys of callers.
//! - [`Store::links_origin`]: where links into the bucket lead.
//! - [`Store::reach_table`], [`Store::reach_bucket`]: whether they answer.
//! - [`Store::audit`]: who did what to keys, secrets, quotas and dead letters.
//! - [`provision`]: the table's definition, for places that have no template to create it.
//!
//! **Invariant:** only this crate knows the shape of the table, of the message and of the object keys; no other names an
//! `AttributeValue`.
//!
//! **Order of writes.** The message goes first, then the item; a result goes first, then the item that points to it; a job's
//! item is deleted first, then its bytes. Whoever dies in between leaves something that the next delivery cleans up, never a
//! job that nothing moves.
//!
//! **Versions.** Releases meet in the queue and in the table while one replaces another, and again when one is rolled back. `v`, in a
//! message as in an item, is the least version that a worker has to know to do the job; it is raised only where a worker that ignores
//! what is new would do something wrong. A worker that does not know the version gives the message back and changes nothing, so that
//! a newer one takes it. All else, the *core*, keeps its name and its meaning in every version: who does not know the version can
//! still see where the job stands, and cancel, retry, remove or bury it. So every job reaches a final state, also where no worker
//! that could do it ever comes. What the core is, and what may be added to it, is said where its shape is: of a message in
//! `message`, of an item in `item`, of a request in `request`. What each version brought is said in `version`.
#![expect(
    clippy::disallowed_types,
    reason = "this is the crate that knows the table's shape"
)]

mod api_keys;
mod attempts;
mod audit;
mod batch;
mod clear;
mod dead_letters;
mod download;
mod error;
mod expression;
mod extractors;
mod idempotency;
mod item;
mod jobs;
mod keys;
mod list;
mod listing;
mod merged;
mod message;
mod origin;
mod parts;
mod payload;
pub mod provision;
mod queue;
mod quotas;
mod reach;
mod recovery;
mod request;
mod tally;
mod trace;
mod update;
mod uploads;
mod usage;
mod version;
pub mod webhooks;

pub use api_keys::{ApiKeys, KEEP_ENDED_KEY};
pub use attempts::{Claim, Claimed, Finished};
pub use audit::{
    AuditEntry, AuditEvent, AuditFilter, AuditId, AuditPage, KEEP_AUDIT, MAX_AUDIT_READS,
};
pub use batch::{Delivered, Verdict, handle_batch};
pub use clear::{Cleared, MAX_CLEARED_JOBS};
pub use dead_letters::{DeadLetter, LetterId, Letters, MAX_LETTERS, Redriven};
pub use download::{Download, ObjectBytes, ObjectHead};
pub use error::Error;
pub use extractors::{ExtractorPage, ExtractorVersion, Removed, Saved, SavedExtractor};
pub use idempotency::{Call, Hash, Reservation, Reserved};
pub use jobs::{Outcome, Retried, Store, StoredResult};
pub use list::{Filter, MAX_LISTED_READS, Page};
pub use listing::Listed;
pub use merged::Merging;
pub use message::{Message, Unreadable};
pub use queue::{Backlog, Queue, Queues};
pub use quotas::{Quota, QuotaUse, TenantQuotas};
pub use trace::{MalformedTraceParent, TraceParent};
pub use uploads::{Allowed, SignedPut};
pub use usage::{MAX_ASKED, MAX_UNWRITTEN, Usage, date};
pub use webhooks::Notice;
