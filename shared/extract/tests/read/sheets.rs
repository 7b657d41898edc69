//! Spreadsheets.

use std::io::{Cursor, Write};

use extract::{BlockKind, CellValue, LIMITS, Limits, Problem};
use serde_json::json;
use zip::write::SimpleFileOptions;

use crate::{at, cells, metadata, problem, read, read_within, warns};

const ORDERS: [(&str, &[u8]); 3] = [
    ("xlsx", include_bytes!("../../fixtures/xlsx/orders.xlsx")),
    ("ods", include_bytes!("../../fixtures/ods/orders.ods")),
    ("xls", include_bytes!("../../fixtures/xls/orders.xls")),
];

/// A package with these parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in parts {
        let options = SimpleFileOptions::default();
        writer.start_file(*path, options).expect("a part");
        writer.write_all(text.as_bytes()).expect("a part");
    }
    writer.finish().expect("a package").into_inner()
}

const WORKBOOK: &str =
    "<workbook xmlns:r='r'><sheets><sheet name='One' r:id='r1'/></sheets></workbook>";
const RELATIONS: &str = "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='sheet1.xml'/>\
    <Relationship Id='r2' Type='x/sharedStrings' Target='strings.xml'/></Relationships>";

/// A workbook whose only sheet holds this.
fn xlsx(sheet: &str) -> Vec<u8> {
    xlsx_with(sheet, "<sst/>")
}

fn xlsx_with(sheet: &str, strings: &str) -> Vec<u8> {
    package(&[
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/strings.xml", strings),
        ("xl/sheet1.xml", &format!("<worksheet>{sheet}</worksheet>")),
    ])
}

fn ods(sheets: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>{sheets}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}

#[test]
fn each_visible_sheet_is_a_page_with_its_name_and_a_table() {
    for (name, bytes) in ORDERS {
        let document = read(bytes).unwrap();
        assert_eq!(document.text.pages(), Some(3), "{name}");
        let headings = document.blocks.iter();
        let headings = headings.filter(|it| it.kind == BlockKind::Heading(1));
        let headings: Vec<_> = headings.map(|it| at(&document, Some(&it.span))).collect();
        assert_eq!(headings, ["Orders", "Prices & more", "Empty"], "{name}");
        let captions: Vec<_> = document
            .tables
            .iter()
            .map(|it| it.caption.clone())
            .collect();
        assert_eq!(
            captions,
            [Some("Orders".into()), Some("Prices & more".into())]
        );
        assert!(warns(&document, &["Hidden sheets", "1 (Lists)"]), "{name}");
        assert!(!document.text.as_str().contains("nobody sees this"));
        assert_eq!(metadata(&document, "title"), json!("Orders of the spring"));
        assert_eq!(metadata(&document, "author"), json!("Zoë Müller"));
    }
}

#[test]
fn cells_are_what_their_format_says() {
    for (name, bytes) in ORDERS {
        let document = read(bytes).unwrap();
        let table = &document.tables[0];
        let number = |text: &str| Some(CellValue::Number(text.into()));
        let moment = |text: &str| Some(CellValue::Moment(text.into()));
        for (row, column, value) in [
            (1, 1, None),
            (1, 2, moment("2026-03-09")),
            (2, 2, moment("2026-03-10T08:15:00")),
            (1, 3, moment("14:30:00")),
            (1, 4, number("1234.5")),
            (1, 5, number("0.125")),
            (2, 6, Some(CellValue::Boolean(false))),
            (1, 7, moment("PT30H5M")),
            (1, 8, number("2469")),
            (3, 0, None),
            (4, 0, None),
            (4, 4, number("0.3")),
        ] {
            assert_eq!(
                table.rows[row][column].value, value,
                "{name} {row} {column}"
            );
        }
        assert_eq!(table.rows[1][5].text, "12.5%");
        assert_eq!(table.rows[3][0].text, "007");
        assert_eq!(table.rows[4][0].text, "#DIV/0!");
        assert!(table.rows[1][4].text.ends_with('€'));
        for cell in table.rows.iter().flatten().filter(|it| it.span.is_some()) {
            assert_eq!(at(&document, cell.span.as_ref()), cell.text);
        }
        assert_eq!(document.links[0].href, "https://test.com/orders/1");
        assert_eq!(at(&document, document.links[0].span.as_ref()), "A-1");
    }
}

#[test]
fn merged_cells_are_repeated_and_make_a_header_of_two_rows() {
    for (name, bytes) in ORDERS {
        let document = read(bytes).unwrap();
        let table = &document.tables[1];
        assert_eq!(
            cells(&document, 1),
            [
                ["City", "Cup", "Cup", "Note"],
                ["City", "small", "large", "Note"],
                ["Rome", "1.1", "1.5", "cheap"],
                ["Bern", "4.5", "4.5", "dear"],
                ["far below", "", "", ""]
            ],
            "{name}"
        );
        assert_eq!((table.header_rows, table.merged.len()), (2, 4));
        assert_eq!(table.rows[3][2].span, None);
    }
}

#[test]
fn a_cell_in_the_last_corner_costs_no_more_than_any_other() {
    let document = read(include_bytes!("../../fixtures/xlsx/corner.xlsx")).unwrap();
    assert_eq!(
        cells(&document, 0),
        [
            ["name", "width", ""],
            ["line break", "3", ""],
            ["", "", "the last corner"]
        ]
    );
}

