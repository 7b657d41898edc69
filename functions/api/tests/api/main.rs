//! The API from outside: without a store behind it, where that is enough, else as a part of a whole stack.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod audit;
mod bodies;
mod contract;
mod counts;
mod docling;
mod documents;
mod extractors;
mod extracts;
mod forms;
mod hardening;
mod idempotency;
mod keys;
mod lambda;
mod letters;
mod lifecycle;
mod listing;
mod not_there;
mod pages;
mod quotas;
mod requests;
mod single_sign_on;
mod support;
mod system;
mod uploads;
mod waiting;
mod webhooks;
