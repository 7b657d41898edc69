//! The event source mapping, between a real queue and functions that behave in every way.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod batches;
#[cfg(unix)]
mod command;
mod remote;
mod server;
mod tenants;
mod world;
