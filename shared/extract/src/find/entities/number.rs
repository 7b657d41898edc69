//! Numbers before a unit or a percent sign.

use regex::Captures;

use super::amount;
use super::boundary::is_sign;

/// A pattern for a number with its sign, as groups `sign` and `number`.
pub(super) fn pattern() -> String {
    let grouping = r"[ \u{a0}\u{202f}\u{2009}'’]";
    format!(
        r"(?P<sign>[-−–+])?(?P<number>[0-9]{{1,12}}(?:{grouping}[0-9]{{3}}(?-u:\b))*(?:[.,][0-9]{{1,12}}){{0,4}})"
    )
}

/// The number that was matched, with its sign if it is negative, and where it begins. `mark` is what the text writes
/// before decimals.
pub(super) fn read(text: &str, captures: &Captures<'_>, mark: char) -> Option<(String, usize)> {
    let digits = captures.name("number")?;
    let value = amount::read(digits.as_str(), |separator| separator == mark)?;
    let sign = captures
        .name("sign")
        .filter(|sign| is_sign(text, sign.start()));
    let is_zero = !value.contains(|c| ('1'..='9').contains(&c));
    let negative = sign.is_some_and(|sign| sign.as_str() != "+") && !is_zero;
    let start = sign.map_or(digits.start(), |sign| sign.start());
    Some((if negative { format!("-{value}") } else { value }, start))
}
