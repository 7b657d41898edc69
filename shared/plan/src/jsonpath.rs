//! `JSONPath`, RFC 9535.

/// A query that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {}

impl JsonPath {
    /// Reads a query. Else says what is wrong, and where.
    pub fn read(_query: &str) -> Result<Self, String> {
        Ok(Self {})
    }
}
