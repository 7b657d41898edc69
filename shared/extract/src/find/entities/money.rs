//! Amounts of money: a number with the code, sign or name of a currency before or after it.
//!
//! The value is a plain decimal number with as many decimals as are written (`1.234,50 €` ->
//! `1234.50`), and `currency` its ISO 4217 code. A word for thousands or millions is worked in
//! (`$3.2 million` -> `3200000`). Brackets make no amount negative, for in prose they are only
//! brackets.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::{Captures, Match, Regex};

use super::boundary::{after, before, in_word, is_sign, part_of_number};
use super::search::{Finding, Search};
use super::{amount, currency};
use crate::Span;
use crate::watch::Interrupted;

struct Patterns {
    /// An amount with its currency before it (groups `p_…`) or after it (groups `s_…`).
    money: Regex,
    /// An amount that follows a currency, and perhaps a currency of its own.
    next: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let space = r"[ \u{a0}\u{202f}\u{2009}]";
    let grouping = r"[ \u{a0}\u{202f}\u{2009}'’]";
    let end = r"(?-u:\b)";
    let digits = format!("[0-9]{{1,15}}(?:{grouping}[0-9]{{3}}{end})*(?:[.,][0-9]{{1,15}}){{0,6}}");
    // A dash stands for decimals that are all zero: `5,- €`.
    let no_decimals = "(?:[.,][-–—]{1,2})?";
    let scales = SCALES.map(|(name, _)| name).join("|");
    let scale = |side| format!(r"(?:{space}?(?P<{side}_scale>(?i:{scales})){end}\.?)?");
    let number = |side| format!("(?P<{side}_number>{digits}){no_decimals}{}", scale(side));
    let sign = |side| format!("(?P<{side}_sign>[-−–])?");
    let (currency, code) = (currency::pattern(), currency::code_pattern());

    let prefixed = format!(
        "{}(?P<p_currency>{currency}){space}?(?P<p_inner>[-−])?{}(?:{space}?(?P<p_code>{code}){end})?",
        sign("p"),
        number("p"),
    );
    let suffixed = format!(
        "{}{end}{}{space}?(?P<s_currency>{currency})",
        sign("s"),
        number("s")
    );
    let next = format!("^{space}{}{space}?(?P<own>{currency})?", number("n"));
    let compile = |pattern: &str| Regex::new(pattern).expect("the pattern is valid");
    Patterns {
        money: compile(&format!("{prefixed}|{suffixed}")),
        next: compile(&next),
    }
});

/// Words and letters after a number, with the power of ten that they stand for. Longer ones come
/// before those they begin with.
const SCALES: [(&str, usize); 20] = [
    ("thousand", 3),
    ("tausend", 3),
    ("tsd", 3),
    ("lakh", 5),
    ("millions", 6),
    ("millionen", 6),
    ("million", 6),
    ("mio", 6),
    ("mn", 6),
    ("crore", 7),
    ("milliarden", 9),
    ("milliarde", 9),
    ("mrd", 9),
    ("billion", 9),
    ("bn", 9),
    ("trillion", 12),
    ("tn", 12),
    ("k", 3),
    ("m", 6),
    ("b", 9),
];

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERNS.money, |text, captures| {
        match captures.name("p_currency") {
            Some(before) => read_prefixed(text, captures, before),
            None => read_suffixed(text, captures),
        }
    })
}

