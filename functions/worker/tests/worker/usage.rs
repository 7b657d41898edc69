//! What a job takes is counted on its tenant's account, once.

use job::{JobKey, Tenant};
use serde_json::Value;
use store::Usage;
use testkit::{Fault, Stack};

use crate::documents::submit;
use crate::{parts, result};

const INVOICE: &[u8] = include_bytes!("../../../../shared/extract/fixtures/pdf/invoice.pdf");

/// What was used on the last days, together.
pub(crate) async fn used(stack: &Stack) -> Usage {
    stack.store.add_usage(stack.clock.now()).await;
    let tenant = testkit::tenant(Tenant::DEFAULT);
    let days = stack.store.usage(&tenant, 8, stack.clock.now());
    days.await.unwrap().into_iter().map(|(_, used)| used).sum()
}

/// Pages and records, as a result says them.
async fn of_result(stack: &Stack, key: &JobKey) -> (u64, u64) {
    let result = result(stack, key).await;
    let documents = result["documents"].as_array().unwrap().iter();
    let pages = documents.filter_map(|it| it["pages"].as_u64()).sum();
    let records = result["records"].as_array().map_or(0, Vec::len);
    (pages, records as u64)
}

fn volume(used: Usage) -> (u64, u64, u64, u64) {
    (used.documents, used.pages, used.bytes, used.records)
}

fn ends(used: Usage) -> (u64, u64, u64, u64) {
    (used.accepted, used.completed, used.failed, used.cancelled)
}

#[tokio::test]
async fn a_job_counts_what_its_result_says() {
    let stack = Stack::start().await;
    let key = submit(&stack, &[("invoice.pdf", INVOICE)]).await;
    stack.work_once().await;
    let (pages, records) = of_result(&stack, &key).await;
    assert!(pages > 1 && records > 1);
    let used = used(&stack).await;
    assert_eq!(ends(used), (1, 1, 0, 0));
    assert_eq!(volume(used), (1, pages, INVOICE.len() as u64, records));
    assert!(used.compute_ms > 0);
    assert_eq!(used.messages, 1);
}

#[tokio::test]
async fn a_format_without_pages_counts_none_and_documents_within_one_count_their_pages_alone() {
    let mail = "From: a@test.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nWrite to b@test.com.\r\n\
        --b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=invoice.pdf\r\n\r\n";
    let attached = base64(INVOICE);
    let mail = format!("{mail}{attached}\r\n--b--\r\n");
    let stack = Stack::start().await;
    let key = submit(&stack, &[("mail.eml", mail.as_bytes())]).await;
    stack.work_once().await;
    let (pages, records) = of_result(&stack, &key).await;
    assert!(pages > 1, "those of the attachment");
    let used = used(&stack).await;
    assert_eq!(volume(used), (1, pages, mail.len() as u64, records));
}

fn base64(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (index, some) in bytes.chunks(3).enumerate() {
        if index > 0 && index % 19 == 0 {
            out.push_str("\r\n");
        }
        let three = [0, 1, 2].map(|n| some.get(n).copied().unwrap_or(0));
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            let _ = write!(
                out,
                "{}",
                if place > some.len() {
                    '='
                } else {
                    char::from(digit)
                }
            );
        }
    }
    out
}

#[tokio::test]
async fn a_document_that_cannot_be_read_counts_as_one_and_its_job_as_failed() {
    let stack = Stack::start().await;
    let broken: &[u8] = b"%PDF-1.7 broken";
    submit(&stack, &[("a.pdf", broken)]).await;
    stack.drain_queue().await;
    let used = used(&stack).await;
    assert_eq!(ends(used), (1, 0, 1, 0));
    assert_eq!(volume(used), (1, 0, broken.len() as u64, 0));
    assert!(used.compute_ms > 0);
}

#[tokio::test]
async fn the_parts_of_a_job_count_what_is_in_them_and_the_whole_counts_the_job() {
    let stack = Stack::start().await;
    let key = parts::batch(&stack, 12).await;
    stack.drain_queue().await;
    let whole = result(&stack, &key).await;
    let sizes = whole["documents"].as_array().unwrap().iter();
    let bytes: u64 = sizes.map(|it| it["bytes"].as_u64().unwrap()).sum();
    let (pages, records) = of_result(&stack, &key).await;
    let used = used(&stack).await;
    assert_eq!(ends(used), (1, 1, 0, 0));
    assert_eq!(volume(used), (12, pages, bytes, records));
    // One for each part, and one for each step of the whole.
    assert!(used.messages >= 14, "{used:?}");
}

