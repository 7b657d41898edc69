//! Documents that mean harm, or came to it: reading always returns, soon, and within the limits.

use std::sync::atomic::{AtomicUsize, Ordering};

use extract::{Document, Error, Input, Interrupted, LIMITS, Limits, Problem, Watch};

use crate::{FIXTURES, fixture, problem, read, read_declared, read_named, read_within, warns};

/// Whatever the bytes were, a document keeps its promises.
fn check(name: &str, result: &Result<Document, Error>) {
    let Ok(document) = result else { return };
    let text = document.text.as_str();
    let spans = document.links.iter().map(|link| &link.span);
    let spans = spans.chain(document.tables.iter().map(|table| &table.span));
    let cells = document
        .tables
        .iter()
        .flat_map(|table| table.rows.iter().flatten());
    for span in spans.chain(cells.map(|cell| &cell.span)).flatten() {
        assert!(
            text.get(span.clone()).is_some(),
            "{name}: {span:?} is no place in the text"
        );
    }
    for table in &document.tables {
        let width = table.rows[0].len();
        assert!(
            table.rows.iter().all(|row| row.len() == width),
            "{name}: rows of different lengths"
        );
        assert!(
            table.header_rows <= table.rows.len(),
            "{name}: more headers than rows"
        );
    }
}

#[test]
fn a_document_that_was_cut_off_anywhere_is_read_or_refused() {
    for (name, whole) in FIXTURES {
        for length in (1..whole.len()).step_by(whole.len() / 40 + 1) {
            check(name, &read(&whole[..length]));
            check(name, &read_named(name, &whole[..length]));
        }
    }
}

#[test]
fn a_document_with_flipped_bits_is_read_or_refused() {
    let mut random = Xorshift(0x2545_f491_4f6c_dd1d);
    for (name, whole) in FIXTURES {
        for _ in 0..40 {
            let mut bytes = whole.to_vec();
            for _ in 0..=random.below(8) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            check(name, &read_named(name, &bytes));
        }
    }
}

/// One piece after the other, each with its number.
fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

/// Random numbers, the same ones every time.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("less than the limit")
    }
}

#[track_caller]
fn assert_limit(result: Result<Document, Error>, limit: &str) {
    let (problem, detail) = problem(result);
    assert_eq!(problem, Problem::LimitExceeded);
    assert!(detail.contains(limit), "{detail}");
}

#[test]
fn json_nested_too_deeply_is_refused() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(LIMITS.max_json_depth)).is_ok());
    assert_limit(
        read(nested(LIMITS.max_json_depth + 1)),
        "max_json_depth is 128",
    );
    assert_limit(read(nested(10_000)), "max_json_depth");
    assert_limit(
        read(r#"{"a":"#.repeat(10_000) + "1" + &"}".repeat(10_000)),
        "max_json_depth",
    );
    assert_limit(
        read_declared("application/json", "[".repeat(1_000_000)),
        "max_json_depth",
    );
    assert_limit(
        read_named("a.ndjson", "{}\n".to_owned() + &nested(10_000)),
        "max_json_depth",
    );
}

#[test]
fn html_nested_too_deeply_is_refused() {
    let nested = |tags: &str, times| format!("<!DOCTYPE html>{}x", tags.repeat(times));
    assert!(read(nested("<div>", LIMITS.max_html_depth - 3)).is_ok());
    for tags in [
        "<div>",
        "<ul><li>",
        "<b>",
        "<table><tr><td>",
        "<table><td>",
        "<svg><g>",
    ] {
        assert_limit(read(nested(tags, 100_000)), "max_html_depth is 512");
    }
}

#[test]
fn html_elements_that_are_opened_again_and_again_are_refused() {
    let formats = numbered(400, |number| format!("<font size={number}>"));
    assert_limit(
        read(format!("<p>{formats}</p>{}", "<p>x".repeat(200_000))),
        "max_markup_nodes",
    );
}

