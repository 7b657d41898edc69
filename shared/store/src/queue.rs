//! Queues: of jobs' messages, and of notices of their ends.

use std::time::Duration;

use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, QueueAttributeName};
use job::Tenant;

use crate::{Error, Message, Notice};

/// The longest visibility that SQS takes: 12 hours.
const MAX_VISIBILITY: Duration = Duration::from_hours(12);

/// The longest delay that SQS takes.
const MAX_DELAY: Duration = Duration::from_mins(15);

/// The most entries of a batch request.
const BATCH: usize = 10;

/// The queues that a store sends to.
#[derive(Debug, Clone)]
pub struct Queues {
    /// Feeds the worker.
    pub jobs: Queue,
    /// Feeds the notifier.
    pub webhooks: Queue,
}

/// How many messages a queue holds, as far as SQS knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Those that wait to be received.
    pub waiting: u64,
    /// Those that were received, and are neither done nor given back.
    pub in_flight: u64,
    /// Those that were sent to be seen later.
    pub delayed: u64,
}

/// A queue, as seen by whoever sends to it or handles what came from it. Receiving and deleting is the event source
/// mapping's work.
#[derive(Debug, Clone)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Queue {
    /// The queue at this URL.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self {
            client,
            url: url.into(),
        }
    }

    /// Sends a message. Tenants are message groups, so that one that floods the queue does not delay the others (fair queues).
    pub async fn send(&self, message: &Message) -> Result<(), Error> {
        self.send_after(message, Duration::ZERO).await
    }

    /// Sends a message that is not to be seen before this time is over: in whole seconds, 15 minutes at most.
    pub async fn send_after(&self, message: &Message, after: Duration) -> Result<(), Error> {
        self.put(&message.key.tenant, message.to_body(), after)
            .await
    }

    /// Sends the notice of a job's end.
    pub async fn send_notice(&self, notice: &Notice) -> Result<(), Error> {
        self.put(&notice.key.tenant, notice.to_body(), Duration::ZERO)
            .await
    }

    /// Sends what was received once and is no job's message.
    pub(crate) async fn send_again(&self, tenant: &Tenant, body: &str) -> Result<(), Error> {
        self.put(tenant, body.to_owned(), Duration::ZERO).await
    }

    async fn put(&self, tenant: &Tenant, body: String, after: Duration) -> Result<(), Error> {
        let seconds = after.min(MAX_DELAY).as_millis().div_ceil(1000);
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_group_id(tenant.as_str())
            .message_body(body)
            .set_delay_seconds((seconds > 0).then_some(seconds))
            .send()
            .await
            .map_err(Error::during("send message"))?;
        Ok(())
    }

    /// Looks how many messages there are.
    pub async fn backlog(&self) -> Result<Backlog, Error> {
        const WAITING: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
        const IN_FLIGHT: QueueAttributeName =
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        const DELAYED: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(WAITING)
            .attribute_names(IN_FLIGHT)
            .attribute_names(DELAYED)
            .send()
            .await
            .map_err(Error::during("count messages"))?;
        let attributes = answer.attributes.unwrap_or_default();
        let count = |name| attributes.get(&name).and_then(|count| count.parse().ok());
        Ok(Backlog {
            waiting: count(WAITING).unwrap_or(0),
            in_flight: count(IN_FLIGHT).unwrap_or(0),
            delayed: count(DELAYED).unwrap_or(0),
        })
    }

    /// Lets each message be seen again after the time given for it, counted from now. Messages are named by their receipt handles. A handle that is no
    /// longer good is passed over: whoever received the message since decides on it.
    pub async fn see_again_after(&self, messages: &[(String, Duration)]) -> Result<(), Error> {
        for batch in messages.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(|(index, (handle, after))| {
                // Rounded up: a message that is seen too early burns a receive.
                let seconds = after.min(&MAX_VISIBILITY).as_millis().div_ceil(1000);
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(handle)
                    .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
                    .build()
                    .expect("id and handle are set")
            });
            let answer = self
                .client
                .change_message_visibility_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries.collect()))
                .send()
                .await
                .map_err(Error::during("change visibility"))?;
            for refused in answer.failed() {
                tracing::debug!(code = refused.code(), "Visibility of a message not changed");
            }
        }
        Ok(())
    }
}
