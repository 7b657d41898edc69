//! One job, from its documents to its result.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::inputs::Input;
use super::journal::{End, Event, Journal, Known};
use super::progress::{Bar, Progress};
use super::send::{Document, Limits, hexadecimal, sources};
use super::summary::{Ended, Outcome};
use super::{Arguments, Options};
use crate::commands::follow::follow;
use crate::commands::job::Job;
use crate::commands::result::{Format, ended_badly, to_stdout};
use crate::failure::{Exit, Failure};
use crate::settings::Context;
use crate::written::{remove_if_there, write_whole_by};

/// What each job needs.
pub(super) struct Work<'a> {
    context: &'a Context,
    arguments: &'a Arguments,
    options: Options,
    journal: &'a Journal,
    progress: &'a Progress,
    limits: Limits,
    /// Jobs that are waited for, with the keys of their documents.
    under_way: Mutex<BTreeMap<String, String>>,
    /// Whether anything has been accepted. Until then, what is refused is refused for all.
    accepted: AtomicBool,
}

#[derive(Debug, Deserialize)]
struct Accepted {
    job_id: String,
}

impl<'a> Work<'a> {
    /// Asks the API what it takes.
    pub(super) async fn new(
        context: &'a Context,
        arguments: &'a Arguments,
        options: Options,
        journal: &'a Journal,
        progress: &'a Progress,
    ) -> Result<Self, Failure> {
        let limits: Result<Limits, Failure> = context.client.get(&["limits"]).read().await;
        let limits = match limits {
            // A key that may only submit may not ask.
            Err(failure) if failure.is("forbidden") => Limits::default(),
            limits => limits?,
        };
        Ok(Self {
            context,
            arguments,
            options,
            journal,
            progress,
            limits,
            under_way: Mutex::default(),
            accepted: AtomicBool::new(false),
        })
    }

    /// Does one job. What ends all of them is a failure; what ends this one is its outcome.
    pub(super) async fn run(&self, batch: Vec<Input>) -> Result<Ended, Failure> {
        let labels: Vec<String> = batch.iter().map(Input::shown).collect();
        let input = match labels.as_slice() {
            [one] => one.clone(),
            all => format!("{} documents", all.len()),
        };
        let bar = self.progress.begin(&input);
        let stem = match batch.as_slice() {
            [one] => one.stem.clone(),
            _ => PathBuf::from("together"),
        };
        let mut job = None;
        let outcome = match self.outcome(&batch, &stem, &mut job, &bar).await {
            Ok(outcome) => outcome,
            Err(failure) if self.is_for_all(&failure) => return Err(failure.at(input)),
            Err(failure) => {
                let error = json!({ "detail": failure.to_string() });
                let place = self.write_error(&stem, &input, job.as_deref(), "failed", &error)?;
                Outcome::Failed(failure, place)
            }
        };
        Ok(Ended {
            input,
            job,
            outcome,
        })
    }

    /// Cancels the jobs that are waited for.
    pub(super) async fn cancel_what_is_under_way(&self) {
        let under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let jobs = std::mem::take(&mut *{ under_way });
        for (job, key) in jobs {
            let call = self.context.client.post(&["scan", "cancel", &job]);
            let cancelled = call.repeatable().send().await.is_ok();
            // A new run makes another one.
            if cancelled {
                let _ = self.journal.note(&key, "", Event::GivenUp);
            }
        }
    }

    /// Whether it would be the same for every other document.
    fn is_for_all(&self, failure: &Failure) -> bool {
        match failure.exit {
            Exit::NotPermitted | Exit::Unreachable | Exit::Unread | Exit::Interrupted => true,
            Exit::Usage => !self.accepted.load(Ordering::Relaxed),
            Exit::Failed | Exit::Job | Exit::NotFound => false,
        }
    }

