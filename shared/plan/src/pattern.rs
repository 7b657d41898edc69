//! Regular expressions: those of the `regex` crate, which take linear time, bounded in size.

use regex::{Regex, RegexBuilder};

use crate::syntax::flaw;

/// Longest pattern, in bytes.
pub(crate) const MAX_BYTES: usize = 1_000;

/// The most memory that a compiled pattern may take, in bytes. A class such as `\w`, of all scripts, repeated a few hundred times
/// takes more.
const MAX_COMPILED_BYTES: usize = 512 << 10;

/// The most memory that searching with a pattern may take, in bytes.
const MAX_CACHE_BYTES: usize = 256 << 10;

/// A regular expression that was understood.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    value: Wanted,
}

/// What of a match is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The group of this number; 0 is the whole match.
    Group(usize),
    /// All groups that have names, as the members of an object.
    Named,
}

impl Pattern {
    /// Reads a pattern. Else says what is wrong, and where.
    pub fn read(pattern: &str) -> Result<Self, String> {
        if pattern.is_empty() {
            return Err("The pattern is empty.".to_owned());
        }
        if pattern.len() > MAX_BYTES {
            let bytes = pattern.len();
            return Err(format!(
                "The pattern has {bytes} bytes; at most {MAX_BYTES} are accepted."
            ));
        }
        let regex = RegexBuilder::new(pattern)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_CACHE_BYTES)
            .build()
            .map_err(|error| explained(pattern, &error))?;
        let value = wanted(&regex);
        Ok(Self { regex, value })
    }

    /// The compiled pattern.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }

    /// What of a match is wanted: the group `value`; else all named groups, if there are several; else the first group; else
    /// the whole match.
    pub fn wanted(&self) -> Wanted {
        self.value
    }
}

/// Patterns are equal if they are written alike.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

fn wanted(regex: &Regex) -> Wanted {
    let names = || regex.capture_names().enumerate();
    if let Some((group, _)) = names().find(|(_, name)| *name == Some("value")) {
        return Wanted::Group(group);
    }
    if names().filter(|(_, name)| name.is_some()).count() > 1 {
        return Wanted::Named;
    }
    Wanted::Group(usize::from(regex.captures_len() > 1))
}

fn explained(pattern: &str, error: &regex::Error) -> String {
    let (kind, span) = match regex_syntax::parse(pattern) {
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), *error.span()),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), *error.span()),
        _ if matches!(error, regex::Error::CompiledTooBig(_)) => {
            return format!(
                "The pattern is too big: compiled it takes more than {MAX_COMPILED_BYTES} bytes. Repeat less, or write `[0-9]` for \
                 `\\d` and `[A-Za-z0-9_]` for `\\w`, which stand for those of all scripts."
            );
        }
        _ => return "This is no regular expression that can be used.".to_owned(),
    };
    flaw(pattern, span.start.offset, kind)
}
