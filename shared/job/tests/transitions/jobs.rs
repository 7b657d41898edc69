//! Jobs in every situation that a rule can tell apart, and every change that could be tried on
//! them.

use jiff::{Timestamp, ToSpan};
use job::{
    Change, Delivery, Encoding, Failure, Job, JobKey, Payload, Phase, Place, Progress, State,
    Status,
};

pub(crate) const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// The delivery that holds or completed the job.
pub(crate) const HOLDER: Delivery = Delivery(1);

/// Another one.
pub(crate) const OTHER: Delivery = Delivery(2);

/// The submission and the attempt that jobs here are in, unless a test says otherwise.
pub(crate) const GENERATION: u32 = 1;
pub(crate) const ATTEMPT: u32 = 7;

pub(crate) fn before() -> Timestamp {
    NOW - 1.nanosecond()
}

pub(crate) fn after() -> Timestamp {
    NOW + 1.nanosecond()
}

pub(crate) fn failure(code: &str) -> Failure {
    Failure::new(code, Phase::Extract, false, "")
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload {
        encoding: Encoding::Plain,
        bytes: text.len() as u64,
        place: Place::Inline(text.into()),
    }
}

/// A new job with attempts left: nothing was claimed yet.
#[expect(clippy::disallowed_methods, reason = "a test says whose a thing is")]
pub(crate) fn new_job() -> Job {
    let key = JobKey::new(
        job::Tenant::sole(),
        "01890a5d-ac96-774b-bcce-b302099a8057"
            .parse()
            .expect("a UUID"),
    );
    Job::new(
        key,
        1,
        NOW - 1.hour(),
        payload("request"),
        job::About::default(),
    )
}

/// A job in this state, with attempts left.
pub(crate) fn job_in(state: State) -> Job {
    Job {
        generation: GENERATION,
        attempt: ATTEMPT,
        attempt_limit: ATTEMPT + 1,
        state,
        ..new_job()
    }
}

/// The same job with all attempts used.
pub(crate) fn spent(job: Job) -> Job {
    Job {
        attempt_limit: job.attempt,
        ..job
    }
}

pub(crate) fn pending(not_before: Option<Timestamp>) -> State {
    State::Pending {
        not_before,
        last_failure: Some(failure("the_one_before")),
    }
}

pub(crate) fn running(lease_ends_at: Timestamp) -> State {
    State::Running {
        delivery: HOLDER,
        started_at: NOW - 1.minute(),
        lease_ends_at,
        last_failure: Some(failure("the_one_before")),
    }
}

/// A state of each status, from which every change that the status allows is allowed.
pub(crate) fn state_of(status: Status) -> State {
    match status {
        Status::Pending => pending(None),
        Status::Running => running(before()),
        Status::Completed => State::Completed {
            delivery: HOLDER,
            started_at: NOW - 1.minute(),
            finished_at: before(),
            result: payload("result"),
        },
        Status::Failed => State::Failed {
            finished_at: before(),
            failure: failure("the_last"),
        },
        Status::Cancelled => State::Cancelled {
            finished_at: before(),
        },
    }
}

pub(crate) fn claim() -> Change {
    Change::Claim {
        generation: GENERATION,
        delivery: OTHER,
        now: NOW,
        lease_ends_at: NOW + 1.minute(),
    }
}

pub(crate) fn complete() -> Change {
    Change::Complete {
        attempt: ATTEMPT,
        now: NOW,
        result: payload("result"),
        progress: None,
    }
}

pub(crate) fn fail() -> Change {
    Change::Fail {
        attempt: ATTEMPT,
        now: NOW,
        failure: failure("this_one"),
    }
}

pub(crate) fn release() -> Change {
    Change::Release {
        attempt: ATTEMPT,
        not_before: after(),
        failure: Some(failure("this_one")),
    }
}

pub(crate) fn continue_() -> Change {
    Change::Continue {
        attempt: ATTEMPT,
        now: NOW,
        not_before: after(),
        progress: Progress {
            done: 1,
            failed: 2,
            total: Some(9),
            cursor: Some("3".to_owned()),
        },
    }
}

pub(crate) fn end_lease() -> Change {
    Change::EndLease { now: NOW }
}

pub(crate) fn cancel() -> Change {
    Change::Cancel { now: NOW }
}

pub(crate) fn retry() -> Change {
    Change::Retry {
        generation: GENERATION,
        now: NOW,
    }
}

pub(crate) fn exhaust() -> Change {
    Change::Exhaust {
        generation: GENERATION,
        now: NOW,
        failure: failure("exhausted"),
    }
}

pub(crate) fn bury() -> Change {
    Change::Bury {
        generation: GENERATION,
        now: NOW,
        failure: failure("undeliverable"),
    }
}

pub(crate) fn every_change() -> [Change; 10] {
    [
        claim(),
        complete(),
        fail(),
        release(),
        continue_(),
        end_lease(),
        cancel(),
        retry(),
        exhaust(),
        bury(),
    ]
}

/// Every status, on each side of every bound: delays and leases that are over, end now or last,
/// attempts left or used, and generations around [`GENERATION`].
pub(crate) fn every_job() -> Vec<Job> {
    let times = [before(), NOW, after()];
    let mut states: Vec<State> = Status::ALL.into_iter().map(state_of).collect();
    states.extend(times.map(|time| pending(Some(time))));
    states.extend(times.map(running));
    let mut jobs = Vec::new();
    for state in states {
        for generation in [GENERATION - 1, GENERATION, GENERATION + 1] {
            let job = Job {
                generation,
                ..job_in(state.clone())
            };
            jobs.extend([spent(job.clone()), job]);
        }
    }
    jobs
}