#[test]
fn an_html_element_with_too_many_attributes_is_refused() {
    let attributes = numbered(100_000, |number| format!(" a{number}=\">\""));
    for start in ["<p", "<!-- <a b=\" --><p", "x</p"] {
        let html = format!("<!DOCTYPE html>{start}{attributes}>x");
        assert_limit(read(html), "max_attributes is 1000");
    }
    // One long attribute and one long comment are none of that.
    let long = "x ".repeat(100_000);
    let html = format!("<!DOCTYPE html><!-- {long} --><a title='{long}'>y</a>");
    assert_eq!(read(html).unwrap().text.as_str(), "y");
}

#[test]
fn xml_nested_too_deeply_is_refused() {
    let xml = format!(
        "<?xml version=\"1.0\"?>{}{}",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    );
    assert_limit(read(xml), "max_xml_depth is 256");
    let attributes = numbered(100_000, |number| format!(" a{number}=''"));
    assert_limit(
        read(format!("<?xml version=\"1.0\"?><a{attributes}/>")),
        "max_attributes",
    );
}

#[test]
fn xml_entities_are_never_expanded() {
    let entities = numbered(9, |level| {
        let ten = format!("&a{level};").repeat(10);
        format!("<!ENTITY a{} \"{ten}\">\n", level + 1)
    });
    let declarations = format!("<!ENTITY a0 \"lol\">\n{entities}");
    let bomb = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE a [{declarations}]>\n<a>&a9;</a>");
    let (problem, detail) = problem(read(bomb));
    assert_eq!(problem, Problem::UnsupportedFormat);
    assert!(detail.contains("entities"), "{detail}");
    let external =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    assert_eq!(crate::problem(read(external)).0, Problem::UnsupportedFormat);
}

#[test]
fn a_text_of_20_megabytes_is_read() {
    let text = "Twenty megabytes of text, line after line; a@test.com.\n".repeat(20_000_000 / 55);
    let document = read(&text).unwrap();
    assert_eq!(document.text.as_str(), text);
}

#[test]
fn a_document_or_a_text_beyond_the_limit_is_refused() {
    let limits = Limits {
        max_document_bytes: 10,
        ..LIMITS
    };
    assert_limit(
        read_within(&limits, None, None, b"eleven byte"),
        "max_document_bytes is 10",
    );
    assert!(read_within(&limits, None, None, b"ten bytes.").is_ok());
    let limits = Limits {
        max_text_bytes: 10,
        ..LIMITS
    };
    for (name, bytes) in FIXTURES
        .iter()
        .filter(|(name, _)| !name.contains("/password.") && !name.ends_with("/scan.pdf"))
    {
        assert_limit(
            read_within(&limits, Some(name), None, bytes),
            "max_text_bytes is 10",
        );
    }
}

#[test]
fn a_pdf_with_too_many_pages_is_refused() {
    let limits = Limits {
        max_pages: 1,
        ..LIMITS
    };
    assert_limit(
        read_within(&limits, None, None, fixture("invoice.pdf")),
        "max_pages is 1",
    );
}

#[test]
fn an_email_nested_too_deeply_is_refused() {
    let within = |levels: usize, end: &str| {
        let headers = "From: a@test.com\nSubject: x\nContent-Type: message/rfc822\n\n";
        headers.repeat(levels) + end
    };
    let letter = "From: a@test.com\nSubject: x\n\nbody";
    assert!(read(within(LIMITS.max_eml_depth - 1, letter)).is_ok());
    assert_limit(
        read(within(LIMITS.max_eml_depth, letter)),
        "max_eml_depth is 8",
    );
    assert_limit(read(within(5_000, letter)), "max_eml_depth");
    assert_limit(read(within(200_000, letter)), "max_eml_parts is 10000");
    let mixed = "From: a@test.com
Subject: x
Content-Type: multipart/mixed; boundary=b

";
    let parts = mixed.to_owned()
        + &"--b

x
"
        .repeat(20_000);
    assert_limit(read(parts), "max_eml_parts");

    let multipart = numbered(5_000, |level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
    });
    assert_limit(
        read(format!("From: a@test.com\nSubject: x\n{multipart}\nbody")),
        "max_eml_depth",
    );
}

