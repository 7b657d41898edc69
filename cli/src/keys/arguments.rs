//! Arguments that several commands have.

use std::convert::Infallible;
use std::str::FromStr;

use access::limits::MAX_KEY_NAME_CHARS;
use access::{ApiKey, KeyId};

use crate::failure::Failure;

pub(super) fn name(text: &str) -> Result<String, &'static str> {
    let is_plain = !text.chars().any(char::is_control);
    if is_plain && (1..=MAX_KEY_NAME_CHARS).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 100 characters, none of them a control character")
    }
}

/// The key that is meant: by its id, or by all of it, as somebody has it at hand who found it where it should not be. Anything is taken at first, for
/// clap repeats on the screen what it does not take.
#[derive(Debug, Clone)]
pub(super) struct Named(Option<KeyId>);

impl Named {
    pub(super) fn id(&self) -> Result<KeyId, Failure> {
        self.0.ok_or_else(|| Failure::usage(
            "ID must be a key's id, 16 hexadecimal digits as `scan keys list` shows them, or the key itself",
        ))
    }
}

impl FromStr for Named {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let of_key = || text.parse().map(|key: ApiKey| key.id());
        Ok(Self(text.parse().or_else(|_| of_key()).ok()))
    }
}
