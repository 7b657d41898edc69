//! The limits in force.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use job::{ExtractorName, limits};
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::{audit, keys, list, start};
use crate::query::{self, NoParameters};
use crate::{App, Preview, auth, body, head, idempotent, openapi, quota, wait};

/// The limits in force, each with its unit in its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Limits {
    /// Longest body of a request.
    #[schema(example = 4_500_000)]
    max_request_bytes: usize,
    /// Longest address of a request with its query.
    #[schema(example = 8_192)]
    max_url_bytes: usize,
    /// Headers of a request.
    #[schema(example = 100)]
    max_headers: usize,
    /// Longest headers of a request in all, names and values. On AWS, 10,240 with the address.
    #[schema(example = 16_384)]
    max_header_bytes: usize,
    /// Longest document that can be uploaded.
    #[schema(example = 500_000_000)]
    max_upload_bytes: usize,
    /// How long the bytes of an upload may be sent.
    #[schema(example = 3_600)]
    upload_link_seconds: u64,
    /// How long jobs can be started from an upload.
    #[schema(example = 86_400)]
    keep_upload_seconds: u64,
    /// Longest document that is fetched from a URL, as sent and unpacked.
    #[schema(example = 50_000_000)]
    max_fetch_bytes: usize,
    /// How long fetching a document from a URL may take, redirects included.
    #[schema(example = 30)]
    max_fetch_seconds: u64,
    /// Redirects that are followed on the way to a document.
    #[schema(example = 5)]
    max_fetch_redirects: usize,
    /// Documents in one job.
    #[schema(example = 100)]
    max_documents: usize,
    /// Documents in one collection.
    #[schema(example = 100_000)]
    max_collection_documents: u32,
    /// Jobs in one page of a list.
    #[schema(example = 200)]
    max_listed_jobs: usize,
    /// Jobs that one page of a list looks at.
    #[schema(example = 1000)]
    max_listed_reads: usize,
    /// Tasks that one call of `/v1/clear/results` removes.
    #[schema(example = 100)]
    max_cleared_tasks: usize,
    /// Dead letters in one page, or in one call on all of them.
    #[schema(example = 100)]
    max_dead_letters: usize,
    /// Longest document of a preview.
    #[schema(example = 262_144)]
    max_preview_bytes: usize,
    /// Levels of nested arrays and objects in a body of `application/json`.
    #[schema(example = 128)]
    max_json_levels: usize,
    /// Longest list of what is to be extracted, in a request or saved.
    #[schema(example = 65_536)]
    max_extract_bytes: usize,
    /// Longest name of a saved extractor.
    #[schema(example = 64)]
    max_extractor_name_chars: usize,
    /// Attempts that a job has before it ends as failed.
    #[schema(example = 5)]
    max_attempts: u32,
    /// How long a request waits at most for its job, if its client wishes so.
    #[schema(example = 20)]
    max_wait_seconds: u64,
    /// Longest result that the answer to a start that waited for it holds.
    #[schema(example = 1_000_000)]
    max_waited_result_bytes: u64,
    /// Longest `Idempotency-Key`.
    #[schema(example = 255)]
    max_idempotency_key_chars: usize,
    /// Longest token of an identity provider.
    #[schema(example = 16_384)]
    max_token_bytes: usize,
    /// How long an `Idempotency-Key` and its answer are kept.
    #[schema(example = 86_400)]
    keep_idempotency_key_seconds: u64,
    /// Attempts to deliver a webhook, over nearly a day.
    #[schema(example = 8)]
    max_webhook_attempts: usize,
    /// How long the receiver of a webhook may take to answer.
    #[schema(example = 15)]
    max_webhook_seconds: u64,
    /// Secrets that sign webhooks at once.
    #[schema(example = 5)]
    max_webhook_secrets: usize,
    /// How long a webhook's secret signs along after the next one was made.
    #[schema(example = 86_400)]
    webhook_secret_overlap_seconds: u64,
    /// Length of the window in which requests are counted; `/api/v1/quotas/` has how many a tenant may send.
    #[schema(example = 10)]
    request_window_seconds: i64,
    /// Keys of a tenant that are good for something and have no successor.
    #[schema(example = 100)]
    max_keys: usize,
    /// Longest name of a key.
    #[schema(example = 100)]
    max_key_name_chars: usize,
    /// Longest life of a key that expires.
    #[schema(example = 3_650)]
    max_key_days: u32,
    /// How long a key that was rotated holds at most beside its successor.
    #[schema(example = 604_800)]
    max_key_overlap_seconds: u64,
    /// How long a key that has ended is still listed.
    #[schema(example = 2_592_000)]
    keep_ended_key_seconds: u64,
    /// Audit events in one page of a list.
    #[schema(example = 200)]
    max_listed_audit_events: usize,
    /// How long audit events are kept.
    #[schema(example = 34_560_000)]
    keep_audit_seconds: u64,
    /// How long a finished job and its result are kept.
    #[schema(example = 604_800)]
    keep_finished_seconds: u64,
    /// How long a job is kept that never ends.
    #[schema(example = 2_592_000)]
    keep_unfinished_seconds: u64,
    /// What a document may ask of the engine; whoever passes one of these is told its name.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"max_pages": 5000, "max_records": 100_000}))]
    engine: plan::Limits,
}

