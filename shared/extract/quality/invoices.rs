//! Invoices whose fields are known: beside each lies a `.json` with the values that are there and the plan of `plans.json`
//! that asks for them; `make.py` writes both from the same data.
//!
//! Scored by field, those of lines by the number of the line. A value that is not the same counts as wrong and, where
//! there is one, as missed. Those in `holdout` are scored apart: nobody looks at them to make the engine better.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Faults, Scores, documents, extracted, truth};

/// What is there. Lines that no plan can ask for, as those of plain text, are left out.
#[derive(Deserialize)]
struct Truth {
    plan: String,
    fields: Map<String, Value>,
}

pub(crate) fn score(folder: &Path, scores: &mut Scores, faults: &mut Faults) {
    let plans = fs::read_to_string(folder.join("plans.json")).expect("plans");
    let plans: Value = serde_json::from_str(&plans).expect("plans");
    for (part, folder) in [
        ("invoices", folder.to_owned()),
        ("invoices-holdout", folder.join("holdout")),
    ] {
        for invoice in documents(&folder) {
            let Truth { plan, fields } = truth(&invoice);
            let (records, _) = extracted(&invoice, &json!([plans[plan]]));
            let name = invoice.file_stem().unwrap_or_default().display();
            let mut count = |field: &str, found: &Value, there: &Value| {
                let score = scores.entry(format!("{part}/{field}")).or_default();
                if found == there {
                    score.right += usize::from(!there.is_null());
                    return;
                }
                score.wrong += usize::from(!found.is_null());
                score.missed += usize::from(!there.is_null());
                if part == "invoices" {
                    faults.push(format!("{name}: {field}: {found} for {there}"));
                }
            };
            for (field, there) in &fields {
                let found = &records[0][field];
                let Some(there) = there.as_array() else {
                    count(field, found, there);
                    continue;
                };
                let found = found.as_array().map_or(&[][..], Vec::as_slice);
                for line in 0..found.len().max(there.len()) {
                    for member in ["item", "quantity", "price"] {
                        let of = |lines: &[Value]| {
                            let value = lines.get(line).map(|line| line[member].clone());
                            value.unwrap_or_default()
                        };
                        count(&format!("{field}/{member}"), &of(found), &of(there));
                    }
                }
            }
        }
    }
}
