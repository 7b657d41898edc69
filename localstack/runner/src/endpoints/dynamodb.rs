//! DynamoDB by dynoxide: one SQLite file, or memory.
//!
//! dynoxide opens its file in WAL mode and leaves `synchronous` at SQLite's default, FULL, so that
//! each answered write has been synced to the disk. Requests run one at a time, on the thread that
//! took them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use service::Clock;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::StartError;

pub(super) use dynoxide::Database;

/// Opens the file, or a database in memory that takes the time from `clock`. On disk dynoxide knows
/// the system's clock only; time matters to it nowhere but in the removal of expired items.
pub(super) fn open(file: Option<&Path>, clock: &Clock) -> Result<Database, StartError> {
    let opened = match file {
        Some(file) => match file.to_str() {
            Some(name) => Database::new(name),
            None => return Err(failure(file, &"the path has to be valid UTF-8")),
        },
        None => Database::memory_with_clock(Arc::new(Time(clock.clone()))),
    };
    opened.map_err(|error| failure(file.unwrap_or(Path::new(":memory:")), &error))
}

/// Serves until `stop`, on a thread of its own: the work of a request, the wait for the disk in it,
/// blocks the thread, and requests run one at a time anyway.
pub(super) async fn serve(listener: TcpListener, database: Database, stop: CancellationToken) {
    let (ended, end) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("dynamodb".to_owned())
        .spawn(move || {
            let _ = ended.send(serve_here(listener, database, stop));
        });
    let served = match thread {
        Ok(_) => end
            .await
            .unwrap_or_else(|_| Err("its thread panicked".to_owned())),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = served {
        tracing::error!(%error, "the DynamoDB endpoint ended: {error}");
    }
}

fn serve_here(
    listener: TcpListener,
    database: Database,
    stop: CancellationToken,
) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        // A listener belongs to the runtime that made it.
        let listener = listener.into_std().and_then(TcpListener::from_std);
        let listener = listener.map_err(|error| error.to_string())?;
        dynoxide::server::serve_with_shutdown(listener, database, stop.cancelled_owned()).await
    })
}

fn failure(path: &Path, reason: &dyn ToString) -> StartError {
    StartError::Data {
        service: "DynamoDB",
        path: PathBuf::from(path),
        reason: reason.to_string(),
    }
}

/// Our clock, as dynoxide asks for it.
struct Time(Clock);

impl dynoxide::storage_backend::Clock for Time {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_duration().as_secs_f64()
    }
}
