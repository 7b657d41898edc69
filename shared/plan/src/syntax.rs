//! What the languages of selectors have in common: how a flaw is told, and how much may be written.

use std::fmt::Display;

/// Length of a selector, in bytes of UTF-8.
const MAX_BYTES: usize = 4_096;

/// How deep parentheses, brackets and functions of a selector may stand in one another: parsers recurse on them.
pub(crate) const MAX_DEPTH: usize = 64;

/// Says what is wrong at a byte of a selector.
pub(crate) fn flaw(source: &str, at: usize, what: impl Display) -> String {
    let before = &source[..source.floor_char_boundary(at)];
    let character = before.chars().count() + 1;
    format!("At character {character}: {what}.")
}

/// Refuses what is too long.
pub(crate) fn check_length(source: &str) -> Result<(), String> {
    if source.len() > MAX_BYTES {
        let bytes = source.len();
        return Err(format!(
            "It has {bytes} bytes; at most {MAX_BYTES} are read."
        ));
    }
    Ok(())
}
