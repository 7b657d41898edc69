//! What came of all documents.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::progress::Progress;
use crate::failure::{Exit, Failure};
use crate::output::{Output, plain, say};

/// What came of one job.
pub(super) struct Ended {
    /// What its documents were called.
    pub(super) input: String,
    /// The job, if it came so far.
    pub(super) job: Option<String>,
    pub(super) outcome: Outcome,
}

/// How it went.
pub(super) enum Outcome {
    /// Its result is there; on standard output, if nowhere else.
    Done(Option<PathBuf>),
    /// Its result was there before.
    WasDone(PathBuf),
    /// It is submitted, and nobody waits.
    Submitted,
    /// It failed, for this reason, which is also in a file.
    Failed(Failure, Option<PathBuf>),
}

/// How many went how.
#[derive(Debug, Default)]
pub(super) struct Summary {
    done: usize,
    were_done: usize,
    submitted: usize,
    /// How the program ends for each that failed.
    failed: Vec<Exit>,
}

impl Summary {
    /// Counts one, and tells of it.
    pub(super) fn add(
        &mut self,
        ended: Ended,
        progress: &Progress,
        output: Output,
    ) -> Result<(), Failure> {
        let Ended {
            input,
            job,
            outcome,
        } = ended;
        let (status, place) = match &outcome {
            Outcome::Done(place) => ("done", place.clone()),
            Outcome::WasDone(place) => ("was_done", Some(place.clone())),
            Outcome::Submitted => ("submitted", None),
            Outcome::Failed(_, place) => ("failed", place.clone()),
        };
        let shown = plain(&input);
        let at = place.as_ref().map_or_else(String::new, |place| {
            format!(" -> {}", plain(&place.to_string_lossy()))
        });
        let id = job.clone().unwrap_or_default();
        let (words, is_worth_a_line) = match &outcome {
            Outcome::Done(_) => (format!("done      {shown}{at}"), false),
            Outcome::WasDone(_) => (format!("was done  {shown}{at}"), false),
            Outcome::Submitted => (format!("submitted {shown} as {id}"), false),
            Outcome::Failed(failure, _) => (format!("failed    {shown}: {failure}"), true),
        };
        let is_result_there = matches!(outcome, Outcome::Done(None));
        progress.end_one((!is_result_there).then_some(&words), is_worth_a_line);
        let error = match &outcome {
            Outcome::Failed(failure, _) => Some(failure.to_string()),
            _ => None,
        };
        match outcome {
            Outcome::Done(_) => self.done += 1,
            Outcome::WasDone(_) => self.were_done += 1,
            Outcome::Submitted => self.submitted += 1,
            Outcome::Failed(failure, _) => self.failed.push(failure.exit),
        }
        if output.json && !is_result_there {
            let line = json!({
                "input": input, "job_id": job, "status": status, "output": place, "error": error,
            });
            progress.aside(|| Output::line(&line))?;
        } else if status == "submitted" {
            progress.aside(|| say(&id))?;
        }
        Ok(())
    }

    /// In words.
    pub(super) fn words(&self, out: Option<&Path>) -> String {
        let counts = [
            (self.done, "done"),
            (self.were_done, "done before"),
            (self.submitted, "submitted"),
            (self.failed.len(), "failed"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let counts = if counts.is_empty() {
            "Nothing done".to_owned()
        } else {
            counts.join(", ")
        };
        match out {
            Some(out) => format!("{counts}; results are in {}", plain(&out.to_string_lossy())),
            None => counts,
        }
    }

    /// How the program ends.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        let Some(first) = self.failed.first() else {
            return Ok(());
        };
        let is_same = self.failed.iter().all(|exit| exit == first);
        let exit = if is_same { *first } else { Exit::Failed };
        let count = self.failed.len();
        Err(Failure::new(exit, format!("{count} failed")))
    }
}
