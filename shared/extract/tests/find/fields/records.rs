//! What a record says: values, places, problems.

use extract::{LIMITS, Limits};
use serde_json::{Value, json};

use super::{found, found_within, record};

#[test]
fn a_record_is_flat_and_says_where_each_value_stands() {
    let text = "Invoice no.: A-17\nDate: 09.03.2026\nTotal: 1.234,50 €\n";
    let item = json!({"name": "invoice", "fields": {
        "number": {"label": "Invoice no."},
        "date": {"label": "Date", "type": "date"},
        "total": {"label": "Total", "type": "money"},
        "vat": {"label": "VAT", "type": "money", "required": true},
        "note": {"label": "Note", "default": "none"},
    }});
    assert_eq!(
        found("a.txt", text, &item).records,
        [json!({
            "kind": "invoice",
            "number": "A-17",
            "date": "2026-03-09",
            "total": {"amount": "1234.50", "currency": "EUR"},
            "vat": null,
            "note": "none",
            "problems": [{"field": "/vat", "detail": "Nothing was found."}],
            "source": {
                "document": 0, "start": 13, "end": 52,
                "fields": {
                    "/number": {"start": 13, "end": 17},
                    "/date": {"start": 24, "end": 34},
                    "/total": {"start": 42, "end": 52},
                },
            },
        })]
    );
}

#[test]
fn a_value_that_cannot_be_read_is_a_problem_and_loses_nothing() {
    let text = "Total: twelve\nCount: 3\nParts: 1; x; 2.5; 4";
    let record = record(
        text,
        &json!({
            "total": {"label": "Total", "type": "decimal"},
            "fallback": {"label": "Total", "type": "decimal", "default": "0"},
            "count": {"label": "Count", "type": "integer"},
            "parts": {"regex": "[0-9.]+|x", "type": "integer", "many": true},
        }),
    );
    assert_eq!(record["total"], Value::Null);
    assert_eq!(record["fallback"], "0");
    assert_eq!(record["count"], 3);
    assert_eq!(record["parts"], json!([3, 1, null, null, 4]));
    let problems = record["problems"].as_array().unwrap();
    let fields: Vec<&str> = problems
        .iter()
        .map(|it| it["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["/total", "/fallback", "/parts/2", "/parts/3"]);
}

#[test]
fn the_next_alternative_is_tried_where_one_gives_no_value() {
    let text = "Total: see below\nAmount: 12.50";
    let record = record(
        text,
        &json!({"total": {"any": [{"label": "Total"}, {"label": "Amount"}], "type": "decimal"}}),
    );
    assert_eq!(record["total"], "12.50");
    assert!(record.get("problems").is_none());
}

#[test]
fn problems_in_nested_fields_are_pointed_at() {
    let csv = "name,a/b\nx,1\ny,two\n";
    let item = json!({"fields": {"rows": {
        "each": {"rows": true}, "required": true,
        "fields": {"a/b": {"column": "a/b", "type": "integer"}},
    }, "none": {"each": {"rows": "nothing"}, "required": true, "fields": {"x": {"column": "x"}}}}});
    let record = &found("a.csv", csv, &item).records[0];
    assert_eq!(record["rows"], json!([{"a/b": 1}, {"a/b": null}]));
    assert_eq!(record["none"], json!([]));
    assert_eq!(record["problems"][0]["field"], "/rows/1/a~1b");
    assert_eq!(record["problems"][1]["field"], "/none");
    assert!(record["source"]["fields"].get("/rows/0/a~1b").is_some());
}

#[test]
fn white_space_is_folded_unless_it_is_wanted() {
    let text = "a: [ one   two\n three ]";
    let record = record(
        text,
        &json!({
            "folded": {"regex": "\\[([^\\]]*)\\]"},
            "kept": {"regex": "\\[([^\\]]*)\\]", "trim": false},
        }),
    );
    assert_eq!(record["folded"], "one two three");
    assert_eq!(record["kept"], " one   two\n three ");
}

#[test]
fn a_part_is_taken_and_then_replaced_in() {
    let text = "Ref: (No. 12 O4 7)";
    let found = found(
        "a.txt",
        text,
        &json!({"fields": {
            "it": {"label": "Ref", "match": "No\\. (.*)\\)", "replace": [
                {"pattern": "O", "with": "0"}, {"pattern": "\\s+", "with": ""},
            ], "type": "integer"},
            "place": {"label": "Ref", "match": "[0-9]+"},
            "none": {"label": "Ref", "match": "x"},
        }}),
    );
    assert_eq!(found.records[0]["it"], 12047);
    assert_eq!(found.records[0]["place"], "12");
    assert_eq!(found.standing(0, "/place"), "12");
    assert_eq!(found.standing(0, "/it"), "12 O4 7");
    assert_eq!(found.records[0]["none"], Value::Null);
    assert_eq!(found.records[0]["problems"][0]["field"], "/none");
}

#[test]
fn a_value_among_other_words_stands_at_its_own_place() {
    let text = "Price: only $12.50 today";
    let found = found(
        "a.txt",
        text,
        &json!({"fields": {"it": {"label": "Price", "type": "money"}}}),
    );
    assert_eq!(found.records[0]["it"]["amount"], "12.50");
    assert_eq!(found.standing(0, "/it"), "$12.50");
}

#[test]
fn several_kinds_of_records_come_in_the_order_of_the_request() {
    let plan = json!([
        {"fields": {"a": {"regex": "a"}}, "name": "one"},
        "entities",
        {"fields": {"b": {"regex": "b"}}, "name": "two"},
    ]);
    let found = crate::support::find(
        crate::support::document("a b c@test.com"),
        &plan,
        &LIMITS,
        &extract::NeverInterrupted,
    );
    let records = found.unwrap().records;
    assert_eq!(
        (&records[0]["kind"], &records[1]["kind"]),
        (&json!("one"), &json!("two"))
    );
    assert_eq!(records[2]["email"], "c@test.com");
}

#[test]
fn more_than_the_limits_allow_is_left_out_with_a_warning() {
    let csv = format!("a,b\n{}", "1,2\n".repeat(50));
    let item =
        json!({"each": {"rows": true}, "fields": {"a": {"column": "a"}, "b": {"column": "b"}}});
    let limits = Limits {
        max_records: 10,
        ..LIMITS
    };
    let found = found_within("a.csv", &csv, &item, &limits);
    assert_eq!(found.records.len(), 10);
    assert!(
        found.warnings[0].contains("max_records"),
        "{:?}",
        found.warnings
    );

    let limits = Limits {
        max_field_values: 10,
        ..LIMITS
    };
    let found = found_within("a.csv", &csv, &item, &limits);
    assert_eq!(found.records.len(), 5);
    assert!(
        found.warnings[0].contains("max_field_values"),
        "{:?}",
        found.warnings
    );

    let item = json!({"fields": {"a": {"column": "a", "many": true}, "after": {"column": "b"}}});
    let found = found_within("a.csv", &csv, &item, &limits);
    assert_eq!(found.records[0]["a"].as_array().unwrap().len(), 9);
    assert_eq!(found.records[0]["after"], "2");
}
