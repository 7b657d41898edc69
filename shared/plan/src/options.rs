//! The options of extractors, each an object beside the extractor's name: `{"chunks": {"max_chars": 800}}`.

use serde_json::{Map, Value};

use crate::flaw::{Flaws, kind, member};

/// How tables are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Whether each row is a record of the result as well. Default: no.
    pub records: bool,
}

/// How a text is cut into chunks. A chunk never crosses a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunks {
    /// The longest chunk, in Unicode scalar values, 100 to 100,000. Default: 1,500.
    pub max_chars: usize,
    /// How much of a chunk's end the next one repeats, where one passage had to be cut, in Unicode scalar values, at most
    /// half of the longest chunk. Default: 150.
    pub overlap_chars: usize,
}

impl Default for Chunks {
    fn default() -> Self {
        Self {
            max_chars: 1_500,
            overlap_chars: 150,
        }
    }
}

impl Tables {
    pub(crate) fn read(options: &Map<String, Value>, pointer: &str, flaws: &mut Flaws) -> Self {
        known(options, &["records"], pointer, flaws);
        let records = match options.get("records") {
            None => false,
            Some(Value::Bool(records)) => *records,
            Some(other) => {
                flaws.add(
                    member(pointer, "records"),
                    format!("This is {}; it must be a boolean.", kind(other)),
                );
                false
            }
        };
        Self { records }
    }
}

impl Chunks {
    pub(crate) fn read(options: &Map<String, Value>, pointer: &str, flaws: &mut Flaws) -> Self {
        known(options, &["max_chars", "overlap_chars"], pointer, flaws);
        let default = Self::default();
        let max_chars = number(options, "max_chars", 100..=100_000, pointer, flaws);
        let max_chars = max_chars.unwrap_or(default.max_chars);
        let overlap_chars = number(options, "overlap_chars", 0..=max_chars / 2, pointer, flaws);
        Self {
            max_chars,
            overlap_chars: overlap_chars.unwrap_or(default.overlap_chars.min(max_chars / 2)),
        }
    }
}

/// Finds members that are not known.
pub(crate) fn known(
    options: &Map<String, Value>,
    names: &[&str],
    pointer: &str,
    flaws: &mut Flaws,
) {
    for name in options.keys() {
        if !names.contains(&name.as_str()) {
            let known = if names.is_empty() {
                "There are none".to_owned()
            } else {
                format!("Known are: {}", names.join(", "))
            };
            flaws.add(
                member(pointer, name),
                format!("This option is not known. {known}."),
            );
        }
    }
}

/// The whole number of this name; none if there is none, or it is none.
pub(crate) fn number(
    options: &Map<String, Value>,
    name: &str,
    range: std::ops::RangeInclusive<usize>,
    pointer: &str,
    flaws: &mut Flaws,
) -> Option<usize> {
    let value = options.get(name)?;
    let number = value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| range.contains(number));
    if number.is_none() {
        let (least, most) = (range.start(), range.end());
        flaws.add(
            member(pointer, name),
            format!("It must be a whole number from {least} to {most}."),
        );
    }
    number
}
