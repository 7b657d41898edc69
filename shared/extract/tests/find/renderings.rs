//! Documents as HTML and as `DoclingDocument`s.

use extract::docling::DoclingDocument;
use extract::{Cell, Document, Input, LIMITS, Merged, NeverInterrupted, Table, Text};
use proptest::prelude::*;
use serde_json::json;

use crate::support::find;

#[test]
fn html_is_a_page_of_nothing_but_what_the_text_is_made_of() {
    let page = html(sent(
        "a.html",
        "<html lang='de'><title>Bücher & mehr</title><script>alert(1)</script><h2 onclick='x()'>Titel</h2>\
         <p>Some <b>bold, <i>slanted</i></b> <a href='https://a.b/?c=1&amp;d'>and <code>a|b</code></a><br>line</p>\
         <ol start=3><li>three<ul><li>inner</ul><li>four</ol><blockquote>said</blockquote>\
         <pre><code class=language-rust>let a = \"&lt;b&gt;\";</code></pre>\
         <table><tr><th>City<th>Cup<tr><td rowspan=2>Rome<td>1<tr><td>2</table>",
    ));
    let (head, body) = page.split_once("<body>\n").expect("a body");
    assert_eq!(
        head,
        "<!DOCTYPE html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\">\n<title>Bücher &amp; mehr</title>\n</head>\n"
    );
    assert_eq!(
        body,
        "<h2>Titel</h2>\n\
         <p>Some <strong>bold, <em>slanted</em></strong> <a href=\"https://a.b/?c=1&amp;d\">and <code>a|b</code></a><br>\nline</p>\n\
         <ol>\n<li value=\"3\">three\n<ul>\n<li>inner</li>\n</ul>\n</li>\n<li>four</li>\n</ol>\n\
         <blockquote>\n<p>said</p>\n</blockquote>\n\
         <pre><code class=\"language-rust\">let a = &quot;&lt;b&gt;&quot;;</code></pre>\n\
         <table>\n<thead>\n<tr><th>City</th><th>Cup</th></tr>\n</thead>\n\
         <tr><td rowspan=\"2\">Rome</td><td>1</td></tr>\n<tr><td>2</td></tr>\n</table>\n</body>\n</html>\n"
    );
}

#[test]
fn markdown_is_read_and_not_repeated() {
    let document = || {
        sent(
            "a.md",
            "---\ntitle: T\n---\n# One *two*\n\nA [link](https://a.b/ \"x\") \\* &amp; <b onclick=x>b</b>\nnext\n\n1. `code`\n2. item\n\n    ```py\n    a <b>\n    ```\n\n<script>alert(1)</script>\n",
        )
    };
    let page = html(document());
    let (_, body) = page.split_once("<body>\n").expect("a body");
    assert_eq!(
        body,
        "<h1>One <em>two</em></h1>\n<p>A <a href=\"https://a.b/\">link</a> * &amp; b<br>\nnext</p>\n\
         <ol>\n<li><code>code</code></li>\n<li>item</li>\n</ol>\n<pre><code class=\"language-py\">a &lt;b&gt;</code></pre>\n</body>\n</html>\n"
    );
    let docling = docling(document());
    let texts: Vec<_> = docling
        .texts
        .iter()
        .map(|it| (&*it.label, &*it.text))
        .collect();
    assert_eq!(
        texts,
        [
            ("title", "One two"),
            ("text", "A"),
            ("text", "link"),
            ("text", "* & b\nnext"),
            ("list_item", "code"),
            ("list_item", "item"),
            ("code", "a <b>"),
        ]
    );
}

#[test]
fn links_lead_nowhere_but_to_pages_and_people() {
    for (href, leads) in [
        ("https://a.b/", true),
        ("HTTP://a.b/", true),
        ("mailto:a@test.com", true),
        ("tel:+1", true),
        ("a/b:c", true),
        ("?a=b:c", true),
        ("#a:b", true),
        ("javascript:alert(1)", false),
        (" JaVaScRiPt:alert(1)", false),
        ("java\tscript:alert(1)", false),
        ("data:text/html,x", false),
        ("vbscript:x", false),
        ("file:///etc/passwd", false),
    ] {
        let document = || Document {
            links: vec![extract::Link {
                href: href.into(),
                text: "words".into(),
                span: Some(0..5),
            }],
            text: Text::new("words".into()),
            ..Document::default()
        };
        assert_eq!(html(document()).contains("<a "), leads, "{href}");
        assert_eq!(
            docling(document()).texts[0].hyperlink.is_some(),
            leads,
            "{href}"
        );
    }
}

