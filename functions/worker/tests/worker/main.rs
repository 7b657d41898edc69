//! The worker, and the reaper behind it, on real endpoints: what becomes of a job whatever goes wrong around it.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod archives;
mod cancel_and_remove;
mod chaos;
mod collections;
mod cost;
mod dead_letters;
mod documents;
mod elsewhere;
mod fan_out;
mod isolation;
mod lambda;
mod lost_workers;
mod messages;
mod outages;
mod parts;
mod tenants;
mod uploads;
mod usage;

use job::{Job, JobKey, Status};
use serde_json::Value;
use store::StoredResult;
use testkit::Stack;

/// The job as it is now.
async fn look(stack: &Stack, key: &JobKey) -> Job {
    stack
        .store
        .get(key, stack.clock.now())
        .await
        .unwrap()
        .expect("there is such a job")
}

/// The result of a job that must be completed.
async fn result(stack: &Stack, key: &JobKey) -> Value {
    let job = look(stack, key).await;
    assert_eq!(job.status(), Status::Completed, "{job:?}");
    match stack.store.result(&job).await.unwrap() {
        Some(StoredResult::Here(bytes)) => serde_json::from_slice(&bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A text whose result is so big that it lies in an object.
fn big_text() -> String {
    let sentences: Vec<String> = (0..3_000)
        .map(|n| format!("Write to user{n}@example.com."))
        .collect();
    sentences.join(" ")
}
