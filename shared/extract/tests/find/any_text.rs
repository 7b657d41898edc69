//! What holds for every text.

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{entities, offset, standing_at};

/// Pieces that findings are made of, whole and broken, and characters of one to four bytes.
const PIECES: [&str; 60] = [
    "a@test.com",
    "@",
    "a@",
    ".com",
    "https://",
    "example.com",
    "/a?b=c#d",
    "www.",
    "www.example.com",
    "://",
    ":",
    "+49",
    "+1 650-253-0000",
    "Tel. ",
    "650-253-0000",
    "(0)",
    " ext. 12",
    "192.0.2.1",
    "2001:db8::1",
    "::",
    ".",
    "2026-03-09",
    "T14:30:00",
    "Z",
    "+01:00",
    "9 March 2026",
    "March",
    "09.03.2026",
    "2026年3月9日",
    "25/12/2026",
    "Mon, ",
    "$",
    "€",
    "EUR",
    "1.234,50",
    "1,234.50",
    "-",
    "5",
    " million",
    "¥",
    "円",
    "DE89 3704 0044 0532 0130 00",
    "DE89",
    "GB82 WEST",
    "4111 1111 1111 1111",
    "4111",
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67e55044-",
    " ",
    "\n",
    "\u{a0}",
    ",",
    "é",
    "e\u{301}",
    "漢字",
    "。",
    "🙂",
    "👩‍👩‍👧",
    "\u{0}",
    "\u{10ffff}",
];

fn text_with_findings() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(&PIECES[..]).prop_map(str::to_owned);
    let piece = prop_oneof![4 => known, 1 => ".{0,3}"];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The kind of a record: the one member that is always there besides those that every record may
/// have.
fn kind(record: &Value) -> &'static str {
    let kinds = [
        "email", "phone", "url", "ip", "date", "money", "iban", "card", "uuid",
    ];
    let mut of_record = kinds.into_iter().filter(|kind| record.get(kind).is_some());
    let kind = of_record.next().expect("a record has a kind");
    assert_eq!(of_record.next(), None, "a record has one kind: {record}");
    kind
}

/// A card number as a record gives it.
fn masked(raw: &str) -> String {
    let digits: Vec<char> = raw.chars().filter(char::is_ascii_digit).collect();
    let hidden = 6..digits.len() - 4;
    let mask = |(index, digit)| if hidden.contains(&index) { '*' } else { digit };
    digits.iter().copied().enumerate().map(mask).collect()
}

/// Each record's place holds what the record says, and no two places overlap.
fn check(text: &str) {
    let mut before = 0;
    for record in entities(text).records {
        let record = Value::from(record);
        let kind = kind(&record);
        let standing = standing_at(text, &record["source"]);
        let value = record[kind].as_str().expect("a value is a string");
        let said = record.get("raw").map_or(value, |raw| {
            raw.as_str().expect("what stands in a text is a string")
        });
        if kind == "card" {
            assert_eq!(masked(&standing), value);
        } else {
            assert_eq!(standing, said, "{record}");
        }
        let start = offset(&record["source"], "start");
        assert!(start >= before, "{record} overlaps the one before");
        before = offset(&record["source"], "end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_record_says_what_stands_at_its_place(text in text_with_findings()) {
        check(&text);
    }

    #[test]
    fn arbitrary_text_is_searched_without_fault(text in any::<String>()) {
        check(&text);
    }
}
