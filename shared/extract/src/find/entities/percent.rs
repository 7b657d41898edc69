//! Percentages: `19 %`, `12.5%`, `65 Prozent`.
//!
//! The value is a plain decimal number, its decimals as many as are written.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{after, before, in_word, part_of_number};
use super::number;
use super::search::{Finding, Search};
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "per cent",
        "percent",
        "prozent",
        "pour cent",
        "por ciento",
        "por cento",
        "per cento",
        "procent",
        "pct",
    ]
    .join("|");
    let number = number::pattern();
    Regex::new(&format!(
        r"{number}[ \u{{a0}}\u{{202f}}]?(?:[%％]|(?i-u:(?:{words})\b))"
    ))
    .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let mark = search.settings().decimal_mark;
    search.each_match(&PATTERN, |text, captures| {
        let digits = captures.name("number")?;
        let (value, start) = number::read(text, captures, mark)?;
        let span = start..captures.get_match().end();
        // `100%25` is an escape, `%d` a place for a number.
        let goes_on = after(text, span.end).is_some_and(|c| in_word(c) || "%(".contains(c));
        let joined = before(text, start).is_some_and(|c| in_word(c) || "%".contains(c))
            || part_of_number(text, &digits.range(), &['.', ',', ':', '\'', '’']);
        (!goes_on && !joined).then(|| Finding::new(EntityKind::Percent, value, span))
    })
}
