//! `JSONPath`: the public compliance suite, and what a place and a budget add to it.

use extract::Document;
use extract::select::{Node, Picked};
use plan::JsonPath;
use serde_json::Value;

use super::{jsonpath_within, read};
use extract::LIMITS;

const SUITE: &str = include_str!("jsonpath-compliance-test-suite/cts.json");

#[test]
fn every_case_of_the_public_compliance_suite_passes() {
    let suite: Value = serde_json::from_str(SUITE).expect("JSON");
    let cases = suite["tests"].as_array().expect("cases");
    let failed: Vec<String> = cases.iter().filter_map(failure).collect();
    assert!(cases.len() >= 687, "{} cases are there", cases.len());
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// What is wrong with our answer to a case.
fn failure(case: &Value) -> Option<String> {
    let (name, selector) = (
        &case["name"],
        case["selector"].as_str().expect("a selector"),
    );
    let query = JsonPath::read(selector);
    if case["invalid_selector"] == true {
        return query
            .is_ok()
            .then(|| format!("{name}: {selector} is accepted"));
    }
    if let Err(flaw) = query {
        return Some(format!("{name}: {selector} is refused: {flaw}"));
    }
    let document = json_document(&case["document"]);
    let picked = match jsonpath_within(&LIMITS, &document, selector) {
        Ok(picked) => picked,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let values: Value = picked.iter().map(|pick| value(&document, pick)).collect();
    let paths: Value = picked.iter().map(|pick| path(&document, pick)).collect();
    let allowed = |one: &str, several: &str, found: &Value| match &case[one] {
        Value::Null => case[several]
            .as_array()
            .is_none_or(|all| all.contains(found)),
        only => only == found,
    };
    let right =
        allowed("result", "results", &values) && allowed("result_paths", "results_paths", &paths);
    (!right).then(|| format!("{name}: {selector} gives {values} at {paths}"))
}

fn json_document(value: &Value) -> Document {
    // Bytes that no text has are no JSON to a reader that is told nothing; such characters are written as escapes.
    let is_odd = |char: char| char.is_control() || u32::from(char) & 0xfffe == 0xfffe;
    let mut json = String::new();
    for char in value.to_string().chars() {
        if is_odd(char) {
            json.extend(
                char.encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            );
        } else {
            json.push(char);
        }
    }
    read("document.json", &json)
}

fn value(document: &Document, pick: &Picked) -> Value {
    let Node::Data(id) = pick.node else {
        panic!("a value of the document");
    };
    let source = document.values().expect("values").source(id);
    serde_json::from_str(source).expect("JSON")
}

fn path(document: &Document, pick: &Picked) -> String {
    let Node::Data(id) = pick.node else {
        panic!("a value of the document");
    };
    document.values().expect("values").path(id)
}
