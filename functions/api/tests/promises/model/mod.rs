//! What the API promises, as far as its clients can know.
//!
//! Of each job the model keeps all the states in which it may be: an answer narrows them, a worker widens them, and so does a call that
//! was not answered, for it may have taken effect or not. A promise is broken where an answer leaves no state that the job can be in.

mod lists;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::Answer;

use crate::step::{Body, Call, Filter, Kind};

/// Where a job may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    /// Removed.
    Gone,
}

use Status::{Cancelled, Completed, Failed, Gone, Pending, Running};

/// How long an idempotency key is kept, in seconds.
const KEEP_KEY_S: u64 = 24 * 60 * 60;

/// All that is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    /// Whether calls go wrong and processes die.
    pub(crate) rough: bool,
    /// Jobs whose ids some client knows, by id.
    pub(crate) jobs: BTreeMap<String, Known>,
    /// The same in the order in which they became known.
    pub(crate) order: Vec<String>,
    keys: BTreeMap<u8, Key>,
    /// Starts that were not answered: each may be a job.
    unanswered: Vec<Unanswered>,
    /// Seconds that have passed.
    time_s: u64,
    /// The list that is being read.
    reading: Option<Reading>,
}

/// What is known of a job.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) body: Body,
    /// All that it may be; never none.
    pub(crate) states: BTreeSet<Status>,
    /// The attempts that a client has seen: they do not become fewer.
    attempt: u64,
}

/// An idempotency key that was used.
#[derive(Debug, Clone, Default)]
struct Key {
    /// When it was first used.
    at_s: u64,
    /// What was asked for and answered.
    done: Option<(Asked, String)>,
    /// What was asked for, and not answered.
    open: Vec<Asked>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Start(Body),
    Retry(String),
}

#[derive(Debug, Clone)]
struct Unanswered {
    body: Body,
    key: Option<u8>,
}

#[derive(Debug, Clone)]
struct Reading {
    filter: Filter,
    /// The cursor of the next page.
    next: String,
    /// The last job of the page before.
    last: Option<String>,
    /// The jobs that were known when it began.
    known: BTreeSet<String>,
}

/// Why a promise is broken.
pub(crate) type Broken = String;

impl Model {
    /// Nothing is known yet. `rough`: calls go wrong, and processes die.
    pub(crate) fn new(rough: bool) -> Self {
        Self {
            rough,
            ..Self::default()
        }
    }

    /// The job that this number means.
    pub(crate) fn job(&self, number: usize) -> Option<&String> {
        let count = self.order.len();
        (count > 0).then(|| &self.order[number % count])
    }

    /// Takes in the answer to a call. `beside`: what else was called at the same time.
    pub(crate) fn answered(
        &mut self,
        call: &Call,
        answer: &Answer,
        beside: &[&Call],
    ) -> Result<(), Broken> {
        if answer.status == 503 && self.rough {
            self.unanswered(call);
            return Ok(());
        }
        let taken_in = match call {
            Call::Start { body, key } => self.started(*body, *key, answer, beside),
            Call::Retry { job, key } => self.retried(*job, *key, answer, beside),
            Call::Status(job) => self.told(*job, answer),
            Call::Result(job) => self.handed_out(*job, answer),
            Call::Cancel(job) => match (self.job(*job).cloned(), answer.status.as_u16()) {
                (None, _) => Ok(()),
                (Some(id), 200) => {
                    self.narrow(&id, &[Pending, Running, Cancelled])?;
                    self.set(&id, &[Cancelled])
                }
                (Some(id), 409) => {
                    let error = answer.json()["error"].to_string();
                    let is = if error.contains("completed") {
                        Completed
                    } else {
                        Failed
                    };
                    self.narrow(&id, &[is])
                }
                (Some(id), status) => self.gone(&id, status),
            },
            Call::Remove(job) => match (self.job(*job).cloned(), answer.status.as_u16()) {
                (None, _) => Ok(()),
                (Some(id), 204) => {
                    let twice = beside.iter().any(|it| matches!(it, Call::Remove(_)));
                    if !twice {
                        self.narrow(&id, &[Pending, Running, Completed, Failed, Cancelled])?;
                    }
                    self.set(&id, &[Gone])
                }
                (Some(id), status) => self.gone(&id, status),
            },
        };
        taken_in.map_err(|why| format!("{call:?} was answered {answer:?}: {why}"))
    }

    /// A call whose answer nobody saw: it may have taken effect.
    pub(crate) fn unanswered(&mut self, call: &Call) {
        match call {
            Call::Start { body, key } => {
                self.unanswered.push(Unanswered {
                    body: *body,
                    key: *key,
                });
                self.open(*key, Asked::Start(*body));
            }
            Call::Retry { job, key } => {
                if let Some(id) = self.job(*job).cloned() {
                    self.widen(&id, |is| matches!(is, Failed | Cancelled), &[Pending]);
                    self.open(*key, Asked::Retry(id));
                }
            }
            Call::Cancel(job) => {
                if let Some(id) = self.job(*job).cloned() {
                    self.widen(&id, |is| matches!(is, Pending | Running), &[Cancelled]);
                }
            }
            Call::Remove(job) => {
                if let Some(id) = self.job(*job).cloned() {
                    self.widen(&id, |_| true, &[Gone]);
                }
            }
            Call::Status(_) | Call::Result(_) => {}
        }
    }

