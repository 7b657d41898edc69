//! What is found in a document, and what is not.

mod any_text;
mod chunks;
mod documentation;
mod fields;
mod kinds;
mod language;
mod markdown;
mod renderings;
mod support;
mod tables;

use extract::{
    Cell, Document, Interrupted, LIMITS, Limits, Link, NeverInterrupted, Place, Table, Text, Watch,
};
use serde_json::json;
use support::{INPUT, document, entities, entities_with, find, found_in, values};

/// All extractors that need no options.
const ALL: [&str; 11] = [
    "entities",
    "text",
    "markdown",
    "html",
    "docling",
    "metadata",
    "links",
    "tables",
    "structured",
    "article",
    "chunks",
];

#[test]
fn the_sample_document_gives_its_two_addresses() {
    assert_eq!(
        found_in("Contact a@test.com or b@test.com"),
        [
            json!({
                "email": "a@test.com",
                "kind": "email",
                "value": "a@test.com",
                "raw": "a@test.com",
                "valid": true,
                "source": {"document": 0, "start": 8, "end": 18},
            }),
            json!({
                "email": "b@test.com",
                "kind": "email",
                "value": "b@test.com",
                "raw": "b@test.com",
                "valid": true,
                "source": {"document": 0, "start": 22, "end": 32},
            }),
        ]
    );
}

#[test]
fn a_record_says_its_kind_its_value_and_what_stands_in_the_text() {
    assert_eq!(
        found_in("due 9 March 2026: 1.234,50 €"),
        [
            json!({
                "date": "2026-03-09",
                "kind": "date",
                "value": "2026-03-09",
                "raw": "9 March 2026",
                "valid": true,
                "source": {"document": 0, "start": 4, "end": 16},
            }),
            json!({
                "money": "1234.50",
                "kind": "money",
                "value": "1234.50",
                "currency": "EUR",
                "raw": "1.234,50 €",
                "valid": true,
                "source": {"document": 0, "start": 18, "end": 28},
            }),
        ]
    );
}

#[test]
fn a_card_number_is_masked_and_never_copied() {
    let records = found_in("paid with 4111 1111 1111 1111 today");
    assert_eq!(
        records,
        [json!({
            "card": "411111******1111",
            "kind": "card",
            "value": "411111******1111",
            "network": "visa",
            "valid": true,
            "source": {"document": 0, "start": 10, "end": 29},
        })]
    );
}

#[test]
fn places_are_counted_in_scalar_values() {
    let records = found_in("🙂🙂 漢字 é: a@test.com 🙂 b@test.com");
    let places: Vec<_> = records.iter().map(|record| &record["source"]).collect();
    assert_eq!(places[0], &json!({"document": 0, "start": 9, "end": 19}));
    assert_eq!(places[1], &json!({"document": 0, "start": 22, "end": 32}));
}

#[test]
fn records_name_the_document_and_the_page() {
    let text = Text::with_pages("a@test.com\nb@test.com".into(), vec![0, 11]);
    let document = Document {
        text,
        ..Document::default()
    };
    let plan = plan::Plan::read(&json!(["entities"])).unwrap();
    let found = extract::find::find(3, INPUT, document, &plan, &LIMITS, &NeverInterrupted);
    let (records, output) = found.unwrap();
    assert_eq!(output.pages, Some(2));
    assert_eq!(
        records
            .into_iter()
            .map(serde_json::Value::from)
            .collect::<Vec<_>>(),
        [
            json!({
                "email": "a@test.com",
                "kind": "email",
                "value": "a@test.com",
                "raw": "a@test.com",
                "valid": true,
                "source": {"document": 3, "page": 1, "start": 0, "end": 10},
            }),
            json!({
                "email": "b@test.com",
                "kind": "email",
                "value": "b@test.com",
                "raw": "b@test.com",
                "valid": true,
                "source": {"document": 3, "page": 2, "start": 11, "end": 21},
            }),
        ]
    );
}

