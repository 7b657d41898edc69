//! Records as the rows of a table: which columns there are, and what of a record goes into which.
//!
//! Records are objects, and not all of the same kind. As rows they are flat: a member of a member is named by both
//! (`total.amount`), and where something stands goes into the last columns.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::fields::{Content, Group, Kind, Rule, Selector};
use crate::{Plan, Wanted};

/// What entities have in common.
const ENTITY: [&str; 4] = ["kind", "value", "raw", "valid"];

/// Where a record stands, and what is wrong with it: the last columns.
const SOURCE: [&str; 5] = ["problems", "document", "page", "start", "end"];

/// Members within members are columns of their own down to this depth; below, a member is written as JSON.
const MAX_DEPTH: usize = 4;

/// The columns of a result, put together record by record.
///
/// First those that the plan names, so that they are there, and in the same order, whatever was found; then those of the
/// records in the order in which they appeared; then the place.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    names: Vec<String>,
    known: HashSet<String>,
}

impl Columns {
    /// The columns that a plan names.
    pub fn of(plan: &Plan) -> Self {
        let mut columns = Self::default();
        if plan.entities.is_some() {
            for name in ENTITY {
                columns.name(name);
            }
        }
        for fields in &plan.fields {
            columns.name("kind");
            columns.group(&fields.group, "", 1);
        }
        columns
    }

    /// Adds those of a record.
    pub fn add(&mut self, record: &Map<String, Value>) {
        for (name, _) in cells(record) {
            if !SOURCE.contains(&name.as_str()) {
                self.name(&name);
            }
        }
    }

    /// Adds those of another part of the same result.
    pub fn merge(&mut self, names: &[String]) {
        for name in names.iter().filter(|name| !SOURCE.contains(&name.as_str())) {
            self.name(name);
        }
    }

    /// All of them, in their order.
    pub fn into_names(mut self) -> Vec<String> {
        self.names.extend(SOURCE.map(str::to_owned));
        self.names
    }

    /// Those of fields that stand this deep, each as it is named if it holds what it is to hold.
    fn group(&mut self, group: &Group, within: &str, depth: usize) {
        for field in &group.fields {
            let name = format!("{within}{}", field.name);
            let members = format!("{name}.");
            match &field.content {
                _ if depth == MAX_DEPTH => self.name(&name),
                Content::Group(group) if group.each.is_none() => {
                    self.group(group, &members, depth + 1);
                }
                Content::Group(_) => self.name(&name),
                Content::Value(rule) => match members_of(rule) {
                    Some(parts) if !rule.many => {
                        for part in parts {
                            self.name(&format!("{members}{part}"));
                        }
                    }
                    _ => self.name(&name),
                },
            }
        }
    }

    fn name(&mut self, name: &str) {
        if !self.known.contains(name) {
            self.known.insert(name.to_owned());
            self.names.push(name.to_owned());
        }
    }
}

/// The members of a value that is an object; none if it is none.
fn members_of(rule: &Rule) -> Option<Vec<&str>> {
    if rule.kind == Kind::Money {
        return Some(vec!["amount", "currency"]);
    }
    // Alternatives may name other groups, or give a string.
    let Selector::Regex(pattern) = rule.selectors.first()? else {
        return None;
    };
    (pattern.wanted() == Wanted::Named).then(|| pattern.regex().capture_names().flatten().collect())
}

/// What a record puts into which column; columns without a cell are empty.
pub fn cells(record: &Map<String, Value>) -> Vec<(String, Value)> {
    // An entity names its value twice: by its kind, and as `value`. Fields may have such names, and other values.
    let kind = record.get("kind").and_then(Value::as_str);
    let value = record.get("value");
    let twice = kind.filter(|kind| {
        !matches!(*kind, "kind" | "value") && value.is_some() && record.get(*kind) == value
    });
    let mut cells = Vec::with_capacity(record.len() + 3);
    for (name, value) in record {
        match (name.as_str(), value) {
            ("source", Value::Object(source)) => {
                for name in ["document", "page", "start", "end"] {
                    if let Some(value) = source.get(name) {
                        cells.push((name.to_owned(), value.clone()));
                    }
                }
            }
            ("problems", value) => cells.push((name.clone(), value.to_string().into())),
            _ if twice == Some(name) => {}
            _ => flatten(name.clone(), value, 1, &mut cells),
        }
    }
    cells
}

