//! One document through both layers, and the documents within it: what goes in, what comes out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plan::Plan;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::output::{DocumentOutput, FailedOutput, Outcome, Output};
use crate::read::{Member, Needs};
use crate::{Error, Interrupted, Limits, Problem, Watch, find, read};

/// A document as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The name of the file, if the sender gave one.
    pub name: Option<&'a str>,
    /// The media type that the sender claims, parameters (`; charset=…`) included: a hint, never
    /// trusted.
    pub declared: Option<&'a str>,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// The numbers of a job's documents, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The number of the document itself.
    pub document: usize,
    /// The number of the first document found within it; the next ones follow.
    pub members: usize,
}

/// Extracts what is wanted from a document and from all documents within it (the members of an archive, the attachments
/// of an e-mail).
///
/// The first outcome is the document's own; those of its members follow in the order in which they were found, each with
/// the number of its parent. Whatever is wrong with a document is its own outcome.
pub fn extract(
    numbers: Numbers,
    input: Input<'_>,
    plan: &Plan,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Vec<Outcome>, Interrupted> {
    read::on_its_own_stack(|| {
        let mut session = Session {
            plan,
            limits,
            watch,
            outcomes: vec![None],
            numbers,
            unpacked_bytes: 0,
        };
        let outcome = session.one(0, None, input, 0)?;
        session.outcomes[0] = Some(outcome);
        Ok(session.outcomes.into_iter().flatten().collect())
    })
    .unwrap_or_else(|detail| {
        let document = failed(input, None, Problem::ReaderFailed, detail.to_owned());
        Ok(vec![Outcome {
            records: Vec::new(),
            document,
        }])
    })
}

/// A document and all within it, under way.
struct Session<'a> {
    plan: &'a Plan,
    limits: &'a Limits,
    watch: &'a dyn Watch,
    numbers: Numbers,
    /// The document's own, and those of its members; none for one that is still being read.
    outcomes: Vec<Option<Outcome>>,
    /// Bytes of all members together.
    unpacked_bytes: usize,
}

/// Which document another one was found in.
#[derive(Clone, Copy)]
struct Parent {
    number: usize,
}

impl Session<'_> {
    /// One document. `position` is its place in `outcomes`, `depth` how many others it stands in.
    fn one(
        &mut self,
        position: usize,
        parent: Option<Parent>,
        input: Input<'_>,
        depth: usize,
    ) -> Result<Outcome, Interrupted> {
        self.watch.check()?;
        let number = self.number(position);
        let result = catch_unwind(AssertUnwindSafe(|| {
            let (limits, watch) = (self.limits, self.watch);
            let needs = Needs::of(self.plan);
            let mut each = |member: Member<'_>| self.member(number, member, depth + 1);
            let document = read::read_any(input, needs, limits, watch, &mut each)?;
            watch.check()?;
            find::find(number, input, document, self.plan, limits, watch)
        }))
        .unwrap_or_else(|_| Err(Error::document(Problem::ReaderFailed, read::FAILED)));
        match result {
            Ok((records, output)) => Ok(Outcome {
                records,
                document: Output::Extracted(Box::new(DocumentOutput {
                    parent: parent.map(|parent| parent.number),
                    ..output
                })),
            }),
            Err(Error::Document { problem, detail }) => Ok(Outcome {
                records: Vec::new(),
                document: failed(input, parent, problem, detail),
            }),
            Err(Error::Interrupted(interrupted)) => Err(interrupted),
        }
    }

    fn number(&self, position: usize) -> usize {
        match position {
            0 => self.numbers.document,
            position => self.numbers.members + position - 1,
        }
    }

    /// A document within the one that is being read. An error here is the parent's.
    fn member(&mut self, parent: usize, member: Member<'_>, depth: usize) -> Result<(), Error> {
        let limits = self.limits;
        if self.outcomes.len() > limits.max_members {
            let found = "There are more documents within the document";
            return Err(read::passed("max_members", limits.max_members, found));
        }
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(member.bytes.len());
        if self.unpacked_bytes > limits.max_unpacked_bytes {
            let found = "The documents within the document have more bytes";
            return Err(read::passed(
                "max_unpacked_bytes",
                limits.max_unpacked_bytes,
                found,
            ));
        }
        let input = Input {
            name: Some(member.path),
            declared: member.declared,
            bytes: member.bytes,
        };
        let parent = Parent { number: parent };
        let position = self.outcomes.len();
        self.outcomes.push(None);
        let outcome = if depth > limits.max_member_depth {
            let found = "The document stands in more documents than can be opened";
            let error = read::passed("max_member_depth", limits.max_member_depth, found);
            let (problem, detail) = error.into_document();
            Outcome {
                records: Vec::new(),
                document: failed(input, Some(parent), problem, detail),
            }
        } else if let Err(error) = self.watch.member_begins(position) {
            Outcome {
                records: Vec::new(),
                document: failed(input, Some(parent), error.code, error.detail),
            }
        } else {
            let outcome = self.one(position, Some(parent), input, depth)?;
            self.watch.member_ends(position);
            outcome
        };
        self.outcomes[position] = Some(outcome);
        Ok(())
    }
}

fn failed(input: Input<'_>, parent: Option<Parent>, problem: Problem, detail: String) -> Output {
    Output::Failed(FailedOutput {
        name: input.name.map(Into::into),
        parent: parent.map(|parent| parent.number),
        bytes: input.bytes.len(),
        error: crate::output::DocumentError {
            code: problem,
            detail,
        },
    })
}

/// A flat JSON object, one finding.
///
/// Each says where it stands in its `source`: `{"document": 0, "page": 1, "start": 9, "end": 19}`. `document` counts a
/// job's documents from 0, `page` counts from 1 and is absent for formats without pages, `start` and `end` are offsets
/// into the document's text, in Unicode scalar values. What else it says depends on what found it.
pub type Record = Map<String, Value>;

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
