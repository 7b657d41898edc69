//! Where everything is, and what each operation needs of its caller. Each path also answers without its trailing slash.

use access::Scope::{Admin, ExtractorsWrite, ScanRead, ScanWrite};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;

use crate::account::keep_account;
use crate::answer::answer;
use crate::auth::{Auth, operators_only};
use crate::cors::share;
use crate::docling;
use crate::head::{Door, admit};
use crate::observe::observe;
use crate::operation::Needs::{Caller, Nothing};
use crate::operation::{Listing, Routes, operations};
use crate::ops::{
    admin, audit, cancel, dead_letters, docs, events, extractors, health, keys, limits, list,
    preview, quotas, remove, request, result, retry, schema, start, status, system, uploads, usage,
    webhooks, whoami,
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
    let mut routes = Routes::new(&app.auth, &app.quotas);
    operations(&mut routes);
    let router = routes
        .end()
        .route("/api/docs/{asset}", get(docs::get_asset))
        .route("/admin/{asset}", get(admin::get_asset));
    let router = router.layer(from_fn_with_state(app.clone(), keep_account));
    router.with_state(app)
}

fn previews_alone(preview: Preview, auth: &Auth, quotas: &Quotas) -> Router {
    let mut routes = Routes::new(auth, quotas);
    previews(&mut routes);
    routes.end().with_state(preview)
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

/// All operations but previews, and what each needs of its caller.
pub(crate) fn operations(listing: &mut impl Listing<App>) {
    operations! { listing,
        Nothing => health::get_health,
        Nothing => schema::get_schema,
        Nothing => docs::get_docs,
        Nothing => admin::get_admin,
        Caller => whoami::get_whoami,
        ScanWrite => start::start_scan,
        ScanRead => list::list_scans,
        ScanRead => status::get_scan_status,
        ScanRead => request::get_scan_request,
        ScanRead => result::get_scan_result,
        ScanRead => events::get_scan_events,
        ScanWrite => cancel::cancel_scan,
        ScanWrite => retry::retry_scan,
        ScanWrite => remove::remove_scan,
        ScanWrite => uploads::create_upload,
        ScanRead => uploads::get_upload,
        ScanWrite => uploads::remove_upload,
        ScanRead => webhooks::log::list_scan_webhooks,
        ScanWrite => webhooks::replay::replay_scan_webhook,
        Admin => webhooks::secrets::create_webhook_secret,
        Admin => webhooks::secrets::list_webhook_secrets,
        Admin => webhooks::secrets::remove_webhook_secret,
        ScanRead => webhooks::disabled::list_disabled_webhooks,
        ScanWrite => webhooks::disabled::enable_webhook,
        Admin => keys::create::create_key,
        Admin => keys::list::list_keys,
        Admin => keys::read::get_key,
        Admin => keys::rotate::rotate_key,
        Admin => keys::revoke::revoke_key,
        Admin => audit::list_audit,
        Admin => dead_letters::list_dead_letters,
        Admin => dead_letters::discard_dead_letters,
        Admin => dead_letters::redrive_dead_letters,
        Admin => dead_letters::redrive_dead_letter,
        Admin => dead_letters::discard_dead_letter,
        ScanRead => limits::get_limits,
        ScanRead => usage::get_usage,
        Admin => system::get_system,
        ScanRead => quotas::get_quotas,
        Admin => quotas::set_quotas,
        Admin => quotas::reset_quotas,
        ScanRead => extractors::schema::get_extractors_schema,
        ScanRead => extractors::list::list_extractors,
        ScanRead => extractors::read::get_extractor,
        ExtractorsWrite => extractors::save::save_extractor,
        ExtractorsWrite => extractors::remove::remove_extractor,
        ScanRead => extractors::versions::list_extractor_versions,
        // Those of docling-serve, whose paths end without a slash.
        ScanWrite => docling::convert::convert_source,
        ScanWrite => docling::convert::convert_file,
        ScanRead => docling::status::poll_status,
        ScanRead => docling::result::get_result,
        ScanWrite => docling::clear::clear_results,
    }
}

/// Previews.
pub(crate) fn previews(listing: &mut impl Listing<Preview>) {
    operations! { listing,
        ScanWrite => preview::preview_extraction,
    }
}
