//! Hardware addresses of 48 bits: `00:1b:44:11:3a:b7`, `00-1B-44-11-3A-B7`, `001b.4411.3ab7`.
//!
//! The value has colons and is in lower case. One of digits alone is found only after a word such as *MAC*, for it may
//! as well be a count of hours, minutes, seconds and frames, and none within a longer row of such groups, as fingerprints
//! are.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{line_before, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let pair = "[0-9A-Fa-f]{2}";
    let four = "[0-9A-Fa-f]{4}";
    let forms = [
        format!("{pair}(?::{pair}){{5}}"),
        format!("{pair}(?:-{pair}){{5}}"),
        format!(r"{four}\.{four}\.{four}"),
    ];
    let forms = forms.join("|");
    Regex::new(&format!(r"(?-u:\b)(?:{forms})(?-u:\b)")).expect("the pattern is valid")
});

static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u:\b(?:mac|ether|hwaddr|bssid|lladdr)\b)").expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        let (raw, span) = (place.as_str(), place.range());
        let told = raw.contains(|c: char| c.is_ascii_alphabetic())
            || ANNOUNCED.is_match(line_before(text, span.start, 24));
        (told && stands_alone(text, &span) && !in_longer(text, &span)).then(|| {
            let digits: String = raw.chars().filter(char::is_ascii_hexdigit).collect();
            let pairs: Vec<&str> = (0..6).map(|pair| &digits[2 * pair..2 * pair + 2]).collect();
            Finding::new(EntityKind::Mac, pairs.join(":").to_ascii_lowercase(), span)
        })
    })
}

/// Whether there are more groups before or after it.
fn in_longer(text: &str, span: &Span) -> bool {
    let separators = [':', '-', '.'];
    let is_hex = |c: &char| c.is_ascii_hexdigit();
    let before = text[..span.start]
        .strip_suffix(separators)
        .is_some_and(|head| {
            let digits = head.chars().rev().take_while(is_hex).count();
            let word = head
                .chars()
                .rev()
                .nth(digits)
                .is_some_and(char::is_alphanumeric);
            (1..=4).contains(&digits) && !word
        });
    let after = text[span.end..].strip_prefix(separators);
    before || after.is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_alphanumeric()))
}