#[test]
fn records_come_in_the_order_of_the_text_whatever_their_kind() {
    let text =
        "2026-03-09 from 192.0.2.1: b@test.com paid $5 to a@test.com, see https://example.com/";
    let kinds = ["date", "ip", "email", "money", "email", "url"];
    let records = found_in(text);
    assert_eq!(records.len(), kinds.len());
    for (record, kind) in records.iter().zip(kinds) {
        assert!(record.get(kind).is_some(), "{record} is no {kind}");
    }
}

#[test]
fn the_same_value_at_two_places_is_two_records() {
    assert_eq!(
        values("email", "a@test.com, again a@test.com"),
        ["a@test.com", "a@test.com"]
    );
}

#[test]
fn of_findings_at_the_same_place_only_the_longest_is_a_record() {
    let cases = [
        ("https://user@example.com/2026-03-09/a?ip=192.0.2.1", "url"),
        (
            "https://example.com/67e55044-10b1-426f-9247-bb680e5fe0c8",
            "url",
        ),
        ("ftp://192.0.2.1/$5", "url"),
        ("www.example.com/?mail=a@test.com", "url"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("GB82 WEST 1234 5698 7654 32", "iban"),
        ("2026-03-09@test.com", "email"),
        ("20260309-4111-4111-8111-111111111111", "uuid"),
        ("Mon, 9 Mar 2026 14:30:00 +0100", "datetime"),
        ("2026-03-09T14:30:00+01:00", "datetime"),
        ("Tel. +41 44 668 18 00", "phone"),
    ];
    for (text, kind) in cases {
        let records = found_in(text);
        assert_eq!(records.len(), 1, "{text}: {records:?}");
        assert!(records[0].get(kind).is_some(), "{text}: {records:?}");
    }
}

#[test]
fn an_address_in_a_mailto_link_is_an_address() {
    let records = found_in("mailto:a@test.com?subject=hello");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["email"], "a@test.com");
}

#[test]
fn findings_side_by_side_do_not_disturb_each_other() {
    let text = "a@test.com,b@test.com;192.0.2.1,$5.00,$6.00|2026-03-09|DE89370400440532013000/x";
    assert_eq!(entities(text).records.len(), 7);
}

#[test]
fn no_more_records_than_the_limit_are_given_and_a_warning_says_so() {
    let limits = Limits {
        max_records: 2,
        ..LIMITS
    };
    let three = document("a@test.com b@test.com c@test.com");
    let found = find(three, &json!(["entities"]), &limits, &NeverInterrupted).unwrap();
    assert_eq!(found.records.len(), 2);
    assert_eq!(found.records[1]["email"], "b@test.com");
    let [warning] = &found.document.warnings[..] else {
        panic!("one warning, not {:?}", found.document.warnings)
    };
    assert!(
        warning.contains("first 2 records") && warning.contains("max_records"),
        "{warning}"
    );

    let two = document("a@test.com b@test.com");
    let found = find(two, &json!(["entities"]), &limits, &NeverInterrupted).unwrap();
    assert_eq!(found.records.len(), 2);
    assert_eq!(found.document.warnings, [""; 0]);
}

/// Says stop when it was asked this many times.
struct StopAfter(std::sync::atomic::AtomicUsize);

impl Watch for StopAfter {
    fn check(&self) -> Result<(), Interrupted> {
        use std::sync::atomic::Ordering::SeqCst;
        let left = self
            .0
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        left.map(|_| ()).map_err(|_| Interrupted::Cancelled)
    }
}

#[test]
fn the_watch_is_asked_every_megabyte_and_every_thousand_places() {
    let megabytes = "plain words without any finding\n".repeat(3 << 15);
    let places = "a@test.com ".repeat(3_000);
    for text in [megabytes, places] {
        let found = find(
            document(&text),
            &json!(["entities"]),
            &LIMITS,
            &StopAfter(3.into()),
        );
        assert_eq!(
            found,
            Err(extract::Error::Interrupted(Interrupted::Cancelled))
        );
    }
}

