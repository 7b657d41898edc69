//! What a Markdown text is made of.

use extract::{BlockKind, MarkKind};

use crate::{at, read_named};

#[test]
fn blocks_and_emphasis_are_places_in_the_source() {
    let source = "---\ntitle: T\n---\n# One *two*\n\ntext **bold\nlines** `co|de` ~~gone~~\n\n- first\n  goes on\n\n  second\n  1. three\n  2. four\n- ```sh\n  run\n  ```\n  after\n\n\
                  > said\n> > ## twice\n\n```Rust ignore\nlet a;\n\nlet b;\n```\n\n| a | **b** |\n|---|---|\n| c | d |\n\n    indented\n";
    let document = read_named("a.md", source).unwrap();
    assert_eq!(document.text.as_str(), source);
    let item = |depth, number| BlockKind::Item { depth, number };
    let code = |language: Option<&str>| BlockKind::Code {
        language: language.map(Into::into),
    };
    let blocks: Vec<_> = document
        .blocks
        .iter()
        .map(|block| {
            (
                at(&document, Some(&block.span)).trim(),
                block.kind.clone(),
                block.quoted,
            )
        })
        .collect();
    assert_eq!(
        blocks,
        [
            ("One *two*", BlockKind::Heading(1), 0),
            (
                "text **bold\nlines** `co|de` ~~gone~~",
                BlockKind::Paragraph,
                0
            ),
            ("first\n  goes on\n\n  second", item(1, None), 0),
            ("three", item(2, Some(1)), 0),
            ("four", item(2, Some(2)), 0),
            ("run", code(Some("sh")), 0),
            ("after", BlockKind::Paragraph, 0),
            ("said", BlockKind::Paragraph, 1),
            ("twice", BlockKind::Heading(2), 2),
            ("let a;\n\nlet b;", code(Some("rust")), 0),
            ("indented", code(None), 0),
        ]
    );
    let marks: Vec<_> = document
        .marks
        .iter()
        .map(|mark| (at(&document, Some(&mark.span)), mark.kind))
        .collect();
    assert_eq!(
        marks,
        [
            ("two", MarkKind::Emphasis),
            ("bold", MarkKind::Strong),
            ("lines", MarkKind::Strong),
            ("co|de", MarkKind::Code),
            ("gone", MarkKind::Struck),
            ("b", MarkKind::Strong),
        ]
    );
}
