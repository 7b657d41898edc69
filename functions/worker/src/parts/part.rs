//! One part of a job: its documents, one after the other, a line of the result for each.

use std::time::Duration;

use engine::{Input, Measured, One, Wrong, no_result};
use job::{Collection, Content, Failure, Progress, Request, Source, Tenant, limits};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Claim, Error};
use tokio_util::sync::CancellationToken;

use crate::Worker;
use crate::archive::Members;
use crate::attempt::{Decision, Stop, not_loaded, out_of_time, unavailable};
use crate::sources::LoadError;

/// What one attempt at a part tells the next.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Documents that are dealt with.
    #[serde(rename = "n")]
    documents: usize,
    /// The attempts that kept what they found.
    #[serde(rename = "s")]
    segments: Vec<u32>,
}

/// What was found so far.
struct Lines {
    text: Vec<u8>,
    done: u32,
    failed: u32,
    /// Documents of this part that are dealt with.
    documents: usize,
    /// What this attempt took.
    measured: Measured,
}

/// Why no further document was begun.
enum Pause {
    /// There is none.
    End,
    /// It is enough for one step.
    Enough,
    Stopped,
    /// What is needed cannot be had now.
    Unavailable(Failure),
    Failed(Failure),
}

impl Worker {
    /// Does a part, or as much of it as fits into one attempt.
    pub(crate) async fn part(
        &self,
        claim: &Claim,
        left: Duration,
        measured: &mut Measured,
    ) -> Result<Decision, Error> {
        let job = claim.job();
        let request = self.store.request(job).await?;
        let before = job.progress.clone().unwrap_or_default();
        let mut kept: Kept = before
            .cursor
            .and_then(|cursor| serde_json::from_str(&cursor).ok())
            .unwrap_or_default();
        let total = job.about.documents;
        let mut lines = Lines {
            text: Vec::new(),
            done: before.done,
            failed: before.failed,
            documents: kept.documents,
            measured: Measured::default(),
        };
        let stopping = CancellationToken::new();
        let names = Names::of(&request);
        let may_wait = !claim.is_last_attempt();
        let all = self.all(&job.key.tenant, request, &mut lines, may_wait, &stopping);
        let (pause, stop) = self.watched(claim, left, &stopping, all).await;
        *measured = lines.measured;
        match (pause, stop) {
            (Pause::End, _) => return self.end_of_part(job, &kept, lines, total).await,
            (Pause::Failed(failure), _) => return Ok(Decision::Fail(failure)),
            (_, Some(Stop::Cancelled)) => return Ok(Decision::Abandon),
            (Pause::Stopped, Some(Stop::TooSlow)) if lines.documents == kept.documents => {
                let wrong = Wrong {
                    code: "too_slow".to_owned(),
                    detail: format!(
                        "The extraction took longer than {} s.",
                        self.settings.extract_time.as_secs()
                    ),
                };
                let number = names.first + u32::try_from(lines.documents).unwrap_or(u32::MAX);
                let name = names.name(lines.documents);
                lines.add(number, name, &no_result(name, 0, &wrong), false);
                measured.documents += 1;
            }
            (Pause::Unavailable(failure), _) if lines.documents == kept.documents => {
                return Ok(Decision::Release(failure));
            }
            (Pause::Stopped, _) if lines.documents == kept.documents => {
                return Ok(Decision::Release(out_of_time()));
            }
            _ => {}
        }
        // What is found is kept, and another attempt goes on behind it.
        kept.documents = lines.documents;
        kept.segments.push(job.attempt);
        self.store
            .put_segment(&job.key, job.attempt, lines.text)
            .await?;
        let cursor = serde_json::to_string(&kept).expect("numbers always serialise");
        let progress = Progress {
            done: lines.done,
            failed: lines.failed,
            total: Some(total),
            cursor: Some(cursor),
        };
        let after = Duration::ZERO;
        Ok(Decision::Continue { progress, after })
    }