fn flatten(name: String, value: &Value, depth: usize, cells: &mut Vec<(String, Value)>) {
    match value {
        Value::Null => {}
        Value::Object(members) if depth < MAX_DEPTH && !members.is_empty() => {
            for (member, value) in members {
                flatten(format!("{name}.{member}"), value, depth + 1, cells);
            }
        }
        Value::Object(_) | Value::Array(_) => cells.push((name, value.to_string().into())),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => cells.push((name, value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_columns_of_parts_merge_to_those_of_the_whole() {
        let plan = Plan::read(&json!(["entities"])).unwrap();
        let records = [json!({"a": 1, "b": 2}), json!({"c": {"d": 3}, "a": 1})].map(record);
        let mut whole = Columns::of(&plan);
        let mut merged = Columns::default();
        for record in &records {
            whole.add(record);
            let mut part = Columns::of(&plan);
            part.add(record);
            merged.merge(&part.into_names());
        }
        assert_eq!(merged.into_names(), whole.into_names());
    }

    #[test]
    fn what_a_plan_names_comes_first_and_the_place_last() {
        let plan = Plan::read(&json!(["entities"])).unwrap();
        let mut columns = Columns::of(&plan);
        columns.add(&record(
            json!({"money": "1", "kind": "money", "value": "1", "currency": "EUR", "source": {}}),
        ));
        columns.add(&record(
            json!({"total": {"amount": "1", "currency": "EUR"}}),
        ));
        assert_eq!(
            columns.into_names(),
            [
                "kind",
                "value",
                "raw",
                "valid",
                "currency",
                "total.amount",
                "total.currency",
                "problems",
                "document",
                "page",
                "start",
                "end"
            ]
        );
    }

    #[test]
    fn a_record_is_flattened_and_lists_in_it_are_written_as_json() {
        let cells = cells(&record(json!({
            "total": {"amount": "1"},
            "tags": ["a"],
            "none": null,
            "problems": [{"field": "/x"}],
            "source": {"document": 0, "start": 1, "end": 2, "fields": {"/total": {}}},
        })));
        let cells: Vec<_> = cells
            .into_iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        assert_eq!(
            cells,
            [
                "total.amount \"1\"",
                "tags \"[\\\"a\\\"]\"",
                "problems \"[{\\\"field\\\":\\\"/x\\\"}]\"",
                "document 0",
                "start 1",
                "end 2",
            ]
        );
    }

    #[test]
    fn the_columns_of_fields_are_there_and_in_their_order_if_nothing_is_found() {
        let plan = Plan::read(&json!([{"name": "invoice", "fields": {
            "total": {"label": "Total", "type": "money"},
            "number": {"label": "No."},
            "totals": {"label": "Total", "type": "money", "many": true},
            "at": {"regex": "(?<day>.)-(?<month>.)"},
            "seller": {"fields": {"name": {"css": "b"}, "vat": {"css": "i", "type": "money"}}},
            "lines": {"each": {"rows": true}, "fields": {"item": {"column": "Item"}}},
            "a": {"fields": {"b": {"fields": {"c": {"fields": {"d": {"css": "b", "type": "money"}}}}}}},
        }}]))
        .unwrap();
        let names = [
            "kind",
            "total.amount",
            "total.currency",
            "number",
            "totals",
            "at.day",
            "at.month",
            "seller.name",
            "seller.vat.amount",
            "seller.vat.currency",
            "lines",
            "a.b.c.d",
            "problems",
            "document",
            "page",
            "start",
            "end",
        ];
        let mut columns = Columns::of(&plan);
        assert_eq!(columns.clone().into_names(), names);
        let money = json!({"amount": "1", "currency": "EUR"});
        columns.add(&record(json!({
            "kind": "invoice",
            "number": "1",
            "total": money,
            "totals": [money],
            "at": {"day": "1", "month": "2"},
            "seller": {"name": "x", "vat": money},
            "lines": [{"item": "x"}],
            "a": {"b": {"c": {"d": money}}},
        })));
        assert_eq!(columns.into_names(), names);
    }

    #[test]
    fn only_what_an_entity_says_twice_is_left_out() {
        let names = |value| {
            let cells = cells(&record(value)).into_iter();
            cells.map(|(name, _)| name).collect::<Vec<_>>()
        };
        let entity = json!({"money": "1", "kind": "money", "value": "1"});
        assert_eq!(names(entity), ["kind", "value"]);
        let fields = json!({"kind": "item", "item": "A", "value": "B"});
        assert_eq!(names(fields), ["kind", "item", "value"]);
        let fields = json!({"kind": "value", "value": "B"});
        assert_eq!(names(fields), ["kind", "value"]);
        let fields = json!({"kind": "kind", "value": "kind"});
        assert_eq!(names(fields), ["kind", "value"]);
    }
}
