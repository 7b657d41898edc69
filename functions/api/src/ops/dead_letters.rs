//! Dead letters: what the queue gave up on, to be tried again or forgotten.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{StatusCode, Uri};
use jiff::Timestamp;
use job::JobId;
use serde::Serialize;
use serde_json::json;
use service::metrics;
use store::{AuditEvent, DeadLetter, LetterId, Letters, MAX_LETTERS, Redriven, TraceParent};
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::{Flaws, Place, Problem, shortened};
use crate::query::{self, NoParameters};
use crate::{App, audit, openapi};

/// Letters of a page, if a client does not say how many.
const DEFAULT_LIMIT: usize = 50;

/// What the audit calls all letters that matched.
const MATCHING: &str = "matching";

/// What the queue gave up on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Letter {
    /// Its id.
    id: String,
    /// Why it is a dead letter: the kind of the last error, `undeliverable` if there was none, `unreadable_message` if it is no job's.
    #[schema(example = "undeliverable")]
    reason: String,
    /// The same in words.
    detail: String,
    /// The job that ended as failed; absent if it belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    job_id: Option<JobId>,
    /// When its message was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// What it says, or the beginning of it; absent if it is a job's.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// A page of dead letters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetters {
    /// The letters, newest first.
    dead_letters: Vec<Letter>,
    /// The `cursor` of the next page; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// What became of letters that were to be tried again.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct RedrivenLetters {
    /// How many were.
    redriven: usize,
    /// Those that could not be, and are still there.
    refused: Vec<RefusedLetter>,
    /// The `cursor` by which to go on; null if there are no more.
    #[schema(required = true)]
    next: Option<String>,
}

/// A letter that could not be tried again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusedLetter {
    /// The letter.
    id: String,
    /// Why not.
    detail: String,
}

/// How many letters were forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscardedLetters {
    /// How many.
    discarded: usize,
    /// The `cursor` by which to go on; null if there are no more.
    #[schema(required = true)]
    next: Option<String>,
}

/// List dead letters
///
/// A message that workers could not deal with, again and again, ends here, newest first, and its job as failed. A page may have fewer letters than `limit`, or
/// none, and still be followed by others: the list ends where `next` is null. Letters are kept for 30 days.
#[utoipa::path(
    get,
    path = "/api/v1/dead-letters/",
    tag = "dead letters",
    params(
        ("reason" = Option<String>, Query, description = "Only letters with this reason.", example = "undeliverable"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Most letters of the page. Default: 50."),
        ("cursor" = Option<String>, Query, description = "Where the page begins: `next` of the page before."),
    ),
    responses(
        (
            status = 200,
            description = "A page",
            body = DeadLetters,
            headers(("Link" = String, description = "The next page (`rel=\"next\"`); absent if this is the last")),
            example = json!({
                "dead_letters": [{
                    "id": "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx",
                    "reason": "undeliverable",
                    "detail": "The job was given to a worker again and again without coming to an end.",
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "sent_at": "2026-09-01T12:00:00.123Z",
                }],
                "next": null,
            }),
        ),
        Matching,
    ),
)]
pub(crate) async fn list_dead_letters(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Query::read(&uri, DEFAULT_LIMIT)?;
    let Letters { letters, next } = find(&app, &caller, &asked).await?;
    let next = next.as_ref().map(write_id);
    let link = next.as_deref().map(|cursor| query::next_link(&uri, cursor));
    let dead_letters = letters.into_iter().map(Letter::of).collect();
    Ok((link.flatten(), Json(DeadLetters { dead_letters, next })).into_response())
}

