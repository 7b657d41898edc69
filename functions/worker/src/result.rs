//! From a request to the result that a client reads: all documents, one after the other.

use std::time::Instant;

use extract::{DocumentError, Input, LIMITS, Numbers, Outcome, Output, Problem, Record, Watch};
use job::{Failure, Phase, Request};
use plan::{Columns, Plan};
use serde::Serialize;
use service::metrics;

use crate::engine::Ended;

/// What a client reads.
#[derive(Serialize)]
struct JobResult {
    /// First, for whoever reads the records in parts needs them before.
    columns: Vec<String>,
    records: Vec<Record>,
    documents: Vec<Output>,
}

/// Extracts all documents of a request. A document that cannot be extracted is said so in the result; only when none could be, the
/// job has failed. The documents that were sent come first in the result, then those that were found within them.
pub(crate) fn extract_all(request: Request, watch: &dyn Watch) -> Ended {
    let Request { documents, extract } = request;
    let Ok(plan) = Plan::read(&extract) else {
        return Ended::Failed(Failure::new(
            "request_unreadable",
            Phase::Extract,
            false,
            "What is to be extracted cannot be understood by this version of the service.",
        ));
    };
    let mut columns = Columns::of(&plan);
    let mut result = JobResult {
        columns: Vec::new(),
        records: Vec::new(),
        documents: Vec::new(),
    };
    let mut members = Vec::new();
    for (index, source) in documents.iter().enumerate() {
        let input = Input {
            name: source.name.as_deref(),
            declared: source.media_type.as_deref(),
            bytes: &source.bytes,
        };
        let numbers = Numbers {
            document: index,
            members: documents.len() + members.len(),
        };
        let begun = Instant::now();
        let Ok(outcomes) = extract::extract(numbers, input, &plan, &LIMITS, watch) else {
            return Ended::Stopped;
        };
        metrics::extraction(media_type(&outcomes[0].document), begun.elapsed());
        for (position, Outcome { records, document }) in outcomes.into_iter().enumerate() {
            for record in &records {
                columns.add(record);
            }
            result.records.extend(records);
            if position == 0 {
                result.documents.push(document);
            } else {
                members.push(document);
            }
        }
    }
    result.documents.append(&mut members);
    result.columns = columns.into_names();
    if let Some(failure) = failure_of_all(&result.documents) {
        return Ended::Failed(failure);
    }
    Ended::Done(serde_json::to_vec(&result).expect("strings and numbers always serialise"))
}

fn media_type(document: &Output) -> Option<&str> {
    match document {
        Output::Extracted(document) => Some(&document.media_type),
        Output::Failed(_) => None,
    }
}

/// Why the job failed; none if there is anything to read.
fn failure_of_all(documents: &[Output]) -> Option<Failure> {
    let mut errors = documents.iter().map(|document| match document {
        Output::Failed(failed) => Some(&failed.error),
        Output::Extracted(_) => None,
    });
    let first: &DocumentError = errors.next()??;
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
