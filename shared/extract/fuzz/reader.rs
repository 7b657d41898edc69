//! Whatever the bytes are, reading and all that is found in what was read end with a result or with an error that has a name.
#![no_main]

use extract::{Input, LIMITS, NeverInterrupted, Numbers, Output, Problem};
use libfuzzer_sys::fuzz_target;
use plan::Plan;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let name = concat!("a.", env!("CARGO_BIN_NAME"));
    let wanted = json!([
        "entities", "text", "markdown", "metadata", "links", "tables", "structured", "article", "chunks"
    ]);
    let plan = Plan::read(&wanted).expect("a plan");
    let input = Input {
        name: Some(name),
        declared: None,
        bytes,
    };
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let outcomes = extract::extract(numbers, input, &plan, &LIMITS, &NeverInterrupted);
    for outcome in outcomes.expect("nothing interrupts") {
        if let Output::Failed(failed) = outcome.document {
            assert_ne!(failed.error.code, Problem::ReaderFailed, "a reader panicked");
        }
    }
});
