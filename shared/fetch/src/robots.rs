//! What `robots.txt` asks for (RFC 9309).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

/// What groups of rules for us are addressed to.
const TOKEN: &str = "data-extraction";

/// How much of a `robots.txt` is read, in bytes: what RFC 9309 asks for at least.
pub(crate) const MAX_ROBOTS_BYTES: usize = 500 << 10;

/// How long what a site asks for is taken to hold: over the documents of a job, and not for long beyond.
const KEEP: Duration = Duration::from_mins(10);

/// How many sites are remembered at once.
const MAX_SITES: usize = 1_000;

/// What sites ask for, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Sites {
    known: Mutex<HashMap<String, (Instant, Arc<Rules>)>>,
}

impl Sites {
    /// What a URL's site is known to ask for.
    pub(crate) fn get(&self, url: &Url) -> Option<Arc<Rules>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, rules) = known.get(&site(url))?;
        (since.elapsed() < KEEP).then(|| rules.clone())
    }

    /// Remembers what a URL's site asks for.
    pub(crate) fn put(&self, url: &Url, rules: Rules) -> Arc<Rules> {
        let rules = Arc::new(rules);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_SITES {
            known.clear();
        }
        known.insert(site(url), (Instant::now(), rules.clone()));
        rules
    }
}

fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The rules of a site that are for us.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// The beginning of a path, normalised; `*` stands for anything, `$` at the end for the path's end.
    pattern: String,
}

impl Rules {
    /// The rules of the groups that name us, or else of those that name everybody.
    pub(crate) fn read(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (mut ours, mut everybodys) = (None, Vec::new());
        let mut group = Group::default();
        for (key, value) in text.split(['\r', '\n']).filter_map(line) {
            match key.to_ascii_lowercase().as_str() {
                "user-agent" => group.address(value, &mut ours),
                "allow" => group.add(true, value, &mut ours, &mut everybodys),
                "disallow" => group.add(false, value, &mut ours, &mut everybodys),
                _ => {}
            }
        }
        Self(ours.unwrap_or(everybodys))
    }

    /// Whether a URL may be asked for: the rule that says most of its path decides, in case of doubt the one that allows.
    pub(crate) fn permit(&self, url: &Url) -> bool {
        let mut path = normalised(url.path());
        if let Some(query) = url.query() {
            path.push('?');
            path += &normalised(query);
        }
        let rules = self.0.iter().filter(|rule| rule.matches(&path));
        rules
            .max_by_key(|rule| (rule.pattern.len(), rule.allows))
            .is_none_or(|rule| rule.allows)
    }
}

/// The group of rules that is being read.
#[derive(Default)]
struct Group {
    is_ours: bool,
    is_everybodys: bool,
    has_rules: bool,
}

impl Group {
    fn address(&mut self, agent: &str, ours: &mut Option<Vec<Rule>>) {
        if self.has_rules {
            *self = Self::default();
        }
        let end = agent.find(|it: char| !(it.is_ascii_alphabetic() || it == '-' || it == '_'));
        let token = &agent[..end.unwrap_or(agent.len())];
        self.is_everybodys |= agent.starts_with('*');
        if token.eq_ignore_ascii_case(TOKEN) {
            self.is_ours = true;
            // A group of ours without rules is still ours.
            ours.get_or_insert_default();
        }
    }

    fn add(
        &mut self,
        allows: bool,
        pattern: &str,
        ours: &mut Option<Vec<Rule>>,
        everybodys: &mut Vec<Rule>,
    ) {
        self.has_rules = true;
        // An empty rule asks for nothing.
        if pattern.is_empty() {
            return;
        }
        let rule = Rule {
            allows,
            pattern: normalised(pattern),
        };
        if self.is_everybodys {
            everybodys.push(rule.clone());
        }
        if self.is_ours {
            ours.get_or_insert_default().push(rule);
        }
    }
}

impl Rule {
    /// Takes time in proportion to the lengths of both, whatever they hold.
    fn matches(&self, path: &str) -> bool {
        let (pattern, to_the_end) = match self.pattern.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (&*self.pattern, false),
        };
        let (first, others) = match pattern.split_once('*') {
            Some((first, others)) => (first, Some(others)),
            None => (pattern, None),
        };
        let Some(mut rest) = path.strip_prefix(first) else {
            return false;
        };
        let Some(others) = others else {
            return !to_the_end || rest.is_empty();
        };
        // Of pieces with anything in between the first places that fit leave most for the others.
        let (between, last) = others.rsplit_once('*').unwrap_or(("", others));
        for piece in between.split('*') {
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        if to_the_end {
            rest.ends_with(last)
        } else {
            rest.contains(last)
        }
    }
}

