//! What holds for every text.

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{entities, offset, standing_at};

/// Pieces that findings are made of, whole and broken, and characters of one to four bytes.
const PIECES: [&str; 92] = [
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
    "00:1b:44:11:3a:b7",
    "BIC ",
    "DEUTDEFF",
    "DE523438634",
    "VAT ",
    "GB 712 9898 41",
    "14:30",
    "2:30 pm",
    " Uhr",
    "12.5",
    "%",
    " %",
    " kg",
    "km/h",
    "°C",
    "5 m",
    " days",
    "sha256:",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "md5 d41d8cd98f00b204e9800998ecf8427e",
    "52.5163, 13.3777",
    "46°33'31.3\"N ",
    "7°53'35.2\"E",
    "lat: 52.5",
    "#",
    "#rust",
    "docs.example.org",
    ".de",
    "host ",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "\u{0}",
    "\u{10ffff}",
];

fn text_with_findings() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(&PIECES[..]).prop_map(str::to_owned);
    let piece = prop_oneof![4 => known, 1 => ".{0,3}"];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The kind of a record; its value stands under that name as well.
fn kind(record: &Value) -> &str {
    let kind = record["kind"].as_str().expect("a record has a kind");
    assert_eq!(record[kind], record["value"], "{record}");
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
        if kind == "card" {
            assert_eq!(masked(&standing), record["value"]);
        } else {
            assert_eq!(standing, record["raw"], "{record}");
        }
        assert_eq!(record["valid"], true);
        assert!(!standing.contains('\n'), "{record} crosses a line break");
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
