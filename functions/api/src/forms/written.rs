//! A result written in one of its forms.

use std::collections::HashMap;

use plan::{Columns, cells};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Form, Page, csv};
use crate::problem::Problem;

/// Longest answer, in bytes: in base64, which an answer of this size is sent in by a function, it still fits into one event.
const MAX_BYTES: usize = 4 << 20;

/// Records as they are sent.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) body: String,
    /// Behind the part's beginning, where the first record begins that is not in it; none if all are.
    pub(crate) next: Option<usize>,
}

/// Writes the records of a page, as many as one answer can hold.
pub(crate) fn records(form: Form, page: &Page<'_>, columns: Option<Vec<String>>) -> Written {
    let mut body = String::new();
    let columns = (form == Form::Csv).then(|| columns.unwrap_or_else(|| columns_of(page)));
    let numbers: HashMap<&str, usize> = columns
        .iter()
        .flatten()
        .map(String::as_str)
        .zip(0..)
        .collect();
    match &columns {
        Some(columns) => {
            let header: Vec<Value> = columns.iter().map(|name| name.as_str().into()).collect();
            csv::row(&mut body, header.iter().map(Some));
        }
        None if form == Form::Json => body.push_str("{\"records\":["),
        None => {}
    }
    let mut written = 0;
    for (record, _) in &page.records {
        if written > 0 && body.len() + record.get().len() > MAX_BYTES {
            break;
        }
        match form {
            Form::Csv => {
                let record: Map<String, Value> =
                    serde_json::from_str(record.get()).unwrap_or_default();
                let mut row = vec![None; numbers.len()];
                for (name, value) in cells(&record) {
                    if let Some(&number) = numbers.get(name.as_str()) {
                        row[number] = Some(value);
                    }
                }
                csv::row(&mut body, row.iter().map(Option::as_ref));
            }
            Form::Ndjson => {
                body.push_str(record.get());
                body.push('\n');
            }
            Form::Json | Form::Text | Form::Markdown => {
                if written > 0 {
                    body.push(',');
                }
                body.push_str(record.get());
            }
        }
        written += 1;
    }
    let all = written == page.records.len() && !page.more;
    let next = (!all).then(|| match written {
        0 => 0,
        _ => page.records[written - 1].1,
    });
    Written { body, next }
}

/// The columns of results that do not name them themselves.
fn columns_of(page: &Page<'_>) -> Vec<String> {
    let mut columns = Columns::default();
    for (record, _) in &page.records {
        columns.add(&serde_json::from_str(record.get()).unwrap_or_default());
    }
    columns.into_names()
}

/// Writes the texts of all documents, with a blank line between two of them.
pub(crate) fn documents(form: Form, result: &[u8]) -> Result<String, Problem> {
    #[derive(Deserialize)]
    struct Stored<'r> {
        #[serde(borrow)]
        documents: Vec<Document<'r>>,
    }
    #[derive(Deserialize)]
    struct Document<'r> {
        #[serde(borrow)]
        text: Option<&'r RawValue>,
        #[serde(borrow)]
        markdown: Option<&'r RawValue>,
    }
    let stored: Stored<'_> = serde_json::from_slice(result)
        .map_err(|error| Problem::internal(format!("a stored result: {error}")))?;
    let name = if form == Form::Markdown {
        "markdown"
    } else {
        "text"
    };
    let texts: Vec<String> = stored
        .documents
        .into_iter()
        .filter_map(|document| match form {
            Form::Markdown => document.markdown,
            _ => document.text,
        })
        .filter_map(|text| serde_json::from_str(text.get()).ok())
        .collect();
    if texts.is_empty() {
        return Err(Problem::not_acceptable(format!(
            "The result cannot be given as {}, for its request did not ask for `{name}` in `extract`.",
            form.media_type()
        )));
    }
    Ok(texts.join("\n\n"))
}
