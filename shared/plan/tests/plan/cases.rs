//! Definitions that are right, and definitions that are wrong in one place.

use serde_json::{Value, json};

/// Items of a request that are accepted.
pub(crate) fn good() -> Vec<Value> {
    let many: serde_json::Map<_, _> = (0..200)
        .map(|n| (format!("f{n}"), json!({"css": "a"})))
        .collect();
    let mut deep = json!({"css": "a"});
    for _ in 0..7 {
        deep = json!({"fields": {"in": deep}});
    }
    let fields = [
        json!({"css": "h1"}),
        json!({"css": ["h1", "h2::text", "a::attr(href)"]}),
        json!({"xpath": "//h1"}),
        json!({"jsonpath": "$.a[?@.b == 1].c"}),
        json!({"regex": "No (?<value>[0-9]+)"}),
        json!({"regex": "(?<year>[0-9]{4})-(?<month>[0-9]{2})", "many": true}),
        json!({"regex": "(?i)(?:\\p{L}+\\s){1,10}"}),
        json!({"column": ["Unit price", "Price"]}),
        json!({"label": "Invoice no."}),
        json!({"label": "to be paid by transfer at the latest on or before"}),
        json!({"meta": "author"}),
        json!({"jsonld": "Product.offers.price", "type": "decimal"}),
        json!({"any": [{"css": "h1"}, {"label": ["a", "b"]}, {"meta": "title"}]}),
        json!({"css": "a", "type": "money", "locale": "de-AT", "required": true}),
        json!({"css": "a", "type": "date", "locale": "de"}),
        json!({"css": "a", "trim": false, "type": "string"}),
        json!({"css": "a", "trim": true}),
        json!({"css": "a", "match": "[0-9]+", "replace": [{"pattern": "0", "with": "o$0"}]}),
        json!({"css": "a", "default": "x"}),
        json!({"css": "a", "default": "x", "required": false}),
        json!({"css": "a", "many": true, "default": []}),
        json!({"css": "a", "many": true, "default": ["x", "y"]}),
        json!({"css": "a", "type": "integer", "default": -5}),
        json!({"css": "a", "type": "decimal", "default": "-5.10"}),
        json!({"css": "a", "type": "boolean", "default": false}),
        json!({"css": "a", "type": "date", "default": "2026-03-09"}),
        json!({"css": "a", "type": "datetime", "default": "2026-03-09T14:30:00+01:00"}),
        json!({"css": "a", "type": "money", "default": {"amount": "0.00", "currency": "EUR"}}),
        json!({"fields": {"kind": {"css": "a"}, "source": {"css": "a"}}}),
        json!({"each": {"css": "li"}, "required": true, "fields": {"a": {"css": "b"}, "c": {"xpath": "."}}}),
        json!({"each": {"rows": true}, "fields": {"a": {"column": "b"}, "c": {"label": "d"}}}),
        json!({"each": {"css": "table"}, "fields": {"rows": {"each": {"rows": ["a", "b"]}, "fields": {"a": {"column": "a"}}}}}),
        json!({"each": {"regex": ["a+", "b+"]}, "fields": {"a": {"regex": "a"}, "m": {"meta": "title"}}}),
    ];
    let items = fields.map(|field| json!({"fields": {"it": field}}));
    let whole = [
        json!("text"),
        json!({"entities": {}}),
        json!({"entities": {"kinds": ["iban", "vat_id"], "region": "AT", "cards": "full", "invalid": true}}),
        json!({"chunks": {"max_chars": 800, "overlap_chars": 0}}),
        json!({"tables": {"records": true}}),
        json!({"fields": {"a": {"jsonpath": "$.b"}}, "name": "product", "each": {"jsonpath": "$.a"}, "locale": "en-US"}),
        json!({"fields": many}),
        json!({"fields": {"x/y~z é": {"css": "b"}}}),
        json!({"fields": {"a": deep}}),
    ];
    items.into_iter().chain(whole).collect()
}

/// Something that is refused.
pub(crate) struct Bad {
    /// The item.
    pub(crate) item: Value,
    /// The pointer to what is wrong with it, from the item.
    pub(crate) pointer: &'static str,
    /// What is said of it, among other things.
    pub(crate) says: &'static str,
    /// Whether a schema can say so.
    pub(crate) in_schema: bool,
}

