//! Every transition of a job: when it is allowed and what it makes of the job.

use jiff::Timestamp;

use crate::{Delivery, Failure, Guard, Job, Payload, Progress, State, Status, Test, limits};

/// A transition. The store performs it as one conditional write: [`Change::guard`] is the condition, [`Change::apply`] the effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A worker takes the job for one attempt.
    Claim {
        /// The submission its message speaks of.
        generation: u32,
        /// This delivery.
        delivery: Delivery,
        /// The time now.
        now: Timestamp,
        /// The worker's own deadline: from then on it can no longer do harm.
        lease_ends_at: Timestamp,
    },
    /// The worker that holds the attempt has a result.
    Complete {
        /// The attempt it holds.
        attempt: u32,
        /// The time now.
        now: Timestamp,
        /// Where the result lies.
        result: Payload,
        /// How far the job is now; none leaves what is known.
        progress: Option<Progress>,
    },
    /// The worker that holds the attempt found that the job cannot be done.
    Fail {
        /// The attempt it holds.
        attempt: u32,
        /// The time now.
        now: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// The worker that holds the attempt gives the job back, to be tried again.
    Release {
        /// The attempt it holds.
        attempt: u32,
        /// When it may be tried again.
        not_before: Timestamp,
        /// Why; none if the worker merely had to stop.
        failure: Option<Failure>,
    },
    /// The worker that holds the attempt has done a step of the job, and another one is to follow: a new submission. Only while its
    /// lease holds: when that is over, the message of the next step may have been dropped ([`protocol::may_be_continued`](crate::protocol::may_be_continued)).
    Continue {
        /// The attempt it holds.
        attempt: u32,
        /// The time now.
        now: Timestamp,
        /// When the next step may begin.
        not_before: Timestamp,
        /// How far the job is.
        progress: Progress,
    },
    /// Whoever held the job is known to be dead: its lease ends now.
    EndLease {
        /// The time now.
        now: Timestamp,
    },
    /// The client no longer wants the job.
    Cancel {
        /// The time now.
        now: Timestamp,
    },
    /// The client wants a failed or cancelled job to be tried again: a new submission.
    Retry {
        /// The submission that ended.
        generation: u32,
        /// The time now.
        now: Timestamp,
    },
    /// All attempts of the submission are used, and none is under way.
    Exhaust {
        /// The submission.
        generation: u32,
        /// The time now.
        now: Timestamp,
        /// The last error.
        failure: Failure,
    },
    /// The queue has given up on the submission's message, and no attempt is under way.
    Bury {
        /// The submission.
        generation: u32,
        /// The time now.
        now: Timestamp,
        /// The last error, or that the message could not be delivered.
        failure: Failure,
    },
}

impl Change {
    /// The status it leads to.
    pub fn target(&self) -> Status {
        match self {
            Self::Claim { .. } | Self::EndLease { .. } => Status::Running,
            Self::Complete { .. } => Status::Completed,
            Self::Fail { .. } | Self::Exhaust { .. } | Self::Bury { .. } => Status::Failed,
            Self::Release { .. } | Self::Continue { .. } | Self::Retry { .. } => Status::Pending,
            Self::Cancel { .. } => Status::Cancelled,
        }
    }

    /// When it is allowed.
    pub fn guard(&self) -> Guard {
        use Status::{Cancelled, Failed, Pending, Running};
        Guard::to_enter(self.target(), |from| match *self {
            Self::Claim {
                generation, now, ..
            } => {
                let ready = if from == Pending {
                    Test::DueAt(now)
                } else {
                    Test::LeaseOverAt(now)
                };
                Some(vec![
                    Test::GenerationIs(generation),
                    Test::AttemptsLeft,
                    ready,
                ])
            }
            Self::Complete { attempt, .. }
            | Self::Fail { attempt, .. }
            | Self::Release { attempt, .. } => {
                (from == Running).then(|| vec![Test::AttemptIs(attempt)])
            }
            Self::Continue { attempt, now, .. } => {
                (from == Running).then(|| vec![Test::AttemptIs(attempt), Test::LeaseHoldsAt(now)])
            }
            Self::EndLease { .. } => (from == Running).then(Vec::new),
            Self::Cancel { .. } => Some(vec![]),
            Self::Retry { generation, .. } => {
                matches!(from, Failed | Cancelled).then(|| vec![Test::GenerationIs(generation)])
            }
            Self::Exhaust {
                generation, now, ..
            } => {
                let mut tests = vec![Test::GenerationIs(generation), Test::AttemptsSpent];
                tests.extend((from == Running).then_some(Test::LeaseOverAt(now)));
                Some(tests)
            }
            Self::Bury {
                generation, now, ..
            } => {
                let mut tests = vec![Test::GenerationIs(generation)];
                tests.extend((from == Running).then_some(Test::LeaseOverAt(now)));
                Some(tests)
            }
        })
    }

    /// The job after the change; none if the guard refuses it.
    pub fn apply(&self, job: &Job) -> Option<Job> {
        if !self.guard().allows(job) {
            return None;
        }
        let mut next = job.clone();
        match self.clone() {
            Self::Claim {
                generation: _,
                delivery,
                now,
                lease_ends_at,
            } => {
                next.attempt += 1;
                next.state = State::Running {
                    delivery,
                    started_at: now,
                    lease_ends_at,
                    last_failure: job.failure().cloned(),
                };
            }
            Self::Complete {
                attempt: _,
                now,
                result,
                progress,
            } => {
                let State::Running {
                    delivery,
                    started_at,
                    ..
                } = job.state
                else {
                    return None;
                };
                next.expires_at = limits::expiry_of_finished(now);
                next.progress = progress.or(next.progress);
                next.state = State::Completed {
                    delivery,
                    started_at,
                    finished_at: now,
                    result,
                };
            }
            Self::Fail {
                attempt: _,
                now,
                failure,
            }
            | Self::Exhaust {
                generation: _,
                now,
                failure,
            }
            | Self::Bury {
                generation: _,
                now,
                failure,
            } => {
                next.expires_at = limits::expiry_of_finished(now);
                next.state = State::Failed {
                    finished_at: now,
                    failure,
                };
            }
            Self::Release {
                attempt: _,
                not_before,
                failure,
            } => {
                let last_failure = failure.or_else(|| job.failure().cloned());
                next.state = State::Pending {
                    not_before: Some(not_before),
                    last_failure,
                };
            }
            Self::Continue {
                attempt: _,
                now,
                not_before,
                progress,
            } => {
                next.generation = job.generation + 1;
                next.attempt_limit = job.attempt + limits::MAX_ATTEMPTS;
                next.expires_at = limits::expiry_of_unfinished(now);
                next.progress = Some(progress);
                next.state = State::Pending {
                    not_before: Some(not_before),
                    last_failure: None,
                };
            }
            Self::EndLease { now } => {
                if let State::Running { lease_ends_at, .. } = &mut next.state {
                    *lease_ends_at = now;
                }
            }
            Self::Cancel { now } => {
                next.expires_at = limits::expiry_of_finished(now);
                next.state = State::Cancelled { finished_at: now };
            }
            Self::Retry { generation, now } => {
                next.generation = generation + 1;
                next.attempt_limit = job.attempt + limits::MAX_ATTEMPTS;
                next.expires_at = limits::expiry_of_unfinished(now);
                next.state = State::Pending {
                    not_before: None,
                    last_failure: None,
                };
            }
        }
        Some(next)
    }
}
