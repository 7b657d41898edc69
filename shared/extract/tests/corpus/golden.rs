//! Golden results, and what holds of every result.

use std::collections::BTreeSet;
use std::fs;

use extract::{DocumentOutput, Outcome, Output, Place};
use serde_json::Value;

use crate::{Fixture, root, setting};

#[test]
fn every_file_gives_its_golden_result() {
    let update = setting("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for fixture in Fixture::all() {
        let mut found = serde_json::to_value(fixture.extract()).expect("JSON");
        without_renderings(&mut found);
        if update {
            let text = serde_json::to_string_pretty(&found).expect("JSON") + "\n";
            fs::write(fixture.golden(), text).expect("the golden result is written");
            continue;
        }
        let golden = fs::read_to_string(fixture.golden()).unwrap_or_default();
        let golden: Value = serde_json::from_str(&golden).unwrap_or_default();
        if let Some(difference) = difference("", &golden, &found) {
            wrong.push(format!("{}{difference}", fixture.path));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as in the golden results (UPDATE_GOLDEN=1 writes them anew):\n{}",
        wrong.join("\n")
    );
}

/// HTML and the `DoclingDocument` are made of the same pieces as the Markdown that is there: `renderings` holds them to it.
fn without_renderings(outcomes: &mut Value) {
    for outcome in outcomes.as_array_mut().into_iter().flatten() {
        if let Some(document) = outcome["document"].as_object_mut() {
            document.remove("html");
            document.remove("docling");
        }
    }
}

#[test]
fn the_manifest_lists_every_file_and_no_other() {
    let manifest = fs::read_to_string(root().join("MANIFEST.toml")).expect("the manifest");
    let mut listed = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(path) = line
            .strip_prefix("[\"")
            .and_then(|it| it.strip_suffix("\"]"))
        {
            assert!(listed.insert(path.to_owned()), "{path} is listed twice");
        }
    }
    let there: BTreeSet<String> = Fixture::all().into_iter().map(|it| it.path).collect();
    assert_eq!(listed, there);
    let facts = |name: &str| manifest.lines().filter(|it| it.starts_with(name)).count();
    assert_eq!(facts("from = "), there.len());
    assert_eq!(facts("licence = "), there.len());
}

#[test]
fn the_same_bytes_give_the_same_result() {
    for fixture in Fixture::all() {
        assert_eq!(fixture.extract(), fixture.extract(), "{}", fixture.path);
    }
}

#[test]
fn every_place_points_at_what_it_says() {
    for fixture in Fixture::all() {
        let outcomes = fixture.extract();
        for (number, outcome) in outcomes.iter().enumerate() {
            if let Output::Extracted(document) = &outcome.document {
                check_places(&format!("{} {number}", fixture.path), document, outcome);
            }
        }
    }
}

fn check_places(of: &str, document: &DocumentOutput, outcome: &Outcome) {
    let text: Vec<char> = document
        .text
        .as_deref()
        .unwrap_or_default()
        .chars()
        .collect();
    let at = |place: &Place| -> String {
        assert!(
            place.start < place.end && place.end <= text.len(),
            "{of}: {place:?}"
        );
        text[place.start..place.end].iter().collect()
    };
    for record in &outcome.records {
        let place: Place = serde_json::from_value(record["source"].clone()).expect("a place");
        let found = at(&place);
        if let Some(raw) = record.get("raw") {
            assert_eq!(*raw, found, "{of}");
        }
    }
    for link in document.links.iter().flatten() {
        if let Some(place) = &link.place {
            assert_eq!(folded(&link.text), folded(&at(place)), "{of}");
        }
    }
    for table in document.tables.iter().flatten() {
        if let Some(place) = &table.place {
            at(place);
        }
    }
    for chunk in document.chunks.iter().flatten() {
        assert_eq!(chunk.text, at(&chunk.place), "{of}");
    }
    if let Some(article) = &document.article {
        let parts: Vec<String> = article.places.iter().map(at).collect();
        assert_eq!(article.text, parts.join("\n\n"), "{of}");
    }
}

/// The words, without white space and without the marks that stand in them where the text is Markdown.
fn folded(text: &str) -> String {
    let text = text.replace(['*', '_', '`'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where two values first differ.
fn difference(pointer: &str, golden: &Value, found: &Value) -> Option<String> {
    match (golden, found) {
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(index, (one, other))| {
                difference(&format!("{pointer}/{index}"), one, other)
            }),
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            one.iter().find_map(|(name, value)| {
                difference(&format!("{pointer}/{name}"), value, &other[name])
            })
        }
        _ if golden == found => None,
        _ => {
            let shortened = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            let (golden, found) = (shortened(golden), shortened(found));
            Some(format!("{pointer}: not {golden}\n    but {found}"))
        }
    }
}
