//! What is said of all documents alike.

use std::collections::BTreeMap;
use std::fs;

use serde::Serialize;
use serde_json::Value;

use super::Arguments;
use crate::failure::Failure;
use crate::output::plain;

/// The members of a request beside its documents, as the API has them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    extract: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extractor: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<Webhook>,
}

#[derive(Debug, Clone, Serialize)]
struct Webhook {
    url: String,
}

impl Options {
    /// As the arguments say.
    pub(super) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let extract = match &arguments.extract_file {
            Some(path) => {
                let path = path.display().to_string();
                let wrong = |why: &dyn std::fmt::Display| {
                    Failure::usage(format!("--extract-file {}: {why}", plain(&path)))
                };
                let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
                let value: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
                Some(match value {
                    Value::Object(mut object) if object.contains_key("extract") => {
                        object.remove("extract").unwrap_or_default()
                    }
                    value => value,
                })
            }
            None if arguments.extract.is_empty() => None,
            None => Some(arguments.extract.iter().map(|it| it.trim()).collect()),
        };
        Ok(Self {
            extract,
            extractor: arguments.extractor.clone(),
            tags: arguments.tags.iter().cloned().collect(),
            webhook: arguments.webhook.clone().map(|url| Webhook { url }),
        })
    }
}
