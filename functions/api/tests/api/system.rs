//! What the service stands on, as operators see it.

use std::time::Duration;

use http::StatusCode;
use job::{JobId, JobKey};
use serde_json::{Value, json};
use store::Message;
use testkit::{Fault, Gate, Stack};

use crate::support::get;

const SYSTEM: &str = "/api/v1/system/";

const QUEUES: [&str; 4] = ["jobs", "dead_letters", "webhooks", "webhook_dead_letters"];

async fn system(stack: &Stack) -> Value {
    let answer = stack.get(SYSTEM).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

fn counts(queue: &Value) -> [u64; 3] {
    ["waiting", "in_flight", "delayed"].map(|name| queue[name].as_u64().unwrap())
}

#[tokio::test]
async fn each_part_says_that_it_answers_and_queues_what_they_hold() {
    let stack = Stack::start().await;
    let idle = system(&stack).await;
    for part in [&idle["table"], &idle["storage"]] {
        assert_eq!(part["status"], "ok", "{idle}");
        assert!(part["milliseconds"].as_u64().unwrap() >= 1, "{idle}");
    }
    for name in QUEUES {
        let queue = &idle["queues"][name];
        assert_eq!(queue["status"], "ok", "{name}: {idle}");
        assert_eq!(counts(queue), [0, 0, 0], "{name}: {idle}");
    }
    assert_eq!(idle["version"], env!("CARGO_PKG_VERSION"));

    for _ in 0..3 {
        stack.job().pending().await;
    }
    let now = stack.clock.now();
    let later = Message {
        key: JobKey::new(testkit::tenant("acme"), JobId::new(now)),
        version: 1,
        generation: 0,
        traceparent: None,
    };
    let minute = Duration::from_mins(1);
    let sent = stack.store.queue().send_after(&later, minute).await;
    sent.unwrap();
    let environment = stack.environment();
    let url = |variable| &environment.iter().find(|it| it.0 == variable).unwrap().1;
    let take = stack.clients.sqs.receive_message();
    take.queue_url(url("QUEUE_URL")).send().await.unwrap();
    for variable in ["DEAD_LETTER_QUEUE_URL", "WEBHOOK_DEAD_LETTER_QUEUE_URL"] {
        let send = stack.clients.sqs.send_message().queue_url(url(variable));
        send.message_body("{}").send().await.unwrap();
    }
    let busy = &system(&stack).await["queues"];
    let held = QUEUES.map(|name| counts(&busy[name]));
    assert_eq!(held, [[2, 1, 1], [1, 0, 0], [0, 0, 0], [1, 0, 0]], "{busy}");
}

#[tokio::test]
async fn what_hangs_is_told_as_unreachable_and_hangs_nothing_else() {
    let stack = Stack::start().await;
    let gate = Gate::new();
    stack
        .dynamodb
        .break_next("GetItem", Fault::Hold(gate.clone()));
    for _ in QUEUES {
        let hold = Fault::Hold(gate.clone());
        stack.sqs.break_next("GetQueueAttributes", hold);
    }
    let answer = system(&stack).await;
    assert_eq!(answer["storage"]["status"], "ok", "{answer}");
    let unreachable = json!({"status": "unreachable"});
    assert_eq!(answer["table"], unreachable);
    for name in QUEUES {
        assert_eq!(answer["queues"][name], unreachable, "{name}");
    }
    gate.open();

    let gate = Gate::new();
    stack.s3.break_next("GET", Fault::Hold(gate.clone()));
    let answer = system(&stack).await;
    assert_eq!(answer["storage"], unreachable);
    assert_eq!(answer["table"]["status"], "ok", "{answer}");
    for name in QUEUES {
        assert_eq!(answer["queues"][name]["status"], "ok", "{answer}");
    }
    gate.open();
}

#[tokio::test]
async fn where_nothing_answers_that_is_said_without_its_inner_life() {
    let answer = get(SYSTEM).await;
    assert_eq!(answer.status, StatusCode::OK);
    let unreachable = json!({"status": "unreachable"});
    assert_eq!(
        answer.json(),
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "table": unreachable,
            "storage": unreachable,
            // It was told of no others.
            "queues": {"jobs": unreachable, "webhooks": unreachable},
        })
    );
}
