//! What AWS calls an event source mapping: takes messages from a queue and invokes a function with
//! them, up to a number of invocations at once.
//!
//! Like Lambda's own it deletes the messages of a batch that the function did not report as failed
//! and leaves the others to their visibility timeout. An invocation that ends with an error, panics,
//! runs out of time or reports a message that it was not given fails as a whole.
//!
//! With nothing to do it holds one long poll; it asks for no more messages than there is room for
//! in further invocations.
//!
//! **Invariant:** a message is deleted only after a function answered for it.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::iter;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::config::StalledStreamProtectionConfig;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageAttributeValue, MessageSystemAttributeName,
};
use futures::FutureExt as _;
use jiff::Timestamp;
use service::Clock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::provision::Queue;

/// Seconds that an empty queue holds back its answer at most: the longest that SQS allows.
pub const LONGEST_POLL_SECONDS: i32 = 20;
/// The most messages that SQS hands out at once.
const MOST_MESSAGES: usize = 10;
/// How long a receive that is under way when the mapping is to stop may take to answer.
const LAST_RECEIVE: Duration = Duration::from_secs(2);
/// Pauses after a queue that does not answer, doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(5);

/// Feeds one queue to one function.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Reaches the queue.
    pub client: aws_sdk_sqs::Client,
    /// Where the messages come from.
    pub queue: Queue,
    /// Seconds that an empty queue holds back its answer, up to [`LONGEST_POLL_SECONDS`]. A queue that cannot be told
    /// to stop waiting should not hold it back for long: what it hands out after the mapping is gone stays hidden.
    pub poll_seconds: i32,
    /// The most messages that one invocation gets: 1 to 10, as at SQS.
    pub batch_size: i32,
    /// The most invocations at once. At least 1.
    pub concurrency: usize,
    /// How long one invocation may take before it is dropped, as Lambda's function time-out.
    pub function_timeout: Duration,
    /// How long running invocations may still take when the mapping is to stop.
    pub grace: Duration,
    /// What the deadline given to the function is reckoned with.
    pub clock: Clock,
}

impl Mapping {
    /// Invokes `function` until `stop` is cancelled; then receives no more, waits for what is
    /// running as long as the grace period, and drops the rest, whose messages come back by themselves.
    /// It ends sooner if a queue that holds back the last answer is told not to, too.
    ///
    /// The function gets the event and the moment at which its time is up.
    pub async fn run<F, R, E>(self, function: F, stop: CancellationToken)
    where
        F: Fn(SqsEvent, Timestamp) -> R + Send + Sync + 'static,
        R: Future<Output = Result<SqsBatchResponse, E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let mapping = Arc::new(self);
        let function = Arc::new(function);
        let room = Arc::new(Semaphore::new(mapping.concurrency.max(1)));
        let mut running = JoinSet::new();

        while let Some(Ok(permit)) = until(&stop, Arc::clone(&room).acquire_owned()).await {
            let permits = mapping.as_one_receive_can_feed(permit, &room);
            let mut receive = pin!(mapping.receive(permits.len(), mapping.poll_seconds));
            let Some(messages) = until(&stop, &mut receive).await else {
                // It may have taken messages already; dropped, it would hide them for long.
                let late = timeout(LAST_RECEIVE, receive).await.unwrap_or_default();
                mapping.give_back(&late).await;
                break;
            };
            let mut messages = messages.into_iter();
            for permit in permits {
                let messages: Vec<_> = messages.by_ref().take(mapping.messages_of_one()).collect();
                if messages.is_empty() {
                    break;
                }
                let (mapping, function) = (Arc::clone(&mapping), Arc::clone(&function));
                running.spawn(async move {
                    let done = mapping.invoke(&*function, messages).await;
                    // What remains to be done takes none of the function's time.
                    drop(permit);
                    mapping.delete(done).await;
                });
            }
            while running.try_join_next().is_some() {}
        }

