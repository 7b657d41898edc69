//! What was asked of a job.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use job::{
    About, Collection, Content, Job, JobId, Link, Object, Request, Source, Upload, UploadId, limits,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::status::ExtractorVersion;
use crate::caller::Addressed;
use crate::etag::{Known, Tag, not_modified};
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi, schema};

/// What was asked of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobRequest {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    /// What is extracted from each document: also where a saved extractor said it, or nobody did.
    #[schema(value_type = schema::Extract)]
    extract: Value,
    /// The saved extractor that said it, and its version; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    extractor: Option<ExtractorVersion>,
    /// The names and values that it was submitted with; absent if there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false, example = json!({"batch": "7"}))]
    tags: BTreeMap<String, String>,
    /// Who is told of its end; absent if nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<JobWebhook>,
    /// The documents, in the order in which they were named, without their bytes; none where there is a collection.
    documents: Vec<NamedDocument>,
    /// Where the documents lie that were too many to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    collection: Option<NamedCollection>,
}

/// Who is told of a job's end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobWebhook {
    /// Where its end is told.
    #[schema(example = "https://example.org/hook")]
    url: String,
}

/// A document as the request names it. Besides `kind` there is what says where that kind lies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedDocument {
    kind: DocumentKind,
    /// The name of its file, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "invoice.pdf")]
    name: Option<String>,
    /// The media type, as the client claims it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "application/pdf")]
    media_type: Option<String>,
    /// Of one that came with the request: its size, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// Of one on the web: its URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Of one on the web: the `ETag` of the state that the client had.
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// Of one on the web: the `Last-Modified` of the state that the client had.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// Of one that was uploaded: the upload's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    upload: Option<UploadId>,
    /// Of one in S3: the object, as `s3://bucket/key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    s3: Option<String>,
}

/// Where a document comes from: `inline`, with the request, as text, in base64 or as its body; `url`, from the web; `upload`, from an upload; `s3`, from a
/// bucket.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DocumentKind {
    Inline,
    Url,
    Upload,
    S3,
}

/// Where the documents lie that were too many to be named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedCollection {
    kind: CollectionKind,
    /// What the objects' names begin with, as `s3://bucket/prefix`; or the archive, as `s3://bucket/key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "s3://documents/in/")]
    s3: Option<String>,
    /// Of an archive that was uploaded: the upload's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    upload: Option<UploadId>,
}

/// What a collection is: `prefix`, all objects under a prefix; `archive`, all members of an archive.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CollectionKind {
    Prefix,
    Archive,
}

/// Read what was asked of a job
///
/// What is extracted, and of what. Documents that came with the request are described and not repeated. It never changes, whatever becomes of the saved
/// extractor or of the job; and it is kept for 30 days after the job was submitted, which only a job that is retried can outlive.
#[utoipa::path(
    get,
    path = "/api/v1/scan/request/{job_id}/",
    tag = "scan",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the client has: it need not be sent again."),
    ),
    responses(
        (
            status = 200,
            description = "What was asked",
            body = JobRequest,
            headers(("ETag" = String, description = "Names this answer")),
            examples(
                ("documents" = (summary = "Documents", value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "extract": [{"fields": {"total": {"label": "Total", "type": "money"}}}],
                    "extractor": {"name": "invoice", "version": 3},
                    "tags": {"batch": "7"},
                    "webhook": {"url": "https://example.org/hook"},
                    "documents": [
                        {"kind": "inline", "name": "invoice.pdf", "media_type": "application/pdf", "bytes": 48_211},
                        {"kind": "url", "url": "https://example.org/a.pdf"},
                        {"kind": "upload", "upload": "01990a5d-ac96-774b-8cce-b302099a8058", "name": "ledger.csv"},
                        {"kind": "s3", "s3": "s3://documents/in/a.pdf"},
                    ],
                }))),
                ("collection" = (summary = "A collection", value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "extract": ["entities", "text", "metadata"],
                    "documents": [],
                    "collection": {"kind": "prefix", "s3": "s3://documents/in/"},
                }))),
            ),
        ),
        (status = 304, description = "The client has this answer already"),
        Problems,
    ),
)]
pub(crate) async fn get_scan_request(
    State(app): State<App>,
    Addressed(key): Addressed,
    known: Known,
    _: NoParameters,
) -> Result<Response, Problem> {
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let request = match app.store.request(&job).await {
        Ok(request) => request,
        Err(error) => return Err(why_unreadable(&app, &job, error).await),
    };
    let body = serde_json::to_string(&JobRequest::of(job, request)?);
    let body = body.map_err(|_| Problem::internal("a request is no JSON"))?;
    let tag = Tag::of(body.as_bytes());
    if known.has(&tag) {
        return Ok(not_modified(&tag));
    }
    let json = HeaderValue::from_static("application/json");
    let mut response = ([(header::CONTENT_TYPE, json)], body).into_response();
    tag.put(response.headers_mut());
    Ok(response)
}

