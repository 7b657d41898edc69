//! PDF: the order of its text, its tables, links and headings; and files made to do harm.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use extract::{
    BlockKind, Document, Error, Input, Interrupted, LIMITS, Limits, MarkKind, Merged, Problem,
    Watch,
};
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::{at, cells, problem, read, read_within, warns};

const COLUMNS: &[u8] = include_bytes!("../../fixtures/pdf/columns.pdf");
const OVERVIEW: &[u8] = include_bytes!("../../fixtures/pdf/overview.pdf");
const STATEMENT: &[u8] = include_bytes!("../../fixtures/pdf/statement.pdf");

#[test]
fn columns_are_read_one_after_the_other() {
    let document = read(COLUMNS).unwrap();
    let text = document.text.as_str();
    let place = |words| text.find(words).expect(words);
    assert!(place("A page of two columns") < place("Their\nlines stand at the same height"));
    assert!(place("Their\nlines stand at the same height") < place("top of the next one"));
    assert!(place("a table instead.") < place("- 7 -"));
    assert_eq!(cells_of_all(&document), 0, "columns of text are no table");
}

#[test]
fn a_word_broken_at_the_end_of_a_line_is_whole() {
    let document = read(COLUMNS).unwrap();
    for whole in [
        "misunderstands",
        "The last sentence of a column",
        "running text",
    ] {
        assert!(document.text.as_str().contains(whole), "{whole}");
    }
}

#[test]
fn a_table_without_lines_is_found_by_its_columns() {
    let document = read(STATEMENT).unwrap();
    assert_eq!(
        cells(&document, 0),
        [
            ["Item", "Qty", "Price", "Amount"],
            [
                "Screws, a hundred of them, zinc plated",
                "2",
                "4.50",
                "9.00"
            ],
            ["Hammer", "1", "19.90", "19.90"],
            ["Nails", "10", "0.10", "1.00"],
            ["Delivery", "", "", "5.00"],
        ]
    );
    let table = &document.tables[0];
    assert_eq!(table.header_rows, 1);
    let text = at(&document, table.span.as_ref());
    assert!(
        text.starts_with("Item\tQty\tPrice\tAmount\nScrews, a hundred of them, zinc plated\t2")
    );
    for cell in table.rows.iter().flatten() {
        match &cell.span {
            Some(span) => assert_eq!(at(&document, Some(span)), cell.text),
            None => assert_eq!(cell.text, ""),
        }
    }
}

#[test]
fn names_and_values_beside_each_other_are_lines_and_no_table() {
    let document = read(STATEMENT).unwrap();
    let text = document.text.as_str();
    assert!(
        text.contains("Customer:\tAnn Example\nDate:\t9 March 2026\n"),
        "{text}"
    );
}

#[test]
fn a_table_with_lines_has_its_merged_cells() {
    let document = read(OVERVIEW).unwrap();
    assert_eq!(
        cells(&document, 0),
        [
            ["Region", "Sales", "Sales"],
            ["Region", "2024", "2025"],
            ["North", "1,200.50", "1,300.00"],
            ["South", "10.00", "20.00"],
            ["South", "11.00", "22.00"],
        ]
    );
    let merged = |row, column, rows, columns| Merged {
        row,
        column,
        rows,
        columns,
    };
    let table = &document.tables[0];
    assert_eq!(
        table.merged,
        [merged(0, 0, 2, 1), merged(0, 1, 1, 2), merged(3, 0, 2, 1)]
    );
    assert_eq!(table.header_rows, 2);
    assert_eq!(
        table.rows[4][0].span, None,
        "a repeated cell has no place of its own"
    );
}

#[test]
fn a_page_that_is_turned_is_read_as_a_person_would_turn_it() {
    let document = read(STATEMENT).unwrap();
    assert_eq!(cells(&document, 1), [["Month", "Sales"], ["March", "12"]]);
    let place = document.text.as_str().find("This page lies on its side.");
    assert_eq!(document.text.page_at(place.expect("the words")), Some(3));
}

