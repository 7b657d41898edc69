//! A URL that may be asked for, as far as the URL itself tells.

use std::net::IpAddr;

use http::Response;
use http::header::LOCATION;
use url::{Host, Url};

use crate::{FetchError, Policy};

/// Reads a URL, and refuses it if it names an address, a port or anything else that is not fetched from.
pub(crate) fn target(url: &str, policy: &Policy) -> Result<Url, FetchError> {
    if !policy.is_on() {
        return Err(FetchError::Off);
    }
    let url = Url::parse(url).map_err(|_| FetchError::ForbiddenUrl("it is not a valid URL."))?;
    check(&url, policy)?;
    Ok(url)
}

/// Refuses a URL that names an address, a port or anything else that is not fetched from.
pub(crate) fn check(url: &Url, policy: &Policy) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::ForbiddenUrl("only http and https are."));
    }
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(FetchError::ForbiddenUrl("it names no host."));
    };
    let literal: Option<IpAddr> = match host {
        Host::Ipv4(it) => Some(it.into()),
        Host::Ipv6(it) => Some(it.into()),
        Host::Domain(_) => None,
    };
    let name = url.host_str().unwrap_or_default();
    // First, so that no other word than this is ever said of a forbidden address.
    if literal.is_some_and(|it| !policy.permits(name, (it, port).into())) {
        return Err(FetchError::ForbiddenAddress);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::ForbiddenUrl(
            "it holds a user name or a password.",
        ));
    }
    if !matches!(port, 80 | 443) && !policy.lists(name, port) {
        return Err(FetchError::ForbiddenUrl("only ports 80 and 443 are."));
    }
    Ok(())
}

/// Where an answer to a request for this URL leads on to; none if it is the last one.
pub(crate) fn redirect<B>(
    from: &Url,
    response: &Response<B>,
    policy: &Policy,
) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let location = str::from_utf8(location.as_bytes()).ok();
    let to = location.and_then(|location| from.join(location).ok());
    let to = to.ok_or(FetchError::Malformed("it redirects to no valid URL."))?;
    check(&to, policy)?;
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(FetchError::ForbiddenUrl(
            "it was redirected from https to http.",
        ));
    }
    Ok(Some(to))
}
