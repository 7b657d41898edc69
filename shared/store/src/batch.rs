//! A batch of messages as Lambda's event source mapping delivers it, and the partial answer that it wants.

use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::future::join_all;
use jiff::Timestamp;

use crate::Queue;

/// One message as it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// SQS's id of the message.
    pub message_id: String,
    /// Its body.
    pub body: String,
    /// How often it has been received, this time included.
    pub receives: u32,
    /// When it was sent, by SQS's clock.
    pub sent_at: Timestamp,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is left to do for it.
    Consume,
    /// It is to be seen again after this time.
    GiveBack(Duration),
}

/// Handles all messages of a batch at once, gives back each that its handler gives back, at the moment it does, and answers with the list
/// of those.
///
/// First the whole batch is hidden for `hidden`, which is how long this invocation can last at most: should it be killed, its
/// messages come back then, and not only when the queue's own, much longer time-out is over.
pub async fn handle_batch<H>(
    event: SqsEvent,
    queue: &Queue,
    hidden: Duration,
    handler: impl Fn(Delivered) -> H,
) -> SqsBatchResponse
where
    H: Future<Output = Verdict>,
{
    let handles = event
        .records
        .iter()
        .filter_map(|message| message.receipt_handle.clone());
    give_back(
        queue,
        &handles.map(|handle| (handle, hidden)).collect::<Vec<_>>(),
    )
    .await;

    let handled = event.records.into_iter().map(|message| async {
        let (delivered, handle) = open(message);
        let id = delivered.message_id.clone();
        match handler(delivered).await {
            Verdict::Consume => None,
            Verdict::GiveBack(after) => {
                give_back(queue, &[(handle, after)]).await;
                Some(id)
            }
        }
    });
    let mut answer = SqsBatchResponse::default();
    answer.batch_item_failures = join_all(handled)
        .await
        .into_iter()
        .flatten()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    answer
}

/// Failing is no harm: the message comes back when the time-out that it has is over.
async fn give_back(queue: &Queue, messages: &[(String, Duration)]) {
    if let Err(error) = queue.see_again_after(messages).await {
        tracing::warn!(%error, "Visibility of {} messages not changed", messages.len());
    }
}

fn open(message: SqsMessage) -> (Delivered, String) {
    let number = |name: &str| {
        message
            .attributes
            .get(name)
            .and_then(|value| value.parse().ok())
    };
    let delivered = Delivered {
        receives: number("ApproximateReceiveCount")
            .map_or(1, |count: i64| u32::try_from(count).unwrap_or(u32::MAX)),
        sent_at: number("SentTimestamp")
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH),
        message_id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    };
    (delivered, message.receipt_handle.unwrap_or_default())
}
