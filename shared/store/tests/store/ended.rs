//! The index of failed and cancelled jobs holds those, and costs nobody else anything.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use job::{Change, Failure, JobKey, Phase, Status};
use store::{Outcome, Retried, provision};
use testkit::Stack;

/// The ids in the index under these keys, newest first.
pub(crate) async fn ended(stack: &Stack, shard: u8, status: Status) -> Vec<String> {
    in_table(stack, "jobs", &format!("T#default#{shard}#{status}")).await
}

async fn in_table(stack: &Stack, table: &str, partition: &str) -> Vec<String> {
    let found = stack
        .clients
        .dynamodb
        .query()
        .table_name(table)
        .index_name("ended")
        .key_condition_expression("ended_pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(partition.into()))
        .scan_index_forward(false)
        .send()
        .await
        .unwrap();
    let id = |item: &std::collections::HashMap<String, AttributeValue>| {
        let id = item["ended_sk"].as_s().unwrap().clone();
        assert_eq!(item["sk"].as_s().unwrap(), &format!("J#{id}"));
        assert_eq!(item.len(), 4, "{item:?}");
        id
    };
    found.items().iter().map(id).collect()
}

/// The ids in the whole index, by status.
async fn all_ended(stack: &Stack) -> BTreeMap<Status, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for status in Status::ALL {
        let mut ids = BTreeSet::new();
        for shard in 0..8 {
            ids.extend(ended(stack, shard, status).await);
        }
        if !ids.is_empty() {
            all.insert(status, ids);
        }
    }
    all
}

fn ids<'a>(keys: impl IntoIterator<Item = &'a JobKey>) -> BTreeSet<String> {
    keys.into_iter().map(|key| key.id.to_string()).collect()
}

fn failure() -> Failure {
    Failure::new("malformed", Phase::Extract, false, "It is damaged.")
}

#[tokio::test]
async fn it_holds_exactly_the_failed_and_the_cancelled_jobs() {
    let stack = Stack::start().await;
    stack.job().pending().await;
    stack.job().running().await;
    stack.job().completed().await;
    let now = stack.clock.now();
    let failed = stack.job().failed().await;
    let buried = stack.job().pending().await.key;
    let bury = Change::Bury {
        generation: 0,
        now,
        failure: failure(),
    };
    stack.store.change(&buried, &bury).await.unwrap();
    let (cancelled, stopped) = (
        stack.job().cancelled().await,
        stack.job().running().await.job().key.clone(),
    );
    stack.store.cancel(&stopped, now).await.unwrap();

    let expected = BTreeMap::from([
        (Status::Failed, ids([&failed, &buried])),
        (Status::Cancelled, ids([&cancelled, &stopped])),
    ]);
    assert_eq!(all_ended(&stack).await, expected);
}

#[tokio::test]
async fn a_job_that_is_retried_or_removed_leaves_it() {
    let stack = Stack::start().await;
    let mut keys = Vec::new();
    for _ in 0..2 {
        keys.push(stack.job().failed().await);
        keys.push(stack.job().cancelled().await);
    }
    let now = stack.clock.now();
    for key in &keys[..2] {
        let retried = stack.store.retry(key, None, now).await.unwrap();
        assert!(matches!(retried, Retried::Done(_)));
    }
    let rest = BTreeMap::from([
        (Status::Failed, ids([&keys[2]])),
        (Status::Cancelled, ids([&keys[3]])),
    ]);
    assert_eq!(all_ended(&stack).await, rest);

    for key in &keys[2..] {
        assert!(stack.store.remove(key, now).await.unwrap());
    }
    assert_eq!(all_ended(&stack).await, BTreeMap::new());

    // What failed and was cancelled the next time has moved.
    stack.store.cancel(&keys[0], now).await.unwrap();
    let moved = BTreeMap::from([(Status::Cancelled, ids([&keys[0]]))]);
    assert_eq!(all_ended(&stack).await, moved);
}

