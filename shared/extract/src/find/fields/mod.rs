//! Fields: what a client has named, as records.
//!
//! A [`Group`] gives a record for each [`Scope`]; [`Search`] makes its values: selectors give candidates (`select`), of
//! which the text that counts is taken (`text`) and read as what it is to be (`values`). A value that cannot be made is null, and the
//! record says why; nothing here loses a record.

mod label;
mod output;
mod select;
mod structured;
mod table;
mod text;
mod values;

use plan::Fields;
use plan::fields::{Content, Field, Group, Label, Rule, Selector};
use serde_json::{Map, Value};

use self::output::{Output, member};
use self::select::{Candidate, Scope};
use self::table::Tables;
use self::text::Part;
use crate::select::Budget;
use crate::{Document, Error, Limits, Record, Watch};

/// What was found of fields.
#[derive(Default)]
pub(super) struct Found {
    /// In the order in which the fields were asked for, then in that of the document.
    pub(super) records: Vec<Record>,
    /// What could not be looked for, and what was left out.
    pub(super) warnings: Vec<String>,
}

/// Finds fields in the document with this number.
pub(super) fn find(
    number: usize,
    document: &Document,
    plan: &[Fields],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Found, Error> {
    let mut found = Found::default();
    if plan.is_empty() {
        return Ok(found);
    }
    let selectors = || plan.iter().flat_map(Fields::selectors);
    let mut search = Search {
        document,
        tables: Tables::of(document),
        labels: selectors().filter_map(label_of).collect(),
        budget: Budget::new(limits, watch),
        watch,
        values_left: limits.max_field_values,
    };
    found.warnings = impossible(document, plan);
    for fields in plan {
        search.records(number, fields, limits, &mut found)?;
    }
    if search.values_left == 0 {
        let max = limits.max_field_values;
        found.warnings.push(format!(
            "Only the first {max} values of fields are given (max_field_values): the document holds more."
        ));
    }
    Ok(found)
}

fn label_of(selector: &Selector) -> Option<&Label> {
    match selector {
        Selector::Label(label) => Some(label),
        _ => None,
    }
}

/// Says what selectors have nothing to look at in this document.
fn impossible(document: &Document, plan: &[Fields]) -> Vec<String> {
    let media_type = &document.media_type;
    let mut warnings = Vec::new();
    if plan.iter().any(Fields::needs_elements) && document.tree.is_none() {
        warnings.push(format!("`css` and `xpath` find nothing in this document: it is {media_type} and has no elements."));
    }
    if plan.iter().any(Fields::needs_json) && document.values().is_none() {
        warnings.push(format!(
            "`jsonpath` finds nothing in this document: it is {media_type} and holds no JSON."
        ));
    }
    warnings
}

/// A document under search.
struct Search<'a> {
    document: &'a Document,
    tables: Tables<'a>,
    /// All labels that are looked for: none of them is another one's value.
    labels: Vec<&'a Label>,
    budget: Budget<'a>,
    watch: &'a dyn Watch,
    /// Values that may still be given.
    values_left: usize,
}

impl<'a> Search<'a> {
    /// The records of fields that are extracted together.
    fn records(
        &mut self,
        number: usize,
        fields: &'a Fields,
        limits: &Limits,
        found: &mut Found,
    ) -> Result<(), Error> {
        let scopes = self.scopes(&fields.group, &Scope::Document)?;
        let kind = &fields.name;
        if scopes.is_empty() {
            found.warnings.push(format!(
                "There is no record of the kind `{kind}`: its `each` matches nothing."
            ));
        }
        for scope in scopes {
            self.watch.check()?;
            if found.records.len() == limits.max_records {
                let max = limits.max_records;
                found.warnings.push(format!(
                    "Only the first {max} records are given (max_records): the document holds more."
                ));
                break;
            }
            if self.values_left == 0 {
                break;
            }
            let mut output = Output::default();
            let values = self.object(&fields.group.fields, &scope, "", &mut output)?;
            let place = scope.span(self).filter(|_| fields.group.each.is_some());
            let record = output.into_record(number, kind, values, place, &self.document.text);
            found.records.push(record);
        }
        Ok(())
    }

    /// The values of some fields, by their names.
    fn object(
        &mut self,
        fields: &'a [Field],
        scope: &Scope,
        pointer: &str,
        output: &mut Output,
    ) -> Result<Map<String, Value>, Error> {
        let mut object = Map::new();
        for field in fields {
            let at = member(pointer, &field.name);
            let value = match &field.content {
                Content::Value(rule) => self.value(rule, field.required, scope, &at, output)?,
                Content::Group(group) => self.nested(group, field.required, scope, &at, output)?,
            };
            object.insert(field.name.clone(), value);
        }
        Ok(object)
    }

