//! Where everything is, and what each operation needs of its caller. Each path also answers without its trailing slash.

use access::Scope::{self, Admin, ExtractorsWrite, ScanRead, ScanWrite};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::account::keep_account;
use crate::answer::answer;
use crate::auth::{Auth, Gate, gate, operators_only};
use crate::cors::share;
use crate::docling;
use crate::head::{Door, admit};
use crate::observe::observe;
use crate::openapi;
use crate::ops::{
    admin, audit, cancel, dead_letters, docs, events, extractors, health, keys, limits, list,
    preview, quotas, remove, result, retry, schema, start, status, uploads, usage, webhooks,
    whoami,
};
use crate::problem::Problem;
use crate::quota::Quotas;
use crate::{App, Cors, Hosts, Preview};

/// The API but for previews, ready to be served.
pub fn router(app: App) -> Router {
    let door = app.door.clone();
    served(without_previews(app), door)
}

/// Previews alone, for these callers and within these quotas, and for the pages of these origins.
pub fn preview_router(preview: Preview, auth: &Auth, quotas: &Quotas, cors: Cors) -> Router {
    let hosts = Hosts::default();
    served(previews_alone(preview, auth, quotas), Door { cors, hosts })
}

/// The whole API.
pub fn whole_router(app: App, preview: Preview) -> Router {
    whole_router_with(app, preview, Router::new())
}

/// The whole API, and beside it what tells of all tenants and so is for operators alone.
pub fn whole_router_with(app: App, preview: Preview, for_operators: Router) -> Router {
    let door = app.door.clone();
    let previews = previews_alone(preview, &app.auth, &app.quotas);
    let for_operators = for_operators.layer(from_fn_with_state(app.auth.clone(), operators_only));
    served(
        without_previews(app).merge(previews).merge(for_operators),
        door,
    )
}

fn without_previews(app: App) -> Router {
    let (router, _description) = operations(&app.auth, &app.quotas).split_for_parts();
    let router = router.route("/api/docs/{asset}", get(docs::get_asset));
    let router = router.layer(from_fn_with_state(app.clone(), keep_account));
    router.with_state(app)
}

fn previews_alone(preview: Preview, auth: &Auth, quotas: &Quotas) -> Router {
    let (router, _description) = previews(auth, quotas).split_for_parts();
    router.with_state(preview)
}

