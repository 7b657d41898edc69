//! The job's item, reduced to what the rules look at, so that a state is small and equal states are
//! equal.

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan};
use job::{Encoding, Failure, Job, JobKey, Payload, Phase, Place, State, Status, Tenant};

/// The time of every step. Time passes by moving what is compared with it: leases end, delays run
/// out.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// The job as the table holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) generation: u8,
    pub(crate) attempt: u8,
    pub(crate) attempt_limit: u8,
    pub(crate) stage: Stage,
}

/// What [`job::State`] knows, without times and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Pending { is_due: bool },
    Running { delivery: u8, lease_is_live: bool },
    Completed { delivery: u8, result_of: u8 },
    Failed,
    Cancelled,
}

impl Item {
    /// A real job that looks like this item.
    pub(crate) fn to_job(self) -> Job {
        let state = match self.stage {
            Stage::Pending { is_due } => State::Pending {
                not_before: Some(if is_due { NOW } else { later() }),
                last_failure: None,
            },
            Stage::Running {
                delivery,
                lease_is_live,
            } => State::Running {
                delivery: job::Delivery(delivery.into()),
                started_at: earlier(),
                lease_ends_at: if lease_is_live { later() } else { earlier() },
                last_failure: None,
            },
            Stage::Completed {
                delivery,
                result_of,
            } => State::Completed {
                delivery: job::Delivery(delivery.into()),
                started_at: earlier(),
                finished_at: NOW,
                result: result_of_attempt(result_of),
            },
            Stage::Failed => State::Failed {
                finished_at: NOW,
                failure: failure(),
            },
            Stage::Cancelled => State::Cancelled { finished_at: NOW },
        };
        Job {
            generation: self.generation.into(),
            attempt: self.attempt.into(),
            attempt_limit: self.attempt_limit.into(),
            state,
            ..new_job()
        }
    }

    /// The item that looks like this real job.
    pub(crate) fn from_job(job: &Job) -> Self {
        let stage = match &job.state {
            State::Pending { not_before, .. } => Stage::Pending {
                is_due: not_before.is_none_or(|time| time <= NOW),
            },
            State::Running {
                delivery,
                lease_ends_at,
                ..
            } => Stage::Running {
                delivery: small(delivery.0),
                lease_is_live: *lease_ends_at >= NOW,
            },
            State::Completed {
                delivery, result, ..
            } => Stage::Completed {
                delivery: small(delivery.0),
                result_of: small(result.bytes),
            },
            State::Failed { .. } => Stage::Failed,
            State::Cancelled { .. } => Stage::Cancelled,
        };
        Self {
            generation: small(job.generation),
            attempt: small(job.attempt),
            attempt_limit: small(job.attempt_limit),
            stage,
        }
    }

    pub(crate) fn status(self) -> Status {
        match self.stage {
            Stage::Pending { .. } => Status::Pending,
            Stage::Running { .. } => Status::Running,
            Stage::Completed { .. } => Status::Completed,
            Stage::Failed => Status::Failed,
            Stage::Cancelled => Status::Cancelled,
        }
    }

    pub(crate) fn is_final(self) -> bool {
        self.status().is_final()
    }

    pub(crate) fn has_live_lease(self) -> bool {
        matches!(
            self.stage,
            Stage::Running {
                lease_is_live: true,
                ..
            }
        )
    }
}

/// A job as it is accepted.
#[expect(clippy::disallowed_methods, reason = "a test says whose a thing is")]
pub(crate) fn new_job() -> Job {
    static NEW: LazyLock<Job> = LazyLock::new(|| {
        let key = JobKey::new(
            Tenant::sole(),
            "01890a5d-ac96-774b-bcce-b302099a8057"
                .parse()
                .expect("a UUID"),
        );
        Job::new(
            key,
            1,
            NOW - 2.minutes(),
            result_of_attempt(0),
            job::About::default(),
        )
    });
    NEW.clone()
}

/// The end of a lease that is over.
pub(crate) fn earlier() -> Timestamp {
    NOW - 1.minute()
}

/// The end of a live lease or of a delay.
pub(crate) fn later() -> Timestamp {
    NOW + 1.minute()
}

/// A result that says which attempt it is the result of: by its size.
pub(crate) fn result_of_attempt(attempt: u8) -> Payload {
    Payload {
        encoding: Encoding::Plain,
        bytes: attempt.into(),
        place: Place::Object,
    }
}

pub(crate) fn failure() -> Failure {
    Failure::new("malformed", Phase::Extract, false, "")
}

pub(crate) fn small<N: TryInto<u8, Error: std::fmt::Debug>>(number: N) -> u8 {
    number.try_into().expect("numbers stay small here")
}
