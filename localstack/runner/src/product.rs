//! The whole product in this process: API, worker, reaper and notifier as Lambda runs them, on the embedded
//! endpoints.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use access::{KeyRecord, KeyState, Scope};
use api::{App, Auth, AuthSettings, DeadLetterQueues, Preview};
use aws_lambda_events::event::sqs::SqsEvent;
use engine::{Engine, Isolation};
use futures::FutureExt as _;
use jiff::Timestamp;
use job::{Tenant, limits};
use notifier::Notifier;
use reaper::Reaper;
use service::{Clients, Clock};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use worker::{Elsewhere, Worker};

use crate::endpoints::{self, Endpoints, Pages, StartError, Storage};
use crate::lifecycle;
use crate::listen::{ListenError, listen};
use crate::mapping::{LONGEST_POLL_SECONDS, Mapping};
use crate::metrics;
use crate::provision::{self, ProvisionError, Queue, Queues};
use crate::server::{self, Bounds};
use crate::settings::Settings;
use crate::signals::Signals;

/// What the table, the bucket and the queue are called.
pub const NAME: &str = "jobs";
/// How long one batch may take: the longest extraction has to fit in, with time to write its result.
const FUNCTION_TIMEOUT: Duration = limits::EXTRACT_TIME.saturating_add(Duration::from_secs(15));
/// How long a message is hidden whose receiver says nothing else.
const VISIBILITY: Duration = FUNCTION_TIMEOUT.saturating_add(Duration::from_secs(10));
/// Batches at once of what is no job. One that waits for its slowest message should not hold up the next.
const BATCHES_AT_ONCE: usize = 2;
/// Messages of such a batch.
const BATCH_SIZE: i32 = 10;
/// How long jobs that are running at the end may take to come to theirs, before they are released.
const FINISH: Duration = Duration::from_secs(5);
/// How long all that is under way may still take at the end.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the product until a signal comes. Documents are read in child processes of this program.
pub async fn run(
    settings: &Settings,
    engine: engine::Settings,
    elsewhere: Elsewhere,
) -> Result<ExitCode, Box<dyn Error>> {
    let mut signals = Signals::install()?;
    let engine = Engine::new(Isolation::this_program(), engine);
    if settings.worker {
        engine.start_ahead();
    }
    let product = Product::start(settings, engine, elsewhere, Clock::system()).await?;
    io::stdout().write_all(greeting(&product).as_bytes())?;
    signals.next().await;
    tracing::info!("Stopping");
    let code = signals.unless_repeated(Box::pin(product.shutdown())).await;
    tracing::info!("Stopped");
    Ok(code)
}

/// The running product.
pub struct Product {
    /// Where the API answers, as `http://host:port`.
    pub url: String,
    /// What it stands on.
    pub endpoints: Endpoints,
    callers: Callers,
    worker: Worker,
    store: Store,
    clock: Clock,
    stop: CancellationToken,
    running: JoinSet<()>,
}

/// How callers are known, and whether there can be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// Nobody is asked.
    Anybody,
    /// By a key.
    Known,
    /// By a key, and there is none yet with which others could be made.
    NobodyYet,
}