#[test]
fn a_page_that_is_an_image_is_said_to_be_one() {
    let document = read(STATEMENT).unwrap();
    assert!(
        warns(&document, &["images: 2", "not read"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn headings_and_items_are_told_by_their_look() {
    let document = read(OVERVIEW).unwrap();
    let headings: Vec<_> = document
        .blocks
        .iter()
        .filter_map(|block| match block.kind {
            BlockKind::Heading(level) => Some((level, at(&document, Some(&block.span)))),
            _ => None,
        })
        .collect();
    assert_eq!(
        headings,
        [
            (1, "Annual overview"),
            (2, "Sales by region"),
            (2, "Stock"),
            (2, "In two columns")
        ]
    );

    let document = read(STATEMENT).unwrap();
    let item = BlockKind::Item {
        depth: 1,
        number: None,
    };
    let items = document.blocks.iter().filter(|block| block.kind == item);
    let items: Vec<_> = items
        .map(|block| at(&document, Some(&block.span)))
        .collect();
    assert_eq!(
        items,
        ["Pay within two weeks.", "Quote the number of the invoice."]
    );
}

#[test]
fn emphasis_is_kept_where_it_is_no_heading() {
    let document = read(OVERVIEW).unwrap();
    let marked = |kind| {
        let marks = document.marks.iter().filter(move |mark| mark.kind == kind);
        let mut words = marks.map(|mark| at(&document, Some(&mark.span)));
        words.next()
    };
    assert_eq!(marked(MarkKind::Strong), Some("bold words"));
    assert_eq!(marked(MarkKind::Emphasis), Some("italic ones"));
}

#[test]
fn links_have_their_words_and_those_within_the_document_are_left_out() {
    let document = read(OVERVIEW).unwrap();
    let links: Vec<_> = document
        .links
        .iter()
        .map(|link| (link.href.as_str(), at(&document, link.span.as_ref())))
        .collect();
    assert_eq!(
        links,
        [
            ("https://example.com/report", "full report"),
            (
                "https://example.com/long",
                "a link that is long enough goes over the end\nof a line"
            ),
        ]
    );
    assert_eq!(
        document.links[1].text,
        "a link that is long enough goes over the end of a line"
    );
}

#[test]
fn a_page_that_is_damaged_does_not_cost_the_others() {
    let garbage = stream(
        "/Filter /FlateDecode",
        b"\xff\xff\xff\xff none of it is deflate",
    );
    let document = read(pdf(&[(HELLO, ""), ("", "")], &[(11, garbage)])).unwrap();
    assert_eq!(document.text.as_str(), "Hello World");
    assert!(
        warns(&document, &["could not be read", "2"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn a_font_that_cannot_be_loaded_is_said() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [21 0 R] >>";
    let part = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /W [0 4294967295 500] >>";
    let document = read(pdf(
        &[(HELLO, "")],
        &[(FONT, font.into()), (21, part.into())],
    ));
    assert!(warns(&document.unwrap(), &["only a part", "1"]));
}

#[test]
fn a_stream_that_unpacks_to_far_too_much_is_refused() {
    let bomb = packed(&vec![b' '; 80 << 20]);
    let content = stream("/Filter /FlateDecode", &bomb);
    let twice = stream("/Filter [/FlateDecode /FlateDecode]", &packed(&bomb));
    let objects = stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &bomb);
    let program = stream("/Subtype /Image /Filter /FlateDecode", &bomb);
    let font = "<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor 21 0 R >>";
    let descriptor = "<< /Type /FontDescriptor /FontName /A /Flags 32 /FontFile2 22 0 R >>";
    for (what, file) in [
        ("content", pdf(&[("", "")], &[(10, content)])),
        ("content, packed twice", pdf(&[("", "")], &[(10, twice)])),
        ("objects", pdf(&[(HELLO, "")], &[(21, objects)])),
        (
            "a font",
            pdf(
                &[(HELLO, "")],
                &[(FONT, font.into()), (21, descriptor.into()), (22, program)],
            ),
        ),
    ] {
        let (problem, detail) = problem(read(file));
        assert_eq!(problem, Problem::LimitExceeded, "{what}");
        assert!(detail.contains("max_unpacked_bytes"), "{what}: {detail}");
    }
}

#[test]
fn a_tree_of_far_too_many_pages_is_refused() {
    let page = "<< /Type /Page /MediaBox [0 0 9 9] >> ".repeat(100_000);
    let pages = format!("<< /Type /Pages /Count 100000 /Kids [{page}] >>");
    let (problem, detail) = problem(read(pdf(&[(HELLO, "")], &[(2, pages.into())])));
    assert_eq!(problem, Problem::LimitExceeded);
    assert!(detail.contains("max_pages"), "{detail}");
}

#[test]
fn a_tree_of_pages_that_holds_itself_is_read_once() {
    let pages = "<< /Type /Pages /Count 3 /Kids [2 0 R 30 0 R 2 0 R 30 0 R] >>";
    let document = read(pdf(&[(HELLO, "")], &[(2, pages.into())])).unwrap();
    assert_eq!(document.text.as_str(), "Hello World");
    assert_eq!(document.text.pages(), Some(1));
}

#[test]
fn objects_nested_without_end_are_refused() {
    for (open, close) in [("<< /A ", ">>"), ("[", "]")] {
        let nested = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let (problem, _) = problem(read(pdf(&[(HELLO, "")], &[(21, nested.into())])));
        assert_eq!(problem, Problem::LimitExceeded, "{open}");
    }
    let document = read(pdf(
        &[("[", "")],
        &[(10, stream("", "[".repeat(1 << 20).as_bytes()))],
    ));
    assert_eq!(document.unwrap().text.as_str(), "");
}

#[test]
fn forms_that_draw_themselves_end() {
    let form =
        "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 21 0 R >> >>";
    let again = stream(form, b"/X Do /X Do");
    let document = read_within(
        &LIMITS,
        None,
        None,
        &pdf(
            &[(
                "/X Do BT /F 12 Tf (After) Tj ET",
                "/XObject << /X 21 0 R >>",
            )],
            &[(21, again)],
        ),
    );
    assert_eq!(document.unwrap().text.as_str(), "After");
}

#[test]
fn reading_stops_when_it_is_told_to() {
    struct Impatient(AtomicUsize);
    impl Watch for Impatient {
        fn check(&self) -> Result<(), Interrupted> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0..50 => Ok(()),
                _ => Err(Interrupted::OutOfTime),
            }
        }
    }
    let busy = "q 1 0 0 1 0 0 cm Q ".repeat(1_000_000);
    let file = pdf(&[(&busy, "")], &[]);
    let input = Input {
        name: None,
        declared: None,
        bytes: &file,
    };
    let result = extract::read::read(input, &LIMITS, &Impatient(AtomicUsize::new(0)));
    assert!(matches!(
        result,
        Err(Error::Interrupted(Interrupted::OutOfTime))
    ));
}

#[test]
fn more_tables_than_allowed_are_left_out_and_said() {
    let limits = Limits {
        max_tables: 1,
        ..LIMITS
    };
    let document = read_within(&limits, None, None, OVERVIEW).unwrap();
    assert_eq!(document.tables.len(), 1);
    assert!(
        document.text.as_str().contains("Third thing\t1\t0.50"),
        "the text is there"
    );
    assert!(warns(&document, &["tables", "max_tables"]));
}

fn cells_of_all(document: &Document) -> usize {
    document.tables.iter().map(|table| table.rows.len()).sum()
}

const HELLO: &str = "BT /F 12 Tf 50 700 Td (Hello World) Tj ET";

/// The number of the font that all pages know as `F`.
const FONT: usize = 4;

/// A file of pages, each with its content and more of its resources. Other objects are put in by their numbers, also in
/// place of those that are there: 1 is the catalog, 2 the list of pages, 10 and what follows the content of each page, 30
/// and what follows the pages.
fn pdf(pages: &[(&str, &str)], others: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut objects: BTreeMap<usize, Vec<u8>> = [
        (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
        (
            FONT,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        ),
    ]
    .into();
    for (number, (content, resources)) in pages.iter().enumerate() {
        objects.insert(10 + number, stream("", content.as_bytes()));
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R \
             /Resources << /Font << /F {FONT} 0 R >> {resources} >> >>",
            10 + number
        );
        objects.insert(30 + number, page.into());
    }
    let count = pages.len();
    let kids: Vec<_> = (30..30 + count).map(|kid| format!("{kid} 0 R")).collect();
    let list = format!(
        "<< /Type /Pages /Kids [{}] /Count {count} >>",
        kids.join(" ")
    );
    objects.insert(2, list.into());
    objects.extend(others.iter().cloned());

    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0 1\n0000000000 65535 f \n");
    for (number, object) in &objects {
        table.extend([format!("{number} 1\n{:010} 00000 n \n", file.len())]);
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 100);
    let end = format!(
        "xref\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend_from_slice(end.as_bytes());
    file
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = format!("<< {dictionary} /Length {} >>\nstream\n", content.len()).into_bytes();
    stream.extend_from_slice(content);
    stream.extend_from_slice(b"\nendstream");
    stream
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content).expect("room");
    packed.finish().expect("room")
}