        let ended = async { while running.join_next().await.is_some() {} };
        if timeout(mapping.grace, ended).await.is_err() {
            tracing::warn!(
                invocations = running.len(),
                "dropped {} invocations that did not end within the grace period",
                running.len()
            );
        }
    }

    /// Invokes `function` once, with what can be received without waiting. Says with how many messages;
    /// with none it does not invoke. For tests, which want to go step by step.
    pub async fn turn<F, R, E>(&self, function: &F) -> usize
    where
        F: Fn(SqsEvent, Timestamp) -> R,
        R: Future<Output = Result<SqsBatchResponse, E>>,
        E: Display,
    {
        let messages = self.receive(1, 0).await;
        let count = messages.len();
        if count > 0 {
            let done = self.invoke(function, messages).await;
            self.delete(done).await;
        }
        count
    }

    /// This permit and others that are free, for as many invocations as there can be messages in one receive.
    fn as_one_receive_can_feed(
        &self,
        permit: OwnedSemaphorePermit,
        room: &Arc<Semaphore>,
    ) -> Vec<OwnedSemaphorePermit> {
        let most = MOST_MESSAGES.div_ceil(self.messages_of_one());
        let others = iter::from_fn(|| Arc::clone(room).try_acquire_owned().ok());
        iter::once(permit).chain(others).take(most).collect()
    }

    fn messages_of_one(&self) -> usize {
        usize::try_from(self.batch_size).unwrap_or(1).max(1)
    }

    /// The next messages, for up to so many invocations; none if the queue stayed empty. Goes on asking while it does not answer.
    async fn receive(&self, invocations: usize, wait_seconds: i32) -> Vec<Message> {
        let messages = MOST_MESSAGES.min(invocations * self.messages_of_one());
        let mut pause = FIRST_PAUSE;
        loop {
            let received = self
                .client
                .receive_message()
                .queue_url(&self.queue.url)
                .max_number_of_messages(i32::try_from(messages).unwrap_or(1))
                .wait_time_seconds(wait_seconds)
                .message_system_attribute_names(MessageSystemAttributeName::All)
                .message_attribute_names("All")
                .customize()
                .config_override(unwatched())
                .send()
                .await;
            match received {
                Ok(received) => return received.messages.unwrap_or_default(),
                Err(error) => {
                    let (queue, error) = (&self.queue.url, DisplayErrorContext(error));
                    tracing::warn!(%queue, %error, "cannot receive from {queue}: {error}");
                }
            }
            sleep(pause).await;
            pause = LAST_PAUSE.min(pause * 2);
        }
    }

    /// Lets messages be seen again at once.
    async fn give_back(&self, messages: &[Message]) {
        if messages.is_empty() {
            return;
        }
        let entries = messages.iter().enumerate().map(|(index, message)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .set_receipt_handle(message.receipt_handle.clone())
                .visibility_timeout(0)
                .build()
                .expect("SQS gives each message a receipt handle")
        });
        let given_back = self
            .client
            .change_message_visibility_batch()
            .queue_url(&self.queue.url)
            .set_entries(Some(entries.collect()))
            .send()
            .await;
        if let Err(error) = given_back {
            let (queue, error) = (&self.queue.url, DisplayErrorContext(error));
            tracing::warn!(%queue, %error, "messages were not given back to {queue}: {error}");
        }
    }

    /// Says by their receipt handles which messages are done.
    async fn invoke<F, R, E>(&self, function: &F, messages: Vec<Message>) -> Vec<String>
    where
        F: Fn(SqsEvent, Timestamp) -> R,
        R: Future<Output = Result<SqsBatchResponse, E>>,
        E: Display,
    {
        let receipts = receipts(&messages);
        let event = self.event(messages);
        let deadline = self.clock.now() + self.function_timeout;
        // Calling the function is part of what may panic.
        let invocation = AssertUnwindSafe(async { function(event, deadline).await });

        let answered = match timeout(self.function_timeout, invocation.catch_unwind()).await {
            Ok(Ok(Ok(response))) => succeeded(receipts, &response),
            Ok(Ok(Err(error))) => Err(format!("it ended with an error: {error}")),
            Ok(Err(_panic)) => Err("it panicked".to_owned()),
            Err(_elapsed) => Err(format!("it took longer than {:?}", self.function_timeout)),
        };
        let queue = &self.queue.url;
        match answered {
            Ok(receipts) => receipts.into_values().collect(),
            Err(reason) => {
                tracing::error!(
                    %queue,
                    "an invocation for {queue} failed, its messages stay in the queue: {reason}"
                );
                Vec::new()
            }
        }
    }

    fn event(&self, messages: Vec<Message>) -> SqsEvent {
        let mut event = SqsEvent::default();
        event.records = messages
            .into_iter()
            .map(|message| record(message, &self.queue))
            .collect();
        event
    }

    /// Deletes what was answered for. What fails here comes again, which functions have to bear anyway.
    async fn delete(&self, receipts: Vec<String>) {
        if receipts.is_empty() {
            return;
        }
        let entries = receipts
            .into_iter()
            .enumerate()
            .map(|(index, receipt)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(receipt)
                    .build()
                    .expect("an entry with an id and a receipt handle is complete")
            })
            .collect();
        let deleted = self
            .client
            .delete_message_batch()
            .queue_url(&self.queue.url)
            .set_entries(Some(entries))
            .send()
            .await;
        let queue = &self.queue.url;
        match deleted {
            Ok(deleted) => {
                for failure in deleted.failed {
                    tracing::warn!(%queue, ?failure, "a message of {queue} was not deleted");
                }
            }
            Err(error) => {
                let error = DisplayErrorContext(error);
                tracing::warn!(%queue, %error, "messages of {queue} were not deleted: {error}");
            }
        }
    }
}

