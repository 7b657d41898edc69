//! How callers are known, as configuration says it.

use super::jwt::{self, SettingsError};

/// How callers are known: `AUTH_MODE`.
#[derive(Debug, Clone)]
pub enum AuthSettings {
    /// `open`: nobody is asked who they are.
    Open,
    /// `keys`: by a key.
    Keys,
    /// `keys+jwt`: by a key, or by a token of this identity provider.
    KeysAndTokens(Box<jwt::Settings>),
}

impl AuthSettings {
    /// Reads the variables by `get`, which yields none for one that is not set or empty; `otherwise` holds if `AUTH_MODE` is not set.
    pub fn read(
        get: impl Fn(&str) -> Option<String>,
        otherwise: Self,
    ) -> Result<Self, SettingsError> {
        match get("AUTH_MODE").as_deref() {
            None => Ok(otherwise),
            Some("open") => Ok(Self::Open),
            Some("keys") => Ok(Self::Keys),
            Some("keys+jwt") => Ok(Self::KeysAndTokens(Box::new(jwt::Settings::read(get)?))),
            Some(_) => Err(SettingsError {
                variable: "AUTH_MODE",
                wanted: "open, keys or keys+jwt",
            }),
        }
    }

    /// Whether nobody is asked who they are.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}