#[test]
fn only_what_is_wanted_is_there() {
    let full = || Document {
        text: Text::new("a@test.com".into()),
        links: vec![Link {
            href: "https://example.com/".into(),
            text: String::new(),
            span: None,
        }],
        tables: vec![Table::default()],
        metadata: [("title".to_owned(), json!("A title"))].into(),
        ..Document::default()
    };
    for wanted in ALL {
        let found = find(full(), &json!([wanted]), &LIMITS, &NeverInterrupted).unwrap();
        assert_eq!(found.records.len(), usize::from(wanted == "entities"));
        assert_eq!(found.document.text.is_some(), wanted == "text");
        assert_eq!(found.document.metadata.is_some(), wanted == "metadata");
        assert_eq!(found.document.links.is_some(), wanted == "links");
        assert_eq!(found.document.tables.is_some(), wanted == "tables");
    }
}

#[test]
fn links_are_given_with_their_places() {
    let content = "漢字 click here or not";
    let start = content.find("click").unwrap();
    let document = Document {
        text: Text::with_pages(content.into(), vec![0]),
        links: vec![
            Link {
                href: "https://example.com/".into(),
                text: "click here".into(),
                span: Some(start..start + 10),
            },
            Link {
                href: "#top".into(),
                text: String::new(),
                span: None,
            },
        ],
        ..Document::default()
    };
    let found = find(document, &json!(["links"]), &LIMITS, &NeverInterrupted).unwrap();
    let links = found.document.links.unwrap();
    assert_eq!(links[0].text, "click here");
    assert_eq!(
        links[0].place,
        Some(Place {
            page: Some(1),
            start: 3,
            end: 13
        })
    );
    assert_eq!(links[1].place, None);
    assert_eq!(
        serde_json::to_value(&links[1]).unwrap(),
        json!({"href": "#top", "text": ""})
    );
}

#[test]
fn tables_are_given_with_the_names_of_their_columns() {
    let row = |texts: [&str; 3]| {
        texts
            .map(|text| Cell {
                text: text.into(),
                span: None,
                ..Cell::default()
            })
            .into_iter()
            .collect::<Vec<_>>()
    };
    let document = Document {
        text: Text::new("Prices".into()),
        tables: vec![Table {
            caption: Some("Prices".into()),
            // `Item` spans both header rows, `Price` the last two columns.
            rows: vec![
                row(["Item", "Price", "Price"]),
                row(["Item", "net", "gross"]),
                row(["Pen", "1.00", "1.19"]),
            ],
            header_rows: 2,
            span: Some(0..6),
            ..Table::default()
        }],
        ..Document::default()
    };
    let found = find(document, &json!(["tables"]), &LIMITS, &NeverInterrupted).unwrap();
    assert_eq!(
        serde_json::to_value(found.document.tables).unwrap(),
        json!([{
            "caption": "Prices",
            "columns": ["Item", "Price net", "Price gross"],
            "header_rows": 2,
            "rows": [["Item", "Price", "Price"], ["Item", "net", "gross"], ["Pen", "1.00", "1.19"]],
            "records": [{"Item": "Pen", "Price net": "1.00", "Price gross": "1.19"}],
            "place": {"start": 0, "end": 6},
        }])
    );
}

#[test]
fn a_table_without_headers_names_no_columns() {
    let rows = vec![vec![Cell {
        text: "1".into(),
        span: None,
        ..Cell::default()
    }]];
    let document = Document {
        tables: vec![Table {
            rows,
            ..Table::default()
        }],
        ..Document::default()
    };
    let found = find(document, &json!(["tables"]), &LIMITS, &NeverInterrupted).unwrap();
    assert_eq!(found.document.tables.unwrap()[0].columns, None);
}

