//! What a job costs, as the endpoint itself counts it.

use job::Status;
use testkit::Stack;

use crate::look;

#[tokio::test]
async fn a_small_healthy_job_costs_three_write_units_one_send_and_no_object_and_its_batch_one_more()
{
    // At the pace of production: a test's looks would count as reads.
    let worker = worker::Settings::default();
    let stack = Stack::with(testkit::Options {
        worker,
        ..Default::default()
    })
    .await;
    let started = stack.post("/api/v1/scan/start/").await;
    stack.work_once().await;
    let id = started.job_id();
    let key = job::JobKey::new(testkit::tenant(job::Tenant::DEFAULT), id.parse().unwrap());

    let calls = stack.dynamodb.calls();
    assert_eq!(
        (calls.get("PutItem"), calls.get("UpdateItem")),
        (Some(&1), Some(&3)),
        "{calls:?}"
    );
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!((stack.dynamodb.write_units() - 4.0).abs() < f64::EPSILON);
    assert!(stack.dynamodb.read_units().abs() < f64::EPSILON);
    assert_eq!(stack.sqs.count("SendMessage"), 1);
    assert!(stack.s3.calls().is_empty());
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
}
