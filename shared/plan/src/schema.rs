//! The language as a JSON Schema, for editors and for who makes plans by program.
//!
//! A schema cannot say all that a plan must be: whether a selector is well-formed, or can find anything where it stands, only
//! [`Plan::read`](crate::Plan::read) knows. Whatever the schema refuses, that refuses too.

use serde_json::{Map, Value, json};

use crate::fields::{
    Kind, MAX_DEFAULT_CHARS, MAX_DEFAULTS, MAX_FIELDS, MAX_NAME_CHARS, MAX_REPLACEMENTS,
    MAX_TEXT_BYTES, MAX_WITH_BYTES,
};
use crate::pattern::MAX_BYTES;
use crate::{EntityKind, Extractor, Region, locale};

/// A decimal number as a text.
const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";

/// The JSON Schema (2020-12) of the `extract` of a request.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Extract",
        "description": "What to extract from each document. Each item is the name of an extractor, an extractor with its options, or fields of your own.",
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [reference("ExtractorName"), reference("FieldsItem"), reference("ExtractorOptions")]},
        "examples": [
            ["entities", "text", {"chunks": {"max_chars": 800}}],
            [{"name": "invoice", "locale": "de-AT", "fields": {
                "number": {"label": ["Invoice no.", "Rechnungsnummer"], "required": true},
                "total": {"label": "Total", "type": "money"},
                "lines": {"each": {"rows": ["Item", "Price"]}, "fields": {
                    "item": {"column": "Item"},
                    "price": {"column": "Price", "type": "decimal"},
                }},
            }}],
        ],
        "$defs": {
            "ExtractorName": extractor_name(),
            "ExtractorOptions": extractor_options(),
            "EntityKind": {"description": "A kind of entity.", "type": "string", "enum": EntityKind::ALL.map(EntityKind::name)},
            "NoOptions": {"description": "It has no options.", "type": "object", "maxProperties": 0, "additionalProperties": false},
            "FieldsItem": fields_item(),
            "Fields": fields(),
            "Field": {
                "description": "A value, or fields in a field.",
                "if": {"type": "object", "anyOf": [{"required": ["fields"]}, {"required": ["each"]}]},
                "then": reference("FieldGroup"),
                "else": reference("FieldValue"),
            },
            "FieldGroup": field_group(),
            "FieldValue": field_value(),
            "Default": {
                "description": "A value in the form of a result.",
                "anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, reference("Money")],
            },
            "Money": money(),
            "Replacement": replacement(),
            "Each": each(),
            "Selector": selector(),
            "Name": described("A name.", name()),
            "ValueType": value_type(),
            "Locale": tag(),
            "Selectors": one_or_more("A selector, or several that are tried in order.", &json!({"type": "string", "minLength": 1})),
            "Patterns": one_or_more("A regular expression of linear time (no look-around, no back-references), or several that are tried in order.", &pattern()),
            "Words": one_or_more("A text, or several that are tried in order. Case, white space and punctuation do not count.", &text()),
            "Paths": one_or_more("A type and members, such as `Product.offers.price`, or several that are tried in order.", &json!({"type": "string", "pattern": "^\\s*[^.\\s]+(\\.[^.\\s]+)+\\s*$", "maxLength": MAX_TEXT_BYTES})),
        },
    })
}

/// A schema with words of its own for the place where it stands.
fn described(description: &str, mut schema: Value) -> Value {
    schema["description"] = description.into();
    schema
}

/// The name of a definition within the schema, as a reference to it.
fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn extractor_name() -> Value {
    let names = Extractor::ALL
        .into_iter()
        .filter(|it| *it != Extractor::Fields);
    let names: Vec<&str> = names.map(Extractor::name).collect();
    json!({"description": "An extractor without options.", "type": "string", "enum": names})
}

