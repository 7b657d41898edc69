//! A whole product for one test.

use std::convert::Infallible;
use std::time::Duration;

use api::{AuthSettings, DeadLetterQueues, QuotaSettings};
use aws_lambda_events::event::sqs::SqsEvent;
use axum::Router;
use axum::body::Body;
use engine::{Engine, Isolation};
use fetch::Policy;
use http::{Method, Request};
use http_body_util::BodyExt;
use jiff::Timestamp;
use local::endpoints::{self, Endpoints, Pages, Ports, Storage};
use local::mapping::Mapping;
use local::provision;
use notifier::Notifier;
use reaper::Reaper;
use service::{Clients, Clock};
use store::{Queue, Queues, Store};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use worker::{Elsewhere, Settings, Worker};

use crate::{Answer, JobBuilder, Wire};

/// How long an invocation may last. Also what the leases and the messages' visibility follow.
const FUNCTION_TIMEOUT: Duration = Duration::from_mins(5);

/// Invocations after which a queue that is still not empty never will be.
const MAX_TURNS: usize = 1_000;

/// API, worker, reaper and notifier on endpoints of their own.
pub struct Stack {
    /// The clock of all of it. Moving it moves leases, visibility and expiry.
    pub clock: Clock,
    /// The wire to the table.
    pub dynamodb: Wire,
    /// The wire to the queues.
    pub sqs: Wire,
    /// The wire to the bucket.
    pub s3: Wire,
    /// The store, through the wires.
    pub store: Store,
    /// The worker, through the wires.
    pub worker: Worker,
    /// The reaper, through the wires.
    pub reaper: Reaper,
    /// The notifier, through the wires.
    pub notifier: Notifier,
    /// The API, through the wires.
    pub api: Router,
    /// Ends what the API lets wait and what it streams, as where its process is to stop.
    pub stop: CancellationToken,
    /// Clients that reach the endpoints past the wires: for looking without being counted.
    pub clients: Clients,
    pub(crate) jobs: Mapping,
    pub(crate) dead_letters: Mapping,
    pub(crate) webhooks: Mapping,
    webhook_dead_letters: provision::Queue,
    endpoints: Endpoints,
    /// Whether nobody is asked who they are.
    is_open: bool,
}

/// How a stack differs from the usual.
#[derive(Debug, Clone)]
pub struct Options {
    /// The worker's pace.
    pub worker: Settings,
    /// Where documents are read: on threads, unless a test has a program that can be a child.
    pub isolation: Isolation,
    /// What the engine may take.
    pub engine: engine::Settings,
    /// Where documents are fetched from: from nowhere, unless a test has a place of its own.
    pub elsewhere: Elsewhere,
    /// Longest body of a request, in bytes.
    pub max_request_bytes: usize,
    /// How callers are known: nobody is asked, unless a test is about that.
    pub auth: AuthSettings,
    /// What tenants may have: everybody as much as it likes, and nobody looks, unless a test is about that.
    pub quotas: Option<QuotaSettings>,
    /// What may be reached from here: nothing, unless a test has something to be reached.
    pub policy: Policy,
}

impl Default for Options {
    fn default() -> Self {
        // A test does not wait two seconds for what it knows will not come.
        let worker = Settings {
            cancel_look: Duration::from_millis(10),
            look_again: Duration::from_millis(50),
            ..Settings::default()
        };
        Self {
            worker,
            isolation: Isolation::Thread,
            engine: engine::Settings::default(),
            elsewhere: Elsewhere::off(),
            max_request_bytes: service::DEFAULT_MAX_REQUEST_BYTES,
            auth: AuthSettings::Open,
            quotas: None,
            policy: Policy::off(),
        }
    }
}

