//! What was done, kept and found again.

use std::time::Duration;

use jiff::Timestamp;
use job::Tenant;
use serde_json::json;
use store::{AuditEntry, AuditEvent, AuditFilter, AuditId, AuditPage, KEEP_AUDIT};
use testkit::{Fault, Stack, tenant};

fn entry(number: u32, at: Timestamp, event: AuditEvent) -> AuditEntry {
    AuditEntry {
        at,
        event: event.name().to_owned(),
        actor: format!("key:{:016x}", number % 2),
        actor_tenant: (number == 0).then(|| tenant(Tenant::DEFAULT)),
        subject: format!("number {number}"),
        details: json!({"count": number, "name": "nightly import"}),
        request_id: format!("r-{number}"),
    }
}

async fn keep(stack: &Stack, entry: &AuditEntry) {
    let kept = stack.store.keep_audit(&tenant("acme"), entry).await;
    kept.unwrap();
}

async fn page(
    stack: &Stack,
    filter: &AuditFilter,
    below: Option<&AuditId>,
    limit: usize,
) -> AuditPage {
    let acme = tenant("acme");
    let page = stack.store.audit(&acme, filter, below, limit).await;
    page.unwrap()
}

/// All that a filter lets through, by pages of this length.
async fn all(stack: &Stack, filter: &AuditFilter, limit: usize) -> Vec<AuditEntry> {
    let (mut found, mut below) = (Vec::new(), None);
    loop {
        let AuditPage { entries, next } = page(stack, filter, below.as_ref(), limit).await;
        assert!(entries.len() <= limit);
        found.extend(entries);
        below = next;
        if below.is_none() {
            return found;
        }
    }
}

/// So many entries of one tenant, oldest first, two of each moment.
async fn planted(stack: &Stack, count: u32) -> Vec<AuditEntry> {
    let begin = stack.clock.now();
    let mut planted = Vec::new();
    for number in 0..count {
        let at = begin + Duration::from_millis(u64::from(number / 2));
        let event = AuditEvent::ALL[number as usize % AuditEvent::ALL.len()];
        let entry = entry(number, at, event);
        keep(stack, &entry).await;
        planted.push(entry);
    }
    planted
}

#[tokio::test]
async fn entries_come_newest_first_each_once_whatever_the_pages_length() {
    let stack = Stack::start().await;
    let planted = planted(&stack, 11).await;
    let whole = all(&stack, &AuditFilter::default(), 50).await;
    assert_eq!(whole.len(), planted.len());
    assert!(whole.is_sorted_by(|one, next| one.at >= next.at));
    for entry in &planted {
        assert!(whole.contains(entry), "{entry:?}");
    }
    for limit in 1..=12 {
        let paged = all(&stack, &AuditFilter::default(), limit).await;
        assert_eq!(paged, whole, "{limit}");
    }
    let (other, any) = (tenant("other"), AuditFilter::default());
    let of_other = stack.store.audit(&other, &any, None, 50).await;
    assert_eq!(of_other.unwrap().entries, []);
}

#[tokio::test]
async fn a_filter_lets_through_what_it_names_and_nothing_else() {
    let stack = Stack::start().await;
    let planted = planted(&stack, 24).await;
    let whole = all(&stack, &AuditFilter::default(), 50).await;
    let revoked = AuditFilter {
        event: Some(AuditEvent::KeyRevoked),
        ..AuditFilter::default()
    };
    let found = all(&stack, &revoked, 1).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|it| it.event == "key_revoked"));

    let of_one = AuditFilter {
        actor: Some("key:0000000000000001".into()),
        ..AuditFilter::default()
    };
    assert_eq!(all(&stack, &of_one, 5).await.len(), 12);

    let nanosecond = Duration::from_nanos(1);
    for at in [2, 11, 23] {
        let at = planted[at].at;
        for time in [at, at + nanosecond, at - nanosecond] {
            let since = AuditFilter {
                from: Some(time),
                ..AuditFilter::default()
            };
            let until = AuditFilter {
                before: Some(time),
                ..AuditFilter::default()
            };
            let (later, earlier): (Vec<_>, Vec<_>) =
                whole.iter().cloned().partition(|it| it.at >= time);
            assert_eq!(all(&stack, &since, 3).await, later, "{time}");
            assert_eq!(all(&stack, &until, 3).await, earlier, "{time}");
        }
    }
    let nothing = AuditFilter {
        from: Some(Timestamp::MAX),
        before: Some(Timestamp::MIN),
        ..AuditFilter::default()
    };
    assert_eq!(all(&stack, &nothing, 5).await, []);
}

#[tokio::test]
async fn a_page_of_a_filter_that_little_passes_ends_where_it_has_looked_enough() {
    let stack = Stack::start().await;
    let acme = tenant("acme");
    let begin = stack.clock.now();
    let oldest = entry(0, begin, AuditEvent::QuotasSet);
    stack.store.keep_audit(&acme, &oldest).await.unwrap();
    let others: Vec<AuditEntry> = (1..=1_005)
        .map(|number| {
            let at = begin + Duration::from_millis(number.into());
            entry(number, at, AuditEvent::KeyCreated)
        })
        .collect();
    let kept = others
        .iter()
        .map(|entry| stack.store.keep_audit(&acme, entry));
    futures::future::try_join_all(kept).await.unwrap();
    let filter = AuditFilter {
        event: Some(AuditEvent::QuotasSet),
        ..AuditFilter::default()
    };
    let first = page(&stack, &filter, None, 10).await;
    assert_eq!(first.entries, []);
    let second = page(&stack, &filter, first.next.as_ref(), 10).await;
    assert_eq!((second.entries, second.next), (vec![oldest], None));
}

#[tokio::test]
async fn an_entry_is_kept_once_whatever_becomes_of_the_answer_and_for_400_days() {
    for fault in [Fault::DropAnswer, Fault::Twice, Fault::ServerError] {
        let stack = Stack::start().await;
        let now = stack.clock.now();
        stack.dynamodb.break_next("PutItem", fault.clone());
        let entry = entry(1, now, AuditEvent::KeyCreated);
        keep(&stack, &entry).await;
        let found = all(&stack, &AuditFilter::default(), 10).await;
        assert_eq!(found, [entry], "{fault:?}");
        let scan = stack.clients.dynamodb.scan().table_name("jobs");
        let items = scan.send().await.unwrap().items.unwrap();
        let expiry = (now + KEEP_AUDIT).as_second().to_string();
        assert_eq!(items[0]["ttl"].as_n(), Ok(&expiry));
    }
}

#[test]
fn an_id_is_read_from_its_own_text_alone() {
    for wrong in ["", "#", "2026-09-01T12:00:00.123Z#1", "x#0000000000000001"] {
        assert_eq!(AuditId::from_text(wrong), None, "{wrong}");
    }
    let text = "2026-09-01T12:00:00.123Z#00000000000000ff";
    assert_eq!(AuditId::from_text(text).unwrap().to_text(), text);
}
