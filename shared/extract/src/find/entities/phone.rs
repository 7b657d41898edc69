//! Telephone numbers, checked against the numbering plan of their country.
//!
//! The value is the number in international form (E.164: `+4930123456`); an extension is a member
//! of its own. A number is read if it begins with `+`, or if a word such as *Tel*, *phone*, *fax*,
//! *call* or a telephone sign stands right before it. Without `+` it is taken for a number of the
//! region that the request names, else of the United States. Whatever else is made of digits (order
//! numbers, amounts, measurements) is no telephone number.

use std::sync::LazyLock;

use phonenumber::country::Id;
use phonenumber::{Mode, PhoneNumber};
use plan::EntityKind;
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

/// Compiled patterns of numbering plans that are kept. The library keeps a hundred, fewer than the United States and their
/// neighbours alone have: in a list of numbers from all over the world it would compile some for every single one.
const KEPT_PATTERNS: usize = 2_000;

static KEEP_PATTERNS: LazyLock<()> = LazyLock::new(|| {
    if let Ok(mut cache) = phonenumber::metadata::DATABASE.cache().lock() {
        cache.set_capacity(KEPT_PATTERNS);
    }
});

/// What follows a number that has an extension; its group is the extension.
static EXTENSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ ,;]{0,2}(?i-u:ext(?:ension|n)?\.?|x|durchwahl)[ :]?([0-9]{1,6})(?-u:\b)")
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let region = search.settings().options.region;
    let region = region.map_or(Some(Id::US), |region| region.code().parse().ok());
    search.each_match(&PATTERN, |text, captures| {
        let number = captures
            .name("announced")
            .or(captures.name("international"))?;
        read(text, &number.range(), region)
    })
}

/// The digits may run on into the next number, so each end of a group may be the number's end; the
/// last that gives a valid number is taken.
fn read(text: &str, place: &Span, region: Option<Id>) -> Option<Finding> {
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
            let value = parse(&text[span.clone()], region)?;
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
    // `+16502530000,50`; in a row of values more digits follow.
    let decimals = tail.strip_prefix(',').is_some_and(|tail| {
        let digits = tail.chars().take_while(char::is_ascii_digit).count();
        (1..=3).contains(&digits)
    });
    let extended = EXTENSION.is_match(&tail[..tail.ceil_char_boundary(24)]);
    extended || !(decimals || after(text, end).is_some_and(|c| in_word(c) || "%€$£°".contains(c)))
}

/// The number in international form, if it is valid. A `(0)` after the country's code is left out;
/// a number from which the library would drop more than that is not believed.
fn parse(raw: &str, region: Option<Id>) -> Option<String> {
    let international = raw.starts_with('+');
    let digits = raw.replacen("(0)", "", usize::from(international));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let lengths = match region {
        _ if international => 7..=15,
        Some(Id::US) => 10..=11,
        _ => 6..=13,
    };
    if !lengths.contains(&digits.len()) {
        return None;
    }
    LazyLock::force(&KEEP_PATTERNS);
    let number: PhoneNumber = match (international, digits.strip_prefix("78")) {
        // The library takes a Russian number's first 8 for the prefix of calls within the country,
        // and drops it, twice: given two more, it leaves the number as it is.
        (true, Some(rest)) => phonenumber::parse(None, format!("+7888{rest}")).ok()?,
        (true, None) => phonenumber::parse(None, format!("+{digits}")).ok()?,
        (false, _) => phonenumber::parse(Some(region?), &digits).ok()?,
    };
    let value = number.format().mode(Mode::E164).to_string();
    // Within a country a number begins with what its code stands in place of.
    let national = if international {
        &digits
    } else {
        digits.trim_start_matches('0')
    };
    (number.is_valid() && value.ends_with(national)).then_some(value)
}

fn with_extension(text: &str, value: String, span: Span) -> Finding {
    let tail = &text[span.end..text.ceil_char_boundary(span.end + 24)];
    match EXTENSION.captures(tail) {
        None => Finding::new(EntityKind::Phone, value, span),
        Some(captures) => {
            let end = span.end + captures.get_match().end();
            Finding::new(EntityKind::Phone, value, span.start..end).with("extension", &captures[1])
        }
    }
}
