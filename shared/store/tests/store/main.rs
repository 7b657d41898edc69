//! The store on a real endpoint.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![expect(
    clippy::disallowed_types,
    reason = "the table's shape is what is looked at"
)]

mod api_keys;
mod audit;
mod ended;
mod lost_answers;
mod payloads;
mod transitions;
mod usage;
mod version_1;
mod versions;
