//! Who may do what: every operation of the description, called by everybody who may and who may not.
//!
//! - `matrix`: each operation with each kind of key. It goes through the description, so that no operation is left out: how each is called, and
//!   what it needs, is said in `calls`.
//! - `isolation`: what a tenant's calls leave behind, and what another makes of it.
//! - `operator`: who may act for another tenant. `credentials`: where a key may stand.
//! - `counted`: what keys cost. `ending`: until when they hold. `lambda`: the function, which asks for keys unless it is told otherwise.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod calls;
mod counted;
mod credentials;
mod described;
mod ending;
mod isolation;
mod lambda;
mod matrix;
mod operator;
mod world;
