//! A job followed as it goes on.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use job::{Job, JobKey};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::status::Seen;
use crate::account::Account;
use crate::caller::{Addressed, Caller};
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::retry_after::retry_after;
use crate::wait::Gaps;
use crate::{App, openapi};

/// What a client names that comes back: the event that it saw last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Keeps a proxy from gathering the stream.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// After which a client comes back whose stream was cut off.
const COME_BACK: Duration = Duration::from_secs(1);

/// How often a stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Follow a job
///
/// Server-sent events, as `EventSource` reads them: one named `status` for each way in which the job stands, the present one first,
/// until it is final. Their data is what `/api/v1/scan/status/{job_id}/` answers, their id its `ETag` without the quotes.
///
/// Where answers cannot be streams, as behind an HTTP API on AWS, the answer ends after the present state, and says in `retry` when to
/// come back; `EventSource` does so by itself, and names the event that it saw last, which is then not sent again. Once that is
/// the final one the answer is 204, by which `EventSource` knows that there is no more to come.
#[utoipa::path(
    get,
    path = "/api/v1/scan/events/{job_id}/",
    tag = "scan",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the event that was seen last."),
    ),
    responses(
        (
            status = 200,
            description = "What happens to it",
            body = String,
            content_type = "text/event-stream",
            example = json!("event: status\nid: 4be8d1a2f0c93b7764e05d2d8f1a6c3e\nretry: 1000\ndata: {\"job_id\":\"01990a5d-ac96-774b-8cce-b302099a8057\",\"status\":\"running\"}\n\n"),
        ),
        (status = 204, description = "It is final, and the client knows"),
        Problems,
    ),
)]
pub(crate) async fn get_scan_events(
    State(app): State<App>,
    caller: Caller,
    Extension(account): Extension<Account>,
    Addressed(key): Addressed,
    headers: HeaderMap,
    _: NoParameters,
) -> Result<Response, Problem> {
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let mut follow = Follow {
        last: headers.get(LAST_EVENT_ID).map(ToOwned::to_owned),
        come_back: if app.streams() {
            COME_BACK
        } else {
            Duration::from_secs(retry_after(&app, &job).await.unwrap_or(1))
        },
        is_over: false,
        gaps: Gaps::default(),
    };
    let first = follow.see(&job);
    if first.is_none() && follow.is_over {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let response = if app.streams() {
        let rest = rest(app, caller, account, key, follow);
        let events = stream::iter(first).chain(rest).map(Ok::<_, Infallible>);
        let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
        Sse::new(events).keep_alive(keep_alive).into_response()
    } else {
        let first = first.unwrap_or_else(|| Event::default().retry(follow.come_back));
        Sse::new(stream::iter([Ok::<_, Infallible>(first)])).into_response()
    };
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, response).into_response())
}

/// What a client has seen of a job.
struct Follow {
    /// The id of the event that it saw last.
    last: Option<HeaderValue>,
    come_back: Duration,
    /// Whether nothing more is to come.
    is_over: bool,
    gaps: Gaps,
}

impl Follow {
    /// The event of a job as it stands now; none if the client has seen that.
    fn see(&mut self, job: &Job) -> Option<Event> {
        self.is_over = job.status().is_final();
        let Seen { body, tag } = Seen::of(job);
        let id = HeaderValue::from_str(tag.as_str()).ok();
        if self.last == id {
            return None;
        }
        self.last = id;
        self.gaps = Gaps::default();
        let event = Event::default().event("status").id(tag.as_str());
        Some(event.retry(self.come_back).data(body))
    }
}

/// The events that are to come, until the job is final or gone, or the caller's key is. A stream that is cut off is begun again by its client.
fn rest(
    app: App,
    caller: Caller,
    account: Account,
    key: JobKey,
    follow: Follow,
) -> impl Stream<Item = Event> {
    stream::unfold((app, caller, account, key, follow), async |state| {
        let (app, caller, account, key, mut follow) = state;
        while !follow.is_over && app.pause(follow.gaps.next()).await {
            caller.still_holds().await.ok()?;
            let looked = account.run(app.store.get(&key, app.clock.now()));
            let job = looked.await.ok()??;
            if let Some(event) = follow.see(&job) {
                return Some((event, (app, caller, account, key, follow)));
            }
        }
        None
    })
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::job_not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
