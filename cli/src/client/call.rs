//! One call, tried again where that can do no harm.

use std::fmt::Display;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use url::Url;

use super::retry::{Pause, pause};
use super::{Answer, Client};
use crate::failure::Failure;

/// How fast sending is at least, in bytes per second: what is sent more slowly meets its time-out.
const MIN_BYTES_PER_SECOND: u64 = 32 << 10;

/// A call that is being put together.
#[must_use = "it has to be sent"]
pub(crate) struct Call<'a> {
    client: &'a Client,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// Whether it has one effect, however often it is sent.
    is_repeatable: bool,
    /// How long the API was asked to wait before it answers.
    waits: Duration,
}

impl<'a> Call<'a> {
    pub(super) fn new(client: &'a Client, method: Method, path: &[&str]) -> Self {
        Self {
            is_repeatable: method != Method::POST,
            url: client.address(path),
            client,
            method,
            headers: client.identity.clone(),
            body: None,
            waits: Duration::ZERO,
        }
    }

    /// With a query parameter.
    pub(crate) fn query(mut self, name: &str, value: impl Display) -> Self {
        self.url
            .query_pairs_mut()
            .append_pair(name, &value.to_string());
        self
    }

    /// With a query parameter, if there is a value.
    pub(crate) fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// With a header. A value that cannot be one is left out.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// With a body.
    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", media_type)
    }

    /// With a body in JSON.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Failure::failed(format!("a request cannot be written: {error}")))?;
        Ok(self.body("application/json", body))
    }

    /// With a name by which the API knows it again, so that it can be sent again.
    pub(crate) fn idempotency_key(mut self, key: &str) -> Self {
        self.is_repeatable = true;
        self.header("idempotency-key", key)
    }

    /// It can be sent again, for what it does is done once and for all.
    pub(crate) fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    /// The API may wait so long for what is asked for.
    pub(crate) fn waiting(mut self, seconds: u64) -> Self {
        self.waits = Duration::from_secs(seconds);
        if seconds == 0 {
            return self;
        }
        self.header("prefer", &format!("wait={seconds}"))
    }

    /// Sends it. What comes is an answer: 2xx, 303 or 304. Any other is a failure.
    pub(crate) async fn send(self) -> Result<Answer, Failure> {
        let began = Instant::now();
        let mut lost = false;
        for attempt in 0_u32.. {
            let (why, asked) = match self.attempt().await {
                Ok(answer) if answer.is_wanted() => return Ok(answer),
                // It was there before the answer was lost that said that it is gone.
                Ok(answer) if lost && self.is_gone(&answer) => return Ok(answer),
                Ok(answer) => {
                    let asked = answer.asks_for_pause(self.is_repeatable);
                    (answer.failure(self.client), asked)
                }
                Err(error) => {
                    lost |= !error.is_connect();
                    let may = error.is_connect() || self.is_repeatable;
                    let asked = may.then_some(Pause::Backoff);
                    (self.client.unreachable(&error), asked)
                }
            };
            let patience = self.client.patience();
            let left = patience.saturating_sub(began.elapsed());
            match asked.and_then(|asked| pause(asked, attempt, left)) {
                Some(pause) => sleep(pause).await,
                None => return Err(why),
            }
        }
        unreachable!("attempts are counted until one returns")
    }

    /// Sends it, and reads what comes as JSON.
    pub(crate) async fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let client = self.client;
        self.send().await?.json(client)
    }

    fn is_gone(&self, answer: &Answer) -> bool {
        self.method == Method::DELETE && answer.status == StatusCode::NOT_FOUND
    }

    async fn attempt(&self) -> Result<Answer, reqwest::Error> {
        let client = self.client;
        let bytes = self.body.as_ref().map_or(0, |body| body.len() as u64);
        let sending = Duration::from_secs(bytes / MIN_BYTES_PER_SECOND);
        let request = client
            .http
            .request(self.method.clone(), self.url.clone())
            .headers(self.headers.clone())
            .timeout(client.settings.timeout + self.waits + sending);
        let request = match &self.body {
            Some(body) => request.body(body.clone()),
            None => request,
        };
        let answer = request.send().await?;
        client.note_answer();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}
