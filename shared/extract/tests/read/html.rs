//! What HTML's text is made of.

use extract::{BlockKind, MarkKind, Merged};

use crate::{at, metadata, read};

#[test]
fn every_line_belongs_to_a_block() {
    let document = read(
        "<!doctype html><body>loose<h2>Head</h2><ul><li>one<ol start=4 reversed><li>four<li value=9>nine</ol>after</ul>\
         <blockquote>said<p>twice</p></blockquote><div class='highlight highlight-source-rust'><pre> fn <b>a</b>()\n</pre></div>\
         <table><tr><td><h3>Cell</h3></table>",
    )
    .unwrap();
    let item = |depth, number| BlockKind::Item { depth, number };
    let blocks: Vec<_> = document
        .blocks
        .iter()
        .map(|block| {
            (
                at(&document, Some(&block.span)),
                block.kind.clone(),
                block.quoted,
            )
        })
        .collect();
    assert_eq!(
        blocks,
        [
            ("loose", BlockKind::Paragraph, 0),
            ("Head", BlockKind::Heading(2), 0),
            ("one", item(1, None), 0),
            ("four", item(2, Some(4)), 0),
            ("nine", item(2, Some(9)), 0),
            ("after", BlockKind::Paragraph, 0),
            ("said", BlockKind::Paragraph, 1),
            ("twice", BlockKind::Paragraph, 1),
            (
                "fn a()",
                BlockKind::Code {
                    language: Some("rust".into())
                },
                0
            ),
            ("Cell", BlockKind::Heading(3), 0),
        ]
    );
}

#[test]
fn emphasis_stands_within_lines() {
    let document = read(
        "<!doctype html><p>a <strong>b <b>c</b> <em>d</em><br>e</strong> <s>f</s> <code>g</code>",
    )
    .unwrap();
    let marks: Vec<_> = document
        .marks
        .iter()
        .map(|mark| (at(&document, Some(&mark.span)), mark.kind))
        .collect();
    assert_eq!(
        marks,
        [
            ("b c d", MarkKind::Strong),
            ("d", MarkKind::Emphasis),
            ("e", MarkKind::Strong),
            ("f", MarkKind::Struck),
            ("g", MarkKind::Code),
        ]
    );
}

#[test]
fn merged_cells_span_no_more_than_there_is() {
    let document = read(
        "<!doctype html><table><tbody><tr><td rowspan=9>a<td colspan=2>b<tr><td>c<td>d</tbody><tbody><tr><td rowspan=2>e<td>f<td>g</table>",
    )
    .unwrap();
    let merged = |row, column, rows, columns| Merged {
        row,
        column,
        rows,
        columns,
    };
    assert_eq!(
        document.tables[0].merged,
        [merged(0, 0, 2, 1), merged(0, 1, 1, 2)]
    );
}

#[test]
fn the_caption_of_a_figure_is_that_of_its_table() {
    let document = read(
        "<!doctype html><figure><table><tr><td>1</table><figcaption>One <i>cell</i></figcaption></figure>\
         <figure><table><caption>own</caption><tr><td>1</table><figcaption>other</figcaption></figure>",
    )
    .unwrap();
    let captions: Vec<_> = document
        .tables
        .iter()
        .map(|table| table.caption.as_deref())
        .collect();
    assert_eq!(captions, [Some("One cell"), Some("own")]);
}

#[test]
fn links_are_resolved_against_the_address_that_the_page_states() {
    let page = |head: &str| {
        read(format!(
            "<!doctype html><html lang=en_GB>{head}<a href='b?c'>x</a>"
        ))
        .unwrap()
    };
    let canonical = "<link rel='x Canonical' href='https://test.com/a/page'>";
    let document = page(canonical);
    assert_eq!(document.links[0].href, "https://test.com/a/b?c");
    assert_eq!(metadata(&document, "canonical"), "https://test.com/a/page");
    assert_eq!(metadata(&document, "language"), "en-GB");
    assert_eq!(
        page(&format!("{canonical}<base href='/z/'>")).links[0].href,
        "https://test.com/z/b?c"
    );
    assert_eq!(
        page("<meta property='og:url' content='https://test.com/og/'>").links[0].href,
        "https://test.com/og/b?c"
    );
    assert_eq!(page("").links[0].href, "b?c");
}
