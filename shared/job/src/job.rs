//! A job and what each of its states knows.

use jiff::Timestamp;

use crate::{About, Delivery, Failure, JobKey, Payload, Progress, Status, limits};

/// A job as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What addresses it. Never changes.
    pub key: JobKey,
    /// The least version of a worker that can do it. Never changes.
    pub version: u32,
    /// Number of its submission: 0 at start, one more with each `retry`. Messages carry it.
    pub generation: u32,
    /// How often it was ever claimed: 0 at start, one more with each claim, never less. The fencing token: only the
    /// worker that claimed this attempt may end it.
    pub attempt: u32,
    /// The attempt that is the last of this submission. Set by start and `retry`.
    pub attempt_limit: u32,
    /// When it was accepted. Never changes.
    pub created_at: Timestamp,
    /// From when on the table may forget it. Far off until it is final.
    pub expires_at: Timestamp,
    /// What was asked for. Never changes.
    pub request: Payload,
    /// What was said of it. Never changes.
    pub about: About,
    /// How far it is; none if it is done in one step. Changed by `Continue` and `Complete`, forgotten by nothing: a retry goes on from
    /// there.
    pub progress: Option<Progress>,
    /// Where it stands, and what is known there.
    pub state: State,
}

/// What is known of a job in each state; a result exists only where the job is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits for a worker.
    Pending {
        /// Not to be claimed before, after a failed attempt.
        not_before: Option<Timestamp>,
        /// Why the last attempt failed.
        last_failure: Option<Failure>,
    },
    /// A worker holds its lease.
    Running {
        /// The delivery that claimed it.
        delivery: Delivery,
        /// When this attempt began.
        started_at: Timestamp,
        /// From when on another worker may claim it.
        lease_ends_at: Timestamp,
        /// Why the attempt before this one failed.
        last_failure: Option<Failure>,
    },
    /// Its result can be read.
    Completed {
        /// The delivery that completed it.
        delivery: Delivery,
        /// When the completing attempt began.
        started_at: Timestamp,
        /// When it was completed.
        finished_at: Timestamp,
        /// The result, a JSON document.
        result: Payload,
    },
    /// It could not be done.
    Failed {
        /// When that was decided.
        finished_at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// Its client no longer wants it.
    Cancelled {
        /// When it was cancelled.
        finished_at: Timestamp,
    },
}

impl Job {
    /// A job as it is accepted.
    pub fn new(
        key: JobKey,
        version: u32,
        created_at: Timestamp,
        request: Payload,
        about: About,
    ) -> Self {
        Self {
            key,
            version,
            generation: 0,
            attempt: 0,
            attempt_limit: limits::MAX_ATTEMPTS,
            created_at,
            expires_at: limits::expiry_of_unfinished(created_at),
            request,
            about,
            progress: None,
            state: State::Pending {
                not_before: None,
                last_failure: None,
            },
        }
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Where it stands for its client, who knows nothing of the steps of a job: between two of them it is running.
    pub fn seen_status(&self) -> Status {
        match self.status() {
            Status::Pending if self.progress.is_some() => Status::Running,
            status => status,
        }
    }

    /// Why its last attempt failed, if one did.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Pending { last_failure, .. } | State::Running { last_failure, .. } => {
                last_failure.as_ref()
            }
            State::Failed { failure, .. } => Some(failure),
            State::Completed { .. } | State::Cancelled { .. } => None,
        }
    }

    /// The delivery that claimed its latest attempt, as far as the state still knows it.
    pub fn delivery(&self) -> Option<Delivery> {
        match self.state {
            State::Running { delivery, .. } | State::Completed { delivery, .. } => Some(delivery),
            State::Pending { .. } | State::Failed { .. } | State::Cancelled { .. } => None,
        }
    }
}

impl State {
    /// The state's name.
    pub fn status(&self) -> Status {
        match self {
            Self::Pending { .. } => Status::Pending,
            Self::Running { .. } => Status::Running,
            Self::Completed { .. } => Status::Completed,
            Self::Failed { .. } => Status::Failed,
            Self::Cancelled { .. } => Status::Cancelled,
        }
    }
}
