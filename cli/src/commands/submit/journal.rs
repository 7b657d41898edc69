//! What has been done, in the folder for results: a line of JSON for each thing that must not be done twice.
//!
//! A line is on disk before what follows from it. The last one may be torn, and is then as if it had not been written.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::failure::Failure;

/// What it is called.
const NAME: &str = ".scan-journal.jsonl";

/// The journal, open for one run.
#[derive(Debug)]
pub(super) struct Journal {
    /// Tells this journal's jobs from those of any other, so that another folder, or this one after it was emptied, is begun anew.
    pub(super) id: Uuid,
    file: Option<Mutex<File>>,
    state: Mutex<State>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Opening {
    journal: Uuid,
}

/// What its lines say together.
#[derive(Debug, Default)]
struct State {
    known: HashMap<String, Known>,
    /// What each file holds: it was written for this key last.
    holds: HashMap<PathBuf, String>,
}

/// What is known of a document with these bytes, under this name, submitted so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// How often it was given up to be submitted anew. It is part of the `Idempotency-Key`.
    pub(super) round: u32,
    /// The job of this round.
    pub(super) job: Option<String>,
    /// How it ended.
    pub(super) end: Option<End>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    Done,
    Failed,
}

/// A line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// What it is about: a hash of the document's name, its bytes and how it is submitted.
    key: String,
    /// The document's name, for people.
    #[serde(default)]
    input: String,
    #[serde(flatten)]
    event: Event,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// It is this job.
    Submitted { job_id: String },
    /// The job ended, and what came of it is in this file.
    Ended { end: End, output: Option<PathBuf> },
    /// The job was submitted again, and is under way.
    Retried,
    /// The job is given up: a new one takes its place.
    GivenUp,
}

impl Journal {
    /// Opens the one in this folder, which is made if it is not there. Nobody else may be at it.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(NAME);
        let wrong = |error: io::Error| Failure::failed(format!("{}: {error}", path.display()));
        fs::create_dir_all(folder).map_err(wrong)?;
        let mut options = File::options();
        options.read(true).append(true).create(true);
        let mut file = options.open(&path).map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::failed(format!(
                    "another `scan submit` is at work in {}: let it end, or name another folder",
                    folder.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(wrong)?;
        if text.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n").map_err(wrong)?;
        }
        file.seek(SeekFrom::End(0)).map_err(wrong)?;
        let opening = text
            .split(|byte| *byte == b'\n')
            .find_map(|line| serde_json::from_slice(line).ok());
        let id = if let Some(Opening { journal }) = opening {
            journal
        } else {
            let journal = Uuid::new_v4();
            write_line(&mut file, &Opening { journal }).map_err(wrong)?;
            journal
        };
        let mut state = State::default();
        for line in text.split(|byte| *byte == b'\n') {
            if let Ok(Line { key, event, .. }) = serde_json::from_slice(line) {
                state.note(key, event);
            }
        }
        Ok(Self {
            id,
            file: Some(Mutex::new(file)),
            state: Mutex::new(state),
        })
    }

    /// One that forgets: where no folder keeps results.
    pub(super) fn none() -> Self {
        Self {
            id: Uuid::new_v4(),
            file: None,
            state: Mutex::default(),
        }
    }

    /// What is known of this.
    pub(super) fn known(&self, key: &str) -> Known {
        self.state().known.get(key).cloned().unwrap_or_default()
    }

    /// Whether this file is there, and holds what came of this and not of what the document was at another time.
    pub(super) fn is_kept(&self, key: &str, file: &Path) -> bool {
        let is_of_key = self.state().holds.get(file).is_some_and(|it| it == key);
        is_of_key && file.is_file()
    }

    /// Notes that something happened. It is on disk when this returns.
    pub(super) fn note(&self, key: &str, input: &str, event: Event) -> Result<(), Failure> {
        let line = Line {
            key: key.to_owned(),
            input: input.to_owned(),
            event: event.clone(),
        };
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            write_line(&mut file, &line)
                .map_err(|error| Failure::failed(format!("the journal {NAME}: {error}")))?;
        }
        self.state().note(key.to_owned(), event);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a line. It is on disk when this returns.
fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(line)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}

impl State {
    fn note(&mut self, key: String, event: Event) {
        if let Event::Ended {
            output: Some(output),
            ..
        } = &event
        {
            self.holds.insert(output.clone(), key.clone());
        }
        self.known.entry(key).or_default().note(event);
    }
}

impl Known {
    fn note(&mut self, event: Event) {
        match event {
            Event::Submitted { job_id } => {
                self.job = Some(job_id);
                self.end = None;
            }
            Event::Ended { end, output: _ } => self.end = Some(end),
            Event::Retried => self.end = None,
            Event::GivenUp => {
                *self = Self {
                    round: self.round + 1,
                    ..Self::default()
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_as_if_it_had_not_been_written() {
        let folder = tempfile::tempdir().unwrap();
        let submitted = |id: &str| Event::Submitted { job_id: id.into() };
        let journal = Journal::open(folder.path()).unwrap();
        journal.note("a", "a.pdf", submitted("1")).unwrap();
        journal.note("b", "b.pdf", submitted("2")).unwrap();
        let id = journal.id;
        drop(journal);
        let path = folder.path().join(NAME);
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - 9]).unwrap();

        let journal = Journal::open(folder.path()).unwrap();
        assert_eq!(journal.id, id);
        assert_eq!(journal.known("a").job.as_deref(), Some("1"));
        assert_eq!(journal.known("b"), Known::default());
        journal.note("b", "b.pdf", submitted("3")).unwrap();
        assert!(Journal::open(folder.path()).is_err(), "it is locked");
        drop(journal);
        let journal = Journal::open(folder.path()).unwrap();
        assert_eq!(journal.known("b").job.as_deref(), Some("3"));
    }
}