/// What every request gets, whatever it asks for: from its log line, outermost, to the limits of what is looked at.
fn served(router: Router, door: Door) -> Router {
    let cors = door.cors.clone();
    router
        .fallback(|| async { Problem::path_not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(from_fn_with_state(door, admit))
        .layer(from_fn(answer))
        .layer(from_fn_with_state(cors, share))
        .layer(from_fn(observe))
}

/// What an operation needs of its caller.
#[derive(Debug, Clone, Copy)]
enum Needs {
    /// Nothing: it is for everybody, and says nothing of anybody.
    Nothing,
    /// To be known: it is for every caller.
    Caller,
    /// To be permitted this.
    Scope(Scope),
}

/// All operations but previews, for these callers and within these quotas, with their description.
pub(crate) fn operations(auth: &Auth, quotas: &Quotas) -> OpenApiRouter<App> {
    let for_all = [
        routes!(health::get_health),
        routes!(schema::get_schema),
        routes!(docs::get_docs),
        routes!(admin::get_admin),
    ];
    let for_callers = [routes!(whoami::get_whoami)];
    // On the heap, for they are many.
    let scoped = vec![
        (ScanWrite, routes!(start::start_scan)),
        (ScanRead, routes!(list::list_scans)),
        (ScanRead, routes!(status::get_scan_status)),
        (ScanRead, routes!(result::get_scan_result)),
        (ScanRead, routes!(events::get_scan_events)),
        (ScanWrite, routes!(cancel::cancel_scan)),
        (ScanWrite, routes!(retry::retry_scan)),
        (ScanWrite, routes!(remove::remove_scan)),
        (ScanWrite, routes!(uploads::create_upload)),
        (ScanRead, routes!(uploads::get_upload)),
        (ScanWrite, routes!(uploads::remove_upload)),
        (ScanRead, routes!(webhooks::log::list_scan_webhooks)),
        (ScanWrite, routes!(webhooks::replay::replay_scan_webhook)),
        (Admin, routes!(webhooks::secrets::create_webhook_secret)),
        (Admin, routes!(webhooks::secrets::list_webhook_secrets)),
        (Admin, routes!(webhooks::secrets::remove_webhook_secret)),
        (
            ScanRead,
            routes!(webhooks::disabled::list_disabled_webhooks),
        ),
        (ScanWrite, routes!(webhooks::disabled::enable_webhook)),
        (Admin, routes!(keys::create::create_key)),
        (Admin, routes!(keys::list::list_keys)),
        (Admin, routes!(keys::read::get_key)),
        (Admin, routes!(keys::rotate::rotate_key)),
        (Admin, routes!(keys::revoke::revoke_key)),
        (Admin, routes!(audit::list_audit)),
        (Admin, routes!(dead_letters::list_dead_letters)),
        (Admin, routes!(dead_letters::discard_dead_letters)),
        (Admin, routes!(dead_letters::redrive_dead_letters)),
        (Admin, routes!(dead_letters::redrive_dead_letter)),
        (Admin, routes!(dead_letters::discard_dead_letter)),
        (ScanRead, routes!(limits::get_limits)),
        (ScanRead, routes!(usage::get_usage)),
        (ScanRead, routes!(quotas::get_quotas)),
        (Admin, routes!(quotas::set_quotas)),
        (Admin, routes!(quotas::reset_quotas)),
        (ScanRead, routes!(extractors::schema::get_extractors_schema)),
        (ScanRead, routes!(extractors::list::list_extractors)),
        (ScanRead, routes!(extractors::read::get_extractor)),
        (ExtractorsWrite, routes!(extractors::save::save_extractor)),
        (
            ExtractorsWrite,
            routes!(extractors::remove::remove_extractor),
        ),
        (
            ScanRead,
            routes!(extractors::versions::list_extractor_versions),
        ),
        // Those of docling-serve, whose paths end without a slash.
        (ScanWrite, routes!(docling::convert::convert_source)),
        (ScanWrite, routes!(docling::convert::convert_file)),
        (ScanRead, routes!(docling::status::poll_status)),
        (ScanRead, routes!(docling::result::get_result)),
        (ScanWrite, routes!(docling::clear::clear_results)),
    ];
    let router = OpenApiRouter::with_openapi(openapi::outline());
    let router = for_all.into_iter().fold(router, |router, operation| {
        add(router, auth, quotas, Needs::Nothing, operation)
    });
    let router = for_callers.into_iter().fold(router, |router, operation| {
        add(router, auth, quotas, Needs::Caller, operation)
    });
    scoped
        .into_iter()
        .fold(router, |router, (scope, operation)| {
            add(router, auth, quotas, Needs::Scope(scope), operation)
        })
}

/// Previews, for these callers and within these quotas, with their description.
pub(crate) fn previews(auth: &Auth, quotas: &Quotas) -> OpenApiRouter<Preview> {
    let operation = routes!(preview::preview_extraction);
    add(
        OpenApiRouter::default(),
        auth,
        quotas,
        Needs::Scope(ScanWrite),
        operation,
    )
}

/// Adds an operation behind its gate: at its path, and at the same path with a slash at the end or without, whichever its own is not. What it
/// needs is part of its description.
fn add<S: Clone + Send + Sync + 'static>(
    router: OpenApiRouter<S>,
    auth: &Auth,
    quotas: &Quotas,
    needs: Needs,
    (schemas, mut paths, mut methods): UtoipaMethodRouter<S>,
) -> OpenApiRouter<S> {
    let gated = match needs {
        Needs::Nothing => None,
        Needs::Caller => Some(None),
        Needs::Scope(scope) => Some(Some(scope)),
    };
    if let Some(needs) = gated {
        let (auth, quotas) = (auth.clone(), quotas.clone());
        let before = Gate {
            auth,
            quotas,
            needs,
        };
        methods = methods.route_layer(from_fn_with_state(before, gate));
        let operations = paths.paths.values_mut().flat_map(openapi::operations_of);
        operations.for_each(|operation| openapi::secure(operation, needs));
    }
    let other: Vec<String> = paths.paths.keys().map(|path| respelt(path)).collect();
    other
        .iter()
        .fold(router, |router, path| router.route(path, methods.clone()))
        .routes((schemas, paths, methods))
}

fn respelt(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{path}/"),
    }
}
