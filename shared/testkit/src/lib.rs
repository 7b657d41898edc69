//! For tests alone: a whole product per test, in milliseconds.
//!
//! - [`Stack`]: the API, worker, reaper and notifier on embedded endpoints of their own, with a clock of their own.
//! - [`Wire`]: what stands between the product and an endpoint. Counts calls and capacity units, and breaks what it is told to.
//! - [`Lambda`]: a function in a process of its own, as Lambda runs it, on a stack.
//! - [`Receiver`]: a server that is told of jobs' ends.
//! - [`Issuer`]: an identity provider, and [`SigningKey`], what it signs tokens with.
//! - [`JobBuilder`]: a job in any state, made by the store's own operations.
//!
//! **Invariant:** nothing is mocked. The clients are the SDK's, the endpoints answer over HTTP, and what a test sees is what a client would.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up should panic"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should panic"
)]

mod answer;
mod builder;
mod http;
mod issuer;
mod keys;
mod lambda;
mod planted;
mod receiver;
mod stack;
mod tenant;
mod wire;

pub use self::http::exchange;
pub use answer::Answer;
pub use builder::JobBuilder;
pub use issuer::{Issuer, SigningKey};
pub use lambda::{Lambda, Output};
pub use receiver::{Receiver, Webhook};
pub use stack::{Options, Stack};
pub use tenant::tenant;
pub use wire::{Fault, Gate, Wire};
