//! One test's queues, wherever they are.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use local::sqs::{Queues, Storage};
use service::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

/// A client and what it talks to.
pub(super) struct World {
    pub(super) client: Client,
    /// `None`: somebody else's endpoint.
    pub(super) ours: Option<Ours>,
}

/// This crate's queues, served.
pub(super) struct Ours {
    pub(super) queues: Queues,
    pub(super) clock: Clock,
    stop: CancellationToken,
    server: AbortOnDropHandle<()>,
}

impl World {
    /// The endpoint that the environment names, else our own.
    pub(super) async fn new() -> Self {
        match foreign_endpoint() {
            Some(endpoint) => Self {
                client: client(&endpoint),
                ours: None,
            },
            None => Self::ours(Storage::Memory).await,
        }
    }

    /// Our own, whatever the environment says.
    pub(super) async fn ours(storage: Storage) -> Self {
        let clock = Clock::system();
        let queues = Queues::open(storage, clock.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = queues.router(&endpoint);
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let server = axum::serve(listener, router).with_graceful_shutdown(stopped);
        let server = tokio::spawn(async move { server.await.unwrap() });
        let server = AbortOnDropHandle::new(server);
        Self {
            client: client(&endpoint),
            ours: Some(Ours {
                queues,
                clock,
                stop,
                server,
            }),
        }
    }

    /// True on an endpoint that is not ours, for a test that shows where those differ from AWS. The
    /// reason is for the reader, who may want to try again one day.
    pub(super) fn differs_elsewhere(&self, reason: &str) -> bool {
        if self.ours.is_none() {
            tracing::warn!("left out on this endpoint: {reason}");
        }
        self.ours.is_none()
    }

    /// Seconds that a test can let pass: few where they are real, else so many that the test itself
    /// does not take as long.
    pub(super) fn moment(&self) -> i32 {
        if self.ours.is_some() { 60 } else { 1 }
    }

    /// Lets time pass: the clock's on ours, real time elsewhere. LocalStack looks once a second for what has become visible.
    pub(super) async fn pass(&self, seconds: i32) {
        let time = Duration::from_secs(seconds.unsigned_abs().into());
        match &self.ours {
            Some(ours) => {
                ours.clock.advance(time);
                ours.queues.look_again();
            }
            None => tokio::time::sleep(time + Duration::from_secs(1)).await,
        }
    }

    /// A new queue's address.
    pub(super) async fn queue(&self) -> String {
        self.queue_with(&[]).await
    }

    /// A new queue with these attributes.
    pub(super) async fn queue_with(&self, attributes: &[(QueueAttributeName, &str)]) -> String {
        let mut request = self.client.create_queue().queue_name(name());
        for (name, value) in attributes {
            request = request.attributes(name.clone(), *value);
        }
        request.send().await.unwrap().queue_url.unwrap()
    }

    /// A new queue whose messages go to that dead-letter queue when they were received so often.
    pub(super) async fn queue_with_dead_letters(&self, dead_letters: &str, max: u32) -> String {
        let arn = self
            .attribute(dead_letters, QueueAttributeName::QueueArn)
            .await;
        let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{max}}}"#);
        self.queue_with(&[(QueueAttributeName::RedrivePolicy, &policy)])
            .await
    }

    pub(super) async fn send(&self, queue: &str, body: &str) {
        self.client
            .send_message()
            .queue_url(queue)
            .message_body(body)
            .send()
            .await
            .unwrap();
    }

    /// What is there now, with all that can be known of it, hidden for `visibility_s`.
    pub(super) async fn receive(&self, queue: &str, visibility_s: i32) -> Vec<Message> {
        self.client
            .receive_message()
            .queue_url(queue)
            .max_number_of_messages(10)
            .visibility_timeout(visibility_s)
            .wait_time_seconds(0)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await
            .unwrap()
            .messages
            .unwrap_or_default()
    }

    /// The one message that is there.
    pub(super) async fn receive_one(&self, queue: &str, visibility_s: i32) -> Message {
        let [message] = self.receive(queue, visibility_s).await.try_into().unwrap();
        message
    }

    pub(super) async fn is_empty(&self, queue: &str) -> bool {
        self.receive(queue, 0).await.is_empty()
    }

    pub(super) async fn attributes(&self, queue: &str) -> HashMap<QueueAttributeName, String> {
        let request = self.client.get_queue_attributes().queue_url(queue);
        let request = request.attribute_names(QueueAttributeName::All);
        request.send().await.unwrap().attributes.unwrap()
    }

    pub(super) async fn attribute(&self, queue: &str, name: QueueAttributeName) -> String {
        self.attributes(queue).await.remove(&name).unwrap()
    }

    /// Visible, in flight, delayed.
    pub(super) async fn counts(&self, queue: &str) -> [String; 3] {
        let attributes = self.attributes(queue).await;
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ]
        .map(|name| attributes[&name].clone())
    }
}

impl Ours {
    /// Ends the server and waits until the store is closed.
    pub(super) async fn end(self) {
        let Self {
            queues,
            clock: _,
            stop,
            server,
        } = self;
        stop.cancel();
        server.await.unwrap();
        drop(queues);
    }
}

/// A queue name that nobody else uses.
pub(super) fn name() -> String {
    format!("test-{}", Uuid::new_v4())
}

pub(super) fn handle(message: &Message) -> &str {
    message.receipt_handle().unwrap()
}

pub(super) fn system<'a>(
    message: &'a Message,
    name: &MessageSystemAttributeName,
) -> Option<&'a str> {
    message
        .attributes()
        .and_then(|attributes| attributes.get(name))
        .map(String::as_str)
}

pub(super) fn bodies(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.body().unwrap())
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the suite is told where to run by the environment"
)]
fn foreign_endpoint() -> Option<String> {
    std::env::var("AWS_ENDPOINT_URL_SQS")
        .or_else(|_| std::env::var("AWS_ENDPOINT_URL"))
        .ok()
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}
