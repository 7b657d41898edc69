//! Where everything is. Each path also answers without its trailing slash.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::docling;
use crate::observe::observe;
use crate::openapi;
use crate::ops::{
    admin, cancel, dead_letters, docs, events, extractors, health, limits, list, preview, remove,
    result, retry, schema, start, status, uploads, usage, webhooks,
};
use crate::problem::Problem;
use crate::{App, Preview};

/// The API but for previews, ready to be served.
pub fn router(app: App) -> Router {
    served(without_previews(app))
}

/// Previews alone.
pub fn preview_router(preview: Preview) -> Router {
    served(previews_alone(preview))
}

/// The whole API.
pub fn whole_router(app: App, preview: Preview) -> Router {
    served(without_previews(app).merge(previews_alone(preview)))
}

fn without_previews(app: App) -> Router {
    let (router, _description) = operations().split_for_parts();
    let router = router.route("/api/docs/{asset}", get(docs::get_asset));
    router.with_state(app)
}

fn previews_alone(preview: Preview) -> Router {
    let (router, _description) = previews().split_for_parts();
    router.with_state(preview)
}

/// What every request gets, whatever it asks for.
fn served(router: Router) -> Router {
    router
        .fallback(|| async { Problem::path_not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(from_fn(observe))
}

/// All operations but previews, with their description.
pub(crate) fn operations() -> OpenApiRouter<App> {
    [
        routes!(start::start_scan),
        routes!(list::list_scans),
        routes!(status::get_scan_status),
        routes!(result::get_scan_result),
        routes!(events::get_scan_events),
        routes!(cancel::cancel_scan),
        routes!(retry::retry_scan),
        routes!(remove::remove_scan),
        routes!(uploads::create_upload),
        routes!(uploads::get_upload, uploads::remove_upload),
        routes!(webhooks::log::list_scan_webhooks),
        routes!(webhooks::replay::replay_scan_webhook),
        routes!(
            webhooks::secrets::create_webhook_secret,
            webhooks::secrets::list_webhook_secrets
        ),
        routes!(webhooks::secrets::remove_webhook_secret),
        routes!(webhooks::disabled::list_disabled_webhooks),
        routes!(webhooks::disabled::enable_webhook),
        routes!(health::get_health),
        routes!(
            dead_letters::list_dead_letters,
            dead_letters::discard_dead_letters
        ),
        routes!(dead_letters::redrive_dead_letters),
        routes!(dead_letters::redrive_dead_letter),
        routes!(dead_letters::discard_dead_letter),
        routes!(limits::get_limits),
        routes!(usage::get_usage),
        routes!(extractors::schema::get_extractors_schema),
        routes!(extractors::list::list_extractors),
        routes!(
            extractors::read::get_extractor,
            extractors::save::save_extractor,
            extractors::remove::remove_extractor
        ),
        routes!(extractors::versions::list_extractor_versions),
        routes!(schema::get_schema),
        routes!(docs::get_docs),
        routes!(admin::get_admin),
    ]
    .into_iter()
    .fold(
        OpenApiRouter::with_openapi(openapi::outline()),
        both_spellings,
    )
    .merge(docling_operations())
}

/// The operations of docling-serve, whose paths end without a slash.
fn docling_operations() -> OpenApiRouter<App> {
    [
        routes!(docling::convert::convert_source),
        routes!(docling::convert::convert_file),
        routes!(docling::status::poll_status),
        routes!(docling::result::get_result),
        routes!(docling::clear::clear_results),
    ]
    .into_iter()
    .fold(OpenApiRouter::default(), both_spellings)
}

/// Previews, with their description.
pub(crate) fn previews() -> OpenApiRouter<Preview> {
    both_spellings(
        OpenApiRouter::default(),
        routes!(preview::preview_extraction),
    )
}

/// Adds an operation at its path, and at the same path with a slash at the end or without, whichever its own is not.
fn both_spellings<S: Clone + Send + Sync + 'static>(
    router: OpenApiRouter<S>,
    operation: UtoipaMethodRouter<S>,
) -> OpenApiRouter<S> {
    let (_, paths, methods) = &operation;
    let other = paths
        .paths
        .keys()
        .map(|path| match path.strip_suffix('/') {
            Some(bare) => bare.to_owned(),
            None => format!("{path}/"),
        })
        .collect::<Vec<_>>();
    let methods = methods.clone();
    other
        .iter()
        .fold(router, |router, path| router.route(path, methods.clone()))
        .routes(operation)
}
