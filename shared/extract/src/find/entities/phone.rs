//! Telephone numbers, checked against the numbering plan of their country.
//!
//! The value is the number in international form (E.164: `+4930123456`); an extension is a member
//! of its own. A number is read if it begins with `+`, or if a word such as *Tel*, *phone*, *fax*,
//! *call* or a telephone sign stands right before it. Without `+` it is taken for a number of the
//! United States: no other numbering plan is guessed at. Whatever else is made of digits (order
//! numbers, amounts, measurements) is no telephone number.

use std::sync::LazyLock;

use phonenumber::country::Id::US;
use phonenumber::{Mode, PhoneNumber};
use regex::Regex;

use super::boundary::{after, before, in_word};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

/// A number with `+`, or with a word or sign for telephones before it; its group is the number.
static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "tel",
        "telephone",
        "telefon",
        "telefono",
        "teléfono",
        "téléphone",
        "phone",
        "fax",
        "telefax",
        "mobile",
        "mobil",
        "cell",
        "handy",
        "hotline",
        "helpline",
        "whatsapp",
        "sms",
        "call",
        "dial",
        "ring",
        "text",
    ]
    .join("|");
    let sign = r"[☎☏✆📞📱📠℡]\u{fe0f}?";
    let filler = "(?i-u:no|nr|number|us|me|at|on|is|toll[ -]free)(?-u:\\b)";
    let between = format!(r"(?:[ \t\u{{a0}}.:)/|-]|{filler}|\([A-Za-z .]{{1,12}}\)){{0,6}}");
    let digits = r"[0-9](?:[ ./()\u{a0}\u{2011}\u{2013}-]{0,3}[0-9]){6,16}";
    let announced = format!(r"(?:(?-u:\b)(?i:{words})(?-u:\b)|{sign}){between}");
    Regex::new(&format!(
        r"{announced}(?P<announced>\+?\(?{digits})|(?P<international>\+[ (]?{digits})"
    ))
    .expect("the pattern is valid")
});

/// What follows a number that has an extension; its group is the extension.
static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ ,;]{0,2}(?i-u:ext(?:ension|n)?\.?|x|durchwahl)[ :]?([0-9]{1,6})(?-u:\b)")
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let number = captures
            .name("announced")
            .or(captures.name("international"))?;
        read(text, &number.range())
    })
}

/// The digits may run on into the next number, so each end of a group may be the number's end; the
/// last that gives a valid number is taken.
fn read(text: &str, place: &Span) -> Option<Finding> {
    let joined = before(text, place.start).is_some_and(|c| in_word(c) || "+*^".contains(c));
    if joined || is_amount(&text[place.clone()]) {
        return None;
    }
    let ends = text[place.clone()]
        .char_indices()
        .rev()
        .filter(|(_, c)| c.is_ascii_digit());
    ends.map(|(offset, _)| place.start + offset + 1)
        .filter(|&end| ends_number(text, end))
        .take(4)
        .find_map(|end| {
            let span = place.start..end;
            let value = parse(&text[span.clone()])?;
            Some(with_extension(text, value, span))
        })
}

/// Whether these are digits in groups of three with dots between, as amounts are written.
fn is_amount(raw: &str) -> bool {
    let mut groups = raw.trim_start_matches('+').split('.');
    let first = groups.next().is_some_and(|first| first.len() <= 3);
    let mut groups = groups.peekable();
    first && groups.peek().is_some() && groups.all(|group| group.len() == 3)
}

fn ends_number(text: &str, end: usize) -> bool {
    let tail = &text[end..];
    let decimals = tail
        .strip_prefix(',')
        .is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
    let extended = EXTENSION.is_match(&tail[..tail.ceil_char_boundary(24)]);
    extended || !(decimals || after(text, end).is_some_and(|c| in_word(c) || "%€$£°".contains(c)))
}

/// The number in international form, if it is valid. A `(0)` after the country's code is left out;
/// a number from which the library would drop more than that is not believed.
fn parse(raw: &str) -> Option<String> {
    let international = raw.starts_with('+');
    let digits = raw.replacen("(0)", "", usize::from(international));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let lengths = if international { 7..=15 } else { 10..=11 };
    if !lengths.contains(&digits.len()) {
        return None;
    }
    let number: PhoneNumber = match (international, digits.strip_prefix("78")) {
        // The library takes a Russian number's first 8 for the prefix of calls within the country,
        // and drops it, twice: given two more, it leaves the number as it is.
        (true, Some(rest)) => phonenumber::parse(None, format!("+7888{rest}")).ok()?,
        (true, None) => phonenumber::parse(None, format!("+{digits}")).ok()?,
        (false, _) => phonenumber::parse(Some(US), &digits).ok()?,
    };
    let value = number.format().mode(Mode::E164).to_string();
    (number.is_valid() && value.ends_with(&digits)).then_some(value)
}

fn with_extension(text: &str, value: String, span: Span) -> Finding {
    let tail = &text[span.end..text.ceil_char_boundary(span.end + 24)];
    match EXTENSION.captures(tail) {
        None => Finding::new("phone", value, span),
        Some(captures) => {
            let end = span.end + captures.get_match().end();
            Finding::new("phone", value, span.start..end).with("extension", &captures[1])
        }
    }
}