/// Key and value of a line, without its comment.
fn line(line: &str) -> Option<(&str, &str)> {
    let line = line.split('#').next().unwrap_or_default();
    let (key, value) = line.split_once(':')?;
    Some((key.trim(), value.trim()))
}

/// A path as it is compared: what needs no escape has none, and all else has one in capitals.
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let escaped = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        at += if escaped.is_some() { 3 } else { 1 };
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
        match escaped {
            Some(byte) if is_plain(byte) => out.push(byte.into()),
            None if byte.is_ascii() => out.push(byte.into()),
            _ => {
                let _ = write!(out, "%{:02X}", escaped.unwrap_or(byte));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn permit(robots: &str, path: &str) -> bool {
        let url = Url::parse("https://example.org").unwrap();
        Rules::read(robots.as_bytes()).permit(&url.join(path).unwrap())
    }

    #[test]
    fn a_path_that_no_rule_speaks_of_may_be_asked_for() {
        assert!(permit("", "/a"));
        assert!(permit("<!doctype html><p>Disallow: /", "/a"));
        assert!(permit("User-agent: *\nDisallow:", "/a"));
        assert!(permit("User-agent: *\nDisallow: /b", "/a"));
        assert!(permit("Disallow: /", "/a"));
    }

    #[test]
    fn a_group_that_names_us_holds_in_place_of_everybodys() {
        let robots = "User-agent: *\nDisallow: /\n\nUSER-AGENT: Other\nuser-agent: Data-Extraction/2\n\
                      Sitemap: https://example.org/map\nDisallow: /private # all of it\n\
                      User-agent: other\nDisallow: /b\r\rUser-Agent: data-extraction\nDisallow: /c";
        assert!(permit(robots, "/a"));
        assert!(permit(robots, "/b"));
        assert!(!permit(robots, "/private/x"));
        assert!(!permit(robots, "/c"));
        assert!(permit(
            "User-agent: *\nDisallow: /\nUser-agent: data-extraction",
            "/a"
        ));
        assert!(!permit(
            "User-agent: data-extractions\nAllow: /\nUser-agent: *\nDisallow: /",
            "/a"
        ));
    }

    #[test]
    fn the_longest_rule_decides_and_of_two_the_one_that_allows() {
        let robots = "User-agent: *\nDisallow: /a\nAllow: /a/b\nAllow: /same\nDisallow: /same";
        assert!(!permit(robots, "/a/c"));
        assert!(permit(robots, "/a/b/c"));
        assert!(permit(robots, "/same"));
    }

    #[test]
    fn stars_stand_for_anything_and_a_dollar_for_the_end() {
        for (pattern, hits, misses) in [
            (
                "/*.pdf$",
                vec!["/a.pdf", "/a/b.pdf", "/a.pdf.pdf"],
                vec!["/a.pdf?x", "/a.pdfx", "/pdf"],
            ),
            (
                "/a*b*c",
                vec!["/abc", "/axbxcx", "/a/b/c"],
                vec!["/acb", "/ab"],
            ),
            ("/a*b$", vec!["/ab", "/abab"], vec!["/aba"]),
            ("*", vec!["/", "/a?b"], vec![]),
            ("/a$", vec!["/a"], vec!["/ab", "/a?"]),
            (
                "/*/x*y*z$",
                vec!["/1/xyz", "/1/xxyyzz"],
                vec!["/1/xy", "/xyz"],
            ),
            ("/q?a=*&b", vec!["/q?a=1&b=2"], vec!["/q?b&a=1"]),
            (
                "/%7euser/%e4",
                vec!["/~user/%E4", "/%7Euser/%e4x"],
                vec!["/~user/a"],
            ),
            ("/ü", vec!["/%C3%BC", "/ü"], vec!["/u"]),
        ] {
            let robots = format!("User-agent: *\nDisallow: {pattern}");
            for path in hits {
                assert!(!permit(&robots, path), "{pattern} {path}");
            }
            for path in misses {
                assert!(permit(&robots, path), "{pattern} {path}");
            }
        }
    }

    /// What RFC 9309 says of `*` and `$`, in the plainest way.
    fn plainly(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            b"$" => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|at| plainly(rest, &path[at..])),
            [first, rest @ ..] => path.first() == Some(first) && plainly(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn patterns_match_as_the_plainest_way_does(
            pattern in "[ab*]{0,6}\\$?",
            path in "[ab]{0,6}",
        ) {
            let rule = Rule { allows: true, pattern: pattern.clone() };
            prop_assert_eq!(rule.matches(&path), plainly(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn whatever_a_site_sends_can_be_read(text: Vec<u8>, path in "\\PC*") {
            let mut url = Url::parse("https://example.org").unwrap();
            url.set_path(&path);
            let rules = [b"user-agent:*\ndisallow:".as_slice(), &text].concat();
            Rules::read(&rules).permit(&url);
        }
    }
}
