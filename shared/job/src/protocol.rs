//! What a process does after a change was refused, and when a message may go.
//!
//! One rule above all: **a message is consumed only when its job is final, gone, or in a newer generation**; else it is
//! given back, also by a worker that lost its lease. Another worker may hold the job without a message of its own (its
//! visibility ran out); were this message consumed and that worker then died, nothing would ever move the job again.

use jiff::Timestamp;

use crate::{Delivery, Job, State};

/// What a worker does whose claim was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimRefused {
    /// The claim was in fact its own, and the answer was lost: it goes on with this attempt.
    Own,
    /// There is no item, or one of an older generation: the message runs ahead of the write that follows it.
    NotThereYet,
    /// There is nothing left to do: consume the message.
    Settled,
    /// Not now: give the message back, to be seen again at this time.
    Wait(Timestamp),
    /// All attempts are used: the job ends as failed.
    Exhausted,
}

/// Decides what a worker does whose claim was refused, from what the table held instead.
pub fn claim_refused(
    found: Option<&Job>,
    generation: u32,
    delivery: Delivery,
    now: Timestamp,
) -> ClaimRefused {
    let Some(job) = found else {
        return ClaimRefused::NotThereYet;
    };
    if job.generation < generation {
        return ClaimRefused::NotThereYet;
    }
    if job.generation > generation {
        return ClaimRefused::Settled;
    }
    let spent = job.attempt >= job.attempt_limit;
    match job.state {
        State::Running {
            delivery: holder, ..
        } if holder == delivery => ClaimRefused::Own,
        State::Running { lease_ends_at, .. } if lease_ends_at >= now => {
            ClaimRefused::Wait(lease_ends_at)
        }
        State::Running { .. } | State::Pending { .. } if spent => ClaimRefused::Exhausted,
        State::Pending { not_before, .. } => ClaimRefused::Wait(not_before.unwrap_or(now)),
        // The lease ended between the write and this look: the next receive will claim it.
        State::Running { .. } => ClaimRefused::Wait(now),
        State::Completed { .. } | State::Failed { .. } | State::Cancelled { .. } => {
            ClaimRefused::Settled
        }
    }
}

/// Whether the message of a newer submission has to be kept, however old it is: a worker holds the job in the submission before
/// and may be about to write the one that the message speaks of.
pub fn may_be_continued(found: Option<&Job>, generation: u32, now: Timestamp) -> bool {
    found.is_some_and(|job| {
        job.generation < generation
            && matches!(job.state, State::Running { lease_ends_at, .. } if lease_ends_at >= now)
    })
}

/// Whether a message has nothing left to do: its job is final, gone, or in a newer generation.
pub fn is_settled(found: Option<&Job>, generation: u32) -> bool {
    found.is_none_or(|job| {
        job.generation > generation || (job.generation == generation && job.status().is_final())
    })
}

/// Whether a refused completion was in fact this worker's own, and the answer was lost.
pub fn completed_by(found: &Job, attempt: u32, delivery: Delivery) -> bool {
    matches!(found.state, State::Completed { delivery: by, .. } if by == delivery)
        && found.attempt == attempt
}

/// What the reaper does with a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetter {
    /// Keep it: the job runs under a live lease, or the API call that sent it may still be under way.
    Keep,
    /// End the job as failed.
    Bury,
    /// Nothing is left to do for it.
    Settled,
}

/// Decides what becomes of a dead letter. `young`: it was sent so recently that the API call behind it may still write.
pub fn dead_letter(
    found: Option<&Job>,
    generation: u32,
    young: bool,
    now: Timestamp,
) -> DeadLetter {
    match found {
        None => {
            if young {
                DeadLetter::Keep
            } else {
                DeadLetter::Settled
            }
        }
        Some(job) if job.generation < generation => {
            if young || may_be_continued(found, generation, now) {
                DeadLetter::Keep
            } else {
                DeadLetter::Settled
            }
        }
        Some(job) if job.generation > generation => DeadLetter::Settled,
        Some(job) => match job.state {
            State::Running { lease_ends_at, .. } if lease_ends_at >= now => DeadLetter::Keep,
            State::Running { .. } | State::Pending { .. } => DeadLetter::Bury,
            State::Completed { .. } | State::Failed { .. } | State::Cancelled { .. } => {
                DeadLetter::Settled
            }
        },
    }
}
