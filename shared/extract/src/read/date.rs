//! Dates as documents write them -> RFC 3339.

use jiff::civil::{self, DateTime};
use jiff::fmt::{rfc2822, temporal::Pieces};
use jiff::tz::Offset;

/// A date as RFC 3339, if it can be understood: RFC 2822 (`Mon, 1 Jan 2024 10:00:00 +0100`), ISO
/// 8601, or PDF's own way (`D:20240101100000+01'00'`). A date without a time stays one; a time
/// whose offset is not stated goes without.
pub(super) fn rfc3339(written: &str) -> Option<String> {
    let written = written.trim();
    if let Some(digits) = written.strip_prefix("D:") {
        return pdf(digits);
    }
    if let Ok(zoned) = rfc2822::parse(written) {
        return Some(format(zoned.datetime(), Some(zoned.offset())));
    }
    let pieces = Pieces::parse(written).ok()?;
    let Some(time) = pieces.time() else {
        return Some(pieces.date().to_string());
    };
    Some(format(
        pieces.date().to_datetime(time),
        pieces.to_numeric_offset(),
    ))
}

fn format(at: DateTime, offset: Option<Offset>) -> String {
    let at = at.strftime("%Y-%m-%dT%H:%M:%S");
    match offset.map(Offset::seconds) {
        None => at.to_string(),
        Some(0) => format!("{at}Z"),
        Some(seconds) => {
            let sign = if seconds < 0 { '-' } else { '+' };
            let minutes = seconds.unsigned_abs() / 60;
            format!("{at}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// `YYYY[MM[DD[HH[mm[SS]]]]]` and an offset: `Z`, `+HH'mm'` or `-HH'mm`.
fn pdf(written: &str) -> Option<String> {
    let digits = written
        .bytes()
        .take(14)
        .take_while(u8::is_ascii_digit)
        .count();
    let (digits, offset) = written.split_at(digits);
    let number = |range: std::ops::Range<usize>, default| match digits.get(range) {
        Some(part) => part.parse::<i8>().ok(),
        None => Some(default),
    };
    let date = civil::Date::new(
        digits.get(..4)?.parse().ok()?,
        number(4..6, 1)?,
        number(6..8, 1)?,
    )
    .ok()?;
    if digits.len() <= 8 {
        return Some(date.to_string());
    }
    let time =
        civil::Time::new(number(8..10, 0)?, number(10..12, 0)?, number(12..14, 0)?, 0).ok()?;
    Some(format(date.to_datetime(time), pdf_offset(offset)))
}

fn pdf_offset(written: &str) -> Option<Offset> {
    if written.starts_with('Z') {
        return Some(Offset::UTC);
    }
    let sign = match written.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut parts = written[1..]
        .split('\'')
        .map(|part| part.parse::<i32>().unwrap_or(0));
    let (hours, minutes) = (parts.next()?, parts.next().unwrap_or(0));
    Offset::from_seconds(sign * (hours.checked_mul(3600)? + minutes.checked_mul(60)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn dates_of_every_kind_become_rfc_3339() {
        for (written, expected) in [
            (
                "Mon, 01 Jan 2024 10:00:00 +0100",
                Some("2024-01-01T10:00:00+01:00"),
            ),
            (
                "Mon, 01 Jan 2024 10:00:00 GMT",
                Some("2024-01-01T10:00:00Z"),
            ),
            (
                "2024-01-01T10:00:00-05:30",
                Some("2024-01-01T10:00:00-05:30"),
            ),
            ("2024-01-01 10:00:00Z", Some("2024-01-01T10:00:00Z")),
            ("2024-01-01T10:00", Some("2024-01-01T10:00:00")),
            ("2024-01-01", Some("2024-01-01")),
            ("D:20240101100000+01'00'", Some("2024-01-01T10:00:00+01:00")),
            ("D:20240101100000-08'00", Some("2024-01-01T10:00:00-08:00")),
            ("D:20240101100000Z00'00'", Some("2024-01-01T10:00:00Z")),
            ("D:20240101100000", Some("2024-01-01T10:00:00")),
            ("D:202401", Some("2024-01-01")),
            ("D:20241399", None),
            ("D:2024+99999999999'0'", Some("2024-01-01")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(rfc3339(written).as_deref(), expected, "{written}");
        }
    }
}
