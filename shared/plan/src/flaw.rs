//! What is wrong with a plan, and where.

use std::borrow::Cow;

/// One flaw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where: a JSON pointer (RFC 6901) into what was read. Empty: the whole.
    pub pointer: String,
    /// What is wrong, and what would be right, for the person who wrote it.
    pub detail: String,
}

/// The flaws found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flaws(Vec<Flaw>);

impl Flaws {
    /// Adds a flaw.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Flaw {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    /// The value, if nothing is wrong.
    pub fn end<T>(self, value: T) -> Result<T, Vec<Flaw>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
        }
    }
}

/// The pointer to a member of what another pointer leads to.
pub(crate) fn member(pointer: &str, name: &str) -> String {
    let name = if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    };
    format!("{pointer}/{name}")
}

/// What a value is, with its article.
pub(crate) fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a string",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
}
