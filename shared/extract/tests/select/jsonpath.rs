//! `JSONPath`: the public compliance suite, and what a place and a budget add to it.

use extract::Document;
use extract::select::{Node, Picked};
use plan::JsonPath;
use serde_json::Value;

use super::{at, jsonpath_within, read, scoped_jsonpath, texts};
use extract::LIMITS;

const SUITE: &str = include_str!("jsonpath-compliance-test-suite/cts.json");

#[test]
fn every_case_of_the_public_compliance_suite_passes() {
    let suite: Value = serde_json::from_str(SUITE).expect("JSON");
    let cases = suite["tests"].as_array().expect("cases");
    let failed: Vec<String> = cases.iter().filter_map(failure).collect();
    assert!(cases.len() >= 687, "{} cases are there", cases.len());
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// What is wrong with our answer to a case.
fn failure(case: &Value) -> Option<String> {
    let (name, selector) = (
        &case["name"],
        case["selector"].as_str().expect("a selector"),
    );
    let query = JsonPath::read(selector);
    if case["invalid_selector"] == true {
        return query
            .is_ok()
            .then(|| format!("{name}: {selector} is accepted"));
    }
    if let Err(flaw) = query {
        return Some(format!("{name}: {selector} is refused: {flaw}"));
    }
    let document = json_document(&case["document"]);
    let picked = match jsonpath_within(&LIMITS, &document, selector) {
        Ok(picked) => picked,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let values: Value = picked.iter().map(|pick| value(&document, pick)).collect();
    let paths: Value = picked.iter().map(|pick| path(&document, pick)).collect();
    let allowed = |one: &str, several: &str, found: &Value| match &case[one] {
        Value::Null => case[several]
            .as_array()
            .is_none_or(|all| all.contains(found)),
        only => only == found,
    };
    let right =
        allowed("result", "results", &values) && allowed("result_paths", "results_paths", &paths);
    (!right).then(|| format!("{name}: {selector} gives {values} at {paths}"))
}

fn json_document(value: &Value) -> Document {
    // Bytes that no text has are no JSON to a reader that is told nothing; such characters are written as escapes.
    let is_odd = |char: char| char.is_control() || u32::from(char) & 0xfffe == 0xfffe;
    let mut json = String::new();
    for char in value.to_string().chars() {
        if is_odd(char) {
            json.extend(
                char.encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            );
        } else {
            json.push(char);
        }
    }
    read("document.json", &json)
}

fn value(document: &Document, pick: &Picked) -> Value {
    let Node::Data(id) = pick.node else {
        panic!("a value of the document");
    };
    let source = document.values().expect("values").source(id);
    serde_json::from_str(source).expect("JSON")
}

fn path(document: &Document, pick: &Picked) -> String {
    let Node::Data(id) = pick.node else {
        panic!("a value of the document");
    };
    document.values().expect("values").path(id)
}

const STORE: &str = r#"{"store": {"name": "B\u00fccher", "books": [
  {"title": "Moby \"Dick\"", "price": 8.99, "isbn": 9780553213119000001},
  {"title": "", "price": 22, "tags": ["a", null, true]}
]}}"#;

