//! Text in pieces for retrieval.

use extract::{Block, BlockKind, Document, LIMITS, NeverInterrupted, Text};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::find;

fn headed(text: &str, headings: &[(u8, &str)]) -> Document {
    let blocks = headings.iter().map(|&(level, heading)| {
        let start = text.find(heading).expect("the heading stands in the text");
        Block {
            span: start..start + heading.len(),
            kind: BlockKind::Heading(level),
            quoted: 0,
        }
    });
    Document {
        blocks: blocks.collect(),
        text: Text::new(text.into()),
        ..Document::default()
    }
}

fn chunks(document: Document, options: &Value) -> Vec<Value> {
    let wanted = json!([{"chunks": options}]);
    let found = find(document, &wanted, &LIMITS, &NeverInterrupted).expect("nothing stops it");
    let chunks = found.document.chunks.expect("they were asked for");
    let chunks = chunks.into_iter();
    chunks
        .map(|chunk| serde_json::to_value(chunk).expect("JSON"))
        .collect()
}

#[test]
fn a_short_text_is_one_chunk() {
    let found = chunks(headed("  One line.\n\nAnother.\n", &[]), &json!({}));
    assert_eq!(
        found,
        [json!({
            "headings": [],
            "text": "One line.\n\nAnother.",
            "place": {"start": 2, "end": 21},
        })]
    );
}

#[test]
fn a_chunk_ends_at_a_heading_and_names_those_it_stands_under() {
    let text = "Intro\n\nGuide\n\nStart\n\nFirst steps.\n\nStop\n\nLast steps.\n\nIndex\n\nWords.";
    let document = headed(
        text,
        &[(1, "Guide"), (2, "Start"), (2, "Stop"), (1, "Index")],
    );
    let found = chunks(document, &json!({}));
    let short: Vec<_> = found
        .iter()
        .map(|chunk| (chunk["headings"].clone(), chunk["text"].as_str().unwrap()))
        .collect();
    assert_eq!(
        short,
        [
            (json!([]), "Intro"),
            (json!(["Guide", "Start"]), "Guide\n\nStart\n\nFirst steps."),
            (json!(["Guide", "Stop"]), "Stop\n\nLast steps."),
            (json!(["Index"]), "Index\n\nWords."),
        ]
    );
}

#[test]
fn headings_without_text_are_not_lost() {
    let found = chunks(headed("One\n\nTwo", &[(1, "One"), (1, "Two")]), &json!({}));
    let texts: Vec<_> = found.iter().map(|chunk| &chunk["text"]).collect();
    assert_eq!(texts, ["One", "Two"]);
}

#[test]
fn a_long_passage_is_cut_after_a_sentence_and_its_end_is_repeated() {
    let sentence = "Sixteen men sat on a chest. ";
    let text = sentence.repeat(20);
    let found = chunks(
        headed(&text, &[]),
        &json!({"max_chars": 150, "overlap_chars": 30}),
    );
    assert!(found.len() > 3);
    for pair in found.windows(2) {
        let text = pair[0]["text"].as_str().unwrap();
        assert!(text.ends_with('.') && text.chars().count() <= 150, "{text}");
        assert_eq!(pair[1]["text"].as_str().unwrap().find("Sixteen"), Some(0));
        let (end, next) = (&pair[0]["place"]["end"], &pair[1]["place"]["start"]);
        let repeated = end.as_u64().unwrap() - next.as_u64().unwrap();
        assert!((1..=30).contains(&repeated), "{repeated}");
    }
    let without = json!({"max_chars": 150, "overlap_chars": 0});
    for pair in chunks(headed(&text, &[]), &without).windows(2) {
        let (end, next) = (&pair[0]["place"]["end"], &pair[1]["place"]["start"]);
        assert!(end.as_u64() <= next.as_u64());
    }
}

#[test]
fn a_paragraph_is_kept_whole_where_that_is_possible() {
    let text = format!(
        "{}\n\n{}",
        "Word by word. ".repeat(7).trim(),
        "x y ".repeat(40)
    );
    let found = chunks(headed(&text, &[]), &json!({"max_chars": 150}));
    assert_eq!(
        found[0]["text"].as_str().unwrap(),
        "Word by word. ".repeat(7).trim()
    );
}

proptest! {
    #[test]
    fn every_word_is_in_a_chunk_and_none_is_too_long(
        text in "([a-zé漢🙂.]{1,20}[ \n。]{0,3}){0,200}",
        max in 100_usize..300,
        share in 0_usize..=100,
    ) {
        let overlap = max / 2 * share / 100;
        let options = json!({"max_chars": max, "overlap_chars": overlap});
        let found = chunks(headed(&text, &[]), &options);
        let chars: Vec<char> = text.chars().collect();
        let mut covered = 0;
        for chunk in &found {
            let offset = |name: &str| usize::try_from(chunk["place"][name].as_u64().unwrap()).unwrap();
            let (start, end) = (offset("start"), offset("end"));
            let there: String = chars[start..end].iter().collect();
            prop_assert_eq!(chunk["text"].as_str().unwrap(), there);
            prop_assert!(end - start <= max);
            prop_assert!(end > covered, "it says something new");
            if start > covered {
                prop_assert!(chars[covered..start].iter().all(|it| it.is_whitespace()));
            }
            covered = end;
        }
        prop_assert!(chars[covered..].iter().all(|it| it.is_whitespace()));
    }
}
