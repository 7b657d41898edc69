//! One test's queue, and the mappings that it runs.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use jiff::Timestamp;
use local::endpoints::{Endpoints, Options, Pages, Ports, Storage};
use local::mapping::{LONGEST_POLL_SECONDS, Mapping};
use local::provision::{self, Queue};
use local::sqs::Queues;
use service::Clock;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long a received message of the queue stays hidden, on the queue's clock.
pub(crate) const VISIBILITY: Duration = Duration::from_mins(1);
/// What hangs for so long would hang for ever.
pub(crate) const HUNG: Duration = Duration::from_secs(15);

/// A queue on endpoints of its own.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) queue: Queue,
    pub(crate) dead_letters: Queue,
    pub(crate) webhooks: Queue,
    pub(crate) endpoints: Endpoints,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(Ports::default()).await
    }

    pub(crate) async fn at(ports: Ports) -> Self {
        let clock = Clock::system();
        let storage = Storage::Memory;
        let options = Options {
            storage,
            ports,
            clock: clock.clone(),
            pages: Pages::default(),
        };
        let endpoints = Endpoints::start(options).await.unwrap();
        let sqs = endpoints.clients().await.sqs;
        let queues = provision::queues(&sqs, "jobs", VISIBILITY).await.unwrap();
        Self {
            clock,
            sqs,
            queue: queues.jobs,
            dead_letters: queues.dead_letters,
            webhooks: queues.webhooks,
            endpoints,
        }
    }

    pub(crate) fn mapping(&self) -> Mapping {
        Mapping {
            client: self.sqs.clone(),
            queue: self.queue.clone(),
            poll_seconds: LONGEST_POLL_SECONDS,
            batch_size: 10,
            concurrency: 4,
            function_timeout: HUNG,
            grace: HUNG,
            clock: self.clock.clone(),
        }
    }

    /// Where this one listens for SQS; the rest does not matter.
    pub(crate) fn ports(&self) -> Ports {
        let (_, sqs) = self.endpoints.urls.sqs.rsplit_once(':').unwrap();
        let sqs = sqs.parse().unwrap();
        Ports {
            sqs,
            ..Ports::default()
        }
    }

    /// Up to ten messages at once, so that they can be received at once.
    pub(crate) async fn send(&self, bodies: &[&str]) {
        let entries = bodies.iter().enumerate().map(|(index, body)| {
            let entry = SendMessageBatchRequestEntry::builder();
            entry
                .id(index.to_string())
                .message_body(*body)
                .build()
                .unwrap()
        });
        let batch = self.sqs.send_message_batch().queue_url(&self.queue.url);
        let sent = batch
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .unwrap();
        assert!(sent.failed.is_empty(), "{sent:?}");
    }

    pub(crate) async fn send_to(&self, queue: &Queue, body: &str) {
        let send = self.sqs.send_message().queue_url(&queue.url);
        send.message_body(body).send().await.unwrap();
    }

    pub(crate) fn run<F, R, E>(&self, mapping: Mapping, function: F) -> Running
    where
        F: Fn(SqsEvent, Timestamp) -> R + Send + Sync + 'static,
        R: Future<Output = Result<SqsBatchResponse, E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = tokio::spawn(mapping.run(function, stop.clone()));
        Running {
            stop,
            task,
            queues: self.endpoints.queues.clone(),
        }
    }

    /// Starts a function that answers `outcome`, and tells how many records each invocation had.
    pub(crate) fn start<O, E>(&self, outcome: O) -> (Running, mpsc::UnboundedReceiver<usize>)
    where
        O: Fn(SqsEvent) -> Result<SqsBatchResponse, E> + Send + Sync + 'static,
        E: Display + Send + 'static,
    {
        let (handled, records) = mpsc::unbounded_channel();
        let outcome = Arc::new(outcome);
        let function = move |event: SqsEvent, _| {
            handled.send(event.records.len()).unwrap();
            let outcome = Arc::clone(&outcome);
            async move { outcome(event) }
        };
        (self.run(self.mapping(), function), records)
    }

    /// Runs a function that answers `outcome` until so many records went through it.
    pub(crate) async fn run_until_handled<O, E>(&self, records: usize, outcome: O)
    where
        O: Fn(SqsEvent) -> Result<SqsBatchResponse, E> + Send + Sync + 'static,
        E: Display + Send + 'static,
    {
        let (mapping, mut handled) = self.start(outcome);
        let mut seen = 0;
        while seen < records {
            seen += timeout(HUNG, handled.recv()).await.unwrap().unwrap();
        }
        mapping.stop().await;
    }

    /// The bodies still in the queue, once nothing is hidden any more; in alphabetical order.
    pub(crate) async fn left(&self) -> Vec<String> {
        self.clock.advance(VISIBILITY + Duration::from_secs(1));
        let mut bodies = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(&self.queue.url);
            let received = receive
                .max_number_of_messages(10)
                .visibility_timeout(5)
                .send()
                .await
                .unwrap();
            if received.messages().is_empty() {
                break;
            }
            bodies.extend(
                received
                    .messages()
                    .iter()
                    .map(|message| message.body().unwrap().into()),
            );
        }
        self.clock.advance(Duration::from_secs(6));
        bodies.sort();
        bodies
    }
}

/// A mapping at work.
pub(crate) struct Running {
    pub(crate) stop: CancellationToken,
    pub(crate) task: JoinHandle<()>,
    pub(crate) queues: Queues,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.queues.stop_waiting();
        timeout(HUNG, self.task)
            .await
            .expect("the mapping hangs")
            .unwrap();
    }
}
