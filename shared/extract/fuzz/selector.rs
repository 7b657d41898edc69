//! Whatever a definition is, it is accepted or refused; and what was accepted ends on any document.
#![no_main]

use extract::{Input, LIMITS, NeverInterrupted, Numbers};
use libfuzzer_sys::fuzz_target;
use plan::Plan;
use serde_json::{Value, json};

const HTML: &str = "<main id=a class='b c'><p lang=en>One <b>two</b></p><ul><li>3<li>4</ul><table><tr><th>x<td>5</table></main>";
const JSON: &str = r#"{"a": [1, {"b": "c", "d": [true, null]}, "x"], "e": {"f": -1.5e3, "a": [[]]}}"#;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (wanted, document) = match env!("CARGO_BIN_NAME") {
        "plan" => (serde_json::from_str(text).unwrap_or(Value::Null), HTML),
        "jsonpath" => (json!([{"fields": {"x": {"jsonpath": text, "many": true}}}]), JSON),
        language => (json!([{"fields": {"x": {language: text, "many": true}}}]), HTML),
    };
    if let Ok(plan) = Plan::read(&wanted) {
        let input = Input {
            name: None,
            declared: None,
            bytes: document.as_bytes(),
        };
        let numbers = Numbers {
            document: 0,
            members: 1,
        };
        extract::extract(numbers, input, &plan, &LIMITS, &NeverInterrupted).expect("nothing interrupts");
    }
});
