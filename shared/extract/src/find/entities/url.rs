//! URLs with a scheme, and hosts that begin with `www.`.
//!
//! The value is the URL in the normal form of the WHATWG standard (host in lower case and ASCII,
//! path never empty, what must be escaped is); one without a scheme is given `https://`. A host
//! must look like one: a domain that ends in letters, an IP address, `localhost`, or a single name
//! if a port, path or query follows.

use std::sync::LazyLock;

use ::url::{Host, Url};
use linkify::{LinkFinder, LinkKind};
use plan::EntityKind;
use regex::Regex;

use super::boundary::{after, before, in_word, is_typographic, is_unspaced};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

const SCHEMES: [&str; 9] = [
    "http", "https", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss",
];

/// The host and port of a URL without a scheme.
static WWW: LazyLock<Regex> = LazyLock::new(|| {
    let letter = r"0-9A-Za-z\u{c0}-\u{24f}";
    let label = format!("[{letter}](?:[{letter}-]{{0,61}}[{letter}])?");
    Regex::new(&format!(
        r"(?-u:\b)(?i-u:www)\.(?:{label}\.)+[A-Za-z]{{2,24}}(?::[0-9]{{2,5}})?"
    ))
    .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let window = search.window();
    let stretches = Stretches {
        text: window.text,
        from: window.from,
    };
    for stretch in stretches {
        find_with_scheme(search, &stretch)?;
        find_www(search, &stretch)?;
    }
    Ok(())
}

/// The stretches of a text that a URL can lie in.
///
/// They end at what no URL holds unescaped, and where a letter of a script written without spaces
/// follows one of ASCII: `https://example.com/aを` is a URL and a particle, `https://example.com/漢字`
/// a URL.
struct Stretches<'a> {
    text: &'a str,
    from: usize,
}

impl Iterator for Stretches<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = &self.text[self.from..];
        let start = self.from;
        let first = rest.chars().next()?;
        let mut last = ' ';
        let ends = |c: char| {
            let glued = last.is_ascii_alphanumeric() && is_unspaced(c);
            last = c;
            glued || c == '\\' || is_typographic(c)
        };
        // The first character is passed over, for it may be the one that ended the stretch before.
        let length = rest[first.len_utf8()..]
            .find(ends)
            .map(|length| first.len_utf8() + length);
        self.from = length.map_or(self.text.len(), |length| start + length);
        Some(start..self.from)
    }
}

fn find_with_scheme(search: &mut Search<'_>, stretch: &Span) -> Result<(), Interrupted> {
    let text = search.window().text;
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    for link in finder.links(&text[stretch.clone()]) {
        search.step()?;
        let span = stretch.start + link.start()..stretch.start + link.end();
        if let Some(finding) = read(text, span) {
            search.add(finding);
        }
    }
    Ok(())
}

fn read(text: &str, mut span: Span) -> Option<Finding> {
    let scheme = text[span.clone()].split("://").next()?;
    // A dot or dash before it, though legal in a scheme, belongs to the text.
    let shorter = scheme.rsplit(['.', '-', '+']).next()?;
    span.start += scheme.len() - shorter.len();
    let raw = &text[span.clone()];
    let known = SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(shorter));
    let url = known
        .then(|| Url::parse(raw).ok())?
        .filter(|url| is_plausible(url, raw))?;
    Some(Finding::new(EntityKind::Url, url, span))
}

fn find_www(search: &mut Search<'_>, stretch: &Span) -> Result<(), Interrupted> {
    let text = &search.window().text[..stretch.end];
    let mut from = stretch.start;
    while let Some(host) = WWW.find_at(text, from) {
        search.step()?;
        from = host.end();
        let apart = !before(text, host.start()).is_some_and(|c| in_word(c) || "./@-".contains(c))
            && !after(text, host.end()).is_some_and(|c| in_word(c) || "@-~".contains(c));
        if !apart {
            continue;
        }
        from = end_of_path(text, &host.range());
        let span = host.start()..from;
        let url = Url::parse(&format!("https://{}", &text[span.clone()]));
        if let Some(url) = url.ok().filter(|url| is_plausible(url, host.as_str())) {
            search.add(Finding::new(EntityKind::Url, url, span));
        }
    }
    Ok(())
}

/// Where the URL ends whose host this is.
fn end_of_path(text: &str, host: &Span) -> usize {
    if !text[host.end..].starts_with(['/', '?']) {
        return host.end;
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    let link = finder
        .links(&text[host.start..])
        .next()
        .filter(|link| link.start() == 0);
    link.map_or(host.end, |link| host.start + link.end())
        .max(host.end)
}

fn is_plausible(url: &Url, raw: &str) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => is_plausible_domain(domain, url),
        // What the standard makes of `http://1.2` is an address, but not what was meant.
        Some(Host::Ipv4(address)) => raw.contains(&address.to_string()),
        Some(Host::Ipv6(_)) => true,
        None => false,
    }
}

fn is_plausible_domain(domain: &str, url: &Url) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let legal = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let named = domain.starts_with(char::is_alphanumeric) && domain.chars().all(legal);
    let more = url.port().is_some() || url.path().len() > 1 || url.query().is_some();
    let whole = match domain.rsplit_once('.') {
        None => domain.eq_ignore_ascii_case("localhost") || more,
        Some((_, top)) => {
            top.starts_with("xn--") || (top.len() > 1 && top.chars().all(char::is_alphabetic))
        }
    };
    named && whole
}