#[tokio::test]
async fn a_job_that_is_retried_counts_again_and_parts_that_were_done_do_not() {
    let stack = Stack::start().await;
    let key = parts::batch(&stack, 12).await;
    stack.work_once().await;
    stack.work_once().await;
    let now = stack.clock.now();
    stack.store.cancel(&key, now).await.unwrap();
    stack.drain_queue().await;
    let before = used(&stack).await;
    assert_eq!(ends(before), (1, 0, 0, 1));
    assert!(before.documents > 0 && before.documents < 12);
    stack.store.retry(&key, None, now).await.unwrap();
    stack.drain_queue().await;
    let after = used(&stack).await;
    assert_eq!(ends(after), (2, 1, 0, 1));
    assert_eq!((after.documents, after.records), (12, 11));
}

#[tokio::test]
async fn an_end_whose_answer_was_lost_counts_once_with_all_that_belongs_to_it() {
    for (document, fault) in [
        (INVOICE, Fault::DropAnswer),
        (INVOICE, Fault::Twice),
        (&INVOICE[..300], Fault::DropAnswer),
        (&INVOICE[..300], Fault::Twice),
    ] {
        let stack = Stack::start().await;
        submit(&stack, &[("invoice.pdf", document)]).await;
        // The first is the claim, the second the end, the third the addition.
        stack.dynamodb.break_after(1, "UpdateItem", fault.clone());
        stack.dynamodb.break_after(2, "UpdateItem", fault);
        stack.work_once().await;
        let used = used(&stack).await;
        assert_eq!(used.ended(), 1);
        assert_eq!((used.documents, used.bytes), (1, document.len() as u64));
    }
}

#[tokio::test]
async fn time_that_came_to_nothing_is_counted_and_nothing_else() {
    let stack = Stack::start().await;
    let key = submit(&stack, &[("invoice.pdf", INVOICE)]).await;
    // The first is the claim; what comes then is the completion, as often as it is tried.
    stack
        .dynamodb
        .break_after(1, "UpdateItem", Fault::ServerError);
    for _ in 0..3 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    stack.work_once().await;
    let lost = used(&stack).await;
    assert_eq!((ends(lost), volume(lost)), ((1, 0, 0, 0), (0, 0, 0, 0)));
    assert!(lost.compute_ms > 0);

    stack.clock.advance(std::time::Duration::from_mins(6));
    stack.drain_queue().await;
    result(&stack, &key).await;
    let used = used(&stack).await;
    assert_eq!((ends(used), used.documents), ((1, 1, 0, 0), 1));
    assert!(used.compute_ms > lost.compute_ms);
}

#[tokio::test]
async fn every_unit_that_a_worker_consumes_is_on_the_account_of_a_tenant() {
    // At the pace of production: of a look that is broken off nobody hears what it took.
    let worker = worker::Settings::default();
    let stack = Stack::with(testkit::Options {
        worker,
        ..Default::default()
    })
    .await;
    for count in [1, 12] {
        parts::batch(&stack, count).await;
    }
    let big = crate::big_text();
    submit(&stack, &[("big.txt", big.as_bytes())]).await;
    stack.dynamodb.reset_counts();
    stack.drain_queue().await;
    let (read, written) = (stack.dynamodb.read_units(), stack.dynamodb.write_units());
    let used = used(&stack).await;
    assert!(
        (as_units(used.read_milliunits) - read).abs() < 1e-9,
        "{used:?} {read}"
    );
    assert!(
        (as_units(used.write_milliunits) - written).abs() < 1e-9,
        "{used:?} {written}"
    );
}

#[expect(clippy::cast_precision_loss, reason = "there are few")]
fn as_units(milliunits: u64) -> f64 {
    milliunits as f64 / 1_000.0
}

#[tokio::test]
async fn a_job_that_is_removed_while_it_runs_counts_as_cancelled() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    stack.store.remove(&key, stack.clock.now()).await.unwrap();
    let lost = stack
        .store
        .complete(claim, b"{}".to_vec(), stack.clock.now())
        .await;
    assert!(matches!(lost, Ok(store::Finished::Lost { .. })));
    assert_eq!(ends(used(&stack).await), (1, 0, 0, 1));
}

/// Nothing of a document goes into the counts but numbers.
#[tokio::test]
async fn an_empty_result_counts_its_document() {
    let stack = Stack::start().await;
    let key = submit(&stack, &[("a.txt", b"nothing to see")]).await;
    stack.drain_queue().await;
    let found: Value = result(&stack, &key).await;
    assert_eq!(found["records"], serde_json::json!([]));
    assert_eq!(volume(used(&stack).await), (1, 0, 14, 0));
}
