//! A document on its way to the API: small ones within the request, big ones straight into the storage.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::inputs::{From, Input};
use super::progress::Bar;
use crate::client::Upload;
use crate::failure::{Exit, Failure};
use crate::settings::Context;

/// Longest document that goes within a request, in bytes, whatever the API takes: longer ones are not held in memory.
const MAX_INLINE_BYTES: u64 = 3_000_000;

/// What a request has beside its documents, in bytes, at most.
const REQUEST_BYTES: u64 = 200_000;

/// Longest name that the API takes, in characters.
const MAX_NAME_CHARS: usize = 255;

/// What the API takes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[expect(clippy::struct_field_names, reason = "named as in the API")]
pub(super) struct Limits {
    max_request_bytes: u64,
    max_upload_bytes: u64,
    /// Documents in one job.
    pub(super) max_documents: usize,
    /// How long a request waits for its job.
    pub(super) max_wait_seconds: u64,
}

impl Default for Limits {
    /// For a caller who may not ask: what it is on AWS.
    fn default() -> Self {
        Self {
            max_request_bytes: 4_500_000,
            max_upload_bytes: 500_000_000,
            max_documents: 100,
            max_wait_seconds: 20,
        }
    }
}

/// A document that has been looked at.
pub(super) struct Document {
    /// What tells it from what it was before: the hash of its bytes, or where it lies.
    pub(super) identity: String,
    bytes: u64,
    name: Option<String>,
    content: Content,
}

enum Content {
    /// Within the request.
    Here(Vec<u8>),
    /// In a file, which may be one of our own.
    InFile(PathBuf, Option<NamedTempFile>),
    /// Where the worker gets it.
    There(Value),
    /// Many, where the worker gets them.
    Many(Value),
}

impl Document {
    /// Looks at a document. Its bytes are read once, so what is hashed is what is sent.
    pub(super) async fn read(input: &Input, limits: Limits) -> Result<Self, Failure> {
        let there = |identity: &str, content| Self {
            identity: identity.to_owned(),
            bytes: 0,
            name: None,
            content,
        };
        let (name, read) = match &input.from {
            From::Url(url) => return Ok(there(url, Content::There(json!({ "url": url })))),
            From::Object(object) => {
                return Ok(there(object, Content::There(json!({ "s3": object }))));
            }
            From::Prefix(prefix) => {
                return Ok(there(prefix, Content::Many(json!({ "s3": prefix }))));
            }
            From::File(path) => {
                let name = path.file_name().unwrap_or_default();
                let path = path.clone();
                let read = spawn_blocking(move || of_file(path, limits)).await;
                (name.to_string_lossy().into_owned(), read)
            }
            From::Stdin(bytes) => {
                let bytes = Arc::clone(bytes);
                let read = spawn_blocking(move || of_bytes(&bytes, limits)).await;
                (input.label.clone(), read)
            }
        };
        let read = read.map_err(|error| Failure::failed(error.to_string()))?;
        let (identity, bytes, content) = read?;
        if bytes == 0 {
            return Err(Failure::failed("it is empty"));
        }
        if bytes > limits.max_upload_bytes {
            let most = limits.max_upload_bytes;
            return Err(Failure::failed(format!(
                "it has {bytes} bytes; the API takes {most} (max_upload_bytes)"
            )));
        }
        let name: String = name
            .chars()
            .filter(|char| !char.is_control())
            .take(MAX_NAME_CHARS)
            .collect();
        Ok(Self {
            identity,
            bytes,
            name: (!name.trim().is_empty()).then_some(name),
            content,
        })
    }

    /// Bytes within the request, if it goes there.
    fn inline_bytes(&self) -> u64 {
        match &self.content {
            Content::Here(_) => self.bytes,
            Content::InFile(..) | Content::There(_) | Content::Many(_) => 0,
        }
    }
}

/// Makes the member of a request that says which documents there are. What is too long for a request goes into the storage first; `key` names it, so
/// that it goes there once.
pub(super) async fn sources(
    context: &Context,
    documents: Vec<Document>,
    media_type: Option<&str>,
    limits: Limits,
    key: &str,
    bar: &Bar,
) -> Result<(&'static str, Value), Failure> {
    let inline: u64 = documents.iter().map(Document::inline_bytes).sum();
    let is_too_much = inline > most_inline(limits);
    let mut sources = Vec::new();
    for (index, document) in documents.into_iter().enumerate() {
        let Document {
            identity,
            bytes,
            name,
            content,
        } = document;
        let mut source = match content {
            Content::Many(collection) => return Ok(("collection", collection)),
            Content::There(source) => source,
            Content::Here(content) if !is_too_much => {
                json!({ "base64": STANDARD.encode(content) })
            }
            content => {
                let (path, _kept) = in_file(content)?;
                let what = Sent {
                    path: &path,
                    bytes,
                    sha256: &identity,
                    name: name.as_deref(),
                };
                let upload = upload(context, &what, &format!("{key}-u{index}"), bar).await?;
                json!({ "upload": upload })
            }
        };
        if let (Some(name), Some(source)) = (name, source.as_object_mut()) {
            source.insert("name".to_owned(), name.into());
        }
        if let (Some(media_type), Some(source)) = (media_type, source.as_object_mut()) {
            source.insert("media_type".to_owned(), media_type.into());
        }
        sources.push(source);
    }
    Ok(match <[Value; 1]>::try_from(sources) {
        Ok([source]) => ("source", source),
        Err(sources) => ("sources", sources.into()),
    })
}

