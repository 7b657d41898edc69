//! Numbers as spreadsheets hold them: what a number format makes of them.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

use super::Content;
use crate::CellValue;

/// What a number format says that a number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Percent,
    Date,
    Time,
    DateTime,
    /// How long something takes.
    Duration,
    /// An amount of money: its currency as it is shown, and decimal places.
    Money(String, usize),
}

/// The day from which a workbook counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    /// The day before 1900, with a 29 February 1900 that never was.
    Of1900,
    /// The first day of 1904.
    Of1904,
}

/// A number in a cell of that kind.
pub(super) fn content(number: f64, kind: &Kind, epoch: Epoch) -> Content {
    let moment = match kind {
        Kind::Date => day(number, epoch).map(|day| day.date().to_string()),
        Kind::Time => day(number, epoch).map(time),
        Kind::DateTime if (0.0..1.0).contains(&number) => day(number, epoch).map(time),
        Kind::DateTime => day(number, epoch).map(|day| format!("{}T{}", day.date(), time(day))),
        Kind::Duration => duration(number),
        Kind::Number | Kind::Percent | Kind::Money(..) => None,
    };
    if let Some(moment) = moment {
        return Content {
            text: moment.clone(),
            value: Some(CellValue::Moment(moment)),
        };
    }
    let Some(written) = json(number) else {
        return Content::text(&number.to_string());
    };
    let text = match kind {
        Kind::Percent => json(number * 100.0).map(|percent| format!("{percent}%")),
        Kind::Money(currency, places) if number.abs() < 1e15 => {
            Some(format!("{number:.places$} {currency}"))
        }
        _ => None,
    };
    Content {
        text: text.unwrap_or_else(|| written.clone()),
        value: Some(CellValue::Number(written)),
    }
}

/// A number as JSON writes it, with the fifteen digits that spreadsheets show: a sum of prices is 0.3 and not
/// 0.30000000000000004. None for what is no number.
pub(super) fn json(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 {
        // Without the sign of a zero.
        return Some("0".to_owned());
    }
    if (1e-5..1e21).contains(&number.abs()) {
        let written = number.to_string();
        // Nearly all numbers: there is nothing to round. Zeros in front count as well, which only costs time.
        if written.bytes().filter(u8::is_ascii_digit).count() <= 15 {
            return Some(written);
        }
    }
    let rounded: f64 = format!("{number:.14e}").parse().ok()?;
    let written = if (1e-5..1e21).contains(&rounded.abs()) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    };
    Some(written)
}

fn day(serial: f64, epoch: Epoch) -> Option<DateTime> {
    // Beyond year 9999.
    if !(0.0..3_000_000.0).contains(&serial) {
        return None;
    }
    let start = match epoch {
        Epoch::Of1904 => Date::constant(1904, 1, 1),
        Epoch::Of1900 if serial < 60.0 => Date::constant(1899, 12, 31),
        Epoch::Of1900 => Date::constant(1899, 12, 30),
    };
    #[expect(clippy::cast_possible_truncation, reason = "under three million days")]
    let milliseconds = (serial * 86_400_000.0).round() as i64;
    let start = start.to_datetime(jiff::civil::Time::midnight());
    start.checked_add(milliseconds.milliseconds()).ok()
}

fn time(day: DateTime) -> String {
    let time = day.time();
    match time.millisecond() {
        0 => time.strftime("%H:%M:%S").to_string(),
        _ => time.strftime("%H:%M:%S.%3f").to_string(),
    }
}

fn duration(days: f64) -> Option<String> {
    if days.abs() > 3_000_000.0 || days.is_nan() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "under three million days")]
    let seconds = (days * 86_400.0).round() as i64;
    Some(SignedDuration::from_secs(seconds).to_string())
}

/// The kind of the formats that have a number and no code.
pub(super) fn builtin(id: u32) -> Kind {
    match id {
        9 | 10 => Kind::Percent,
        14..=17 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Kind::Date,
        18..=21 | 32 | 33 | 45 | 47 | 55 | 56 => Kind::Time,
        22 => Kind::DateTime,
        46 => Kind::Duration,
        _ => Kind::Number,
    }
}

/// The kind of a format, by its code: `yyyy-mm-dd`, `[h]:mm`, `0.00%`, `#,##0.00 [$€-407]`.
pub(super) fn kind(code: &str) -> Kind {
    let mut found = Found::default();
    let mut chars = code.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // Of the sections for positive and negative numbers and zero, the first one tells.
            ';' => break,
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => {
                let literal: String = chars.by_ref().take_while(|&it| it != '"').collect();
                found.currency(&literal);
            }
            '[' => {
                let inner: String = chars.by_ref().take_while(|&it| it != ']').collect();
                found.bracket(&inner);
            }
            // `General` and `AM/PM` are words.
            'G' | 'g' if chars.peek().is_some_and(|it| it.eq_ignore_ascii_case(&'e')) => {
                while chars.next_if(char::is_ascii_alphabetic).is_some() {}
            }
            'A' | 'a' if chars.peek().is_some_and(|it| "mM/pP".contains(*it)) => {
                while chars.next_if(|it| "aAmMpP/".contains(*it)).is_some() {}
                found.hour = true;
            }
            'y' | 'Y' | 'd' | 'D' => found.day = true,
            'h' | 'H' | 's' | 'S' => found.hour = true,
            'm' | 'M' => found.month = true,
            '%' => found.percent = true,
            '.' => found.after_point = true,
            '0' | '#' | '?' => {
                found.digits = true;
                found.places += usize::from(found.after_point && char == '0');
            }
            other => found.currency(other.encode_utf8(&mut [0; 4])),
        }
    }
    found.kind()
}

