//! Times of day: `14:30`, `2:30 pm`, `14.30 Uhr`, `8h30`, `14時30分`, with the offset from UTC where it is stated.
//!
//! The value is that of ISO 8601: `14:30:00`, `14:30:00Z`, `08:30:00-05:00`. Two numbers and a colon are also ratios, verses,
//! rows and scores: they are a time only with two digits each, and not after a word such as *ratio* or *row*; with one
//! digit for the hour only after a word such as *at* or *until*.

use std::sync::LazyLock;

use jiff::civil::Time;
use plan::EntityKind;
use regex::{Captures, Regex};

use super::boundary::{after, before, in_word, line_after, line_before};
use super::search::{Finding, Search};
use crate::watch::Interrupted;

/// One form of each: of twelve hours; with a word or letter for hours; with a colon.
static PATTERN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&pattern()).expect("the pattern is valid"));

/// The same at the very beginning.
static FIRST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("^(?:{})", pattern())).expect("the pattern is valid"));

fn pattern() -> String {
    let s = r"[ \u{a0}\u{202f}]";
    let minutes = "[0-5][0-9]";
    let seconds = "(?P<seconds>[0-5][0-9])";
    let half = format!(
        "(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m12>{minutes})(?::(?P<s12>[0-5][0-9]))?)?{s}?(?P<half>[AaPp])(?:\\.[Mm]\\.?|[Mm](?-u:\\b))"
    );
    let hour = "(?:[01]?[0-9]|2[0-3])";
    let uhr = format!("(?P<hu>{hour})(?:[:.](?P<mu>{minutes}))?{s}?(?:Uhr|uur)(?-u:\\b)");
    let letter = format!("(?P<hh>{hour}){s}?h{s}?(?P<mh>{minutes})(?-u:\\b)");
    let sign = format!("(?P<hc>{hour})[時时点](?P<mc>{minutes})分");
    let colon = format!(
        "(?P<hour>{hour}):(?P<minute>{minutes})(?::{seconds}(?:[.,](?P<fraction>[0-9]{{1,9}}))?)?(?-u:\\b)"
    );
    let zone = r"UTC|GMT|CES?T|[ECMP][SD]T|Z|[+-](?:0[0-9]|1[0-4]):?(?:00|15|30|45)";
    format!("(?:{half}|{uhr}|{letter}|{sign}|{colon})(?:{s}?(?P<zone>{zone})(?-u:\\b))?")
}

/// What stands before two numbers with a colon that are no time.
static NO_TIME: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "aspect",
        "ratio",
        "format",
        "rows?",
        "lines?",
        "cols?",
        "columns?",
        "sections?",
        "chapters?",
        "verses?",
        "mix",
        "odds",
        "scale",
        "gear",
        "score",
        "slots?",
        "pages?",
        "pins?",
        "ports?",
        "vol",
        "duration",
        "length",
        "took",
        "elapsed",
        "zeilen?",
        "spalten?",
        "kapitel",
        "vers",
        "verhältnis",
        "maßstab",
        "dauer",
        "rn",
        "chapitre",
        "durée",
        "ligne",
        "capítulo",
        "versículo",
        "línea",
        "duración",
        "capitolo",
        "durata",
    ]
    .join("|");
    Regex::new(&format!(
        r"(?i)(?-u:\b)(?:{words})\.?[ \u{{a0}}:=]{{0,3}}(?:(?:is|of|was|von|ist|no\.?) )?$"
    ))
    .expect("the pattern is valid")
});

/// What stands before a time even if its hour has one digit.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "at", "from", "to", "until", "till", "by", "between", "around", "before", "after", "since",
        "um", "ab", "bis", "von", "gegen", "kl", "klo", "à", "de", "a las", "las", "alle", "ore",
        "dalle", "às", "om", "tussen", "tot", "o", "godz", "time", "uhrzeit", "hora", "heure",
        "zeit",
    ]
    .join("|");
    Regex::new(&format!(
        r"(?i)(?:(?-u:\b)(?:{words})\.?[:=]?[ \u{{a0}}]|[0-9]:[0-5][0-9] ?[-–] ?)$"
    ))
    .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let (time, offset, end) = value(captures)?;
        let span = captures.get_match().start()..end;
        let joined = before(text, span.start)
            .is_some_and(|c| in_word(c) || ".:/,#_-+@'".contains(c))
            && !follows_range(text, span.start);
        let longer = after(text, span.end).is_some_and(|c| in_word(c) || c == '%')
            || continues(&text[span.end..]);
        let value = format!("{time}{offset}");
        (!joined && !longer && is_meant(text, captures))
            .then(|| Finding::new(EntityKind::Time, value, span))
    })
}

