//! YAML and TOML.

use extract::{CellValue, Document, LIMITS, Problem};

use crate::{at, cells, problem, read, read_declared, read_named, warns};

fn value(document: &Document, row: usize, column: usize) -> Option<&CellValue> {
    document.tables[0].rows[row][column].value.as_ref()
}

#[test]
fn a_list_of_maps_is_a_table_with_its_path_and_typed_cells() {
    let yaml = "shop:\n  goods:\n  - name: Zoë's pen\n    price: 1.50\n    new: true\n  - name: \"Ink\"\n    since: 2026-03-09\n";
    let toml = "[[shop.goods]]\nname = \"Zoë's pen\"\nprice = 1.50\nnew = true\n\n[[shop.goods]]\nname = 'Ink'\nsince = 2026-03-09\n";
    for (name, text) in [("a.yaml", yaml), ("a.toml", toml)] {
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let document = read_named(name, &text).unwrap();
            assert_eq!(document.text.as_str(), text);
            assert_eq!(
                cells(&document, 0),
                [
                    ["name", "price", "new", "since"],
                    ["Zoë's pen", "1.50", "true", ""],
                    ["Ink", "", "", "2026-03-09"]
                ]
            );
            let table = &document.tables[0];
            assert_eq!(table.caption.as_deref(), Some("shop.goods"));
            assert_eq!(table.header_rows, 1);
            assert_eq!(value(&document, 1, 0), None);
            assert_eq!(
                value(&document, 1, 1),
                Some(&CellValue::Number("1.50".into()))
            );
            assert_eq!(value(&document, 1, 2), Some(&CellValue::Boolean(true)));
            let day = CellValue::Moment("2026-03-09".into());
            assert_eq!(value(&document, 2, 3), Some(&day));
            for (row, column) in [(1, 0), (1, 1), (2, 0), (2, 3)] {
                let cell = &table.rows[row][column];
                assert_eq!(at(&document, cell.span.as_ref()), cell.text);
            }
        }
    }
}

#[test]
fn what_looks_like_a_number_and_is_none_stays_text() {
    let yaml = "- a: 0049\n  b: +49\n  c: \"12\"\n  d: 1_000\n  e: .inf\n  f: 1.2.3\n  g: 0x1F\n";
    let document = read_named("a.yaml", yaml).unwrap();
    for column in 0..7 {
        assert_eq!(value(&document, 1, column), None, "{column}");
    }
    let toml = "[[x]]\na = \"12\"\nb = inf\nc = 1_000\nd = +5\n";
    let document = read_named("a.toml", toml).unwrap();
    assert_eq!(
        (value(&document, 1, 0), value(&document, 1, 1)),
        (None, None)
    );
    let number = |text: &str| Some(CellValue::Number(text.into()));
    assert_eq!(value(&document, 1, 2), number("1000").as_ref());
    assert_eq!(value(&document, 1, 3), number("5").as_ref());
}

#[test]
fn yaml_and_toml_are_recognised_where_they_say_so() {
    for (text, media_type) in [
        ("---\na: 1\nb: [1, 2]\n", "application/yaml"),
        ("# by hand\n[package]\nname = \"x\"\n", "application/toml"),
        // The front of a Markdown file, a letter, a file of settings that is no TOML.
        ("---\ntitle: x\n---\n\n# Heading\n\nA text.\n", "text/plain"),
        ("Name: Ann\nCity: Rome\n", "text/plain"),
        ("[package]\nname = x\n", "text/plain"),
    ] {
        assert_eq!(read(text).unwrap().media_type, media_type, "{text}");
    }
    let document = read_declared("application/openapi+yaml", "a: 1\n").unwrap();
    assert_eq!(document.media_type, "application/yaml");
    assert_eq!(document.warnings, [""; 0]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let (kind, detail) = problem(read_named("a.yaml", "a: 1\nb: [1, 2\nc: 3\n"));
    assert_eq!(kind, Problem::Malformed);
    assert!(
        detail.contains("not valid YAML") && detail.contains("line 3"),
        "{detail}"
    );
    let (kind, detail) = problem(read_named("a.toml", "a = 1\nü = = 3\n"));
    assert_eq!(kind, Problem::Malformed);
    assert!(
        detail.contains("not valid TOML") && detail.contains("line 2, column"),
        "{detail}"
    );
}

#[test]
fn a_billion_laughs_stay_as_many_as_are_written() {
    let mut yaml = "a0: &a0 [lol, lol]\n".to_owned();
    for level in 1..60 {
        let below = level - 1;
        let line = format!("a{level}: &a{level} [*a{below}, *a{below}, *a{below}]\n");
        yaml.push_str(&line);
    }
    yaml.push_str("all:\n- {first: *a59}\n- {second: *a0}\n");
    let document = read_named("a.yaml", &yaml).unwrap();
    assert_eq!(
        cells(&document, 0),
        [["first", "second"], ["*a59", ""], ["", "*a0"]]
    );
    // A long text that is repeated fills a table up to the limit.
    let long = "x".repeat(1 << 20);
    let yaml = format!("- {{a: &a {long}}}\n{}", "- {a: *a}\n".repeat(1_000));
    let document = read_named("a.yaml", yaml).unwrap();
    assert!(document.tables[0].rows.len() < 100);
    assert!(warns(&document, &["max_text_bytes"]));
}

#[test]
fn values_nested_without_end_are_refused() {
    let depth = LIMITS.max_json_depth;
    let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read_named("a.yaml", flow(depth)).is_ok());
    for (name, text) in [
        ("a.yaml", flow(depth + 1)),
        ("a.yaml", flow(100_000)),
        ("a.yaml", "[".repeat(1_000_000)),
        ("a.yaml", "- ".repeat(100_000)),
        ("a.yaml", "{a: ".repeat(100_000)),
        ("a.yaml", "? ".repeat(100_000)),
        ("a.toml", format!("a = {}", flow(100_000))),
        ("a.toml", format!("{}a = 1", "a.".repeat(100_000))),
        ("a.toml", format!("[{}a]", "a.".repeat(100_000))),
    ] {
        let (kind, detail) = problem(read_named(name, text));
        assert!(
            matches!(kind, Problem::LimitExceeded | Problem::Malformed),
            "{detail}"
        );
    }
}
