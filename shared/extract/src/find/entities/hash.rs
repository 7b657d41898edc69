//! Checksums in hexadecimal: MD5, SHA-1, SHA-256, SHA-512, told by their length.
//!
//! The value is in lower case, `algorithm` says which it is. What is not all of one case, or of digits or letters alone, is
//! a number or a name. Thirty-two digits may be an identifier of any sort: they are an MD5 only next to a word such as
//! *MD5*, *checksum* or `ETag`, or before the name of a file, as `md5sum` prints it.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{line_after, line_before, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let lengths = "[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}";
    let capitals = lengths.to_uppercase();
    Regex::new(&format!(r"(?-u:\b)(?:{lengths}|{capitals})(?-u:\b)")).expect("the pattern is valid")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let words = "md5(?:sum)?|checksum|hash|digest|etag|fingerprint|prüfsumme|somme de contrôle|suma de control";
    Regex::new(&format!("(?i)(?-u:\\b)(?:{words})(?-u:\\b)")).expect("the pattern is valid")
});

/// What follows the checksum of a file.
static FILE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:  | \*)[^\s]+$").expect("the pattern is valid"));

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        let (raw, span) = (place.as_str(), place.range());
        let algorithm = match raw.len() {
            32 => "md5",
            40 => "sha1",
            64 => "sha256",
            _ => "sha512",
        };
        let mixed = raw.contains(|c: char| c.is_ascii_digit())
            && raw.contains(|c: char| c.is_ascii_alphabetic());
        let joined =
            text[..span.start].ends_with(['-', '.', '/']) || text[span.end..].starts_with('-');
        let told = raw.len() > 32 || is_named(text, &span);
        (mixed && told && !joined && stands_alone(text, &span)).then(|| {
            Finding::new(EntityKind::Hash, raw.to_ascii_lowercase(), span)
                .with("algorithm", algorithm)
        })
    })
}

fn is_named(text: &str, span: &Span) -> bool {
    let line = line_after(text, span.end, 200);
    let right_after = line_after(text, span.end, 12);
    NAMED.is_match(line_before(text, span.start, 24))
        || FILE.is_match(line)
        || NAMED.is_match(right_after)
}