/// Items that are refused.
pub(crate) fn bad() -> Vec<Bad> {
    let mut cases = Vec::new();
    let mut item = |item: Value, pointer, says, in_schema| {
        cases.push(Bad {
            item,
            pointer,
            says,
            in_schema,
        });
    };
    item(json!("fields"), "", "{\"fields\": {", true);
    item(json!("txt"), "", "cannot be extracted", true);
    item(json!({"text": {"a": 1}}), "/text/a", "not known", true);
    item(
        json!({"tables": {"records": "yes"}}),
        "/tables/records",
        "a boolean",
        true,
    );
    item(
        json!({"chunks": {"max_chars": 1}}),
        "/chunks/max_chars",
        "100",
        true,
    );
    item(
        json!({"entities": {"kinds": []}}),
        "/entities/kinds",
        "empty",
        true,
    );
    item(
        json!({"entities": {"kinds": "iban"}}),
        "/entities/kinds",
        "an array",
        true,
    );
    item(
        json!({"entities": {"kinds": ["iban", "isbn"]}}),
        "/entities/kinds/1",
        "there are: email",
        true,
    );
    item(
        json!({"entities": {"region": "at"}}),
        "/entities/region",
        "two capitals",
        true,
    );
    item(
        json!({"entities": {"cards": "hidden"}}),
        "/entities/cards",
        "`full`",
        true,
    );
    item(
        json!({"entities": {"invalid": 1}}),
        "/entities/invalid",
        "a boolean",
        true,
    );
    item(
        json!({"entities": {"colour": 1}}),
        "/entities/colour",
        "not known",
        true,
    );
    item(json!({"fields": {}}), "/fields", "at least one", true);
    item(json!({"fields": []}), "/fields", "an array", true);
    item(
        json!({"fields": {"a": {"css": "b"}}, "eech": {"css": "c"}}),
        "/eech",
        "did you mean `each`",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "name": ""}),
        "/name",
        "empty",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "name": 5}),
        "/name",
        "a number",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "locale": "xx"}),
        "/locale",
        "en-US",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "each": "li"}),
        "/each",
        "an object",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "each": {}}),
        "/each",
        "give one of",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "each": {"css": "a", "xpath": "b"}}),
        "/each/xpath",
        "`css` already",
        true,
    );
    item(
        json!({"fields": {"a": {"css": "b"}}, "each": {"label": "x"}}),
        "/each/label",
        "not known",
        true,
    );
    item(
        json!({"fields": {"a": {"column": "b"}}, "each": {"rows": false}}),
        "/each/rows",
        "true for",
        true,
    );
    item(
        json!({"fields": {"kind": {"css": "b"}}}),
        "/fields/kind",
        "another name",
        true,
    );
    item(
        json!({"fields": {"": {"css": "b"}}}),
        "/fields/",
        "empty",
        true,
    );
    item(
        json!({"fields": {"a\nb": {"css": "b"}}}),
        "/fields/a\nb",
        "control",
        true,
    );
    item(
        json!({"fields": {"x/y~z": 5}}),
        "/fields/x~1y~0z",
        "{\"css\": \"h1\"}",
        true,
    );

    let mut field = |field: Value, pointer, says, in_schema| {
        cases.push(Bad {
            item: json!({"fields": {"it": field}}),
            pointer,
            says,
            in_schema,
        });
    };
    field(
        json!({}),
        "/fields/it",
        "give one of: css, xpath, jsonpath",
        true,
    );
    field(json!({"type": "date"}), "/fields/it", "no selector", true);
    field(
        json!({"css": "a", "label": "b"}),
        "/fields/it/label",
        "{\"any\": [{\"css\": …}",
        true,
    );
    field(
        json!({"css": 5}),
        "/fields/it/css",
        "or a list of strings",
        true,
    );
    field(json!({"css": []}), "/fields/it/css", "at least one", true);
    field(
        json!({"jsonpath": ["$.a", null]}),
        "/fields/it/jsonpath/1",
        "null",
        true,
    );
    field(
        json!({"jsonpath": "$.a["}),
        "/fields/it/jsonpath",
        "character",
        false,
    );
    field(
        json!({"jsonpath": ["$.a", "a.b"]}),
        "/fields/it/jsonpath/1",
        "character 1",
        false,
    );
    field(
        json!({"regex": "a(b"}),
        "/fields/it/regex",
        "At character 2: unclosed group",
        false,
    );
    field(
        json!({"regex": "é(?=b)"}),
        "/fields/it/regex",
        "At character 2: look-around",
        false,
    );
    field(
        json!({"regex": "(a)\\1"}),
        "/fields/it/regex",
        "backreferences",
        false,
    );
    field(json!({"regex": ""}), "/fields/it/regex", "empty", true);
    field(
        json!({"regex": "\\w{1000}"}),
        "/fields/it/regex",
        "too big",
        false,
    );
    field(
        json!({"regex": "a".repeat(1001)}),
        "/fields/it/regex",
        "1001 bytes",
        true,
    );
    field(
        json!({"column": "…"}),
        "/fields/it/column",
        "no word",
        false,
    );
    field(json!({"label": ""}), "/fields/it/label", "empty", true);
    field(
        json!({"label": "x".repeat(201)}),
        "/fields/it/label",
        "201 bytes",
        true,
    );
    field(
        json!({"jsonld": "Product"}),
        "/fields/it/jsonld",
        "Product.offers.price",
        true,
    );
    field(
        json!({"jsonld": "Product..price"}),
        "/fields/it/jsonld",
        "Product.offers.price",
        true,
    );
    field(
        json!({"any": {"css": "a"}}),
        "/fields/it/any",
        "a list",
        true,
    );
    field(json!({"any": []}), "/fields/it/any", "at least one", true);
    field(
        json!({"any": ["h1"]}),
        "/fields/it/any/0",
        "an object",
        true,
    );
    field(
        json!({"any": [{"css": "a"}, {"css": "b", "type": "date"}]}),
        "/fields/it/any/1/type",
        "not known",
        true,
    );
    field(
        json!({"any": [{"any": [{"css": "a"}]}]}),
        "/fields/it/any/0/any",
        "not known",
        true,
    );
    field(
        json!({"cs": "a", "css": "b"}),
        "/fields/it/cs",
        "did you mean `css`",
        true,
    );
    field(
        json!({"css": "a", "requierd": true}),
        "/fields/it/requierd",
        "did you mean `required`",
        true,
    );
    field(
        json!({"css": "a", "colour": true}),
        "/fields/it/colour",
        "Known are: css",
        true,
    );
    field(
        json!({"css": "a", "type": "number"}),
        "/fields/it/type",
        "Known are: string, integer",
        true,
    );
    field(
        json!({"css": "a", "type": "interger"}),
        "/fields/it/type",
        "did you mean `integer`",
        true,
    );
    field(
        json!({"css": "a", "type": 5}),
        "/fields/it/type",
        "a number",
        true,
    );
    field(
        json!({"css": "a", "type": "date", "locale": "de_AT"}),
        "/fields/it/locale",
        "`de`",
        true,
    );
    field(
        json!({"css": "a", "type": "date", "locale": "de-XX"}),
        "/fields/it/locale",
        "AT",
        true,
    );
    field(
        json!({"css": "a", "type": "url", "locale": "de"}),
        "/fields/it/locale",
        "alike everywhere",
        true,
    );
    field(
        json!({"css": "a", "locale": "de"}),
        "/fields/it/locale",
        "alike everywhere",
        true,
    );
    field(
        json!({"css": "a", "required": "yes"}),
        "/fields/it/required",
        "a boolean",
        true,
    );
    field(
        json!({"css": "a", "many": 1}),
        "/fields/it/many",
        "a boolean",
        true,
    );
    field(
        json!({"css": "a", "trim": false, "type": "integer"}),
        "/fields/it/trim",
        "Only a string",
        true,
    );
    field(
        json!({"css": "a", "required": true, "default": "x"}),
        "/fields/it/default",
        "no default",
        true,
    );
    field(
        json!({"css": "a", "default": 5}),
        "/fields/it/default",
        "a string",
        true,
    );
    field(
        json!({"css": "a", "default": null}),
        "/fields/it/default",
        "a string",
        true,
    );
    field(
        json!({"css": "a", "default": "x".repeat(1001)}),
        "/fields/it/default",
        "1000",
        true,
    );
    field(
        json!({"css": "a", "default": ["x"]}),
        "/fields/it/default",
        "a string",
        true,
    );
    field(
        json!({"css": "a", "many": true, "default": "x"}),
        "/fields/it/default",
        "is a list",
        true,
    );
    field(
        json!({"css": "a", "many": true, "default": [5]}),
        "/fields/it/default",
        "a string",
        true,
    );
    field(
        json!({"css": "a", "type": "integer", "default": "5"}),
        "/fields/it/default",
        "whole number",
        true,
    );
    field(
        json!({"css": "a", "type": "integer", "default": 5.5}),
        "/fields/it/default",
        "whole number",
        true,
    );
    field(
        json!({"css": "a", "type": "decimal", "default": 5}),
        "/fields/it/default",
        "12.50",
        true,
    );
    field(
        json!({"css": "a", "type": "decimal", "default": "1."}),
        "/fields/it/default",
        "12.50",
        true,
    );
    field(
        json!({"css": "a", "type": "date", "default": "9.3.2026"}),
        "/fields/it/default",
        "2026-03-09",
        true,
    );
    field(
        json!({"css": "a", "type": "datetime", "default": "2026-03-09"}),
        "/fields/it/default",
        "T14:30:00",
        true,
    );
    field(
        json!({"css": "a", "type": "money", "default": "5 EUR"}),
        "/fields/it/default",
        "currency",
        true,
    );
    field(
        json!({"css": "a", "match": "("}),
        "/fields/it/match",
        "unclosed group",
        false,
    );
    field(
        json!({"css": "a", "match": "(?<a>x)(?<b>y)"}),
        "/fields/it/match",
        "`value`",
        false,
    );
    field(
        json!({"css": "a", "match": ["x"]}),
        "/fields/it/match",
        "a string",
        true,
    );
    field(
        json!({"css": "a", "replace": []}),
        "/fields/it/replace",
        "1 to 10",
        true,
    );
    field(
        json!({"css": "a", "replace": {"a": "b"}}),
        "/fields/it/replace",
        "a list",
        true,
    );
    field(
        json!({"css": "a", "replace": ["x"]}),
        "/fields/it/replace/0",
        "an object",
        true,
    );
    field(
        json!({"css": "a", "replace": [{"pattern": "x"}]}),
        "/fields/it/replace/0",
        "`with` is missing",
        true,
    );
    field(
        json!({"css": "a", "replace": [{"pattern": "*", "with": ""}]}),
        "/fields/it/replace/0/pattern",
        "character 1",
        false,
    );
    field(
        json!({"css": "a", "replace": [{"pattern": "x", "with": "y".repeat(201)}]}),
        "/fields/it/replace/0/with",
        "201",
        true,
    );
    field(
        json!({"regex": "(?<a>x)(?<b>y)", "type": "date"}),
        "/fields/it/type",
        "object of strings",
        false,
    );
    field(
        json!({"regex": "(?<a>x)(?<b>y)", "default": "x"}),
        "/fields/it/default",
        "object of strings",
        false,
    );
    field(
        json!({"fields": {"a": {"css": "b"}}, "css": "c"}),
        "/fields/it/css",
        "either",
        true,
    );
    field(
        json!({"fields": {"a": {"css": "b"}}, "eech": 1}),
        "/fields/it/eech",
        "did you mean `each`",
        true,
    );
    field(
        json!({"fields": {"a": {"css": "b"}}, "required": true}),
        "/fields/it/required",
        "always there",
        true,
    );
    field(
        json!({"each": {"css": "a"}}),
        "/fields/it",
        "`fields` is missing",
        true,
    );
    field(
        json!({"fields": {"a": {"fields": {"b": {"css": 5}}}}}),
        "/fields/it/fields/a/fields/b/css",
        "a number",
        true,
    );

    let mut within = |each: Value, field: Value, says| {
        let pointer = "/fields/it/css";
        let pointer = if field.get("css").is_some() {
            pointer
        } else {
            "/fields/it/jsonpath"
        };
        cases.push(Bad {
            item: json!({"each": each, "fields": {"it": field}}),
            pointer,
            says,
            in_schema: false,
        });
    };
    within(
        json!({"rows": true}),
        json!({"css": "a"}),
        "Possible here are: regex, column",
    );
    within(
        json!({"rows": true}),
        json!({"jsonpath": "$.a"}),
        "`column` leads",
    );
    within(
        json!({"regex": "x"}),
        json!({"css": "a"}),
        "is text and nothing more",
    );
    within(
        json!({"jsonpath": "$.a"}),
        json!({"css": "a"}),
        "no elements",
    );
    within(json!({"css": "a"}), json!({"jsonpath": "$.a"}), "no JSON");
    cases
}
