//! Shapes that only the documentation knows as types: requests are checked member by member.
#![expect(dead_code, reason = "only their descriptions are used")]

use serde::Deserialize;
use utoipa::ToSchema;

/// A document by its address, or in base64, and what to make of it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConvertSourcesRequest {
    /// The document: a list of one.
    #[schema(min_items = 1, max_items = 1)]
    sources: Vec<ConvertSource>,
    options: Option<ConvertDocumentsOptions>,
    target: Option<InBodyTarget>,
}

/// Results come in the answer.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InBodyTarget {
    kind: TargetKind,
}

/// Where results go.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TargetKind {
    /// Into the answer.
    InBody,
}

/// A document.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ConvertSource {
    Http(HttpSource),
    File(FileSource),
}

/// At an address, from where it is fetched.
#[derive(Deserialize, ToSchema)]
pub(crate) struct HttpSource {
    kind: HttpKind,
    #[schema(example = "https://example.org/report.pdf")]
    url: String,
}

/// Here.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FileSource {
    kind: FileKind,
    /// The document in base64.
    base64_string: String,
    filename: String,
}

/// How it is known that a document is at an address.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HttpKind {
    Http,
}

/// How it is known that a document is here.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileKind {
    File,
}

/// What to make of a document. Other options of docling-serve are taken if they change nothing here, or ask for nothing; those that ask
/// for what is not done are refused.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConvertDocumentsOptions {
    /// Which outputs to make. Default: `md`.
    to_formats: Option<Vec<OutputFormat>>,
}

/// An output.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutputFormat {
    /// Markdown.
    Md,
    /// The text alone.
    Text,
    /// An HTML page.
    Html,
    /// A `DoclingDocument`.
    Json,
}

/// A document as a part of a form, and what to make of it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConvertFilesForm {
    /// The document; its file name is kept.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 1)]
    files: Vec<String>,
    /// Which outputs to make, a part for each. Default: `md`. Other options are parts as well.
    to_formats: Option<Vec<OutputFormat>>,
    target_type: Option<TargetKind>,
}
