//! Every transition of a job: where it is allowed, and what it makes of the job.

mod jobs;
mod refusals;

use job::{Change, Delivery, Job, Progress, State, Status, limits};

use jobs::{
    ATTEMPT, GENERATION, HOLDER, NOW, OTHER, after, before, bury, cancel, claim, complete,
    continue_, end_lease, every_change, every_job, exhaust, fail, failure, job_in, new_job,
    payload, pending, release, retry, running, spent, state_of,
};

#[test]
fn each_status_allows_exactly_its_changes() {
    use Status::{Cancelled, Completed, Failed, Pending, Running};
    let table: [(Change, &[Status]); 10] = [
        (claim(), &[Pending, Running]),
        (complete(), &[Running]),
        (fail(), &[Running]),
        (release(), &[Running]),
        (continue_(), &[Running]),
        (end_lease(), &[Running]),
        (cancel(), &[Pending, Running]),
        (retry(), &[Failed, Cancelled]),
        (exhaust(), &[Pending, Running]),
        (bury(), &[Pending, Running]),
    ];
    for (change, allowed) in table {
        for status in Status::ALL {
            let mut job = job_in(state_of(status));
            if matches!(change, Change::Exhaust { .. }) {
                job = spent(job);
            }
            if matches!(change, Change::Continue { .. }) && status == Running {
                job = job_in(running(after()));
            }
            let next = change.apply(&job).map(|next| next.status());
            let expected = allowed.contains(&status).then(|| change.target());
            assert_eq!(next, expected, "{change:?} on a {status} job");
        }
    }
    assert!(Completed.is_final(), "and nothing above leads out of it");
}

#[test]
fn every_guard_names_only_states_from_which_its_target_may_be_entered() {
    for change in every_change() {
        let guard = change.guard();
        assert!(!guard.clauses().is_empty(), "{change:?} is never allowed");
        for clause in guard.clauses() {
            assert!(
                change.target().valid_from().contains(&clause.status),
                "{change:?} from {}",
                clause.status
            );
        }
    }
}

#[test]
fn every_edge_of_the_state_machine_is_some_change() {
    for target in Status::ALL {
        for from in target.valid_from() {
            let is_used = every_change().iter().any(|change| {
                change.target() == target
                    && change.guard().clauses().iter().any(|c| c.status == *from)
            });
            assert!(is_used, "no change leads from {from} to {target}");
        }
    }
}

#[test]
fn a_change_is_applied_if_and_only_if_its_guard_allows_it() {
    for change in every_change() {
        for job in every_job() {
            let next = change.apply(&job);
            assert_eq!(next.is_some(), change.guard().allows(&job));
            if let Some(next) = next {
                assert_eq!(next.status(), change.target());
            }
        }
    }
}

#[test]
fn no_change_touches_what_a_job_is() {
    for (_, job, next) in every_step() {
        assert_eq!(next.key, job.key);
        assert_eq!(next.created_at, job.created_at);
        assert_eq!(next.request, job.request);
    }
}

#[test]
fn the_attempt_grows_by_one_with_each_claim_and_never_else() {
    for (change, job, next) in every_step() {
        let step = u32::from(matches!(change, Change::Claim { .. }));
        assert_eq!(next.attempt, job.attempt + step, "{change:?}");
    }
}

#[test]
fn generation_and_attempt_limit_change_only_by_retry_and_the_next_step() {
    for (change, job, next) in every_step() {
        if matches!(change, Change::Retry { .. } | Change::Continue { .. }) {
            assert_eq!(next.generation, job.generation + 1);
            assert_eq!(next.attempt_limit, job.attempt + limits::MAX_ATTEMPTS);
        } else {
            assert_eq!(next.generation, job.generation, "{change:?}");
            assert_eq!(next.attempt_limit, job.attempt_limit, "{change:?}");
        }
    }
}

#[test]
fn a_final_job_is_forgotten_sooner_than_one_that_is_not() {
    for (change, job, next) in every_step() {
        let expected = match change {
            Change::Claim { .. } | Change::Release { .. } | Change::EndLease { .. } => {
                job.expires_at
            }
            Change::Retry { .. } | Change::Continue { .. } => limits::expiry_of_unfinished(NOW),
            Change::Complete { .. }
            | Change::Fail { .. }
            | Change::Cancel { .. }
            | Change::Exhaust { .. }
            | Change::Bury { .. } => limits::expiry_of_finished(NOW),
        };
        assert_eq!(next.expires_at, expected, "{change:?}");
    }
    assert!(limits::expiry_of_finished(NOW) < limits::expiry_of_unfinished(NOW));
}

