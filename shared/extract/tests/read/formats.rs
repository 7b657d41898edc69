//! What each format gives.

use extract::Problem;
use serde_json::json;

use crate::{at, cells, fixture, metadata, problem, read, read_declared, read_named, warns};

#[test]
fn plain_text_is_the_text_that_was_sent() {
    let sent = "one\r\n\r\n  two\tthree \r\n";
    let document = read(sent).unwrap();
    assert_eq!(document.text.as_str(), sent);
    assert_eq!(document.media_type, "text/plain");
    assert_eq!(document.charset.as_deref(), Some("UTF-8"));
    assert_eq!(document.warnings, [""; 0]);
}

#[test]
fn html_is_read_as_a_person_would_read_it() {
    let document = read(fixture("article.html")).unwrap();
    assert_eq!(document.media_type, "text/html");
    assert_eq!(
        document.text.as_str(),
        [
            "Coffee prices\n\nEach cup\ncounts, says Ann Example.\n\n  kept\n    as it is\n\n",
            "one\ntwo\n\nPrices by city\nCity\tCup\nsmall\tlarge\nRome\t1.10\t1.50\nBern\t4.50\n\n",
            "Without scripts, too.",
        ]
        .concat()
    );
}

#[test]
fn html_links_are_resolved_and_have_their_words() {
    let document = read(fixture("article.html")).unwrap();
    let [ann, up] = document.links.as_slice() else {
        panic!("{:?}", document.links)
    };
    assert_eq!(
        (ann.href.as_str(), ann.text.as_str()),
        ("https://test.com/people/ann.html", "Ann Example")
    );
    assert_eq!(at(&document, ann.span.as_ref()), "Ann Example");
    assert_eq!(
        (up.href.as_str(), up.text.as_str()),
        ("https://test.com/news/#top", "Up")
    );
    assert_eq!(up.span, None);
}

#[test]
fn html_tables_that_name_no_header_have_one_where_the_first_rows_alone_are_bold() {
    let header_rows = |table: &str| {
        let page = format!("<!DOCTYPE html><p>Prices</p><table>{table}</table>");
        read(page).unwrap().tables[0].header_rows
    };
    let row = "<tr><td><b>Bern</b></td><td>4.50</td></tr>";
    let bold = "<tr><td><b>City</b> <strong>or <b>town</b></strong></td><td><b>Cup</b></td></tr>";
    assert_eq!(header_rows(&format!("{bold}{row}{row}")), 1);
    assert_eq!(header_rows(&format!("{bold}{bold}{row}{row}")), 2);
    assert_eq!(header_rows(&format!("{row}{row}")), 0);
    assert_eq!(header_rows(&format!("{row}{bold}{row}")), 0);
    assert_eq!(header_rows(&format!("{bold}{bold}")), 0);
    let half = "<tr><td><b>City</b> or town</td><td><b>Cup</b></td></tr>";
    assert_eq!(header_rows(&format!("{half}{row}{row}")), 0);
}

#[test]
fn html_tables_repeat_cells_that_span_several() {
    let document = read(fixture("article.html")).unwrap();
    assert_eq!(
        cells(&document, 0),
        [
            ["City", "Cup", "Cup"],
            ["City", "small", "large"],
            ["Rome", "1.10", "1.50"],
            ["Bern", "4.50", "4.50"]
        ]
    );
    let table = &document.tables[0];
    assert_eq!(table.header_rows, 2);
    assert_eq!(table.caption.as_deref(), Some("Prices by city"));
    assert_eq!(at(&document, table.rows[2][1].span.as_ref()), "1.10");
    assert_eq!(at(&document, table.rows[3][1].span.as_ref()), "4.50");
    assert_eq!(table.rows[3][2].span, None);
    assert!(at(&document, table.span.as_ref()).starts_with("Prices by city\nCity"));
}