#[tokio::test]
async fn the_newest_job_comes_first() {
    let stack = Stack::start().await;
    let mut shards: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for _ in 0..20 {
        let key = stack.job().cancelled().await;
        let shard = shards.entry(key.id.spread() % 8).or_default();
        shard.insert(0, key.id.to_string());
        stack.clock.advance(std::time::Duration::from_millis(1));
    }
    for (shard, newest_first) in shards {
        assert_eq!(ended(&stack, shard, Status::Cancelled).await, newest_first);
    }
}

#[tokio::test]
async fn the_end_of_a_job_costs_a_unit_more_where_it_enters_or_leaves_the_index() {
    let stack = Stack::start().await;
    let now = stack.clock.now();
    let spent = || {
        let units = stack.dynamodb.write_units();
        stack.dynamodb.reset_counts();
        units
    };

    let claim = stack.job().running().await;
    spent();
    stack
        .store
        .complete(claim, b"{}".to_vec(), now)
        .await
        .unwrap();
    assert_eq!(spent().to_string(), "1");

    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    spent();
    stack.store.fail(claim, failure(), now).await.unwrap();
    assert_eq!(spent().to_string(), "2");
    stack.store.retry(&key, None, now).await.unwrap();
    assert_eq!(spent().to_string(), "2");
    stack.store.cancel(&key, now).await.unwrap();
    assert_eq!(spent().to_string(), "2");
    stack.store.remove(&key, now).await.unwrap();
    assert_eq!(spent().to_string(), "2");
}

#[tokio::test]
async fn a_table_that_an_older_version_made_gets_it_and_keeps_its_items() {
    let stack = Stack::start().await;
    let dynamodb = &stack.clients.dynamodb;
    let key = |name: &str, part| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(part)
            .build()
            .unwrap()
    };
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    dynamodb
        .create_table()
        .table_name("old")
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
    let text = |value: &str| AttributeValue::S(value.into());
    dynamodb
        .put_item()
        .table_name("old")
        .item("pk", text("T#default#0"))
        .item("sk", text("J#1"))
        .item("ended_pk", text("T#default#0#failed"))
        .item("ended_sk", text("1"))
        .send()
        .await
        .unwrap();

    // Twice: the second finds nothing to do.
    for _ in 0..2 {
        provision::create_table(dynamodb, "old").await.unwrap();
    }
    let description = |table: &'static str| async move {
        let described = dynamodb.describe_table().table_name(table).send();
        let table = described.await.unwrap().table.unwrap();
        let index = table.global_secondary_indexes()[0].clone();
        let projection = Projection::builder().projection_type(ProjectionType::KeysOnly);
        assert_eq!(index.projection, Some(projection.build()));
        (table.attribute_definitions, index.key_schema)
    };
    assert_eq!(description("old").await, description("jobs").await);
    assert_eq!(in_table(&stack, "old", "T#default#0#failed").await, ["1"]);
}

#[tokio::test]
async fn a_job_that_ended_before_there_was_an_index_is_retried_as_any_other() {
    let stack = Stack::start().await;
    let key = stack.job().failed().await;
    let shard = key.id.spread() % 8;
    stack
        .clients
        .dynamodb
        .update_item()
        .table_name("jobs")
        .key("pk", AttributeValue::S(format!("T#default#{shard}")))
        .key("sk", AttributeValue::S(format!("J#{}", key.id)))
        .update_expression("REMOVE ended_pk, ended_sk")
        .send()
        .await
        .unwrap();
    assert_eq!(all_ended(&stack).await, BTreeMap::new());

    let now = stack.clock.now();
    let job = stack.store.get(&key, now).await.unwrap().unwrap();
    assert_eq!(job.status(), Status::Failed);
    let retried = stack.store.retry(&key, None, now).await.unwrap();
    assert!(matches!(retried, Retried::Done(_)));
    let cancelled = stack.store.cancel(&key, now).await.unwrap();
    assert!(matches!(cancelled, Outcome::Done(_)));
    let expected = BTreeMap::from([(Status::Cancelled, ids([&key]))]);
    assert_eq!(all_ended(&stack).await, expected);
}
