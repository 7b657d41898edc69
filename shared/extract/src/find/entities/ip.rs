//! IP addresses, version 4 and 6, without port, prefix length and zone.
//!
//! Four numbers with dots may as well be a version or a section. So an IPv4 address must not be part
//! of a longer number or word, nor follow a word such as `version` or a comparison (`>= 1.2.3.4`),
//! and must not look like the heading of a section (at the beginning of a line, four small numbers,
//! then a capital). One of four numbers below fifty is a version unless it is a private or well-known address, has
//! a port or prefix length, or follows a word such as *host*. An IPv6 address must lie in a range that is in use, so that `a::b` in program
//! text is none.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{after, before, line_before, part_of_number, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static V4: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?-u:\b)").expect("the pattern is valid")
});

static V6: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:\.[0-9]{1,3}){3})?")
        .expect("the pattern is valid")
});

/// What may stand before a number with dots that is no address.
static NO_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let words = [
        "v",
        "ver",
        "vers",
        "version",
        "release",
        "firmware",
        "build",
        "rev",
        "revision",
        "upgrade[sd]? to",
        "update[sd]? to",
        "sec",
        "sect",
        "section",
        "chapter",
        "clause",
        "article",
        "paragraph",
        "para",
        "figure",
        "fig",
        "table",
        "appendix",
        "annex",
        "oid",
        "spec",
        "bump",
        "(?:up|down)grade[sd]? from",
        "versions? (?:before|after|until)",
        "versión",
        "versão",
        "versione",
        "kapitel",
        "abschnitt",
        "ziffer",
        "chapitre",
        "capítulo",
        "model(?:o|l|e)?",
        "modèle",
        "art\\.?-?nr",
        "room",
    ]
    .join("|");
    let word = format!(r"(?i:(?-u:\b)(?:{words})[.:]?(?: (?:is|to|no\.?|number))?)");
    let comparison = "[<>=~!]=|~>|[<>^~]";
    Regex::new(&format!(r"(?:{word}|§|{comparison})[:=]?\s*$")).expect("the pattern is valid")
});

/// What stands before an address.
static NETWORK: LazyLock<Regex> = LazyLock::new(|| {
    let words = "ips?|ipv4|hosts?|hostname|addr|address(?:es)?|gateway|dns|servers?|nameservers?|client|peer|listen(?:ing)?|ping|\
        subnet|netmask|proxy|router|resolver|inet|connect(?:ed|ing|ion)?|adresse|dirección|indirizzo";
    Regex::new(&format!("(?i)(?-u:\\b)(?:{words})(?-u:\\b)|地址|アドレス"))
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&V4, |text, captures| {
        read_v4(text, captures.get_match().range())
    })?;
    search.each_match(&V6, |text, captures| {
        read_v6(text, captures.get_match().range())
    })
}

fn read_v4(text: &str, span: Span) -> Option<Finding> {
    let address: Ipv4Addr = text[span.clone()].parse().ok()?;
    let plausible = address.octets()[0] != 0 || address.is_unspecified();
    let number = part_of_number(text, &span, &['.', ',']);
    (plausible
        && stands_alone(text, &span)
        && !number
        && !in_name(text, &span)
        && !is_heading(text, &span, address)
        && !NO_ADDRESS.is_match(line_before(text, span.start, 24))
        && (is_usual(address) || is_used(text, &span)))
    .then(|| Finding::new(EntityKind::Ip, address.to_string(), span).with("version", 4))
}

/// Whether a hyphen, slash or plus joins it to a name or number (`Chrome/120.0.0.0`,
/// `tool-1.2.3.4`, `1.2.3.4-rc1`); that between the two ends of a range of addresses does not.
fn in_name(text: &str, span: &Span) -> bool {
    let numeric = |c: char| c.is_ascii_digit() || c == '.';
    let is_address = |number: &str| number.parse::<Ipv4Addr>().is_ok();
    let head = &text[..span.start];
    let tail = &text[span.end..];
    let joined_before = head
        .strip_suffix(['-', '/', '+', '@'])
        .is_some_and(|head| head.ends_with(char::is_alphanumeric));
    let joined_after = tail
        .strip_prefix(['-', '+'])
        .is_some_and(|tail| tail.starts_with(char::is_alphanumeric));
    let range_before = || {
        let line = line_before(text, span.start, 24);
        line.strip_suffix('-')
            .is_some_and(|line| line.rsplit(|c| !numeric(c)).next().is_some_and(is_address))
    };
    let range_after = || {
        tail.strip_prefix('-')
            .is_some_and(|tail| tail.split(|c| !numeric(c)).next().is_some_and(is_address))
    };
    (joined_before && !range_before()) || (joined_after && !range_after())
}

/// Whether an address looks like one by its numbers.
fn is_usual(address: Ipv4Addr) -> bool {
    let [first, rest @ ..] = address.octets();
    let resolver = rest == [first; 3] || matches!(address.octets(), [8, 8, 4, 4] | [1, 0, 0, 1]);
    address.octets().iter().any(|octet| *octet >= 50)
        || address.is_private()
        || address.is_unspecified()
        || (resolver && [1, 4, 8, 9].contains(&first))
}

/// Whether what stands around it says that it is an address.
fn is_used(text: &str, span: &Span) -> bool {
    let number = |mark| text[span.end..].strip_prefix(mark);
    let with_number = [number(':'), number('/')];
    let mut numbered = with_number.iter().flatten();
    numbered.any(|tail| tail.starts_with(|c: char| c.is_ascii_digit()))
        || NETWORK.is_match(line_before(text, span.start, 32))
}

fn is_heading(text: &str, span: &Span, address: Ipv4Addr) -> bool {
    let small = address.octets().iter().all(|octet| (1..30).contains(octet));
    let begins_line = line_before(text, span.start, 24)
        .trim_start_matches(['#', ' ', '\t'])
        .is_empty()
        && span
            .start
            .checked_sub(24)
            .is_none_or(|from| text.as_bytes()[from..span.start].contains(&b'\n'));
    let title = text[span.end..]
        .trim_start_matches('.')
        .strip_prefix([' ', '\t']);
    small
        && begins_line
        && title.is_some_and(|title| title.trim_start().starts_with(char::is_uppercase))
}

fn read_v6(text: &str, place: Span) -> Option<Finding> {
    let matched = &text[place.clone()];
    // A colon may follow as punctuation.
    let raw = matched
        .strip_suffix(':')
        .filter(|raw| !raw.ends_with(':'))
        .unwrap_or(matched);
    let span = place.start..place.start + raw.len();
    let address: Ipv6Addr = raw.parse().ok()?;
    let longer = before(text, place.start).is_some_and(|c| ":.-".contains(c))
        || after(text, place.end) == Some(':')
        || part_of_number(text, &place, &['.']);
    (in_use(address) && stands_alone(text, &place) && !longer)
        .then(|| Finding::new(EntityKind::Ip, address.to_string(), span).with("version", 6))
}

/// Whether addresses of this range are in use: global unicast, unique local, link-local, multicast,
/// loopback, IPv4-mapped, and those for translation to IPv4.
fn in_use(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xffff)
        || (first, second) == (0x64, 0xff9b)
        || address.is_loopback()
        || address.to_ipv4_mapped().is_some()
}
