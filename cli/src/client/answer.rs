//! What the API answered.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::retry::Pause;
use super::{Client, Problem};
use crate::failure::{Exit, Failure};
use crate::output::plain;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// What a header says, if it is plain text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When the API wishes to be asked again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header("retry-after")?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    /// Its body, as JSON of this shape.
    pub(crate) fn json<T: DeserializeOwned>(&self, client: &Client) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let url = &client.settings().url.value;
            let kind = plain(self.header("content-type").unwrap_or("nothing"));
            Failure::failed(format!(
                "what answers at {url} is not this product's API, or of another release: it sent {kind} ({error})"
            ))
        })
    }

    /// Whether it is what was wanted.
    pub(super) fn is_wanted(&self) -> bool {
        self.status.is_success()
            || matches!(
                self.status,
                StatusCode::SEE_OTHER | StatusCode::NOT_MODIFIED
            )
    }

    /// How to wait before it is tried again, if that may be.
    pub(super) fn asks_for_pause(&self, is_repeatable: bool) -> Option<Pause> {
        let asked = self.retry_after().map_or(Pause::Backoff, Pause::Asked);
        match self.status {
            // It was refused before anything was done.
            StatusCode::TOO_MANY_REQUESTS => Some(asked),
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
                if is_repeatable =>
            {
                Some(asked)
            }
            StatusCode::REQUEST_TIMEOUT if is_repeatable => Some(asked),
            // The same call is still under way.
            StatusCode::CONFLICT if self.problem().is("idempotency_key_in_use") => Some(asked),
            _ => None,
        }
    }

    /// What it means that this was answered.
    pub(super) fn failure(&self, client: &Client) -> Failure {
        let problem = self.problem();
        let settings = client.settings();
        let url = &settings.url.value;
        let exit = match self.status.as_u16() {
            401 | 403 => Exit::NotPermitted,
            404 => Exit::NotFound,
            429 | 502..=504 => Exit::Unreachable,
            400 | 405 | 406 | 411 | 413..=415 | 422 | 431 => Exit::Usage,
            _ => Exit::Failed,
        };
        let remedy = match (self.status.as_u16(), &settings.key) {
            (401, None) => {
                "\n  No key was given: SCAN_KEY, --key-file or a profile holds it; `scan --help` says how.".to_owned()
            }
            (401, Some(key)) => format!("\n  The key is from {}.", key.from),
            (403, Some(key)) => format!(
                "\n  The key from {} does not permit that; an admin makes one that does (`scan keys create`).",
                key.from
            ),
            (404, _) if problem.is_foreign() || problem.is("path_not_found") => format!(
                "\n  Below {url} ({}) there seems to be no API of this product: --url has to name what stands before `/api/v1/`.",
                settings.url.from
            ),
            (300..=399, _) => {
                let place = self.header("location").unwrap_or_default();
                let place = plain(place.split('?').next().unwrap_or_default());
                format!("\n  It leads on to {place}: --url has to name the API itself.")
            }
            (429 | 503, _) => self.retry_after().map_or_else(String::new, |pause| {
                format!("\n  It may be tried again in {} s.", pause.as_secs())
            }),
            _ => String::new(),
        };
        let request = self
            .header("x-request-id")
            .map_or_else(String::new, |id| format!(", request {}", plain(id)));
        let code = problem.code();
        let words = format!("{problem}\n  ({code}{request}){remedy}");
        Failure::new(exit, words).with(problem)
    }

    fn problem(&self) -> Problem {
        Problem::read(self.status, &self.body)
    }
}
