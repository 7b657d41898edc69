//! The REST API: accepts jobs, tells how they stand, hands out results, and documents itself.
//!
//! - [`App`] is what a request needs; [`router()`] serves it on a plain port, and through [`lambda()`] under Lambda (`main.rs`).
//! - [`Preview`] is what the operation needs that extracts at once: it is served apart, for it needs an engine ([`preview_router`]), or with the rest
//!   ([`whole_router`]).
//! - [`Auth`] says who calls, and `router` what each operation needs of them.
//! - [`Quotas`] says how much each tenant may have.
//! - `audit` keeps who did what to keys, secrets, quotas and dead letters.
//! - `ops` has one file per operation, each with its documentation; `body` turns what a client sent into a request.
//! - Every error is a `problem::Problem`; `observe` gives each request its id, its place in a trace, its log line, its metrics and its protective headers.
//! - [`openapi()`] is the description of it all.
//!
//! **Invariant:** no operation reads the environment, extracts, or knows where a job is kept; content never reaches a log.

mod account;
mod answer;
mod app;
mod assets;
mod audit;
mod auth;
mod body;
mod caller;
mod cors;
mod cost;
mod docling;
mod etag;
mod extractor;
mod fingerprint;
mod forms;
mod generators;
mod head;
mod hosts;
mod idempotent;
mod lambda;
mod observe;
mod openapi;
mod operation;
mod ops;
mod preconditions;
mod preview;
mod problem;
mod protect;
mod query;
mod quota;
mod retry_after;
mod router;
mod schema;
mod trace;
mod wait;

pub use app::App;
pub use auth::{Auth, AuthSettings, AuthSettingsError};
pub use cors::{Cors, CorsError};
pub use hosts::Hosts;
pub use lambda::{Answer, lambda};
pub use openapi::openapi;
pub use ops::system::DeadLetterQueues;
pub use preview::{Preview, Previewed};
pub use quota::{QuotaSettings, QuotaSettingsError, Quotas};
pub use router::{preview_router, router, whole_router, whole_router_with};
