//! What a client wants extracted from its documents: the `extract` of a request.
//!
//! [`Plan::read`] checks it, and says of each flaw where it is and what would be right. The API does so when a job is
//! submitted; the worker does so again before it hands the [`Plan`] to the engine.
//!
//! **Invariant:** this crate knows the language and no document. It does no I/O, and what it accepts the engine can run.

mod columns;
pub mod css;
mod entities;
pub mod fields;
mod flaw;
pub mod jsonpath;
mod limits;
mod locale;
mod near;
mod options;
mod pattern;
mod plan;
mod schema;
mod syntax;
pub mod xpath;

pub use crate::css::Css;
pub use crate::jsonpath::JsonPath;
pub use crate::xpath::XPath;
pub use columns::{Columns, cells};
pub use entities::{Cards, Entities, EntityKind, Region};
pub use fields::Fields;
pub use flaw::{Flaw, Flaws};
pub use limits::{LIMITS, Limits};
pub use locale::Locale;
pub use options::{Chunks, Tables};
pub use pattern::{Pattern, Wanted};
pub use plan::{Extractor, Plan};
pub use schema::schema;
