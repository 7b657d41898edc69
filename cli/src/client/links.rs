//! Links straight into the storage. They are signed, so the key does not go along, and they are secret, so they are not shown.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, StatusCode};
use tokio::time::{sleep, timeout};
use url::Url;

use super::retry::{Pause, pause};
use super::{Answer, Client, words};
use crate::failure::{Exit, Failure};

/// How long nothing may come, or be taken, before a transfer is given up.
const STALLED: Duration = Duration::from_mins(1);

/// Times that a transfer is begun.
const MAX_ATTEMPTS: u32 = 5;

/// Bytes that are read and sent at once.
const PIECE_BYTES: usize = 64 << 10;

/// How long sending a document may take: as long as a link holds.
const UPLOAD_TIME: Duration = Duration::from_hours(1);

/// Where bytes are to be sent.
pub(crate) struct Upload<'a> {
    pub(crate) url: &'a str,
    pub(crate) headers: &'a BTreeMap<String, String>,
}

/// Where bytes lie.
#[derive(Debug)]
pub(crate) struct Download(Url);

impl Download {
    /// Where an answer leads.
    pub(super) fn of(answer: &Answer, client: &Client) -> Result<Self, Failure> {
        let place = answer.header("location").unwrap_or_default();
        let url = client.settings().url.value.join(place).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(Self)
            .ok_or_else(|| Failure::failed("the API leads to no address that can be read"))
    }
}

impl Client {
    /// Reads what lies there into this file, whatever it held.
    pub(crate) async fn download(&self, link: &Download, into: &mut File) -> Result<(), Failure> {
        for attempt in 0_u32.. {
            // It may come packed, so what is left of it cannot be asked for.
            into.set_len(0)?;
            into.rewind()?;
            let why = match self.read_all(&link.0, into).await {
                Ok(()) => return Ok(()),
                Err(Broken::ForGood(failure)) => return Err(failure),
                Err(Broken::Off(failure)) => failure,
            };
            match again(attempt) {
                Some(pause) => sleep(pause).await,
                None => return Err(why),
            }
        }
        unreachable!("attempts are counted until one returns")
    }

    async fn read_all(&self, url: &Url, into: &mut File) -> Result<(), Broken> {
        let request = self.http.get(url.clone()).send();
        let answer = timeout(STALLED, request).await.map_err(stalled)?;
        let answer = answer.map_err(|error| broken(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(refused(answer.status()));
        }
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = timeout(STALLED, pieces.next()).await.map_err(stalled)? {
            let piece = piece.map_err(|error| broken(&error))?;
            let written = into.write_all(&piece);
            written.map_err(|error| Broken::ForGood(error.into()))?;
        }
        Ok(())
    }

    /// Sends a file to where an upload was allowed. `sent` is told how many bytes have gone, more of them each time.
    pub(crate) async fn upload(
        &self,
        to: Upload<'_>,
        file: &Path,
        bytes: u64,
        sent: impl Fn(u64) + Clone + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let mut headers = HeaderMap::new();
        for (name, value) in to.headers {
            let name = HeaderName::try_from(name.as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        headers.insert("content-length", bytes.into());
        for attempt in 0_u32.. {
            let opened = File::open(file)?;
            let request = self.http.put(to.url).headers(headers.clone());
            let request = request
                .body(body(opened, sent.clone()))
                .timeout(UPLOAD_TIME);
            let why = match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => refused(answer.status()),
                Err(error) => broken(&error),
            };
            let why = match why {
                Broken::ForGood(failure) => return Err(failure),
                Broken::Off(failure) => failure,
            };
            match again(attempt) {
                Some(pause) => sleep(pause).await,
                None => return Err(why),
            }
        }
        unreachable!("attempts are counted until one returns")
    }
}

/// A file as a body, read as it is sent.
fn body(file: File, sent: impl Fn(u64) + Send + Sync + 'static) -> Body {
    let pieces = std::iter::from_fn({
        let (mut file, mut before) = (file, 0_u64);
        move || {
            sent(before);
            let mut piece = vec![0; PIECE_BYTES];
            match file.read(&mut piece) {
                Ok(0) => None,
                Ok(count) => {
                    piece.truncate(count);
                    before += count as u64;
                    Some(Ok(Bytes::from(piece)))
                }
                Err(error) => Some(Err(error)),
            }
        }
    });
    Body::wrap_stream(futures::stream::iter(pieces))
}

/// How long to wait before a transfer is begun again after this attempt; none if that was the last.
fn again(attempt: u32) -> Option<Duration> {
    pause(Pause::Backoff, attempt, Duration::MAX).filter(|_| attempt + 1 < MAX_ATTEMPTS)
}

/// Why a transfer ended before its end.
enum Broken {
    /// It may go on.
    Off(Failure),
    /// It does not help to begin again.
    ForGood(Failure),
}

fn stalled(_: tokio::time::error::Elapsed) -> Broken {
    Broken::Off(Failure::new(
        Exit::Unreachable,
        format!("the storage sent nothing for {} s", STALLED.as_secs()),
    ))
}

fn broken(error: &reqwest::Error) -> Broken {
    let host = error.url().and_then(Url::host_str).unwrap_or_default();
    Broken::Off(Failure::new(
        Exit::Unreachable,
        format!("the storage at {host} cannot be reached: {}", words(error)),
    ))
}

fn refused(status: StatusCode) -> Broken {
    let words = format!("the storage answered {status}");
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        Broken::Off(Failure::new(Exit::Unreachable, words))
    } else {
        Broken::ForGood(Failure::failed(format!(
            "{words}: a link holds for a while; tried again, there is a new one"
        )))
    }
}
