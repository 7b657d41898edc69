//! Values: texts read as what they are to be.
//!
//! What has two readings is a problem and no guess, unless a locale decides it. A text that holds more than the value is accepted where
//! the value can be told from the rest by its form, and is the only one of its kind there.

mod contact;
mod date;
mod money;
mod number;

use std::ops::Range;

use ::url::Url;
use plan::fields::{Kind, Rule};
use serde_json::Value;

use super::select::Typed;

/// Longest text that is read as anything but a string, in bytes.
const MAX_BYTES: usize = 4_096;

/// A value that was read.
#[derive(Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) value: Value,
    /// What of the text it is, if not all of it.
    pub(super) within: Option<Range<usize>>,
}

impl<V: Into<Value>> From<V> for Reading {
    fn from(value: V) -> Self {
        Self {
            value: value.into(),
            within: None,
        }
    }
}

/// Reads a text as a value of this type. Else says why it cannot be read so. `typed`: what the document itself says it is; `base`: what it
/// says relative addresses start from.
pub(super) fn read(
    rule: &Rule,
    base: Option<&Url>,
    text: &str,
    typed: Option<&Typed>,
) -> Result<Reading, String> {
    let (kind, locale) = (rule.kind, rule.locale);
    if kind == Kind::String {
        return Ok(text.into());
    }
    let text = text.trim();
    if text.len() > MAX_BYTES {
        let name = kind.name();
        return Err(format!(
            "What was found is too long to be read as type `{name}`."
        ));
    }
    match kind {
        Kind::String => Ok(text.into()),
        Kind::Integer => number::integer(text, locale, typed).map(Reading::from),
        Kind::Decimal => number::decimal(text, locale, typed).map(Reading::from),
        Kind::Boolean => boolean(text, typed).map(Reading::from),
        Kind::Date => date::date(text, locale, typed),
        Kind::DateTime => date::point(text, locale, typed),
        Kind::Money => money::money(text, locale, typed),
        Kind::Url => contact::url(text, base),
        Kind::Email => contact::email(text),
        Kind::Phone => contact::phone(text, locale),
    }
}

/// Words for true and false.
const TRUTHS: [(&str, bool); 30] = [
    ("true", true),
    ("yes", true),
    ("y", true),
    ("on", true),
    ("1", true),
    ("✓", true),
    ("✔", true),
    ("ja", true),
    ("wahr", true),
    ("oui", true),
    ("vrai", true),
    ("sí", true),
    ("si", true),
    ("sì", true),
    ("sim", true),
    ("vero", true),
    ("false", false),
    ("no", false),
    ("n", false),
    ("off", false),
    ("0", false),
    ("✗", false),
    ("✘", false),
    ("nein", false),
    ("falsch", false),
    ("non", false),
    ("faux", false),
    ("não", false),
    ("nee", false),
    ("falso", false),
];

fn boolean(text: &str, typed: Option<&Typed>) -> Result<bool, String> {
    if let Some(Typed::Boolean(truth)) = typed {
        return Ok(*truth);
    }
    let word = text.to_lowercase();
    let known = TRUTHS.iter().find(|(known, _)| *known == word);
    known
        .map(|(_, truth)| *truth)
        .ok_or_else(|| format!("{} is neither true nor false.", quoted(text)))
}

/// A text as a message repeats it: its beginning.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
