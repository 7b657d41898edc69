//! Jobs of several tenants at once.

use std::thread::available_parallelism;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use job::{Job, State};
use store::Message;
use testkit::Stack;

use crate::look;

#[tokio::test]
async fn a_quiet_tenants_job_begins_before_those_of_a_flood_that_wait_beside_it() {
    let stack = Stack::start().await;
    let cores = available_parallelism().unwrap().get();
    let mut flood = Vec::new();
    for _ in 0..cores + 20 {
        flood.push(stack.job().of("noisy").pending().await);
    }
    let quiet = stack.job().of("quiet").pending().await;

    // All at once, and the quiet tenant's comes last.
    let mut batch = SqsEvent::default();
    batch.records = flood.iter().chain([&quiet]).map(delivered).collect();
    let deadline = stack.clock.now() + Duration::from_mins(1);
    stack.worker.handle(batch, deadline).await;

    let began = |job: Job| match job.state {
        State::Completed { started_at, .. } => started_at,
        other => panic!("{other:?}"),
    };
    let quiet_began = began(look(&stack, &quiet.key).await);
    let mut before = 0;
    for job in flood {
        before += usize::from(began(look(&stack, &job.key).await) < quiet_began);
    }
    // Those that had a core when it came, and who got theirs at the same moment as it did.
    assert!(before < 2 * cores, "{before} of the flood began before it");
}

fn delivered(job: &Job) -> SqsMessage {
    let message = Message {
        key: job.key.clone(),
        version: job.version,
        generation: job.generation,
        traceparent: None,
    };
    let mut delivered = SqsMessage::default();
    delivered.message_id = Some(job.key.id.to_string());
    delivered.body = Some(message.to_body());
    delivered
}
