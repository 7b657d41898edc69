//! Shared by the tests of what is found.

use extract::{
    Document, DocumentOutput, Error, Input, LIMITS, Limits, NeverInterrupted, Record, Text, Watch,
};
use plan::Plan;
use serde_json::{Value, json};

/// What was found in a document.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Extraction {
    pub(crate) records: Vec<Record>,
    pub(crate) document: DocumentOutput,
}

/// What was sent.
pub(crate) const INPUT: Input<'static> = Input {
    name: Some("sample.txt"),
    declared: None,
    bytes: b"text",
};

/// A document with this text.
pub(crate) fn document(text: &str) -> Document {
    Document {
        text: Text::new(text.into()),
        ..Document::default()
    }
}

/// Finds what is wanted.
pub(crate) fn find(
    document: Document,
    wanted: &Value,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Extraction, Error> {
    let plan = Plan::read(wanted).expect("a plan");
    let (records, document) = extract::find::find(0, INPUT, document, &plan, limits, watch)?;
    Ok(Extraction { records, document })
}

/// Finds the entities of a text.
pub(crate) fn entities(text: &str) -> Extraction {
    find(
        document(text),
        &json!(["entities"]),
        &LIMITS,
        &NeverInterrupted,
    )
    .expect("nothing stops the search")
}

/// The records of a text.
pub(crate) fn found_in(text: &str) -> Vec<Value> {
    entities(text)
        .records
        .into_iter()
        .map(Value::from)
        .collect()
}

/// The values of all records of a kind.
pub(crate) fn values(kind: &str, text: &str) -> Vec<String> {
    let records = found_in(text).into_iter();
    records
        .filter_map(|record| Some(record.get(kind)?.as_str()?.to_owned()))
        .collect()
}

/// What stands in the text at the places of all records of a kind.
pub(crate) fn raws(kind: &str, text: &str) -> Vec<String> {
    let records = found_in(text)
        .into_iter()
        .filter(|record| record.get(kind).is_some());
    records
        .map(|record| standing_at(text, &record["source"]))
        .collect()
}

/// What stands in the text at a place, counted as a client would.
pub(crate) fn standing_at(text: &str, place: &Value) -> String {
    let (start, end) = (offset(place, "start"), offset(place, "end"));
    text.chars().take(end).skip(start).collect()
}

/// The offset with this name.
pub(crate) fn offset(place: &Value, name: &str) -> usize {
    let offset = place[name].as_u64().expect("an offset is a whole number");
    usize::try_from(offset).expect("an offset fits")
}

/// The records of a text, with these options of entities.
pub(crate) fn entities_with(options: &str, text: &str) -> Vec<Value> {
    let options: Value = serde_json::from_str(options).expect("options are JSON");
    let plan = plan::Plan::read(&serde_json::json!([{"entities": options}]))
        .expect("the options are right");
    let found = extract::find::find(0, INPUT, document(text), &plan, &LIMITS, &NeverInterrupted);
    let (records, _) = found.expect("nothing stops the search");
    records.into_iter().map(Value::from).collect()
}
