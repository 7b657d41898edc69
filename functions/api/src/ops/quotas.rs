//! How much a tenant may have.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Request, State};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{AuditEvent, Quota, TenantQuotas};
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::quota::{Level, WINDOW_SECONDS};
use crate::{App, audit, body, openapi};

/// How much the tenant may have, and has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quotas {
    /// Requests to the API a second. Ten seconds' worth may come at once: what is used and left is counted in windows of so many.
    requests_per_second: QuotaLevel,
    /// Jobs that were accepted and have not ended.
    jobs_in_flight: QuotaLevel,
    /// Bytes of documents that are read on one day (UTC).
    bytes_per_day: QuotaLevel,
    /// Pages of documents that are read on one day (UTC).
    pages_per_day: QuotaLevel,
    /// Length of a window of requests.
    #[schema(example = 10)]
    request_window_seconds: i64,
}

/// How much the tenant may have of one thing, and has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuotaLevel {
    limit: Limit,
    source: QuotaSource,
    /// What is used of it, as it is known here: up to a minute old.
    used: u64,
    /// What is left of it; absent if there is no end to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
    /// When all of it is left again; absent for jobs, which end one by one, and if there is no end to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resets_at: Option<Timestamp>,
}

/// A number, or the word `unlimited`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Limit {
    /// The most there may be.
    AtMost(u64),
    /// There is no end to it.
    Unlimited(Unlimited),
}

/// The word for what has no end.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unlimited {
    Unlimited,
}

/// Where a limit comes from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum QuotaSource {
    /// It was set for this tenant.
    Tenant,
    /// It holds for all tenants for which nothing else was set.
    Installation,
}

/// How much a tenant may have. What is missing, or null, is as it is for all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its description is used: the body is checked member by member"
)]
pub(crate) struct NewQuotas {
    /// Requests to the API a second: at least 1.
    requests_per_second: Option<Limit>,
    /// Jobs that were accepted and have not ended. With 0 none can be started, and all else goes on.
    jobs_in_flight: Option<Limit>,
    /// Bytes of documents that are read on one day (UTC).
    bytes_per_day: Option<Limit>,
    /// Pages of documents that are read on one day (UTC).
    pages_per_day: Option<Limit>,
}

/// See the quotas and what is used of them
///
/// Each answer tells as much in the headers `RateLimit-Policy` and `RateLimit`. What is over a quota is answered 429 with `Retry-After`: requests of any
/// kind where there were too many, and whatever starts work where there are too many jobs in flight or the day's bytes or pages are used up. What
/// is there already can be read all the same.
#[utoipa::path(
    get,
    path = "/api/v1/quotas/",
    tag = "service",
    responses(
        (status = 200, description = "The quotas", body = Quotas, example = json!({
            "requests_per_second": {"limit": 50, "source": "installation", "used": 63, "remaining": 437, "resets_at": "2026-09-01T12:00:10Z"},
            "jobs_in_flight": {"limit": 200, "source": "tenant", "used": 12, "remaining": 188},
            "bytes_per_day": {"limit": 10_000_000_000_u64, "source": "installation", "used": 52_340, "remaining": 9_999_947_660_u64, "resets_at": "2026-09-02T00:00:00Z"},
            "pages_per_day": {"limit": "unlimited", "source": "tenant", "used": 31},
            "request_window_seconds": 10,
        })),
        Problems,
    ),
)]
pub(crate) async fn get_quotas(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Json<Quotas> {
    Json(Quotas::of(app.quotas.levels(caller.tenant()).await))
}

/// Set a tenant's quotas
///
/// Those of the tenant that `X-Tenant` names, all four of them: what is missing, or null, is as it is for all. Only an operator may, an admin of
/// the tenant `default`. They are in force everywhere within a minute.
#[utoipa::path(
    put,
    path = "/api/v1/quotas/",
    tag = "service",
    params(("X-Tenant" = Option<String>, Header, description = "The tenant. Default: the caller's own.", example = "acme")),
    request_body(
        content = NewQuotas,
        description = "The quotas.",
        example = json!({"requests_per_second": 20, "jobs_in_flight": 200, "pages_per_day": "unlimited"}),
    ),
    responses((status = 200, description = "The quotas as they are now", body = Quotas), SetProblems),
)]
pub(crate) async fn set_quotas(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
    request: Request,
) -> Result<Json<Quotas>, Problem> {
    check_operator(&caller)?;
    let set = body::read_quotas(request).await?;
    put(&app, &caller, &set, AuditEvent::QuotasSet).await?;
    let levels = app.quotas.levels(caller.tenant()).await;
    Ok(Json(Quotas::of(levels)))
}

/// Let a tenant have what all have
///
/// Forgets what was set for the tenant that `X-Tenant` names. Only an operator may, an admin of the tenant `default`.
#[utoipa::path(
    delete,
    path = "/api/v1/quotas/",
    tag = "service",
    params(("X-Tenant" = Option<String>, Header, description = "The tenant. Default: the caller's own.", example = "acme")),
    responses((status = 204, description = "Nothing is set for it any more"), Problems),
)]
pub(crate) async fn reset_quotas(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    check_operator(&caller)?;
    let none = TenantQuotas::default();
    put(&app, &caller, &none, AuditEvent::QuotasRemoved).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put(
    app: &App,
    caller: &Caller,
    set: &TenantQuotas,
    event: AuditEvent,
) -> Result<(), Problem> {
    app.store.set_quotas(caller.tenant(), set).await?;
    app.quotas.forget(caller.tenant());
    audit::note(app, caller, event, caller.tenant().as_str(), details(set)).await;
    Ok(())
}

/// Quotas as the audit has them: numbers, but for those that were not set.
fn details(set: &TenantQuotas) -> Value {
    let TenantQuotas {
        requests_per_second,
        jobs_in_flight,
        bytes_per_day,
        pages_per_day,
    } = set;
    let quota = |quota: &Option<Quota>| match quota {
        None => Value::Null,
        Some(Quota::AtMost(most)) => json!(most),
        Some(Quota::Unlimited) => json!("unlimited"),
    };
    json!({
        "requests_per_second": quota(requests_per_second),
        "jobs_in_flight": quota(jobs_in_flight),
        "bytes_per_day": quota(bytes_per_day),
        "pages_per_day": quota(pages_per_day),
    })
}

fn check_operator(caller: &Caller) -> Result<(), Problem> {
    if caller.identity().is_operator() {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Forbidden",
        "Only an operator, an admin of the tenant `default`, may set quotas.",
    ))
}

impl Quotas {
    fn of(levels: [Level; 4]) -> Self {
        let [
            requests_per_second,
            jobs_in_flight,
            bytes_per_day,
            pages_per_day,
        ] = levels.map(QuotaLevel::of);
        Self {
            requests_per_second,
            jobs_in_flight,
            bytes_per_day,
            pages_per_day,
            request_window_seconds: WINDOW_SECONDS,
        }
    }
}

impl QuotaLevel {
    fn of(level: Level) -> Self {
        Self {
            limit: match level.quota {
                Quota::AtMost(most) => Limit::AtMost(most),
                Quota::Unlimited => Limit::Unlimited(Unlimited::Unlimited),
            },
            source: if level.is_own {
                QuotaSource::Tenant
            } else {
                QuotaSource::Installation
            },
            used: level.used,
            remaining: level.remaining(),
            resets_at: level.most().and(level.resets_at),
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}

struct SetProblems;

impl IntoResponses for SetProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            body::no_quotas(),
            Problem::encoded_body(),
            Problem::unavailable(""),
        ])
    }
}
