//! When a change is allowed, as data: this crate evaluates it on a [`Job`], the store writes it as a condition expression.

use jiff::Timestamp;

use crate::{Job, State, Status};

/// A condition on a job: at least one clause must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard(Vec<Clause>);

/// A status and what else must be true of a job in it. Every clause names a status, for a condition on absent attributes alone
/// would hold for a job that does not exist, and an update would then create a ghost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The status.
    pub status: Status,
    /// What else must be true; all of it.
    pub tests: Vec<Test>,
}

/// One thing that can be asked of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It is in this submission.
    GenerationIs(u32),
    /// It is in this attempt.
    AttemptIs(u32),
    /// Its submission has attempts left.
    AttemptsLeft,
    /// Its submission has used all its attempts.
    AttemptsSpent,
    /// It need not wait any longer than until this time.
    DueAt(Timestamp),
    /// Its lease has ended before this time.
    LeaseOverAt(Timestamp),
    /// Its lease has not ended before this time.
    LeaseHoldsAt(Timestamp),
}

impl Guard {
    /// A guard that allows to enter `target` from the states the state machine names, each with the tests given for it; a
    /// status without tests of its own (`None`) is left out.
    pub(crate) fn to_enter(target: Status, tests: impl Fn(Status) -> Option<Vec<Test>>) -> Self {
        let clause = |&status| tests(status).map(|tests| Clause { status, tests });
        Self(target.valid_from().iter().filter_map(clause).collect())
    }

    /// The clauses, of which one must hold.
    pub fn clauses(&self) -> &[Clause] {
        &self.0
    }

    /// Whether the job, as it is, allows the change.
    pub fn allows(&self, job: &Job) -> bool {
        self.0.iter().any(|clause| {
            clause.status == job.status() && clause.tests.iter().all(|test| test.holds(job))
        })
    }
}

impl Test {
    fn holds(self, job: &Job) -> bool {
        match self {
            Self::GenerationIs(generation) => job.generation == generation,
            Self::AttemptIs(attempt) => job.attempt == attempt,
            Self::AttemptsLeft => job.attempt < job.attempt_limit,
            Self::AttemptsSpent => job.attempt >= job.attempt_limit,
            Self::DueAt(now) => match job.state {
                State::Pending { not_before, .. } => not_before.is_none_or(|time| time <= now),
                _ => true,
            },
            Self::LeaseOverAt(now) => match job.state {
                State::Running { lease_ends_at, .. } => lease_ends_at < now,
                _ => false,
            },
            Self::LeaseHoldsAt(now) => match job.state {
                State::Running { lease_ends_at, .. } => lease_ends_at >= now,
                _ => false,
            },
        }
    }
}
