//! The condition and update expressions do on a real table what the job's own functions say.

use std::time::Duration;

use job::{Change, Delivery, Encoding, Failure, Job, Payload, Phase, Place, Progress, Status};
use proptest::prelude::*;
use store::Outcome;
use testkit::Stack;
use tokio::runtime::Runtime;

use crate::ended::ended;

/// A change to try, with the time still open, and whether time passes before it.
#[derive(Debug, Clone)]
struct Step {
    kind: Kind,
    generation: u32,
    attempt: u32,
    seconds_before: u64,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Claim,
    Complete,
    Fail,
    Release,
    Continue,
    EndLease,
    Cancel,
    Retry,
    Exhaust,
    Bury,
}

fn step() -> impl Strategy<Value = Step> {
    use Kind::{Bury, Cancel, Claim, Complete, Continue, EndLease, Exhaust, Fail, Release, Retry};
    let kind = prop_oneof![
        6 => Just(Claim),
        3 => Just(Release),
        2 => Just(Continue),
        2 => Just(Fail),
        2 => Just(Retry),
        1 => Just(Complete),
        1 => Just(EndLease),
        1 => Just(Cancel),
        1 => Just(Exhaust),
        1 => Just(Bury),
    ];
    (
        kind,
        0..2_u32,
        0..7_u32,
        prop_oneof![Just(0), Just(5), Just(30)],
    )
        .prop_map(|(kind, generation, attempt, seconds_before)| Step {
            kind,
            generation,
            attempt,
            seconds_before,
        })
}

impl Step {
    fn change(&self, now: jiff::Timestamp) -> Change {
        let Self {
            kind,
            generation,
            attempt,
            seconds_before: _,
        } = *self;
        let failure = Failure::new("malformed", Phase::Extract, false, "It is damaged.");
        let result = Payload {
            encoding: Encoding::Plain,
            bytes: 2,
            place: Place::Inline(b"{}".to_vec()),
        };
        let soon = now + Duration::from_secs(10);
        match kind {
            Kind::Claim => Change::Claim {
                generation,
                delivery: Delivery(u64::from(attempt) << 60),
                now,
                lease_ends_at: soon,
            },
            Kind::Complete => Change::Complete {
                attempt,
                now,
                result,
                progress: (attempt == 1).then(|| Progress {
                    total: Some(1),
                    ..Progress::default()
                }),
            },
            Kind::Fail => Change::Fail {
                attempt,
                now,
                failure,
            },
            Kind::Release => {
                let failure = (generation == 0).then_some(failure);
                Change::Release {
                    attempt,
                    not_before: soon,
                    failure,
                }
            }
            Kind::Continue => Change::Continue {
                attempt,
                now,
                not_before: soon,
                progress: Progress {
                    done: attempt,
                    failed: generation,
                    total: (generation == 0).then_some(7),
                    cursor: (generation == 1).then(|| "é".to_owned()),
                },
            },
            Kind::EndLease => Change::EndLease { now },
            Kind::Cancel => Change::Cancel { now },
            Kind::Retry => Change::Retry { generation, now },
            Kind::Exhaust => Change::Exhaust {
                generation,
                now,
                failure,
            },
            Kind::Bury => Change::Bury {
                generation,
                now,
                failure,
            },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_change_does_on_the_table_what_it_does_in_memory(steps in prop::collection::vec(step(), 1..40)) {
        world().0.block_on(async {
            let stack = &world().1;
            let mut job: Job = stack.job().pending().await;
            let mut now = job.created_at;
            for step in steps {
                now += Duration::from_secs(step.seconds_before);
                let change = step.change(now);
                let outcome = stack.store.change(&job.key, &change).await.unwrap();
                match change.apply(&job) {
                    Some(next) => {
                        assert_eq!(outcome, Outcome::Done(next.clone()), "{change:?} of {job:?}");
                        job = next;
                    }
                    None => assert_eq!(outcome, Outcome::Refused(Some(job.clone())), "{change:?}"),
                }
                assert_eq!(stack.store.get(&job.key, now).await.unwrap().as_ref(), Some(&job));
            }
            let (id, shard) = (job.key.id.to_string(), job.key.id.spread() % 8);
            for status in [Status::Failed, Status::Cancelled] {
                let listed = ended(stack, shard, status).await.contains(&id);
                assert_eq!(listed, job.status() == status, "{job:?}");
            }
        });
    }
}

/// One stack for all cases: each has a job of its own in it.
fn world() -> &'static (Runtime, Stack) {
    static WORLD: std::sync::OnceLock<(Runtime, Stack)> = std::sync::OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let stack = runtime.block_on(Stack::start());
        (runtime, stack)
    })
}

#[tokio::test]
async fn no_change_creates_a_job_that_is_not_there() {
    let stack = Stack::start().await;
    let key = stack.job().completed().await;
    let now = stack.clock.now();
    stack.store.remove(&key, now).await.unwrap();
    let kinds = [
        Kind::Claim,
        Kind::Complete,
        Kind::Fail,
        Kind::Release,
        Kind::Continue,
        Kind::EndLease,
        Kind::Cancel,
        Kind::Retry,
        Kind::Exhaust,
        Kind::Bury,
    ];
    for kind in kinds {
        let step = Step {
            kind,
            generation: 0,
            attempt: 0,
            seconds_before: 0,
        };
        let outcome = stack.store.change(&key, &step.change(now)).await.unwrap();
        assert_eq!(outcome, Outcome::Refused(None), "{kind:?}");
    }
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_not_found_even_while_the_table_still_holds_it() {
    let stack = Stack::start().await;
    let key = stack.job().completed().await;
    assert!(
        stack
            .store
            .get(&key, stack.clock.now())
            .await
            .unwrap()
            .is_some()
    );
    stack.clock.advance(job::limits::KEEP_FINISHED);
    assert!(
        stack
            .store
            .get(&key, stack.clock.now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(stack.items().await, 1);
}

#[tokio::test]
async fn when_all_workers_are_known_to_be_dead_their_leases_end_and_no_other_job_is_touched() {
    let stack = Stack::start().await;
    let pending = stack.job().pending().await;
    let completed = stack.job().completed().await;
    let mut running = Vec::new();
    for _ in 0..5 {
        running.push(stack.job().running().await.job().key.clone());
    }
    let now = stack.clock.now();
    assert_eq!(stack.store.end_all_leases(now).await.unwrap(), 5);
    for key in running {
        let job = stack.store.get(&key, now).await.unwrap().unwrap();
        let job::State::Running { lease_ends_at, .. } = job.state else {
            panic!("{job:?}")
        };
        assert_eq!(lease_ends_at, now);
    }
    assert_eq!(
        stack.store.get(&pending.key, now).await.unwrap(),
        Some(pending)
    );
    assert_eq!(
        stack
            .store
            .get(&completed, now)
            .await
            .unwrap()
            .unwrap()
            .status(),
        Status::Completed
    );
}