/// Most bytes of documents within one request. In base64 they are a third more.
fn most_inline(limits: Limits) -> u64 {
    let room = limits.max_request_bytes.saturating_sub(REQUEST_BYTES);
    (room / 4 * 3).min(MAX_INLINE_BYTES)
}

type Read = (String, u64, Content);

fn of_file(path: PathBuf, limits: Limits) -> io::Result<Read> {
    let mut file = File::open(&path)?;
    let most = most_inline(limits);
    let mut start = Vec::new();
    (&mut file).take(most + 1).read_to_end(&mut start)?;
    if start.len() as u64 <= most {
        let identity = hexadecimal(&Sha256::digest(&start));
        return Ok((identity, start.len() as u64, Content::Here(start)));
    }
    let mut hash = Sha256::new_with_prefix(&start);
    let rest = io::copy(&mut file, &mut hash)?;
    let bytes = start.len() as u64 + rest;
    Ok((
        hexadecimal(&hash.finalize()),
        bytes,
        Content::InFile(path, None),
    ))
}

fn of_bytes(bytes: &[u8], limits: Limits) -> io::Result<Read> {
    let identity = hexadecimal(&Sha256::digest(bytes));
    let content = Content::Here(bytes.to_vec());
    let content = if bytes.len() as u64 > most_inline(limits) {
        let (path, kept) = in_file(content)?;
        Content::InFile(path, kept)
    } else {
        content
    };
    Ok((identity, bytes.len() as u64, content))
}

/// The file that holds it: a new one, if none did.
fn in_file(content: Content) -> io::Result<(PathBuf, Option<NamedTempFile>)> {
    match content {
        Content::InFile(path, kept) => Ok((path, kept)),
        Content::Here(bytes) => {
            let mut file = NamedTempFile::new()?;
            file.write_all(&bytes)?;
            Ok((file.path().to_path_buf(), Some(file)))
        }
        Content::There(_) | Content::Many(_) => Err(io::Error::other("it is not here")),
    }
}

/// What is sent into the storage.
struct Sent<'a> {
    path: &'a Path,
    bytes: u64,
    sha256: &'a str,
    name: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
struct Allowed {
    upload: String,
    url: String,
    headers: BTreeMap<String, String>,
}

/// Sends a file into the storage, and says under which id it is there. What a run before this one has sent is not sent again.
async fn upload(
    context: &Context,
    what: &Sent<'_>,
    key: &str,
    bar: &Bar,
) -> Result<String, Failure> {
    let (allowed, was_there) = allow(context, what, key).await?;
    if was_there && has_arrived(context, &allowed.upload).await? {
        return Ok(allowed.upload);
    }
    match put(context, what, &allowed, bar).await {
        // The link of a run long ago.
        Err(failure) if was_there && failure.exit != Exit::Unreachable => {
            let key = format!("{key}-{}", Uuid::new_v4());
            let (allowed, _) = allow(context, what, &key).await?;
            put(context, what, &allowed, bar).await?;
            Ok(allowed.upload)
        }
        put => put.map(|()| allowed.upload),
    }
}

async fn allow(context: &Context, what: &Sent<'_>, key: &str) -> Result<(Allowed, bool), Failure> {
    let mut about = Map::new();
    about.insert("bytes".to_owned(), what.bytes.into());
    about.insert("sha256".to_owned(), what.sha256.into());
    if let Some(name) = what.name {
        about.insert("name".to_owned(), name.into());
    }
    let call = context.client.post(&["uploads"]).json(&about)?;
    let answer = call.idempotency_key(key).send().await?;
    let was_there = answer.header("idempotency-replayed").is_some();
    Ok((answer.json(&context.client)?, was_there))
}

async fn has_arrived(context: &Context, upload: &str) -> Result<bool, Failure> {
    let found: Result<Value, Failure> = context.client.get(&["uploads", upload]).read().await;
    match found {
        Ok(found) => Ok(found["status"] == "arrived"),
        Err(failure) if failure.is("upload_not_found") => Ok(false),
        Err(failure) => Err(failure),
    }
}

async fn put(
    context: &Context,
    what: &Sent<'_>,
    allowed: &Allowed,
    bar: &Bar,
) -> Result<(), Failure> {
    if fs::metadata(what.path)?.len() != what.bytes {
        return Err(Failure::failed("it changed while it was sent"));
    }
    let to = Upload {
        url: &allowed.url,
        headers: &allowed.headers,
    };
    let sent = bar.sending(what.bytes);
    let put = context.client.upload(to, what.path, what.bytes, sent);
    put.await
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
