//! Quantities: a number with a unit of measure.
//!
//! The value is a plain decimal number, its decimals as many as are written, and `unit` the unit's normal form:
//! its usual symbol (`kg`, `m²`, `km/h`, `°C`, `GB`, `kWh`), days as `d`, weeks `wk`, months `mo`, years `a`.
//!
//! Single letters are much else as well (`4 A`, `5G`, `80s`, `$5m`), so each is read only in the ways in which units are
//! written.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::{Captures, Regex};

use super::boundary::{before, in_word, line_before, part_of_number};
use super::search::{Finding, Search};
use super::{number, unit};
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let (number, symbols, words) = (number::pattern(), unit::symbols(), unit::words());
    let space = r"[ \u{a0}\u{202f}\u{2009}]";
    Regex::new(&format!(
        "{number}(?:(?:{space}|-)(?i:(?P<word>{words}))(?-u:\\b)|(?P<space>{space}?)(?P<symbol>{symbols}))"
    ))
    .expect("the pattern is valid")
});

static DECADE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i-u:(?:the|early|late|mid|in|since|'|’)[ -]?)$").expect("the pattern is valid")
});

static ELECTRIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9][ \u{a0}]?(?:V|W|kW|VA|Hz|mA)(?:[^A-Za-z]|$)").expect("the pattern is valid")
});

/// What may follow a temperature in kelvin; `5 K users` are five thousand.
const JOINING: [&str; 6] = ["and", "or", "to", "at", "und", "bis"];

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let mark = search.settings().decimal_mark;
    search.each_match(&PATTERN, |text, captures| {
        let (value, start) = number::read(text, captures, mark)?;
        let digits = captures.name("number")?;
        let (unit, end) = match (captures.name("symbol"), captures.name("word")) {
            (Some(symbol), _) => (unit::of_symbol(symbol.as_str())?, symbol.end()),
            (_, Some(word)) => (unit::of_word(word.as_str())?, word.end()),
            _ => return None,
        };
        // `40x30x20 cm`
        let size =
            |c| "x×".contains(c) && text[..start - 1].ends_with(|c: char| c.is_ascii_digit());
        let joined = before(text, start)
            .is_some_and(|c| (in_word(c) || "#$€£".contains(c)) && !size(c))
            || part_of_number(text, &digits.range(), &['.', ',', ':', '/', '\'', '’']);
        let is_quantity = !joined && !goes_on(text, end) && is_meant(text, captures, unit, end);
        is_quantity
            .then(|| Finding::new(EntityKind::Quantity, value, start..end).with("unit", unit))
    })
}

/// Whether what follows makes the unit part of a word or of a longer unit.
fn goes_on(text: &str, end: usize) -> bool {
    let mut rest = text[end..].chars();
    match rest.next() {
        Some('/' | '·' | '*') => rest.next().is_some_and(|c| c.is_alphabetic() || c == '('),
        Some('^' | '²' | '³' | '%' | '_') => true,
        Some(c) => in_word(c) && !text[..end].ends_with('.'),
        None => false,
    }
}

/// Whether what has the form of a unit is one.
fn is_meant(text: &str, captures: &Captures<'_>, unit: &str, end: usize) -> bool {
    let Some(symbol) = captures.name("symbol") else {
        let in_name = before(text, captures.get_match().start()) == Some('-');
        return !in_name && !is_year(&captures["number"]);
    };
    let spaced = !captures["space"].is_empty();
    let number = &captures["number"];
    let exact = number.contains(['.', ',']);
    let tail = &text[end..];
    let word = tail.trim_start();
    let before_word = tail.starts_with(' ') && word.starts_with(char::is_alphabetic);
    match symbol.as_str() {
        "m" | "t" | "l" | "L" => spaced && !is_year(number),
        "B" => spaced && !before_word,
        // `8h` is rather a time.
        "h" => spaced || exact || number.parse().is_ok_and(|hours: u64| hours >= 24),
        "s" => spaced || exact || !is_decade(text, captures),
        "g" | "V" => true,
        // `120 W Main Street`
        "W" => !(tail.starts_with(". ") || before_word && word.starts_with(char::is_uppercase)),
        "A" => {
            exact
                || (spaced
                    && ELECTRIC.is_match(line_before(text, captures.get_match().start(), 16)))
        }
        "K" => spaced && (!before_word || JOINING.iter().any(|joining| word.starts_with(joining))),
        "in" => !spaced && exact && !before_word,
        "ft" => !tail.starts_with(". ") && !is_year(number),
        "mi" | "ha" | "min" | "bar" | "PS" | "gal" | "nm" => !is_year(number),
        _ => !(unit.len() < 3 && is_year(number) && !spaced),
    }
}

/// `2026 mi casa`
fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// `the 80s`, `1990s`
fn is_decade(text: &str, captures: &Captures<'_>) -> bool {
    let number = &captures["number"];
    let round = number.ends_with('0') && number.len() == 2;
    let line = line_before(text, captures.get_match().start(), 12);
    is_year(number) || (round && DECADE.is_match(line))
}