/// Try again what a dead letter is about
///
/// Its job is retried, as by `retry`, and the letter is gone. A message that belongs to no job is put into the queue again. To repeat the call changes
/// nothing.
#[utoipa::path(
    post,
    path = "/api/v1/dead-letters/{letter_id}/redrive/",
    tag = "dead letters",
    params(("letter_id" = String, Path, description = "The letter")),
    responses((status = 204, description = "It is tried again"), OfOne),
)]
pub(crate) async fn redrive_dead_letter(
    State(app): State<App>,
    caller: Caller,
    Addressed(id): Addressed,
    Extension(trace): Extension<TraceParent>,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let letter = app.store.dead_letter(caller.tenant(), &id).await?;
    let letter = letter.ok_or_else(Problem::letter_not_found)?;
    let admitted = app.quotas.admit(caller.tenant(), 0).await?;
    if let Some(why) = redrive(&app, &caller, &letter, trace).await? {
        return Err(Problem::cannot_redrive(why));
    }
    admitted.keep();
    let job_id = letter.message.map(|message| message.key.id.to_string());
    let details = json!({"reason": letter.reason, "job_id": job_id});
    let (event, subject) = (AuditEvent::DeadLetterRedriven, write_id(&id));
    audit::note(&app, &caller, event, subject, details).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Try again what all dead letters are about
///
/// All that the same parameters would list, up to 100 in one call; `next` leads on to the rest.
#[utoipa::path(
    post,
    path = "/api/v1/dead-letters/redrive/",
    tag = "dead letters",
    params(
        ("reason" = Option<String>, Query, description = "Only letters with this reason."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Most letters of this call. Default: 100."),
        ("cursor" = Option<String>, Query, description = "Where to begin: `next` of the call before."),
    ),
    responses(
        (
            status = 200,
            description = "What became of them",
            body = RedrivenLetters,
            example = json!({
                "redriven": 12,
                "refused": [{"id": "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx", "detail": "Its job is completed; only a failed or cancelled job can be retried."}],
                "next": null,
            }),
        ),
        Matching,
    ),
)]
pub(crate) async fn redrive_dead_letters(
    State(app): State<App>,
    caller: Caller,
    Extension(trace): Extension<TraceParent>,
    uri: Uri,
) -> Result<Json<RedrivenLetters>, Problem> {
    let asked = Query::read(&uri, MAX_LETTERS)?;
    let Letters { letters, next } = find(&app, &caller, &asked).await?;
    let mut answer = RedrivenLetters {
        next: next.as_ref().map(write_id),
        ..RedrivenLetters::default()
    };
    let done = redrive_all(&app, &caller, letters, trace, &mut answer).await;
    // Also what was done before something failed.
    let counts = json!({"redriven": answer.redriven, "refused": answer.refused.len(), "reason": asked.reason.as_deref().map(shortened)});
    let event = AuditEvent::DeadLettersRedriven;
    audit::note(&app, &caller, event, MATCHING, counts).await;
    done.map(|()| Json(answer))
}

/// Discard a dead letter
///
/// Its job stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/dead-letters/{letter_id}/",
    tag = "dead letters",
    params(("letter_id" = String, Path, description = "The letter")),
    responses((status = 204, description = "It is gone"), OfOne),
)]
pub(crate) async fn discard_dead_letter(
    State(app): State<App>,
    caller: Caller,
    Addressed(id): Addressed,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    if !app.store.discard_dead_letter(caller.tenant(), &id).await? {
        return Err(Problem::letter_not_found());
    }
    let (event, subject) = (AuditEvent::DeadLetterDiscarded, write_id(&id));
    audit::note(&app, &caller, event, subject, json!({})).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Discard all dead letters
///
/// All that the same parameters would list, up to 100 in one call; `next` leads on to the rest.
#[utoipa::path(
    delete,
    path = "/api/v1/dead-letters/",
    tag = "dead letters",
    params(
        ("reason" = Option<String>, Query, description = "Only letters with this reason."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Most letters of this call. Default: 100."),
        ("cursor" = Option<String>, Query, description = "Where to begin: `next` of the call before."),
    ),
    responses(
        (status = 200, description = "How many", body = DiscardedLetters, example = json!({"discarded": 12, "next": null})),
        Matching,
    ),
)]
pub(crate) async fn discard_dead_letters(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<DiscardedLetters>, Problem> {
    let asked = Query::read(&uri, MAX_LETTERS)?;
    let Letters { letters, next } = find(&app, &caller, &asked).await?;
    let mut discarded = 0;
    let done = discard_all(&app, &caller, letters, &mut discarded).await;
    // Also what was done before something failed.
    let counts = json!({"discarded": discarded, "reason": asked.reason.as_deref().map(shortened)});
    let event = AuditEvent::DeadLettersDiscarded;
    audit::note(&app, &caller, event, MATCHING, counts).await;
    let next = next.as_ref().map(write_id);
    done.map(|()| Json(DiscardedLetters { discarded, next }))
}

/// The letter that the path names.
#[derive(Debug)]
pub(crate) struct Addressed(LetterId);

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| read_id(&id));
        id.map(Self).ok_or_else(Problem::letter_not_found)
    }
}