impl Stack {
    /// Starts a stack.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts a stack that differs from the usual.
    pub async fn with(options: Options) -> Self {
        let clock = Clock::system();
        let endpoints = Endpoints::start(endpoints::Options {
            storage: Storage::Memory,
            ports: Ports::default(),
            clock: clock.clone(),
            pages: Pages::default(),
        })
        .await
        .unwrap();
        let clients = endpoints.clients().await;
        let (table, bucket) = ("jobs", "jobs");
        store::provision::create_table(&clients.dynamodb, table)
            .await
            .unwrap();
        provision::bucket(&clients.s3, bucket).await.unwrap();
        let queues = provision::queues(&clients.sqs, "jobs", FUNCTION_TIMEOUT * 6)
            .await
            .unwrap();

        let dynamodb = Wire::to(&endpoints.urls.dynamodb).await;
        let sqs = Wire::to(&endpoints.urls.sqs).await;
        let s3 = Wire::to(&endpoints.urls.s3).await;
        let wired = impatient(
            Clients::for_endpoints(&service::Endpoints {
                dynamodb: dynamodb.url.clone(),
                sqs: sqs.url.clone(),
                s3: s3.url.clone(),
            })
            .await,
        );
        let queue = |queue: &provision::Queue| Queue::new(wired.sqs.clone(), &queue.url);
        let dead_letter_queue = queue(&queues.dead_letters);
        let watched = DeadLetterQueues {
            jobs: Some(dead_letter_queue.clone()),
            webhooks: Some(queue(&queues.webhook_dead_letters)),
        };
        let sent_to = Queues {
            jobs: queue(&queues.jobs),
            webhooks: queue(&queues.webhooks),
        };
        let store = Store::new(wired.dynamodb, wired.s3, table, bucket, sent_to);
        let mapping = |queue| Mapping {
            client: clients.sqs.clone(),
            queue,
            poll_seconds: 0,
            batch_size: 10,
            concurrency: 1,
            function_timeout: FUNCTION_TIMEOUT,
            grace: Duration::ZERO,
            clock: clock.clone(),
        };
        let engine = Engine::new(options.isolation, options.engine);
        let preview = preview::preview(engine.clone());
        let is_open = options.auth.is_open();
        let stop = CancellationToken::new();
        let app = api::App::new(
            store.clone(),
            clock.clone(),
            api::Auth::new(options.auth, store.api_keys(), clock.clone()),
            options.max_request_bytes,
        )
        .watching(watched);
        let app = match options.quotas {
            Some(quotas) => app.limited_by(quotas),
            None => app,
        };
        Self {
            worker: Worker::new(
                store.clone(),
                clock.clone(),
                engine,
                options.elsewhere,
                options.worker,
            ),
            reaper: Reaper::new(store.clone(), dead_letter_queue, clock.clone()),
            notifier: Notifier::new(store.clone(), clock.clone(), options.policy),
            api: api::whole_router(app.streaming_until(stop.clone()), preview),
            stop,
            jobs: mapping(queues.jobs),
            dead_letters: mapping(queues.dead_letters),
            webhooks: mapping(queues.webhooks),
            webhook_dead_letters: queues.webhook_dead_letters,
            clock,
            dynamodb,
            sqs,
            s3,
            store,
            clients,
            endpoints,
            is_open,
        }
    }