    async fn outcome(
        &self,
        batch: &[Input],
        stem: &Path,
        job: &mut Option<String>,
        bar: &Bar,
    ) -> Result<Outcome, Failure> {
        let mut documents = Vec::new();
        for input in batch {
            let document = Document::read(input, self.limits).await;
            documents.push(document.map_err(|failure| failure.at(input.shown()))?);
        }
        if documents.len() > self.limits.max_documents {
            let (count, most) = (documents.len(), self.limits.max_documents);
            return Err(Failure::usage(format!(
                "{count} documents together are too many: a job has {most} (max_documents)"
            )));
        }
        let key = self.key(batch, &documents);
        let known = self.taken_up(&key, batch).await?;
        let place = self.place(stem, extension(self.arguments.format));
        job.clone_from(&known.job);
        let error_place = self.place(stem, "error.json");
        match (known.end, &place, error_place) {
            (Some(End::Done), Some(place), _) if self.journal.is_kept(&key, place) => {
                return Ok(Outcome::WasDone(place.clone()));
            }
            (Some(End::Failed), _, Some(place)) if self.journal.is_kept(&key, &place) => {
                let why = "it failed in an earlier run; --retry-failed tries it again";
                let failure = Failure::new(Exit::Job, why);
                return Ok(Outcome::Failed(failure, Some(place)));
            }
            _ => {}
        }
        let mut round = known.round;
        if let Some(id) = &known.job {
            if self.arguments.no_wait {
                return Ok(Outcome::Submitted);
            }
            match self.ended(id, &key, bar).await {
                // It was removed, or its time is over: what is wanted is its result, so there has to be another.
                Err(failure) if failure.is("job_not_found") => {
                    self.journal.note(&key, &label(batch), Event::GivenUp)?;
                    round += 1;
                }
                ended => return self.keep(&ended?, &key, batch, stem, place).await,
            }
        }
        let id = self.start(documents, &key, round, batch, bar).await?;
        *job = Some(id.clone());
        if self.arguments.no_wait {
            return Ok(Outcome::Submitted);
        }
        let ended = self.ended(&id, &key, bar).await?;
        self.keep(&ended, &key, batch, stem, place).await
    }

    /// What is known, after it was given up or tried again as the arguments wish.
    async fn taken_up(&self, key: &str, batch: &[Input]) -> Result<Known, Failure> {
        let known = self.journal.known(key);
        let Some(job) = &known.job else {
            return Ok(known);
        };
        let is_tried_again = self.arguments.retry_failed && known.end == Some(End::Failed);
        if is_tried_again {
            let call = self.context.client.post(&["scan", "retry", job]);
            let call = call.idempotency_key(&Uuid::new_v4().to_string());
            let event = match call.send().await {
                Ok(_) => Event::Retried,
                // A run before this one did so, and could not note it.
                Err(failure) if failure.is("cannot_retry") => Event::Retried,
                Err(failure) if failure.is("job_not_found") => Event::GivenUp,
                Err(failure) => return Err(failure),
            };
            self.journal.note(key, &label(batch), event)?;
        } else if self.arguments.again {
            self.journal.note(key, &label(batch), Event::GivenUp)?;
        }
        Ok(self.journal.known(key))
    }

    /// Names what is done with these bytes, under these names, in this way, at this API.
    fn key(&self, batch: &[Input], documents: &[Document]) -> String {
        let settings = self.context.client.settings();
        let tenant = settings.tenant.as_ref().map(|tenant| tenant.value.as_str());
        let documents = batch.iter().zip(documents);
        let documents: Vec<_> = documents
            .map(|(input, document)| (&input.label, &document.identity))
            .collect();
        let all = json!({
            "url": settings.url.value.as_str(), "tenant": tenant, "journal": self.journal.id,
            "documents": documents, "media_type": self.arguments.media_type, "options": self.options,
        });
        hexadecimal(&Sha256::digest(all.to_string()))
    }

