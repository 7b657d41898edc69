//! Jobs of several documents, and documents that cannot be read.

use job::{Content, JobId, JobKey, Request, Source, Status, Tenant};
use serde_json::json;
use testkit::Stack;

use crate::{look, result};

pub(crate) async fn submit(stack: &Stack, documents: &[(&str, &[u8])]) -> JobKey {
    let now = stack.clock.now();
    let key = JobKey::new(testkit::tenant(Tenant::DEFAULT), JobId::new(now));
    let documents = documents
        .iter()
        .map(|(name, bytes)| Source {
            name: Some((*name).to_owned()),
            media_type: None,
            content: Content::Bytes(bytes.to_vec()),
        })
        .collect();
    let request = Request::new(documents, json!(["entities", "text"]));
    stack
        .store
        .submit(key, request, None, now)
        .await
        .unwrap()
        .key
}

#[tokio::test]
async fn each_document_is_extracted_and_its_records_say_which_it_was() {
    let stack = Stack::start().await;
    let documents: [(&str, &[u8]); 2] = [("a.txt", b"a@test.com"), ("b.txt", b"or b@test.com")];
    let key = submit(&stack, &documents).await;
    stack.drain_queue().await;
    let result = result(&stack, &key).await;
    assert_eq!(result["records"][1]["source"]["document"], 1);
    assert_eq!(result["records"][1]["source"]["start"], 3);
    assert_eq!(result["documents"][1]["name"], "b.txt");
}

#[tokio::test]
async fn a_document_that_cannot_be_read_does_not_cost_the_others() {
    let stack = Stack::start().await;
    let documents: [(&str, &[u8]); 2] = [("a.pdf", b"%PDF-1.7 broken"), ("b.txt", b"b@test.com")];
    let key = submit(&stack, &documents).await;
    stack.drain_queue().await;
    let result = result(&stack, &key).await;
    assert_eq!(result["documents"][0]["error"]["code"], "malformed");
    assert_eq!(result["records"][0]["email"], "b@test.com");
}

#[tokio::test]
async fn a_job_of_which_nothing_can_be_read_fails_at_once_and_is_not_tried_again() {
    let stack = Stack::start().await;
    let key = submit(&stack, &[("a.pdf", b"%PDF-1.7 broken")]).await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Failed, 1));
    let failure = job.failure().unwrap();
    assert_eq!((&*failure.code, failure.retryable), ("malformed", false));
}