#[test]
fn a_new_job_is_pending_and_can_be_claimed_at_once() {
    let job = new_job();
    assert_eq!(job.status(), Status::Pending);
    assert_eq!((job.generation, job.attempt), (0, 0));
    assert_eq!(job.attempt_limit, limits::MAX_ATTEMPTS);
    let next = claim_in(0, OTHER).apply(&job).unwrap();
    assert_eq!(next.attempt, 1);
}

#[test]
fn a_claim_notes_whose_it_is_and_until_when() {
    let next = claim().apply(&job_in(pending(None))).unwrap();
    let Change::Claim { lease_ends_at, .. } = claim() else {
        unreachable!()
    };
    let expected = State::Running {
        delivery: OTHER,
        started_at: NOW,
        lease_ends_at,
        last_failure: Some(failure("the_one_before")),
    };
    assert_eq!(next.state, expected);
}

#[test]
fn a_job_is_claimed_so_often_and_no_more() {
    let mut job = new_job();
    for attempt in 1..=limits::MAX_ATTEMPTS {
        job = claim_in(0, HOLDER).apply(&job).unwrap();
        assert_eq!(job.attempt, attempt);
        job = Change::Release {
            attempt,
            not_before: NOW,
            failure: None,
        }
        .apply(&job)
        .unwrap();
    }
    assert_eq!(claim_in(0, HOLDER).apply(&job), None);
}

#[test]
fn a_claim_for_another_submission_is_refused() {
    for job in [job_in(pending(None)), job_in(running(before()))] {
        for generation in [GENERATION - 1, GENERATION + 1] {
            assert_eq!(claim_in(generation, OTHER).apply(&job), None);
        }
    }
}

#[test]
fn a_delayed_job_is_claimed_from_its_time_on() {
    let claimed_at = |time| claim().apply(&job_in(pending(Some(time)))).is_some();
    assert_eq!(
        [before(), NOW, after()].map(claimed_at),
        [true, true, false]
    );
}

#[test]
fn a_lease_that_ends_now_still_holds() {
    for change in [claim(), bury()] {
        let allowed = |lease| change.apply(&job_in(running(lease))).is_some();
        assert_eq!([before(), NOW, after()].map(allowed), [true, false, false]);
    }
    let exhausted = |lease| exhaust().apply(&spent(job_in(running(lease)))).is_some();
    assert_eq!(
        [before(), NOW, after()].map(exhausted),
        [true, false, false]
    );
}

#[test]
fn a_lease_that_is_ended_is_over_from_now_on() {
    let next = end_lease().apply(&job_in(running(after()))).unwrap();
    assert_eq!(next, job_in(running(NOW)), "and nothing else changes");
    let claim = Change::Claim {
        generation: GENERATION,
        delivery: OTHER,
        now: after(),
        lease_ends_at: after(),
    };
    assert!(claim.apply(&next).is_some());
}

#[test]
fn a_worker_whose_lease_was_ended_may_still_end_its_attempt() {
    let job = end_lease().apply(&job_in(running(after()))).unwrap();
    for end in [complete(), fail(), release()] {
        assert!(end.apply(&job).is_some(), "{end:?}");
    }
}

#[test]
fn a_job_goes_on_in_a_next_step_only_while_its_worker_holds_the_lease() {
    let continued = |lease| continue_().apply(&job_in(running(lease))).is_some();
    assert_eq!([before(), NOW, after()].map(continued), [false, true, true]);
}

#[test]
fn a_next_step_has_all_attempts_and_knows_how_far_the_job_is() {
    let next = continue_().apply(&spent(job_in(running(after())))).unwrap();
    let expected = State::Pending {
        not_before: Some(after()),
        last_failure: None,
    };
    assert_eq!(next.state, expected);
    let progress = next.progress.as_ref().unwrap();
    assert_eq!((progress.done, progress.failed), (1, 2));
    assert_eq!(next.attempt_limit, next.attempt + limits::MAX_ATTEMPTS);
}

#[test]
fn what_is_known_of_a_jobs_progress_is_forgotten_by_nothing() {
    for (change, job, next) in every_step() {
        if !matches!(change, Change::Continue { .. }) {
            assert_eq!(next.progress, job.progress, "{change:?}");
        }
    }
    let progress = Some(Progress::default());
    let complete = Change::Complete {
        attempt: ATTEMPT,
        now: NOW,
        result: payload("result"),
        progress: progress.clone(),
    };
    let next = complete.apply(&job_in(running(after()))).unwrap();
    assert_eq!(next.progress, progress);
}

#[test]
fn even_the_holder_cannot_claim_twice_under_a_live_lease() {
    let job = job_in(running(after()));
    assert_eq!(claim_in(GENERATION, HOLDER).apply(&job), None);
}

