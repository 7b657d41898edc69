//! Jobs over all objects under a prefix.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use fetch::{Fetcher, Policy};
use http::{Request, header};
use job::{JobKey, Status};
use serde_json::{Value, json};
use testkit::{Options, Stack};
use worker::Elsewhere;

use crate::look;

pub(crate) const BUCKET: &str = "theirs";

pub(crate) async fn stack() -> Stack {
    let stack = Stack::with(Options {
        elsewhere: Elsewhere {
            fetcher: Fetcher::new(Policy::off()),
            buckets: vec![BUCKET.into()],
        },
        ..Options::default()
    })
    .await;
    let s3 = &stack.clients.s3;
    s3.create_bucket().bucket(BUCKET).send().await.unwrap();
    stack
}

/// Puts so many documents under `in/`, of which every tenth cannot be read, and something beside them.
async fn put(stack: &Stack, count: usize) {
    let put = async |key: String, bytes: Vec<u8>| {
        let put = stack.clients.s3.put_object().bucket(BUCKET).key(key);
        put.body(ByteStream::from(bytes)).send().await.unwrap();
    };
    for n in 0..count {
        if n % 10 == 7 {
            put(format!("in/{n:03}.pdf"), b"%PDF-1.7 broken".to_vec()).await;
        } else {
            let text = format!("user{n}@example.com");
            put(format!("in/{n:03}.txt"), text.into_bytes()).await;
        }
    }
    put("inn/other.txt".into(), b"no@example.com".to_vec()).await;
}

async fn start(stack: &Stack, prefix: &str) -> JobKey {
    let body = json!({"collection": {"s3": prefix}, "extract": ["entities"]});
    let started = stack.start_job("application/json", body.to_string()).await;
    assert_eq!(started.status, 202, "{:?}", started.body);
    JobKey::new(
        testkit::tenant(job::Tenant::DEFAULT),
        started.job_id().parse().unwrap(),
    )
}

pub(crate) async fn manifest(stack: &Stack, key: &JobKey) -> Value {
    let answer = stack.get(&format!("/api/v1/scan/result/{}/", key.id)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    serde_json::from_slice(&answer.body).unwrap()
}

/// The merged result, from where the API says it lies.
pub(crate) async fn merged(stack: &Stack, key: &JobKey) -> Vec<u8> {
    let ask = async |query: &str| {
        let request = Request::get(format!("/api/v1/scan/result/{}/{query}", key.id))
            .header(header::ACCEPT, "application/x-ndjson")
            .body(axum::body::Body::empty());
        stack.send(request.unwrap()).await
    };
    let answer = ask("").await;
    assert_eq!(answer.status, 303);
    let link = answer.headers[header::LOCATION].to_str().unwrap();
    let told = ask("?link=true").await;
    assert_eq!(told.status, 200);
    let unsigned = |link: &str| link.split_once('?').unwrap().0.to_owned();
    let told = told.json()["location"].as_str().map(unsigned);
    assert_eq!(told, Some(unsigned(link)));
    let path = link.split_once("/jobs/").unwrap().1;
    let object = path.split_once('?').unwrap().0;
    let got = stack.clients.s3.get_object().bucket("jobs").key(object);
    let body = got.send().await.unwrap().body;
    body.collect().await.unwrap().to_vec()
}

/// Asserts that a collection of so many documents has its result, whole and in order, and a manifest that fits.
pub(crate) async fn assert_whole(stack: &Stack, key: &JobKey, count: usize) {
    let lines = merged(stack, key).await;
    let results: Vec<Value> = lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(results.len(), count);
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result["number"], n);
        assert!(
            result["name"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{n:03}."))
        );
        if n % 10 == 7 {
            assert_eq!(result["documents"][0]["error"]["code"], "malformed");
        } else {
            assert_eq!(
                result["records"][0]["email"],
                format!("user{n}@example.com")
            );
        }
    }
    let manifest = manifest(stack, key).await;
    let failed = (0..count).filter(|n| n % 10 == 7).count();
    assert_eq!(manifest["documents"], count);
    assert_eq!(
        (&manifest["done"], &manifest["failed"]),
        (&json!(count - failed), &json!(failed))
    );
    assert_eq!(manifest["result"]["bytes"], lines.len());
    assert_eq!(manifest["result"]["sha256"], sha256(&lines));
    let mut end = 0;
    for part in manifest["parts"].as_array().unwrap() {
        let number = |name: &str| usize::try_from(part[name].as_u64().unwrap()).unwrap();
        assert_eq!(number("offset"), end);
        end += number("bytes");
        assert_eq!(part["sha256"], sha256(&lines[number("offset")..end]));
    }
    assert_eq!(end, lines.len());
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    format!("{:x}", Sha256::digest(bytes))
}

