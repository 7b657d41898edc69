//! The API over HTTP.
//!
//! **Invariant:** the key goes to the API's own address and nowhere else: not after a redirect, and not to where a link leads.

mod answer;
mod call;
mod links;
mod problem;
mod results;
mod retry;

use std::error::Error;
use std::iter::successors;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client as Http, ClientBuilder, Method};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::settings::{Found, Settings, is_this_machine};

pub(crate) use answer::Answer;
pub(crate) use call::Call;
use links::Download;
pub(crate) use links::Upload;
pub(crate) use problem::Problem;
pub(crate) use results::Fetched;

/// How long it may take until a connection is there.
const CONNECT_TIME: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("scan/", env!("CARGO_PKG_VERSION"));

/// Calls the API.
#[derive(Debug)]
pub(crate) struct Client {
    http: Http,
    base: Url,
    /// What goes along with every call: the key, and the tenant.
    identity: HeaderMap,
    settings: Settings,
    /// Whether anything has answered yet. As long as nothing has, the address may be wrong, and nobody wants to wait for that.
    answered: AtomicBool,
}

impl Client {
    /// Makes ready to call. Nothing is sent yet.
    pub(crate) fn new(settings: Settings) -> Result<Self, Failure> {
        let mut identity = HeaderMap::new();
        if let Some(Found { value: key, from }) = &settings.key {
            let mut value = HeaderValue::try_from(format!("Bearer {}", key.reveal()))
                .map_err(|_| Failure::usage(format!("{from} holds no key")))?;
            value.set_sensitive(true);
            identity.insert("authorization", value);
        }
        if let Some(Found {
            value: tenant,
            from,
        }) = &settings.tenant
        {
            let value = HeaderValue::try_from(tenant.as_str())
                .map_err(|_| Failure::usage(format!("{from} names no tenant")))?;
            identity.insert("x-tenant", value);
        }
        Ok(Self {
            http: http(&settings.url.value)?,
            base: settings.url.value.clone(),
            identity,
            settings,
            answered: AtomicBool::new(false),
        })
    }

    /// What was found out of flags, environment and file.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Reads what is at this path below `/api/v1/`, given part by part.
    pub(crate) fn get(&self, path: &[&str]) -> Call<'_> {
        Call::new(self, Method::GET, path)
    }

    /// Posts to this path below `/api/v1/`. It is repeated only if it says that it may be.
    pub(crate) fn post(&self, path: &[&str]) -> Call<'_> {
        Call::new(self, Method::POST, path)
    }

    /// Puts something at this path below `/api/v1/`.
    pub(crate) fn put(&self, path: &[&str]) -> Call<'_> {
        Call::new(self, Method::PUT, path)
    }

    /// Deletes what is at this path below `/api/v1/`.
    pub(crate) fn delete(&self, path: &[&str]) -> Call<'_> {
        Call::new(self, Method::DELETE, path)
    }

    /// The address of a path below `/api/v1/`, given part by part.
    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty();
            parts.extend(["api", "v1"]).extend(path).push("");
        }
        url
    }

    fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    fn note_answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// What is said where nothing answered.
    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let Found { value: url, from } = &self.settings.url;
        let why = if error.is_timeout() {
            format!(
                "no answer came within {} s (--timeout)",
                self.settings.timeout.as_secs()
            )
        } else {
            words(error)
        };
        let remedy = if self.has_answered() {
            "It did answer before: see whether it is still up"
        } else {
            "`make run` starts it on this machine; --url, SCAN_URL or a profile says where else it is"
        };
        Failure::new(
            Exit::Unreachable,
            format!("the API cannot be reached at {url} ({from}): {why}. {remedy}."),
        )
    }
}

/// What connects. It follows no redirects, for the key would go along.
fn http(base: &Url) -> Result<Http, Failure> {
    let builder = || -> ClientBuilder {
        let builder = Http::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIME);
        // Whatever proxy the environment names, it is not for this machine's own servers.
        if is_this_machine(base) {
            builder.no_proxy()
        } else {
            builder
        }
    };
    let built = builder().build().or_else(|error| {
        // Where a machine knows no authorities, what is not encrypted can be reached nevertheless.
        if base.scheme() == "http" {
            builder().tls_certs_only([]).build()
        } else {
            Err(error)
        }
    });
    built.map_err(|error| Failure::failed(format!("no connection can be made: {}", words(&error))))
}

/// An error and its causes, without the address, which may be a signed link.
fn words(error: &(dyn Error + 'static)) -> String {
    let own = error
        .downcast_ref::<reqwest::Error>()
        .and_then(Error::source)
        .unwrap_or(error);
    let errors = successors(Some(own), |&error| error.source());
    let mut words: Vec<String> = errors.map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}
