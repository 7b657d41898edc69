//! Bare names of hosts: `example.com`, `docs.example.org`.
//!
//! The value is in lower case and ASCII. The last label must be a top-level domain that there is. Most of these are words,
//! endings of files or members of objects as well (`main.rs`, `user.name`, `System.in`): a host below them is found only
//! after a word such as *host* or *domain*.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{is_unspaced, line_before};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

/// Top-level domains that are hardly anything else after a point.
#[rustfmt::skip]
const CLEAR: [&str; 59] = [
    "ai", "app", "ar", "au", "be", "bg", "biz", "br", "ca", "ch", "cloud", "cn", "co", "com", "cz", "de", "dev", "dk", "edu", "ee",
    "es", "eu", "fi", "fr", "gov", "gr", "hk", "hr", "hu", "ie", "il", "info", "int", "io", "it", "jp", "kr", "lt", "lu", "lv",
    "mil", "mx", "net", "nl", "nz", "org", "pt", "ro", "ru", "se", "sg", "shop", "sk", "tr", "tv", "tw", "ua", "uk", "us",
];

/// What in a program begins a name with points, though it ends in a top-level domain: `com.example.co`, `self.app`.
const CODE: [&str; 16] = [
    "app", "com", "console", "de", "document", "fs", "io", "java", "net", "org", "os", "process",
    "self", "std", "this", "window",
];

static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i-u:\\b(?:host|hostname|server|domain|site|website|webseite|sitio|dominio|domaine)s?)[\"']?[ :=]{1,3}[\"'`<(]?$")
        .expect("the pattern is valid")
});

/// Longest host, in bytes.
const MAX_BYTES: usize = 253;

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let window = search.window();
    let (text, mut from) = (window.text, window.from);
    while let Some(point) = text[from..].find('.').map(|point| from + point) {
        let letter = text
            .as_bytes()
            .get(point + 1)
            .is_some_and(u8::is_ascii_lowercase);
        if !letter {
            from = point + 1;
            continue;
        }
        search.step()?;
        let span = extent(text, point);
        from = span.end.max(point + 1);
        if span.start >= window.limit {
            break;
        }
        let begins_here = span.start >= window.from;
        if let Some(value) = begins_here.then(|| read(text, &span)).flatten() {
            search.add(Finding::new(EntityKind::Domain, value, span));
        }
    }
    Ok(())
}

/// All that a host may consist of, around one of its points.
fn extent(text: &str, point: usize) -> Span {
    let least = text.ceil_char_boundary(point.saturating_sub(MAX_BYTES));
    let most = text.floor_char_boundary((point + MAX_BYTES).min(text.len()));
    let head = &text[least..point];
    let start = head.trim_end_matches(is_of_host).len() + least;
    let tail = &text[point..most];
    let end = most - tail.trim_start_matches(is_of_host).len();
    let inner = text[start..end].trim_end_matches(['.', '-']);
    let leading = inner.len() - inner.trim_start_matches(['.', '-']).len();
    start + leading..start + inner.len().max(leading)
}

fn is_of_host(c: char) -> bool {
    c == '.' || c == '-' || (c.is_alphanumeric() && !is_unspaced(c))
}

fn read(text: &str, span: &Span) -> Option<String> {
    let raw = &text[span.clone()];
    let labels: Vec<&str> = raw.split('.').collect();
    let (top, first) = (*labels.last()?, *labels.first()?);
    let legal = |label: &&str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_host = labels.len() > 1
        && raw.len() <= MAX_BYTES
        && labels.iter().all(legal)
        && top.chars().all(|c| c.is_ascii_lowercase())
        && tld::exist(top)
        && first.len() > 1;
    if !is_host || is_part(text, span) || CODE.contains(&first) {
        return None;
    }
    let told = CLEAR.contains(&top) || ANNOUNCED.is_match(line_before(text, span.start, 24));
    let url::Host::Domain(host) = told.then(|| url::Host::parse(raw).ok())?? else {
        return None;
    };
    Some(host)
}

/// Whether what stands around it makes it part of a path, a name or a program.
fn is_part(text: &str, span: &Span) -> bool {
    let (head, tail) = (&text[..span.start], &text[span.end..]);
    let before = head.ends_with([
        '/', '\\', '@', '$', '#', '_', '.', '-', '~', '%', '&', '*', '+',
    ]);
    let scheme = head.ends_with("::") || (head.ends_with(':') && !head.ends_with(": "));
    let called = tail.starts_with(['(', '[', '{', '_', '@', '\\', '=', '-', '*', '$']);
    let nested = tail
        .strip_prefix(['.', ':'])
        .is_some_and(|tail| tail.starts_with([':', '_']));
    before || (scheme && !head.ends_with("：")) || called || nested
}
