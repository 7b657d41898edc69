//! One document through a child, and what is said of it if the child does not come back with it.

use std::collections::BTreeMap;

use extract::{DocumentError, Problem};
use serde_json::Value;
use service::metrics::{self, EngineEnd};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::frame::{self, Head, Order, Tell};
use crate::gathered::{Gathered, Mark};
use crate::input::{Content, Input};
use crate::pool::Engine;
use crate::process::{Bytes, Death, Process, Unread};

/// How many documents within one may each end a child, until the whole is given up.
const MAX_CRASHES: usize = 3;

/// How often a child may be gone before it looked at a document.
const MAX_STARTS: usize = 3;

/// Why a document has no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoOutcome {
    /// It was told to stop.
    Stopped,
    /// What is wanted cannot be understood.
    Refused,
    /// No child can be had.
    Unavailable,
}

/// How a child left a document.
enum Left {
    Done,
    /// It died within the outcome of this number.
    Died {
        outcome: usize,
        death: Death,
    },
    TooSlow,
    TooMuch,
    No(NoOutcome),
    /// It was dead already.
    Missing,
}

/// A document on its way.
pub(crate) struct Document<'a> {
    pub(crate) number: usize,
    /// How many documents were sent with it.
    pub(crate) sent: usize,
    pub(crate) input: &'a Input,
    pub(crate) extract: &'a Value,
}

impl Engine {
    /// Adds the outcomes of a document and of those within it. A child that dies costs what it was at: the document, or the one
    /// within it; the others are extracted again.
    pub(crate) async fn document(
        &self,
        document: &Document<'_>,
        gathered: &mut Gathered,
        stop: &CancellationToken,
    ) -> Result<(), NoOutcome> {
        gathered.next(document.input);
        let bytes = match &document.input.content {
            Content::Bytes(bytes) => Bytes::Here(bytes),
            Content::Spooled(spool) => Bytes::Spooled(spool),
            Content::NotModified => {
                gathered.not_modified(document.input);
                return Ok(());
            }
            Content::Missing(error) => {
                gathered.fail(document.input, error.clone());
                return Ok(());
            }
        };
        let begun = Instant::now();
        let deadline = begun + self.settings().max_document_time;
        let mut known = BTreeMap::new();
        let mut missing = 0;
        let mark = gathered.mark();
        let error = loop {
            let order = document.order(gathered.found(), &known);
            let left = self.attempt(bytes, &order, gathered, deadline, stop).await;
            if !matches!(left, Left::Done) {
                gathered.forget_since(mark);
            }
            match left {
                Left::Done => return Ok(()),
                Left::No(why) => return Err(why),
                Left::Missing => {
                    missing += 1;
                    if missing == MAX_STARTS {
                        return Err(NoOutcome::Unavailable);
                    }
                }
                Left::Died { outcome, death } => {
                    let error = self.error_of(death);
                    if outcome == 0 || known.len() == MAX_CRASHES {
                        break error;
                    }
                    known.insert(outcome, error);
                }
                Left::TooSlow => {
                    let seconds = self.settings().max_document_time.as_secs_f64();
                    break passed("max_document_seconds", seconds, "The document takes longer");
                }
                Left::TooMuch => {
                    let bytes = self.settings().max_result_bytes;
                    break passed("max_result_bytes", bytes, "The result has more bytes");
                }
            }
        };
        metrics::extraction(None, begun.elapsed());
        gathered.fail(document.input, error);
        Ok(())
    }

    fn error_of(&self, death: Death) -> DocumentError {
        match death {
            Death::Memory => {
                let bytes = self.settings().max_engine_memory_bytes;
                passed(
                    "max_engine_memory_bytes",
                    bytes,
                    "The document takes more memory",
                )
            }
            Death::Crash => DocumentError {
                code: Problem::ReaderFailed,
                detail: "The reader failed on this document; the fault is ours.".to_owned(),
            },
        }
    }

    /// Takes the document through one child.
    async fn attempt(
        &self,
        bytes: Bytes<'_>,
        order: &Order,
        gathered: &mut Gathered,
        deadline: Instant,
        stop: &CancellationToken,
    ) -> Left {
        let Some(mut process) = self.take() else {
            return Left::No(NoOutcome::Unavailable);
        };
        let mut run = Run {
            mark: gathered.mark(),
            gathered,
            open: Vec::new(),
            first_records: true,
            columns: Vec::new(),
            head: None,
            begun: Instant::now(),
        };
        // A document is read as it is sent: this takes as long as the child likes.
        let left = tokio::select! {
            biased;
            () = stop.cancelled() => Some(Left::No(NoOutcome::Stopped)),
            () = sleep_until(deadline) => Some(Left::TooSlow),
            asked = process.extract(order, bytes) => match asked {
                Ok(()) => None,
                Err(Unread(error)) => {
                    tracing::error!(%error, "A document's file cannot be read");
                    Some(Left::No(NoOutcome::Unavailable))
                }
            },
        };
        if let Some(left) = left {
            // Half an order cannot be taken back.
            process.kill().await;
            return left;
        }
        let why = tokio::select! {
            biased;
            () = stop.cancelled() => Left::No(NoOutcome::Stopped),
            () = sleep_until(deadline) => Left::TooSlow,
            end = run.listen(&mut process, self.settings().max_result_bytes) => {
                return self.after(process, end, &run.open).await;
            }
        };
        process.stop().await;
        let grace = Instant::now() + self.settings().grace;
        tokio::select! {
            end = run.listen(&mut process, usize::MAX) => {
                self.after(process, end, &run.open).await;
            }
            () = sleep_until(grace) => {
                metrics::engine_ended(EngineEnd::Deaf);
                tracing::warn!(process = process.id(), "A child of the engine did not stop and was killed");
                process.kill().await;
            }
        }
        why
    }

