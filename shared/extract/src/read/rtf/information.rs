//! What an RTF document says of itself.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde_json::Value;

use crate::read::flow::folded;
use crate::read::html::keywords;

/// The group `info`, as it is read.
#[derive(Default)]
pub(super) struct Information {
    texts: BTreeMap<&'static str, String>,
    dates: BTreeMap<&'static str, [i32; 5]>,
}

/// Bytes that are kept of one text.
const MAX_BYTES: usize = 64 << 10;

impl Information {
    /// Under which name a text of the group is known.
    pub(super) fn text_name(word: &[u8]) -> Option<&'static str> {
        Some(match word {
            b"title" => "title",
            b"subject" => "subject",
            b"author" => "author",
            b"operator" => "rtf:operator",
            b"manager" => "rtf:manager",
            b"company" => "rtf:company",
            b"category" => "rtf:category",
            b"keywords" => "keywords",
            b"doccomm" => "description",
            b"generator" => "generator",
            _ => return None,
        })
    }

    /// Under which name a date of the group is known.
    pub(super) fn date_name(word: &[u8]) -> Option<&'static str> {
        match word {
            b"creatim" => Some("created"),
            b"revtim" => Some("modified"),
            _ => None,
        }
    }

    /// Whether something was said under that name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.texts.contains_key(name) || self.dates.contains_key(name)
    }

    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        let value = self.texts.entry(name).or_default();
        if value.len() + text.len() <= MAX_BYTES {
            value.push_str(text);
        }
    }

    /// A part of a date: `yr`, `mo`, `dy`, `hr`, `min`.
    pub(super) fn date(&mut self, name: &'static str, word: &[u8], number: i32) {
        let parts: [&[u8]; 5] = [b"yr", b"mo", b"dy", b"hr", b"min"];
        if let Some(part) = parts.iter().position(|part| *part == word) {
            self.dates.entry(name).or_default()[part] = number;
        }
    }

    pub(super) fn finish(self) -> BTreeMap<String, Value> {
        let mut metadata = BTreeMap::new();
        for (name, text) in self.texts {
            let text = folded(text.trim_end_matches(';'));
            if !text.is_empty() {
                let value = match name {
                    "keywords" => keywords(&text),
                    _ => text.into(),
                };
                metadata.insert(name.to_owned(), value);
            }
        }
        for (name, [year, month, day, hour, minute]) in self.dates {
            let small = |number: i32| i8::try_from(number).unwrap_or(-1);
            let year = i16::try_from(year).unwrap_or(0);
            let date = DateTime::new(
                year,
                small(month),
                small(day),
                small(hour),
                small(minute),
                0,
                0,
            );
            if let Ok(date) = date {
                let date = date.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                metadata.insert(name.to_owned(), date.into());
            }
        }
        metadata
    }
}
