//! The AWS endpoints of one machine: table, queues and objects, served on loopback by this process.
//!
//! The AWS SDKs talk to them over HTTP as they talk to AWS; nothing in the product knows the
//! difference. Each listens on a port of its own, for each of them wants the path `/`:
//!
//! | service | what answers | kept in the folder as | after a crash of the process | after a power cut |
//! | --- | --- | --- | --- | --- |
//! | DynamoDB | dynoxide on SQLite | `dynamodb.sqlite` | whole | whole (WAL, `synchronous=FULL`) |
//! | SQS | [`crate::sqs`] on SQLite | `sqs.sqlite` | whole | whole (likewise) |
//! | S3 | s3s-fs on plain files | `s3/` | whole | the newest objects may be lost (no fsync) |
//!
//! What differs from AWS: DynamoDB transactions never conflict and every read is consistent; expired
//! items go when [`Endpoints::sweep_expired`] runs (every ten minutes by itself); S3 ignores
//! lifecycle rules, wants keys below some 150 bytes and no key that is a folder of another one. S3
//! checks signatures, the other two do not.
//!
//! Whoever has an account on this machine can reach them, and so all that is in them: on loopback nobody is told from anybody else. Where
//! the machine is shared, that takes a container or a machine of its own. The folder, at least, is closed to others where it is made here.
//!
//! **Invariant:** nothing here listens on anything but 127.0.0.1, and one folder is never open
//! twice.

mod announced;
mod arrival;
mod dynamodb;
mod folder;
mod listing;
mod objects;
mod pages;
mod reached;
mod s3;

use std::path::{Path, PathBuf};
use std::time::Duration;

use service::{Clients, Clock};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use self::folder::FolderError;
pub use self::pages::Pages;
pub use self::reached::{ReachError, Reached};

use self::announced::Announced;
use self::folder::Folder;
use crate::listen::{ListenError, listen};
use crate::sqs;

/// The region that all endpoints claim to be in.
pub const REGION: &str = "us-east-1";

/// How long a request that is under way may hold up the end.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);
/// Time between two removals of expired items. AWS promises "within a few days".
const SWEEP_INTERVAL: Duration = Duration::from_mins(10);

/// What to start, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the data lives.
    pub storage: Storage,
    /// Where to listen.
    pub ports: Ports,
    /// What the queues, and in memory the table, take the time from.
    pub clock: Clock,
    /// Whose pages may follow links into the storage.
    pub pages: Pages,
}

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In this folder, which is made where it is missing. It survives a restart.
    Folder(PathBuf),
    /// In memory, the objects in a temporary folder. All of it is gone with the [`Endpoints`].
    Memory,
}

/// The port of each endpoint on 127.0.0.1; 0 takes any free one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ports {
    /// DynamoDB's.
    pub dynamodb: u16,
    /// SQS's.
    pub sqs: u16,
    /// S3's.
    pub s3: u16,
}

/// Why the endpoints did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A port cannot be had.
    #[error("the {service} endpoint cannot start: {source}")]
    Listen {
        /// The service whose port it is.
        service: &'static str,
        /// What is wrong with the port.
        source: ListenError,
    },
    /// Stored data cannot be opened.
    #[error("{service} cannot open its data in {}: {reason}", path.display())]
    Data {
        /// The service whose data it is.
        service: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the storage says.
        reason: String,
    },
}

/// The running endpoints. They stop when this is dropped, and more gently by [`Self::shutdown`].
pub struct Endpoints {
    /// Where they are.
    pub urls: service::Endpoints,
    /// What is behind the SQS endpoint.
    pub queues: sqs::Queues,
    database: dynamodb::Database,
    stop: CancellationToken,
    servers: JoinSet<()>,
    announced: Option<Announced>,
    // Last, so that the folder is let go after everything that writes to it.
    folder: Folder,
}

impl Endpoints {
    /// Opens the storage, then listens. The tables, queues and buckets in it are those that were
    /// made earlier: a new storage is empty.
    #[expect(
        clippy::unused_async,
        reason = "it starts tasks, and that it needs a runtime shows in its type"
    )]
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options {
            storage,
            ports,
            clock,
            pages,
        } = options;
        let folder = Folder::open(&storage)?;
        let database = dynamodb::open(folder.dynamodb().as_deref(), &clock)?;
        let queues = open_queues(folder.sqs(), clock)?;
        let objects = s3::router(&folder.s3())?.layer(pages.layer());

        let (dynamodb_port, dynamodb) = open_port("DynamoDB", ports.dynamodb)?;
        let (sqs_port, sqs) = open_port("SQS", ports.sqs)?;
        let (s3_port, s3) = open_port("S3", ports.s3)?;

        let stop = CancellationToken::new();
        let mut servers = JoinSet::new();
        servers.spawn(dynamodb::serve(
            dynamodb_port,
            database.clone(),
            stop.clone(),
        ));
        servers.spawn(serve(sqs_port, queues.router(&sqs), stop.clone()));
        servers.spawn(serve(s3_port, objects, stop.clone()));
        servers.spawn(sweep_regularly(database.clone(), stop.clone()));

        let urls = service::Endpoints { dynamodb, sqs, s3 };
        let announced = folder.announce(&urls)?;
        Ok(Self {
            urls,
            queues,
            database,
            stop,
            servers,
            announced,
            folder,
        })
    }

    /// SDK clients of these endpoints.
    pub async fn clients(&self) -> Clients {
        Clients::for_endpoints(&self.urls).await
    }

    /// The folder with the data; a temporary one holds the objects only.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Removes the items whose time to live has passed, now. Says how many.
    pub async fn sweep_expired(&self) -> usize {
        sweep(self.database.clone()).await
    }

    /// Stops accepting, lets requests that are under way finish within two seconds, and lets the
    /// folder go.
    pub async fn shutdown(mut self) {
        drop(self.announced.take());
        self.stop.cancel();
        self.queues.stop_waiting();
        let ended = timeout(SHUTDOWN_LIMIT, async {
            while self.servers.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            tracing::warn!("requests to the AWS endpoints were cut off at shutdown");
        }
    }
}

fn open_queues(file: Option<PathBuf>, clock: Clock) -> Result<sqs::Queues, StartError> {
    let path = file.clone().unwrap_or_default();
    let storage = file.map_or(sqs::Storage::Memory, sqs::Storage::File);
    sqs::Queues::open(storage, clock).map_err(|error| StartError::Data {
        service: "SQS",
        path,
        reason: error.to_string(),
    })
}

fn open_port(service: &'static str, port: u16) -> Result<(TcpListener, String), StartError> {
    let (listener, address) = listen(([127, 0, 0, 1], port).into())
        .map_err(|source| StartError::Listen { service, source })?;
    Ok((listener, format!("http://{address}")))
}

async fn serve(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "an AWS endpoint ended: {error}");
    }
}

async fn sweep_regularly(database: dynamodb::Database, stop: CancellationToken) {
    while timeout(SWEEP_INTERVAL, stop.cancelled()).await.is_err() {
        let removed = sweep(database.clone()).await;
        tracing::debug!(removed, "removed {removed} expired items");
    }
}

/// Off the async threads, for it reads the whole table.
async fn sweep(database: dynamodb::Database) -> usize {
    match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
        Ok(Ok(removed)) => removed,
        Ok(Err(error)) => {
            tracing::warn!(%error, "expired items could not be removed: {error}");
            0
        }
        Err(error) => {
            tracing::warn!(%error, "the removal of expired items broke off: {error}");
            0
        }
    }
}
