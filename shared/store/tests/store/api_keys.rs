//! Keys of callers: kept, found, ended, and listed, also where the wire breaks.

use std::time::Duration;

use access::{ApiKey, KeyRecord, KeyState, Scope};
use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join_all;
use jiff::Timestamp;
use jiff::civil::date;
use testkit::{Fault, Gate, Stack, tenant};

const DAY: Duration = Duration::from_hours(24);

/// Calls that are made of one operation before it is given up.
const CALLS: usize = 10;

fn record(of: &str, created_at: Timestamp) -> KeyRecord {
    let key = ApiKey::draw();
    KeyRecord {
        id: key.id(),
        hash: key.hash(),
        tenant: tenant(of),
        scopes: [Scope::ScanRead, Scope::ScanWrite].into_iter().collect(),
        name: "nightly import".into(),
        created_at,
        created_by: "anybody".into(),
        expires_at: Some(created_at + DAY),
        revoked_at: None,
        replaced_by: None,
        last_used: None,
    }
}

async fn ids(stack: &Stack, of: &str) -> Vec<String> {
    let listed = stack.store.api_keys().list(&tenant(of)).await.unwrap();
    listed.iter().map(|record| record.id.to_string()).collect()
}

/// The time at which the table forgets a key, in seconds.
async fn forgotten_at(stack: &Stack, record: &KeyRecord) -> Option<i64> {
    let get = stack.clients.dynamodb.get_item().table_name("jobs");
    let get = get
        .key("pk", AttributeValue::S(format!("K#{}", record.id)))
        .key("sk", AttributeValue::S("K".into()));
    let item = get.send().await.unwrap().item.unwrap();
    Some(item.get("ttl")?.as_n().unwrap().parse().unwrap())
}

/// How many items of this partition there are.
async fn count(stack: &Stack, pk: &str) -> i32 {
    let query = stack.clients.dynamodb.query().table_name("jobs");
    let query = query
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(pk.into()));
    query.send().await.unwrap().count
}

#[tokio::test]
async fn a_key_is_found_as_it_was_kept_and_by_nobody_else() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let bounded = record("acme", now);
    let endless = KeyRecord {
        expires_at: None,
        ..record("acme", now + Duration::from_secs(1))
    };
    for kept in [&bounded, &endless] {
        keys.create(kept).await.unwrap();
        assert_eq!(keys.get(kept.id).await.unwrap().as_ref(), Some(kept));
    }
    assert_eq!(keys.get(ApiKey::draw().id()).await.unwrap(), None);
    let newest_first = [endless.id.to_string(), bounded.id.to_string()];
    assert_eq!(ids(&stack, "acme").await, newest_first);
    assert_eq!(ids(&stack, "acm").await, [""; 0]);

    let day = keys.touch(bounded.id, date(2026, 9, 1)).await;
    assert!(day.is_ok());
    let used = keys.get(bounded.id).await.unwrap().unwrap();
    assert_eq!(used.last_used, Some(date(2026, 9, 1)));
    // Who uses a key that is gone does not bring it back.
    let gone = ApiKey::draw().id();
    keys.touch(gone, date(2026, 9, 1)).await.unwrap();
    assert_eq!(keys.get(gone).await.unwrap(), None);
}

#[tokio::test]
async fn the_secret_is_not_in_the_table() {
    let stack = Stack::start().await;
    let key = ApiKey::draw();
    let kept = KeyRecord {
        id: key.id(),
        hash: key.hash(),
        ..record("acme", stack.clock.now())
    };
    stack.store.api_keys().create(&kept).await.unwrap();
    let scan = stack.clients.dynamodb.scan().table_name("jobs");
    let items = format!("{:?}", scan.send().await.unwrap().items());
    assert!(items.contains(&key.id().to_string()));
    let revealed = key.reveal();
    let secret = &revealed[20..84];
    assert!(!items.contains(secret));
    let bytes: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&secret[at..at + 2], 16).unwrap())
        .collect();
    let list = format!("{bytes:?}");
    assert!(!items.contains(list.trim_matches(['[', ']'])));
}