    /// A worker, or the reaper, was at it.
    pub(crate) fn worked(&mut self) {
        let rough = self.rough;
        for known in self.jobs.values_mut() {
            if known.states.contains(&Pending) || known.states.contains(&Running) {
                known.states.insert(Pending);
                known.states.insert(known.body.end());
                if rough || known.body.kind == Kind::Two {
                    known.states.insert(Running);
                }
                if rough {
                    known.states.insert(Failed);
                }
            }
        }
    }

    /// Seconds passed.
    pub(crate) fn passed(&mut self, seconds: u64) {
        self.time_s += seconds;
        let now = self.time_s;
        self.keys.retain(|_, key| now < key.at_s + KEEP_KEY_S);
    }

    /// All queues are empty: every job has come to its end.
    pub(crate) fn settled(&mut self) -> Result<(), Broken> {
        self.worked();
        for id in self.order.clone() {
            self.narrow(&id, &[Completed, Failed, Cancelled, Gone])?;
        }
        Ok(())
    }

    fn started(
        &mut self,
        body: Body,
        name: Option<u8>,
        answer: &Answer,
        beside: &[&Call],
    ) -> Result<(), Broken> {
        let asked = Asked::Start(body);
        match answer.status.as_u16() {
            202 => {}
            status => return self.refused(status, answer, name, &asked, beside),
        }
        let (id, replayed) = (answer.job_id(), is_replay(answer));
        let Some(name) = name else {
            check(!replayed, "there is no key")?;
            return self.made(id, body, &[Pending]);
        };
        let key = self.keys.get(&name).cloned().unwrap_or_default();
        if let Some((before, first)) = key.done {
            check(before == asked, "the key was another request's")?;
            check(first == id, &format!("the first answer named {first}"))?;
            return check(replayed, "it is no replay");
        }
        let before = key.open.contains(&asked);
        check(before || !replayed, "there was nothing to replay")?;
        if !(before && self.jobs.contains_key(&id)) {
            // An earlier call may have made it already, and a worker may have done it.
            let states = [Pending, Running, Completed, Failed];
            self.made(
                id.clone(),
                body,
                if before { &states } else { &states[..1] },
            )?;
        }
        self.unanswered
            .retain(|it| it.key != Some(name) || it.body != body);
        self.done(name, asked, id);
        Ok(())
    }

    fn retried(
        &mut self,
        job: usize,
        name: Option<u8>,
        answer: &Answer,
        beside: &[&Call],
    ) -> Result<(), Broken> {
        let Some(id) = self.job(job).cloned() else {
            return Ok(());
        };
        let asked = Asked::Retry(id.clone());
        match answer.status.as_u16() {
            202 => {}
            409 if answer.json()["type"] == "urn:problem:cannot_retry" => {
                return self.narrow(&id, &[Pending, Running, Completed]);
            }
            404 => return self.gone(&id, 404),
            status => return self.refused(status, answer, name, &asked, beside),
        }
        check(answer.job_id() == id, "it is another job's")?;
        let replayed = is_replay(answer);
        let key = name
            .and_then(|name| self.keys.get(&name).cloned())
            .unwrap_or_default();
        if let Some((before, _)) = key.done {
            check(before == asked, "the key was another request's")?;
            // Nothing changes: that is the point of it.
            return check(replayed, "it is no replay");
        }
        let again = key.open.contains(&asked);
        check(again || !replayed, "there was nothing to replay")?;
        let at_once = beside.iter().any(|it| matches!(it, Call::Retry { .. }));
        if again || at_once {
            self.widen(&id, |_| true, &[Pending]);
        } else {
            self.narrow(&id, &[Failed, Cancelled])?;
            self.set(&id, &[Pending])?;
        }
        if let Some(name) = name {
            self.done(name, asked, id);
        }
        Ok(())
    }

    /// A call with a key that was refused for its key.
    fn refused(
        &mut self,
        status: u16,
        answer: &Answer,
        name: Option<u8>,
        asked: &Asked,
        beside: &[&Call],
    ) -> Result<(), Broken> {
        let key = name
            .and_then(|name| self.keys.get(&name).cloned())
            .unwrap_or_default();
        let together = beside.iter().any(|it| match it {
            Call::Start { key, .. } | Call::Retry { key, .. } => *key == name,
            _ => false,
        });
        let kind = answer.json()["type"].clone();
        match (status, kind.as_str()) {
            (422, Some("urn:problem:idempotency_key_reused")) => {
                let before = key.done.map(|(before, _)| before);
                let other = before.iter().chain(&key.open).any(|before| before != asked);
                check(
                    other || together,
                    "nothing else was asked for with this key",
                )
            }
            (409, Some("urn:problem:idempotency_key_in_use")) => {
                let open = key.done.is_none() && key.open.contains(asked);
                check(open || together, "the key is not in use")
            }
            _ => Err("this is no answer to such a call".to_owned()),
        }
    }

