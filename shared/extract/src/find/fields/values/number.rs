//! Numbers, with as many decimals as are written.

use plan::Locale;
use serde_json::Value;

use super::super::select::Typed;
use super::{money, quoted};

/// Up to here every whole number has a form of its own where numbers are floating point, as in JavaScript: 2⁵³ − 1.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Largest power of ten that a number may be written with.
const MAX_POWER: i32 = 100;

/// Reads a whole number: a JSON number, or a string of digits where that would not be exact everywhere.
pub(super) fn integer(
    text: &str,
    locale: Option<Locale>,
    typed: Option<&Typed>,
) -> Result<Value, String> {
    let number = match read(text, locale, typed) {
        // Of two readings only one is whole.
        Err(Flaw::TwoReadings { grouped, .. }) => grouped,
        read => read.map_err(|flaw| flaw.told(text, "whole number"))?,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if fraction.bytes().any(|digit| digit != b'0') {
        return Err(format!("{} is no whole number.", quoted(text)));
    }
    let whole = if whole == "-0" { "0" } else { whole };
    Ok(match whole.parse::<i64>() {
        Ok(number) if number.unsigned_abs() <= MAX_SAFE => number.into(),
        _ => whole.into(),
    })
}

/// Reads a number: a string such as `1234.50`.
pub(super) fn decimal(
    text: &str,
    locale: Option<Locale>,
    typed: Option<&Typed>,
) -> Result<String, String> {
    read(text, locale, typed).map_err(|flaw| flaw.told(text, "number"))
}

/// A number, whatever currency or percent sign stands beside it.
fn read(text: &str, locale: Option<Locale>, typed: Option<&Typed>) -> Result<String, Flaw> {
    if let Some(Typed::Number(number)) = typed {
        return plain(number).ok_or(Flaw::NoNumber);
    }
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    amount(
        &money::without_currency(text).0,
        locale.map(Locale::decimal_mark),
    )
}

/// Why something is no number.
#[derive(Debug, PartialEq)]
pub(super) enum Flaw {
    NoNumber,
    /// Its only separator may stand before decimals or thousands.
    TwoReadings {
        grouped: String,
        decimal: String,
    },
}

impl Flaw {
    /// What is wrong, in words.
    pub(super) fn told(self, text: &str, what: &str) -> String {
        let text = quoted(text);
        match self {
            Self::NoNumber => format!(
                "{text} is no {what}. If it holds one among other things, `match` can take it out."
            ),
            Self::TwoReadings { grouped, decimal } => {
                format!("{text} can be {grouped} or {decimal}; a `locale` decides.")
            }
        }
    }
}

/// A number in digits, separators and a sign; brackets around it are a minus. `mark`: what stands before decimals, if its form
/// alone does not say.
pub(super) fn amount(text: &str, mark: Option<char>) -> Result<String, Flaw> {
    let text = text.trim();
    let bracketed = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    let text = bracketed.unwrap_or(text).trim();
    let minus = ['-', '−', '–'];
    let (number, minus) = match (text.strip_prefix(minus), text.strip_suffix(minus)) {
        (Some(number), _) => (number, true),
        // «5,–» has no decimals, «5,00-» is negative.
        (None, Some(number)) if number.ends_with(|c: char| c.is_ascii_digit()) => (number, true),
        _ => (text.strip_prefix('+').unwrap_or(text), false),
    };
    let minus = minus || bracketed.is_some();
    let signed = |number: String| {
        if minus && number.contains(|c| ('1'..='9').contains(&c)) {
            format!("-{number}")
        } else {
            number
        }
    };
    match unsigned(without_dashes(number.trim()), mark) {
        Ok(number) => Ok(signed(number)),
        Err(Flaw::NoNumber) => Err(Flaw::NoNumber),
        Err(Flaw::TwoReadings { grouped, decimal }) => Err(Flaw::TwoReadings {
            grouped: signed(grouped),
            decimal: signed(decimal),
        }),
    }
}

/// «5,–» and «5.--» without what stands for decimals that are all zero.
fn without_dashes(number: &str) -> &str {
    let digits = number.trim_end_matches(['-', '–', '—']);
    match digits.strip_suffix([',', '.']) {
        Some(whole) if digits.len() < number.len() => whole,
        _ => number,
    }
}

fn unsigned(number: &str, mark: Option<char>) -> Result<String, Flaw> {
    let separators: Vec<(usize, char)> = number
        .char_indices()
        .filter(|(_, c)| !c.is_ascii_digit())
        .collect();
    let Some(&(at, last)) = separators.last() else {
        return whole(number).ok_or(Flaw::NoNumber);
    };
    let (before, after) = (&number[..at], &number[at + last.len_utf8()..]);
    let decimal = || {
        let before = if before.is_empty() { "0" } else { before };
        let digits = !after.is_empty() && after.len() <= 30;
        digits.then(|| Some(format!("{}.{after}", whole(before)?)))?
    };
    let is_mark = matches!(last, '.' | ',');
    let reading = if separators.len() == 1 && is_mark {
        let may_group =
            after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
        match (may_group, mark) {
            (false, _) => decimal(),
            (true, Some(mark)) if mark == last => decimal(),
            (true, Some(_)) => whole(number),
            (true, None) => {
                return match (whole(number), decimal()) {
                    (Some(grouped), Some(decimal)) => Err(Flaw::TwoReadings { grouped, decimal }),
                    _ => Err(Flaw::NoNumber),
                };
            }
        }
    } else if is_mark && !before.contains(last) {
        decimal()
    } else {
        whole(number)
    };
    reading.ok_or(Flaw::NoNumber)
}

/// A whole number in one piece or in groups: of three, or as in India.
fn whole(number: &str) -> Option<String> {
    let separator = number.chars().find(|c| !c.is_ascii_digit());
    let digits = match separator {
        None => number.to_owned(),
        Some(separator) => {
            if !matches!(
                separator,
                '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'
            ) {
                return None;
            }
            let groups: Vec<&str> = number.split(separator).collect();
            let (first, last) = (groups.first()?, groups.last()?);
            let middle = &groups[1..groups.len() - 1];
            let by_three = first.len() <= 3 && middle.iter().all(|group| group.len() == 3);
            let indian =
                separator == ',' && first.len() <= 2 && middle.iter().all(|group| group.len() == 2);
            if first.is_empty() || last.len() != 3 || !(by_three || indian) {
                return None;
            }
            groups.concat()
        }
    };
    let fits =
        (1..=30).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    fits.then(|| match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    })
}

/// A JSON number without its exponent.
pub(super) fn plain(number: &str) -> Option<String> {
    let (mantissa, power) = match number.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
        None => return Some(number.to_owned()),
    };
    if power.abs() > MAX_POWER {
        return None;
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = "0".repeat(usize::try_from(power.unsigned_abs()).ok()?);
    let point = i32::try_from(before.len()).ok()? + power;
    let digits = format!("{zeros}{before}{after}{zeros}");
    let at = usize::try_from(point).map_or(0, |point| point) + zeros.len();
    let at = if point < 0 {
        zeros.len() - usize::try_from(-point).ok()?
    } else {
        at
    };
    let (before, after) = digits.split_at_checked(at)?;
    let before = match before.trim_start_matches('0') {
        "" => "0",
        before => before,
    };
    let after = after.trim_end_matches('0');
    Some(if after.is_empty() {
        format!("{sign}{before}")
    } else {
        format!("{sign}{before}.{after}")
    })
}
