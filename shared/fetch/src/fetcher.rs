//! Asking for documents, and handing something over.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::Url;

use crate::body;
use crate::client::{Client, Way};
use crate::robots::{MAX_ROBOTS_BYTES, Rules, Sites};
use crate::target::target;
use crate::{FetchError, Limits, Policy, Resolve, SystemResolver};

/// Fetches, within a [`Policy`]. Cheap to clone; clones share what they know of sites.
#[derive(Debug, Clone)]
pub struct Fetcher {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: Arc<Policy>,
    limits: Limits,
    client: Client,
    sites: Sites,
}

/// What is known of a document already: if it has not changed since, it is not sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What came of asking for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The document.
    Fetched(Fetched),
    /// It has not changed.
    NotModified(Head),
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What is said of it.
    pub head: Head,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
}

/// What an answer says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where it was in the end.
    pub final_url: String,
    /// The status of the answer.
    pub status: u16,
    /// What its URL calls it.
    pub file_name: Option<String>,
    /// Its media type, without parameters, in lower case.
    pub media_type: Option<String>,
    /// Its charset.
    pub charset: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// When it was changed last, as its server writes it.
    pub last_modified: Option<String>,
}

impl Fetcher {
    /// The policy that it keeps to.
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// Fetches within this policy.
    pub fn new(policy: Policy) -> Self {
        Self::with(policy, Limits::default(), Arc::new(SystemResolver))
    }

    /// Fetches within other limits, or with another resolver.
    pub fn with(policy: Policy, limits: Limits, resolver: Arc<dyn Resolve>) -> Self {
        let policy = Arc::new(policy);
        let shared = Shared {
            client: Client::new(policy.clone(), &limits, resolver),
            policy,
            limits,
            sites: Sites::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Whether a URL may be asked for, as far as the URL itself tells.
    pub fn check(&self, url: &str) -> Result<(), FetchError> {
        target(url, &self.shared.policy).map(drop)
    }

    /// Fetches a document, following redirects, if `robots.txt` has nothing against it. It is not fetched again if it is as
    /// `conditions` know it.
    pub async fn get(&self, url: &str, conditions: &Conditions) -> Result<Answer, FetchError> {
        let url = target(url, &self.shared.policy)?;
        self.in_time(self.shared.get(url, conditions)).await
    }

    /// Hands something over, and says with which status it was taken. Redirects are not followed: theirs is the status then.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<StatusCode, FetchError> {
        let url = target(url, &self.shared.policy)?;
        let sending = self.shared.client.send(Method::POST, &url, headers, body);
        Ok(self.in_time(sending).await?.status())
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let limit = self.shared.limits.fetch_time;
        let ended = timeout(limit, work).await;
        ended.unwrap_or(Err(FetchError::TimedOut(limit.as_secs())))
    }
}

impl Shared {
    async fn get(&self, url: Url, conditions: &Conditions) -> Result<Answer, FetchError> {
        let headers = conditions.headers()?;
        let mut way = Way::from(url, self.limits.max_redirects);
        let response = loop {
            self.ask_site(&way.url).await?;
            if let Some(response) = self.client.step(&mut way, &headers).await? {
                break response;
            }
        };
        let head = Head::of(&way.url, &response);
        match response.status() {
            StatusCode::NOT_MODIFIED if *conditions != Conditions::default() => {
                Ok(Answer::NotModified(head))
            }
            status if status.is_success() => {
                let max = self.limits.max_bytes;
                let body = body::read(response, max).await?;
                let bytes = body.is_whole.then_some(body.bytes);
                let bytes = bytes.ok_or(FetchError::TooLarge(max))?;
                Ok(Answer::Fetched(Fetched { head, bytes }))
            }
            status => Err(FetchError::Status(status.as_u16())),
        }
    }

    /// Asks a URL's site whether the URL may be asked for.
    async fn ask_site(&self, url: &Url) -> Result<(), FetchError> {
        if !self.policy.asks_robots() {
            return Ok(());
        }
        let rules = match self.sites.get(url) {
            Some(rules) => rules,
            None => self.sites.put(url, self.rules(url).await?),
        };
        if rules.permit(url) {
            Ok(())
        } else {
            Err(FetchError::Robots)
        }
    }

    /// The `robots.txt` of a URL's site. A site that has none asks for nothing; one that cannot say is not asked for more.
    async fn rules(&self, url: &Url) -> Result<Rules, FetchError> {
        let robots = url.join("/robots.txt");
        let robots = robots.map_err(|_| FetchError::ForbiddenUrl("it is not a valid URL."))?;
        let headers = Conditions::default().headers()?;
        let mut way = Way::from(robots, self.limits.max_redirects);
        let response = loop {
            match self.client.step(&mut way, &headers).await {
                Ok(Some(response)) => break response,
                Ok(None) => {}
                Err(FetchError::TooManyRedirects(_)) => return Ok(Rules::default()),
                Err(error) => return Err(error),
            }
        };
        match response.status() {
            status if status.is_success() => {
                let body = body::read(response, MAX_ROBOTS_BYTES).await?;
                Ok(Rules::read(&body.bytes))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(FetchError::RobotsUnavailable(status.as_u16()))
            }
            _ => Ok(Rules::default()),
        }
    }
}

impl Conditions {
    fn headers(&self) -> Result<HeaderMap, FetchError> {
        let Self {
            etag,
            last_modified,
        } = self;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::CODING));
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value);
                let value = value.map_err(|_| {
                    FetchError::ForbiddenUrl("what is known of it cannot stand in a request.")
                })?;
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }
}

impl Head {
    fn of(url: &Url, response: &Response<Incoming>) -> Self {
        let text = |name: HeaderName| {
            let value = response.headers().get(name)?.to_str().ok()?.trim();
            (!value.is_empty() && value.len() <= MAX_VALUE_BYTES).then(|| value.to_owned())
        };
        let content_type = text(CONTENT_TYPE).unwrap_or_default();
        let mut parts = content_type.split(';').map(str::trim);
        let media_type = parts.next().filter(|it| it.contains('/'));
        let charset = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let is_charset = name.trim().eq_ignore_ascii_case("charset");
            is_charset.then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        Self {
            final_url: url.to_string(),
            file_name: file_name(url),
            status: response.status().as_u16(),
            media_type: media_type.map(str::to_ascii_lowercase),
            charset: charset.filter(|it| !it.is_empty()),
            etag: text(ETAG),
            last_modified: text(LAST_MODIFIED),
        }
    }
}

/// The last part of a URL's path.
fn file_name(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    let name = percent_decode_str(last).decode_utf8().ok()?;
    let is_plain = !name.contains(|it: char| it.is_control() || it == '/');
    (is_plain && !name.is_empty() && name.len() <= MAX_VALUE_BYTES).then(|| name.into_owned())
}

/// Longest value of a header, or name of a file, that is told on, in bytes.
const MAX_VALUE_BYTES: usize = 255;
