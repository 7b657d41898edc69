//! The examples in docs/fields.md hold.

use serde_json::{Value, json};

use super::found;

/// A fenced block: what stands behind the fence, and the lines in it.
type Block = (&'static str, String);

/// The blocks of each example.
fn examples() -> Vec<(&'static str, Vec<Block>)> {
    let documentation = include_str!("../../../../../docs/fields.md");
    let (_, examples) = documentation.split_once("\n## Examples\n").unwrap();
    let examples = examples.split("\n### ").skip(1);
    examples
        .map(|example| (example.lines().next().unwrap(), blocks(example)))
        .collect()
}

fn blocks(example: &'static str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut within = false;
    for line in example.lines() {
        if let Some(information) = line.strip_prefix("```") {
            within = !within;
            if within {
                blocks.push((information, String::new()));
            }
        } else if within {
            let (_, content) = blocks.last_mut().unwrap();
            content.push_str(line);
            content.push('\n');
        }
    }
    blocks
}

#[test]
fn each_example_gives_the_records_that_it_shows() {
    let examples = examples();
    assert!(examples.len() >= 10, "the examples are missing");
    for (title, blocks) in examples {
        let [
            (document, content),
            ("json extract", extract),
            ("json records", records),
        ] = blocks.as_slice()
        else {
            panic!("{title}: {blocks:?}")
        };
        let (_, name) = document.split_once(' ').unwrap();
        let extract: Value = serde_json::from_str(extract).unwrap();
        let records: Value = serde_json::from_str(records).unwrap();
        let found = found(name, content, &extract[0]);
        assert_eq!(json!(found.records), records, "{title}");
        assert_eq!(found.warnings, Vec::<String>::new(), "{title}");
    }
}