    /// What a function of this stack finds in its environment, to reach the endpoints through the wires.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("TABLE_NAME", "jobs".into()),
            ("BUCKET_NAME", "jobs".into()),
            ("QUEUE_URL", self.jobs.queue.url.clone()),
            ("WEBHOOK_QUEUE_URL", self.webhooks.queue.url.clone()),
            ("DEAD_LETTER_QUEUE_URL", self.dead_letters.queue.url.clone()),
            (
                "WEBHOOK_DEAD_LETTER_QUEUE_URL",
                self.webhook_dead_letters.url.clone(),
            ),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url.clone()),
            ("AWS_ENDPOINT_URL_SQS", self.sqs.url.clone()),
            ("AWS_ENDPOINT_URL_S3", self.s3.url.clone()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", Clients::LOCAL_KEY.into()),
            ("AWS_SECRET_ACCESS_KEY", Clients::LOCAL_SECRET.into()),
        ];
        // A function that is told nothing asks for keys.
        if self.is_open {
            environment.push(("AUTH_MODE", "open".into()));
        }
        environment
    }

    /// A job to be made in some state.
    pub fn job(&self) -> JobBuilder<'_> {
        JobBuilder::new(self)
    }

    /// Sends a request to the API.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.api.clone().oneshot(request).await;
        let response = response.unwrap_or_else(|never: Infallible| match never {});
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// Sends a request without a body.
    pub async fn call(&self, method: Method, path: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// `GET`s a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).await
    }

    /// `POST`s to a path, without a body.
    pub async fn post(&self, path: &str) -> Answer {
        self.call(Method::POST, path).await
    }

    /// Starts a job with this body.
    pub async fn start_job(&self, content_type: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/api/v1/scan/start/").header("content-type", content_type);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Gives the worker what is visible in its queue, once. Says how many messages that was.
    pub async fn work_once(&self) -> usize {
        self.jobs
            .turn(&|event: SqsEvent, deadline: Timestamp| async move {
                Ok::<_, Infallible>(self.worker.handle(event, deadline).await)
            })
            .await
    }

    /// Gives the reaper what is visible in its queue, once. Says how many messages that was.
    pub async fn reap_once(&self) -> usize {
        self.dead_letters
            .turn(&|event: SqsEvent, deadline: Timestamp| async move {
                Ok::<_, Infallible>(self.reaper.handle(event, deadline).await)
            })
            .await
    }

    /// Gives the notifier what is visible in its queue, once. Says how many notices that was.
    pub async fn notify_once(&self) -> usize {
        self.webhooks
            .turn(&|event: SqsEvent, deadline: Timestamp| async move {
                Ok::<_, Infallible>(self.notifier.handle(event, deadline).await)
            })
            .await
    }

    /// Lets worker, reaper and notifier work until their queues are empty, moving the clock on where a message has to wait.
    pub async fn drain_queue(&self) {
        for _ in 0..MAX_TURNS {
            if self.work_once().await + self.reap_once().await + self.notify_once().await > 0 {
                continue;
            }
            let Some(next) = self.endpoints.queues.next_change().await.unwrap() else {
                return;
            };
            let wait = next.duration_since(self.clock.now());
            let wait = Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(1);
            self.clock.advance(wait);
        }
        panic!("after {MAX_TURNS} turns the queue is still not empty");
    }

    /// All keys in the bucket.
    pub async fn objects(&self) -> Vec<String> {
        let listed = self
            .clients
            .s3
            .list_objects_v2()
            .bucket("jobs")
            .send()
            .await
            .unwrap();
        listed
            .contents()
            .iter()
            .filter_map(|object| object.key().map(Into::into))
            .collect()
    }

    /// Empties the bucket.
    pub async fn delete_objects(&self) {
        for key in self.objects().await {
            let delete = self.clients.s3.delete_object().bucket("jobs").key(key);
            delete.send().await.unwrap();
        }
    }

    /// The number of items in the table, of whatever kind but counts and what the audit keeps, which outlive all else.
    pub async fn items(&self) -> usize {
        let scanned = self
            .clients
            .dynamodb
            .scan()
            .table_name("jobs")
            .send()
            .await
            .unwrap();
        let outlives = |pk: &str| pk.ends_with("#U") || pk.ends_with("#A");
        let items = scanned.items().iter();
        items
            .filter(|item| item["pk"].as_s().is_ok_and(|pk| !outlives(pk)))
            .count()
    }
}

/// The same clients, but their retries do not make a test wait.
fn impatient(clients: Clients) -> Clients {
    let Clients { dynamodb, sqs, s3 } = clients;
    let retries = service::retries().with_initial_backoff(Duration::from_millis(1));
    let dynamodb = dynamodb
        .config()
        .to_builder()
        .retry_config(retries.clone())
        .build();
    let sqs = sqs
        .config()
        .to_builder()
        .retry_config(retries.clone())
        .build();
    let s3 = s3.config().to_builder().retry_config(retries).build();
    Clients {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
        sqs: aws_sdk_sqs::Client::from_conf(sqs),
        s3: aws_sdk_s3::Client::from_conf(s3),
    }
}
