//! Documents as Markdown: what a reader of Markdown gets back.

use extract::{
    Block, BlockKind, Cell, Document, Input, LIMITS, Link, Mark, MarkKind, NeverInterrupted, Span,
    Table, Text,
};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::json;

use crate::support::find;

#[test]
fn headings_lists_quotations_and_code_are_kept() {
    assert_eq!(
        html(
            "<h1>One</h1><p>Some <b>bold</b>, <i>slanted <b>both</b></i>, <code>a|b`c</code> and <del>gone</del>.</p>\
             <h2>Two # </h2><ul><li>first<ul><li>inner<li>next</ul><li><p>second</p><p>goes on</p></ul>\
             <ol start=3><li>three<li>four</ol>\
             <blockquote><p>said</p><blockquote>he said</blockquote><ul><li>item</ul></blockquote>\
             <pre><code class='language-rust'>  let a = 1;\n\n    b```\n</code></pre>end"
        ),
        "# One\n\nSome **bold**, *slanted **both***, ``a|b`c`` and ~~gone~~.\n\n## Two \\#\n\n- first\n  - inner\n  - next\n- second\n\n  \
         goes on\n3. three\n4. four\n\n> said\n>\n> > he said\n>\n> - item\n\n````rust\n  let a = 1;\n\n    b```\n````\n\nend"
    );
}

#[test]
fn lines_and_links_are_kept() {
    assert_eq!(
        html(
            "<base href='https://test.com/'><p>Ann<br>Bern</p><div>one</div><div>two!<a href='a(1)?b=1&amp;amp;c'>see <b>this</b></a></div>\
             <a href='x'><h2>A title</h2><p>a text</p></a>"
        ),
        "Ann\\\nBern\n\none\n\ntwo\\![see **this**](<https://test.com/a(1)?b=1\\&amp;c>)\n\n\
         ## [A title](https://test.com/x)\n\n[a text](https://test.com/x)"
    );
}

#[test]
fn tables_are_tables() {
    assert_eq!(
        html(
            "<p>before</p><table><caption>Prices *x*</caption><tr><th>City<th>A | B<tr><td rowspan=2>Rome<td><a href='https://a.b/'>1</a><tr><td>2<br>3</table>after"
        ),
        "before\n\nPrices \\*x\\*\n\n| City | A \\| B |\n| --- | --- |\n| Rome | [1](https://a.b/) |\n| Rome | 2 3 |\n\nafter"
    );
    assert_eq!(
        html("<table><tr><td>1<td>2</table>"),
        "|  |  |\n| --- | --- |\n| 1 | 2 |"
    );
}

