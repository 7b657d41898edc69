//! Numbers for value-added tax of the European Union, the United Kingdom, Switzerland and Norway, checked by the length,
//! form and check digits that their country gives them ([`rules`]).
//!
//! The value is in one piece (`DE136695976`, `CHE123456788`, `NO974760673MVA`), `country` the code of the country. A
//! number must begin with its country's prefix; one whose prefix stands apart from the digits is found only after a word
//! such as *VAT* or *USt-IdNr*.

mod rules;

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{after, in_word, line_before, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let prefixes = rules::prefixes().collect::<Vec<_>>().join("|");
    Regex::new(&format!(
        r"(?-u:\b)(?P<prefix>{prefixes})(?P<number>(?:[ .\u{{a0}}-]?[0-9A-Z*+]){{6,18}})"
    ))
    .expect("the pattern is valid")
});

/// Words for the tax or the number, in the languages of those countries.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "vat",
        "ust",
        "uid",
        "mwst",
        "tva",
        "t\\.v\\.a",
        "iva",
        "p\\.iva",
        "btw",
        "moms",
        "mva",
        "nip",
        "nif",
        "cif",
        "tax",
        "steuer",
        "dph",
        "ič dph",
        "dič",
        "pvm",
        "kmkr",
        "pvn",
        "alv",
        "áfa",
        "ddv",
        "pdv",
        "oib",
        "cvr",
        "αφμ",
        "φπα",
        "ддс",
        "tin",
    ]
    .join("|");
    Regex::new(&format!(
        r"(?i)(?-u:\b)(?:{words})(?-u:\b)|[Uu]mst|[Uu]msatzsteuer"
    ))
    .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let prefix = captures.name("prefix")?;
        let number = captures.name("number")?;
        // Those of Norway end, and those of Switzerland begin, in what tells them.
        let tells = ["CHE", "NO"].contains(&prefix.as_str());
        let apart = !tells && number.as_str().starts_with([' ', '\u{a0}', '.', '-']);
        if apart && !ANNOUNCED.is_match(line_before(text, prefix.start(), 40)) {
            return None;
        }
        read(text, prefix.as_str(), prefix.start(), &number.range())
    })
}

/// The match may run on into the next words, so every end of a group may be the number's end; the longest that is valid
/// is taken, else the longest that has the form.
fn read(text: &str, prefix: &str, start: usize, place: &Span) -> Option<Finding> {
    let mut compact = String::with_capacity(place.len());
    let mut best: Option<(bool, String, Span)> = None;
    for (offset, c) in text[place.clone()].char_indices() {
        if matches!(c, ' ' | '.' | '-' | '\u{a0}') {
            continue;
        }
        compact.push(c);
        let end = place.start + offset + c.len_utf8();
        if after(text, end).is_some_and(in_word) {
            continue;
        }
        if let Some(valid) = rules::check(prefix, &compact)
            && (valid || !best.as_ref().is_some_and(|(valid, ..)| *valid))
        {
            best = Some((valid, compact.clone(), start..end));
        }
    }
    let (valid, number, span) = best?;
    if !stands_alone(text, &span) {
        return None;
    }
    let number = number.trim_end_matches(|c| prefix == "CHE" && char::is_alphabetic(c));
    let finding = Finding::new(EntityKind::VatId, format!("{prefix}{number}"), span)
        .with("country", rules::country(prefix));
    Some(if valid {
        finding
    } else {
        finding.invalid("Its check digits are wrong.")
    })
}
