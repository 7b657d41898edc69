//! What a client asks for, as the API hands it to the worker.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Pinned, UploadId};

/// A request as it is submitted: what is to be done, and what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// What is to be done. Kept as a payload, read by the worker.
    pub request: Request,
    /// What is said of it. Kept in the job's item, where listings find it.
    pub about: About,
}

/// What is to be done: the documents and what is wanted from each.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The documents, in the order in which they were sent. At least one, or none if there is a collection; a part of an archive's job has
    /// both, the archive and which of its members.
    pub documents: Vec<Source>,
    /// Where the documents lie that are too many to be named.
    pub collection: Option<Collection>,
    /// The number of the first document: of a part, what it has in the whole.
    pub first: u32,
    /// What is wanted from each, as the client wrote it: a list that was checked when it came. Whoever extracts knows its
    /// language.
    pub extract: Value,
}

/// One document: what is said of it, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name of the file, if the client gave one.
    pub name: Option<String>,
    /// The media type that the client claims: a hint, never trusted.
    pub media_type: Option<String>,
    /// Its bytes, or where they are.
    pub content: Content,
}

/// The bytes of a document, or where they are. What is elsewhere is fetched by the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes, which came with the request.
    Bytes(Vec<u8>),
    /// At this address.
    Url(Link),
    /// What the client put where an upload allowed it to.
    Upload(Upload),
    /// An object in a bucket that the configuration allows.
    Object(Object),
    /// A member of the archive that the request names: where in the archive the entry begins that lists it. In parts only.
    Member(u64),
}

/// Where a document is on the web, and what is known of it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// An absolute `http` or `https` URL.
    pub url: String,
    /// The `ETag` of the state that the client has: that state need not be fetched again.
    pub etag: Option<String>,
    /// The `Last-Modified` of the state that the client has.
    pub last_modified: Option<String>,
}

/// A document that a client put where an upload allowed it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Which upload.
    pub id: UploadId,
    /// The `ETag` of what lay there when the job was submitted: other bytes that are put there later are not extracted. Set by the
    /// API, which looks whether there is anything; none until then.
    pub etag: Option<String>,
}

/// An object of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// The `ETag` that it has to have; none takes it as it is.
    pub etag: Option<String>,
}

/// Where the documents lie that are too many to be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collection {
    /// All objects under a prefix.
    Prefix {
        /// Their bucket.
        bucket: String,
        /// What their keys begin with.
        prefix: String,
    },
    /// The members of an archive.
    Archive(Source),
}

/// What is said of a job when it is submitted. Never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Names and values by which its client finds it again.
    pub tags: BTreeMap<String, String>,
    /// The media type of its first document, as the client claims it, without parameters.
    pub media_type: Option<String>,
    /// How many documents were named in the request.
    pub documents: u32,
    /// The saved extractor that it uses.
    pub extractor: Option<Pinned>,
    /// Where its end is to be told: an absolute `http` or `https` URL.
    pub webhook: Option<String>,
}

impl Submission {
    /// Says of the job what its documents say, once more is known of these.
    pub fn complete(&mut self) {
        let Self { request, about } = self;
        let first = request.documents.first();
        let claimed = first.and_then(|source| source.media_type.as_deref());
        let essence = claimed.and_then(|claim| claim.split(';').next());
        about.media_type = essence.map(|essence| essence.trim().to_ascii_lowercase());
    }
}

impl Request {
    /// A request for documents that are named.
    pub fn new(documents: Vec<Source>, extract: Value) -> Self {
        Self {
            documents,
            collection: None,
            first: 0,
            extract,
        }
    }

    /// Bytes that came with the request.
    pub fn bytes(&self) -> usize {
        let archive = match &self.collection {
            Some(Collection::Archive(source)) => Some(source),
            _ => None,
        };
        let sources = self.documents.iter().chain(archive);
        sources.map(|source| source.content.bytes()).sum()
    }
}

impl Content {
    /// Bytes of it that came with the request.
    fn bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Url(_) | Self::Upload(_) | Self::Object(_) | Self::Member(_) => 0,
        }
    }
}

impl From<Request> for Submission {
    /// A request of which nothing is said but what can be seen.
    fn from(request: Request) -> Self {
        let about = About {
            documents: u32::try_from(request.documents.len()).unwrap_or(u32::MAX),
            ..About::default()
        };
        let mut submission = Self { request, about };
        submission.complete();
        submission
    }
}
