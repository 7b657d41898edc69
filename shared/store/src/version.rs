//! The versions of a job, and what each of them brought.
//!
//! | version | a worker that knows it |
//! | --- | --- |
//! | 1 | extracts by name: entities, text, metadata, links, tables |
//! | 2 | reads whatever the language of requests says in this release: other names, and options |
//! | 3 | fetches documents that are elsewhere, does parts of jobs, has their ends told, and extracts html and docling |
//!
//! Whatever this release cannot do is the next version.

use job::{About, Content, JobKey, Request, Source};
use serde_json::Value;

/// The latest version that a worker of this release understands.
pub(crate) const LATEST: u32 = 3;

/// What a worker of the first version can extract.
const FIRST: [&str; 5] = ["entities", "text", "metadata", "links", "tables"];

/// What a worker of the second version cannot extract.
const THIRD: [&str; 2] = ["html", "docling"];

/// The least version of a worker that can do this.
pub(crate) fn least(key: &JobKey, request: &Request, about: &About) -> u32 {
    let Request {
        documents,
        collection,
        first: _,
        extract,
    } = request;
    let sent = |source: &Source| matches!(source.content, Content::Bytes(_));
    let whole = key.part.is_none() && collection.is_none();
    if !(whole && about.webhook.is_none() && documents.iter().all(sent)) {
        return 3;
    }
    let third = |item: &Value| match item {
        Value::Object(item) => THIRD.iter().any(|name| item.contains_key(*name)),
        item => item.as_str().is_some_and(|name| THIRD.contains(&name)),
    };
    let first = |item: &Value| item.as_str().is_some_and(|name| FIRST.contains(&name));
    match extract {
        Value::Array(items) if items.iter().any(third) => 3,
        Value::Array(items) if items.iter().all(first) => 1,
        _ => 2,
    }
}