#[test]
fn a_csv_line_of_any_length_is_read_within_the_limits() {
    let document = read_named("a.csv", "x,".repeat(2_000_000)).unwrap();
    assert!(document.tables.is_empty());
    assert!(
        warns(&document, &["max_table_cells is 1000000"]),
        "{:?}",
        document.warnings
    );
    let document = read_named("a.csv", "x".repeat(5_000_000)).unwrap();
    assert_eq!(document.tables[0].rows[0][0].text.len(), 5_000_000);
    // One long row would widen all the others.
    let rows = "1,2\n".repeat(100_000) + &"x,".repeat(50_000);
    assert!(warns(
        &read_named("a.csv", rows).unwrap(),
        &["max_table_cells"]
    ));
    check("a.csv", &read_named("a.csv", "\"".repeat(1_000_001)));
}

#[test]
fn cells_that_span_too_much_are_kept_within_the_limits() {
    let limits = Limits {
        max_table_cells: 10_000,
        ..LIMITS
    };
    for cell in [
        "<td colspan=1000000>",
        "<td colspan=1000 rowspan=0>",
        "<td rowspan=65534>",
    ] {
        let html = format!(
            "<table>{}</table>",
            format!("<tr>{}</tr>", cell.repeat(300)).repeat(300)
        );
        let document = read_within(&limits, Some("a.html"), None, html.as_bytes()).unwrap();
        let cells: usize = document
            .tables
            .iter()
            .flat_map(|table| &table.rows)
            .map(Vec::len)
            .sum();
        assert!(cells <= 10_000, "{cells}");
        assert!(
            warns(&document, &["max_table_cells is 10000"]),
            "{:?}",
            document.warnings
        );
    }
    let long = "x".repeat(100_000);
    let html = format!("<table><tr><td colspan=1000>{long}</td></tr></table>");
    assert!(warns(&read(html).unwrap(), &["max_text_bytes"]));
}

#[test]
fn links_and_tables_beyond_the_limit_are_left_out_with_a_warning() {
    let limits = Limits {
        max_links: 2,
        max_tables: 1,
        ..LIMITS
    };
    let html = "<a href=/a>a</a><table><tr><td>b</td></tr></table>".repeat(3);
    let document = read_within(&limits, None, None, html.as_bytes()).unwrap();
    assert_eq!((document.links.len(), document.tables.len()), (2, 1));
    assert!(
        warns(&document, &["max_links is 2"]),
        "{:?}",
        document.warnings
    );
    assert!(
        warns(&document, &["max_tables is 1"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn markdown_and_csv_marks_without_end_are_read() {
    for mark in [
        "[", "![", "*a ", "_", "> ", "`", "<", "- ", "|a", "[a](", "\\", "&amp", "```\n",
        "a\n===\n",
    ] {
        check(mark, &read_named("a.md", mark.repeat(20_000)));
    }
    let table = "|a|b|\n|-|-|\n".to_owned() + &"|c|d|\n".repeat(20_000);
    check("table", &read_named("a.md", table));
}

#[test]
fn reading_stops_when_it_is_told_to() {
    struct After(AtomicUsize);
    impl Watch for After {
        fn check(&self) -> Result<(), Interrupted> {
            let left = self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                });
            left.map(|_| ()).map_err(|_| Interrupted::Cancelled)
        }
    }
    for (name, bytes) in FIXTURES
        .iter()
        .filter(|(name, _)| !name.contains("/password."))
    {
        let mut asked = 0;
        loop {
            let input = Input {
                name: Some(name),
                declared: None,
                bytes,
            };
            match extract::read::read(input, &LIMITS, &After(AtomicUsize::new(asked))) {
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error, Error::Interrupted(Interrupted::Cancelled), "{name}");
                }
            }
            asked += 1;
        }
        assert!(asked >= 2, "{name} asks {asked} times only");
    }
}
