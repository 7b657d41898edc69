//! The engine on a thread of its own: extraction is long, synchronous work and must not hold up the async threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use extract::{Interrupted, Watch};
use job::{Failure, Phase, Request};
use tokio::sync::oneshot;

use crate::result;

/// Stack of the engine's thread, in bytes: parsers recurse. Only what is used takes memory.
const STACK_BYTES: usize = 64 << 20;

/// An extraction under way.
pub(crate) struct Engine {
    watch: Arc<Flag>,
    ended: oneshot::Receiver<Ended>,
}

/// How an extraction ended.
pub(crate) enum Ended {
    /// With a result: a JSON document.
    Done(Vec<u8>),
    /// The documents are at fault, or the engine.
    Failed(Failure),
    /// Because it was told to stop.
    Stopped,
}

/// Why an extraction is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Its job is no longer wanted, or another worker's.
    Cancelled = 1,
    /// The worker has no time left.
    OutOfTime = 2,
    /// It has had all the time that a job may take.
    TooSlow = 3,
}

impl Engine {
    /// Starts an extraction.
    pub(crate) fn start(request: Request) -> Self {
        let watch = Arc::new(Flag::default());
        let (tell, ended) = oneshot::channel();
        let flag = watch.clone();
        let thread = std::thread::Builder::new()
            .name("engine".into())
            .stack_size(STACK_BYTES);
        let started = thread.spawn(move || {
            // Nobody listens any more to a thread that did not stop when it was told to.
            let _ = tell.send(result::extract_all(request, &*flag));
        });
        if let Err(error) = started {
            tracing::error!(%error, "No thread for the engine");
        }
        Self { watch, ended }
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> Ended {
        // Panics are caught per document, so a thread without a word never began.
        (&mut self.ended).await.unwrap_or_else(|_| {
            Ended::Failed(Failure::new(
                "engine_failed",
                Phase::Extract,
                true,
                "The extraction could not be run.",
            ))
        })
    }

    /// Tells it to stop; it ends soon after, if it listens.
    pub(crate) fn stop(&self, why: Stop) {
        self.watch.0.store(why as u8, Ordering::Relaxed);
    }

    /// Why it was told to stop, if it was.
    pub(crate) fn stopped(&self) -> Option<Stop> {
        [Stop::Cancelled, Stop::OutOfTime, Stop::TooSlow]
            .into_iter()
            .find(|&stop| stop as u8 == self.watch.0.load(Ordering::Relaxed))
    }
}

/// Zero, or why the extraction is to stop.
#[derive(Default)]
struct Flag(AtomicU8);

impl Watch for Flag {
    fn check(&self) -> Result<(), Interrupted> {
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            stop if stop == Stop::Cancelled as u8 => Err(Interrupted::Cancelled),
            _ => Err(Interrupted::OutOfTime),
        }
    }
}
