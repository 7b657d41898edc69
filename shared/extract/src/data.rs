//! The values of a JSON document (or of one that says the same: NDJSON, YAML, TOML), each with its place.

/// The number of a value; its members and elements follow it.
pub type Id = usize;

/// An index of the values in some JSON.
#[derive(Debug, Clone, Default)]
pub struct Data {}