#[test]
fn html_metadata_has_common_names_and_keeps_vocabularies() {
    let document = read(fixture("article.html")).unwrap();
    for (name, value) in [
        ("title", json!("Coffee prices")),
        ("description", json!("What a cup costs.")),
        ("author", json!("Ann Example")),
        ("keywords", json!(["coffee", "prices"])),
        ("language", json!("en-GB")),
        ("created", json!("2024-03-01T08:00:00+01:00")),
        ("og:title", json!("Coffee")),
        ("article:tag", json!(["coffee", "prices"])),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
}

#[test]
fn a_table_within_a_table_is_a_table_of_its_own() {
    let inner = "<table><tr><th>in</th></tr><tr><td>ner</td></tr></table>";
    let html = format!("<table><tr><td>outer {inner}</td><td>b</td></tr></table>");
    let document = read(html).unwrap();
    assert_eq!(cells(&document, 0), [["outer in ner", "b"]]);
    assert_eq!(cells(&document, 1), [["in"], ["ner"]]);
    assert_eq!(document.tables[1].header_rows, 1);
}

#[test]
fn a_table_that_only_arranges_the_page_is_none() {
    let document = read("<table role=presentation><tr><td>a</td><td>b</td></tr></table>").unwrap();
    assert!(document.tables.is_empty());
    assert_eq!(document.text.as_str(), "a\tb");
}

#[test]
fn html_is_decoded_by_the_charset_it_names() {
    let french = read(fixture("windows-1252.html")).unwrap();
    assert_eq!(french.charset.as_deref(), Some("windows-1252"));
    assert_eq!(french.text.as_str(), "Un café coûte 3 € à l’hôtel.");
    let japanese = read(fixture("shift-jis.html")).unwrap();
    assert_eq!(japanese.charset.as_deref(), Some("Shift_JIS"));
    assert_eq!(japanese.text.as_str(), "東京の天気は晴れです。");
    assert_eq!(metadata(&japanese, "title"), "東京");
}

#[test]
fn markdown_is_its_source_with_links_tables_and_title() {
    let document = read(fixture("notes.md")).unwrap();
    assert_eq!(document.media_type, "text/markdown");
    assert_eq!(document.text.as_str().as_bytes(), fixture("notes.md"));
    let links: Vec<_> = document
        .links
        .iter()
        .map(|link| (link.href.as_str(), link.text.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("https://test.com/plan", "the plan"),
            ("https://test.com/map", "https://test.com/map"),
            ("bern.md", "Bern")
        ]
    );
    assert_eq!(at(&document, document.links[0].span.as_ref()), "the **plan");
    assert_eq!(
        cells(&document, 0),
        [["City", "Nights"], ["Rome", "3"], ["Bern", ""]]
    );
    assert_eq!(document.tables[0].header_rows, 1);
    assert_eq!(
        at(&document, document.tables[0].rows[1][1].span.as_ref()),
        "3"
    );
    assert_eq!(metadata(&document, "title"), "Trip notes");
    assert_eq!(metadata(&document, "created"), "2024-05-01");
}

#[test]
fn without_front_matter_the_first_heading_is_the_title() {
    let document = read_named("a.md", "Intro\n\n## The *best* `way`\n\n# Later").unwrap();
    assert_eq!(metadata(&document, "title"), "The best way");
}

#[test]
fn csv_is_its_source_with_cells_in_their_places() {
    let document = read_named("people.csv", fixture("people.csv")).unwrap();
    assert_eq!(document.media_type, "text/csv");
    assert_eq!(document.text.as_str().as_bytes(), fixture("people.csv"));
    assert_eq!(
        cells(&document, 0),
        [
            ["name", "email", "note"],
            ["Müller; Zoë", "zoe@test.com", "says \"hi\""],
            ["Bob", "bob@test.com", ""],
            ["Ann", "ann@test.com", "two lines"]
        ]
    );
    let table = &document.tables[0];
    assert_eq!(table.header_rows, 1);
    assert_eq!(at(&document, table.rows[1][0].span.as_ref()), "Müller; Zoë");
    assert_eq!(
        at(&document, table.rows[1][2].span.as_ref()),
        "says \"\"hi\"\""
    );
    assert_eq!(
        at(&document, table.rows[2][1].span.as_ref()),
        "bob@test.com"
    );
    assert_eq!(at(&document, table.rows[3][2].span.as_ref()), "two\nlines");
    assert_eq!(table.rows[2][2].span, None);
    assert!(warns(&document, &["same number of cells", "3"]));
}

#[test]
fn the_delimiter_of_a_table_is_guessed() {
    for (delimiter, media_type) in [
        (",", "text/csv"),
        (";", "text/csv"),
        ("|", "text/csv"),
        ("\t", "text/tab-separated-values"),
    ] {
        let sent = "id,city,cups\r\n1,Rome,3\r\n2,Bern,4\r\n".replace(',', delimiter);
        let document = read(&sent).unwrap();
        assert_eq!(document.media_type, media_type);
        assert_eq!(
            cells(&document, 0),
            [
                ["id", "city", "cups"],
                ["1", "Rome", "3"],
                ["2", "Bern", "4"]
            ]
        );
        assert_eq!(document.tables[0].header_rows, 1);
        assert_eq!(document.warnings, [""; 0]);
    }
}

#[test]
fn a_table_whose_first_row_is_data_has_no_header() {
    let document = read_named("a.csv", "1,Rome\n2,Bern\n").unwrap();
    assert_eq!(document.tables[0].header_rows, 0);
    let document = read_named("a.csv", "ann@test.com,Rome\nbob@test.com,Bern\n").unwrap();
    assert_eq!(document.tables[0].header_rows, 0);
}

#[test]
fn prose_and_code_with_commas_are_no_table() {
    for text in [
        "Dear Bob, how are you?\nI am well, thank you.\nYours, Ann\n",
        "let a = 1;\nlet b = 2;\nlet c = 3;\n",
        "one\ntwo\nthree\n",
    ] {
        assert_eq!(read(text).unwrap().media_type, "text/plain", "{text}");
    }
}

#[test]
fn json_is_its_source_and_an_array_of_objects_a_table() {
    let document = read(fixture("people.json")).unwrap();
    assert_eq!(document.media_type, "application/json");
    assert_eq!(document.text.as_str().as_bytes(), fixture("people.json"));
    assert_eq!(
        cells(&document, 0),
        [
            ["name", "email", "age", "tags"],
            ["Zoë \"Z\" Müller", "zoe@test.com", "41", ""],
            ["Bob", "", "", r#"["a", "b"]"#]
        ]
    );
    let table = &document.tables[0];
    assert_eq!(table.header_rows, 1);
    assert_eq!(
        at(&document, table.rows[1][1].span.as_ref()),
        "zoe@test.com"
    );
    assert_eq!(at(&document, table.rows[1][2].span.as_ref()), "41");
    assert_eq!(table.rows[2][2].span, None);
}

#[test]
fn other_json_is_no_table() {
    for json in [
        r#"{"a": [1, 2]}"#,
        "[1, 2]",
        r#"[{"a": 1}, 2]"#,
        "[]",
        "[{}]",
    ] {
        let document = read(json).unwrap();
        assert_eq!(document.media_type, "application/json", "{json}");
        assert!(document.tables.is_empty(), "{json}");
    }
}

#[test]
fn invalid_json_is_refused_with_its_place_if_it_was_said_to_be_json() {
    let broken = "{\n  \"a\": 1,\n  \"b\": }\n";
    let (problem, detail) = problem(read_declared("application/json; charset=utf-8", broken));
    assert_eq!(problem, Problem::Malformed);
    assert!(detail.contains("line 3, column 8"), "{detail}");
    assert_eq!(
        crate::problem(read_named("a.json", broken)).0,
        Problem::Malformed
    );
    assert_eq!(
        crate::problem(read_declared("application/ld+json", "nothing")).0,
        Problem::Malformed
    );
    assert_eq!(read(broken).unwrap().media_type, "text/plain");
}

#[test]
fn ndjson_is_read_line_by_line() {
    let sent = "{\"a\": 1}\r\n\r\n{\"a\": 2, \"b\": \"x\"}\r\n";
    let document = read(sent).unwrap();
    assert_eq!(document.media_type, "application/x-ndjson");
    assert_eq!(document.text.as_str(), sent);
    assert_eq!(cells(&document, 0), [["a", "b"], ["1", ""], ["2", "x"]]);
    let (problem, detail) = problem(read_named("a.ndjson", "{\"a\": 1}\n{\"a\": }\n"));
    assert_eq!(problem, Problem::Malformed);
    assert!(detail.contains("line 2"), "{detail}");
}

#[test]
fn xml_is_the_text_of_its_elements() {
    let document = read(fixture("feed.xml")).unwrap();
    assert_eq!(document.media_type, "application/xml");
    assert_eq!(
        document.text.as_str(),
        "News & more\nFirst\nWrite to ann@test.com today.\nSecond\na < b"
    );
    assert_eq!(document.links[0].href, "https://test.com/1");
    for (name, value) in [
        ("root", "feed"),
        ("namespace", "http://www.w3.org/2005/Atom"),
        ("language", "de"),
        ("title", "News & more"),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
}

#[test]
fn broken_xml_is_refused_with_its_place() {
    let (problem, detail) = problem(read("<?xml version=\"1.0\"?>\n<a>\n  <b></c>\n</a>"));
    assert_eq!(problem, Problem::Malformed);
    assert!(detail.contains("line 3"), "{detail}");
}

#[test]
fn a_document_type_without_declarations_is_no_obstacle() {
    let plist = "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
                 \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
                 <plist><string>text</string></plist>";
    assert_eq!(read(plist).unwrap().text.as_str(), "text");
}

#[test]
fn an_email_is_its_headers_and_its_plain_body() {
    let document = read(fixture("mail.eml")).unwrap();
    assert_eq!(document.media_type, "message/rfc822");
    assert_eq!(
        document.text.as_str(),
        "From: Zoë Müller <zoe@test.com>\nTo: Bob, the builder <bob@example.org>, ann@example.org\n\
         Cc: team@example.org\n\
         Subject: Rechnung für Jänner\nDate: Mon, 1 Jan 2024 10:00:00 +0100\n\n\
         Guten Tag, die Rechnung über 100 EUR liegt bei. Fragen an rechnung@test.com.\n"
    );
    for (name, value) in [
        ("subject", json!("Rechnung für Jänner")),
        ("from", json!("Zoë Müller <zoe@test.com>")),
        (
            "to",
            json!(["Bob, the builder <bob@example.org>", "ann@example.org"]),
        ),
        ("cc", json!(["team@example.org"])),
        ("date", json!("2024-01-01T10:00:00+01:00")),
        ("message_id", json!("17@test.com")),
        (
            "attachments",
            json!([{ "name": "Rechnung.pdf", "media_type": "application/pdf", "bytes": 9 }]),
        ),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
}

#[test]
fn an_email_without_a_plain_body_is_read_from_its_html() {
    let document = read(fixture("newsletter.eml")).unwrap();
    let text = document.text.as_str();
    assert!(
        text.ends_with("\n\nCafé news\n\nRead all about it.\n\nCity\tCups\nRome\t3\n"),
        "{text}"
    );
    assert_eq!(document.links[0].href, "https://test.com/news");
    assert_eq!(
        at(&document, document.links[0].span.as_ref()),
        "all about it"
    );
    assert_eq!(
        at(&document, document.tables[0].rows[1][0].span.as_ref()),
        "Rome"
    );
}

#[test]
fn an_email_that_could_not_be_decoded_says_so() {
    let head = "From: a@test.com\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n";
    let document = read([head.as_bytes(), b"a \xff b \xff"].concat()).unwrap();
    assert!(
        warns(&document, &["U+FFFD", "2 places"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn a_pdf_is_read_page_by_page() {
    let document = read(fixture("invoice.pdf")).unwrap();
    assert_eq!(document.media_type, "application/pdf");
    assert_eq!(document.charset, None);
    assert_eq!(document.text.pages(), Some(2));
    let text = document.text.as_str();
    let page_of = |words| document.text.page_at(text.find(words).expect(words));
    assert_eq!(page_of("billing@test.com"), Some(1));
    assert_eq!(page_of("1,234.50 EUR"), Some(2));
    assert_eq!(page_of("Thank you, Zoë"), Some(2));
    assert_eq!(document.links[0].href, "https://test.com/pay");
    for (name, value) in [
        ("title", json!("Invoice 2024-17")),
        ("author", json!("Zoë Müller")),
        ("subject", json!("Two pages of text")),
        ("keywords", json!(["invoice", "sample"])),
        ("created", json!("2000-01-01T00:00:00Z")),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
    assert_eq!(document.warnings, [""; 0]);
}

#[test]
fn a_pdf_that_only_its_owner_has_a_password_for_is_read() {
    let plain = read(fixture("invoice.pdf")).unwrap();
    for name in ["owner-password.pdf", "owner-password-rc4.pdf"] {
        let document = read(fixture(name)).unwrap();
        assert_eq!(document.text, plain.text, "{name}");
        assert_eq!(metadata(&document, "title"), "Invoice 2024-17", "{name}");
    }
}

#[test]
fn a_pdf_that_needs_a_password_is_refused() {
    let (problem, detail) = problem(read(fixture("password.pdf")));
    assert_eq!(problem, Problem::Encrypted);
    assert!(detail.contains("password"), "{detail}");
}

#[test]
fn a_pdf_of_images_says_that_it_has_no_text() {
    let document = read(fixture("scan.pdf")).unwrap();
    assert_eq!(document.text.pages(), Some(2));
    assert_eq!(document.text.as_str().trim(), "");
    assert!(
        warns(&document, &["no text", "1-2", "images"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn a_truncated_pdf_says_so() {
    let whole = fixture("invoice.pdf");
    for length in [whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
        match read(&whole[..length]) {
            Ok(document) => assert!(warns(&document, &["cut off"]), "{:?}", document.warnings),
            result => {
                let (problem, detail) = problem(result);
                assert_eq!(problem, Problem::Malformed);
                assert!(detail.contains("cut off"), "{detail}");
            }
        }
    }
}
