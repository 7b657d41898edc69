//! Dates, and dates with their time.
//!
//! The value of a date is `2026-03-09`, that of a date with its time `2026-03-09T14:30:00`, or, where the
//! text states the offset from UTC, `2026-03-09T14:30:00+01:00` (RFC 3339). Read are:
//!
//! - ISO 8601: `2026-03-09`, `2026-03-09T14:30:00.5Z`, `2026-03-09 14:30 +0100`,
//!   `20260309T143000Z`;
//! - RFC 2822, HTTP and web server logs: `Mon, 9 Mar 2026 14:30:00 +0100`,
//!   `09/Mar/2026:14:30:00 +0100`;
//! - names of months, in several languages: `9 March 2026`, `March 9th, 2026`, `9. März 2026`,
//!   `9 de marzo de 2026`;
//! - `09.03.2026`: the day always comes first; `2026/03/09`; `2026年3月9日`;
//! - `25/12/2026`, `12-25-2026`: only where one of both must be the day, or both are the same.
//!
//! A date of any form and a time of any form (`time.rs`) right after it are one: `9 March 2026 at 2:30 pm`.
//!
//! Years are written in full and lie between 1000 and 2999.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use plan::EntityKind;
use regex::{Captures, Regex};

use super::boundary::line_after;
use super::boundary::{part_of_number, stands_alone};
use super::month;
use super::search::{Finding, Search};
use super::time::{self, rfc3339_offset};
use crate::Span;
use crate::watch::Interrupted;

/// A way of writing dates.
struct Form {
    /// Its groups are `year`, `month` or `name`, `day`, or `first` and `second` for day and month
    /// in any order; then, for a point in time, `hour`, `minute`, `seconds`, `fraction`, `offset`.
    /// `date` is what still stands if the time turns out to be none.
    pattern: Regex,
    /// With a digit next to them, these make the match a part of some longer number.
    separators: &'static [char],
}

/// What joins the parts of most dates.
const JOINTS: &[char] = &['.', '-', '/', ','];

static FORMS: LazyLock<[Form; 11]> = LazyLock::new(|| {
    let s = r"[ \u{a0}]";
    let end = r"(?-u:\b)";
    let name = format!("(?P<name>{})", month::pattern());
    let year = "(?P<year>[0-9]{4})";
    let [month, day, first, second] =
        ["month", "day", "first", "second"].map(|part| format!("(?P<{part}>[0-9]{{1,2}})"));
    let [month2, day2, hour, minute, seconds] =
        ["month", "day", "hour", "minute", "seconds"].map(|part| format!("(?P<{part}>[0-9]{{2}})"));
    let time = format!("{hour}:{minute}(?::{seconds})?");
    let fraction = "(?:[.,](?P<fraction>[0-9]{1,9}))?";
    let number = "[+-](?:0[0-9]|1[0-4]):?(?:00|15|30|45)";
    let offset = format!("(?P<offset>[Zz]|{s}(?:UTC|GMT)|{s}?{number})");
    let zone = format!("(?P<offset>{number}|UTC|GMT|UT|Z|[ECMP][SD]T)");
    let weekday = format!("(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),{s}{{1,2}})?");
    let ordinal = r"(?:st|nd|rd|th|er|º|\.)?";
    let of = format!("(?:{s}{{1,2}}(?:(?:of|de){s})?|[-/])");
    let in_year = format!(r"(?:\.?,?{s}(?:del?{s})?|[-/])");

    let form = |pattern: String, separators| Form {
        pattern: Regex::new(&format!(r"(?-u:\b){pattern}")).expect("the pattern is valid"),
        separators,
    };
    [
        form(
            format!("(?P<date>{year}-{month2}-{day2})(?:[Tt ]{time}{fraction}{offset}?{end})?"),
            &['-', '.'],
        ),
        form(
            format!("{year}{month2}{day2}T{hour}{minute}{seconds}(?P<offset>Z)?{end}"),
            &['-', '.'],
        ),
        form(
            format!("{weekday}{day}{s}{name}{s}{year}{s}{time}{s}{zone}{end}"),
            &['.', ':'],
        ),
        form(
            format!("{day}/{name}/{year}:{time}{s}{zone}{end}"),
            &['.', ':'],
        ),
        form(
            format!("{day}{ordinal}{of}{name}{in_year}{year}{end}"),
            JOINTS,
        ),
        form(
            format!(r"{name}\.?{s}{{1,2}}{day}(?:st|nd|rd|th)?,?{s}{year}{end}"),
            JOINTS,
        ),
        form(format!(r"{day}\. ?{month}\. ?{year}{end}"), JOINTS),
        form(format!("{year}/{month}/{day}{end}"), JOINTS),
        form(format!("{first}/{second}/{year}{end}"), JOINTS),
        form(format!("{first}-{second}-{year}{end}"), JOINTS),
        form(format!("{year}年{month}月{day}日"), &[]),
    ]
});

