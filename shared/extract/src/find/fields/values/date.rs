//! Days, and points in time.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use plan::Locale;
use regex::{Captures, Regex};

use super::super::super::entities::only;
use super::super::select::Typed;
use super::{Reading, quoted};

/// A date in digits alone: three groups of them, the year first or last.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([0-9]{1,4})(?:[./-]|\. )([0-9]{1,2})(?:[./-]|\. )([0-9]{2}|[0-9]{4})\.?$")
        .expect("the pattern is valid")
});

/// A time of day at the end of a text.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let joint = r"(?:[T,]|\s+|\s+(?:at|um|à|a las|alle)\s+)\s*";
    let time = r"([0-9]{1,2})[:.]([0-9]{2})(?::([0-9]{2}))?(?:\s*([AaPp])\.?[Mm]\.?|\s*(?:Uhr|h))?";
    Regex::new(&format!("{joint}{time}$")).expect("the pattern is valid")
});

/// Reads a day; of a point in time its day.
pub(super) fn date(
    text: &str,
    locale: Option<Locale>,
    typed: Option<&Typed>,
) -> Result<Reading, String> {
    if let Some(Typed::Moment(moment)) = typed
        && let Some(date) = moment.get(..10).filter(|date| date.parse::<Date>().is_ok())
    {
        return Ok(date.into());
    }
    if let Some(date) = in_digits(text, locale)? {
        return Ok(date.to_string().into());
    }
    let (found, within) = only("datetime", text).or_else(|_| only("date", text))?;
    let day = found.get(..10).unwrap_or(&found);
    Ok(Reading {
        value: day.into(),
        within: Some(within),
    })
}

/// Reads a point in time.
pub(super) fn point(
    text: &str,
    locale: Option<Locale>,
    typed: Option<&Typed>,
) -> Result<Reading, String> {
    if let Some(Typed::Moment(moment)) = typed
        && moment.contains('T')
        && moment.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok(moment.as_str().into());
    }
    let none = || format!("{} names no time of day, so it is a `date`.", quoted(text));
    if let Ok((found, within)) = only("datetime", text) {
        return Ok(of(found.into(), Some(within)));
    }
    let time = TIME.captures(text).ok_or_else(none)?;
    let head = &text[..time.get_match().start()];
    let date = date(head.trim_end_matches(','), locale, None)?;
    let time = time_of(&time).ok_or_else(none)?;
    let day = date.value.as_str().unwrap_or_default();
    Ok(format!("{day}T{}", time.strftime("%H:%M:%S")).into())
}

fn of(value: serde_json::Value, within: Option<Range<usize>>) -> Reading {
    Reading { value, within }
}

fn time_of(captures: &Captures<'_>) -> Option<Time> {
    let number = |group| {
        captures
            .get(group)
            .map_or(Some(0), |found| found.as_str().parse::<i8>().ok())
    };
    let (hour, minute, second) = (number(1)?, number(2)?, number(3)?);
    let half = captures
        .get(4)
        .map(|half| half.as_str().to_ascii_lowercase());
    let hour = match (half.as_deref(), hour) {
        (None, hour) => hour,
        (Some(_), hour) if !(1..=12).contains(&hour) => return None,
        (Some("p"), hour) => hour % 12 + 12,
        (Some(_), hour) => hour % 12,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// A date in digits alone; none if it is written otherwise.
fn in_digits(text: &str, locale: Option<Locale>) -> Result<Option<Date>, String> {
    let Some(captures) = DIGITS.captures(text) else {
        return Ok(None);
    };
    let (_, [first, second, third]) = captures.extract();
    let number = |digits: &str| digits.parse::<i16>().unwrap_or(0);
    let date = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Date::new(year, month, day).ok()
    };
    let no_date = || format!("{} is no date.", quoted(text));
    if first.len() == 4 {
        let found = date(number(first), number(second), number(third)).filter(|_| third.len() == 2);
        return found.ok_or_else(no_date).map(Some);
    }
    if first.len() == 3 {
        return Err(no_date());
    }
    let year = match (third.len(), locale) {
        (4, _) => number(third),
        // As POSIX has it.
        (_, Some(_)) if number(third) < 69 => 2000 + number(third),
        (_, Some(_)) => 1900 + number(third),
        (_, None) => {
            let text = quoted(text);
            return Err(format!(
                "{text} leaves the century open; a `locale` decides: from 1969 to 2068."
            ));
        }
    };
    let day_first = date(year, number(second), number(first));
    let month_first = date(year, number(first), number(second));
    // Between points the day is first everywhere.
    let order = if text.contains('.') {
        Some(true)
    } else {
        locale.and_then(Locale::day_first)
    };
    match (day_first, month_first, order) {
        (None, None, _) => Err(no_date()),
        (Some(day_first), None, _) => Ok(Some(day_first)),
        (None, Some(month_first), _) => Ok(Some(month_first)),
        (Some(day_first), Some(month_first), _) if day_first == month_first => Ok(Some(day_first)),
        (Some(day_first), Some(_), Some(true)) => Ok(Some(day_first)),
        (Some(_), Some(month_first), Some(false)) => Ok(Some(month_first)),
        (Some(day_first), Some(month_first), None) => Err(format!(
            "{} can be {day_first} or {month_first}; a `locale` with a country, such as `en-GB`, decides.",
            quoted(text)
        )),
    }
}
