//! One result out of many: what came of single documents is put together as if they had been extracted in one go.

use std::borrow::Cow;
use std::fmt;

use extract::DocumentError;
use job::Failure;
use plan::Columns;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::gathered;

/// Results of single documents, put together. The documents are numbered as they are added; those that were found within them come
/// after all of these, as in any other result.
#[derive(Debug)]
pub struct Merged {
    /// How many documents there are to be.
    sent: usize,
    /// How many were added.
    added: usize,
    found: usize,
    extracted: usize,
    records: Vec<u8>,
    own: Vec<u8>,
    within: Vec<u8>,
    columns: Columns,
    first_error: Option<Wrong>,
}

/// A result of one document, as far as it has to be understood.
#[derive(Deserialize)]
struct Single<'a> {
    columns: Vec<String>,
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
    #[serde(borrow)]
    documents: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct MayBeWrong {
    error: Option<Wrong>,
}

/// What is wrong with a document: the reader's word, or that of whoever could not bring it to a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// What kind of fault it is.
    pub code: String,
    /// What exactly is wrong.
    pub detail: String,
}

/// A document of which there is nothing, as a result says it.
#[derive(Serialize)]
struct Nothing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    bytes: usize,
    error: &'a Wrong,
}

impl Merged {
    /// Nothing of so many documents.
    pub fn of(sent: usize) -> Self {
        Self {
            sent,
            added: 0,
            found: 0,
            extracted: 0,
            records: Vec::new(),
            own: Vec::new(),
            within: Vec::new(),
            columns: Columns::default(),
            first_error: None,
        }
    }

    /// Adds the result of the next document.
    pub fn add(&mut self, result: &[u8]) -> Result<(), serde_json::Error> {
        let Single {
            columns,
            records,
            documents,
        } = serde_json::from_slice(result)?;
        // Of a document alone, the documents within it are counted from 1.
        let within = self.sent + self.found;
        let number = |alone: u64| match usize::try_from(alone).unwrap_or(usize::MAX) {
            0 => self.added,
            alone => within.saturating_add(alone - 1),
        };
        let mut renumbered = Vec::with_capacity(records.len());
        for record in &records {
            renumbered.push(renumber(record, "source", &number)?);
        }
        for record in renumbered {
            append(&mut self.records, record.as_bytes());
        }
        for (index, document) in documents.iter().enumerate() {
            let error = serde_json::from_str::<MayBeWrong>(document.get())?.error;
            if index == 0 {
                append(&mut self.own, document.get().as_bytes());
                if self.added == 0 {
                    self.first_error.clone_from(&error);
                }
            } else {
                let document = renumber(document, "parent", &number)?;
                append(&mut self.within, document.as_bytes());
            }
            self.extracted += usize::from(error.is_none());
        }
        self.columns.merge(&columns);
        self.found += documents.len().saturating_sub(1);
        self.added += 1;
        Ok(())
    }

    /// Adds a document of which there is nothing.
    pub fn add_nothing(&mut self, name: Option<&str>, bytes: usize, error: Wrong) {
        append(&mut self.own, &nothing(name, bytes, &error));
        if self.added == 0 {
            self.first_error = Some(error);
        }
        self.added += 1;
    }

    /// Size of the result so far, in bytes.
    pub fn bytes(&self) -> usize {
        self.records.len() + self.own.len() + self.within.len()
    }

    /// The result: a JSON document. Only when none of the documents could be extracted, there is none.
    pub fn end(self) -> Result<Vec<u8>, Failure> {
        let documents = self.added + self.found;
        if let (0, Some(Wrong { code, detail })) = (self.extracted, self.first_error) {
            return Err(gathered::failure(documents, &code, detail));
        }
        Ok(gathered::json(
            self.columns,
            &self.records,
            self.own,
            &self.within,
        ))
    }
}

/// The result of a document of which there is nothing, as if it had been extracted alone.
pub fn no_result(name: Option<&str>, bytes: usize, error: &Wrong) -> Vec<u8> {
    let own = nothing(name, bytes, error);
    gathered::json(Columns::default(), &[], own, &[])
}

