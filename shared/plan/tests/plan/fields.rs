//! What is said of definitions of fields.

use plan::{Flaw, Plan};
use serde_json::{Value, json};

use crate::cases::{bad, good};

fn flaws(extract: &Value) -> Vec<Flaw> {
    Plan::read(extract).err().unwrap_or_default()
}

#[test]
fn what_is_right_is_accepted() {
    for item in good() {
        let flaws = flaws(&json!([item]));
        assert!(flaws.is_empty(), "{item}: {flaws:?}");
    }
    assert_eq!(Plan::read(&json!(good()[..20])).unwrap().fields.len(), 20);
}

#[test]
fn what_is_wrong_is_pointed_at_with_what_would_be_right() {
    for case in bad() {
        let flaws = flaws(&json!(["links", case.item]));
        let [flaw] = flaws.as_slice() else {
            panic!("{} has not one flaw: {flaws:#?}", case.item)
        };
        assert_eq!(flaw.pointer, format!("/1{}", case.pointer), "{flaw:?}");
        assert!(flaw.detail.contains(case.says), "{}: {flaw:?}", case.item);
        assert!(flaw.detail.ends_with('.'), "{flaw:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let extract = json!([
        {"fields": {"a": {"css": 1, "type": "dat"}, "b": {"fields": {"c": {"regex": "("}}}}, "name": 7},
        {"fields": {"d": {}}, "each": {"rows": 1}},
    ]);
    let pointers: Vec<String> = flaws(&extract)
        .into_iter()
        .map(|flaw| flaw.pointer)
        .collect();
    assert_eq!(
        pointers,
        [
            "/0/name",
            "/0/fields/a/css",
            "/0/fields/a/type",
            "/0/fields/b/fields/c/regex",
            "/1/each/rows",
            "/1/fields/d",
        ]
    );
}

#[test]
fn a_request_is_bounded_as_a_whole() {
    let fields = |count: usize, field: Value| -> Value {
        (0..count)
            .map(|n| (format!("f{n}"), field.clone()))
            .collect()
    };
    let says = |extract: &Value, what: &str| {
        let flaws = flaws(extract);
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        assert!(flaws[0].detail.contains(what), "{flaws:?}");
    };
    let half = json!({"fields": fields(101, json!({"css": "a"}))});
    says(&json!([half, half]), "more than 200 fields");
    let patterns = json!({"fields": fields(51, json!({"regex": "a", "match": "b"}))});
    says(
        &json!([patterns]),
        "more than 100 regular expressions and labels",
    );
    let labels = json!({"fields": fields(51, json!({"label": ["a", "b"]}))});
    says(
        &json!([labels]),
        "more than 100 regular expressions and labels",
    );
    let selectors = json!({"fields": {"a": {"css": vec!["a"; 401]}}});
    says(&json!([selectors]), "more than 400 selectors");
    let mut deep = json!({"css": "a"});
    for _ in 0..8 {
        deep = json!({"fields": {"in": deep}});
    }
    says(&json!([{"fields": {"a": deep}}]), "more than 8 levels deep");
}

#[test]
fn a_locale_goes_to_all_fields_that_say_none() {
    let plan = Plan::read(&json!([{"locale": "de-AT", "fields": {
        "a": {"css": "a", "type": "decimal"},
        "b": {"fields": {"c": {"css": "a", "type": "decimal", "locale": "en-US"}}},
    }}]));
    let plan = plan.unwrap();
    let groups = plan.fields[0].groups();
    let locales: Vec<_> = groups
        .iter()
        .flat_map(|group| &group.fields)
        .filter_map(|field| match &field.content {
            plan::fields::Content::Value(rule) => rule.locale,
            plan::fields::Content::Group(_) => None,
        })
        .collect();
    assert_eq!(locales.len(), 2);
    assert_eq!(
        (locales[0].decimal_mark(), locales[1].decimal_mark()),
        (',', '.')
    );
    assert_eq!(
        (locales[0].currency(), locales[1].currency()),
        (Some("EUR"), Some("USD"))
    );
}
