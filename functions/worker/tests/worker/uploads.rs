//! Documents that a worker gets from where their clients put them.

use http::{Request, StatusCode};
use job::{
    Content, JobId, JobKey, Request as Wanted, Source, Status, Tenant, Upload, UploadId, limits,
};
use serde_json::json;
use store::Allowed;
use testkit::{Fault, Stack, exchange};

use crate::{look, result};

/// More than the SDK's own retries bear.
const OUTAGE: usize = 4;

/// A job of a text that was uploaded.
async fn submit(stack: &Stack, text: &'static str) -> JobKey {
    let (tenant, now) = (testkit::tenant(Tenant::DEFAULT), stack.clock.now());
    let allowed = Allowed {
        id: UploadId::new(now),
        name: None,
        media_type: None,
        bytes: text.len() as u64,
        sha256: None,
        created_at: now,
        expires_at: limits::expiry_of_upload(now),
    };
    let link = stack.store.allow_upload(&tenant, &allowed, now).await;
    let put = Request::put(link.unwrap().url).body(text);
    assert_eq!(exchange(put.unwrap()).await.status, StatusCode::OK);
    let etag = stack.store.arrived(&tenant, &allowed).await.unwrap();
    assert!(etag.is_some());

    let source = Source {
        name: None,
        media_type: None,
        content: Content::Upload(Upload {
            id: allowed.id,
            etag,
        }),
    };
    let key = JobKey::new(tenant, JobId::new(now));
    let request = Wanted::new(vec![source], json!(["entities"]));
    let submitted = stack.store.submit(key, request, None, now).await;
    submitted.unwrap().key
}

#[tokio::test]
async fn an_upload_that_cannot_be_read_for_a_while_is_read_later() {
    let stack = Stack::start().await;
    let key = submit(&stack, "a@test.com").await;
    for _ in 0..OUTAGE {
        stack.s3.break_next("GET", Fault::ServerError);
    }
    stack.work_once().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Pending, 1));
    let failure = job.failure().unwrap();
    assert_eq!(failure.code, "storage_unavailable");

    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.attempt, 2);
    let result = result(&stack, &key).await;
    assert_eq!(result["records"][0]["email"], "a@test.com");
    assert_eq!(result["documents"][0]["bytes"], 10);
}
