//! Selecting, through the public API: what selectors pick, held to what others pick.

mod jsonpath;

use extract::select::{Budget, Picked};
use extract::{Document, Error, Input, LIMITS, Limits, NeverInterrupted};
use plan::JsonPath;

/// Reads a document, for selectors.
#[track_caller]
fn read(name: &str, bytes: &str) -> Document {
    let input = Input {
        name: Some(name),
        declared: None,
        bytes: bytes.as_bytes(),
    };
    extract::read::read(input, &LIMITS, &NeverInterrupted).expect("a document")
}

fn jsonpath_within(
    limits: &Limits,
    document: &Document,
    query: &str,
) -> Result<Vec<Picked>, Error> {
    let query = JsonPath::read(query).expect(query);
    let mut budget = Budget::new(limits, &NeverInterrupted);
    extract::select::jsonpath(&query, document, None, &mut budget)
}
