//! Tags: names and values by which a client finds its jobs again.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::problem::{Flaws, Place};

/// Tags of one job.
pub(crate) const MAX_TAGS: usize = 10;

/// Longest name of a tag, in characters.
const MAX_NAME_CHARS: usize = 40;

/// Longest value of a tag, in characters.
const MAX_VALUE_CHARS: usize = 80;

/// Reads the `tags` of a request: an object of strings.
pub(super) fn read(value: &RawValue, flaws: &mut Flaws) -> Option<BTreeMap<String, String>> {
    let at = |within: &str| Place::Pointer(format!("/tags{within}"));
    let Ok(tags) = serde_json::from_str::<BTreeMap<String, String>>(value.get()) else {
        flaws.add(
            at(""),
            "Tags are an object whose values are strings, such as {\"batch\": \"7\"}.",
        );
        return None;
    };
    if tags.len() > MAX_TAGS {
        let count = tags.len();
        flaws.add(
            at(""),
            format!("There are {count} tags; at most {MAX_TAGS} are accepted."),
        );
        return None;
    }
    for (name, value) in &tags {
        if let Err(detail) =
            check(name, MAX_NAME_CHARS).and_then(|()| check(value, MAX_VALUE_CHARS))
        {
            flaws.add(at(""), format!("A tag is not accepted. {detail}"));
            return None;
        }
    }
    Some(tags)
}

fn check(text: &str, max_chars: usize) -> Result<(), String> {
    let count = text.chars().count();
    if count == 0 || count > max_chars {
        return Err(format!(
            "A name has 1 to {MAX_NAME_CHARS} characters and a value 1 to {MAX_VALUE_CHARS}; one here has {count}."
        ));
    }
    if text.chars().any(char::is_control) {
        return Err("There must be no control characters in it.".to_owned());
    }
    Ok(())
}