#[tokio::test]
async fn a_prefix_is_one_merged_result_with_a_manifest() {
    let stack = stack().await;
    put(&stack, 230).await;
    let key = start(&stack, "s3://theirs/in/").await;
    stack.drain_queue().await;
    assert_whole(&stack, &key, 230).await;
    let progress = look(&stack, &key).await.progress.unwrap();
    assert_eq!(
        (progress.done, progress.failed, progress.total),
        (207, 23, Some(230))
    );
    let parts = stack.store.parts(&key, 0, usize::MAX).await.unwrap();
    assert_eq!(parts.len(), 3, "up to 100 documents a part");
}

#[tokio::test]
async fn what_is_put_there_after_a_slice_was_cut_changes_no_slice_that_is_cut_again() {
    let stack = stack().await;
    put(&stack, 120).await;
    let key = start(&stack, "s3://theirs/in/").await;
    // The step dies when it has made a part and is about to make the next.
    stack
        .dynamodb
        .break_after(1, "PutItem", testkit::Fault::ServerError);
    for _ in 0..3 {
        stack
            .dynamodb
            .break_after(0, "PutItem", testkit::Fault::ServerError);
    }
    stack.work_once().await;
    let early = stack
        .clients
        .s3
        .put_object()
        .bucket(BUCKET)
        .key("in/0000.txt");
    early
        .body(ByteStream::from_static(b"early"))
        .send()
        .await
        .unwrap();
    stack.drain_queue().await;
    assert_whole(&stack, &key, 120).await;
}

#[tokio::test]
async fn a_prefix_without_objects_and_a_bucket_that_is_not_allowed_are_said_so() {
    let stack = stack().await;
    for (prefix, code) in [
        ("s3://theirs/nothing/", "empty"),
        ("s3://jobs/", "fetch_forbidden"),
        ("s3://others/", "fetch_forbidden"),
    ] {
        let key = start(&stack, prefix).await;
        stack.drain_queue().await;
        let job = look(&stack, &key).await;
        assert_eq!(job.status(), Status::Failed);
        assert_eq!(job.failure().unwrap().code, code);
    }
}

#[tokio::test]
async fn what_is_done_can_be_read_while_the_rest_is_not() {
    let stack = stack().await;
    put(&stack, 150).await;
    let key = start(&stack, "s3://theirs/in/").await;
    stack.work_once().await;
    let message = store::Message {
        key: key.of_part(0),
        version: 3,
        generation: 0,
        traceparent: None,
    };
    let now = stack.clock.now();
    let lease = now + Duration::from_mins(2);
    let claimed = stack
        .store
        .claim(&message, job::Delivery(7), now, lease)
        .await;
    assert!(matches!(claimed, Ok(store::Claimed::Won(_))));
    stack.work_once().await;
    let path = format!("/api/v1/scan/result/{}/?partial=true", key.id);
    let answer = stack.get(&path).await;
    assert_eq!(answer.status, 200);
    let partial: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (&partial["complete"], &partial["next"]),
        (&json!(false), &json!(null))
    );
    let results = partial["results"].as_array().unwrap();
    assert_eq!(results.len(), 50);
    assert_eq!(results[0]["number"], 100);
    assert_eq!(results[0]["records"][0]["email"], "user100@example.com");
    stack.drain_queue().await;
    let answer = stack.get(&path).await;
    let partial: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(partial["complete"], true);
    assert_eq!(partial["results"].as_array().unwrap().len(), 150);
    assert_eq!(
        partial["progress"],
        json!({"done": 135, "failed": 15, "total": 150})
    );
}