#[test]
fn a_docling_document_keeps_headings_lists_tables_and_styles() {
    let docling = docling(sent(
        "notes.html",
        "<h1>One</h1><h3>Three</h3><p><b>all bold</b></p><p>see <a href='https://a.b/'>this</a></p>\
         <ul><li>first<ol><li>inner</ol><li>a <i>b</i></ul>\
         <table><caption>Cups</caption><tr><th colspan=2>Both<tr><td>1<td>2</table>",
    ));
    let found = serde_json::to_value(&docling).expect("JSON");
    assert_eq!((&*docling.name, &*docling.version), ("sample", "1.5.0"));
    assert_eq!(found["origin"]["mimetype"], "text/html");
    assert_eq!(found["origin"]["filename"], "sample.txt");
    assert_eq!(
        found["body"]["children"],
        json!([
            {"$ref": "#/texts/0"}, {"$ref": "#/texts/1"}, {"$ref": "#/texts/2"}, {"$ref": "#/groups/0"},
            {"$ref": "#/groups/1"}, {"$ref": "#/tables/0"},
        ])
    );
    let item = |number: usize, name: &str| found["texts"][number][name].clone();
    assert_eq!(
        (item(0, "label"), item(0, "level")),
        (json!("title"), json!(null))
    );
    assert_eq!(
        (item(1, "label"), item(1, "level")),
        (json!("section_header"), json!(2))
    );
    assert_eq!(item(2, "formatting")["bold"], true);
    assert_eq!(item(4, "hyperlink"), "https://a.b/");
    assert_eq!(
        (item(5, "text"), item(5, "marker")),
        (json!("first"), json!("-"))
    );
    assert_eq!(item(5, "children"), json!([{"$ref": "#/groups/2"}]));
    assert_eq!(
        (item(6, "enumerated"), item(6, "marker")),
        (json!(true), json!("1."))
    );
    assert_eq!(
        (item(7, "text"), item(7, "label")),
        (json!(""), json!("list_item"))
    );
    assert_eq!(item(9, "formatting")["italic"], true);
    assert_eq!(
        (item(10, "label"), item(10, "parent")),
        (json!("caption"), json!({"$ref": "#/tables/0"}))
    );
    assert_eq!(
        found["tables"][0]["data"],
        json!({
            "table_cells": [
                {"row_span": 1, "col_span": 2, "start_row_offset_idx": 0, "end_row_offset_idx": 1, "start_col_offset_idx": 0,
                 "end_col_offset_idx": 2, "text": "Both", "column_header": true},
                {"row_span": 1, "col_span": 1, "start_row_offset_idx": 1, "end_row_offset_idx": 2, "start_col_offset_idx": 0,
                 "end_col_offset_idx": 1, "text": "1", "column_header": false},
                {"row_span": 1, "col_span": 1, "start_row_offset_idx": 1, "end_row_offset_idx": 2, "start_col_offset_idx": 1,
                 "end_col_offset_idx": 2, "text": "2", "column_header": false},
            ],
            "num_rows": 2,
            "num_cols": 2,
        })
    );
}

#[test]
fn a_header_that_reaches_into_the_rows_below_keeps_its_place() {
    let cell = |text: &str| Cell {
        text: text.into(),
        ..Cell::default()
    };
    let table = Table {
        rows: vec![vec![cell("a"), cell("b")], vec![cell("a"), cell("c")]],
        header_rows: 1,
        span: Some(0..1),
        merged: vec![Merged {
            row: 0,
            column: 0,
            rows: 2,
            columns: 1,
        }],
        ..Table::default()
    };
    let page = html(Document {
        tables: vec![table],
        text: Text::new("a".into()),
        ..Document::default()
    });
    let table =
        "<table>\n<tr><th rowspan=\"2\">a</th><th>b</th></tr>\n<tr><td>c</td></tr>\n</table>";
    assert!(page.contains(table), "{page}");
}

proptest! {
    #[test]
    fn any_merged_cells_leave_each_place_to_one_cell(
        merged in prop::collection::vec((0..5_usize, 0..5_usize, 0..6_usize, 0..6_usize), 0..8),
        height in 1..5_usize,
        width in 1..5_usize,
    ) {
        let merged = merged.into_iter().map(|(row, column, rows, columns)| Merged { row, column, rows, columns });
        let table = Table {
            rows: vec![vec![Cell::default(); width]; height],
            header_rows: 1,
            span: Some(0..1),
            merged: merged.collect(),
            ..Table::default()
        };
        let document = Document {
            tables: vec![table],
            text: Text::new("a".into()),
            ..Document::default()
        };
        let docling = docling(document);
        let mut places = vec![0; height * width];
        for cell in &docling.tables[0].data.table_cells {
            for row in cell.start_row_offset_idx..cell.end_row_offset_idx {
                for column in cell.start_col_offset_idx..cell.end_col_offset_idx {
                    places[row * width + column] += 1;
                }
            }
        }
        prop_assert_eq!(places, vec![1; height * width]);
    }

    #[test]
    fn any_text_is_nothing_but_text_in_html(text in "[a<>&\"'\\]\\[`*_ \n\u{0}\u{b}é-]{0,40}") {
        let page = html(Document { text: Text::new(text.clone()), ..Document::default() });
        let again = find(sent("a.html", &page), &json!(["text"]), &LIMITS, &NeverInterrupted);
        let again = again.expect("a result").document.text.expect("text");
        let words = |text: &str| -> Vec<String> {
            let seen: String = text.chars().filter(|char| !char.is_control() || *char == '\n').collect();
            seen.split_whitespace().map(str::to_owned).collect()
        };
        prop_assert_eq!(words(&text), words(&again));
    }
}

fn sent(name: &str, content: &str) -> Document {
    let input = Input {
        name: Some(name),
        declared: None,
        bytes: content.as_bytes(),
    };
    extract::read::read(input, &LIMITS, &NeverInterrupted).expect("a document")
}

fn html(document: Document) -> String {
    let found = find(document, &json!(["html"]), &LIMITS, &NeverInterrupted).expect("a result");
    found.document.html.expect("HTML")
}

fn docling(document: Document) -> DoclingDocument {
    let found = find(document, &json!(["docling"]), &LIMITS, &NeverInterrupted).expect("a result");
    *found.document.docling.expect("a DoclingDocument")
}
