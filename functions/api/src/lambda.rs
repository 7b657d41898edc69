//! The API as Lambda invokes it: requests come in events of JSON, and answers leave in them.

use std::convert::Infallible;
use std::pin::Pin;

use axum::Router;
use http::StatusCode;
use http_body_util::BodyExt;
use lambda_http::{Body, IntoResponse, Request, Response};
use tower::{Service, ServiceExt};

/// Longest body that leaves as text. In a JSON string text may take twice its bytes and more, for each quote and
/// backslash is escaped; base64 takes a third more, whatever it holds. A function's event has 6 MB at most, so
/// what could grow past that leaves in base64: the gateway decodes it.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// The service that `lambda_http::Adapter` turns into a function.
pub fn lambda(
    router: Router,
) -> impl Service<Request, Response = Answer, Error = Infallible, Future: Send> + Clone {
    ServiceExt::<Request>::map_response(router, Answer)
}

/// An answer on its way into an event.
#[derive(Debug)]
pub struct Answer(axum::response::Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        let (parts, body) = self.0.into_parts();
        Box::pin(async move {
            let bytes = match body.collect().await {
                Ok(collected) => collected.to_bytes(),
                Err(error) => {
                    tracing::error!(%error, "Answer cut off");
                    let mut response = Response::new(Body::Empty);
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    return response;
                }
            };
            let small = bytes.len() <= MAX_TEXT_BYTES;
            let body = match std::str::from_utf8(&bytes) {
                Ok("") => Body::Empty,
                Ok(text) if small => Body::Text(text.to_owned()),
                Ok(_) | Err(_) => Body::Binary(bytes.into()),
            };
            Response::from_parts(parts, body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(body: impl Into<axum::body::Body>) -> Body {
        let response = axum::response::Response::new(body.into());
        Answer(response).into_response().await.into_body()
    }

    #[tokio::test]
    async fn text_leaves_as_text_while_it_cannot_outgrow_an_event() {
        assert!(matches!(sent("\"}").await, Body::Text(text) if text == "\"}"));
        assert!(matches!(sent("").await, Body::Empty));
        let long = "\"".repeat(4 << 20);
        assert!(
            matches!(sent(long.clone()).await, Body::Binary(bytes) if bytes == long.as_bytes())
        );
    }

    #[tokio::test]
    async fn bytes_leave_as_bytes() {
        assert!(matches!(sent(vec![0xff, 0]).await, Body::Binary(bytes) if bytes == [0xff, 0]));
    }
}