#[test]
fn a_document_is_described_and_its_warnings_are_kept() {
    let document = Document {
        media_type: "text/plain".into(),
        charset: Some("UTF-8".into()),
        warnings: vec!["Two bytes could not be decoded.".into()],
        ..document("text")
    };
    let found = find(document, &json!(["text"]), &LIMITS, &NeverInterrupted).unwrap();
    assert_eq!(
        serde_json::to_value(found).unwrap(),
        json!({
            "records": [],
            "document": {
                "name": "sample.txt",
                "media_type": "text/plain",
                "charset": "UTF-8",
                "bytes": 4,
                "sha256": "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1",
                "text": "text",
                "warnings": ["Two bytes could not be decoded."],
            },
        })
    );
}

#[test]
fn an_extraction_survives_being_stored() {
    let document = Document {
        text: Text::with_pages("a@test.com".into(), vec![0]),
        links: vec![Link {
            href: "#".into(),
            text: "a".into(),
            span: Some(0..1),
        }],
        tables: vec![Table {
            rows: vec![vec![Cell {
                text: "a".into(),
                span: Some(0..1),
                ..Cell::default()
            }]],
            header_rows: 1,
            ..Table::default()
        }],
        ..Document::default()
    };
    let found = find(document, &json!(ALL), &LIMITS, &NeverInterrupted).unwrap();
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(
        serde_json::from_str::<support::Extraction>(&stored).unwrap(),
        found
    );
}

#[test]
fn only_the_kinds_that_are_wanted_are_given_and_each_as_among_all() {
    let text = "https://example.com/2026-03-09 on 2026-03-10 at 14:30, a@test.com paid $5";
    let options = r#"{"kinds": ["date", "email"]}"#;
    let records = entities_with(options, text);
    let values: Vec<_> = records.iter().map(|record| &record["value"]).collect();
    assert_eq!(values, ["a@test.com"]);
    let text = "https://example.com/2026-03-09 on 2026-03-10, a@test.com paid $5";
    let records = entities_with(options, text);
    let values: Vec<_> = records.iter().map(|record| &record["value"]).collect();
    assert_eq!(values, ["2026-03-10", "a@test.com"]);
}

#[test]
fn a_region_says_where_national_telephone_numbers_are_from() {
    for (region, text, number) in [
        ("DE", "Tel. 030 123456", "+4930123456"),
        ("FR", "Phone: 01 42 68 53 00", "+33142685300"),
        ("US", "call (650) 253-0000", "+16502530000"),
    ] {
        let records = entities_with(&format!(r#"{{"region": "{region}"}}"#), text);
        assert_eq!(records[0]["phone"], number, "{text}");
    }
    assert_eq!(values("phone", "Tel. 030 123456"), Vec::<String>::new());
}

#[test]
fn card_numbers_are_given_in_full_on_request() {
    let records = entities_with(r#"{"cards": "full"}"#, "4111 1111 1111 1111");
    assert_eq!(records[0]["card"], "4111111111111111");
    assert_eq!(records[0]["raw"], "4111 1111 1111 1111");
}

#[test]
fn what_fails_its_check_digits_is_given_on_request_and_hides_nothing_valid() {
    let text = "DE89 3704 0044 0532 0130 01, 4111 1111 1111 1112, BIC DEUTXXFF, \
        0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
    assert_eq!(found_in(text), Vec::<serde_json::Value>::new());
    let records = entities_with(r#"{"invalid": true}"#, text);
    let kinds: Vec<_> = records.iter().map(|record| &record["kind"]).collect();
    assert_eq!(kinds, ["iban", "card", "bic", "crypto_address"]);
    for record in &records {
        assert_eq!(record["valid"], false);
        assert!(record["reason"].is_string(), "{record}");
    }
    assert_eq!(records[1].get("raw"), None);
    let records = entities_with(r#"{"invalid": true}"#, "4111 1111 1111 1111 123");
    assert_eq!(records[0]["valid"], true);
}
