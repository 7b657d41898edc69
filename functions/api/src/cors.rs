//! Which pages of other origins may use the API out of a browser.

use std::fmt;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use tower::{Layer, ServiceExt};
use tower_http::cors::{Any, CorsLayer, Vary};

use crate::problem::Problem;

/// How long a browser may keep the answer to its question. None keeps it for longer.
const MAX_AGE: Duration = Duration::from_hours(2);

/// What stands for all origins.
const ANY: &str = "*";

/// How a browser tells where the page is from that sends a request. No page can set it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const METHODS: [Method; 5] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
];

/// What clients may send.
const SENT: [HeaderName; 12] = [
    header::AUTHORIZATION,
    header::CONTENT_DISPOSITION,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::RANGE,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("prefer"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-tenant"),
];

/// What a page may read of an answer, beside what it may always read.
const READ: [HeaderName; 13] = [
    header::ALLOW,
    header::CONTENT_DISPOSITION,
    header::ETAG,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("deprecation"),
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("preference-applied"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("x-request-id"),
];

/// The origins whose pages may use the API. None, unless they are named. Cheap to clone.
///
/// Nothing here goes by cookies, so none are asked for: a page needs a key or a token like everybody else.
#[derive(Debug, Clone, Default)]
pub struct Cors(Option<Sharing>);

#[derive(Debug, Clone)]
struct Sharing {
    origins: Origins,
    layer: CorsLayer,
}

#[derive(Debug, Clone)]
enum Origins {
    Any,
    Named(Vec<HeaderValue>),
}

/// An origin that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsError(String);

impl Cors {
    /// Reads `CORS_ORIGINS`, origins such as `https://app.example.com` joined by commas, or `*` for all, by `get`, which yields none
    /// for a variable that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, CorsError> {
        let origins = get("CORS_ORIGINS").unwrap_or_default();
        let origins = origins.split(',').map(str::trim);
        let origins: Vec<&str> = origins.filter(|origin| !origin.is_empty()).collect();
        Ok(Self(match origins[..] {
            [] => None,
            [ANY] => Some(Sharing::with(Origins::Any)),
            _ => {
                let origins = origins.into_iter().map(parse);
                let origins = origins.collect::<Result<_, _>>()?;
                Some(Sharing::with(Origins::Named(origins)))
            }
        }))
    }

    /// Refuses what the page of a stranger has its visitor's browser change. A browser sends that without asking where it looks like
    /// a form, and whoever is let in by where it runs, not by a key, would do it.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Problem> {
        if request.method().is_safe() || is_of_this_origin(request.headers()) {
            return Ok(());
        }
        match request.headers().get(header::ORIGIN) {
            Some(origin) if self.lets_in(origin) => Ok(()),
            _ => Err(cross_origin()),
        }
    }

    /// Whether pages of this origin may use the API.
    fn lets_in(&self, origin: &HeaderValue) -> bool {
        self.0
            .as_ref()
            .is_some_and(|sharing| sharing.origins.contain(origin))
    }

    /// Whether the browser of a page that is let in asks what the page may do.
    fn is_asked(&self, request: &Request) -> bool {
        let headers = request.headers();
        headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
            && headers
                .get(header::ORIGIN)
                .is_some_and(|origin| self.lets_in(origin))
    }
}

impl Sharing {
    fn with(origins: Origins) -> Self {
        let layer = CorsLayer::new()
            .allow_methods(METHODS)
            .allow_headers(SENT)
            .expose_headers(READ)
            .max_age(MAX_AGE);
        let layer = match &origins {
            Origins::Any => layer.allow_origin(Any).vary(Vary::list([])),
            Origins::Named(origins) => layer
                .allow_origin(origins.clone())
                .vary(Vary::list([header::ORIGIN])),
        };
        Self { origins, layer }
    }
}

impl Origins {
    fn contain(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::Any => true,
            Self::Named(origins) => origins.contains(origin),
        }
    }
}

/// Tells browsers which pages may see an answer, and answers them when they ask beforehand. Who is not let in hears what he would
/// hear without this.
pub(crate) async fn share(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    match &cors.0 {
        Some(sharing) if request.method() != Method::OPTIONS || cors.is_asked(&request) => {
            let shared = sharing.layer.layer(next);
            let Ok(response) = shared.oneshot(request).await;
            response
        }
        _ => next.run(request).await,
    }
}

/// Whether a request comes from no page at all, or from one of this service. Browsers say so themselves; those that do not name the
/// page's origin.
fn is_of_this_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = origin.to_str().ok().and_then(|it| it.split_once("://"));
    let host = host.map(|(_scheme, host)| host.as_bytes());
    host.is_some() && host == headers.get(header::HOST).map(HeaderValue::as_bytes)
}

/// What is answered to a page that is not let in and wants to change something.
pub(crate) fn cross_origin() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_origin",
        "Cross-origin request",
        "A page of another origin sends this, and may not. The setting `CORS_ORIGINS` of this service names those that may.",
    )
}

/// An origin as browsers write it: a scheme and a host in small letters, a port only where it is not the scheme's.
fn parse(origin: &str) -> Result<HeaderValue, CorsError> {
    let is_written_so = || {
        let uri: Uri = origin.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let usual = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let host = authority.host();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[:]".contains(&byte);
        let port = authority.port_u16().filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let written = format!("{scheme}://{host}{port}").to_ascii_lowercase();
        (host.bytes().all(is_plain) && written == origin).then_some(())
    };
    let wrong = || CorsError(origin.to_owned());
    is_written_so().ok_or_else(wrong)?;
    HeaderValue::try_from(origin).map_err(|_| wrong())
}

impl fmt::Display for CorsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "CORS_ORIGINS: `{}` is no origin: it has to be as browsers write it, such as https://app.example.com, without a path; \
             or `*` alone, for all origins",
            self.0
        )
    }
}

impl std::error::Error for CorsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(origins: &str) -> Result<Cors, CorsError> {
        Cors::read(|name| (name == "CORS_ORIGINS").then(|| origins.to_owned()))
    }

    #[test]
    fn origins_are_taken_as_browsers_write_them() {
        let cors = read("https://a.example, http://localhost:3000,http://[::1]:8080,").unwrap();
        for (origin, is_let_in) in [
            ("https://a.example", true),
            ("http://localhost:3000", true),
            ("http://[::1]:8080", true),
            ("http://a.example", false),
            ("https://a.example:444", false),
            ("https://b.a.example", false),
            ("null", false),
        ] {
            let origin = HeaderValue::from_static(origin);
            assert_eq!(cors.lets_in(&origin), is_let_in, "{origin:?}");
        }
    }

    #[test]
    fn what_no_browser_would_send_is_refused_at_the_start() {
        for origin in [
            "a.example",
            "https://a.example/",
            "https://a.example/app",
            "https://A.example",
            "https://a.example:443",
            "http://a.example:80",
            "https://me@a.example",
            "https://*.example",
            "http://[::1]:80801",
            "ftp://a.example",
            "null",
            "*,https://a.example",
        ] {
            let error = read(origin).unwrap_err().to_string();
            assert!(error.starts_with("CORS_ORIGINS: `"), "{error}");
        }
    }
}