    /// An object of fields, or a list of objects.
    fn nested(
        &mut self,
        group: &'a Group,
        required: bool,
        scope: &Scope,
        pointer: &str,
        output: &mut Output,
    ) -> Result<Value, Error> {
        if group.each.is_none() {
            return Ok(self.object(&group.fields, scope, pointer, output)?.into());
        }
        let scopes = self.scopes(group, scope)?;
        if required && scopes.is_empty() {
            output.problem(pointer, "Nothing was found.");
        }
        let mut objects = Vec::new();
        for (index, scope) in scopes.iter().enumerate() {
            if self.values_left == 0 {
                break;
            }
            let at = format!("{pointer}/{index}");
            let object = self.object(&group.fields, scope, &at, output)?;
            objects.push(object.into());
        }
        Ok(Value::Array(objects))
    }

    /// The value of a field; null if there is none.
    fn value(
        &mut self,
        rule: &'a Rule,
        required: bool,
        scope: &Scope,
        pointer: &str,
        output: &mut Output,
    ) -> Result<Value, Error> {
        self.values_left = self.values_left.saturating_sub(1);
        let mut failures = Vec::new();
        for selector in &rule.selectors {
            let candidates = self.candidates(selector, scope, rule.many)?;
            let made = if rule.many {
                self.list(rule, candidates, pointer)
            } else {
                one(rule, self.document, candidates, pointer)
            };
            match made {
                Made::Nothing => {}
                Made::Failed(problem) => failures.push(problem),
                Made::Value { value, output: own } => {
                    output.extend(own);
                    return Ok(value);
                }
            }
        }
        if let Some(failure) = failures.into_iter().next() {
            output.problem(pointer, failure);
        } else if required {
            output.problem(pointer, "Nothing was found.");
        }
        let none = if rule.many {
            Value::Array(Vec::new())
        } else {
            Value::Null
        };
        let value = rule.default.clone().unwrap_or(none);
        self.budget.pick(value.as_str().map_or(0, str::len))?;
        Ok(value)
    }

    /// A list of all values. Those that cannot be read are null in it.
    fn list(&mut self, rule: &Rule, candidates: Vec<Candidate<'_>>, pointer: &str) -> Made {
        let mut output = Output::default();
        let mut values = Vec::new();
        let mut failure = None;
        let mut any = false;
        for candidate in candidates {
            if self.values_left == 0 {
                break;
            }
            let at = format!("{pointer}/{}", values.len());
            match one(rule, self.document, vec![candidate], &at) {
                Made::Nothing => continue,
                Made::Failed(detail) => {
                    output.problem(&at, &detail);
                    failure.get_or_insert(detail);
                    values.push(Value::Null);
                }
                Made::Value { value, output: own } => {
                    output.extend(own);
                    values.push(value);
                    any = true;
                }
            }
            self.values_left -= 1;
        }
        match failure {
            Some(detail) if !any => Made::Failed(detail),
            None if !any => Made::Nothing,
            _ => Made::Value {
                value: values.into(),
                output,
            },
        }
    }
}

/// What became of the candidates of a selector.
enum Made {
    /// There were none.
    Nothing,
    /// The first cannot be read: why.
    Failed(String),
    Value {
        value: Value,
        output: Output,
    },
}

/// The value of the first candidate that is not empty.
fn one(rule: &Rule, document: &Document, candidates: Vec<Candidate<'_>>, pointer: &str) -> Made {
    for candidate in candidates {
        let Candidate {
            text: whole,
            span,
            typed,
            groups,
        } = candidate;
        if let Some(groups) = groups {
            return named(groups, rule.trim, pointer);
        }
        let part = match text::part(rule, document.text.as_str(), &whole, span) {
            Ok(Some(part)) => part,
            Ok(None) => continue,
            Err(detail) => return Made::Failed(detail),
        };
        // Delimited text has no types of its own: what `1.200` is there, a locale says.
        let taken_for = rule.locale.is_some() && document.media_type == "text/csv";
        let whole = rule.part.is_none() && rule.replace.is_empty();
        let typed = typed.filter(|_| whole && !taken_for);
        return match values::read(rule, document.base.as_ref(), &part.text, typed.as_ref()) {
            Err(detail) => Made::Failed(detail),
            Ok(reading) => {
                let mut output = Output::default();
                output.place(pointer, part.narrowed(reading.within));
                Made::Value {
                    value: reading.value,
                    output,
                }
            }
        };
    }
    Made::Nothing
}

/// An object of the named groups of a match.
fn named(groups: Vec<select::NamedGroup<'_>>, trim: bool, pointer: &str) -> Made {
    let (mut object, mut output) = (Map::new(), Output::default());
    for (name, found) in groups {
        let part = found.and_then(|(text, span)| Part::verbatim(text, span).trimmed(trim));
        let value = match part {
            None => Value::Null,
            Some(part) => {
                output.place(&member(pointer, name), part.span.clone());
                part.text.into_owned().into()
            }
        };
        object.insert(name.to_owned(), value);
    }
    Made::Value {
        value: object.into(),
        output,
    }
}