    /// Takes all documents that are left through the engine.
    async fn all(
        &self,
        tenant: &Tenant,
        request: Request,
        lines: &mut Lines,
        may_wait: bool,
        stopping: &CancellationToken,
    ) -> Pause {
        let begun = tokio::time::Instant::now();
        let Request {
            documents,
            collection,
            first,
            extract,
        } = request;
        let mut members = match collection {
            Some(Collection::Archive(source)) => Some(Members::of(source)),
            _ => None,
        };
        let may_wait = may_wait && documents.len() == 1;
        let skipped = lines.documents;
        for (index, source) in documents.into_iter().enumerate().skip(skipped) {
            let enough = begun.elapsed() > self.settings.extract_time / 2
                || lines.text.len() > limits::MAX_SEGMENT_BYTES;
            if enough {
                return Pause::Enough;
            }
            let number = first + u32::try_from(index).unwrap_or(u32::MAX);
            let name = source.name.clone();
            let load = Box::pin(self.load_of_part(tenant, source, members.as_mut(), may_wait));
            let input = match stopping.run_until_cancelled(load).await {
                Some(Ok(input)) => input,
                Some(Err(error)) => {
                    tracing::warn!(%error, "Document not read");
                    return Pause::Unavailable(not_loaded(&error));
                }
                None => return Pause::Stopped,
            };
            let extraction = self.engine.extract_one(&input, &extract, stopping).await;
            lines.measured += extraction.measured;
            match extraction.ended {
                One::Done { result, error } => {
                    lines.add(number, name.as_deref(), &result, error.is_none());
                }
                One::Failed(failure) => return Pause::Failed(failure),
                One::Stopped => return Pause::Stopped,
                One::Unavailable => {
                    return Pause::Unavailable(unavailable(
                        "engine_failed",
                        "The extraction could not be run.",
                    ));
                }
            }
        }
        Pause::End
    }

    /// Gets hold of a document, be it a member of the part's archive.
    async fn load_of_part(
        &self,
        tenant: &Tenant,
        source: Source,
        members: Option<&mut Members>,
        may_wait: bool,
    ) -> Result<Input, LoadError> {
        match (&source.content, members) {
            (&Content::Member(entry), Some(members)) => Ok(Input {
                content: members.load(self, tenant, entry).await?,
                name: source.name,
                media_type: source.media_type,
                origin: None,
            }),
            _ => self.load(tenant, source, may_wait).await,
        }
    }

    async fn end_of_part(
        &self,
        job: &job::Job,
        kept: &Kept,
        lines: Lines,
        total: u32,
    ) -> Result<Decision, Error> {
        let mut result = Vec::new();
        for &attempt in &kept.segments {
            result.append(&mut self.store.segment(&job.key, attempt).await?);
        }
        result.extend(lines.text);
        let progress = Progress {
            done: lines.done,
            failed: lines.failed,
            total: Some(total),
            cursor: Some(format!("{:x}", Sha256::digest(&result))),
        };
        let progress = Some(progress);
        Ok(Decision::Complete { result, progress })
    }
}

impl Lines {
    /// Adds the line of the next document.
    fn add(&mut self, number: u32, name: Option<&str>, result: &[u8], is_done: bool) {
        self.text.extend(line(number, name, result));
        self.documents += 1;
        if is_done {
            self.done += 1;
        } else {
            self.failed += 1;
        }
    }
}

/// The line of a document: its result, and which document it is.
pub(super) fn line(number: u32, name: Option<&str>, result: &[u8]) -> Vec<u8> {
    let mut line = format!(r#"{{"number":{number},"#).into_bytes();
    if let Some(name) = name {
        let name = serde_json::to_string(name).expect("a string always serialises");
        line.extend(format!(r#""name":{name},"#).into_bytes());
    }
    line.extend_from_slice(result.strip_prefix(b"{").unwrap_or(result));
    line.push(b'\n');
    line
}

/// The names of a part's documents.
pub(super) struct Names {
    pub(super) first: u32,
    names: Vec<Option<String>>,
}

impl Names {
    pub(super) fn of(request: &Request) -> Self {
        let names = request.documents.iter().map(|it| it.name.clone());
        Self {
            first: request.first,
            names: names.collect(),
        }
    }

    /// The name of a document, by its place in the part.
    pub(super) fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index)?.as_deref()
    }
}