#[test]
fn a_table_that_arranges_the_page_is_its_text() {
    assert_eq!(
        html("<table><tr><td><h1>Title</h1><p>text<td><ul><li>more</ul></table>"),
        "# Title\n\ntext\n\n- more"
    );
    assert_eq!(
        html("<table><tr><td>left<td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>"),
        "left\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    );
}

#[test]
fn what_would_be_markup_is_text() {
    for text in [
        "# no heading",
        "#hashtag",
        "1. no item",
        "12) nor this",
        "2024",
        "- no item",
        "+ nor this",
        "* nor this",
        "> no quotation",
        "a * b *c* **d** _e_ f_g_h __i__",
        "`code` ``x",
        "[a](b) [a][b] [a]: c",
        "[a]: https://test.com/",
        "![a](b)",
        "<b>bold</b> a < b <!-- c --> <https://test.com>",
        "&amp; &copy; & &#65; AT&T",
        "back\\slash \\* C:\\Users\\",
        "~~struck~~ ~one~",
        "a | b\n--- | ---\nc | d",
        "title\n===",
        "title\n---",
        "---",
        "+++",
        "***",
        "_ _ _",
        "    indented",
        "```\nfence\n```",
        ":-:",
        "[ ] task",
        "[^1]: note",
    ] {
        let document = plain(text);
        let markdown = rendered(document);
        assert_eq!(
            read(&markdown),
            [format!("p: {}", words(text))],
            "{text}\n{markdown}"
        );
    }
}

#[test]
fn markdown_stays_as_it_was_sent_and_data_is_shown_as_code() {
    let source = "# A\n\n* b\n* [c](d)\n";
    assert_eq!(rendered(sent("a.md", source)), source);
    assert_eq!(
        rendered(sent("a.json", "{\"a\": [1]}\n")),
        "```json\n{\"a\": [1]}\n```"
    );
}

#[test]
fn emphasis_that_markdown_could_not_show_is_left_out() {
    assert_eq!(
        html("<p><b>Note:</b>text <b> a </b><b>b</b></p>"),
        "Note:text **a** **b**"
    );
    assert_eq!(html("<p><b>a</b><i>b</i></p>"), "**a**b");
}

#[test]
fn overlapping_emphasis_is_split() {
    let mut document = plain("one two three");
    document.marks = vec![
        mark(0..7, MarkKind::Strong),
        mark(4..13, MarkKind::Emphasis),
    ];
    assert_eq!(read(&rendered(document)), ["p: one two three"]);
}

#[test]
fn the_mark_of_an_item_is_not_written_twice() {
    let text = "Note:\n• one\n(b) two\nthree - four";
    let item = |words: &str| {
        let start = text.find(words).expect("it is there");
        Block {
            span: start..start + words.len(),
            kind: BlockKind::Item {
                depth: 1,
                number: None,
            },
            quoted: 0,
        }
    };
    let mut document = plain(text);
    document.blocks = vec![item("one"), item("two"), item("four")];
    assert_eq!(
        rendered(document),
        "Note:\n\n- one\n- two\n\nthree -\n\n- four"
    );
}

#[test]
fn asterisks_that_are_marked_are_no_marks() {
    let mut document = plain("one * two\n\n3 * 4 *");
    document.marks = vec![
        mark(4..5, MarkKind::Strong),
        mark(15..18, MarkKind::Emphasis),
    ];
    assert_eq!(rendered(document), "one **\\*** two\n\n3 * *4 \\**");
    // Emphasis that begins within weight and goes on behind it: two marks that touch would be one.
    let mut document = plain("one two* three");
    document.marks = vec![
        mark(0..8, MarkKind::Strong),
        mark(4..14, MarkKind::Emphasis),
    ];
    assert_eq!(rendered(document), "**one *two\\**** three");
}

#[test]
fn addresses_in_angle_brackets_keep_them() {
    assert_eq!(
        rendered(plain("<7@test.com> <#@a>, 1<2, a <b> and <3>")),
        "\\<7@test.com> \\<#@a>, 1<2, a \\<b> and <3>"
    );
}

#[test]
fn what_is_left_of_code_is_no_part_of_a_word() {
    // The link ends within the code, and weight begins there; behind it a word goes on.
    let mut document = plain("one twothree four");
    document.links.push(Link {
        href: "/".into(),
        text: "two".into(),
        span: Some(4..7),
    });
    document.marks = vec![mark(5..10, MarkKind::Code), mark(7..10, MarkKind::Strong)];
    assert_eq!(rendered(document), "one [t`wo`](/)`thr`ee four");
}

#[test]
fn csv_is_a_table() {
    assert_eq!(
        rendered(sent("a.csv", "name,age\nAnn,1\nBob,2\n")),
        "| name | age |\n| --- | --- |\n| Ann | 1 |\n| Bob | 2 |"
    );
    assert_eq!(
        rendered(sent("b.csv", "name,says\n\"Ann, B.\",\"\"\"hi\"\"\"\n")),
        "| name | says |\n| --- | --- |\n| Ann, B. | \"hi\" |"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the text and the marks in it: the words are the same.
    #[test]
    fn the_words_are_the_same(
        lines in proptest::collection::vec("[ -~é漢“”\t]{0,24}", 1..8),
        marks in proptest::collection::vec((0_usize..100, 1_usize..20, 0_usize..5), 0..8),
    ) {
        let text = lines.join("\n");
        let mut document = plain(&text);
        for (start, length, kind) in marks {
            let span = text.floor_char_boundary(start)..text.floor_char_boundary(start + length);
            if span.start >= span.end || text[span.clone()].contains('\n') {
                continue;
            }
            match kind {
                0 => document.marks.push(mark(span, MarkKind::Strong)),
                1 => document.marks.push(mark(span, MarkKind::Emphasis)),
                2 => document.marks.push(mark(span, MarkKind::Struck)),
                3 => document.marks.push(mark(span, MarkKind::Code)),
                _ => document.links.push(Link {
                    href: "https://test.com/a b".into(),
                    text: text[span.clone()].into(),
                    span: Some(span),
                }),
            }
        }
        let markdown = rendered(document);
        let found: String = read(&markdown).iter().map(|it| &it[3..]).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(unspaced(&found), unspaced(&text), "{}", markdown);
    }

    /// Blocks of any kind after each other come back as what they were.
    #[test]
    fn the_blocks_are_the_same(kinds in proptest::collection::vec((0_usize..4, 1_u8..4, 0_u8..3), 1..12)) {
        let (mut text, mut blocks, mut expected) = (String::new(), Vec::new(), Vec::new());
        for (number, (kind, level, quoted)) in kinds.into_iter().enumerate() {
            let start = text.len();
            let words = format!("block {number}");
            text.push_str(&words);
            let (kind, name) = match kind {
                0 => (BlockKind::Heading(level), format!("h{level}")),
                1 => (BlockKind::Item { depth: level, number: (level == 2).then_some(7) }, "li".into()),
                2 => (BlockKind::Code { language: None }, "pre".into()),
                _ => (BlockKind::Paragraph, "p".into()),
            };
            blocks.push(Block { span: start..text.len(), kind, quoted });
            expected.push(format!("{name}: block {number}"));
            text.push_str("\n\n");
        }
        let document = Document { blocks, ..plain(&text) };
        let markdown = rendered(document);
        prop_assert_eq!(read(&markdown), expected, "{}", markdown);
    }

    /// Cells hold the same words, whatever they are.
    #[test]
    fn the_cells_are_the_same(cells in proptest::collection::vec("[ -~é漢]{0,12}", 2..12)) {
        let rows: Vec<Vec<Cell>> = cells.chunks_exact(2).map(|row| row.iter().map(|text| Cell {
            text: words(text),
            ..Cell::default()
        }).collect()).collect();
        let expected: Vec<String> = rows.iter().flatten().map(|cell| format!("td: {}", cell.text)).collect();
        let table = Table { rows, header_rows: 1, span: Some(0..5), ..Table::default() };
        let markdown = rendered(Document { tables: vec![table], ..plain("table") });
        prop_assert_eq!(read(&markdown), expected, "{}", markdown);
    }
}

fn plain(text: &str) -> Document {
    Document {
        text: Text::new(text.into()),
        ..Document::default()
    }
}

fn mark(span: Span, kind: MarkKind) -> Mark {
    Mark { span, kind }
}

fn sent(name: &str, content: &str) -> Document {
    let input = Input {
        name: Some(name),
        declared: None,
        bytes: content.as_bytes(),
    };
    extract::read::read(input, &LIMITS, &NeverInterrupted).expect("a document")
}

fn html(html: &str) -> String {
    rendered(sent("a.html", html))
}

fn rendered(document: Document) -> String {
    let found = find(document, &json!(["markdown"]), &LIMITS, &NeverInterrupted).expect("a result");
    found.document.markdown.expect("Markdown")
}

/// The blocks of Markdown as a reader of it sees them, as `kind: words`.
fn read(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut blocks: Vec<String> = Vec::new();
    let mut in_item = false;
    for event in Parser::new_ext(markdown, options) {
        let kind = match event {
            Event::Start(Tag::Heading { level, .. }) => match level {
                HeadingLevel::H1 => "h1",
                HeadingLevel::H2 => "h2",
                _ => "h3",
            },
            Event::Start(Tag::Item) => {
                in_item = true;
                "li"
            }
            Event::Start(Tag::Paragraph) if !in_item => "p",
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => "pre",
            Event::Start(Tag::TableCell) => "td",
            Event::Start(Tag::Paragraph) => {
                in_item = false;
                continue;
            }
            Event::End(TagEnd::Item) => {
                in_item = false;
                continue;
            }
            Event::Text(text) | Event::Code(text) => {
                blocks.last_mut().expect("text in a block").push_str(&text);
                continue;
            }
            Event::SoftBreak | Event::HardBreak => {
                blocks.last_mut().expect("text in a block").push(' ');
                continue;
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                blocks.push(format!("html: {html}"));
                continue;
            }
            Event::Rule => {
                blocks.push("hr: ".into());
                continue;
            }
            _ => continue,
        };
        blocks.push(format!("{kind}: "));
    }
    let folded = blocks.iter().map(|block| match block.split_once(": ") {
        Some((kind, text)) => format!("{kind}: {}", words(text)),
        None => block.clone(),
    });
    folded.collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unspaced(text: &str) -> String {
    text.split_whitespace().collect()
}
