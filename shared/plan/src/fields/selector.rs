//! Selectors of our own: labels, and members of structured data.

use regex::{Regex, RegexBuilder};

use super::words;

/// The longest label, header, name of metadata or path, in bytes.
pub(crate) const MAX_TEXT_BYTES: usize = 200;

/// What stands between the words of a label: white space and punctuation, in one line. All that is no letter would be a class
/// so large that a label could have three words and no more.
const BETWEEN_WORDS: &str = concat!(
    r"[ -/:-@\[-`{-~\u{a0}-\u{a9}\u{ab}-\u{b1}\u{b4}\u{b6}-\u{b8}\u{bb}\u{bf}",
    r"\u{2000}-\u{206f}\u{2116}\u{3000}-\u{303f}\u{ff00}-\u{ff0f}\u{ff1a}]{1,4}",
);

/// A label, as it stands before or above what it names.
#[derive(Debug, Clone)]
pub struct Label {
    words: String,
    regex: Regex,
}

impl Label {
    /// Reads a label. Else says what is wrong.
    pub(super) fn read(label: &str) -> Result<Self, String> {
        let words = header(label)?;
        let pattern = words.split(' ').map(regex::escape).collect::<Vec<_>>();
        let pattern = format!(r"\b{}\b", pattern.join(BETWEEN_WORDS));
        let regex = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .size_limit(512 << 10)
            .dfa_size_limit(256 << 10)
            .build()
            .map_err(|_| "The label is too long.".to_owned())?;
        Ok(Self { words, regex })
    }

    /// Its [`words()`].
    pub fn words(&self) -> &str {
        &self.words
    }

    /// What matches it in a text, whatever the case and the punctuation.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// Labels are equal if they have the same words.
impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

/// A member of structured data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonLd {
    /// The type of the things, without its vocabulary.
    pub thing: String,
    /// The names of members, each within what the one before leads to. At least one.
    pub path: Vec<String>,
}

impl JsonLd {
    /// Reads a path: `Product.offers.price`. Else says what is wrong.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        let path = text(path)?;
        let mut parts = path.split('.').map(str::to_owned);
        let thing = parts.next().unwrap_or_default();
        let path: Vec<String> = parts.collect();
        let named = |part: &String| !part.is_empty() && !part.contains(char::is_whitespace);
        if path.is_empty() || !named(&thing) || !path.iter().all(named) {
            return Err(
                "It names a type and then members, with points between, such as `Product.offers.price`."
                    .to_owned(),
            );
        }
        Ok(Self { thing, path })
    }
}

/// The words of a header or label. Else says what is wrong.
pub(super) fn header(header: &str) -> Result<String, String> {
    match words(&text(header)?) {
        words if words.is_empty() => Err("There is no word in it.".to_owned()),
        words => Ok(words),
    }
}

/// A text that is not empty, and not too long. Else says what is wrong.
pub(super) fn text(text: &str) -> Result<String, String> {
    match (text.len(), text.trim()) {
        (_, "") => Err("It is empty.".to_owned()),
        (bytes, _) if bytes > MAX_TEXT_BYTES => Err(format!(
            "It has {bytes} bytes; at most {MAX_TEXT_BYTES} are accepted."
        )),
        (_, text) => Ok(text.to_owned()),
    }
}
