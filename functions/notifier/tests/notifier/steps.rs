//! Every call that is made from a job's start to the webhook of its end goes wrong in every way, one at a time: its end is told all the same,
//! always under its own id, and nothing else is.

use std::collections::BTreeSet;

use job::{JobKey, Status, Tenant};
use testkit::{Fault, Wire};

use crate::{Scene, event_id};

/// More than the SDK's own retries bear.
const OUTAGE: usize = 4;

/// How a job comes to its end.
#[derive(Debug, Clone, Copy)]
enum Way {
    Completes,
    IsCancelled,
    /// It fails and is submitted again, so that it has two ends; tried from then on.
    IsRetried,
}

#[tokio::test]
async fn a_completed_job_is_told_whatever_call_goes_wrong() {
    Box::pin(at_every_step(Way::Completes)).await;
}

#[tokio::test]
async fn a_cancelled_job_is_told_whatever_call_goes_wrong() {
    Box::pin(at_every_step(Way::IsCancelled)).await;
}

#[tokio::test]
async fn both_ends_of_a_retried_job_are_told_whatever_call_goes_wrong() {
    Box::pin(at_every_step(Way::IsRetried)).await;
}

async fn at_every_step(way: Way) {
    let scene = Scene::new().await;
    let wires: [fn(&Scene) -> &Wire; 2] = [|scene| &scene.stack.dynamodb, |scene| &scene.stack.sqs];
    play(&scene, way, &|| {
        for wire in wires {
            wire(&scene).reset_counts();
        }
    })
    .await;
    let healthy = wires.map(|wire| wire(&scene).calls());
    // The SDK repeats what fails once; what else could come of a single call is that it took effect and nobody knows, or twice.
    let faults = [
        (Fault::DropAnswer, 1),
        (Fault::Twice, 1),
        (Fault::DropAnswer, OUTAGE),
        (Fault::ServerError, OUTAGE),
    ];
    let mut tried = 0;
    for (wire, calls) in wires.into_iter().zip(healthy) {
        for (operation, calls) in calls {
            for step in 0..calls {
                for (fault, times) in &faults {
                    let before = scene.receiver.webhooks().len();
                    let breaks = || {
                        wire(&scene).break_after(step, &operation, fault.clone());
                        for _ in 1..*times {
                            wire(&scene).break_next(&operation, fault.clone());
                        }
                    };
                    let wanted = play(&scene, way, &breaks).await;
                    wire(&scene).mend();
                    let told = told_since(&scene, before, &wanted).await;
                    let place = format!("{way:?}: {operation} {step} {fault:?} x{times}");
                    assert_eq!(told, wanted, "{place}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 50, "{tried}");
}

/// What was told after so many webhooks. A start that was not answered may have left a job all the same; what is told of that one has to hold of it,
/// and is left out.
async fn told_since(
    scene: &Scene,
    before: usize,
    wanted: &BTreeSet<(String, String)>,
) -> BTreeSet<(String, String)> {
    let mut told: BTreeSet<_> = scene.told().into_iter().skip(before).collect();
    for (id, kind) in told.clone() {
        let job = id.split('_').nth(1).unwrap();
        if wanted.iter().any(|(wanted, _)| wanted.contains(job)) {
            continue;
        }
        let key = JobKey::new(testkit::tenant(Tenant::DEFAULT), job.parse().unwrap());
        let job = scene.stack.store.get(&key, scene.stack.clock.now()).await;
        assert_eq!(kind, format!("job.{}", job.unwrap().unwrap().status()));
        told.remove(&(id, kind));
    }
    told
}

/// Plays it to its end, as a client would who repeats what was not answered. Calls `breaks` before the steps that are tried. Says what is to be told.
async fn play(scene: &Scene, way: Way, breaks: &dyn Fn()) -> BTreeSet<(String, String)> {
    let stack = &scene.stack;
    let text = match way {
        Way::Completes | Way::IsCancelled => "Write to a@test.com.",
        Way::IsRetried => "%PDF-1.7 and no more",
    };
    if !matches!(way, Way::IsRetried) {
        breaks();
    }
    let key = start(scene, text).await;
    let path = |operation| format!("/api/v1/scan/{operation}/{}/", key.id);
    if let Way::IsCancelled = way {
        while stack.post(&path("cancel")).await.status == 503 {}
    }
    stack.drain_queue().await;
    let mut ends = vec![match way {
        Way::Completes => Status::Completed,
        Way::IsRetried => Status::Failed,
        Way::IsCancelled => Status::Cancelled,
    }];
    if let Way::IsRetried = way {
        breaks();
        // One that was not answered may have taken place; then it is refused the second time.
        while stack.post(&path("retry")).await.status == 503 {}
        stack.drain_queue().await;
        ends.push(Status::Failed);
    }
    let told = (0..).zip(ends);
    told.map(|(generation, end)| (event_id(&key, generation), format!("job.{end}")))
        .collect()
}

async fn start(scene: &Scene, text: &str) -> JobKey {
    let body = serde_json::json!({
        "source": {"text": text},
        "webhook": {"url": scene.receiver.url("/hook")},
    });
    loop {
        let body = body.to_string();
        let started = scene.stack.start_job("application/json", body).await;
        if started.status == 202 {
            let id = started.job_id().parse().unwrap();
            return JobKey::new(testkit::tenant(Tenant::DEFAULT), id);
        }
        assert_eq!(started.status, 503, "{started:?}");
    }
}
