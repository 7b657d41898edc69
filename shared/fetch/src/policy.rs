//! What may be reached.

use std::net::SocketAddr;

use url::{Host, Url};

use crate::address::is_public;

/// What may be reached: by default all that is public, on the ports of the web.
///
/// | variable | default | meaning |
/// | --- | --- | --- |
/// | `FETCH` | `on` | `off`: nothing is fetched |
/// | `FETCH_ROBOTS` | `on` | `off`: `robots.txt` is not looked at |
/// | `FETCH_ALLOW` | none | `host:port`, several by comma, that may be reached wherever they lie |
///
/// `AWS_LAMBDA_RUNTIME_API`, which Lambda sets, is where no list leads to: whoever reaches it can answer in the function's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    is_on: bool,
    robots: bool,
    allowed: Vec<Place>,
    never: Option<SocketAddr>,
}

/// A host, as URLs have it, and its port.
type Place = (Host, u16);

/// A variable that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}={value} is not understood: it has to be {expected}")]
pub struct PolicyError {
    name: &'static str,
    value: String,
    expected: &'static str,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            is_on: true,
            robots: true,
            allowed: Vec::new(),
            never: None,
        }
    }
}

impl Policy {
    /// Nothing may be reached.
    pub fn off() -> Self {
        Self {
            is_on: false,
            ..Self::default()
        }
    }

    /// Reads the variables by `get`, which yields none for one that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        let policy = Self {
            is_on: switch("FETCH", get("FETCH"))?,
            robots: switch("FETCH_ROBOTS", get("FETCH_ROBOTS"))?,
            allowed: Vec::new(),
            never: get("AWS_LAMBDA_RUNTIME_API").and_then(|it| address_of(&it)),
        };
        match get("FETCH_ALLOW") {
            Some(list) => policy.allowing(&list),
            None => Ok(policy),
        }
    }

    /// The same, with these `host:port` beside, several by comma.
    pub fn allowing(mut self, list: &str) -> Result<Self, PolicyError> {
        for entry in list.split(',').map(str::trim) {
            let place = place(entry).ok_or_else(|| PolicyError {
                name: "FETCH_ALLOW",
                value: list.to_owned(),
                expected: "host:port, several by comma, such as 127.0.0.1:8080,files.internal:443",
            })?;
            self.allowed.push(place);
        }
        Ok(self)
    }

    /// Whether anything may be reached.
    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Whether `robots.txt` is looked at.
    pub(crate) fn asks_robots(&self) -> bool {
        self.robots
    }

    /// Whether this host and port are listed.
    pub(crate) fn lists(&self, host: &str, port: u16) -> bool {
        let listed = |(known, at): &Place| *at == port && known.to_string() == host;
        self.allowed.iter().any(listed)
    }

    /// Whether a connection may be opened to this address, at which `host` is said to be.
    pub(crate) fn permits(&self, host: &str, address: SocketAddr) -> bool {
        self.never != Some(address) && (is_public(address.ip()) || self.lists(host, address.port()))
    }
}

fn switch(name: &'static str, value: Option<String>) -> Result<bool, PolicyError> {
    match value {
        None => Ok(true),
        Some(value) if value == "on" => Ok(true),
        Some(value) if value == "off" => Ok(false),
        Some(value) => Err(PolicyError {
            name,
            value,
            expected: "on or off",
        }),
    }
}

/// A host and its port, spelt as URLs spell them.
fn place(entry: &str) -> Option<Place> {
    let (_, port) = entry.rsplit_once(':')?;
    let url = Url::parse(&format!("http://{entry}/")).ok()?;
    Some((url.host()?.to_owned(), port.parse().ok()?))
}

/// The address in what Lambda says of its runtime API; outside Lambda a scheme and a path may stand around it.
fn address_of(runtime_api: &str) -> Option<SocketAddr> {
    let rest = runtime_api.split_once("://").map_or(runtime_api, |it| it.1);
    rest.split('/').next()?.parse().ok()
}