fn extractor_options() -> Value {
    let properties: Map<String, Value> = Extractor::ALL
        .into_iter()
        .filter(|extractor| *extractor != Extractor::Fields)
        .map(|extractor| (extractor.name().to_owned(), options(extractor)))
        .collect();
    json!({
        "description": "An extractor with its options.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn options(extractor: Extractor) -> Value {
    match extractor {
        Extractor::Entities => json!({
            "description": "How entities are found.",
            "type": "object",
            "properties": {
                "kinds": {"description": "Which kinds are given; by default all.", "type": "array", "minItems": 1, "items": reference("EntityKind")},
                "region": {"description": "Where telephone numbers without a country's code are from, by ISO 3166-1.", "type": "string", "enum": Region::codes()},
                "cards": {"description": "Whether card numbers are given in full.", "type": "string", "enum": ["masked", "full"], "default": "masked"},
                "invalid": {"description": "Whether that is given too which has the form of a kind and the wrong check digits.", "type": "boolean", "default": false},
            },
            "additionalProperties": false,
        }),
        Extractor::Tables => json!({
            "description": "How tables are given.",
            "type": "object",
            "properties": {"records": {"description": "Whether each row is an object as well.", "type": "boolean", "default": false}},
            "additionalProperties": false,
        }),
        Extractor::Chunks => json!({
            "description": "How a text is cut into chunks. Of the overlap, at most half of the longest chunk is taken.",
            "type": "object",
            "properties": {
                "max_chars": {"description": "The longest chunk, in Unicode scalar values.", "type": "integer", "minimum": 100, "maximum": 100_000, "default": 1500},
                "overlap_chars": {"description": "How much of a chunk's end the next one repeats, in Unicode scalar values.", "type": "integer", "minimum": 0, "maximum": 50_000, "default": 150},
            },
            "additionalProperties": false,
        }),
        _ => reference("NoOptions"),
    }
}

fn fields_item() -> Value {
    json!({
        "description": "Fields: a record for each match of `each`, or one for the document.",
        "type": "object",
        "properties": {
            "fields": {"allOf": [reference("Fields"), {"propertyNames": {"not": {"enum": ["kind", "problems", "source"]}}}]},
            "each": reference("Each"),
            "name": {"$ref": "#/$defs/Name", "description": "The `kind` of the records.", "default": "fields"},
            "locale": described("The locale of all fields that say none.", reference("Locale")),
        },
        "required": ["fields"],
        "additionalProperties": false,
    })
}

fn fields() -> Value {
    json!({
        "description": "Fields by their names.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_FIELDS,
        "propertyNames": reference("Name"),
        "additionalProperties": reference("Field"),
    })
}

fn field_group() -> Value {
    json!({
        "description": "An object of fields; with `each` a list of them.",
        "type": "object",
        "properties": {
            "fields": reference("Fields"),
            "each": reference("Each"),
            "required": {"description": "Whether an empty list is a problem.", "type": "boolean", "default": false},
        },
        "required": ["fields"],
        "additionalProperties": false,
        "dependentRequired": {"required": ["each"]},
    })
}

fn field_value() -> Value {
    let mut properties = selectors();
    properties.insert(
        "any".into(),
        json!({"description": "Selectors that are tried in order.", "type": "array", "minItems": 1, "items": reference("Selector")}),
    );
    let exactly_one: Vec<Value> = properties
        .keys()
        .map(|name| json!({"required": [name]}))
        .collect();
    properties.extend(members(json!({
        "type": reference("ValueType"),
        "locale": reference("Locale"),
        "required": {"description": "Whether it is a problem if there is nothing.", "type": "boolean", "default": false},
        "default": {
            "description": "What the value is if there is nothing: of the field's type, in the form of a result.",
            "anyOf": [reference("Default"), {"type": "array", "items": reference("Default")}],
        },
        "many": {"description": "Whether all matches are wanted, as a list.", "type": "boolean", "default": false},
        "trim": {"description": "Whether white space is cut, and folded within.", "type": "boolean", "default": true},
        "match": described("What of the text counts: the group `value`, else the first, else the whole match.", pattern()),
        "replace": {"description": "What is replaced, one after the other, after `match`.", "type": "array", "minItems": 1, "maxItems": MAX_REPLACEMENTS, "items": reference("Replacement")},
    })));
    let localised: Vec<&str> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.has_locales())
        .map(Kind::name)
        .collect();
    let mut all_of = vec![
        json!({"if": {"required": ["required"], "properties": {"required": {"const": true}}}, "then": {"not": {"required": ["default"]}}}),
        json!({
            "if": {"required": ["many"], "properties": {"many": {"const": true}}},
            "then": {"properties": {"default": {"type": "array", "maxItems": MAX_DEFAULTS}}},
            "else": {"properties": {"default": {"not": {"type": "array"}}}},
        }),
    ];
    all_of.extend(Kind::ALL.into_iter().map(|kind| {
        let required = if kind == Kind::String {
            vec![]
        } else {
            vec!["type"]
        };
        let one = default(kind);
        json!({
            "if": {"required": required, "properties": {"type": {"const": kind.name()}}},
            "then": {"properties": {"default": {"anyOf": [one, {"type": "array", "items": one}]}}},
        })
    }));
    json!({
        "description": "A value, or a list of values.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "oneOf": exactly_one,
        "dependentSchemas": {
            "trim": {"properties": {"type": {"const": "string"}}},
            "locale": {"required": ["type"], "properties": {"type": {"enum": localised}}},
        },
        "allOf": all_of,
    })
}

fn replacement() -> Value {
    json!({
        "description": "What is replaced, and by what.",
        "type": "object",
        "properties": {
            "pattern": pattern(),
            "with": {"description": "`$1` and `${name}` stand for groups.", "type": "string", "maxLength": MAX_WITH_BYTES},
        },
        "required": ["pattern", "with"],
        "additionalProperties": false,
    })
}

fn default(kind: Kind) -> Value {
    const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    match kind {
        Kind::String | Kind::Url | Kind::Email | Kind::Phone => {
            json!({"type": "string", "maxLength": MAX_DEFAULT_CHARS})
        }
        Kind::Integer => json!({"type": "integer"}),
        Kind::Decimal => {
            json!({"type": "string", "pattern": DECIMAL, "maxLength": MAX_DEFAULT_CHARS})
        }
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "pattern": format!("^{DATE}$")}),
        Kind::DateTime => json!({
            "type": "string",
            "pattern": format!("^{DATE}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?$"),
        }),
        Kind::Money => reference("Money"),
    }
}