/// The letters that the parameters ask for.
async fn find(app: &App, caller: &Caller, asked: &Query) -> Result<Letters, Problem> {
    let Query {
        reason,
        limit,
        below,
    } = asked;
    let (reason, below) = (reason.as_deref(), below.as_ref());
    let found = app
        .store
        .dead_letters(caller.tenant(), reason, below, *limit);
    Ok(found.await?)
}

/// Tries letters again one after the other, up to where something fails, and says in the answer what became of them.
async fn redrive_all(
    app: &App,
    caller: &Caller,
    letters: Vec<DeadLetter>,
    trace: TraceParent,
    answer: &mut RedrivenLetters,
) -> Result<(), Problem> {
    for letter in letters {
        let refused = match app.quotas.admit(caller.tenant(), 0).await {
            Ok(admitted) => {
                let refused = redrive(app, caller, &letter, trace).await?;
                if refused.is_none() {
                    admitted.keep();
                }
                refused
            }
            Err(problem) => Some(problem.detail().to_owned()),
        };
        match refused {
            None => answer.redriven += 1,
            Some(detail) => answer.refused.push(RefusedLetter {
                id: write_id(&letter.id),
                detail,
            }),
        }
    }
    Ok(())
}

/// Discards letters one after the other, up to where something fails, and counts them.
async fn discard_all(
    app: &App,
    caller: &Caller,
    letters: Vec<DeadLetter>,
    discarded: &mut usize,
) -> Result<(), Problem> {
    for letter in letters {
        let gone = app.store.discard_dead_letter(caller.tenant(), &letter.id);
        *discarded += usize::from(gone.await?);
    }
    Ok(())
}

/// Says why not, if it cannot be done.
async fn redrive(
    app: &App,
    caller: &Caller,
    letter: &DeadLetter,
    trace: TraceParent,
) -> Result<Option<String>, Problem> {
    let (tenant, now) = (caller.tenant(), app.clock.now());
    Ok(
        match app.store.redrive(tenant, letter, Some(trace), now).await? {
            Redriven::Done => {
                metrics::job_resubmitted();
                None
            }
            Redriven::Refused(status) => Some(format!(
                "Its job is {status}; only a failed or cancelled job can be retried."
            )),
            Redriven::NoJob => Some("Its job was removed, or its time is over.".to_owned()),
            Redriven::Cut => Some("Its message is too long to have been kept whole.".to_owned()),
        },
    )
}

/// What the parameters say.
struct Query {
    reason: Option<String>,
    limit: usize,
    below: Option<LetterId>,
}

impl Query {
    fn read(uri: &Uri, limit: usize) -> Result<Self, Problem> {
        let mut query = Self {
            reason: None,
            limit,
            below: None,
        };
        let mut flaws = Flaws::default();
        for (name, value) in query::parameters(uri, &["reason", "limit", "cursor"])? {
            let read = match name.as_str() {
                "reason" => {
                    query.reason = Some(value);
                    Ok(())
                }
                "limit" => query::limit(&value, MAX_LETTERS).map(|limit| query.limit = limit),
                _ => cursor(&value).map(|below| query.below = Some(below)),
            };
            if let Err(detail) = read {
                flaws.add(Place::Parameter(name), detail);
            }
        }
        flaws.end()?;
        Ok(query)
    }
}

fn cursor(value: &str) -> Result<LetterId, String> {
    read_id(value).ok_or_else(|| query::NO_CURSOR.to_owned())
}

fn read_id(text: &str) -> Option<LetterId> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    LetterId::from_text(std::str::from_utf8(&bytes).ok()?)
}

fn write_id(id: &LetterId) -> String {
    URL_SAFE_NO_PAD.encode(id.to_text())
}

impl Letter {
    fn of(letter: DeadLetter) -> Self {
        let job_id = letter.message.map(|message| message.key.id);
        Self {
            id: write_id(&letter.id),
            reason: letter.reason,
            detail: letter.detail,
            job_id,
            sent_at: letter.sent_at,
            body: job_id.is_none().then_some(letter.body),
        }
    }
}

/// Problems of an operation on one letter.
struct OfOne;

impl IntoResponses for OfOne {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::letter_not_found(),
            Problem::cannot_redrive(
                "Its job is completed; only a failed or cancelled job can be retried.",
            ),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}

/// Problems of an operation on all letters that match.
struct Matching;

impl IntoResponses for Matching {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([wrong_parameters(), Problem::unavailable("")])
    }
}

/// What wrong parameters are answered, as an example.
fn wrong_parameters() -> Problem {
    let uri = Uri::from_static("/?limit=0");
    Query::read(&uri, 1).err().expect("the limit is wrong")
}
