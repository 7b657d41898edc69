//! What comes of all documents of a request: the result that a client reads, put together from the JSON that children wrote.

use std::time::Duration;

use extract::{DocumentError, FailedOutput, Output, Problem};
use job::{Failure, Phase};
use plan::Columns;

use crate::Measured;
use crate::frame::Head;
use crate::input::Input;

/// Outcomes so far. What is in here is never parsed: it goes from a child into the result as it is.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// All records, joined by commas.
    records: Vec<u8>,
    /// What is said of the documents that were sent, joined by commas.
    sent: Vec<u8>,
    /// What is said of the documents within them.
    found: Vec<u8>,
    /// The names of all records' columns.
    columns: Columns,
    count: Count,
    /// Bytes of the documents that were sent.
    bytes: u64,
    /// Where the document that is next, or under way, was fetched from: a member of what is said of it, and a comma.
    origin: Vec<u8>,
    /// Whether the next part of what is said of an outcome is the first.
    is_first_part: bool,
    /// What is wrong with the first document, if it could not be extracted.
    first_error: Option<DocumentError>,
}

/// How many documents there are, and what is in them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    sent: usize,
    found: usize,
    extracted: usize,
    pages: u64,
    records: u64,
}

/// How far it was at some moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    records: usize,
    sent: usize,
    found: usize,
    count: Count,
}

impl Gathered {
    /// How many of the documents were found within others.
    pub(crate) fn found(&self) -> usize {
        self.count.found
    }

    /// What was dealt with so far.
    pub(crate) fn measured(&self) -> Measured {
        Measured {
            documents: self.count.sent as u64,
            bytes: self.bytes,
            pages: self.count.pages,
            records: self.count.records,
            time: Duration::ZERO,
        }
    }

    /// Size of the result so far, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.records.len() + self.sent.len() + self.found.len()
    }

    /// How far it is now.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            records: self.records.len(),
            sent: self.sent.len(),
            found: self.found.len(),
            count: self.count,
        }
    }

    /// Forgets what has come since then.
    pub(crate) fn forget_since(&mut self, mark: Mark) {
        let Mark {
            records,
            sent,
            found,
            count,
        } = mark;
        self.records.truncate(records);
        self.sent.truncate(sent);
        self.found.truncate(found);
        if count.sent == 0 {
            self.first_error = None;
        }
        self.count = count;
    }

    /// Another document that was sent is next.
    pub(crate) fn next(&mut self, input: &Input) {
        self.bytes += input.content.len() as u64;
        self.origin.clear();
        if let Some(origin) = &input.origin {
            let origin = serde_json::json!(origin);
            self.origin = format!(r#""origin":{origin},"#).into_bytes();
        }
    }

    /// Begins an outcome of the document that was begun at `mark`: its own is the first, the others are those of the documents
    /// within it.
    pub(crate) fn begin(&mut self, mark: Mark, head: &Head) {
        let is_own = self.count.sent == mark.count.sent;
        let documents = if is_own {
            &mut self.sent
        } else {
            &mut self.found
        };
        separate(documents);
        if is_own {
            if self.count.sent == 0 {
                self.first_error.clone_from(&head.error);
            }
            self.count.sent += 1;
        } else {
            self.count.found += 1;
        }
        self.is_first_part = is_own;
        self.count.extracted += usize::from(head.error.is_none());
        self.count.pages += u64::from(head.pages);
        self.count.records += u64::from(head.records);
        // Whether it has records is not known yet: `records` puts the comma.
    }

    /// Adds a part of what is said of the outcome that was begun last.
    pub(crate) fn document(&mut self, mark: Mark, mut part: &[u8]) {
        // Where it comes from is this process's knowledge: it goes behind the bracket that the whole begins with.
        if std::mem::take(&mut self.is_first_part)
            && !self.origin.is_empty()
            && let Some(rest) = part.strip_prefix(b"{")
        {
            self.sent.push(b'{');
            self.sent.extend_from_slice(&self.origin);
            part = rest;
        }
        if self.count.found == mark.count.found {
            self.sent.extend_from_slice(part);
        } else {
            self.found.extend_from_slice(part);
        }
    }

    /// Adds a part of its records. `is_first`: the first part.
    pub(crate) fn records(&mut self, is_first: bool, part: &[u8]) {
        if is_first {
            separate(&mut self.records);
        }
        self.records.extend_from_slice(part);
    }

    /// Adds the columns of a document's records: the last that there is to add of it.
    pub(crate) fn columns(&mut self, names: &[String]) {
        self.columns.merge(names);
    }

    /// Adds a document of which there is nothing.
    pub(crate) fn fail(&mut self, input: &Input, error: DocumentError) {
        let mark = self.mark();
        self.begin(mark, &Head::failed(error.clone()));
        let output = Output::Failed(FailedOutput {
            name: input.name.clone(),
            parent: None,
            bytes: input.content.len(),
            error,
        });
        let json = serde_json::to_vec(&output).expect("strings and numbers always serialise");
        self.document(mark, &json);
    }

    /// Adds a document that is as its client has it already.
    pub(crate) fn not_modified(&mut self, input: &Input) {
        let mark = self.mark();
        self.begin(mark, &Head::default());
        let mut said = serde_json::Map::new();
        said.extend(input.name.clone().map(|name| ("name".into(), name.into())));
        said.insert("not_modified".into(), true.into());
        said.insert("bytes".into(), 0.into());
        let json = serde_json::to_vec(&said).expect("strings and numbers always serialise");
        self.document(mark, &json);
    }

    /// The result: a JSON document. The documents that were sent come first in it, then those that were found within them. Only
    /// when none of them could be extracted, the job has failed.
    pub(crate) fn end(self) -> Result<Vec<u8>, Failure> {
        let Self {
            records,
            sent,
            found,
            columns,
            count,
            bytes: _,
            origin: _,
            is_first_part: _,
            first_error,
        } = self;
        if let (0, Some(first)) = (count.extracted, first_error) {
            let DocumentError { code, detail } = first;
            return Err(failure(count.sent + count.found, name(code), detail));
        }
        Ok(json(columns, &records, sent, &found))
    }

    /// The result all the same where the document could not be extracted, and what is wrong with it.
    pub(crate) fn end_of_one(self) -> (Vec<u8>, Option<DocumentError>) {
        let error = self.first_error.filter(|_| self.count.extracted == 0);
        let json = json(self.columns, &self.records, self.sent, &self.found);
        (json, error)
    }
}

