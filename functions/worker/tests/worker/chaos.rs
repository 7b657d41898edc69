//! Everything at once: jobs that are cancelled, removed and retried while workers are killed and calls go wrong, all at random.
//! Whatever happens, when the dust has settled each job is final, and what was promised holds.

use std::time::Duration;

use job::{JobKey, Status};
use proptest::prelude::*;
use testkit::{Fault, Stack};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Start,
    Cancel(usize),
    Remove(usize),
    Retry(usize),
    Break {
        operation: &'static str,
        after: usize,
        fault: Fault,
    },
    Work,
    /// The worker is killed after so many calls of the table.
    Kill {
        calls: usize,
    },
    /// Time passes, in seconds.
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let job = 0..8_usize;
    let fault = prop_oneof![
        Just(Fault::DropAnswer),
        Just(Fault::DropRequest),
        Just(Fault::Twice),
        Just(Fault::ServerError),
        Just(Fault::Throttle),
    ];
    let operation = prop::sample::select(vec!["UpdateItem", "PutItem", "GetItem", "DeleteItem"]);
    prop_oneof![
        4 => Just(Event::Start),
        2 => job.clone().prop_map(Event::Cancel),
        1 => job.clone().prop_map(Event::Remove),
        2 => job.prop_map(Event::Retry),
        5 => (operation, 0..3_usize, fault)
            .prop_map(|(operation, after, fault)| Event::Break { operation, after, fault }),
        3 => Just(Event::Work),
        3 => (1..6_usize).prop_map(|calls| Event::Kill { calls }),
        2 => prop_oneof![Just(1), Just(20), Just(400)].prop_map(Event::Pass),
    ]
}

/// What a client was promised of a job.
struct Promise {
    key: JobKey,
    cancelled: bool,
    removed: bool,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_every_job_ends_and_every_promise_holds(events in prop::collection::vec(event(), 1..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(play(events));
    }
}

async fn play(events: Vec<Event>) {
    let stack = Stack::start().await;
    let mut jobs: Vec<Promise> = Vec::new();
    for event in events {
        happen(&stack, &mut jobs, event).await;
    }
    // Faults that nothing has met yet are met now, while the queue is drained.
    stack.drain_queue().await;
    let mut left = 0;
    for promise in &jobs {
        let found = stack.store.get(&promise.key, stack.clock.now()).await;
        // A fault that was still waiting may hit this very look.
        let found = match found {
            Ok(found) => found,
            Err(_) => stack
                .store
                .get(&promise.key, stack.clock.now())
                .await
                .unwrap(),
        };
        let Some(job) = found else {
            assert!(promise.removed, "{} is lost", promise.key);
            continue;
        };
        left += 1;
        assert!(!promise.removed, "{} came back", promise.key);
        assert!(
            job.status().is_final(),
            "{} is {}",
            promise.key,
            job.status()
        );
        assert!(job.attempt <= job.attempt_limit);
        if promise.cancelled {
            assert_eq!(job.status(), Status::Cancelled);
        }
        if job.status() == Status::Completed {
            assert!(stack.store.result(&job).await.unwrap().is_some());
        }
    }
    assert!(stack.items().await >= left);
}

async fn happen(stack: &Stack, jobs: &mut Vec<Promise>, event: Event) {
    match event {
        Event::Start => {
            let started = stack.post("/api/v1/scan/start/").await;
            if started.status == 202 {
                let id = started.job_id().parse().unwrap();
                let key = JobKey::new(testkit::tenant(job::Tenant::DEFAULT), id);
                jobs.push(Promise {
                    key,
                    cancelled: false,
                    removed: false,
                });
            }
        }
        Event::Cancel(index) => {
            if let Some(promise) = jobs.get_mut(index) {
                let path = format!("/api/v1/scan/cancel/{}/", promise.key.id);
                promise.cancelled |= stack.post(&path).await.status == 200;
            }
        }
        Event::Remove(index) => {
            if let Some(promise) = jobs.get_mut(index) {
                let path = format!("/api/v1/scan/remove/{}/", promise.key.id);
                let status = stack.call(http::Method::DELETE, &path).await.status;
                // An answer of 503 promises nothing: the job may be gone or not.
                promise.removed |= status == 204;
                if status == 503 {
                    jobs.remove(index);
                }
            }
        }
        Event::Retry(index) => {
            if let Some(promise) = jobs.get_mut(index) {
                let path = format!("/api/v1/scan/retry/{}/", promise.key.id);
                let status = stack.post(&path).await.status;
                // Also an unanswered retry may have taken place.
                promise.cancelled &= status != 202 && status != 503;
            }
        }
        Event::Break {
            operation,
            after,
            fault,
        } => stack.dynamodb.break_after(after, operation, fault),
        Event::Work => {
            stack.work_once().await;
        }
        Event::Kill { calls } => {
            let before: usize = stack.dynamodb.calls().values().sum();
            let killed = async {
                while stack.dynamodb.calls().values().sum::<usize>() < before + calls {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = stack.work_once() => {}
                () = killed => {}
            }
        }
        Event::Pass(seconds) => stack.clock.advance(Duration::from_secs(seconds)),
    }
}
