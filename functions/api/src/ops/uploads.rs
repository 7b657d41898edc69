//! Documents that are too big for a request: their clients put them into the bucket themselves.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use http::request::Parts;
use jiff::Timestamp;
use job::{Collection, Content, Source, Submission, Tenant, UploadId, limits};
use serde::Serialize;
use store::{Allowed, SignedPut};
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::body::NewUpload;
use crate::caller::Caller;
use crate::fingerprint::Fingerprint;
use crate::idempotent::{IdempotencyKey, Intent, Made, once};
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, body, openapi, schema};

/// Uploads of one job that are looked for at a time.
const LOOKS_AT_ONCE: usize = 10;

/// An upload that is allowed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadAllowed {
    /// The upload's id: what a source names.
    #[schema(value_type = Uuid)]
    upload: String,
    /// How the bytes are sent: `PUT`.
    #[schema(example = "PUT")]
    method: &'static str,
    /// Where the bytes are sent; needs no further authorisation.
    url: String,
    /// The headers that have to go with them, exactly so: they are signed. Most clients write `Content-Length` by themselves.
    headers: BTreeMap<String, String>,
    /// When it is too late to begin to send them.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Until when jobs can be started from it.
    #[schema(value_type = String, format = DateTime)]
    kept_until: Timestamp,
}

/// What is known of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadStatus {
    /// The upload's id.
    #[schema(value_type = Uuid)]
    upload: String,
    status: Arrival,
    /// The name of the file, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The media type, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    /// The size that was announced, in bytes.
    bytes: u64,
    /// When it was allowed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when jobs can be started from it.
    #[schema(value_type = String, format = DateTime)]
    kept_until: Timestamp,
}

/// Whether the bytes of an upload are there.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Arrival {
    /// They are not, or not all of them.
    Waiting,
    /// They are: a job can be started.
    Arrived,
}

/// Upload a document
///
/// For documents that are too big for a request, up to 500 MB. The answer says where the bytes go: by `PUT` to `url`, with `headers` as they
/// are, straight into the storage. What is longer or shorter than announced is refused there, and with `sha256` all other bytes.
/// Then the document is a source of jobs: `{"source": {"upload": "…"}}`, of any number of them, for 24 hours.
///
/// Each job extracts from the bytes that were there when it was started: if others are sent later, before the job has read them, that
/// document is in error.
#[utoipa::path(
    post,
    path = "/api/v1/uploads/",
    tag = "uploads",
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "Names this call, so that it can be repeated when its answer was lost: the same key and the same body, within 24 hours, are given the first answer. 1 to 255 characters, best a random UUID.",
        example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
    )),
    request_body(
        description = "What is to come.",
        content(
            (schema::UploadRequest = "application/json", example = json!({
                "name": "ledger.csv", "media_type": "text/csv", "bytes": 314_572_800,
            })),
        ),
    ),
    responses(
        (
            status = 201,
            description = "The upload is allowed",
            body = UploadAllowed,
            headers(
                ("Location" = String, description = "Where it can be read whether the bytes are there"),
                ("Idempotency-Replayed" = Option<String>, description = "`true`: an earlier call with this `Idempotency-Key` did it, and this is its answer"),
            ),
            example = json!({
                "upload": "01990a5d-ac96-774b-8cce-b302099a8057",
                "method": "PUT",
                "url": "https://bucket.s3.us-east-1.amazonaws.com/uploads/default/01990a5d-ac96-774b-8cce-b302099a8057?X-Amz-Signature=…",
                "headers": {"content-length": "314572800"},
                "expires_at": "2026-03-09T13:00:00Z",
                "kept_until": "2026-03-10T12:00:00Z",
            }),
        ),
        CreateProblems,
    ),
)]
pub(crate) async fn create_upload(
    State(app): State<App>,
    caller: Caller,
    name: IdempotencyKey,
    _: NoParameters,
    request: Request,
) -> Result<Response, Problem> {
    let new = body::read_upload(request).await?;
    let fingerprint = || {
        Fingerprint::of("upload")
            .maybe(new.name.as_deref())
            .maybe(new.media_type.as_deref())
            .number(new.bytes)
            .bytes(new.sha256.as_ref().map_or(&[][..], |sum| &sum[..]))
    };
    let call = name.call(caller.tenant(), fingerprint);
    let drawn = UploadId::new(app.clock.now()).to_string();
    let allowed = once(&app, call, Ok(drawn), |intent| {
        allow(&app, &caller, new, intent)
    });
    Ok(allowed.await?.into_response())
}

/// Allows an upload under the id that was drawn for it.
async fn allow(
    app: &App,
    caller: &Caller,
    new: NewUpload,
    intent: Intent,
) -> Result<Made, Problem> {
    let Intent {
        drawn,
        at,
        again: _,
    } = intent;
    let NewUpload {
        name,
        media_type,
        bytes,
        sha256,
    } = new;
    let id = drawn
        .parse()
        .map_err(|_| Problem::internal("an upload's id that was drawn cannot be read"))?;
    let allowed = Allowed {
        id,
        name,
        media_type,
        bytes,
        sha256,
        created_at: at,
        expires_at: limits::expiry_of_upload(at),
    };
    let now = app.clock.now();
    let signed = app
        .store
        .allow_upload(caller.tenant(), &allowed, now)
        .await?;
    tracing::info!(upload_id = %id, bytes, "Upload allowed");
    UploadAllowed::made(&allowed, signed)
}

