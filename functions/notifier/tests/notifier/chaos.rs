//! Everything at once: jobs that are started, cancelled, retried and removed while workers and notifiers are killed and calls go wrong, all at random. When the
//! dust has settled, each end that a job was in has been told, and none that it was not in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::Method;
use job::{JobKey, Status, Tenant};
use proptest::prelude::*;
use testkit::Fault;

use crate::{Scene, event_id};

#[derive(Debug, Clone)]
enum Event {
    Start {
        fails: bool,
    },
    Cancel(usize),
    Retry(usize),
    Remove(usize),
    Break(Break),
    Work,
    Notify,
    /// The function is killed after so many calls of the table and the queue.
    Kill {
        works: bool,
        calls: usize,
    },
    /// The receiver refuses the next ones.
    Refuse(u16),
    Pass(u64),
}

#[derive(Debug, Clone)]
struct Break {
    queue: bool,
    operation: &'static str,
    after: usize,
    fault: Fault,
}

fn event() -> impl Strategy<Value = Event> {
    let job = 0..5_usize;
    let fault = prop_oneof![
        Just(Fault::DropAnswer),
        Just(Fault::DropRequest),
        Just(Fault::Twice),
        Just(Fault::ServerError),
    ];
    let table = prop::sample::select(vec!["UpdateItem", "PutItem", "GetItem", "Query"]);
    let queue = prop::sample::select(vec!["SendMessage", "ChangeMessageVisibilityBatch"]);
    let operation = prop_oneof![
        table.prop_map(|name| (false, name)),
        queue.prop_map(|name| (true, name))
    ];
    let broken = (operation, 0..3_usize, fault);
    prop_oneof![
        4 => any::<bool>().prop_map(|fails| Event::Start { fails }),
        2 => job.clone().prop_map(Event::Cancel),
        3 => job.clone().prop_map(Event::Retry),
        1 => job.prop_map(Event::Remove),
        4 => broken.prop_map(|((queue, operation), after, fault)| {
            Event::Break(Break { queue, operation, after, fault })
        }),
        3 => Just(Event::Work),
        2 => Just(Event::Notify),
        4 => (any::<bool>(), 1..6_usize).prop_map(|(works, calls)| Event::Kill { works, calls }),
        1 => prop::sample::select(vec![500_u16, 404]).prop_map(Event::Refuse),
        2 => prop_oneof![Just(1), Just(40), Just(400)].prop_map(Event::Pass),
    ]
}

/// What is known of a job.
struct Known {
    key: JobKey,
    is_removed: bool,
    /// The ends that it was seen in.
    ends: BTreeMap<u32, Status>,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_each_end_is_told_and_no_other(events in prop::collection::vec(event(), 1..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(play(events));
    }
}

async fn play(events: Vec<Event>) {
    let scene = Scene::new().await;
    let mut jobs: Vec<Known> = Vec::new();
    for event in events {
        happen(&scene, &mut jobs, event).await;
        for known in &mut jobs {
            look(&scene, known).await;
        }
    }
    scene.stack.drain_queue().await;
    let told: BTreeSet<_> = scene.told().into_iter().collect();
    let ids: BTreeSet<_> = told.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), told.len(), "one id tells two things: {told:?}");
    for known in &mut jobs {
        // A fault that was still waiting may hit a look.
        let seen = look(&scene, known).await || look(&scene, known).await;
        assert!(seen || known.is_removed);
        let Known {
            key,
            is_removed,
            ends,
        } = known;
        for (generation, status) in ends.iter() {
            let end = (event_id(key, *generation), format!("job.{status}"));
            assert!(
                *is_removed || told.contains(&end),
                "{end:?} not in {told:?}"
            );
        }
        let last = ends.keys().next_back().copied().unwrap_or_default();
        let prefix = format!("msg_{}_", key.id);
        for (id, kind) in told.iter().filter(|(id, _)| id.starts_with(&prefix)) {
            let generation: u32 = id[prefix.len()..].parse().unwrap();
            if let Some(status) = ends.get(&generation) {
                assert_eq!(*kind, format!("job.{status}"));
                continue;
            }
            // Unseen, for it was left at once: but only these can be left.
            assert!(generation < last || *is_removed, "{id} never was");
            assert_ne!(kind, "job.completed");
        }
    }
}

/// Notes the end that a job is in. Says whether it is in one.
async fn look(scene: &Scene, known: &mut Known) -> bool {
    let now = scene.stack.clock.now();
    let Ok(Some(job)) = scene.stack.store.get(&known.key, now).await else {
        return false;
    };
    let status = job.status();
    if status.is_final() {
        let before = known.ends.insert(job.generation, status);
        assert!(before.is_none_or(|before| before == status));
    }
    status.is_final()
}

async fn happen(scene: &Scene, jobs: &mut Vec<Known>, event: Event) {
    let stack = &scene.stack;
    let path =
        |operation: &str, known: &Known| format!("/api/v1/scan/{operation}/{}/", known.key.id);
    match event {
        Event::Start { fails } => {
            let text = if fails {
                "%PDF-1.7 and no more"
            } else {
                "a@test.com"
            };
            let body = serde_json::json!({
                "source": {"text": text},
                "webhook": {"url": scene.receiver.url("/hook")},
            });
            let started = stack.start_job("application/json", body.to_string()).await;
            if started.status == 202 {
                jobs.push(Known {
                    key: JobKey::new(
                        testkit::tenant(Tenant::DEFAULT),
                        started.job_id().parse().unwrap(),
                    ),
                    is_removed: false,
                    ends: BTreeMap::new(),
                });
            }
        }
        Event::Cancel(index) => {
            if let Some(known) = jobs.get(index) {
                stack.post(&path("cancel", known)).await;
            }
        }
        Event::Retry(index) => {
            if let Some(known) = jobs.get(index) {
                stack.post(&path("retry", known)).await;
            }
        }
        Event::Remove(index) => {
            if let Some(known) = jobs.get_mut(index) {
                let path = path("remove", known);
                let status = stack.call(Method::DELETE, &path).await.status;
                known.is_removed |= status == 204 || status == 503;
            }
        }
        Event::Break(Break {
            queue,
            operation,
            after,
            fault,
        }) => {
            let wire = if queue { &stack.sqs } else { &stack.dynamodb };
            wire.break_after(after, operation, fault);
        }
        Event::Work => {
            stack.work_once().await;
        }
        Event::Notify => {
            stack.notify_once().await;
        }
        Event::Kill { works, calls } => {
            let count = || -> usize {
                let wires = [&stack.dynamodb, &stack.sqs];
                wires
                    .iter()
                    .map(|wire| wire.calls().values().sum::<usize>())
                    .sum()
            };
            let before = count();
            let killed = async {
                while count() < before + calls {
                    tokio::task::yield_now().await;
                }
            };
            let running = async {
                if works {
                    stack.work_once().await
                } else {
                    stack.notify_once().await
                }
            };
            tokio::select! {
                _ = running => {}
                () = killed => {}
            }
        }
        Event::Refuse(status) => scene.receiver.answer([status]),
        Event::Pass(seconds) => stack.clock.advance(Duration::from_secs(seconds)),
    }
}
