//! What every function's `main` needs: configuration, AWS clients, the clock, logs, metrics, meters.
//!
//! **Invariant:** besides a `main`, only this crate reads the environment or the time.

mod capacity;
mod clients;
mod clock;
pub mod config;
mod emf;
mod function;
mod logs;
mod meter;
pub mod metrics;
mod trace;

pub use clients::{Clients, Endpoints, http_connector, retries};
pub use clock::{Clock, until};
pub use config::{Config, ConfigError, DEFAULT_MAX_REQUEST_BYTES};
pub use function::Function;
pub use logs::{LogFormat, init_logs};
pub use meter::Meter;
pub use trace::xray_trace_id;