fn nothing(name: Option<&str>, bytes: usize, error: &Wrong) -> Vec<u8> {
    let nothing = Nothing { name, bytes, error };
    serde_json::to_vec(&nothing).expect("strings and numbers always serialise")
}

impl From<&DocumentError> for Wrong {
    fn from(error: &DocumentError) -> Self {
        Self {
            code: gathered::name(error.code).to_owned(),
            detail: error.detail.clone(),
        }
    }
}

impl From<&Failure> for Wrong {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code.clone(),
            detail: failure.detail.clone(),
        }
    }
}

fn append(list: &mut Vec<u8>, json: &[u8]) {
    if !list.is_empty() {
        list.push(b',');
    }
    list.extend_from_slice(json);
}

/// The same object with another number of its document: in its member `source` that of `document`, or its member `parent`. All else
/// stays to the letter.
fn renumber(
    object: &RawValue,
    member: &str,
    number: &impl Fn(u64) -> usize,
) -> Result<String, serde_json::Error> {
    let Members(members) = serde_json::from_str(object.get())?;
    let mut out = String::with_capacity(object.get().len() + 8);
    for (name, value) in members {
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push_str(&serde_json::to_string(&name)?);
        out.push(':');
        if name == member {
            let mut value: Value = serde_json::from_str(value.get())?;
            let place = match &mut value {
                Value::Object(source) => source.get_mut("document"),
                parent => Some(parent),
            };
            if let Some(place) = place
                && let Some(alone) = place.as_u64()
            {
                *place = number(alone).into();
            }
            out.push_str(&value.to_string());
        } else {
            out.push_str(value.get());
        }
    }
    out.push_str(if out.is_empty() { "{}" } else { "}" });
    Ok(out)
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(results: &[Value]) -> Value {
        let mut merged = Merged::of(results.len());
        for result in results {
            merged.add(result.to_string().as_bytes()).unwrap();
        }
        serde_json::from_slice(&merged.end().unwrap()).unwrap()
    }

    #[test]
    fn documents_keep_their_order_and_those_within_them_come_last() {
        let archive = json!({
            "number": 0,
            "columns": ["a"],
            "records": [{"a": 1.50, "source": {"document": 2, "start": 0, "end": 1}}],
            "documents": [{"name": "a.zip"}, {"name": "x", "parent": 0}, {"name": "y", "parent": 1}],
        });
        let plain = json!({
            "columns": ["b"],
            "records": [{"b": {"source": {"document": 0}}, "source": {"document": 0}}],
            "documents": [{"name": "b.txt"}],
        });
        let result = merged(&[plain.clone(), archive.clone(), archive, plain]);
        let names = result["documents"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            ["b.txt", "a.zip", "a.zip", "b.txt", "x", "y", "x", "y"]
        );
        let records = result["records"].as_array().unwrap().iter();
        let of: Vec<_> = records.map(|it| it["source"]["document"].clone()).collect();
        assert_eq!(of, [0, 5, 7, 3]);
        let parents = result["documents"].as_array().unwrap().iter();
        let parents: Vec<_> = parents.map(|it| it["parent"].clone()).skip(4).collect();
        assert_eq!(parents, [1, 4, 2, 6]);
        let columns = result["columns"].as_array().unwrap();
        assert_eq!(columns[..2], [json!("b"), json!("a")]);
        assert_eq!(result["records"][0]["b"]["source"]["document"], 0);
    }

    #[test]
    fn only_where_nothing_could_be_extracted_there_is_no_result() {
        let wrong = || Wrong {
            code: "malformed".to_owned(),
            detail: "It is damaged.".to_owned(),
        };
        let nothing = || serde_json::from_slice(&no_result(Some("a"), 3, &wrong())).unwrap();
        let good = json!({"columns": [], "records": [], "documents": [{"name": "b"}]});
        let result = merged(&[nothing(), good]);
        assert_eq!(result["documents"][0]["error"]["code"], "malformed");
        let mut merged = Merged::of(2);
        merged.add(nothing().to_string().as_bytes()).unwrap();
        merged.add_nothing(None, 0, wrong());
        let failure = merged.end().unwrap_err();
        assert_eq!(failure.code, "malformed");
        assert!(failure.detail.starts_with("None of the 2 documents"));
    }
}