fn money() -> Value {
    json!({
        "description": "An amount of money.",
        "type": "object",
        "properties": {"amount": {"type": "string", "pattern": DECIMAL}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "required": ["amount", "currency"],
        "additionalProperties": false,
    })
}

fn each() -> Value {
    json!({
        "description": "What fields are repeated for; they are looked for within each match.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "css": reference("Selectors"),
            "xpath": reference("Selectors"),
            "jsonpath": reference("Selectors"),
            "regex": reference("Patterns"),
            "rows": {
                "description": "Rows of the tables that have all these columns; true: of any table.",
                "anyOf": [{"const": true}, text(), {"type": "array", "minItems": 1, "items": text()}],
            },
        },
        "additionalProperties": false,
    })
}

fn selector() -> Value {
    json!({
        "description": "Where a value is taken from.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": selectors(),
        "additionalProperties": false,
    })
}

fn selectors() -> Map<String, Value> {
    let described = |description: &str, name: &str| described(description, reference(name));
    members(json!({
        "css": described("CSS selectors for HTML and XML; `::text` and `::attr(x)` at the end take texts and attributes.", "Selectors"),
        "xpath": described("XPath 1.0 for HTML and XML.", "Selectors"),
        "jsonpath": described("JSONPath (RFC 9535) for JSON and its kin.", "Selectors"),
        "regex": described("Regular expressions; several named groups give an object.", "Patterns"),
        "column": described("Headers of columns of tables.", "Words"),
        "label": described("Labels: the value stands right of them or below.", "Words"),
        "meta": described("Names of metadata.", "Words"),
        "jsonld": described("Members of structured data: JSON-LD, microdata, RDFa.", "Paths"),
    }))
}

fn value_type() -> Value {
    json!({"description": "What a value is.", "type": "string", "enum": Kind::ALL.map(Kind::name), "default": "string"})
}

fn tag() -> Value {
    let (languages, regions) = (locale::languages().join("|"), locale::regions().join("|"));
    json!({
        "description": "A language, and perhaps a country, by which is read what its form leaves open.",
        "type": "string",
        "pattern": format!("^({languages})(-({regions}))?$"),
        "examples": ["de", "de-AT", "en-US"],
    })
}

fn name() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"})
}

fn text() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": MAX_TEXT_BYTES})
}

fn pattern() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": MAX_BYTES})
}

fn one_or_more(description: &str, one: &Value) -> Value {
    json!({"description": description, "anyOf": [one, {"type": "array", "minItems": 1, "items": one}]})
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