/// List the limits in force
#[utoipa::path(
    get,
    path = "/api/v1/limits/",
    tag = "service",
    responses((status = 200, description = "The limits", body = Limits), Problems),
)]
pub(crate) async fn get_limits(State(app): State<App>, _: NoParameters) -> Json<Limits> {
    Json(Limits {
        max_request_bytes: app.max_request_bytes,
        max_url_bytes: head::MAX_URL_BYTES,
        max_headers: head::MAX_HEADERS,
        max_header_bytes: head::MAX_HEADER_BYTES,
        max_upload_bytes: body::MAX_UPLOAD_BYTES,
        upload_link_seconds: limits::UPLOAD_LINK.as_secs(),
        keep_upload_seconds: limits::KEEP_UPLOAD.as_secs(),
        max_fetch_bytes: limits::MAX_FETCH_BYTES,
        max_fetch_seconds: limits::FETCH_TIME.as_secs(),
        max_fetch_redirects: limits::MAX_REDIRECTS,
        max_documents: limits::MAX_DOCUMENTS,
        max_collection_documents: limits::MAX_COLLECTION_DOCUMENTS,
        max_listed_jobs: list::MAX_LIMIT,
        max_listed_reads: store::MAX_LISTED_READS,
        max_cleared_tasks: store::MAX_CLEARED_JOBS,
        max_dead_letters: store::MAX_LETTERS,
        max_preview_bytes: Preview::MAX_BYTES,
        max_json_levels: body::MAX_JSON_LEVELS,
        max_extract_bytes: body::MAX_EXTRACT_BYTES,
        max_extractor_name_chars: ExtractorName::MAX_CHARS,
        max_attempts: limits::MAX_ATTEMPTS,
        max_wait_seconds: wait::MAX_SECONDS,
        max_waited_result_bytes: start::MAX_RESULT_BYTES,
        max_idempotency_key_chars: idempotent::MAX_KEY_CHARS,
        max_token_bytes: auth::MAX_TOKEN_BYTES,
        keep_idempotency_key_seconds: limits::KEEP_IDEMPOTENCY_KEY.as_secs(),
        max_webhook_attempts: limits::MAX_WEBHOOK_ATTEMPTS,
        max_webhook_seconds: limits::WEBHOOK_TIME.as_secs(),
        max_webhook_secrets: limits::MAX_WEBHOOK_SECRETS,
        webhook_secret_overlap_seconds: limits::WEBHOOK_SECRET_OVERLAP.as_secs(),
        request_window_seconds: quota::WINDOW_SECONDS,
        max_keys: keys::MAX_KEYS,
        max_key_name_chars: access::limits::MAX_KEY_NAME_CHARS,
        max_key_days: access::limits::MAX_KEY_DAYS,
        max_key_overlap_seconds: access::limits::MAX_KEY_OVERLAP.as_secs(),
        keep_ended_key_seconds: store::KEEP_ENDED_KEY.as_secs(),
        max_listed_audit_events: audit::MAX_LIMIT,
        keep_audit_seconds: store::KEEP_AUDIT.as_secs(),
        keep_finished_seconds: limits::KEEP_FINISHED.as_secs(),
        keep_unfinished_seconds: limits::KEEP_UNFINISHED.as_secs(),
        engine: plan::LIMITS,
    })
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter()])
    }
}
