//! The product as a process of its own, with nothing but HTTP between it and the test.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod burst;
mod documents;
mod kill;
mod metrics;
mod product;
mod secrets;
mod usage;
