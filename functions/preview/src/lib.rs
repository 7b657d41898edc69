//! Previews: the API's operation that extracts at once, with the engine behind it. What a client sees of it is the crate `api`'s.
//!
//! A function of its own on AWS, for the API's carries no engine.
//!
//! **Invariant:** a preview leaves nothing behind: no job, no bytes, nothing running.

use std::time::Duration;

use api::{Preview, Previewed};
use engine::{Content, Ended, Engine, Extraction, Input};
use job::{Request, Source};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Previews by this engine: as many at once as it keeps children, each for as long as a preview may take.
pub fn preview(engine: Engine) -> Preview {
    let at_once = engine.settings().processes;
    Preview::new(at_once, move |request| {
        let engine = engine.clone();
        async move { within(&engine, request, Preview::MAX_TIME).await }
    })
}

async fn within(engine: &Engine, request: Request, time: Duration) -> Previewed {
    let stop = CancellationToken::new();
    let documents: Vec<Input> = request.documents.into_iter().map(input).collect();
    let extraction = engine.extract(&documents, &request.extract, &stop);
    tokio::pin!(extraction);
    let Extraction { ended, measured: _ } = tokio::select! {
        extraction = &mut extraction => extraction,
        () = sleep(time) => {
            stop.cancel();
            extraction.await
        }
    };
    match ended {
        Ended::Done(result) => Previewed::Done(result),
        Ended::Failed(failure) => Previewed::Failed(failure),
        Ended::Stopped => Previewed::TooSlow,
        Ended::Unavailable => Previewed::Unavailable,
    }
}

/// The operation takes nothing but documents that come with the request.
fn input(source: Source) -> Input {
    let content = match source.content {
        job::Content::Bytes(bytes) => Content::Bytes(bytes),
        _ => Content::Bytes(Vec::new()),
    };
    Input {
        name: source.name,
        media_type: source.media_type,
        content,
        origin: None,
    }
}
