//! International bank account numbers, in one piece or in groups, checked by their check digits,
//! the length and the structure that their country gives them.
//!
//! The value is the electronic form, without spaces. Only capitals are read: in lower case too much
//! looks like one.

use std::sync::LazyLock;

use iban::{Iban, IbanLike};
use regex::Regex;

use super::boundary::{after, in_word, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[A-Z]{2}[0-9]{2}(?:[ \u{a0}\u{202f}]?[0-9A-Z]){11,30}")
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        read(text, &captures.get_match().range())
    })
}

/// The match may run on into the next words, so every end of a group may be the number's end. A
/// country's numbers all have the same length: no two ends can both be right.
fn read(text: &str, place: &Span) -> Option<Finding> {
    let mut electronic = String::with_capacity(place.len());
    for (offset, c) in text[place.clone()].char_indices() {
        if !c.is_ascii_alphanumeric() {
            continue;
        }
        electronic.push(c);
        let end = place.start + offset + 1;
        if after(text, end).is_some_and(in_word) {
            continue;
        }
        let span = place.start..end;
        if let Ok(iban) = electronic.parse::<Iban>()
            && stands_alone(text, &span)
        {
            return Some(Finding::new("iban", iban.electronic_str(), span));
        }
    }
    None
}
