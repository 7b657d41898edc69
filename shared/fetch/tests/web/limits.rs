//! Documents that are too long, or never end.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use fetch::{Conditions, FetchError, Fetcher, Limits, Policy, SystemResolver};
use http::HeaderMap;
use hyper::body::{Body as HttpBody, Frame};
use tokio::net::TcpListener;

use crate::answers::gzip;
use crate::site::{Asked, LIMITS, Site, answer};

const MOST: usize = LIMITS.max_bytes;

/// A body that goes on as long as it is read.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = Bytes::from_static(&[b'a'; 4096]);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

fn sized(asked: &Asked) -> Response {
    match &*asked.path {
        "/most" => answer(asked, 200, &[], vec![b'a'; MOST]),
        "/more" => answer(asked, 200, &[], vec![b'a'; MOST + 1]),
        "/endless" => answer(asked, 200, &[], Body::new(Endless)),
        "/packed" => packed(asked, MOST),
        "/packed-more" => packed(asked, MOST + 1),
        // A thousandth of it would be more than is taken.
        "/bomb" => packed(asked, 200_000_000),
        _ => answer(asked, 404, &[], ""),
    }
}

fn packed(asked: &Asked, bytes: usize) -> Response {
    let packed = gzip(&vec![b'a'; bytes]);
    answer(asked, 200, &[("Content-Encoding", "gzip")], packed)
}

#[tokio::test]
async fn what_is_longer_than_the_limit_is_refused_as_sent_and_unpacked() {
    let site = Site::new(sized).await;
    for path in ["/most", "/packed"] {
        assert_eq!(site.get(path).await.unwrap().bytes.len(), MOST);
    }
    for path in ["/more", "/endless", "/packed-more", "/bomb"] {
        let error = site.get(path).await.unwrap_err();
        assert_eq!(error, FetchError::TooLarge(MOST), "{path}");
        assert!(error.to_string().contains("max_fetch_bytes is 100000"));
    }
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    // Never answers, for it is never asked to.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let policy = Policy::default().allowing(&address).unwrap();
    let limits = Limits {
        fetch_time: Duration::from_millis(50),
        ..LIMITS
    };
    let fetcher = Fetcher::with(policy, limits, Arc::new(SystemResolver));
    let url = format!("http://{address}/");
    let error = fetcher.get(&url, &Conditions::default()).await.unwrap_err();
    assert!(matches!(error, FetchError::TimedOut(_)));
    assert!(error.is_transient());
    let error = fetcher.post(&url, HeaderMap::new(), "x".into()).await;
    assert!(matches!(error, Err(FetchError::TimedOut(_))));
}
