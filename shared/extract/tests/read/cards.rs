//! Address books and calendars.

use extract::{CellValue, LIMITS, Limits, Problem};
use serde_json::json;

use crate::{at, cells, metadata, problem, read, read_within, warns};

const CARD: &str = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Example\nEMAIL:ann@test.com\nEND:VCARD\n";

#[test]
fn a_card_is_a_block_of_lines_and_a_row() {
    let document = read(CARD).unwrap();
    assert_eq!(document.media_type, "text/vcard");
    assert_eq!(document.text.as_str(), "Ann Example\nEmail: ann@test.com\n");
    assert_eq!(metadata(&document, "title"), json!("Ann Example"));
    let rows = cells(&document, 0);
    assert_eq!((rows[0][0], rows[1][0]), ("name", "Ann Example"));
    let email = &document.tables[0].rows[1][3];
    assert_eq!(at(&document, email.span.as_ref()), "ann@test.com");
}

#[test]
fn a_card_whose_name_is_only_there_in_parts_has_a_name() {
    let document = read("BEGIN:VCARD\nN:Müller;Zoë;Ida;Dr.;MBA\nEND:VCARD\n").unwrap();
    assert_eq!(cells(&document, 0)[1][0], "Dr. Zoë Ida Müller MBA");
}

#[test]
fn a_card_that_is_cut_off_is_read_with_a_warning() {
    let document = read(CARD.repeat(2).trim_end_matches("END:VCARD\n")).unwrap();
    assert_eq!(cells(&document, 0).len(), 3);
    assert!(warns(&document, &["cut off"]));
}

#[test]
fn the_times_of_an_event_are_typed() {
    let event = |lines: &str| {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
    };
    for (lines, start, end) in [
        (
            "DTSTART;TZID=Europe/Berlin:20260309T143000\nDTEND;TZID=Europe/Berlin:20260309T153000",
            "2026-03-09T14:30:00",
            "2026-03-09T15:30:00",
        ),
        (
            "DTSTART;VALUE=DATE:20260309\nDURATION:P2D",
            "2026-03-09",
            "2026-03-11",
        ),
        (
            "DTSTART:20260309T233000Z\nDURATION:PT1H",
            "2026-03-09T23:30:00Z",
            "2026-03-10T00:30:00Z",
        ),
    ] {
        let document = read(event(lines)).unwrap();
        let row = &document.tables[0].rows[1];
        for (cell, expected) in [(&row[2], start), (&row[3], end)] {
            assert_eq!(cell.value, Some(CellValue::Moment(expected.into())));
            assert_eq!(at(&document, cell.span.as_ref()), expected);
        }
    }
    let document = read(event("DTSTART:whenever\nSUMMARY:Party")).unwrap();
    assert_eq!(document.tables[0].rows[1][2].value, None);
    assert_eq!(cells(&document, 0)[1][2], "whenever");
}

#[test]
fn components_nested_without_end_are_refused() {
    let deep = "BEGIN:VCALENDAR\n".repeat(100_000);
    let (problem, detail) = problem(read(deep));
    assert_eq!(problem, Problem::LimitExceeded);
    assert!(detail.contains("max_xml_depth"), "{detail}");
}

#[test]
fn a_long_address_book_fills_its_table_and_says_what_is_missing() {
    let limits = Limits {
        max_table_cells: 100,
        ..LIMITS
    };
    let document = read_within(&limits, None, None, CARD.repeat(50).as_bytes()).unwrap();
    assert_eq!(document.tables[0].rows.len(), 11);
    assert_eq!(document.text.as_str().matches("Ann Example").count(), 50);
    assert!(warns(&document, &["max_table_cells is 100"]));
}
