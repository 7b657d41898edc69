//! The data folder, and the lock that keeps a second process out of it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::Storage;
use super::announced::Announced;

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process works in it.
    #[error(
        "the data folder {} is in use by another process (pid {pid}); stop that one, or choose \
         another folder with DATA_DIR",
        path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The other process, by its own note in the lock file; `unknown` if that is empty.
        pid: String,
    },
    /// It cannot be made, read or written.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A folder that is ours alone until this is dropped.
#[derive(Debug)]
pub(super) enum Folder {
    Kept { path: PathBuf, _lock: File },
    Temporary(TempDir),
}

impl Folder {
    pub(super) fn open(storage: &Storage) -> Result<Self, FolderError> {
        match storage {
            Storage::Folder(path) => Self::lock(path),
            Storage::Memory => tempfile::Builder::new()
                .prefix("local-s3-")
                .tempdir()
                .map(Self::Temporary)
                .map_err(|source| FolderError::Io {
                    path: std::env::temp_dir(),
                    source,
                }),
        }
    }

    fn lock(path: &Path) -> Result<Self, FolderError> {
        let failure = |source| FolderError::Io {
            path: path.into(),
            source,
        };
        make_private(path)
            .and_then(|()| fs::create_dir_all(path.join("s3")))
            .map_err(failure)?;
        let path = path.canonicalize().map_err(failure)?;

        let lock_file = path.join("lock");
        // Not truncated here: until the lock is ours, what it says is the other process's.
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&lock_file)
            .map_err(failure)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = fs::read_to_string(&lock_file).unwrap_or_default();
                let pid = if pid.trim().is_empty() {
                    "unknown"
                } else {
                    pid.trim()
                };
                return Err(FolderError::InUse {
                    path,
                    pid: pid.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failure(source)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(failure)?;
        Ok(Self::Kept { path, _lock: lock })
    }

    /// Says in the folder where its endpoints answer, unless it is a temporary one.
    pub(super) fn announce(
        &self,
        urls: &service::Endpoints,
    ) -> Result<Option<Announced>, FolderError> {
        match self {
            Self::Kept { path, .. } => {
                let written = Announced::write(path, urls);
                let failure = |source| FolderError::Io {
                    path: path.clone(),
                    source,
                };
                written.map(Some).map_err(failure)
            }
            Self::Temporary(_) => Ok(None),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Kept { path, .. } => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// The table's file; `None` in memory.
    pub(super) fn dynamodb(&self) -> Option<PathBuf> {
        self.file("dynamodb.sqlite")
    }

    /// The queues' file; `None` in memory.
    pub(super) fn sqs(&self) -> Option<PathBuf> {
        self.file("sqs.sqlite")
    }

    /// The folder of the buckets.
    pub(super) fn s3(&self) -> PathBuf {
        match self {
            Self::Kept { path, .. } => path.join("s3"),
            Self::Temporary(folder) => folder.path().to_path_buf(),
        }
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Kept { path, .. } => Some(path.join(name)),
            Self::Temporary(_) => None,
        }
    }
}

/// Makes a folder that is its owner's alone. One that is there stays as it is.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
