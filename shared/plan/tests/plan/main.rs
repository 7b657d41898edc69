//! The language of plans: what is accepted, what is refused, and what is said of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod cases;
mod fields;
mod schema;