/// What `work` yields, or `None` if `stop` comes first. What is there already is not thrown away.
async fn until<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = stop.cancelled() => None,
    }
}

/// The SDK looks ten times a second whether a request that waits for its answer makes headway. A long
/// poll does not, on purpose.
fn unwatched() -> aws_sdk_sqs::config::Builder {
    aws_sdk_sqs::Config::builder()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

/// The receipt handle of each message id.
fn receipts(messages: &[Message]) -> HashMap<String, String> {
    messages
        .iter()
        .filter_map(|message| Some((message.message_id.clone()?, message.receipt_handle.clone()?)))
        .collect()
}

/// Of the messages given, those that the function did not report as failed.
fn succeeded(
    mut receipts: HashMap<String, String>,
    response: &SqsBatchResponse,
) -> Result<HashMap<String, String>, String> {
    let failed: HashSet<&str> = response
        .batch_item_failures
        .iter()
        .map(|failure| &*failure.item_identifier)
        .collect();
    for id in failed {
        if receipts.remove(id).is_none() {
            return Err(format!(
                "it reported `{id}`, which is no message of its batch"
            ));
        }
    }
    Ok(receipts)
}

/// A received message, as Lambda hands it to a function.
fn record(message: Message, queue: &Queue) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = message.message_id;
    record.receipt_handle = message.receipt_handle;
    record.body = message.body;
    record.md5_of_body = message.md5_of_body;
    record.md5_of_message_attributes = message.md5_of_message_attributes;
    record.attributes = message
        .attributes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .collect();
    record.message_attributes = message
        .message_attributes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    record.event_source = Some("aws:sqs".to_owned());
    record.event_source_arn = Some(queue.arn.clone());
    record.aws_region = queue.region().map(ToOwned::to_owned);
    record
}

fn attribute(value: MessageAttributeValue) -> SqsMessageAttribute {
    let mut attribute = SqsMessageAttribute::default();
    attribute.data_type = Some(value.data_type);
    attribute.string_value = value.string_value;
    attribute.binary_value = value.binary_value.map(|bytes| {
        let mut data = Base64Data::default();
        data.0 = bytes.into_inner();
        data
    });
    attribute
}
