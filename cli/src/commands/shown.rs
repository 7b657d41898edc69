//! What the API says of the service, shown: facts under their names for people, or as the API has it.

use serde_json::Value;

use crate::failure::Failure;
use crate::output::{Cell, Output, say, table};
use crate::settings::Context;

/// Shows one object: a line for each member, those of members under `outer.inner`.
pub(crate) fn facts(context: &Context, object: &Value) -> Result<(), Failure> {
    if context.output.json {
        return Ok(Output::pretty(object)?);
    }
    let mut rows = Vec::new();
    flatten("", object, &mut rows);
    let rows = rows
        .into_iter()
        .map(|(name, value)| [name.into(), value.into()] as [Cell; 2]);
    say(&table(["WHAT", "VALUE"], rows, context.output.colors()))?;
    Ok(())
}

/// A value in a cell.
pub(crate) fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(word).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}

/// The member of this name, for people; nothing where there is none.
pub(crate) fn member(object: &Value, name: &str) -> String {
    object.get(name).map(word).unwrap_or_default()
}

/// What a list holds, page after page, until there are no more.
pub(crate) async fn all_pages(
    context: &Context,
    path: &[&str],
    member: &str,
    parameters: &[(&str, String)],
) -> Result<Vec<Value>, Failure> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut call = context.client.get(path).maybe("cursor", cursor.take());
        for (name, value) in parameters {
            call = call.query(name, value);
        }
        let mut page: Value = call.read().await?;
        if let Some(Value::Array(values)) = page.get_mut(member).map(Value::take) {
            found.extend(values);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(found),
        }
    }
}

/// Shows a list: each thing as the API has it on a line of its own, or a row each.
pub(crate) fn rows<const N: usize>(
    context: &Context,
    head: [&str; N],
    values: &[Value],
    none: &str,
    row: impl Fn(&Value) -> [Cell; N],
) -> Result<(), Failure> {
    if context.output.json {
        for value in values {
            Output::line(value)?;
        }
    } else if values.is_empty() {
        context.output.note(none);
    } else {
        say(&table(
            head,
            values.iter().map(row),
            context.output.colors(),
        ))?;
    }
    Ok(())
}

fn flatten(outer: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = if outer.is_empty() {
                    name.clone()
                } else {
                    format!("{outer}.{name}")
                };
                flatten(&name, value, rows);
            }
        }
        value => rows.push((outer.to_owned(), word(value))),
    }
}
