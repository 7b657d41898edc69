//! From a request to the result that a client reads: all documents, one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use extract::{
    DocumentOutput, Error, Extraction, Extractor, Input, LIMITS, Problem, Record, Watch,
};
use job::{Failure, Phase, Request, Source, Wanted};
use serde::Serialize;
use service::metrics;

use crate::engine::Ended;

/// What a client reads.
#[derive(Serialize)]
struct JobResult {
    records: Vec<Record>,
    documents: Vec<Document>,
}

/// What a result says of one document, in the order in which they were sent.
#[derive(Serialize)]
#[serde(untagged)]
enum Document {
    Extracted(Box<DocumentOutput>),
    Failed {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        bytes: usize,
        error: DocumentError,
    },
}

/// Why there is nothing of a document.
#[derive(Serialize)]
struct DocumentError {
    code: Problem,
    detail: String,
}

/// Extracts all documents of a request. A document that cannot be extracted is said so in the result; only when none could be, the
/// job has failed.
pub(crate) fn extract_all(request: Request, watch: &dyn Watch) -> Ended {
    let Request { documents, extract } = request;
    let wanted: Vec<Extractor> = extract.into_iter().map(extractor).collect();
    let mut result = JobResult {
        records: Vec::new(),
        documents: Vec::new(),
    };
    for (index, source) in documents.iter().enumerate() {
        match extract_one(index, source, &wanted, watch) {
            Ok(Extraction { records, document }) => {
                result.records.extend(records);
                result
                    .documents
                    .push(Document::Extracted(Box::new(document)));
            }
            Err(Error::Document { problem, detail }) => result.documents.push(Document::Failed {
                name: source.name.clone(),
                bytes: source.bytes.len(),
                error: DocumentError {
                    code: problem,
                    detail,
                },
            }),
            Err(Error::Interrupted(_)) => return Ended::Stopped,
        }
    }
    if let Some(failure) = failure_of_all(&result.documents) {
        return Ended::Failed(failure);
    }
    Ended::Done(serde_json::to_vec(&result).expect("strings and numbers always serialise"))
}

/// One document, with whatever panic a parser has on it turned into that document's error.
fn extract_one(
    index: usize,
    source: &Source,
    wanted: &[Extractor],
    watch: &dyn Watch,
) -> Result<Extraction, Error> {
    let Source {
        name,
        media_type,
        bytes,
    } = source;
    let input = Input {
        name: name.as_deref(),
        declared: media_type.as_deref(),
        bytes,
    };
    let begun = Instant::now();
    let extracted = catch_unwind(AssertUnwindSafe(|| {
        extract::extract(index, input, wanted, &LIMITS, watch)
    }))
    .unwrap_or_else(|_| {
        Err(Error::document(
            Problem::ReaderFailed,
            "The reader for this kind of document failed on it.",
        ))
    });
    let media_type = extracted
        .as_ref()
        .ok()
        .map(|it| it.document.media_type.as_str());
    metrics::extraction(media_type, begun.elapsed());
    extracted
}

/// Why the job failed; none if there is anything to read.
fn failure_of_all(documents: &[Document]) -> Option<Failure> {
    let mut errors = documents.iter().map(|document| match document {
        Document::Failed { error, .. } => Some(error),
        Document::Extracted(_) => None,
    });
    let first = errors.next()??;
    errors.all(|error| error.is_some()).then(|| {
        let detail = match documents.len() {
            1 => first.detail.clone(),
            count => format!(
                "None of the {count} documents could be extracted. The first: {}",
                first.detail
            ),
        };
        Failure::new(code(first.code), Phase::Extract, false, detail)
    })
}

/// The name of a problem in the API.
fn code(problem: Problem) -> &'static str {
    match problem {
        Problem::Empty => "empty",
        Problem::UnsupportedFormat => "unsupported_format",
        Problem::Malformed => "malformed",
        Problem::Encrypted => "encrypted",
        Problem::LimitExceeded => "limit_exceeded",
        _ => "reader_failed",
    }
}

/// The engine's name for what was asked for.
fn extractor(wanted: Wanted) -> Extractor {
    match wanted {
        Wanted::Entities => Extractor::Entities,
        Wanted::Text => Extractor::Text,
        Wanted::Metadata => Extractor::Metadata,
        Wanted::Links => Extractor::Links,
        Wanted::Tables => Extractor::Tables,
    }
}
