//! The endpoints of a data folder for a program that has something to do in it, whether a product runs on it or not.

use std::path::{Path, PathBuf};

use service::Clock;

use super::{Endpoints, FolderError, Options, Pages, Ports, StartError, Storage, announced};

/// The endpoints of a data folder.
pub enum Reached {
    /// Nobody worked in the folder: they run in this process, and end with this.
    Here(Box<Endpoints>),
    /// Another process runs them.
    There(service::Endpoints),
}

/// Why they cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// There is no such folder, or nothing that could be a product's is in it.
    #[error(
        "{} is no data folder: the product makes one when it first runs (`make run`)",
        .0.display()
    )]
    NoData(PathBuf),
    /// A process works in it and does not say where it answers.
    #[error(
        "the data folder {} is in use by the process {pid}, which does not say how to reach it: it starts only now, or is of another release. \
         Try again, or stop it first",
        path.display()
    )]
    Silent {
        /// The folder.
        path: PathBuf,
        /// The process, by its own note in the lock file.
        pid: String,
    },
    /// They do not start here.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Reached {
    /// Reaches the endpoints of this folder. Makes none: a name that was mistyped would be taken for a new product.
    pub async fn at(folder: &Path) -> Result<Self, ReachError> {
        if !folder.join("dynamodb.sqlite").is_file() {
            return Err(ReachError::NoData(folder.into()));
        }
        let started = Endpoints::start(Options {
            storage: Storage::Folder(folder.into()),
            ports: Ports::default(),
            clock: Clock::system(),
            pages: Pages::default(),
        });
        match started.await {
            Ok(endpoints) => Ok(Self::Here(Box::new(endpoints))),
            Err(StartError::Folder(FolderError::InUse { path, pid })) => {
                match announced::read(&path, &pid) {
                    Some(urls) => Ok(Self::There(urls)),
                    None => Err(ReachError::Silent { path, pid }),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Where they are.
    pub fn urls(&self) -> &service::Endpoints {
        match self {
            Self::Here(endpoints) => &endpoints.urls,
            Self::There(urls) => urls,
        }
    }

    /// Lets go what was begun here.
    pub async fn close(self) {
        if let Self::Here(endpoints) = self {
            endpoints.shutdown().await;
        }
    }
}
