//! What makes the description good for programs that write clients by it. They know types, and no conditions: what is said here is
//! never more than what holds, and sometimes less.

use serde_json::{Map, Value};

/// Keywords that only a validator has use for: those under which stand schemas that say nothing of types.
const CONDITIONS: [&str; 3] = ["dependentRequired", "dependentSchemas", "not"];

/// Keywords under which schemas stand by names of their own.
const BY_NAME: [&str; 2] = ["properties", "$defs"];

/// Keywords under which schemas stand.
const WITHIN: [&str; 5] = ["items", "additionalProperties", "anyOf", "oneOf", "allOf"];

/// Takes the conditions out of a schema, and tells defaults in words: a generated client sends them as if its user had set them.
pub(crate) fn without_conditions(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(without_conditions),
        Value::Object(schema) => {
            simplify(schema);
            for (keyword, value) in schema {
                if WITHIN.contains(&keyword.as_str()) {
                    without_conditions(value);
                } else if let (true, Value::Object(schemas)) =
                    (BY_NAME.contains(&keyword.as_str()), value)
                {
                    schemas.values_mut().for_each(without_conditions);
                }
            }
        }
        _ => {}
    }
}

fn simplify(schema: &mut Map<String, Value>) {
    for condition in CONDITIONS {
        schema.remove(condition);
    }
    if schema.remove("if").is_some() {
        let branches = ["then", "else"].into_iter();
        let branches = branches.filter_map(|branch| schema.remove(branch));
        let branches: Vec<Value> = branches.collect();
        schema.insert("anyOf".into(), branches.into());
    }
    for all_or_one in ["allOf", "oneOf"] {
        if let Some(Value::Array(mut parts)) = schema.remove(all_or_one) {
            parts.retain(has_type);
            match &mut parts[..] {
                [] => {}
                [Value::Object(only)] => schema.append(only),
                _ => {
                    schema.insert(all_or_one.into(), parts.into());
                }
            }
        }
    }
    if let Some(default) = schema.remove("default") {
        let words = schema.get("description").and_then(Value::as_str);
        let words = format!("{} Default: `{default}`.", words.unwrap_or_default());
        schema.insert("description".into(), words.trim().into());
    }
}

fn has_type(schema: &Value) -> bool {
    ["$ref", "type", "anyOf"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some())
}

/// Says of headers, and of members that may be absent, that they are not null. What an answer has nothing to say of, it leaves out; a request may
/// have null there as well, but no client needs to. Members that are null instead are always there.
pub(crate) fn absent_not_null(description: &mut Value) {
    for operation in operations_mut(description) {
        list_mut(operation, "parameters").for_each(drop_null_of);
        for response in members_mut(operation, "responses") {
            members_mut(response, "headers").for_each(drop_null_of);
        }
    }
    if let Some(Value::Object(schemas)) = description.pointer_mut("/components/schemas") {
        schemas.values_mut().for_each(never_null);
    }
}

fn operations_mut(description: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = members_mut(description, "paths");
    let items = items.filter_map(Value::as_object_mut);
    items.flat_map(Map::values_mut)
}

fn list_mut<'v>(value: &'v mut Value, member: &str) -> impl Iterator<Item = &'v mut Value> {
    let list = value.get_mut(member).and_then(Value::as_array_mut);
    list.into_iter().flatten()
}

fn members_mut<'v>(value: &'v mut Value, member: &str) -> impl Iterator<Item = &'v mut Value> {
    let members = value.get_mut(member).and_then(Value::as_object_mut);
    members.into_iter().flat_map(Map::values_mut)
}

/// Of a header, or another parameter.
fn drop_null_of(parameter: &mut Value) {
    if let Some(Value::Object(schema)) = parameter.get_mut("schema") {
        drop_null(schema);
    }
}

fn never_null(schema: &mut Value) {
    list_mut(schema, "allOf").for_each(never_null);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(Value::Object(members)) = schema.get_mut("properties") else {
        return;
    };
    for (name, member) in members {
        if let Value::Object(member) = member
            && !required.iter().any(|it| it == name)
        {
            drop_null(member);
        }
    }
}

fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("oneOf") {
        kinds.retain(|it| it["type"] != "null");
        if let [Value::Object(only)] = &mut kinds[..] {
            let mut only = std::mem::take(only);
            schema.remove("oneOf");
            schema.append(&mut only);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_give_way_to_the_types_that_they_choose_between() {
        let mut schema = json!({
            "if": {"required": ["fields"]},
            "then": {"$ref": "#/a"},
            "else": {
                "type": "object",
                "properties": {
                    "default": {"description": "If there is none.", "type": "boolean", "default": true},
                    "words": {"description": "Words.", "allOf": [{"$ref": "#/b"}, {"propertyNames": {"not": {"const": "x"}}}]},
                },
                "oneOf": [{"required": ["default"]}, {"required": ["words"]}],
                "dependentSchemas": {"default": {"required": ["words"]}},
            },
        });
        without_conditions(&mut schema);
        let properties = json!({
            "default": {"description": "If there is none. Default: `true`.", "type": "boolean"},
            "words": {"description": "Words.", "$ref": "#/b"},
        });
        let group = json!({"type": "object", "properties": properties});
        assert_eq!(schema, json!({"anyOf": [{"$ref": "#/a"}, group]}));
    }

    #[test]
    fn what_may_be_absent_is_not_null_and_what_is_always_there_may_be() {
        let schema = |types: Value| {
            json!({
                "paths": {"/": {"get": {
                    "parameters": [{"in": "header", "schema": {"type": types}}],
                    "responses": {"200": {"headers": {"Link": {"schema": {"type": types}}}}},
                }}},
                "components": {"schemas": {"Page": {
                    "required": ["next"],
                    "properties": {
                        "next": {"type": ["string", "null"]},
                        "size": {"type": types},
                    },
                }}},
            })
        };
        let mut description = schema(json!(["string", "null"]));
        absent_not_null(&mut description);
        assert_eq!(description, schema(json!("string")));
    }
}