    fn told(&mut self, job: usize, answer: &Answer) -> Result<(), Broken> {
        let Some(id) = self.job(job).cloned() else {
            return Ok(());
        };
        match answer.status.as_u16() {
            200 => self.seen(&id, &answer.json()),
            status => self.gone(&id, status),
        }
    }

    /// What a status, or a list, says of a job.
    fn seen(&mut self, id: &str, said: &Value) -> Result<(), Broken> {
        let status = named(said["status"].as_str().unwrap_or_default())?;
        self.narrow(id, &[status])?;
        let known = self.jobs.get_mut(id).ok_or("nobody knows it")?;
        let tag = known.body.tag.to_string();
        check(said["job_id"] == *id, "it is another job's")?;
        check(said["tags"]["t"] == *tag, "its tag is another")?;
        let attempt = said["attempt"].as_u64().unwrap_or_default();
        check(
            attempt >= known.attempt,
            "it has fewer attempts than before",
        )?;
        known.attempt = attempt;
        Ok(())
    }

    fn handed_out(&mut self, job: usize, answer: &Answer) -> Result<(), Broken> {
        let Some(id) = self.job(job).cloned() else {
            return Ok(());
        };
        match answer.status.as_u16() {
            200 => {
                self.narrow(&id, &[Completed])?;
                let body = self.jobs[&id].body;
                let result = answer.json();
                let records = result["records"].as_array().cloned().unwrap_or_default();
                let email = format!("user{}@example.com", body.number);
                let documents = if body.kind == Kind::Two { 2 } else { 1 };
                let is_its = records.iter().all(|record| record["email"] == *email);
                check(
                    is_its && records.len() == documents,
                    "this is no result of its documents",
                )
            }
            409 => self.narrow(&id, &[Pending, Running, Failed, Cancelled]),
            status => self.gone(&id, status),
        }
    }

    /// A job that is not there any more: that is so only if it was removed.
    fn gone(&mut self, id: &str, status: u16) -> Result<(), Broken> {
        check(status == 404, "this is no answer to such a call")?;
        self.narrow(id, &[Gone])
    }

    fn made(&mut self, id: String, body: Body, states: &[Status]) -> Result<(), Broken> {
        check(!self.jobs.contains_key(&id), "it is another job's")?;
        self.order.push(id.clone());
        let states = states.iter().copied().collect();
        self.jobs.insert(
            id,
            Known {
                body,
                states,
                attempt: 0,
            },
        );
        Ok(())
    }

    fn open(&mut self, name: Option<u8>, asked: Asked) {
        if let Some(name) = name {
            let at_s = self.time_s;
            let key = self.keys.entry(name).or_insert_with(|| Key {
                at_s,
                ..Key::default()
            });
            if key.done.is_none() {
                key.open.push(asked);
            }
        }
    }

    fn done(&mut self, name: u8, asked: Asked, id: String) {
        let at_s = self.time_s;
        let key = self.keys.entry(name).or_insert_with(|| Key {
            at_s,
            ..Key::default()
        });
        key.done = Some((asked, id));
        key.open.clear();
    }

    /// What was seen leaves these.
    fn narrow(&mut self, id: &str, to: &[Status]) -> Result<(), Broken> {
        let Some(known) = self.jobs.get_mut(id) else {
            return Ok(());
        };
        let left: BTreeSet<Status> = known
            .states
            .iter()
            .copied()
            .filter(|is| to.contains(is))
            .collect();
        if left.is_empty() {
            return Err(format!(
                "{id} cannot be {to:?}, for it is one of {:?}",
                known.states
            ));
        }
        known.states = left;
        Ok(())
    }

    fn set(&mut self, id: &str, to: &[Status]) -> Result<(), Broken> {
        let known = self.jobs.get_mut(id).ok_or("nobody knows it")?;
        known.states = to.iter().copied().collect();
        Ok(())
    }

    /// What may have happened adds these.
    fn widen(&mut self, id: &str, from: impl Fn(Status) -> bool, to: &[Status]) {
        if let Some(known) = self.jobs.get_mut(id)
            && known.states.iter().any(|is| from(*is))
        {
            known.states.extend(to);
        }
    }

    /// All that may be according to any of several models.
    pub(crate) fn either(models: Vec<Self>) -> Option<Self> {
        models.into_iter().reduce(|mut one, other| {
            for (id, known) in other.jobs {
                if let Some(here) = one.jobs.get_mut(&id) {
                    here.states.extend(known.states);
                }
            }
            one
        })
    }
}

fn named(name: &str) -> Result<Status, Broken> {
    match name {
        "pending" => Ok(Pending),
        "running" => Ok(Running),
        "completed" => Ok(Completed),
        "failed" => Ok(Failed),
        "cancelled" => Ok(Cancelled),
        other => Err(format!("there is no status `{other}`")),
    }
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

fn check(holds: bool, why: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}
