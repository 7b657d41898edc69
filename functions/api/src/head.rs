//! What a request may be before anything of it is looked at: how long its address is, how many headers it has and how long, by
//! which name it calls, and whose page sends it.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};

use crate::problem::Problem;
use crate::{Cors, Hosts};

/// Longest address of a request with its query, in bytes. So no parameter is longer either.
pub(crate) const MAX_URL_BYTES: usize = 8 << 10;

/// Longest headers of a request in all, names and values, in bytes. API Gateway takes 10,240 with the address.
pub(crate) const MAX_HEADER_BYTES: usize = 16 << 10;

/// Most headers of a request.
pub(crate) const MAX_HEADERS: usize = 100;

/// Who is let in besides programs that call the API by a name of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Door {
    /// The pages of others that may use it.
    pub(crate) cors: Cors,
    /// The names by which it may be called.
    pub(crate) hosts: Hosts,
}

/// Lets a request in, or says why not.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    match check(&door, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn check(door: &Door, request: &Request) -> Result<(), Problem> {
    let url = url_bytes(request.uri());
    if url > MAX_URL_BYTES {
        return Err(url_too_long(url));
    }
    let headers = request.headers();
    let bytes = header_bytes(headers);
    if bytes > MAX_HEADER_BYTES || headers.len() > MAX_HEADERS {
        return Err(headers_too_large(headers.len(), bytes));
    }
    // Whoever stands before this may have looked at the other one.
    if headers.get_all(header::HOST).iter().count() > 1 {
        return Err(two_hosts());
    }
    door.hosts.check(headers)?;
    door.cors.check(request)
}

fn url_bytes(uri: &Uri) -> usize {
    let scheme = uri.scheme_str().map_or(0, |it| it.len() + "://".len());
    let authority = uri.authority().map_or(0, |it| it.as_str().len());
    let path = uri.path_and_query().map_or(0, |it| it.as_str().len());
    scheme + authority + path
}

fn header_bytes(headers: &HeaderMap) -> usize {
    let each = headers.iter();
    each.map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

/// What a request is answered that names more than one host.
pub(crate) fn two_hosts() -> Problem {
    Problem::malformed("There is more than one header `Host`.")
}

/// What an address is answered that is too long.
pub(crate) fn url_too_long(bytes: usize) -> Problem {
    Problem::new(
        StatusCode::URI_TOO_LONG,
        "url_too_long",
        "URL too long",
        format!(
            "The URL has {bytes} bytes; at most {MAX_URL_BYTES} are accepted. What is long belongs into the body."
        ),
    )
}

/// What headers are answered that are too many or too long.
pub(crate) fn headers_too_large(count: usize, bytes: usize) -> Problem {
    Problem::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        "Headers too large",
        format!(
            "The request has {count} headers of {bytes} bytes in all; at most {MAX_HEADERS} are accepted, of {MAX_HEADER_BYTES} bytes in all."
        ),
    )
}
