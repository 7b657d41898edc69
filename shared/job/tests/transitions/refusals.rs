//! What a process does after a refusal fits what the table would accept instead.

use job::protocol::{
    ClaimRefused, DeadLetter, claim_refused, completed_by, dead_letter, is_settled,
    may_be_continued,
};
use job::{Change, Job, Progress, State, Status};

use crate::jobs::{
    ATTEMPT, GENERATION, HOLDER, NOW, OTHER, after, before, bury, claim, every_job, exhaust,
    job_in, pending, running, spent, state_of,
};

#[test]
fn a_refused_claim_finds_what_to_do() {
    let table = [
        (
            "live lease",
            job_in(running(after())),
            ClaimRefused::Wait(after()),
        ),
        (
            "lease that ends now",
            job_in(running(NOW)),
            ClaimRefused::Wait(NOW),
        ),
        (
            "delay",
            job_in(pending(Some(after()))),
            ClaimRefused::Wait(after()),
        ),
        (
            "live last lease",
            spent(job_in(running(after()))),
            ClaimRefused::Wait(after()),
        ),
        (
            "last lease over",
            spent(job_in(running(before()))),
            ClaimRefused::Exhausted,
        ),
        (
            "last attempt released",
            spent(job_in(pending(None))),
            ClaimRefused::Exhausted,
        ),
        (
            "completed",
            job_in(state_of(Status::Completed)),
            ClaimRefused::Settled,
        ),
        (
            "failed",
            job_in(state_of(Status::Failed)),
            ClaimRefused::Settled,
        ),
        (
            "cancelled",
            job_in(state_of(Status::Cancelled)),
            ClaimRefused::Settled,
        ),
    ];
    for (name, job, expected) in table {
        assert_eq!(claim().apply(&job), None, "{name}");
        assert_eq!(refused(&job), expected, "{name}");
    }
}

#[test]
fn a_claim_whose_answer_was_lost_is_recognised() {
    let job = job_in(running(after()));
    assert_eq!(
        claim_refused(Some(&job), GENERATION, HOLDER, NOW),
        ClaimRefused::Own
    );
    assert_eq!(refused(&job), ClaimRefused::Wait(after()));
}

#[test]
fn a_message_that_runs_ahead_waits_for_its_item() {
    assert_eq!(
        claim_refused(None, 0, OTHER, NOW),
        ClaimRefused::NotThereYet
    );
    for job in every_job() {
        let is_ahead = refused(&job) == ClaimRefused::NotThereYet;
        assert_eq!(is_ahead, job.generation < GENERATION, "{job:?}");
    }
}

#[test]
fn a_refused_claim_never_stands_still() {
    for job in every_job() {
        if claim().guard().allows(&job) {
            continue;
        }
        match refused(&job) {
            ClaimRefused::Own => panic!("{OTHER:?} never claimed {job:?}"),
            ClaimRefused::NotThereYet => assert!(!settled(&job), "{job:?}"),
            ClaimRefused::Settled => assert!(settled(&job), "{job:?}"),
            ClaimRefused::Exhausted => assert!(exhaust().guard().allows(&job), "{job:?}"),
            ClaimRefused::Wait(until) => {
                // A lease that ends then still holds then, and is over right after.
                let now = until + jiff::SignedDuration::from_nanos(1);
                let waited = Change::Claim {
                    generation: GENERATION,
                    delivery: OTHER,
                    now,
                    lease_ends_at: now,
                };
                let ended = claim_refused(Some(&job), GENERATION, OTHER, now);
                assert!(
                    waited.guard().allows(&job) || ended == ClaimRefused::Exhausted,
                    "{job:?}"
                );
            }
        }
    }
}

#[test]
fn a_message_is_settled_when_its_job_is_final_gone_or_in_a_newer_submission() {
    assert!(is_settled(None, GENERATION));
    for job in every_job() {
        let expected = match job.generation {
            generation if generation < GENERATION => false,
            generation if generation > GENERATION => true,
            _ => job.status().is_final(),
        };
        assert_eq!(settled(&job), expected, "{job:?}");
    }
}

#[test]
fn a_completion_whose_answer_was_lost_is_recognised_by_delivery_and_attempt() {
    let job = job_in(state_of(Status::Completed));
    assert!(completed_by(&job, ATTEMPT, HOLDER));
    assert!(!completed_by(&job, ATTEMPT, OTHER));
    assert!(!completed_by(&job, ATTEMPT - 1, HOLDER));
    for other in every_job() {
        let is_own = completed_by(&other, ATTEMPT, HOLDER);
        assert_eq!(is_own, matches!(other.state, State::Completed { .. }));
    }
}

#[test]
fn a_dead_letter_is_buried_only_where_the_table_allows_it() {
    for job in every_job() {
        for is_young in [false, true] {
            let verdict = dead_letter(Some(&job), GENERATION, is_young, NOW);
            let is_ahead = job.generation < GENERATION;
            let may_follow = is_young || may_be_continued(Some(&job), GENERATION, NOW);
            let expected = if is_ahead && may_follow {
                DeadLetter::Keep
            } else if is_ahead || settled(&job) {
                DeadLetter::Settled
            } else if bury().guard().allows(&job) {
                DeadLetter::Bury
            } else {
                DeadLetter::Keep
            };
            assert_eq!(verdict, expected, "{job:?}");
        }
    }
}

#[test]
fn the_message_of_a_next_step_is_kept_as_long_as_that_step_may_be_written() {
    for job in every_job() {
        let step = Change::Continue {
            attempt: job.attempt,
            now: NOW,
            not_before: NOW,
            progress: Progress::default(),
        };
        let next = job.generation + 1;
        let may_be_written = step.guard().allows(&job);
        assert_eq!(may_be_continued(Some(&job), next, NOW), may_be_written);
    }
    assert!(!may_be_continued(None, GENERATION, NOW));
}

#[test]
fn a_dead_letter_without_a_job_is_kept_while_its_sender_may_still_write() {
    assert_eq!(dead_letter(None, 0, true, NOW), DeadLetter::Keep);
    assert_eq!(dead_letter(None, 0, false, NOW), DeadLetter::Settled);
}

fn refused(job: &Job) -> ClaimRefused {
    claim_refused(Some(job), GENERATION, OTHER, NOW)
}

fn settled(job: &Job) -> bool {
    is_settled(Some(job), GENERATION)
}