/// Why the product did not start.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// Its port cannot be had.
    #[error("the API cannot start: {0}; LISTEN says which")]
    Listen(#[from] ListenError),
    /// The embedded endpoints did not start.
    #[error(transparent)]
    Endpoints(#[from] StartError),
    /// The table could not be made.
    #[error("cannot set up the table `{NAME}`: {0}")]
    Table(#[from] store::Error),
    /// The queues or the bucket could not be made.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The messages that an earlier run had received could not be taken back.
    #[error("cannot take up what an earlier run left: {0}")]
    Queues(#[from] crate::sqs::Error),
}

impl Product {
    /// Starts everything. What an earlier run left in the data folder goes on.
    pub async fn start(
        settings: &Settings,
        engine: Engine,
        elsewhere: Elsewhere,
        clock: Clock,
    ) -> Result<Self, ProductError> {
        let (listener, address) = listen(settings.listen)?;
        let endpoints = Endpoints::start(endpoints::Options {
            storage: Storage::Folder(settings.data.clone()),
            ports: settings.aws_ports.unwrap_or_default(),
            clock: clock.clone(),
            pages: Pages::served_at(address),
        })
        .await?;
        let clients = endpoints.clients().await;
        let queues = provision(&clients).await?;
        let functions = Functions::new(
            settings,
            clients.clone(),
            &queues,
            engine,
            elsewhere,
            &clock,
        );
        take_up(&endpoints, &functions.store, clock.now()).await?;
        let callers = callers(&settings.auth, &functions.store, clock.now()).await?;
        let worker = functions.worker.clone();
        let store = functions.store.clone();
        let stop = CancellationToken::new();
        let mapping = |queue: Queue, batch_size: i32, concurrency: usize| Mapping {
            client: clients.sqs.clone(),
            queue,
            poll_seconds: LONGEST_POLL_SECONDS,
            batch_size,
            concurrency,
            function_timeout: FUNCTION_TIMEOUT,
            grace: GRACE,
            clock: clock.clone(),
        };
        // No more messages than there are cores for. One that waits here burns one of its ten receives, and would begin before those
        // of other tenants, whose turn comes in the queue.
        let jobs = settings.worker.then(|| mapping(queues.jobs, 1, cores()));
        let dead_letters = mapping(queues.dead_letters, BATCH_SIZE, BATCHES_AT_ONCE);
        let webhooks = mapping(queues.webhooks, BATCH_SIZE, BATCHES_AT_ONCE);
        let mut running = functions.wire(listener, jobs, dead_letters, webhooks, &stop);
        running.spawn(lifecycle::keep(
            clients.s3.clone(),
            NAME,
            clock.clone(),
            stop.clone(),
        ));
        Ok(Self {
            url: format!("http://{address}"),
            endpoints,
            callers,
            worker,
            store,
            clock,
            stop,
            running,
        })
    }

    /// Takes nothing new, lets what is under way come to its end, releases what takes longer, and ends the endpoints last.
    pub async fn shutdown(self) {
        let Self {
            url: _,
            endpoints,
            callers: _,
            worker,
            store,
            clock,
            stop,
            mut running,
        } = self;
        stop.cancel();
        // A mapping waits for the answer to its last question.
        endpoints.queues.stop_waiting();
        let ended = async { while running.join_next().await.is_some() {} };
        tokio::pin!(ended);
        if timeout(FINISH, &mut ended).await.is_err() {
            worker.stop();
            ended.await;
        }
        Box::pin(store.add_usage(clock.now())).await;
        endpoints.shutdown().await;
    }
}

/// Takes up at once what an earlier run left when it was killed. The data folder is locked, so it is certain that nobody
/// else holds a lease or a message: they need not run out first.
async fn take_up(endpoints: &Endpoints, store: &Store, now: Timestamp) -> Result<(), ProductError> {
    let messages = endpoints.queues.take_back().await?;
    let jobs = store.end_all_leases(now).await?;
    if messages + jobs > 0 {
        tracing::info!(messages, jobs, "Taking up what an earlier run left");
    }
    Ok(())
}

async fn callers(
    auth: &AuthSettings,
    store: &Store,
    now: Timestamp,
) -> Result<Callers, ProductError> {
    match auth {
        AuthSettings::Open => return Ok(Callers::Anybody),
        // Whoever the identity provider says is an admin can make keys.
        AuthSettings::KeysAndTokens(_) => return Ok(Callers::Known),
        AuthSettings::Keys => {}
    }
    #[expect(clippy::disallowed_methods, reason = "its admins run the installation")]
    let operators = Tenant::sole();
    let keys = store.api_keys().list(&operators).await?;
    let is_admin =
        |key: &KeyRecord| key.state(now) == KeyState::Active && key.scopes.allow(Scope::Admin);
    if keys.iter().any(is_admin) {
        Ok(Callers::Known)
    } else {
        Ok(Callers::NobodyYet)
    }
}

async fn provision(clients: &Clients) -> Result<Queues, ProductError> {
    store::provision::create_table(&clients.dynamodb, NAME).await?;
    provision::bucket(&clients.s3, NAME).await?;
    Ok(provision::queues(&clients.sqs, NAME, VISIBILITY).await?)
}

/// The functions, as `template.yaml` makes them on AWS.
struct Functions {
    store: Store,
    app: App,
    bounds: Bounds,
    preview: Preview,
    worker: Worker,
    reaper: Reaper,
    notifier: Notifier,
}

impl Functions {
    fn new(
        settings: &Settings,
        clients: Clients,
        queues: &Queues,
        engine: Engine,
        elsewhere: Elsewhere,
        clock: &Clock,
    ) -> Self {
        let policy = elsewhere.fetcher.policy().clone();
        let Clients { dynamodb, sqs, s3 } = clients;
        let queue = |queue: &Queue| store::Queue::new(sqs.clone(), &queue.url);
        let dead_letters = queue(&queues.dead_letters);
        let watched = DeadLetterQueues {
            jobs: Some(dead_letters.clone()),
            webhooks: Some(queue(&queues.webhook_dead_letters)),
        };
        let sent_to = store::Queues {
            jobs: queue(&queues.jobs),
            webhooks: queue(&queues.webhooks),
        };
        let store = Store::new(dynamodb, s3, NAME, NAME, sent_to);
        Self {
            app: App::new(
                store.clone(),
                clock.clone(),
                Auth::new(settings.auth.clone(), store.api_keys(), clock.clone()),
                settings.max_request_bytes,
            )
            .sharing_with(settings.cors.clone())
            .watching(watched)
            .limited_by(settings.quotas)
            .called(settings.hosts.clone()),
            bounds: settings.bounds,
            preview: preview::preview(engine.clone()),
            worker: Worker::new(
                store.clone(),
                clock.clone(),
                engine,
                elsewhere,
                worker::Settings::default(),
            ),
            reaper: Reaper::new(store.clone(), dead_letters, clock.clone()),
            notifier: Notifier::new(store.clone(), clock.clone(), policy),
            store,
        }
    }

    /// Connects each function to what feeds it.
    fn wire(
        self,
        listener: TcpListener,
        jobs: Option<Mapping>,
        dead_letters: Mapping,
        webhooks: Mapping,
        stop: &CancellationToken,
    ) -> JoinSet<()> {
        let Self {
            store: _,
            app,
            bounds,
            preview,
            worker,
            reaper,
            notifier,
        } = self;
        let mut running = JoinSet::new();
        let app = app.streaming_until(stop.clone());
        let router = api::whole_router_with(app, preview, metrics::router());
        running.spawn(server::serve(listener, router, bounds, GRACE, stop.clone()));
        running.spawn(
            stop.clone()
                .run_until_cancelled_owned(metrics::keep())
                .map(drop),
        );
        if let Some(jobs) = jobs {
            let function = move |event: SqsEvent, deadline| {
                let worker = worker.clone();
                async move { Ok::<_, Infallible>(worker.handle(event, deadline).await) }
            };
            running.spawn(jobs.run(function, stop.clone()));
        }
        let function = move |event: SqsEvent, deadline| {
            let reaper = reaper.clone();
            async move { Ok::<_, Infallible>(reaper.handle(event, deadline).await) }
        };
        running.spawn(dead_letters.run(function, stop.clone()));
        let function = move |event: SqsEvent, deadline| {
            let notifier = notifier.clone();
            async move { Ok::<_, Infallible>(notifier.handle(event, deadline).await) }
        };
        running.spawn(webhooks.run(function, stop.clone()));
        running
    }
}

/// As many as the worker runs extractions at once.
fn cores() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

fn greeting(product: &Product) -> String {
    let Product {
        url,
        endpoints,
        callers,
        ..
    } = product;
    let service::Endpoints { dynamodb, sqs, s3 } = &endpoints.urls;
    let folder = endpoints.folder().display();
    let create = format!("scan keys create --admin --data {folder}");
    let (callers, key) = match callers {
        Callers::Anybody => ("anybody who reaches this address".to_owned(), ""),
        Callers::Known => (
            format!("need a key; another admin's: {create}"),
            "-H \"X-Api-Key: $KEY\" ",
        ),
        Callers::NobodyYet => (
            format!("need a key, and there is none yet; the first: make key, or {create}"),
            "-H \"X-Api-Key: $KEY\" ",
        ),
    };
    format!(
        "
  API      {url}/api/v1/
  Docs     {url}/api/docs/
  Health   {url}/api/v1/health/
  Metrics  {url}/metrics
  Callers  {callers}
  Data     {folder}
  AWS      DynamoDB {dynamodb}  SQS {sqs}  S3 {s3}

  Try      curl {key}-X POST {url}/api/v1/scan/start/
  Stop     Ctrl-C

"
    )
}
