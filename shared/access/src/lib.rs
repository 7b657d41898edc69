//! Who may do what: scopes, keys, and whoever calls with them.
//!
//! - [`Scope`] and [`Scopes`]: what can be permitted.
//! - [`ApiKey`]: a key as its holder has it; [`KeyRecord`]: what is kept of it.
//! - [`limits`]: what a key may be.
//! - [`Identity`]: who calls, for whom, and what is permitted to them.
//!
//! **Invariant:** no I/O and no clock; what is secret is neither printed by anything here, nor kept but as a hash.

mod identity;
mod key;
pub mod limits;
mod record;
mod scope;

pub use identity::{Actor, Identity};
pub use key::{ApiKey, KeyHash, KeyId, MalformedKey};
pub use record::{KeyRecord, KeyState};
pub use scope::{Scope, Scopes, UnknownScope};
