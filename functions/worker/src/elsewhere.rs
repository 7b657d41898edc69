//! Documents that lie elsewhere: on the web, and in the buckets of others.

use engine::{Content, Origin};
use extract::{DocumentError, Problem};
use fetch::{Answer, Conditions, FetchError, Fetched, Fetcher, Head, Policy, PolicyError};
use job::{Link, Object};
use store::{Download, ObjectHead};

use crate::Worker;
use crate::sources::{Found, LoadError, spooled};

/// Where documents are fetched from that do not come with a request.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Fetches from the web.
    pub fetcher: Fetcher,
    /// The buckets of others that may be read from. Every client may read all that lies in them.
    pub buckets: Vec<String>,
}

impl Elsewhere {
    /// Nothing is fetched from anywhere.
    pub fn off() -> Self {
        Self {
            fetcher: Fetcher::new(Policy::off()),
            buckets: Vec::new(),
        }
    }

    /// Reads the variables of [`Policy`], and `SOURCE_BUCKETS`, names or ARNs joined by commas, by `get`, which yields none for one
    /// that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        let buckets = get("SOURCE_BUCKETS").unwrap_or_default();
        let names = buckets
            .split(',')
            .map(|it| it.rsplit(':').next().unwrap_or(it).trim())
            .filter(|it| !it.is_empty());
        Ok(Self {
            buckets: names.map(ToOwned::to_owned).collect(),
            fetcher: Fetcher::new(Policy::read(get)?),
        })
    }
}

/// What is said of a bucket that is not among those.
pub(crate) const NOT_READ: &str =
    "Nothing is read from this bucket here; SOURCE_BUCKETS says from which.";

impl Worker {
    /// Whether objects of this bucket may be read for anybody. In its own lies what other clients have sent.
    pub(crate) fn may_read(&self, bucket: &str) -> bool {
        let is_named = self.elsewhere.buckets.iter().any(|it| it == bucket);
        is_named && !self.store.owns_bucket(bucket)
    }

    /// Fetches a document from the web. `may_wait`: what may pass is an error of the attempt, not of the document.
    pub(crate) async fn load_link(&self, link: Link, may_wait: bool) -> Result<Found, LoadError> {
        let Link {
            url,
            etag,
            last_modified,
        } = link;
        let mut origin = self.origin(url.clone());
        let conditions = Conditions {
            etag,
            last_modified,
        };
        match self.elsewhere.fetcher.get(&url, &conditions).await {
            Ok(Answer::Fetched(Fetched { head, bytes })) => {
                let media_type = claimed(&head);
                let name = head.file_name.clone();
                Ok(Found {
                    content: Content::Bytes(bytes),
                    name,
                    media_type,
                    origin: Some(answered(origin, head)),
                })
            }
            Ok(Answer::NotModified(head)) => Ok(Found::elsewhere(
                Content::NotModified,
                answered(origin, head),
            )),
            Err(error) if may_wait && error.is_transient() => Err(LoadError::Fetch(error)),
            Err(error) => {
                tracing::info!(%error, "Document not fetched");
                if let FetchError::Status(status) = error {
                    origin.status = Some(status);
                }
                let content = Content::Missing(document_error(&error));
                Ok(Found::elsewhere(content, origin))
            }
        }
    }

    /// Reads an object of a bucket that may be read from.
    pub(crate) async fn load_object(&self, object: &Object) -> Result<Found, LoadError> {
        let Object { bucket, key, etag } = object;
        let mut origin = self.origin(format!("s3://{bucket}/{key}"));
        let missing = |code, detail: &str| {
            let detail = detail.to_owned();
            Content::Missing(DocumentError { code, detail })
        };
        if !self.may_read(bucket) {
            let content = missing(Problem::FetchForbidden, NOT_READ);
            return Ok(Found::elsewhere(content, origin));
        }
        let (content, media_type) = match self.store.download(bucket, key, etag.as_deref()).await? {
            Download::Here(object) => {
                let ObjectHead {
                    etag,
                    media_type,
                    last_modified,
                } = object.head().clone();
                (origin.etag, origin.last_modified) = (etag, last_modified);
                (spooled(object).await?, media_type)
            }
            Download::Changed => {
                let content = missing(
                    Problem::Changed,
                    "The object is another one than was asked for.",
                );
                (content, None)
            }
            Download::Missing => {
                let detail = "There is no such object, or it may not be read.";
                (missing(Problem::Missing, detail), None)
            }
        };
        Ok(Found {
            content,
            name: key.rsplit('/').next().map(ToOwned::to_owned),
            // What is said of an object about which nothing was said.
            media_type: media_type.filter(|it| it != "binary/octet-stream"),
            origin: Some(origin),
        })
    }

    /// What is known before it is asked.
    fn origin(&self, url: String) -> Origin {
        Origin {
            url,
            final_url: None,
            status: None,
            etag: None,
            last_modified: None,
            fetched_at: self.clock.now().to_string(),
        }
    }
}

/// What its server claims that it is.
fn claimed(head: &Head) -> Option<String> {
    let media_type = head.media_type.as_ref()?;
    Some(match &head.charset {
        Some(charset) => format!("{media_type}; charset={charset}"),
        None => media_type.clone(),
    })
}

fn document_error(error: &FetchError) -> DocumentError {
    let code = match error {
        error if error.is_forbidden() => Problem::FetchForbidden,
        FetchError::Robots => Problem::RobotsDisallowed,
        FetchError::TooLarge(_) => Problem::LimitExceeded,
        _ => Problem::FetchFailed,
    };
    DocumentError {
        code,
        detail: error.to_string(),
    }
}

/// Adds what an answer says to what is known of where a document comes from.
fn answered(origin: Origin, head: Head) -> Origin {
    let Head {
        final_url,
        status,
        file_name: _,
        media_type: _,
        charset: _,
        etag,
        last_modified,
    } = head;
    Origin {
        final_url: Some(final_url),
        status: Some(status),
        etag,
        last_modified,
        ..origin
    }
}
