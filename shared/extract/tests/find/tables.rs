//! Rows of tables as records.

use extract::{Cell, CellValue, Document, LIMITS, Limits, NeverInterrupted, Table, Text};
use serde_json::{Value, json};

use crate::support::find;

/// `Name\tPrice\tPrice\t\nPen\t1.5\tyes\t` as a table with typed cells.
fn prices() -> Document {
    let text = "Name\tPrice\tPrice\t\nPen\t1.5\tyes\t";
    let cell = |words: &str, from: usize, value: Option<CellValue>| Cell {
        text: words.into(),
        span: text[from..].find(words).map(|at| {
            let start = from + at;
            start..start + words.len()
        }),
        value,
    };
    let number = CellValue::Number("1.5".into());
    let header = ["Name", "Price", "Price"].map(|name| cell(name, 0, None));
    let row = [
        cell("Pen", 18, None),
        cell("1.5", 18, Some(number)),
        cell("yes", 18, Some(CellValue::Boolean(true))),
    ];
    let with_empty = |cells: [Cell; 3]| {
        let mut row = cells.to_vec();
        row.push(Cell::default());
        row
    };
    Document {
        text: Text::new(text.into()),
        tables: vec![Table {
            rows: vec![with_empty(header), with_empty(row)],
            header_rows: 1,
            span: Some(0..text.len()),
            ..Table::default()
        }],
        ..Document::default()
    }
}

#[test]
fn rows_are_given_as_objects_with_typed_members() {
    let found = find(prices(), &json!(["tables"]), &LIMITS, &NeverInterrupted).unwrap();
    assert!(found.records.is_empty());
    let tables = serde_json::to_value(found.document.tables).unwrap();
    assert_eq!(
        tables[0]["records"],
        json!([{"Name": "Pen", "Price": 1.5, "Price 2": true, "column 4": null}])
    );
    assert_eq!(tables[0]["rows"][1], json!(["Pen", "1.5", "yes", ""]));
}

#[test]
fn rows_are_records_of_the_result_where_that_is_asked_for() {
    let wanted = json!([{"tables": {"records": true}}]);
    let found = find(prices(), &wanted, &LIMITS, &NeverInterrupted).unwrap();
    let records: Vec<Value> = found.records.into_iter().map(Value::from).collect();
    assert_eq!(
        records,
        [json!({
            "kind": "row",
            "table": 0,
            "Name": "Pen",
            "Price": 1.5,
            "Price 2": true,
            "column 4": null,
            "source": {"document": 0, "start": 18, "end": 29},
        })]
    );
}

#[test]
fn a_column_never_hides_what_a_record_says_of_itself() {
    let mut document = prices();
    document.tables[0].rows[0][0].text = "source".into();
    let wanted = json!([{"tables": {"records": true}}]);
    let found = find(document, &wanted, &LIMITS, &NeverInterrupted).unwrap();
    assert_eq!(found.records[0]["source 2"], "Pen");
    assert_eq!(found.records[0]["source"]["start"], 18);
}

#[test]
fn rows_beyond_the_limit_of_records_are_left_out_with_a_warning() {
    let mut document = prices();
    let again = document.tables[0].rows[1].clone();
    document.tables[0].rows.push(again);
    let limits = Limits {
        max_records: 1,
        ..LIMITS
    };
    let wanted = json!([{"tables": {"records": true}}]);
    let found = find(document, &wanted, &limits, &NeverInterrupted).unwrap();
    assert_eq!(found.records.len(), 1);
    assert!(found.document.warnings[0].contains("max_records"));
}

#[test]
fn a_number_that_would_be_rounded_stays_as_it_is_written() {
    let mut document = prices();
    let long = "12345678901234567890.5";
    document.tables[0].rows[1][1].value = Some(CellValue::Number(long.into()));
    let found = find(document, &json!(["tables"]), &LIMITS, &NeverInterrupted).unwrap();
    let tables = found.document.tables.unwrap();
    assert_eq!(json!(tables[0].records)[0]["Price"], long);
}
