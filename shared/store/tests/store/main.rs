//! The store on a real endpoint.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod lost_answers;
mod payloads;
mod transitions;
