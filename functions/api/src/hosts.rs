//! By which names the API is called.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, StatusCode, Uri, header};

use crate::problem::{Problem, shortened};

/// The names by which the API may be called; any, unless they are bounded. Cheap to clone.
///
/// Where it matters who reaches a port, not who shows a key, it matters by which name: somebody's page may have its own name lead to this
/// machine once its visitor has loaded it, and its browser then takes all that answers for that page's own.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Option<Arc<[String]>>);

impl Hosts {
    /// The names of this machine (`localhost`, and its addresses, which no page is called by that did not come from there), and those of
    /// `ALLOWED_HOSTS`, joined by commas, by `get`, which yields none for a variable that is not set or empty.
    pub fn of_this_machine(get: impl Fn(&str) -> Option<String>) -> Self {
        let named = get("ALLOWED_HOSTS").unwrap_or_default();
        let named = named
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase());
        Self(Some(named.filter(|name| !name.is_empty()).collect()))
    }

    /// Refuses a request to another name. A program may name none.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let (Some(named), Some(host)) = (&self.0, headers.get(header::HOST)) else {
            return Ok(());
        };
        let host = host.to_str().unwrap_or_default();
        match name_of(host) {
            Some(name) if is_of_this_machine(&name) || named.contains(&name) => Ok(()),
            _ => Err(unknown_host(host)),
        }
    }
}

/// The name in a header `Host`, without its port.
fn name_of(host: &str) -> Option<String> {
    let uri: Uri = format!("http://{host}/").parse().ok()?;
    let name = uri.host()?.trim_end_matches('.').to_ascii_lowercase();
    Some(name)
}

fn is_of_this_machine(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

/// What a request is answered that calls by another name.
pub(crate) fn unknown_host(host: &str) -> Problem {
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "unknown_host",
        "Unknown host",
        format!(
            "This service is open to this machine alone, and is not called `{}` here. The setting `ALLOWED_HOSTS` of this service names what it is called.",
            shortened(host)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_in(hosts: &Hosts, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        hosts.check(&headers).is_ok()
    }

    #[test]
    fn this_machine_is_called_localhost_and_by_addresses_and_as_was_said() {
        let hosts = Hosts::of_this_machine(|_| Some("scan.example, Other.example".to_owned()));
        for host in [
            "localhost",
            "localhost:8000",
            "LOCALHOST:8000",
            "localhost.:8000",
            "api.localhost",
            "127.0.0.1:8000",
            "[::1]:8000",
            "192.168.1.7",
            "scan.example:8000",
            "other.example",
        ] {
            assert!(lets_in(&hosts, host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "x.scan.example",
            "a@localhost@evil.example",
            "",
            "a b",
        ] {
            assert!(!lets_in(&hosts, host), "{host}");
        }
        assert!(hosts.check(&HeaderMap::new()).is_ok());
    }

    #[test]
    fn where_nothing_is_said_any_name_will_do() {
        assert!(lets_in(&Hosts::default(), "evil.example"));
    }
}
