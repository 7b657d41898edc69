//! Fields: what is found of them, what is made of it, and what is said where there is nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod documentation;
mod labels;
mod records;
mod selectors;
mod values;

use extract::{Input, LIMITS, Limits, NeverInterrupted, Numbers, Output, extract};
use plan::Plan;
use serde_json::{Value, json};

/// What was extracted from a document.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) records: Vec<Value>,
    pub(crate) warnings: Vec<String>,
    pub(crate) text: String,
}

/// Extracts fields from a file of this name.
pub(crate) fn found(name: &str, content: &str, item: &Value) -> Found {
    found_within(name, content, item, &LIMITS)
}

pub(crate) fn found_within(name: &str, content: &str, item: &Value, limits: &Limits) -> Found {
    let plan = Plan::read(&json!([item, "text"])).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let input = Input {
        name: Some(name),
        declared: None,
        bytes: content.as_bytes(),
    };
    let outcomes = extract(numbers, input, &plan, limits, &NeverInterrupted).unwrap();
    let outcome = outcomes.into_iter().next().unwrap();
    let Output::Extracted(document) = outcome.document else {
        panic!("{:?}", outcome.document)
    };
    let found = Found {
        records: outcome.records.into_iter().map(Value::from).collect(),
        warnings: document.warnings,
        text: document.text.unwrap(),
    };
    found.check_places();
    found
}

/// The only record of some fields of a plain text.
pub(crate) fn record(text: &str, fields: &Value) -> Value {
    let mut found = found("a.txt", text, &json!({"fields": fields}));
    assert_eq!(found.records.len(), 1, "{found:?}");
    found.records.remove(0)
}

impl Found {
    /// What stands in the text at a place of a record.
    pub(crate) fn at(&self, place: &Value) -> String {
        crate::support::standing_at(&self.text, place)
    }

    /// What stands in the text where a value of a record stands.
    pub(crate) fn standing(&self, record: usize, pointer: &str) -> String {
        self.at(&self.records[record]["source"]["fields"][pointer])
    }

    /// Every place is within the text, leads from a value that is there, and a string says what stands there.
    fn check_places(&self) {
        let length = self.text.chars().count() as u64;
        for record in &self.records {
            let Some(fields) = record["source"].get("fields") else {
                continue;
            };
            for (pointer, place) in fields.as_object().unwrap() {
                let value = record.pointer(pointer);
                assert!(
                    value.is_some_and(|value| !value.is_null()),
                    "{pointer} {record}"
                );
                let (start, end) = (
                    place["start"].as_u64().unwrap(),
                    place["end"].as_u64().unwrap(),
                );
                assert!(start < end && end <= length, "{pointer} {record}");
            }
        }
    }
}
