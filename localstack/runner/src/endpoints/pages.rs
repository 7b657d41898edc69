//! Which pages may follow links into the storage out of a browser, as the bucket's CORS configuration says it on AWS.
//!
//! Here the key that signs links is known to everybody, so a page that is let in could sign for itself whatever is let through. None is, but those
//! that are named, and they no further than links lead.

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// How long a browser may keep the answer to its question, as the template has it.
const MAX_AGE: Duration = Duration::from_hours(1);

/// The origins whose pages may follow links into the storage. None by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages(Vec<HeaderValue>);

impl Pages {
    /// Those that are served at this address, by whichever of this machine's own names a browser knows it.
    pub fn served_at(address: SocketAddr) -> Self {
        let port = address.port();
        let names = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("http://{name}:{port}"));
        let named = names.into_iter().chain([format!("http://{address}")]);
        Self::of(named.map(|origin| origin.trim_end_matches(":80").to_owned()))
    }

    /// Those of these origins, as browsers write them (`http://localhost:9000`).
    pub fn of(origins: impl IntoIterator<Item = String>) -> Self {
        let origins = origins.into_iter();
        Self(
            origins
                .filter_map(|it| HeaderValue::try_from(it).ok())
                .collect(),
        )
    }

    /// Answers their browsers, and nobody else's.
    pub(super) fn layer(self) -> CorsLayer {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.0))
            .allow_methods([Method::GET, Method::HEAD, Method::PUT])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::ETAG, header::CONTENT_RANGE])
            .max_age(MAX_AGE)
    }
}
