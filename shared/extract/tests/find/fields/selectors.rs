//! Where values are taken from.

use serde_json::{Value, json};

use super::{found, record};

#[test]
fn a_pattern_gives_what_its_groups_say() {
    let text = "Order A-17 of 2026-05-09, order B-18 of 2026-06-10";
    for (pattern, expected) in [
        ("[A-Z]-[0-9]+", json!("A-17")),
        ("[A-Z]-([0-9]+)", json!("17")),
        ("([A-Z])-(?<value>[0-9]+)", json!("17")),
        ("(?<only>[A-Z])-[0-9]+", json!("A")),
        ("(?i)ORDER B-([0-9]+)", json!("18")),
        (
            "(?<series>[A-Z])-(?<number>[0-9]+)(?<rest>x)?",
            json!({"series": "A", "number": "17", "rest": null}),
        ),
        ("C-[0-9]+", json!(null)),
    ] {
        let fields = json!({"it": {"regex": pattern}});
        assert_eq!(record(text, &fields)["it"], expected, "{pattern}");
    }
    let fields = json!({"it": {"regex": "(?<a>[A-Z])-(?<b>[0-9]+)", "many": true}});
    let found = found("a.txt", text, &json!({"fields": fields}));
    assert_eq!(
        found.records[0]["it"],
        json!([{"a": "A", "b": "17"}, {"a": "B", "b": "18"}])
    );
    assert_eq!(found.standing(0, "/it/1/b"), "18");
}

#[test]
fn a_column_is_found_by_its_header_whatever_the_case_and_punctuation() {
    let csv = "Item no.,Unit Price (net),Qty\nA1,0.50,4\nB2,,5\n,,\nC3,2.00,6\n";
    for header in ["item no", "ITEM-NO.", "Item  no."] {
        let item = json!({"each": {"rows": header}, "fields": {"id": {"column": header}}});
        let ids: Vec<Value> = found("a.csv", csv, &item)
            .records
            .iter()
            .map(|record| record["id"].clone())
            .collect();
        assert_eq!(ids, ["A1", "B2", "C3"]);
    }
    let item = json!({"fields": {
        "prices": {"column": "unit price (net)", "type": "decimal", "many": true},
        "first": {"column": "Qty", "type": "integer"},
        "none": {"column": "Weight"},
    }});
    let found = found("a.csv", csv, &item);
    assert_eq!(found.records[0]["prices"], json!(["0.50", "2.00"]));
    assert_eq!(found.records[0]["first"], 4);
    assert_eq!(found.records[0]["none"], Value::Null);
    assert_eq!(found.standing(0, "/prices/1"), "2.00");
}

#[test]
fn only_tables_with_all_columns_give_rows() {
    let markdown = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| a | c |\n|---|---|\n| 3 | 4 |\n";
    for (rows, expected) in [
        (json!("a"), vec!["1", "3"]),
        (json!(["a", "c"]), vec!["3"]),
        (json!(true), vec!["1", "3"]),
        (json!(["b", "c"]), vec![]),
    ] {
        let item = json!({"each": {"rows": rows}, "fields": {"a": {"column": "a"}}});
        let found = found("a.md", markdown, &item);
        let values: Vec<&str> = found
            .records
            .iter()
            .map(|it| it["a"].as_str().unwrap())
            .collect();
        assert_eq!(values, expected, "{rows}");
    }
}

#[test]
fn metadata_is_found_under_its_common_names() {
    let eml = "From: Ann <ann@example.com>\r\nTo: bob@example.com\r\nSubject: Order 17\r\n\
        Date: Mon, 9 Mar 2026 14:30:00 +0100\r\n\r\nHello";
    let item = json!({"fields": {
        "subject": {"meta": "subject"},
        "number": {"meta": ["nothing", "Subject"], "match": "[0-9]+", "type": "integer"},
        "date": {"meta": "date", "type": "datetime"},
    }});
    let record = &found("a.eml", eml, &item).records[0];
    assert_eq!(record["subject"], "Order 17");
    assert_eq!(record["number"], 17);
    assert_eq!(record["date"], "2026-03-09T14:30:00+01:00");
    assert_eq!(
        record["source"],
        json!({"document": 0}),
        "metadata stands nowhere"
    );
}

#[test]
fn json_is_followed_by_paths_from_each_value() {
    let text = r#"{"orders": [
        {"id": 1, "total": "1.234,50", "lines": [{"sku": "a", "n": 2}, {"sku": "b", "n": 3}]},
        {"id": 2, "lines": []}]}"#;
    let item = json!({
        "name": "order",
        "locale": "de-AT",
        "each": {"jsonpath": "$.orders[*]"},
        "fields": {
            "id": {"jsonpath": "$.id", "type": "integer"},
            "total": {"jsonpath": "$.total", "type": "money"},
            "lines": {
                "each": {"jsonpath": "$.lines[*]"},
                "fields": {"sku": {"jsonpath": "$.sku"}, "n": {"jsonpath": "$.n", "type": "integer"}},
            },
            "first": {"fields": {"sku": {"jsonpath": "$.lines[0].sku"}}},
        },
    });
    let found = found("a.json", text, &item);
    let [one, two] = found.records.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((&one["kind"], &one["id"]), (&json!("order"), &json!(1)));
    assert_eq!(
        one["total"],
        json!({"amount": "1234.50", "currency": "EUR"})
    );
    assert_eq!(
        one["lines"],
        json!([{"sku": "a", "n": 2}, {"sku": "b", "n": 3}])
    );
    assert_eq!(one["first"], json!({"sku": "a"}));
    assert_eq!(two["total"], Value::Null);
    assert_eq!(two["lines"], json!([]));
    assert!(found.standing(0, "/lines/1/sku").contains('b'));
    assert!(found.at(&one["source"]).contains("\"id\": 1"));
    assert!(!found.at(&one["source"]).contains("\"id\": 2"));
}

#[test]
fn matches_of_a_pattern_repeat_fields() {
    let log = "[09:00] ann: hello\n[09:05] bob: hi\n";
    let item = json!({
        "name": "line",
        "each": {"regex": "(?m)^\\[.*$"},
        "fields": {"who": {"regex": "\\] (\\w+):"}, "what": {"regex": ": (.*)$"}},
    });
    let found = found("a.txt", log, &item);
    assert_eq!(found.records.len(), 2);
    assert_eq!(
        (&found.records[1]["who"], &found.records[1]["what"]),
        (&json!("bob"), &json!("hi"))
    );
    assert_eq!(found.at(&found.records[1]["source"]), "[09:05] bob: hi");
    assert_eq!(found.standing(1, "/what"), "hi");
}

#[test]
fn a_selector_that_can_find_nothing_in_a_document_is_warned_of() {
    let item =
        json!({"fields": {"a": {"any": [{"css": "h1"}, {"jsonpath": "$.a"}, {"regex": "o"}]}}});
    let found = found("a.txt", "hello", &item);
    assert_eq!(found.records[0]["a"], "o");
    assert_eq!(found.warnings.len(), 2, "{:?}", found.warnings);
    let item = json!({"name": "line", "each": {"regex": "x"}, "fields": {"a": {"regex": "o"}}});
    let found = super::found("a.txt", "hello", &item);
    assert!(found.records.is_empty());
    assert!(found.warnings[0].contains("`line`"), "{:?}", found.warnings);
}
