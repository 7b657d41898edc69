//! What is to be extracted: a list in the language of [`plan`], which says all that is wrong with it.

use plan::{Extractor, Plan};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::{Flaws, Place};

/// Longest list, in bytes as it was sent. Only what is accepted is ever built in memory.
pub(crate) const MAX_EXTRACT_BYTES: usize = 64 << 10;

/// What is extracted when a request does not say.
pub(super) fn standard() -> Value {
    Extractor::DEFAULT.map(Extractor::name).as_slice().into()
}

/// Reads the `extract` of a JSON request, which stands at this pointer.
pub(super) fn from_json(pointer: &str, text: &str, flaws: &mut Flaws) -> Option<Value> {
    let at = |within: &str| Place::Pointer(format!("{pointer}{within}"));
    let extract = check_length(text.len()).and_then(|()| parse(text));
    let extract = extract.map_err(|detail| flaws.add(at(""), detail));
    check(extract.ok()?, |pointer, detail| {
        flaws.add(at(pointer), detail);
    })
}

/// Reads lists that came otherwise, each of names joined by commas, or in JSON. They are one list.
pub(super) fn from_lists(place: &Place, lists: &[&str], flaws: &mut Flaws) -> Option<Value> {
    let items = match items(lists) {
        Ok(items) => items,
        Err(detail) => {
            flaws.add(place.clone(), detail);
            return None;
        }
    };
    let plain = items.iter().all(Value::is_string);
    check(items.into(), |pointer, detail| {
        if plain {
            flaws.add(place.clone(), detail);
        } else {
            flaws.add_within(place.clone(), pointer, detail);
        }
    })
}

fn items(lists: &[&str]) -> Result<Vec<Value>, String> {
    check_length(lists.iter().map(|list| list.len()).sum())?;
    let mut items = Vec::new();
    for list in lists {
        if list.trim_start().starts_with('[') {
            items.extend(parse::<Vec<Value>>(list)?);
        } else {
            items.extend(list.split(',').map(|name| Value::from(name.trim())));
        }
    }
    Ok(items)
}

fn check_length(bytes: usize) -> Result<(), String> {
    if bytes <= MAX_EXTRACT_BYTES {
        return Ok(());
    }
    Err(format!(
        "The list has {bytes} bytes; at most {MAX_EXTRACT_BYTES} are accepted."
    ))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("This is not valid JSON: {error}."))
}

fn check(extract: Value, mut flaw: impl FnMut(&str, String)) -> Option<Value> {
    match Plan::read(&extract) {
        Ok(_) => Some(extract),
        Err(flaws) => {
            for plan::Flaw { pointer, detail } in flaws {
                flaw(&pointer, detail);
            }
            None
        }
    }
}