    /// What becomes of a child when it has said its last word on a document.
    async fn after(&self, process: Process, end: End, open: &[usize]) -> Left {
        match end {
            End::Done { memory_bytes } => {
                self.give_back(process, memory_bytes);
                Left::Done
            }
            End::Stopped => {
                self.give_back(process, 0);
                Left::No(NoOutcome::Stopped)
            }
            End::Refused => {
                self.give_back(process, 0);
                Left::No(NoOutcome::Refused)
            }
            End::TooMuch => {
                process.kill().await;
                Left::TooMuch
            }
            End::Gone => {
                let id = process.id();
                let (death, status) = process.death().await;
                let status = status.map(|status| status.to_string());
                metrics::engine_ended(match death {
                    Death::Memory => EngineEnd::Memory,
                    Death::Crash => EngineEnd::Crash,
                });
                tracing::warn!(process = id, status, ?death, "A child of the engine died");
                match open.last() {
                    Some(&outcome) => Left::Died { outcome, death },
                    None => Left::Missing,
                }
            }
        }
    }
}

impl Document<'_> {
    fn order(&self, found: usize, known: &BTreeMap<usize, DocumentError>) -> Order {
        Order {
            document: self.number,
            members: self.sent + found,
            name: self.input.name.clone(),
            declared: self.input.media_type.clone(),
            extract: self.extract.clone(),
            known: known.clone(),
        }
    }
}

/// The last that a child says on a document.
enum End {
    Done {
        memory_bytes: u64,
    },
    Stopped,
    Refused,
    TooMuch,
    /// It says nothing any more.
    Gone,
}

/// A document in a child.
struct Run<'a> {
    mark: Mark,
    gathered: &'a mut Gathered,
    /// The outcomes that have begun and not ended, each within the one before.
    open: Vec<usize>,
    /// Whether no record of the outcome that was begun last has come yet.
    first_records: bool,
    /// The names of columns that have come.
    columns: Vec<u8>,
    /// What was told first: of the document itself.
    head: Option<Head>,
    begun: Instant,
}

impl Run<'_> {
    /// Gathers what a child says, until it has said all. May be dropped and called again.
    async fn listen(&mut self, process: &mut Process, max_result_bytes: usize) -> End {
        loop {
            let Some((tell, content)) = process.next().await else {
                return End::Gone;
            };
            match tell {
                Tell::Began | Tell::Ended => match frame::number(&content) {
                    Some(outcome) => self.progress(tell, outcome),
                    None => return End::Gone,
                },
                Tell::Head => {
                    let Ok(head) = serde_json::from_slice::<Head>(&content) else {
                        return End::Gone;
                    };
                    self.gathered.begin(self.mark, &head);
                    self.first_records = true;
                    self.head.get_or_insert(head);
                }
                Tell::Records => {
                    self.gathered.records(self.first_records, &content);
                    self.first_records = false;
                }
                Tell::Document => self.gathered.document(self.mark, &content),
                Tell::Columns => self.columns.extend_from_slice(&content),
                Tell::Done => {
                    let Ok(columns) = serde_json::from_slice::<Vec<String>>(&self.columns) else {
                        return End::Gone;
                    };
                    self.gathered.columns(&columns);
                    let media_type = self.head.take().and_then(|head| head.media_type);
                    metrics::extraction(media_type.as_deref(), self.begun.elapsed());
                    return End::Done {
                        memory_bytes: frame::number(&content).unwrap_or(0),
                    };
                }
                Tell::Stopped => return End::Stopped,
                Tell::Refused => return End::Refused,
            }
            if self.gathered.bytes() + self.columns.len() > max_result_bytes {
                return End::TooMuch;
            }
        }
    }

    fn progress(&mut self, tell: Tell, outcome: u64) {
        if tell == Tell::Began {
            self.open
                .push(usize::try_from(outcome).unwrap_or(usize::MAX));
        } else {
            self.open.pop();
        }
    }
}

/// A limit was passed: says which, and what was found.
fn passed(name: &str, limit: impl std::fmt::Display, found: &str) -> DocumentError {
    DocumentError {
        code: Problem::LimitExceeded,
        detail: format!("{found}; the limit {name} is {limit}."),
    }
}