fn read_prefixed<'a>(text: &str, captures: &Captures<'a>, named: Match<'a>) -> Option<Finding> {
    let number = captures.name("p_number")?;
    let mut end = captures.get_match().end();
    let mut currency = known_currency(named.as_str(), number.as_str());
    if let Some(code) = captures.name("p_code") {
        if currency::is_code(named.as_str()) {
            // In `EUR 100 EUR 200` the second code belongs to the next amount.
            end = text[..code.start()].trim_end().len();
        } else {
            currency = currency::code(code.as_str());
        }
    }
    if let Some(scale) = captures.name("p_scale").filter(|scale| scale.len() > 4) {
        // Only abbreviations have a point of their own.
        end = if text[scale.end()..end] == *"." {
            scale.end()
        } else {
            end
        };
    }
    let is_variable = before(text, named.start()).is_some_and(|c| "\\${".contains(c))
        || after(text, end).is_some_and(|c| "$}".contains(c));
    let sign = captures
        .name("p_sign")
        .filter(|sign| is_sign(text, sign.start()));
    let start = sign.map_or(named.start(), |sign| sign.start());
    let inner = captures.name("p_inner");
    // `EUR -5` is negative, `EURO-5` a name.
    let is_name = inner.is_some_and(|inner| before(text, inner.start()).is_some_and(in_word));
    let negative = sign.or(inner).is_some();
    let scale = captures.name("p_scale");
    (!is_variable && !is_name)
        .then(|| read(text, start..end, currency?, negative, number, scale))?
}

fn read_suffixed(text: &str, captures: &Captures<'_>) -> Option<Finding> {
    let number = captures.name("s_number")?;
    let named = captures.name("s_currency")?;
    let currency = known_currency(named.as_str(), number.as_str())?;
    let sign = captures
        .name("s_sign")
        .filter(|sign| is_sign(text, sign.start()));
    let span = sign.map_or(number.start(), |sign| sign.start())..named.end();
    let joined = part_of_number(text, &number.range(), &['.', ',', '\'', '’', ':', '/'])
        || before(text, number.start()).is_some_and(|c| "#$€£¥".contains(c))
        || belongs_to_next(text, number.as_str(), span.end);
    // `windows-1252 euro`, `head -n 20 ${file}`
    let is_name = text[..number.start()]
        .strip_suffix(['-', '–', '−'])
        .is_some_and(|head| head.ends_with(char::is_alphabetic));
    let is_variable = named.as_str() == "$" && text[span.end..].starts_with(['{', '(']);
    let scale = captures.name("s_scale");
    (!joined && !is_name && !is_variable)
        .then(|| read(text, span, currency, sign.is_some(), number, scale))?
}

/// The code of the currency, unless the number leaves it open whether its name means one.
fn known_currency(name: &str, number: &str) -> Option<&'static str> {
    let doubtful = currency::is_ambiguous(name) && !number.contains(['.', ',']);
    (!doubtful).then(|| currency::code(name))?
}

/// Whether a currency between two numbers belongs to the second: `in 2026 EUR 500`, `2 EUR 19.90`.
fn belongs_to_next(text: &str, number: &str, end: usize) -> bool {
    let tail = &text[end..text.ceil_char_boundary(end + 48)];
    if tail.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let Some(next) = PATTERNS
        .next
        .captures(tail)
        .filter(|next| next.name("own").is_none())
    else {
        return false;
    };
    let bare = number.chars().all(|c| c.is_ascii_digit());
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    bare && (is_year || next["n_number"].contains(['.', ',']))
}

fn read(
    text: &str,
    span: Span,
    currency: &'static str,
    negative: bool,
    number: Match<'_>,
    scale: Option<Match<'_>>,
) -> Option<Finding> {
    let joined = before(text, span.start).is_some_and(in_word)
        || after(text, span.end).is_some_and(|c| in_word(c) || c == '%')
        || part_of_number(text, &span, &['.', ',']);
    if joined {
        return None;
    }
    let mut value = amount::read(number.as_str(), |separator| {
        currency::has_three_decimals(currency)
            || (separator == '.' && currency::has_decimal_point(currency))
    })?;
    if let Some(scale) = scale {
        value = amount::shifted(&value, power(scale.as_str())?);
    }
    let sign = if negative && value.contains(|c| ('1'..='9').contains(&c)) {
        "-"
    } else {
        ""
    };
    Some(Finding::new(EntityKind::Money, format!("{sign}{value}"), span).with("currency", currency))
}

fn power(scale: &str) -> Option<usize> {
    SCALES
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(scale))
        .map(|(_, power)| power)
}