#[test]
fn a_value_stands_where_it_says() {
    let store = read("store.json", STORE);
    let pick = |query| {
        jsonpath_within(&LIMITS, &store, query)
            .expect(query)
            .remove(0)
    };
    for (query, text, words) in [
        // The characters of a string, and the source that they stand for.
        ("$.store.name", "Bücher", Some("B\\u00fccher")),
        (
            "$..books[0].title",
            "Moby \"Dick\"",
            Some("Moby \\\"Dick\\\""),
        ),
        ("$..books[1].title", "", None),
        // A number keeps its spelling.
        (
            "$..isbn",
            "9780553213119000001",
            Some("9780553213119000001"),
        ),
        ("$..price", "8.99", Some("8.99")),
        (
            "$..tags",
            r#"["a", null, true]"#,
            Some(r#"["a", null, true]"#),
        ),
        ("$..tags[1]", "null", Some("null")),
        ("$..tags[-1:]", "true", Some("true")),
    ] {
        let pick = pick(query);
        assert_eq!(pick.text, text, "{query}");
        assert_eq!(
            pick.span.map(|span| at(&store, &span)).as_deref(),
            words,
            "{query}"
        );
    }
    assert_eq!(
        path(&store, &pick("$..tags[1]")),
        "$['store']['books'][1]['tags'][1]"
    );
}

#[test]
fn a_scope_is_the_root_of_its_query() {
    let store = read("store.json", STORE);
    let books = jsonpath_within(&LIMITS, &store, "$.store.books[*]").expect("books");
    let within = |query| {
        let picks = books
            .iter()
            .map(|book| scoped_jsonpath(&store, query, book));
        picks.flat_map(|picks| texts(&picks)).collect::<Vec<_>>()
    };
    assert_eq!(within("$.price"), ["8.99", "22"]);
    assert_eq!(within("$.tags[?@ == $.tags[0]]"), ["a"]);
}

#[test]
fn lines_are_the_elements_of_an_array() {
    let lines = read("log.ndjson", "{\"a\": 1}\n\n{\"a\": \"two\"}\n");
    let picks = jsonpath_within(&LIMITS, &lines, "$[*].a").expect("picks");
    assert_eq!(texts(&picks), ["1", "two"]);
    assert_eq!(path(&lines, &picks[1]), "$[1]['a']");
    assert_eq!(
        picks[1]
            .span
            .as_ref()
            .map(|span| at(&lines, span))
            .as_deref(),
        Some("two")
    );
    let all = jsonpath_within(&LIMITS, &lines, "$").expect("picks");
    assert_eq!(all[0].text, lines.text.as_str());
}

#[test]
fn yaml_and_toml_are_asked_as_json_is() {
    let yaml = read(
        "a.yaml",
        "---\nitems:\n  - name: \"Äpfel\"\n    price: 1.50\n  - name: Nüsse\n",
    );
    let toml = read(
        "a.toml",
        "[[items]]\nname = \"Äpfel\"\nprice = 1.50\n[[items]]\nname = 'Nüsse'\n",
    );
    for document in [yaml, toml] {
        let picks =
            jsonpath_within(&LIMITS, &document, "$.items[?@.price < 2].name").expect("picks");
        assert_eq!(texts(&picks), ["Äpfel"]);
        assert_eq!(path(&document, &picks[0]), "$['items'][0]['name']");
        assert_eq!(
            picks[0]
                .span
                .as_ref()
                .map(|span| at(&document, span))
                .as_deref(),
            Some("Äpfel")
        );
        let names = jsonpath_within(&LIMITS, &document, "$..name").expect("picks");
        for pick in &names {
            assert_eq!(
                pick.span.as_ref().map(|span| at(&document, span)).as_ref(),
                Some(&pick.text)
            );
        }
    }
}

#[test]
fn numbers_compare_as_numbers_however_large() {
    let numbers = read(
        "a.json",
        "[1, 1.0, 1e0, 9007199254740993, 9007199254740992, 100000000000000000000]",
    );
    let count = |query| {
        jsonpath_within(&LIMITS, &numbers, query)
            .expect(query)
            .len()
    };
    assert_eq!(count("$[?@ == 1]"), 3);
    assert_eq!(count("$[?@ == $[3]]"), 1);
    assert_eq!(count("$[?@ > 9007199254740992]"), 2);
}

#[test]
fn a_flaw_is_told_with_its_place() {
    for (query, words) in [
        ("", "character 1: a query begins with `$`"),
        ("$.", "character 3: here a name or `*` is due"),
        ("$[", "character 3: here a name in quotes"),
        ("$[01]", "leading zeros"),
        ("$[9007199254740992]", "integers reach from"),
        ("$.a ", "character 4: here a step is due"),
        ("$['a", "the string does not end"),
        ("$['\\x']", "character 4: there is no such escape"),
        (
            "$[?@.a == @.*]",
            "character 11: this query may select several values",
        ),
        ("$[?length(@.a)]", "has a value that must be compared"),
        ("$[?match(@.a, 'x') == true]", "says true or false"),
        ("$[?count(1) == 1]", "takes a query"),
        (
            "$[?first(@.a)]",
            "there are length, count, match, search and value",
        ),
        ("$[?'a']", "a literal alone says nothing"),
    ] {
        let flaw = JsonPath::read(query).expect_err(query);
        assert!(flaw.contains(words), "{query}: {flaw}");
    }
}