/// What was found in a format.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is found or not")]
struct Found {
    day: bool,
    month: bool,
    hour: bool,
    elapsed: bool,
    percent: bool,
    digits: bool,
    after_point: bool,
    places: usize,
    currency: Option<String>,
}

impl Found {
    fn bracket(&mut self, inner: &str) {
        let first = inner.chars().next().unwrap_or_default();
        let is_elapsed = "hmsHMS".contains(first) && inner.chars().all(|it| it == first);
        if is_elapsed && !inner.is_empty() {
            self.elapsed = true;
        } else if let Some(currency) = inner.strip_prefix('$') {
            self.currency(currency.split('-').next().unwrap_or_default());
        }
    }

    /// Remembers what may be a currency: a symbol, or a code of three letters.
    fn currency(&mut self, literal: &str) {
        let literal = literal.trim();
        let is_code = literal.len() == 3 && literal.bytes().all(|it| it.is_ascii_uppercase());
        let is_symbol = matches!(
            literal,
            "€" | "$" | "£" | "¥" | "₹" | "₽" | "zł" | "Kč" | "kr"
        );
        if is_code || is_symbol {
            self.currency = Some(literal.to_owned());
        }
    }

    fn kind(self) -> Kind {
        // Next to hours or seconds, `m` is minutes.
        let is_day = self.day || self.month && !self.hour;
        match self {
            Self { elapsed: true, .. } => Kind::Duration,
            Self { hour: true, .. } if is_day => Kind::DateTime,
            Self { hour: true, .. } => Kind::Time,
            _ if is_day => Kind::Date,
            Self { percent: true, .. } => Kind::Percent,
            Self {
                currency: Some(currency),
                digits: true,
                places,
                ..
            } => Kind::Money(currency, places.min(10)),
            _ => Kind::Number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_what_a_number_is() {
        let money = |currency: &str, places| Kind::Money(currency.into(), places);
        for (code, expected) in [
            ("General", Kind::Number),
            ("#,##0.00", Kind::Number),
            ("0.00E+00", Kind::Number),
            ("yyyy\\-mm\\-dd", Kind::Date),
            ("[$-409]d mmm yyyy;@", Kind::Date),
            ("mmm-yy", Kind::Date),
            ("dd/mm/yyyy hh:mm", Kind::DateTime),
            ("h:mm AM/PM", Kind::Time),
            ("mm:ss.0", Kind::Time),
            ("[h]:mm:ss", Kind::Duration),
            ("[Red]0", Kind::Number),
            ("0.0%", Kind::Percent),
            ("\"days\" 0", Kind::Number),
            ("0 \"m\"", Kind::Number),
            ("#,##0.00\\ [$€-407]", money("€", 2)),
            ("[$USD] 0", money("USD", 0)),
            ("\"$\"#,##0.00_);\\(\"$\"#,##0.00\\)", money("$", 2)),
            ("_-* #,##0.00 €_-;-* #,##0.00 €_-", money("€", 2)),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }

    #[test]
    fn numbers_become_moments_and_keep_fifteen_digits() {
        let shown = |number, kind| content(number, &kind, Epoch::Of1900).text;
        for (number, kind, expected) in [
            (0.1 + 0.2, Kind::Number, "0.3"),
            (1e300, Kind::Number, "1e300"),
            (-0.0, Kind::Number, "0"),
            (12_345_678.0, Kind::Number, "12345678"),
            (0.125, Kind::Percent, "12.5%"),
            (1234.5, Kind::Money("€".into(), 2), "1234.50 €"),
            (46_090.0, Kind::Date, "2026-03-09"),
            (1.0, Kind::Date, "1900-01-01"),
            (61.0, Kind::Date, "1900-03-01"),
            (
                46_090.604_166_666_664,
                Kind::DateTime,
                "2026-03-09T14:30:00",
            ),
            (0.604_166_666_666_666_6, Kind::Time, "14:30:00"),
            (1.5, Kind::Duration, "PT36H"),
            (-1.0, Kind::Date, "-1"),
            (1e12, Kind::DateTime, "1000000000000"),
        ] {
            assert_eq!(shown(number, kind), expected);
        }
        assert_eq!(content(0.0, &Kind::Date, Epoch::Of1904).text, "1904-01-01");
    }
}
