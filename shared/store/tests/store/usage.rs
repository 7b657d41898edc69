//! What is used is noted in memory, and added to the table all at once.

use std::time::Duration;

use job::{Change, Failure, JobKey, Phase, Tenant};
use store::{MAX_ASKED, MAX_UNWRITTEN, Usage};
use testkit::{Fault, Stack};

/// What was used on the last days, together.
async fn used(stack: &Stack) -> Usage {
    let tenant = testkit::tenant(Tenant::DEFAULT);
    let days = stack.store.usage(&tenant, 8, stack.clock.now());
    days.await.unwrap().into_iter().map(|(_, used)| used).sum()
}

async fn added(stack: &Stack) -> Usage {
    stack.store.add_usage(stack.clock.now()).await;
    used(stack).await
}

/// Jobs alone, of which so many were accepted and ended in these ways.
fn jobs(accepted: u64, completed: u64, failed: u64, cancelled: u64) -> Usage {
    Usage {
        accepted,
        completed,
        failed,
        cancelled,
        ..Usage::default()
    }
}

fn assert_jobs(used: Usage, expected: Usage) {
    let only = jobs(used.accepted, used.completed, used.failed, used.cancelled);
    assert_eq!(only, expected);
}

fn failure() -> Failure {
    Failure::new("malformed", Phase::Extract, false, "It is damaged.")
}

#[tokio::test]
async fn jobs_are_counted_when_they_are_accepted_and_when_they_end() {
    let stack = Stack::start().await;
    stack.job().pending().await;
    stack.job().running().await;
    stack.job().completed().await;
    stack.job().cancelled().await;
    let failed = stack.job().failed().await;
    let noted = used(&stack).await;
    assert_jobs(noted, jobs(5, 1, 1, 1));
    let addition = Usage::of_units(0, 1_000);
    assert_eq!(added(&stack).await, [noted, addition].into_iter().sum());

    let now = stack.clock.now();
    stack.store.retry(&failed, None, now).await.unwrap();
    assert_jobs(added(&stack).await, jobs(6, 1, 1, 1));
    stack.store.cancel(&failed, now).await.unwrap();
    // Again, which changes nothing.
    let later = now + Duration::from_secs(1);
    stack.store.cancel(&failed, later).await.unwrap();
    assert_jobs(added(&stack).await, jobs(6, 1, 1, 2));
}

#[tokio::test]
async fn a_job_that_is_removed_before_it_ended_counts_as_cancelled() {
    let stack = Stack::start().await;
    let now = stack.clock.now();
    let unfinished = [
        stack.job().pending().await.key,
        stack.job().running().await.job().key.clone(),
    ];
    let completed = stack.job().completed().await;
    for key in unfinished.iter().chain([&completed]) {
        assert!(stack.store.remove(key, now).await.unwrap());
        assert!(!stack.store.remove(key, now).await.unwrap());
    }
    assert_jobs(added(&stack).await, jobs(3, 1, 0, 2));
}

#[tokio::test]
async fn parts_of_jobs_are_no_jobs() {
    let stack = Stack::start().await;
    let now = stack.clock.now();
    let whole = stack.job().pending().await.key;
    let part = whole.of_part(0);
    let request = job::Request::new(Vec::new(), serde_json::json!(["entities"]));
    let made = stack.store.submit_part(part.clone(), request, 1, None, now);
    made.await.unwrap();
    stack.store.cancel(&part, now).await.unwrap();
    stack.store.retry(&part, None, now).await.unwrap();
    stack.store.remove(&part, now).await.unwrap();
    assert_jobs(added(&stack).await, jobs(1, 0, 0, 0));
}

#[tokio::test]
async fn what_took_place_is_counted_once_though_its_answer_was_lost() {
    for fault in [Fault::DropAnswer, Fault::Twice] {
        let stack = Stack::start().await;
        let now = stack.clock.now();
        let break_next = |operation: &str| stack.dynamodb.break_next(operation, fault.clone());

        break_next("PutItem");
        let cancelled = stack.job().pending().await.key;
        break_next("UpdateItem");
        stack.store.cancel(&cancelled, now).await.unwrap();

        let claim = stack.job().running().await;
        break_next("UpdateItem");
        stack
            .store
            .complete(claim, b"{}".to_vec(), now)
            .await
            .unwrap();

        let claim = stack.job().running().await;
        let failed = claim.job().key.clone();
        break_next("UpdateItem");
        stack.store.fail(claim, failure(), now).await.unwrap();
        break_next("UpdateItem");
        stack.store.retry(&failed, None, now).await.unwrap();

        break_next("UpdateItem");
        let bury = Change::Bury {
            generation: 1,
            now,
            failure: failure(),
        };
        stack.store.change(&failed, &bury).await.unwrap();

        let removed = stack.job().pending().await.key;
        break_next("DeleteItem");
        stack.store.remove(&removed, now).await.unwrap();

        // The addition itself as well.
        break_next("UpdateItem");
        assert_jobs(added(&stack).await, jobs(5, 1, 2, 2));
    }
}

