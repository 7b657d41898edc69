//! Places on the earth, as latitude and longitude: `48.8584, 2.2945`, `33.8688° S, 151.2093° E`, `48°51'30.2"N 2°17'40.1"E`.
//!
//! The value is both in degrees, south and west negative: `-33.8688,151.2093`; of degrees, minutes and seconds six
//! decimals. Two bare numbers need four decimals each and must not be part of a longer list; with degree signs,
//! directions or names (`lat: 48.85, lon: 2.29`) fewer do. `O` is no direction, for it means east in one language and
//! west in another.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::{Captures, Regex};

use super::boundary::{before, part_of_number, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

/// Groups `lat`, `lon`: degrees; `ns`, `ew`: directions; `latm`, `lats`, `lonm`, `lons`: minutes and seconds.
static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    let s = r"[ \u{a0}]";
    let sexagesimal = |name: &str, digits: &str, side: &str, directions: &str| {
        format!(
            "(?P<{name}>[0-9]{{1,{digits}}}){s}?[°º]{s}?(?P<{name}m>[0-9]{{1,2}}(?:\\.[0-9]{{1,8}})?){s}?['’′]\
             (?:{s}?(?P<{name}s>[0-9]{{1,2}}(?:[.,][0-9]{{1,6}})?){s}?(?:[\"”″]|''|’’))?{s}?(?P<{side}>{directions})"
        )
    };
    let degrees =
        |name: &str, digits: &str| format!("(?P<{name}>[0-9]{{1,{digits}}}(?:\\.[0-9]{{1,12}})?)");
    let (lat, lon) = (degrees("lat", "2"), degrees("lon", "3"));
    let between = format!("{s}?[,;/]?{s}?");
    let signed =
        |name: &str, decimals: &str| format!("(?P<{name}>[-−+]?[0-9]{{1,3}}\\.{decimals})");
    let (bare_lat, bare_lon) = (signed("lat", "[0-9]{4,15}"), signed("lon", "[0-9]{4,15}"));
    let (named_lat, named_lon) = (signed("lat", "[0-9]{1,15}"), signed("lon", "[0-9]{1,15}"));
    let is = format!("[\"']?{s}?[:=]?{s}?[\"']?");
    let forms = [
        format!(
            "{}{between}{}",
            sexagesimal("lat", "2", "ns", "[NS]"),
            sexagesimal("lon", "3", "ew", "[EW]")
        ),
        format!("{lat}{s}?[°º]?{s}?(?P<ns>[NS]){between}{lon}{s}?[°º]?{s}?(?P<ew>[EW])"),
        format!(
            "(?i-u:\\blat(?:itude)?){is}{named_lat}[\"']?{s}?[,;&]?{s}?[\"']?(?i-u:(?:lon|lng|long|longitude)){is}{named_lon}"
        ),
        format!("{bare_lat}°?[,;]{s}?{bare_lon}"),
    ];
    forms.map(|form| Regex::new(&form).expect("the pattern is valid"))
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let forms = &*FORMS;
    for (index, form) in forms.iter().enumerate() {
        let bare = index + 1 == forms.len();
        search.each_match(form, |text, captures| read(text, captures, bare))?;
    }
    Ok(())
}

fn read(text: &str, captures: &Captures<'_>, bare: bool) -> Option<Finding> {
    let (lat, lon) = (captures.name("lat")?, captures.name("lon")?);
    let directed = captures.name("ew").is_some();
    let span = if directed {
        captures.get_match().range()
    } else {
        lat.start()..lon.end()
    };
    // `5 N 7 E` may be anything.
    let exact = !directed
        || captures.get_match().as_str().contains(['°', 'º'])
        || (decimals(lat.as_str()) >= 3 && decimals(lon.as_str()) >= 3);
    let joined = part_of_number(text, &span, &['.', ',', '-']) || (bare && in_list(text, &span));
    let value = format!(
        "{},{}",
        degrees(captures, "lat", "ns", 90.0)?,
        degrees(captures, "lon", "ew", 180.0)?
    );
    (exact && !joined && stands_alone(text, &span))
        .then(|| Finding::new(EntityKind::Coordinates, value, span))
}

/// One of both, if it is in range.
fn degrees(captures: &Captures<'_>, name: &str, side: &str, most: f64) -> Option<String> {
    let written = captures
        .name(name)?
        .as_str()
        .trim_start_matches('+')
        .replace('−', "-");
    let written = match captures.name(side).map(|side| side.as_str()) {
        Some("S" | "W") => format!("-{written}"),
        _ => written,
    };
    let whole: f64 = written.parse().ok()?;
    let part = |unit: &str| match captures.name(&format!("{name}{unit}")) {
        Some(part) => part
            .as_str()
            .replace(',', ".")
            .parse()
            .ok()
            .filter(|part| *part < 60.0),
        None => Some(0.0),
    };
    // Not every form has these groups, and those without are plain degrees.
    let sexagesimal = captures.name(&format!("{name}m")).is_some();
    let (minutes, seconds) = (part("m")?, part("s")?);
    let size = whole.abs() + minutes / 60.0 + seconds / 3600.0;
    if size > most {
        return None;
    }
    if !sexagesimal {
        return Some(written);
    }
    let sign = if written.starts_with('-') { "-" } else { "" };
    let rounded = format!("{size:.6}");
    Some(format!(
        "{sign}{}",
        rounded.trim_end_matches('0').trim_end_matches('.')
    ))
}

fn decimals(number: &str) -> usize {
    number
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

/// Whether there are more numbers before or after it.
fn in_list(text: &str, span: &Span) -> bool {
    let separators = [',', ';', ' ', '\t', '|'];
    let head = text[..span.start].trim_end_matches(separators);
    let tail = text[span.end..].trim_start_matches(separators);
    let apart_before = before(text, span.start).is_some_and(|c| separators.contains(&c));
    (apart_before && head.ends_with(|c: char| c.is_ascii_digit()))
        || (text[span.end..].starts_with([',', ';', '|'])
            && tail.starts_with(|c: char| c.is_ascii_digit() || "-+−".contains(c)))
}
