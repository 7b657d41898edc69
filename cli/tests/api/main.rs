//! `scan`, as a process of its own, against the API over HTTP.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod jobs;
mod resuming;
mod service;
mod settings;
mod submitting;
mod world;
