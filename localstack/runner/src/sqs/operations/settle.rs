//! `DeleteMessage`, `ChangeMessageVisibility` and their batches: what a receiver does with a
//! message in the end.

use crate::sqs::limits::VISIBILITY_S;
use crate::sqs::operations::check_range;
use crate::sqs::receipt::Receipt;
use crate::sqs::store::{Queue, Store};
use crate::sqs::wire::{self, Entry, Nothing};
use crate::sqs::{Error, Queues, batch, names};

pub(in crate::sqs) async fn delete_message(
    queues: &Queues,
    request: wire::DeleteMessage,
) -> Result<Nothing, Error> {
    one(queues, &request.queue_url.clone(), request, delete).await
}

pub(in crate::sqs) async fn delete_message_batch(
    queues: &Queues,
    request: wire::Batch<wire::DeleteMessage>,
) -> Result<wire::BatchResult<Nothing>, Error> {
    many(queues, request, "DeleteMessageBatchRequestEntry", delete).await
}

pub(in crate::sqs) async fn change_message_visibility(
    queues: &Queues,
    request: wire::ChangeMessageVisibility,
) -> Result<Nothing, Error> {
    one(
        queues,
        &request.queue_url.clone(),
        request,
        change_visibility,
    )
    .await
}

pub(in crate::sqs) async fn change_message_visibility_batch(
    queues: &Queues,
    request: wire::Batch<wire::ChangeMessageVisibility>,
) -> Result<wire::BatchResult<Nothing>, Error> {
    many(
        queues,
        request,
        "ChangeMessageVisibilityBatchRequestEntry",
        change_visibility,
    )
    .await
}

/// What is done with one message.
type Action<T> = fn(&mut Store, &Queue, &T) -> Result<Nothing, Error>;

async fn one<T: Send + 'static>(
    queues: &Queues,
    queue_url: &str,
    request: T,
    action: Action<T>,
) -> Result<Nothing, Error> {
    let name = names::of_url(queue_url)?.to_owned();
    queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            action(store, &queue, &request)
        })
        .await
}

async fn many<T: Send + 'static>(
    queues: &Queues,
    request: wire::Batch<T>,
    entry: &'static str,
    action: Action<T>,
) -> Result<wire::BatchResult<Nothing>, Error> {
    let wire::Batch { queue_url, entries } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    batch::check(&entries, entry)?;
    queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            let outcomes = entries
                .into_iter()
                .map(|Entry { id, request }| (id, action(store, &queue, &request)));
            batch::result(outcomes)
        })
        .await
}

fn delete(
    store: &mut Store,
    queue: &Queue,
    request: &wire::DeleteMessage,
) -> Result<Nothing, Error> {
    store.delete(Receipt::decode(&request.receipt_handle, queue.id)?)?;
    Ok(Nothing {})
}

fn change_visibility(
    store: &mut Store,
    queue: &Queue,
    request: &wire::ChangeMessageVisibility,
) -> Result<Nothing, Error> {
    let wire::ChangeMessageVisibility {
        queue_url: _,
        receipt_handle,
        visibility_timeout,
    } = request;
    let visibility_s = check_range("VisibilityTimeout", *visibility_timeout, &VISIBILITY_S)?
        .ok_or(Error::MissingParameter("VisibilityTimeout"))?;
    let receipt = Receipt::decode(receipt_handle, queue.id)?;
    store.change_visibility(queue, receipt, visibility_s)?;
    Ok(Nothing {})
}