/// Follows a time that is counted from midnight or from noon.
static HALF_OF_DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[ \u{a0}]?(?i-u:[ap]\.?m)").expect("the pattern is valid"));

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    for Form {
        pattern,
        separators,
    } in &*FORMS
    {
        search.each_match(pattern, |text, captures| {
            let found = read_point(text, captures).or_else(|| {
                let (date, span) = read_date(captures)?;
                Some(
                    with_time(text, date, &span)
                        .unwrap_or_else(|| Finding::new(EntityKind::Date, date.to_string(), span)),
                )
            })?;
            let alone = stands_alone(text, &found.span)
                && !part_of_number(text, &captures.get_match().range(), separators);
            alone.then_some(found)
        })?;
    }
    Ok(())
}

/// What may stand between a date and its time.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    let words = "at|um|kl\\.?|klo|à|a las|às|alle ore|alle|ore|om|o|godz\\.?";
    Regex::new(&format!(
        r"^(?:,?[ \u{{a0}}]{{1,2}}(?:(?:{words})[ \u{{a0}}])?|[ \u{{3000}}]?)"
    ))
    .expect("the pattern is valid")
});

/// The date with the time that follows it.
fn with_time(text: &str, date: Date, span: &Span) -> Option<Finding> {
    let tail = line_after(text, span.end, 24);
    let between = BETWEEN.find(tail).map_or(0, |between| between.end());
    if between == 0 && !text[..span.end].ends_with('日') {
        return None;
    }
    let (time, offset, end) = time::read_at(text, span.end + between)?;
    let point = DateTime::from_parts(date, time);
    Some(Finding::new(
        EntityKind::Datetime,
        format!("{point}{offset}"),
        span.start..end,
    ))
}

/// A date with its time, in one of the forms that have both.
fn read_point(text: &str, captures: &Captures<'_>) -> Option<Finding> {
    let time = Time::new(
        captures.name("hour")?.as_str().parse().ok()?,
        captures.name("minute")?.as_str().parse().ok()?,
        captures
            .name("seconds")
            .map_or(Ok(0), |seconds| seconds.as_str().parse())
            .ok()?,
        captures
            .name("fraction")
            .map_or(Some(0), |digits| nanoseconds(digits.as_str()))?,
    );
    let point = DateTime::from_parts(date(captures)?, time.ok()?);
    let mut span = captures.get_match().range();
    let mut offset = captures.name("offset").map_or("", |offset| offset.as_str());
    if is_end_of_range(captures, offset) {
        span.end -= offset.len();
        offset = "";
    }
    let twelve_hours = HALF_OF_DAY.is_match(&text[span.end..text.ceil_char_boundary(span.end + 5)]);
    let value = format!("{point}{}", rfc3339_offset(offset.trim_start())?);
    (!twelve_hours).then(|| Finding::new(EntityKind::Datetime, value, span))
}

/// Whether that which has the form of an offset is the time at which something ends:
/// `2026-03-09 09:00-10:30`.
fn is_end_of_range(captures: &Captures<'_>, offset: &str) -> bool {
    let spaced = captures.name("date").is_some_and(|date| {
        captures.get_match().as_str()[date.len()..].starts_with([' ', '\u{a0}'])
    });
    spaced && captures.name("seconds").is_none() && offset.starts_with('-') && offset.contains(':')
}

/// A date alone; none for a form that is nothing without its time.
fn read_date(captures: &Captures<'_>) -> Option<(Date, Span)> {
    let span = match (captures.name("date"), captures.name("hour")) {
        (Some(date), _) => date.range(),
        (None, None) => captures.get_match().range(),
        (None, Some(_)) => return None,
    };
    Some((date(captures)?, span))
}

fn date(captures: &Captures<'_>) -> Option<Date> {
    let number = |name| captures.name(name)?.as_str().parse::<i8>().ok();
    let year: i16 = captures.name("year")?.as_str().parse().ok()?;
    let (month, day) = match (captures.name("name"), number("first"), number("second")) {
        (Some(name), ..) => (month::number(name.as_str())?, number("day")?),
        // `24-07-1234` is rather a number than a day.
        (_, Some(first), Some(second)) if (1800..2200).contains(&year) => {
            unambiguous(first, second)?
        }
        _ => (number("month")?, number("day")?),
    };
    let likely = (1000..3000).contains(&year);
    likely.then(|| Date::new(year, month, day).ok())?
}

/// Month and day, where only one reading is possible or both are the same.
fn unambiguous(first: i8, second: i8) -> Option<(i8, i8)> {
    match (first > 12, second > 12) {
        (true, false) => Some((second, first)),
        (false, true) => Some((first, second)),
        (false, false) => (first == second).then_some((first, second)),
        (true, true) => None,
    }
}

fn nanoseconds(digits: &str) -> Option<i32> {
    format!("{digits:0<9}").parse().ok()
}
