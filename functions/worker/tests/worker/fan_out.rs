//! Jobs of many documents while processes die and answers are lost: exactly one result, and that whole.

use std::time::Duration;

use testkit::{Fault, Stack};

use crate::parts::{assert_whole, batch};
use crate::{look, result};

/// Documents of each batch here.
const DOCUMENTS: usize = 2;

/// The operations of a batch, in which of the services.
const OPERATIONS: [(&str, &str); 5] = [
    ("dynamodb", "UpdateItem"),
    ("dynamodb", "PutItem"),
    ("dynamodb", "GetItem"),
    ("dynamodb", "Query"),
    ("sqs", "SendMessage"),
];

#[tokio::test]
async fn an_answer_that_is_lost_anywhere_costs_nothing() {
    every_call(&Fault::DropAnswer).await;
}

#[tokio::test]
async fn a_call_that_takes_effect_twice_anywhere_has_one_effect() {
    every_call(&Fault::Twice).await;
}

#[tokio::test]
async fn a_worker_that_dies_after_any_call_leaves_what_another_one_finishes() {
    let calls = {
        let stack = Stack::start().await;
        batch(&stack, DOCUMENTS).await;
        let before = count(&stack);
        stack.drain_queue().await;
        count(&stack) - before
    };
    for most in (1..calls).step_by(2) {
        let stack = Stack::start().await;
        let key = batch(&stack, DOCUMENTS).await;
        let before = count(&stack);
        let killed = async {
            while count(&stack) < before + most {
                tokio::task::yield_now().await;
            }
        };
        let work = async {
            while !look(&stack, &key).await.status().is_final() {
                stack.work_once().await;
                stack.clock.advance(Duration::from_secs(1));
            }
        };
        tokio::select! {
            () = work => {}
            () = killed => {}
        }
        stack.drain_queue().await;
        assert_whole(&result(&stack, &key).await, DOCUMENTS);
    }
}

/// Breaks each call of each operation once, each in a batch of its own.
async fn every_call(fault: &Fault) {
    for (service, operation) in OPERATIONS {
        let counted = Stack::start().await;
        batch(&counted, DOCUMENTS).await;
        let before = wire(&counted, service).count(operation);
        counted.drain_queue().await;
        let calls = wire(&counted, service).count(operation) - before;
        for call in 0..calls {
            let stack = Stack::start().await;
            let key = batch(&stack, DOCUMENTS).await;
            wire(&stack, service).break_after(call, operation, fault.clone());
            stack.drain_queue().await;
            assert_whole(&result(&stack, &key).await, DOCUMENTS);
        }
    }
}

fn wire<'a>(stack: &'a Stack, service: &str) -> &'a testkit::Wire {
    match service {
        "sqs" => &stack.sqs,
        _ => &stack.dynamodb,
    }
}

/// Calls so far.
fn count(stack: &Stack) -> usize {
    let of = |wire: &testkit::Wire| wire.calls().values().sum::<usize>();
    of(&stack.dynamodb) + of(&stack.sqs)
}