    async fn start(
        &self,
        documents: Vec<Document>,
        key: &str,
        round: u32,
        batch: &[Input],
        bar: &Bar,
    ) -> Result<String, Failure> {
        let client = &self.context.client;
        let key_of_call = format!("scan-{key}-{round}");
        let media_type = self.arguments.media_type.as_deref();
        let sources = sources(
            self.context,
            documents,
            media_type,
            self.limits,
            &key_of_call,
            bar,
        );
        let (member, sources) = sources.await?;
        let mut request = serde_json::to_value(&self.options).map_err(io::Error::from)?;
        request[member] = sources;
        let call = client.post(&["scan", "start"]).json(&request)?;
        let accepted: Accepted = call.idempotency_key(&key_of_call).read().await?;
        self.accepted.store(true, Ordering::Relaxed);
        let Accepted { job_id } = accepted;
        let event = Event::Submitted {
            job_id: job_id.clone(),
        };
        self.journal.note(key, &label(batch), event)?;
        Ok(job_id)
    }

    /// Waits for the job's end.
    async fn ended(&self, id: &str, key: &str, bar: &Bar) -> Result<Job, Failure> {
        let under_way = || {
            self.under_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        under_way().insert(id.to_owned(), key.to_owned());
        let seconds = self.limits.max_wait_seconds;
        let ended = follow(self.context, id, seconds, |job| {
            bar.tell(job);
            Ok(())
        });
        let ended = ended.await;
        under_way().remove(id);
        ended
    }

    /// Keeps what came of a job, and notes it then.
    async fn keep(
        &self,
        job: &Job,
        key: &str,
        batch: &[Input],
        stem: &Path,
        place: Option<PathBuf>,
    ) -> Result<Outcome, Failure> {
        let error_place = self.place(stem, "error.json");
        if !job.is_completed() {
            let error = job.error.as_ref().map_or(Value::Null, |error| json!(error));
            let label = label(batch);
            let written = self.write_error(stem, &label, Some(&job.id), &job.status, &error)?;
            // What another state of the document gave is not its result.
            remove(place.as_deref())?;
            let event = Event::Ended {
                end: End::Failed,
                output: written.clone(),
            };
            self.journal.note(key, &label, event)?;
            let failure = Failure::new(Exit::Job, ended_badly(job));
            return Ok(Outcome::Failed(failure, written));
        }
        let fetched = self.context.client.result(&job.id, self.arguments.format);
        let mut fetched = fetched.await?;
        match &place {
            None => to_stdout(self.context.output, &mut fetched)?,
            Some(place) => {
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder)?;
                }
                write_whole_by(&draft(stem), place, |file| fetched.copy_to(file))?;
                remove(error_place.as_deref())?;
            }
        }
        let event = Event::Ended {
            end: End::Done,
            output: place.clone(),
        };
        self.journal.note(key, &label(batch), event)?;
        Ok(Outcome::Done(place))
    }

    fn write_error(
        &self,
        stem: &Path,
        input: &str,
        job: Option<&str>,
        status: &str,
        error: &Value,
    ) -> Result<Option<PathBuf>, Failure> {
        let Some(place) = self.place(stem, "error.json") else {
            return Ok(None);
        };
        let error = json!({"input": input, "job_id": job, "status": status, "error": error});
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        write_whole_by(&draft(stem), &place, |file| {
            serde_json::to_writer_pretty(&mut *file, &error)?;
            file.write_all(b"\n")
        })?;
        Ok(Some(place))
    }

    /// The file that has this ending, if results are kept.
    fn place(&self, stem: &Path, ending: &str) -> Option<PathBuf> {
        let mut path = self.arguments.out.as_ref()?.join(stem).into_os_string();
        path.push(".");
        path.push(ending);
        Some(path.into())
    }
}

fn label(batch: &[Input]) -> String {
    let labels: Vec<&str> = batch.iter().map(|input| input.label.as_str()).collect();
    labels.join(", ")
}

/// What a document's result or error is called while it is written. It is the same in each run, so that what a killed one left of it does not stay:
/// the journal, which one run at a time has, keeps others away from it.
fn draft(stem: &Path) -> OsString {
    let mut name = OsString::from(".scan-");
    name.push(stem.file_name().unwrap_or_default());
    name.push(".part");
    name
}

fn remove(file: Option<&Path>) -> io::Result<()> {
    file.map_or(Ok(()), remove_if_there)
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Ndjson => "ndjson",
        Format::Markdown => "md",
        Format::Text => "txt",
    }
}
