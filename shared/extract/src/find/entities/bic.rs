//! Codes of banks (BIC, SWIFT): eight or eleven characters, the fifth and sixth the code of a country.
//!
//! Many words in capitals have that form. So one is found only where a word says what it is, or right after an account
//! number.

use std::sync::LazyLock;

use plan::{EntityKind, Region};
use regex::Regex;

use super::boundary::stands_alone;
use super::search::{Finding, Search};
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?-u:\b)")
        .expect("the pattern is valid")
});

/// What stands right before a code.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"(?i-u:\b(?:bic|swift)(?:[ /-]{0,3}(?:bic|swift|code|no|nr|number|adresse|address)\b){0,2})";
    let account = r"(?-u:\b)[A-Z]{2}[0-9]{2}(?:[ \u{a0}]?[0-9A-Z]){11,30}";
    Regex::new(&format!(r"(?:{word}|{account})[\s.,:;=#()|/·–-]{{1,8}}$"))
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        let head = &text[text.ceil_char_boundary(place.start().saturating_sub(56))..place.start()];
        if !stands_alone(text, &place.range()) || !ANNOUNCED.is_match(head) {
            return None;
        }
        let country = &place.as_str()[4..6];
        let finding = Finding::new(EntityKind::Bic, place.as_str(), place.range());
        Some(match Region::from_code(country) {
            Some(_) => finding.with("country", country),
            None => finding.invalid("Its fifth and sixth character are the code of no country."),
        })
    })
}