#[tokio::test]
async fn what_could_not_be_added_is_added_with_the_next() {
    let stack = Stack::start().await;
    stack.job().completed().await;
    for _ in 0..4 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    assert_jobs(added(&stack).await, jobs(1, 1, 0, 0));
    stack.dynamodb.mend();
    stack.job().completed().await;
    assert_jobs(added(&stack).await, jobs(2, 2, 0, 0));
}

#[tokio::test]
async fn an_addition_is_one_write_unit_whatever_was_noted() {
    let stack = Stack::start().await;
    let much = u64::MAX >> 8;
    let noted = Usage {
        requests: much,
        accepted: much,
        completed: much,
        failed: much,
        cancelled: much,
        messages: much,
        documents: much,
        pages: much,
        bytes: much,
        records: much,
        compute_ms: much,
        read_milliunits: much,
        write_milliunits: much,
    };
    let default = testkit::tenant(Tenant::DEFAULT);
    stack.store.note(&default, noted);
    let counted = added(&stack).await;
    stack.dynamodb.reset_counts();
    stack.store.note(&default, noted);
    stack.store.note(&testkit::tenant("acme"), noted);
    stack.store.add_usage(stack.clock.now()).await;
    assert_eq!(stack.dynamodb.count("UpdateItem"), 2, "one for each tenant");
    assert!((stack.dynamodb.write_units() - 2.0).abs() < f64::EPSILON);
    // The addition itself is counted with what it adds.
    let expected = Usage {
        write_milliunits: much + 1_000,
        ..noted
    };
    assert_eq!(counted, expected);
    stack.store.add_usage(stack.clock.now()).await;
    assert_eq!(stack.dynamodb.count("UpdateItem"), 2, "nothing was noted");
}

#[tokio::test]
async fn little_by_little_is_added_after_so_many_times_or_so_much_time() {
    let stack = Stack::start().await;
    let little = Usage {
        requests: 1,
        ..Usage::default()
    };
    let writes = async || {
        stack.store.note(&testkit::tenant(Tenant::DEFAULT), little);
        stack.store.add_usage_if_due(stack.clock.now()).await;
        stack.dynamodb.count("UpdateItem")
    };
    for _ in 1..MAX_ASKED {
        assert_eq!(writes().await, 0);
    }
    assert_eq!(writes().await, 1);

    assert_eq!(writes().await, 1);
    stack.clock.advance(MAX_UNWRITTEN);
    assert_eq!(writes().await, 2);
    // Where nothing was noted there is nothing to wait for.
    stack.clock.advance(Duration::from_hours(1));
    stack.store.add_usage_if_due(stack.clock.now()).await;
    assert_eq!(stack.dynamodb.count("UpdateItem"), 2);
    assert_eq!(used(&stack).await.requests, u64::from(MAX_ASKED) + 2);
}

#[tokio::test]
async fn days_come_newest_first_and_each_tenant_has_its_own() {
    let stack = Stack::start().await;
    let (default, other) = (testkit::tenant(Tenant::DEFAULT), testkit::tenant("acme"));
    let day = Duration::from_hours(24);
    for requests in [1, 2, 3] {
        let used = Usage {
            requests,
            ..Usage::default()
        };
        stack.store.note(&default, used);
        stack.store.add_usage(stack.clock.now()).await;
        stack.clock.advance(day * 2);
    }
    let days = async |tenant, days| {
        let days = stack.store.usage(tenant, days, stack.clock.now());
        let days = days.await.unwrap().into_iter();
        days.map(|(_, used)| used.requests).collect::<Vec<_>>()
    };
    assert_eq!(days(&default, 30).await, [3, 2, 1]);
    assert_eq!(days(&default, 5).await, [3, 2]);
    assert_eq!(days(&default, 2).await, [0; 0]);
    assert_eq!(days(&other, 30).await, [0; 0]);
}

/// A job of a tenant whose name is not the default one.
#[tokio::test]
async fn a_job_counts_for_its_own_tenant() {
    let stack = Stack::start().await;
    let now = stack.clock.now();
    let tenant = testkit::tenant("acme");
    let key = JobKey::new(tenant.clone(), job::JobId::new(now));
    let request = job::Request::new(Vec::new(), serde_json::json!(["entities"]));
    stack.store.submit(key, request, None, now).await.unwrap();
    stack.store.add_usage(now).await;
    assert_jobs(used(&stack).await, jobs(0, 0, 0, 0));
    let days = stack.store.usage(&tenant, 1, now).await.unwrap();
    assert_eq!(days[0].1.accepted, 1);
}
