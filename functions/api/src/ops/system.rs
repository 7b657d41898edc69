//! Whether what the service stands on can be reached, and how much waits in its queues.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use job::JobId;
use serde::Serialize;
use store::{Backlog, Queue};
use tokio::time::timeout;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, auth, openapi};

/// Longest look at a part. What takes longer to answer does its part for nobody.
const LOOK: Duration = Duration::from_secs(2);

/// What the service stands on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct System {
    /// The version of the service.
    #[schema(example = "0.1.0")]
    version: &'static str,
    table: SystemPart,
    storage: SystemPart,
    queues: SystemQueues,
}

/// How a part answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemPart {
    status: Reach,
    /// How long it took to answer, rounded up; absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
}

/// The queues. Of dead letters there are some only until the reaper has taken note of them; those of webhooks are for an operator to look at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemQueues {
    /// Jobs, and parts of them.
    jobs: SystemQueue,
    /// Messages of jobs that were given up on. Absent where the service is not told of the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letters: Option<SystemQueue>,
    /// Notices of jobs' ends, on their way to webhooks.
    webhooks: SystemQueue,
    /// Notices that were given up on. Absent where the service is not told of the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_dead_letters: Option<SystemQueue>,
}

/// How a queue answers, and how many messages it holds, of all tenants and about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemQueue {
    status: Reach,
    /// How long it took to answer, rounded up; absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    /// Those that wait to be taken; absent if it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<u64>,
    /// Those that were taken, and are neither done nor given back; absent if it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<u64>,
    /// Those that are not to be seen yet; absent if it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    delayed: Option<u64>,
}

/// Whether a part answers: `ok`, or `unreachable`, if it did not within two seconds or not as it should.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    Ok,
    Unreachable,
}

/// The queues that the API sends nothing to and looks at, where it is told of them.
#[derive(Debug, Clone, Default)]
pub struct DeadLetterQueues {
    /// Messages of jobs that were given up on.
    pub jobs: Option<Queue>,
    /// Notices that were given up on.
    pub webhooks: Option<Queue>,
}

/// Tell whether all that the service stands on answers
///
/// Table, storage and queues are asked at once. What does not answer within two seconds is `unreachable`, and the others are told all the same: so the
/// answer is always 200. Why a part cannot be reached stands in the log. For operators alone, since the queues are those of all tenants.
#[utoipa::path(
    get,
    path = "/api/v1/system/",
    tag = "service",
    responses(
        (
            status = 200,
            description = "What answers",
            body = System,
            example = json!({
                "version": "0.1.0",
                "table": {"status": "ok", "milliseconds": 4},
                "storage": {"status": "unreachable"},
                "queues": {
                    "jobs": {"status": "ok", "milliseconds": 6, "waiting": 12, "in_flight": 32, "delayed": 1},
                    "dead_letters": {"status": "ok", "milliseconds": 5, "waiting": 0, "in_flight": 0, "delayed": 0},
                    "webhooks": {"status": "ok", "milliseconds": 5, "waiting": 0, "in_flight": 2, "delayed": 0},
                    "webhook_dead_letters": {"status": "ok", "milliseconds": 5, "waiting": 0, "in_flight": 0, "delayed": 0},
                },
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_system(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Result<Json<System>, Problem> {
    if !caller.identity().is_operator() {
        return Err(auth::operators_alone());
    }
    // Nobody has this job: there is nothing of it to be read.
    let nothing = caller.key(JobId::new(app.clock.now()));
    let DeadLetterQueues { jobs, webhooks } = &app.dead_letter_queues;
    let (table, storage, queues) = tokio::join!(
        look_at("table", app.store.reach_table(&nothing)),
        look_at("storage", app.store.reach_bucket(&nothing)),
        async {
            let queues = tokio::join!(
                count("jobs", app.store.queue()),
                count_if_told("dead letters", jobs.as_ref()),
                count("webhooks", app.store.webhooks()),
                count_if_told("dead letters of webhooks", webhooks.as_ref()),
            );
            SystemQueues {
                jobs: queues.0,
                dead_letters: queues.1,
                webhooks: queues.2,
                webhook_dead_letters: queues.3,
            }
        },
    );
    Ok(Json(System {
        version: env!("CARGO_PKG_VERSION"),
        table: SystemPart::of(table),
        storage: SystemPart::of(storage),
        queues,
    }))
}

/// What a part said, and the milliseconds that it took; none if it did not answer.
type Said<T> = Option<(T, u64)>;

async fn look_at<T>(
    part: &'static str,
    look: impl Future<Output = Result<T, store::Error>>,
) -> Said<T> {
    let begun = Instant::now();
    match timeout(LOOK, look).await {
        Ok(Ok(said)) => {
            let milliseconds = begun.elapsed().as_micros().div_ceil(1_000);
            Some((said, u64::try_from(milliseconds).unwrap_or(u64::MAX)))
        }
        Ok(Err(error)) => {
            tracing::warn!(part, %error, "A part of the service cannot be reached");
            None
        }
        Err(_elapsed) => {
            tracing::warn!(part, "A part of the service cannot be reached in time");
            None
        }
    }
}

async fn count(name: &'static str, queue: &Queue) -> SystemQueue {
    SystemQueue::of(look_at(name, queue.backlog()).await)
}

async fn count_if_told(name: &'static str, queue: Option<&Queue>) -> Option<SystemQueue> {
    Some(count(name, queue?).await)
}

impl SystemPart {
    fn of(said: Said<()>) -> Self {
        Self {
            status: Reach::of(said.as_ref()),
            milliseconds: said.map(|((), milliseconds)| milliseconds),
        }
    }
}

impl SystemQueue {
    fn of(said: Said<Backlog>) -> Self {
        let count = |of: fn(&Backlog) -> u64| said.as_ref().map(|(backlog, _)| of(backlog));
        Self {
            status: Reach::of(said.as_ref()),
            milliseconds: said.map(|(_, milliseconds)| milliseconds),
            waiting: count(|backlog| backlog.waiting),
            in_flight: count(|backlog| backlog.in_flight),
            delayed: count(|backlog| backlog.delayed),
        }
    }
}

impl Reach {
    fn of<T>(said: Option<&(T, u64)>) -> Self {
        if said.is_some() {
            Self::Ok
        } else {
            Self::Unreachable
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter()])
    }
}
