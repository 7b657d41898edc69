//! From a URL to bytes, and from bytes to a URL, behind the address guard.
//!
//! - [`Fetcher::get`] fetches a document: redirects are followed one by one, `robots.txt` is honoured, and all is bounded.
//!   [`Fetcher::post`] hands something over, and follows nothing.
//! - [`Policy`] says what may be reached: the public internet, or what an operator lists beside it, or nothing at all.
//! - `target` looks at a URL before anything is done with it, `address` at an address, and `connect` is the only place
//!   that opens a connection.
//!
//! **Invariant:** no packet leaves for an address that [`Policy`] has not been asked about. Names are resolved here, once for a
//! connection; if any of their addresses is forbidden, none is used; and what was looked at is what is connected to.

mod address;
mod body;
mod client;
mod connect;
mod error;
mod fetcher;
mod limits;
mod policy;
mod resolve;
mod robots;
mod target;

pub use error::FetchError;
pub use fetcher::{Answer, Conditions, Fetched, Fetcher, Head};
pub use limits::Limits;
pub use policy::{Policy, PolicyError};
pub use resolve::{Addresses, Resolve, SystemResolver};
