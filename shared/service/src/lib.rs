//! What every function's `main` needs: configuration, AWS clients, the clock, logs.
//!
//! **Invariant:** besides a `main`, only this crate reads the environment or the time.

mod clients;
mod clock;
pub mod config;
mod logs;

pub use clients::{Clients, Endpoints, retries};
pub use clock::{Clock, until};
pub use config::{Config, ConfigError, DEFAULT_MAX_REQUEST_BYTES};
pub use logs::{LogFormat, init_logs};