/// The job may have been removed between the look at it and the look at its request, or have outlived it.
async fn why_unreadable(app: &App, job: &Job, error: store::Error) -> Problem {
    let now = app.clock.now();
    match app.store.get(&job.key, now).await {
        Ok(None) => Problem::job_not_found(),
        Ok(Some(_)) if limits::expiry_of_unfinished(job.created_at) <= now => {
            tracing::info!(%error, "A request is no longer kept");
            Problem::request_expired()
        }
        Ok(Some(_)) | Err(_) => error.into(),
    }
}

impl JobRequest {
    fn of(job: Job, request: Request) -> Result<Self, Problem> {
        let About {
            tags,
            media_type: _,
            documents: _,
            extractor,
            webhook,
        } = job.about;
        let Request {
            documents,
            collection,
            first: _,
            extract,
        } = request;
        let documents = documents.into_iter().map(NamedDocument::of);
        Ok(Self {
            job_id: job.key.id,
            extract,
            extractor: extractor.as_ref().map(ExtractorVersion::of),
            tags,
            webhook: webhook.map(|url| JobWebhook { url }),
            documents: documents.collect::<Result<_, _>>()?,
            collection: collection.map(NamedCollection::of).transpose()?,
        })
    }
}

impl NamedDocument {
    fn of(source: Source) -> Result<Self, Problem> {
        let Source {
            name,
            media_type,
            content,
        } = source;
        let mut named = Self {
            kind: DocumentKind::Inline,
            name,
            media_type,
            bytes: None,
            url: None,
            etag: None,
            last_modified: None,
            upload: None,
            s3: None,
        };
        match content {
            Content::Bytes(bytes) => named.bytes = Some(bytes.len()),
            Content::Url(Link {
                url,
                etag,
                last_modified,
            }) => {
                named.kind = DocumentKind::Url;
                named.url = Some(url);
                named.etag = etag;
                named.last_modified = last_modified;
            }
            Content::Upload(Upload { id, etag: _ }) => {
                named.kind = DocumentKind::Upload;
                named.upload = Some(id);
            }
            Content::Object(Object {
                bucket,
                key,
                etag: _,
            }) => {
                named.kind = DocumentKind::S3;
                named.s3 = Some(format!("s3://{bucket}/{key}"));
            }
            Content::Member(_) => return Err(Problem::internal("a job asks as a part does")),
        }
        Ok(named)
    }
}

impl NamedCollection {
    fn of(collection: Collection) -> Result<Self, Problem> {
        match collection {
            Collection::Prefix { bucket, prefix } => Ok(Self {
                kind: CollectionKind::Prefix,
                s3: Some(format!("s3://{bucket}/{prefix}")),
                upload: None,
            }),
            Collection::Archive(source) => {
                let NamedDocument { s3, upload, .. } = NamedDocument::of(source)?;
                let kind = CollectionKind::Archive;
                Ok(Self { kind, s3, upload })
            }
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::job_not_found(),
            Problem::request_expired(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