#[test]
fn only_the_worker_that_claimed_an_attempt_ends_it() {
    for attempt in [ATTEMPT - 1, ATTEMPT, ATTEMPT + 1] {
        let ends = [
            Change::Complete {
                attempt,
                now: NOW,
                result: payload("result"),
                progress: None,
            },
            Change::Fail {
                attempt,
                now: NOW,
                failure: failure("this_one"),
            },
            Change::Release {
                attempt,
                not_before: NOW,
                failure: None,
            },
        ];
        for end in ends {
            // Its lease does not matter: while nobody else claimed the job, the work is good.
            for lease in [before(), after()] {
                let is_applied = end.apply(&job_in(running(lease))).is_some();
                assert_eq!(is_applied, attempt == ATTEMPT, "{end:?}");
            }
        }
    }
}

#[test]
fn a_completed_job_knows_its_result_and_who_made_it() {
    let job = job_in(running(after()));
    let State::Running { started_at, .. } = job.state else {
        unreachable!()
    };
    let expected = State::Completed {
        delivery: HOLDER,
        started_at,
        finished_at: NOW,
        result: payload("result"),
    };
    let next = complete().apply(&job).unwrap();
    assert_eq!(next.state, expected);
    assert_eq!(next.delivery(), Some(HOLDER));
}

#[test]
fn a_released_job_knows_why_and_waits() {
    let next = release().apply(&job_in(running(after()))).unwrap();
    let expected = State::Pending {
        not_before: Some(after()),
        last_failure: Some(failure("this_one")),
    };
    assert_eq!(next.state, expected);
}

#[test]
fn a_job_released_without_a_failure_keeps_the_one_before() {
    let release = Change::Release {
        attempt: ATTEMPT,
        not_before: NOW,
        failure: None,
    };
    let next = release.apply(&job_in(running(after()))).unwrap();
    assert_eq!(next.failure(), Some(&failure("the_one_before")));
}

#[test]
fn a_failed_job_knows_why() {
    for (change, code) in [
        (fail(), "this_one"),
        (exhaust(), "exhausted"),
        (bury(), "undeliverable"),
    ] {
        let next = change.apply(&spent(job_in(running(before())))).unwrap();
        let expected = State::Failed {
            finished_at: NOW,
            failure: failure(code),
        };
        assert_eq!(next.state, expected);
    }
}

#[test]
fn a_cancelled_job_forgets_its_worker() {
    let next = cancel().apply(&job_in(running(after()))).unwrap();
    assert_eq!(next.state, State::Cancelled { finished_at: NOW });
    for end in [complete(), fail(), release(), continue_()] {
        assert_eq!(end.apply(&next), None, "{end:?}");
    }
}

#[test]
fn a_retried_job_starts_anew_with_all_its_attempts() {
    for status in [Status::Failed, Status::Cancelled] {
        let next = retry().apply(&spent(job_in(state_of(status)))).unwrap();
        let expected = State::Pending {
            not_before: None,
            last_failure: None,
        };
        assert_eq!(next.state, expected);
        assert!(claim_in(GENERATION + 1, OTHER).apply(&next).is_some());
        assert_eq!(claim_in(GENERATION, OTHER).apply(&next), None);
    }
}

#[test]
fn a_submission_is_retried_once() {
    let job = job_in(state_of(Status::Failed));
    let retried = retry().apply(&job).unwrap();
    let failed_again = Job {
        state: job.state,
        ..retried
    };
    assert_eq!(retry().apply(&failed_again), None);
}

#[test]
fn a_job_with_attempts_left_is_not_exhausted() {
    for state in [pending(None), running(before())] {
        assert_eq!(exhaust().apply(&job_in(state.clone())), None);
        assert!(exhaust().apply(&spent(job_in(state))).is_some());
    }
}

#[test]
fn a_job_without_attempts_is_exhausted_even_before_its_delay_ends() {
    let job = spent(job_in(pending(Some(after()))));
    assert!(exhaust().apply(&job).is_some());
}

#[test]
fn only_the_present_submission_can_be_exhausted_or_buried() {
    for change in [exhaust(), bury()] {
        for generation in [GENERATION - 1, GENERATION + 1] {
            let job = Job {
                generation,
                ..spent(job_in(pending(None)))
            };
            assert_eq!(change.apply(&job), None, "{change:?}");
        }
    }
}

/// Each change that is allowed, the job before, and the job after.
fn every_step() -> Vec<(Change, Job, Job)> {
    let mut steps = Vec::new();
    for change in every_change() {
        for job in every_job() {
            if let Some(next) = change.apply(&job) {
                steps.push((change.clone(), job, next));
            }
        }
    }
    steps
}

fn claim_in(generation: u32, delivery: Delivery) -> Change {
    Change::Claim {
        generation,
        delivery,
        now: NOW,
        lease_ends_at: after(),
    }
}
