//! International bank account numbers, in one piece or in groups, checked by their check digits,
//! the length and the structure that their country gives them.
//!
//! The value is the electronic form, without spaces, `country` the code of the country. Only capitals are read: in lower case too much
//! looks like one.

use std::sync::LazyLock;

use iban::Iban;
use plan::EntityKind;
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
    let mut mistaken = None;
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
        if !stands_alone(text, &span) {
            continue;
        }
        if electronic.parse::<Iban>().is_ok() {
            return Some(finding(&electronic, span));
        }
        if has_wrong_check_digits(&electronic) {
            mistaken = Some(finding(&electronic, span).invalid("Its check digits are wrong."));
        }
    }
    mistaken
}

fn finding(electronic: &str, span: Span) -> Finding {
    Finding::new(EntityKind::Iban, electronic, span).with("country", &electronic[..2])
}

/// Whether other check digits would make it a number of its country: length and structure are right.
fn has_wrong_check_digits(electronic: &str) -> bool {
    let (country, account) = (&electronic[..2], electronic.get(4..).unwrap_or_default());
    let moved = format!("{account}{country}00");
    let rest = moved
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| {
            (rest * if value > 9 { 100 } else { 10 } + value) % 97
        });
    format!("{country}{:02}{account}", 98 - rest)
        .parse::<Iban>()
        .is_ok()
}