/// A result: a JSON document. First the columns, for whoever reads the records in parts needs them before.
pub(crate) fn json(columns: Columns, records: &[u8], mut sent: Vec<u8>, found: &[u8]) -> Vec<u8> {
    let columns = serde_json::json!(columns.into_names()).to_string();
    let mut json = format!(r#"{{"columns":{columns},"records":["#).into_bytes();
    json.reserve_exact(records.len() + sent.len() + found.len() + 20);
    json.extend_from_slice(records);
    json.extend_from_slice(br#"],"documents":["#);
    json.append(&mut sent);
    if !found.is_empty() {
        json.push(b',');
        json.extend_from_slice(found);
    }
    json.extend_from_slice(b"]}");
    json
}

fn separate(json: &mut Vec<u8>) {
    if !json.is_empty() {
        json.push(b',');
    }
}

/// Why the job failed.
pub(crate) fn failure(documents: usize, code: &str, detail: String) -> Failure {
    let detail = match documents {
        1 => detail,
        count => {
            format!("None of the {count} documents could be extracted. The first: {detail}")
        }
    };
    Failure::new(code, Phase::Extract, false, detail)
}

/// The name of a problem in the API.
pub fn name(problem: Problem) -> &'static str {
    match problem {
        Problem::FetchForbidden => "fetch_forbidden",
        Problem::RobotsDisallowed => "robots_disallowed",
        Problem::FetchFailed => "fetch_failed",
        Problem::Missing => "missing",
        Problem::Changed => "changed",
        Problem::Empty => "empty",
        Problem::UnsupportedFormat => "unsupported_format",
        Problem::Malformed => "malformed",
        Problem::Encrypted => "encrypted",
        Problem::LimitExceeded => "limit_exceeded",
        _ => "reader_failed",
    }
}
