//! The store on a real endpoint.

mod lost_answers;
mod payloads;
mod transitions;
