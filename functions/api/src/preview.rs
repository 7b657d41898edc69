//! What extracts for a preview: whoever serves the operation brings it along.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use job::{Failure, Request};
use tokio::sync::Semaphore;

/// What a preview needs. Cheap to clone.
#[derive(Clone)]
pub struct Preview {
    run: Arc<Run>,
    /// As many at once as can be extracted; those beyond are refused.
    permits: Arc<Semaphore>,
}

type Run = dyn Fn(Request) -> Pin<Box<dyn Future<Output = Previewed> + Send>> + Send + Sync;

/// What came of a preview.
#[derive(Debug)]
pub enum Previewed {
    /// A result, as a job's would be: a JSON document.
    Done(Vec<u8>),
    /// The document cannot be extracted.
    Failed(Failure),
    /// It takes longer than [`Preview::MAX_TIME`].
    TooSlow,
    /// The extraction could not be run, which may pass.
    Unavailable,
}

impl Preview {
    /// The longest document, in bytes.
    pub const MAX_BYTES: usize = 256 << 10;

    /// How long the extraction may take.
    pub const MAX_TIME: Duration = Duration::from_secs(10);

    /// Previews by `run`, at most so many at once. A future of `run`'s that is dropped has to stop.
    pub fn new<F>(at_once: usize, run: impl Fn(Request) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Previewed> + Send + 'static,
    {
        Self {
            run: Arc::new(move |request| Box::pin(run(request))),
            permits: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Extracts; none if too many are under way.
    pub(crate) async fn run(&self, request: Request) -> Option<Previewed> {
        let _permit = self.permits.try_acquire().ok()?;
        Some((self.run)(request).await)
    }
}

impl fmt::Debug for Preview {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Preview").finish_non_exhaustive()
    }
}
