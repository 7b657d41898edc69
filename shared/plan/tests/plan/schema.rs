//! The published schema says what the reader does.

use jsonschema::Validator;
use plan::Plan;
use serde_json::{Value, json};

use crate::cases::{bad, good};

fn validator() -> Validator {
    jsonschema::draft202012::new(&plan::schema()).unwrap()
}

#[test]
fn the_schema_is_a_schema() {
    jsonschema::draft202012::meta::validate(&plan::schema()).unwrap();
}

#[test]
fn what_the_reader_accepts_is_valid() {
    let validator = validator();
    for item in good() {
        let extract = json!([item]);
        let errors: Vec<String> = validator
            .iter_errors(&extract)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "{item}: {errors:#?}");
    }
}

#[test]
fn what_the_reader_refuses_is_invalid_where_a_schema_can_say_so() {
    let validator = validator();
    for case in bad() {
        let valid = validator.is_valid(&json!([case.item]));
        assert_eq!(valid, !case.in_schema, "{}", case.item);
    }
    for extract in [json!([]), json!("text"), json!({}), json!([null])] {
        assert!(
            !validator.is_valid(&extract) && Plan::read(&extract).is_err(),
            "{extract}"
        );
    }
}

#[test]
fn its_examples_are_accepted() {
    let schema = plan::schema();
    for example in schema["examples"].as_array().unwrap() {
        Plan::read(example).unwrap();
        assert!(validator().is_valid(example), "{example}");
    }
}

#[test]
fn every_reference_in_it_leads_somewhere() {
    fn check(value: &Value, definitions: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let name = reference.strip_prefix("#/$defs/").unwrap();
                    assert!(definitions.get(name).is_some(), "{reference}");
                }
                members.values().for_each(|value| check(value, definitions));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, definitions)),
            _ => {}
        }
    }
    let schema = plan::schema();
    check(&schema, &schema["$defs"]);
}