/// The time at the offset, its offset from UTC (`Z`, `+01:00`; empty if none is stated), and where it ends.
pub(super) fn read_at(text: &str, offset: usize) -> Option<(Time, String, usize)> {
    let captures = FIRST.captures(line_after(text, offset, 48))?;
    let (time, zone, end) = value(&captures)?;
    let end = offset + end;
    let longer =
        after(text, end).is_some_and(|c| in_word(c) || c == '%') || continues(&text[end..]);
    let two_digits = captures.name("hour").is_none_or(|hour| hour.len() == 2);
    (!longer && two_digits).then_some((time, zone, end))
}

/// Whether a dash before it joins it to another time.
fn follows_range(text: &str, start: usize) -> bool {
    text[..start].strip_suffix('-').is_some_and(|head| {
        let minutes = head.strip_suffix(|c: char| c.is_ascii_digit());
        let minutes = minutes.and_then(|head| head.strip_suffix(|c: char| c.is_ascii_digit()));
        minutes.is_some_and(|head| head.ends_with(':'))
    })
}

/// Whether a further number makes it part of something else.
fn continues(tail: &str) -> bool {
    let tail = tail.strip_prefix([':', '.', ',', '/', '-', '_']);
    let is_time =
        |tail: &str| tail.as_bytes().get(2) == Some(&b':') || tail.as_bytes().get(1) == Some(&b':');
    tail.is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()) && !is_time(tail))
}

/// Whether what has the form of a time is one.
fn is_meant(text: &str, captures: &Captures<'_>) -> bool {
    let start = captures.get_match().start();
    let line = line_before(text, start, 24);
    if captures.name("half").is_some() {
        // `Nr. 5 am Markt`
        let bare = captures.name("m12").is_none() && captures.get_match().as_str().ends_with(" am");
        let tail = text[captures.get_match().end()..].trim_start_matches(' ');
        return !(bare && tail.starts_with(char::is_uppercase));
    }
    match captures.name("hour") {
        None => true,
        Some(_) if NO_TIME.is_match(line) => false,
        Some(hour) => {
            hour.len() == 2
                || captures.name("seconds").is_some()
                || captures.name("zone").is_some()
                || ANNOUNCED.is_match(line)
        }
    }
}

/// The time, its offset from UTC, and where it ends.
fn value(captures: &Captures<'_>) -> Option<(Time, String, usize)> {
    let number = |names: &[&str]| {
        let group = names.iter().find_map(|name| captures.name(name));
        group.map_or(Some(0), |group| group.as_str().parse::<i8>().ok())
    };
    let mut hour = number(&["h12", "hu", "hh", "hc", "hour"])?;
    if let Some(half) = captures.name("half") {
        let after_noon = half.as_str().eq_ignore_ascii_case("p");
        hour = hour % 12 + if after_noon { 12 } else { 0 };
    }
    let minute = number(&["m12", "mu", "mh", "mc", "minute"])?;
    let fraction = captures
        .name("fraction")
        .map_or("0", |digits| digits.as_str());
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    let time = Time::new(hour, minute, number(&["s12", "seconds"])?, nanoseconds).ok()?;
    let end = captures.get_match().end();
    match captures.name("zone") {
        None => Some((time, String::new(), end)),
        // What has the form of an offset is the time at which something ends: `10:00-11:30`.
        Some(zone) if captures.name("seconds").is_none() && is_end_of_range(zone.as_str()) => {
            let end = end - zone.len();
            Some((time, String::new(), end))
        }
        Some(zone) => Some((time, rfc3339_offset(zone.as_str())?, end)),
    }
}

fn is_end_of_range(zone: &str) -> bool {
    zone.starts_with('-') && zone.contains(':')
}

/// The offset as RFC 3339 writes it, empty for none.
pub(super) fn rfc3339_offset(offset: &str) -> Option<String> {
    let hours = match offset {
        "" => return Some(String::new()),
        "Z" | "z" | "UTC" | "GMT" | "UT" => return Some("Z".into()),
        "CET" => "+01",
        "CEST" => "+02",
        "EDT" => "-04",
        "EST" | "CDT" => "-05",
        "CST" | "MDT" => "-06",
        "MST" | "PDT" => "-07",
        "PST" => "-08",
        _ => {
            let (hours, minutes) = offset.split_at_checked(3)?;
            return Some(format!("{hours}:{}", minutes.trim_start_matches(':')));
        }
    };
    Some(format!("{hours}:00"))
}
