//! `SendMessage` and `SendMessageBatch`.

use uuid::Uuid;

use crate::sqs::limits::{DELAY_S, GROUP_ID_CHARS_MAX, MESSAGE_BYTES_MAX};
use crate::sqs::operations::check_range;
use crate::sqs::store::Outgoing;
use crate::sqs::wire::{self, Attributes, Entry, NewMessage, SentMessage};
use crate::sqs::{Error, Queues, batch, checksum, message_attributes, names};

pub(in crate::sqs) async fn send_message(
    queues: &Queues,
    request: wire::SendMessage,
) -> Result<SentMessage, Error> {
    let wire::SendMessage { queue_url, message } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    let (outgoing, sent) = prepare(message)?;
    queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            store.send(&queue, &outgoing)
        })
        .await?;
    Ok(sent)
}

pub(in crate::sqs) async fn send_message_batch(
    queues: &Queues,
    request: wire::Batch<NewMessage>,
) -> Result<wire::BatchResult<SentMessage>, Error> {
    let wire::Batch { queue_url, entries } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    batch::check(&entries, "SendMessageBatchRequestEntry")?;
    let bytes = entries.iter().map(|entry| bytes(&entry.request)).sum();
    if bytes > MESSAGE_BYTES_MAX {
        return Err(Error::BatchRequestTooLong(bytes));
    }
    let prepared: Vec<_> = entries
        .into_iter()
        .map(|Entry { id, request }| (id, prepare(request)))
        .collect();
    let sent = queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            let send = |(id, prepared): (_, Result<(Outgoing, SentMessage), Error>)| {
                let sent = prepared.and_then(|(outgoing, sent)| {
                    store.send(&queue, &outgoing)?;
                    Ok(sent)
                });
                (id, sent)
            };
            batch::result(prepared.into_iter().map(send))
        })
        .await?;
    Ok(sent)
}

/// Checks a message and words the answer to it. What depends on the queue is checked by the store.
fn prepare(message: NewMessage) -> Result<(Outgoing, SentMessage), Error> {
    let bytes = bytes(&message);
    let NewMessage {
        message_body: body,
        delay_seconds,
        message_attributes: attributes,
        message_system_attributes: system_attributes,
        message_group_id: group_id,
        message_deduplication_id,
    } = message;
    if body.is_empty() {
        return Err(Error::MissingParameter("MessageBody"));
    }
    if message_deduplication_id.is_some() {
        return Err(Error::InvalidParameterValue(
            "Value for parameter MessageDeduplicationId is invalid. Reason: The request include \
             parameter that is not valid for this queue type."
                .to_owned(),
        ));
    }
    check_group(group_id.as_deref())?;
    let delay_s = check_range("DelaySeconds", delay_seconds, &DELAY_S)?;
    message_attributes::check_text(&body)?;
    message_attributes::check(&attributes)?;
    let sent = SentMessage {
        message_id: Uuid::new_v4().to_string(),
        md5_of_body: checksum::of_body(&body),
        md5_of_attributes: checksum::of_attributes(&attributes),
        md5_of_system_attributes: checksum::of_attributes(&system_attributes),
    };
    let attributes = (!attributes.is_empty())
        .then(|| serde_json::to_string(&attributes).expect("attributes have text for names"));
    let outgoing = Outgoing {
        message_id: sent.message_id.clone(),
        body,
        attributes,
        trace_header: trace_header(system_attributes)?,
        group_id,
        delay_s,
        bytes,
    };
    Ok((outgoing, sent))
}

/// What counts towards the limits on messages and batches.
fn bytes(message: &NewMessage) -> usize {
    message.message_body.len() + message_attributes::bytes(&message.message_attributes)
}

/// The only system attribute that a sender can set.
fn trace_header(mut system_attributes: Attributes) -> Result<Option<String>, Error> {
    message_attributes::check(&system_attributes)?;
    let trace_header = system_attributes.remove("AWSTraceHeader");
    if let Some(name) = system_attributes.keys().next() {
        return Err(Error::InvalidParameterValue(format!(
            "Message system attribute name '{name}' is invalid: only AWSTraceHeader is allowed."
        )));
    }
    match trace_header {
        Some(header) if header.data_type != "String" => Err(Error::InvalidParameterValue(
            "The message system attribute 'AWSTraceHeader' must be of type String.".to_owned(),
        )),
        header => Ok(header.and_then(|header| header.string_value)),
    }
}

fn check_group(group_id: Option<&str>) -> Result<(), Error> {
    let allowed = |group: &str| {
        (1..=GROUP_ID_CHARS_MAX).contains(&group.len())
            && group.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match group_id {
        Some(group) if !allowed(group) => Err(Error::InvalidParameterValue(format!(
            "Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can \
             only include alphanumeric and punctuation characters. 1 to {GROUP_ID_CHARS_MAX} in \
             length."
        ))),
        _ => Ok(()),
    }
}
