//! Saved extractors: what to extract, under a name, in versions.

use std::fmt;

/// The name of a saved extractor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtractorName(String);

/// A saved extractor in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its name.
    pub name: String,
    /// Its version; the first is 1.
    pub version: u32,
}

impl ExtractorName {
    /// Longest name, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Up to 64 characters of `a-z`, `0-9`, `-` and `_`, a letter or a digit first: safe in paths, table keys and logs, and never
    /// taken for a name with a version.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let begins = name.bytes().next().is_some_and(plain);
        let goes_on = name
            .bytes()
            .all(|byte| plain(byte) || b"-_".contains(&byte));
        (begins && goes_on && name.len() <= Self::MAX_CHARS).then_some(Self(name))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExtractorName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_wherever_it_stands() {
        for name in ["a", "0", "invoice-de_2", &"a".repeat(64)] {
            assert!(ExtractorName::new(name).is_some(), "{name}");
        }
        for name in [
            "",
            "-a",
            "_a",
            "A",
            "a b",
            "a@1",
            "a#1",
            "a/b",
            "a.b",
            "..",
            "é",
            "a\n",
            &"a".repeat(65),
        ] {
            assert_eq!(ExtractorName::new(name), None, "{name}");
        }
    }
}
