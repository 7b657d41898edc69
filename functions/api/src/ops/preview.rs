//! Extracting at once.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use job::{Content, Failure, Phase};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use crate::preview::{Preview, Previewed};
use crate::problem::Problem;
use crate::{body, openapi, schema};

/// Longest body, in bytes: the longest document in the form that takes most room, text in JSON with every character escaped, and
/// what is wanted from it.
const MAX_BODY_BYTES: usize = 2 << 20;

/// Try an extraction
///
/// Extracts from one small document and answers at once with what a job's result would be. For trying what to ask for; nothing is
/// kept. The body is the same as that of `POST /api/v1/scan/start/`, with one document of up to 256 KB (262,144 bytes). The
/// extraction may take 10 s.
#[utoipa::path(
    post,
    path = "/api/v1/extractors/preview/",
    tag = "extractors",
    params(
        (
            "extract" = Option<String>, Query,
            description = "What to extract, as for `POST /api/v1/scan/start/`.",
            example = "entities,tables",
        ),
        (
            "as" = Option<String>, Query,
            description = "`document`: the body is a document, whatever its `Content-Type`.",
            example = "document",
        ),
    ),
    request_body(
        description = "The document; none for the bundled one.",
        content(
            (schema::ScanRequest = "application/json", examples(
                ("text" = (summary = "A text", value = json!({
                    "source": {"text": "Write to a@test.com."}, "extract": ["entities"],
                }))),
            )),
            (schema::ScanForm = "multipart/form-data"),
            (schema::Document = "application/octet-stream"),
        ),
    ),
    responses(
        (
            status = 200,
            description = "What was extracted",
            body = schema::ScanResult,
            example = json!({
                "columns": ["kind", "value", "raw", "valid", "problems", "document", "page", "start", "end"],
                "records": [{"email": "a@test.com", "source": {"document": 0, "start": 9, "end": 19}}],
                "documents": [{
                    "media_type": "text/plain",
                    "charset": "UTF-8",
                    "bytes": 20,
                    "sha256": "9285566ee2be1d3dbca6f30da48f9eab383dae84960a33a7ef56423033b3af7c",
                }],
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn preview_extraction(
    State(preview): State<Preview>,
    request: Request,
) -> Result<Response, Problem> {
    let received =
        body::read(request, MAX_BODY_BYTES, &[])
            .await
            .map_err(|problem| match problem.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large_to_preview(None),
                _ => problem,
            })?;
    if let Some(asked) = received.extractor {
        return Err(Problem::saved_to_preview(asked.place));
    }
    let request = received.submission.request;
    match &request.documents[..] {
        [document] => match &document.content {
            Content::Bytes(bytes) if bytes.len() > Preview::MAX_BYTES => {
                return Err(Problem::too_large_to_preview(Some(bytes.len())));
            }
            Content::Bytes(_) => {}
            Content::Url(_) | Content::Upload(_) | Content::Object(_) | Content::Member(_) => {
                return Err(Problem::elsewhere_to_preview());
            }
        },
        several => return Err(Problem::several_to_preview(several.len())),
    }
    match preview.run(request).await {
        Some(Previewed::Done(result)) => {
            let json = HeaderValue::from_static("application/json");
            Ok(([(header::CONTENT_TYPE, json)], result).into_response())
        }
        Some(Previewed::Failed(failure)) => Err(Problem::not_extracted(failure)),
        Some(Previewed::TooSlow) => Err(Problem::too_slow_to_preview()),
        Some(Previewed::Unavailable) => Err(Problem::unavailable("the engine does not start")),
        None => Err(Problem::busy()),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        let encrypted = "The document is encrypted; a password is needed to read it.";
        let failure = Failure::new("encrypted", Phase::Extract, false, encrypted);
        openapi::problems([
            body::not_json(),
            Problem::too_large_to_preview(Some(300_000)),
            Problem::encoded_body(),
            body::not_base64(),
            Problem::not_extracted(failure),
            Problem::too_slow_to_preview(),
            Problem::busy(),
        ])
    }
}
