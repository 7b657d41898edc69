//! Who serves functions as `cargo lambda watch` does.

use aws_lambda_events::event::sqs::SqsEvent;
use axum::Json;
use axum::extract::Path;
use axum::http::Uri;
use axum::response::Response;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// A server that answers each invocation as a test wants. It ends when it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The name of each function that was invoked, with the bodies of its messages.
    pub(crate) invocations: mpsc::UnboundedReceiver<(String, Vec<String>)>,
    _task: AbortOnDropHandle<()>,
}

impl Server {
    pub(crate) async fn new<A>(answer: A) -> Self
    where
        A: Fn(&SqsEvent) -> Response + Clone + Send + Sync + 'static,
    {
        let (seen, invocations) = mpsc::unbounded_channel();
        let invoke = move |Path(name): Path<String>, Json(event): Json<SqsEvent>| async move {
            let bodies = event.records.iter().map(|record| record.body.clone());
            seen.send((name, bodies.map(Option::unwrap).collect()))
                .unwrap();
            answer(&event)
        };
        let router = axum::Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .fallback(async |uri: Uri| format!("nobody should ask for {uri}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            invocations,
            _task: AbortOnDropHandle::new(task),
        }
    }
}
