//! The children: as many as there are documents under way, and some that wait for the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use extract::DocumentError;
use job::{Failure, Phase};
use serde_json::Value;
use service::metrics::{self, EngineEnd};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::document::{Document, NoOutcome};
use crate::gathered::Gathered;
use crate::input::Input;
use crate::process::Process;
use crate::{Extraction, Isolation, Measured, Settings};

/// A child that holds more than this part of what it may is replaced: the next document should find as much room as the first.
const GROWN: u64 = 4;

/// Extracts from documents, each in a child process. Cheap to clone; clones share the children, who end with the last.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    isolation: Isolation,
    settings: Settings,
    idle: Mutex<Vec<Process>>,
}

/// How the extraction of a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With a result: a JSON document.
    Done(Vec<u8>),
    /// The documents are at fault.
    Failed(Failure),
    /// Because it was told to stop.
    Stopped,
    /// It could not be run at all, which may pass.
    Unavailable,
}

/// How the extraction of one document of many ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum One {
    /// With a result, a JSON document: of a document that could not be extracted, too.
    Done {
        /// The result.
        result: Vec<u8>,
        /// Why nothing could be extracted.
        error: Option<DocumentError>,
    },
    /// What is wanted cannot be understood.
    Failed(Failure),
    /// Because it was told to stop.
    Stopped,
    /// It could not be run at all, which may pass.
    Unavailable,
}

impl Engine {
    /// An engine with no child yet.
    pub fn new(isolation: Isolation, settings: Settings) -> Self {
        let idle = Mutex::default();
        Self {
            shared: Arc::new(Shared {
                isolation,
                settings,
                idle,
            }),
        }
    }

    /// Starts the children ahead of need, so that no document waits for them to be ready.
    pub fn start_ahead(&self) {
        let idle = self.idle().len();
        for _ in idle..self.settings().processes {
            self.add();
        }
    }

    /// Extracts this from all these documents. A document that cannot be extracted is said so in the result; only when none could be,
    /// the extraction has failed. Told to stop, it ends within [`Settings::grace`]. Dropped, it leaves nothing running.
    pub async fn extract(
        &self,
        documents: &[Input],
        extract: &Value,
        stop: &CancellationToken,
    ) -> Extraction<Ended> {
        let begun = Instant::now();
        let mut gathered = Gathered::default();
        let all = self.all(documents, extract, &mut gathered, stop).await;
        let mut measured = Measured::default();
        let ended = match all {
            Ok(()) => {
                measured = gathered.measured();
                gathered.end().map_or_else(Ended::Failed, Ended::Done)
            }
            Err(NoOutcome::Stopped) => Ended::Stopped,
            Err(NoOutcome::Unavailable) => Ended::Unavailable,
            Err(NoOutcome::Refused) => Ended::Failed(unreadable()),
        };
        measured.time = begun.elapsed();
        Extraction { ended, measured }
    }

    async fn all(
        &self,
        documents: &[Input],
        extract: &Value,
        gathered: &mut Gathered,
        stop: &CancellationToken,
    ) -> Result<(), NoOutcome> {
        for (number, input) in documents.iter().enumerate() {
            let document = Document {
                number,
                sent: documents.len(),
                input,
                extract,
            };
            self.document(&document, gathered, stop).await?;
        }
        Ok(())
    }

    /// Extracts this from one document of many, as if it were the only one. It is part of the whole whatever becomes of it.
    pub async fn extract_one(
        &self,
        input: &Input,
        extract: &Value,
        stop: &CancellationToken,
    ) -> Extraction<One> {
        let begun = Instant::now();
        let mut measured = Measured::default();
        let mut gathered = Gathered::default();
        let document = Document {
            number: 0,
            sent: 1,
            input,
            extract,
        };
        let ended = match self.document(&document, &mut gathered, stop).await {
            Ok(()) => {
                measured = gathered.measured();
                let (result, error) = gathered.end_of_one();
                One::Done { result, error }
            }
            Err(NoOutcome::Stopped) => One::Stopped,
            Err(NoOutcome::Unavailable) => One::Unavailable,
            Err(NoOutcome::Refused) => One::Failed(unreadable()),
        };
        measured.time = begun.elapsed();
        Extraction { ended, measured }
    }

    /// What it may take.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// A child for a document, one that waits or a new one; none if none can be had.
    pub(crate) fn take(&self) -> Option<Process> {
        while let Some(mut process) = { self.idle().pop() } {
            if process.is_alive() {
                return Some(process);
            }
        }
        self.start(false)
    }

    /// Keeps a child for the next document.
    pub(crate) fn give_back(&self, process: Process, memory_bytes: u64) {
        if memory_bytes > self.settings().max_engine_memory_bytes / GROWN {
            metrics::engine_ended(EngineEnd::Grown);
            process.retire();
            self.add();
        } else if self.idle().len() < self.settings().processes {
            self.idle().push(process);
        } else {
            process.retire();
        }
    }

    fn add(&self) {
        if let Some(process) = self.start(true) {
            self.idle().push(process);
        }
    }

    fn start(&self, ahead: bool) -> Option<Process> {
        let started = Process::start(&self.shared.isolation, self.settings(), ahead);
        started
            .inspect_err(|error| tracing::error!(%error, "A child of the engine cannot be started"))
            .ok()
    }

    /// No panic leaves anything half done here.
    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        let idle = &self.shared.idle;
        idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            isolation,
            settings,
            idle: _,
        } = self;
        out.debug_struct("Engine")
            .field("isolation", isolation)
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}

fn unreadable() -> Failure {
    Failure::new(
        "request_unreadable",
        Phase::Extract,
        false,
        "What is to be extracted cannot be understood by this version of the service.",
    )
}