impl UploadAllowed {
    fn made(allowed: &Allowed, signed: SignedPut) -> Result<Made, Problem> {
        let SignedPut {
            url,
            headers,
            expires_at,
        } = signed;
        let id = allowed.id;
        let body = Self {
            upload: id.to_string(),
            method: "PUT",
            url,
            headers: headers.into_iter().collect(),
            expires_at,
            kept_until: allowed.expires_at,
        };
        let location = Some(format!("/api/v1/uploads/{id}/"));
        Made::new(StatusCode::CREATED, location, &body)
    }
}

/// Ask whether an upload has arrived
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{upload_id}/",
    tag = "uploads",
    params(("upload_id" = Uuid, Path, description = "The upload")),
    responses(
        (
            status = 200,
            description = "What is known of it",
            body = UploadStatus,
            example = json!({
                "upload": "01990a5d-ac96-774b-8cce-b302099a8057",
                "status": "arrived",
                "name": "ledger.csv",
                "media_type": "text/csv",
                "bytes": 314_572_800,
                "created_at": "2026-03-09T12:00:00Z",
                "kept_until": "2026-03-10T12:00:00Z",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_upload(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named,
    _: NoParameters,
) -> Result<Json<UploadStatus>, Problem> {
    let tenant = caller.tenant();
    let found = app.store.upload(tenant, id, app.clock.now()).await?;
    let allowed = found.ok_or_else(Problem::upload_not_found)?;
    let status = match app.store.arrived(tenant, &allowed).await? {
        Some(_) => Arrival::Arrived,
        None => Arrival::Waiting,
    };
    let Allowed {
        id,
        name,
        media_type,
        bytes,
        sha256: _,
        created_at,
        expires_at,
    } = allowed;
    Ok(Json(UploadStatus {
        upload: id.to_string(),
        status,
        name,
        media_type,
        bytes,
        created_at,
        kept_until: expires_at,
    }))
}

/// Remove an upload
///
/// Deletes its bytes at once. Jobs that have not read them yet will find that document in error; results stay as they are.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{upload_id}/",
    tag = "uploads",
    params(("upload_id" = Uuid, Path, description = "The upload")),
    responses((status = 204, description = "It is gone"), Problems),
)]
pub(crate) async fn remove_upload(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let tenant = caller.tenant();
    // Read first, so that a removal whose answer was lost is repeated as one.
    let existed = app.store.upload(tenant, id, app.clock.now()).await?;
    app.store.remove_upload(tenant, id).await?;
    match existed {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(Problem::upload_not_found()),
    }
}

/// The upload that the path names. There is none for an id that is no UUID.
#[derive(Debug)]
pub(crate) struct Named(UploadId);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::upload_not_found())?;
        let id = id.parse().map_err(|_| Problem::upload_not_found())?;
        Ok(Self(id))
    }
}

/// Looks for the uploads that a job is to be started from, and keeps with each what was found: the job extracts from these very
/// bytes.
pub(crate) async fn look_for(
    app: &App,
    caller: &Caller,
    submission: &mut Submission,
    now: Timestamp,
) -> Result<(), Problem> {
    let request = &mut submission.request;
    let archive = match &mut request.collection {
        Some(Collection::Archive(source)) => Some(source),
        _ => None,
    };
    let sources = request.documents.iter_mut().chain(archive);
    let looks: Vec<_> = sources
        .filter(|source| matches!(source.content, Content::Upload(_)))
        .map(|source| look(app, caller.tenant(), source, now))
        .collect();
    let missing: Vec<Option<String>> = stream::iter(looks)
        .buffered(LOOKS_AT_ONCE)
        .try_collect()
        .await?;
    let missing: Vec<String> = missing.into_iter().flatten().collect();
    if !missing.is_empty() {
        return Err(Problem::uploads_missing(&missing));
    }
    submission.complete();
    Ok(())
}

/// Looks for one upload. Says what is missing.
async fn look(
    app: &App,
    tenant: &Tenant,
    source: &mut Source,
    now: Timestamp,
) -> Result<Option<String>, Problem> {
    let Content::Upload(upload) = &mut source.content else {
        return Ok(None);
    };
    let id = upload.id;
    let Some(allowed) = app.store.upload(tenant, id, now).await? else {
        return Ok(Some(format!(
            "There is no upload {id}: it was never allowed, was removed, or its time is over."
        )));
    };
    let Some(etag) = app.store.arrived(tenant, &allowed).await? else {
        let bytes = allowed.bytes;
        return Ok(Some(format!(
            "The {bytes} bytes of the upload {id} have not arrived."
        )));
    };
    upload.etag = Some(etag);
    let Source {
        name, media_type, ..
    } = source;
    *name = name.take().or(allowed.name);
    *media_type = media_type.take().or(allowed.media_type);
    Ok(None)
}

/// What a start from an upload that has not arrived is answered, as an example.
pub(crate) fn not_there() -> Problem {
    let id = "01990a5d-ac96-774b-8cce-b302099a8057";
    Problem::uploads_missing(&[format!(
        "The 1000 bytes of the upload {id} have not arrived."
    )])
}

struct CreateProblems;

impl IntoResponses for CreateProblems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::malformed("The body is no JSON object."),
            Problem::too_large_to_announce(16_384),
            Problem::encoded_body(),
            body::not_an_upload(),
            Problem::key_in_use(),
            Problem::key_reused(),
            Problem::unavailable(""),
        ])
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::upload_not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
