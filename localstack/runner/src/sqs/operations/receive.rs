//! `ReceiveMessage`, with and without waiting.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::sqs::limits::{RECEIVE_MAX, VISIBILITY_S, WAIT_S};
use crate::sqs::operations::check_range;
use crate::sqs::store::Delivery;
use crate::sqs::wire::{self, Attributes, ReceivedMessage, ReceivedMessages};
use crate::sqs::{Error, Queues, checksum, message_attributes, names};

pub(in crate::sqs) async fn receive_message(
    queues: &Queues,
    request: wire::ReceiveMessage,
) -> Result<ReceivedMessages, Error> {
    let ask = Ask::read(request)?;
    let began = Instant::now();
    let found = ask.attempt(queues).await?;
    let deadline = began + found.wait;
    let deliveries = if found.deliveries.is_empty() && !found.wait.is_zero() {
        ask.wait_until(deadline, queues).await?
    } else if found.is_full {
        // Only to those who do not wait: a waiting receiver has a chance that the queue empties.
        return Err(Error::OverLimit(ask.queue));
    } else {
        found.deliveries
    };
    let messages = deliveries.into_iter().map(|delivery| ask.word(delivery));
    Ok(ReceivedMessages {
        messages: messages.collect::<Result<_, _>>()?,
    })
}

/// What a receiver wants.
struct Ask {
    queue: String,
    max: usize,
    visibility_s: Option<i64>,
    wait_s: Option<i64>,
    system_attributes: Vec<String>,
    attributes: Vec<String>,
}

/// What there was at once.
struct Found {
    deliveries: Vec<Delivery>,
    /// How long this receiver waits for a message.
    wait: Duration,
    /// When the next message becomes visible, in milliseconds since 1970, if there was none.
    next: Option<i64>,
    /// There was none because too many are in flight.
    is_full: bool,
}

impl Ask {
    fn read(request: wire::ReceiveMessage) -> Result<Self, Error> {
        let wire::ReceiveMessage {
            queue_url,
            max_number_of_messages,
            visibility_timeout,
            wait_time_seconds,
            attribute_names,
            message_system_attribute_names,
            message_attribute_names,
        } = request;
        let queue = names::of_url(&queue_url)?.to_owned();
        let max = check_range("MaxNumberOfMessages", max_number_of_messages, &RECEIVE_MAX)?;
        let visibility_s = check_range("VisibilityTimeout", visibility_timeout, &VISIBILITY_S)?;
        let wait_s = check_range("WaitTimeSeconds", wait_time_seconds, &WAIT_S)?;
        let system_attributes = [attribute_names, message_system_attribute_names].concat();
        let unknown = system_attributes
            .iter()
            .find(|name| !SYSTEM_ATTRIBUTES.contains(&name.as_str()));
        if let Some(name) = unknown {
            return Err(Error::InvalidAttributeName(name.clone()));
        }
        Ok(Self {
            queue,
            max: max.and_then(|max| usize::try_from(max).ok()).unwrap_or(1),
            visibility_s,
            wait_s,
            system_attributes,
            attributes: message_attribute_names,
        })
    }

    /// Looks once.
    async fn attempt(&self, queues: &Queues) -> Result<Found, Error> {
        let &Self {
            max,
            visibility_s,
            wait_s,
            ..
        } = self;
        let name = self.queue.clone();
        queues
            .run(move |store| {
                let queue = store.queue(&name)?;
                let visibility_s = visibility_s.unwrap_or(queue.settings.visibility_s);
                let wait_s = wait_s.unwrap_or(queue.settings.wait_s);
                let wait = Duration::from_secs(wait_s.unsigned_abs());
                let (deliveries, is_full) = match store.receive(&queue, max, visibility_s) {
                    Err(Error::OverLimit(_)) => (Vec::new(), true),
                    deliveries => (deliveries?, false),
                };
                let waits = deliveries.is_empty() && !wait.is_zero();
                let next = if waits { store.wait(&queue)? } else { None };
                Ok(Found {
                    deliveries,
                    wait,
                    next,
                    is_full,
                })
            })
            .await
    }

    /// Looks again whenever there may be a message, until then.
    async fn wait_until(&self, deadline: Instant, queues: &Queues) -> Result<Vec<Delivery>, Error> {
        loop {
            // To listen before looking: what comes in between is heard.
            let bell = queues.bells.of(&self.queue);
            let ring = bell.notified();
            tokio::pin!(ring);
            ring.as_mut().enable();

            let found = self.attempt(queues).await?;
            let is_over = queues.bells.are_closed() || Instant::now() >= deadline;
            if !found.deliveries.is_empty() || is_over {
                return Ok(found.deliveries);
            }
            let look_again = found.next.map_or(deadline, |next| queues.instant_of(next));
            tokio::select! {
                () = ring => {}
                () = sleep_until(look_again.min(deadline)) => {}
            }
        }
    }

    fn word(&self, delivery: Delivery) -> Result<ReceivedMessage, Error> {
        let Delivery {
            receipt,
            message_id,
            body,
            attributes,
            ..
        } = &delivery;
        let mut message_attributes: Attributes = match attributes {
            Some(json) => serde_json::from_str(json)
                .map_err(|error| Error::Internal(format!("a stored message is broken: {error}")))?,
            None => Attributes::new(),
        };
        message_attributes
            .retain(|name, _| message_attributes::is_asked_for(name, &self.attributes));
        Ok(ReceivedMessage {
            message_id: message_id.clone(),
            receipt_handle: receipt.encode(),
            md5_of_body: checksum::of_body(body),
            attributes: self.system_attributes(&delivery),
            md5_of_attributes: checksum::of_attributes(&message_attributes),
            message_attributes,
            body: delivery.body,
        })
    }

    fn system_attributes(&self, delivery: &Delivery) -> BTreeMap<&'static str, String> {
        let asked = &self.system_attributes;
        let is_asked_for = |name: &str| asked.iter().any(|asked| asked == "All" || asked == name);
        SYSTEM_ATTRIBUTES
            .into_iter()
            .filter(|name| is_asked_for(name))
            .filter_map(|name| Some((name, system_attribute(name, delivery)?)))
            .collect()
    }
}

/// All that may be asked for. The last two belong to FIFO queues, so that no message has them.
const SYSTEM_ATTRIBUTES: [&str; 10] = [
    "All",
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "MessageGroupId",
    "DeadLetterQueueSourceArn",
    "AWSTraceHeader",
    "SequenceNumber",
    "MessageDeduplicationId",
];

fn system_attribute(name: &str, delivery: &Delivery) -> Option<String> {
    match name {
        "SenderId" => Some(names::ACCOUNT.to_owned()),
        "SentTimestamp" => Some(delivery.sent_at.to_string()),
        "ApproximateReceiveCount" => Some(delivery.receives.to_string()),
        "ApproximateFirstReceiveTimestamp" => Some(delivery.first_received_at.to_string()),
        "MessageGroupId" => delivery.group_id.clone(),
        "DeadLetterQueueSourceArn" => delivery.source.as_deref().map(names::arn),
        "AWSTraceHeader" => delivery.trace_header.clone(),
        _ => None,
    }
}