#[tokio::test]
async fn more_than_a_page_of_keys_are_all_listed() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let records: Vec<KeyRecord> = (0..130)
        .map(|number| record("acme", now + Duration::from_secs(number)))
        .collect();
    try_join_all(records.iter().map(|record| keys.create(record)))
        .await
        .unwrap();
    let newest_first = records.iter().rev().map(|record| record.id.to_string());
    assert_eq!(ids(&stack, "acme").await, newest_first.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_key_is_kept_once_however_often_that_is_said() {
    for operation in 0..2 {
        for fault in [
            Fault::DropAnswer,
            Fault::DropRequest,
            Fault::Twice,
            Fault::ServerError,
            Fault::Throttle,
        ] {
            let stack = Stack::start().await;
            let kept = record("acme", stack.clock.now());
            stack
                .dynamodb
                .break_after(operation, "PutItem", fault.clone());
            let created = stack.store.api_keys().create(&kept).await;
            assert!(created.is_ok(), "{operation} {fault:?} {created:?}");
            let listed = stack.store.api_keys().list(&tenant("acme")).await.unwrap();
            assert_eq!(listed, [kept], "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn who_dies_before_the_entry_leaves_a_key_that_is_not_listed() {
    let stack = Stack::start().await;
    let kept = record("acme", stack.clock.now());
    stack.dynamodb.break_after(1, "PutItem", Fault::ServerError);
    for _ in 1..CALLS {
        stack.dynamodb.break_next("PutItem", Fault::ServerError);
    }
    assert!(stack.store.api_keys().create(&kept).await.is_err());
    stack.dynamodb.mend();
    assert_eq!(ids(&stack, "acme").await, [""; 0]);
    assert!(stack.store.api_keys().get(kept.id).await.unwrap().is_some());
    // Done again, all is as it should be.
    stack.store.api_keys().create(&kept).await.unwrap();
    assert_eq!(ids(&stack, "acme").await, [kept.id.to_string()]);
}

#[tokio::test]
async fn a_call_that_comes_late_does_not_bring_a_revoked_key_back() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let kept = record("acme", now);
    let gate = Gate::new();
    stack
        .dynamodb
        .break_next("PutItem", Fault::Hold(gate.clone()));
    let late = tokio::spawn({
        let (keys, kept) = (keys.clone(), kept.clone());
        async move { keys.create(&kept).await }
    });
    gate.arrival().await;
    keys.create(&kept).await.unwrap();
    assert!(keys.revoke(&kept.tenant, kept.id, now).await.unwrap());
    gate.open();
    late.await.unwrap().unwrap();
    let found = keys.get(kept.id).await.unwrap().unwrap();
    assert_eq!(found.state(now), KeyState::Revoked);
}

#[tokio::test]
async fn an_entry_whose_key_is_long_gone_is_forgotten() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let (gone, stays) = (record("acme", now), record("acme", now));
    for kept in [&gone, &stays] {
        keys.create(kept).await.unwrap();
    }
    // As the table does when its time is over.
    let delete = stack.clients.dynamodb.delete_item().table_name("jobs");
    let delete = delete
        .key("pk", AttributeValue::S(format!("K#{}", gone.id)))
        .key("sk", AttributeValue::S("K".into()));
    delete.send().await.unwrap();
    assert_eq!(count(&stack, "K#T#acme").await, 2);
    assert_eq!(ids(&stack, "acme").await, [stays.id.to_string()]);
    assert_eq!(count(&stack, "K#T#acme").await, 1);
}

#[tokio::test]
async fn a_key_is_revoked_once_for_good_and_by_its_own_tenant_alone() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let kept = record("acme", now);
    keys.create(&kept).await.unwrap();
    let (acme, other) = (tenant("acme"), tenant("other"));
    assert!(!keys.revoke(&other, kept.id, now).await.unwrap());
    assert_eq!(keys.get(kept.id).await.unwrap().as_ref(), Some(&kept));
    assert!(!keys.revoke(&acme, ApiKey::draw().id(), now).await.unwrap());

    stack.dynamodb.break_next("UpdateItem", Fault::DropAnswer);
    assert!(keys.revoke(&acme, kept.id, now).await.unwrap());
    assert!(keys.revoke(&acme, kept.id, now + DAY).await.unwrap());
    let found = keys.get(kept.id).await.unwrap().unwrap();
    assert_eq!(found.revoked_at, Some(now));
    assert_eq!(found.state(now), KeyState::Revoked);
}

#[tokio::test]
async fn a_key_is_replaced_by_one_other_and_not_if_it_was_revoked() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let (acme, other) = (tenant("acme"), tenant("other"));
    let kept = record("acme", now);
    keys.create(&kept).await.unwrap();
    let (next, third) = (ApiKey::draw().id(), ApiKey::draw().id());
    let end = now + Duration::from_hours(1);
    assert!(!keys.replace(&other, kept.id, next, end).await.unwrap());

    stack.dynamodb.break_next("UpdateItem", Fault::DropAnswer);
    assert!(keys.replace(&acme, kept.id, next, end).await.unwrap());
    assert!(!keys.replace(&acme, kept.id, third, now).await.unwrap());
    let found = keys.get(kept.id).await.unwrap().unwrap();
    assert_eq!(
        (found.replaced_by, found.expires_at),
        (Some(next), Some(end))
    );
    assert_eq!(found.state(now), KeyState::Active);
    assert_eq!(found.state(end), KeyState::Expired);

    let revoked = record("acme", now);
    keys.create(&revoked).await.unwrap();
    keys.revoke(&acme, revoked.id, now).await.unwrap();
    assert!(!keys.replace(&acme, revoked.id, next, end).await.unwrap());
}

#[tokio::test]
async fn the_table_forgets_a_key_thirty_days_after_its_end_and_no_other() {
    let stack = Stack::start().await;
    let (keys, now) = (stack.store.api_keys(), stack.clock.now());
    let acme = tenant("acme");
    let kept = KeyRecord {
        expires_at: None,
        ..record("acme", now)
    };
    keys.create(&kept).await.unwrap();
    assert_eq!(forgotten_at(&stack, &kept).await, None);
    let month_after = |end: Timestamp| Some((end + 30 * DAY).as_second());

    let (next, end) = (ApiKey::draw().id(), now + DAY);
    keys.replace(&acme, kept.id, next, end).await.unwrap();
    assert_eq!(forgotten_at(&stack, &kept).await, month_after(end));
    keys.revoke(&acme, kept.id, now).await.unwrap();
    assert_eq!(forgotten_at(&stack, &kept).await, month_after(now));

    let bounded = record("acme", now);
    keys.create(&bounded).await.unwrap();
    assert_eq!(forgotten_at(&stack, &bounded).await, month_after(now + DAY));
}