#[test]
fn strings_are_read_however_they_are_written() {
    let strings = "<sst uniqueCount='18446744073709551615'><si><t>plain &amp; simple</t></si>\
        <si><r><t>two </t></r><r><t>runs</t></r><rPh><t>spoken</t></rPh></si></sst>";
    let document = read(xlsx_with(
        "<sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>99</v></c>\
         <c t='inlineStr'><is><t>in <![CDATA[line]]></t><rPh><t>no</t></rPh></is></c>\
         <c t='str'><f>A1</f><v>computed</v></c><c t='e'><v>#SPILL!</v></c><c t='d'><v>2026-03-09</v></c></row></sheetData>",
        strings,
    ))
    .unwrap();
    assert_eq!(
        cells(&document, 0),
        [[
            "plain & simple",
            "two runs",
            "in line",
            "computed",
            "#SPILL!",
            "2026-03-09"
        ]]
    );
}

#[test]
fn rows_and_cells_without_end_fill_a_table_and_no_more() {
    let limits = Limits {
        max_table_cells: 1_000,
        ..LIMITS
    };
    let cell = "<table:table-cell office:value-type='string' table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell>";
    let sheet = format!(
        "<table:table table:name='T'><table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row></table:table>"
    );
    let document = read_within(&limits, None, None, &ods(&sheet)).unwrap();
    assert!(warns(&document, &["max_table_cells is 1000"]));
    let all = document
        .tables
        .iter()
        .flat_map(|it| it.rows.iter().flatten());
    assert!(all.count() <= 1_000);
    let row = "<row><c><v>1</v></c><c><v>2</v></c></row>".repeat(5_000);
    let merges = "<mergeCell ref='A1:XFD1048576'/>".repeat(5_000);
    let sheet = format!("<sheetData>{row}</sheetData><mergeCells>{merges}</mergeCells>");
    let document = read_within(&limits, None, None, &xlsx(&sheet)).unwrap();
    assert!(warns(&document, &["max_table_cells is 1000"]));
}

#[test]
fn a_long_cell_that_is_repeated_is_not_a_thousand_long_cells() {
    let long = "x".repeat(100_000);
    let sheet = format!(
        "<sheetData><row><c t='str'><v>{long}</v></c>{}</row></sheetData>\
         <mergeCells><mergeCell ref='A1:XFD1'/></mergeCells>",
        "<c t='str'><v>.</v></c>".repeat(800)
    );
    let document = read(xlsx(&sheet)).unwrap();
    let bytes: usize = document
        .tables
        .iter()
        .flat_map(|it| it.rows.iter().flatten())
        .map(|it| it.text.len())
        .sum();
    assert!(bytes <= LIMITS.max_text_bytes);
    let strings = format!("<sst><si><t>{long}</t></si></sst>");
    let row = "<row><c t='s'><v>0</v></c></row>".repeat(700);
    let document = read(xlsx_with(
        &format!("<sheetData>{row}</sheetData>"),
        &strings,
    ))
    .unwrap();
    assert!(warns(&document, &["max_text_bytes"]));
}

#[test]
fn a_sheet_that_ends_too_early_is_damaged() {
    let whole = package(&[
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/sheet1.xml", "<worksheet><sheetData><row><c><v>1"),
    ]);
    let (kind, detail) = problem(read(whole));
    assert_eq!(kind, Problem::Malformed);
    assert!(detail.contains("sheet1.xml"), "{detail}");
    let (kind, _) = problem(read(ods("<table:table table:name='T'><table:table-row>")));
    assert_eq!(kind, Problem::Malformed);
}

#[test]
fn an_encrypted_document_says_so() {
    let manifest = "<manifest:manifest><manifest:file-entry manifest:full-path='content.xml'>\
        <manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let bytes = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", "\u{1}\u{2}"),
    ]);
    assert_eq!(problem(read(bytes)).0, Problem::Encrypted);
}

/// Where the workbook's stream begins in the fixture.
fn workbook_stream(bytes: &[u8]) -> usize {
    let begin = b"\x09\x08\x10\x00\x00\x06\x05\x00";
    let at = bytes.windows(begin.len()).position(|it| it == begin);
    at.expect("a workbook of BIFF 8")
}

#[test]
fn an_encrypted_workbook_says_so() {
    let mut bytes = ORDERS[2].1.to_vec();
    // The record after the first one, of 20 bytes.
    let second = workbook_stream(&bytes) + 20;
    bytes[second..second + 2].copy_from_slice(&[0x2f, 0]);
    let (kind, detail) = problem(read(bytes));
    assert_eq!(kind, Problem::Encrypted);
    assert!(detail.contains("password"), "{detail}");
}

#[test]
fn a_workbook_that_says_wrong_sizes_is_read_or_refused() {
    let whole = ORDERS[2].1;
    // Every four bytes of the header and of the table of chains, then every two of the records, as small and as large as can be.
    let header = (0..512).step_by(4).map(|at| (at, 4));
    let tables = (512..2048).step_by(4).map(|at| (at, 4));
    let stream = workbook_stream(whole);
    let records = (stream..stream + 3_000).step_by(2).map(|at| (at, 2));
    for (at, length) in header.chain(tables).chain(records) {
        for value in [0_u8, 0xff, 0x7f] {
            let mut bytes = whole.to_vec();
            let Some(field) = bytes.get_mut(at..at + length) else {
                continue;
            };
            field.fill(value);
            if let Err(error) = read(bytes) {
                let (kind, _) = problem(Err(error));
                assert_ne!(kind, Problem::ReaderFailed, "{value} at {at}");
            }
        }
    }
}

#[test]
fn a_workbook_that_is_cut_off_is_read_as_far_as_it_goes() {
    let whole = ORDERS[2].1;
    let refused = crate::read_named("a.xls", &whole[..600]);
    assert_eq!(problem(refused).0, Problem::Malformed);
    for length in (512..whole.len()).step_by(97) {
        if let Err(error) = crate::read_named("a.xls", &whole[..length]) {
            assert_ne!(problem(Err(error)).0, Problem::ReaderFailed, "{length}");
        }
    }
}
