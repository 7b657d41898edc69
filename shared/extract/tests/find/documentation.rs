//! What docs/entities.md says of entities holds.

use plan::EntityKind;

use crate::support::{found_in, values};

/// The rows below the header of each table with so many columns, as the texts in them.
fn rows(columns: usize) -> Vec<Vec<&'static str>> {
    let documentation = include_str!("../../../../docs/entities.md");
    let lines = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix("` |"));
    let rows = lines.map(|line| line.split("` | `").collect::<Vec<_>>());
    rows.filter(|cells| cells.len() == columns && !cells.iter().any(|cell| cell.contains("` | ")))
        .collect()
}

#[test]
fn each_example_gives_the_value_that_it_names() {
    let examples = rows(3);
    assert!(examples.len() > 30, "the examples are missing");
    for cells in &examples {
        let [text, kind, value] = cells[..] else {
            unreachable!()
        };
        assert_eq!(values(kind, text), [value], "{text}");
        assert_eq!(found_in(text).len(), 1, "{text}: {:?}", found_in(text));
    }
    for kind in EntityKind::ALL {
        assert!(
            examples.iter().any(|cells| cells[1] == kind.name()),
            "{kind:?} has no example"
        );
    }
}

#[test]
fn nothing_is_found_where_it_says_so() {
    let texts = rows(1);
    assert!(texts.len() > 8, "the texts are missing");
    for text in texts {
        assert_eq!(
            found_in(text[0]),
            Vec::<serde_json::Value>::new(),
            "{text:?}"
        );
    }
}
