//! The domain: what a job is, which states it passes through, and the rules by which many processes that may each die at any
//! moment move it exactly once.
//!
//! - [`Job`], [`State`], [`Status`]: what is known of a job.
//! - [`Change`]: each transition, with the [`Guard`] that allows it and the state it leads to. The store turns the very same
//!   guard into a condition expression.
//! - [`protocol`]: what a process does when a change was refused.
//! - [`Request`], [`Failure`], [`Payload`]: what goes in and what comes out; [`ExtractorName`]: what a client saved to ask for again.
//!
//! **Invariant:** no I/O, no clock, no environment. Time and randomness are arguments.

mod change;
mod extractor;
mod failure;
mod guard;
mod id;
mod id_range;
mod job;
pub mod limits;
mod payload;
mod progress;
pub mod protocol;
mod request;
mod status;

pub use change::Change;
pub use extractor::{ExtractorName, Pinned};
pub use failure::{Failure, Phase};
pub use guard::{Clause, Guard, Test};
pub use id::{Delivery, JobId, JobKey, MalformedId, Tenant, UploadId};
pub use id_range::IdRange;
pub use job::{Job, State};
pub use payload::{Encoding, Payload, Place};
pub use progress::Progress;
pub use request::{About, Collection, Content, Link, Object, Request, Source, Submission, Upload};
pub use status::Status;
