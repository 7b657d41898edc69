//! Plays steps on a whole product, and compares what it answers with the model.

use std::time::Duration;

use futures::future::join_all;
use http::{Method, Request};
use serde_json::json;
use testkit::{Answer, Fault, Gate, Stack, Wire};
use tokio::select;

use crate::model::{Broken, Model};
use crate::step::{Body, Call, Death, Filter, Kind, Step};

/// How the product is spoilt on purpose, to see whether that is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoilt {
    Not,
    /// Each second start is answered, and its job is lost.
    LosesJobs,
    /// A start makes a second job.
    StartsTwice,
    /// Pages lack their first job.
    HidesJobs,
}

/// Seconds that may pass in one play: messages do not live much longer.
const MAX_SECONDS: u64 = 200_000;

/// A product in the hands of its clients.
struct Play {
    stack: Stack,
    model: Model,
    spoilt: Spoilt,
    starts: usize,
    seconds: u64,
}

/// Plays all steps, lets everything come to its end, and looks at each job once more.
pub(crate) async fn play(steps: &[Step], rough: bool, spoilt: Spoilt) -> Result<(), Broken> {
    let mut play = Play {
        stack: Stack::start().await,
        model: Model::new(rough),
        spoilt,
        starts: 0,
        seconds: 0,
    };
    for (number, step) in steps.iter().enumerate() {
        let taken = play.step(step).await;
        taken.map_err(|why| format!("step {number}, {step:?}: {why}"))?;
    }
    play.end().await
}

impl Play {
    async fn step(&mut self, step: &Step) -> Result<(), Broken> {
        match step {
            Step::Call(call) => self.call(call).await,
            Step::Together(calls) => self.together(calls).await,
            Step::Die(call, death) => self.die(call, *death).await,
            Step::Page(filter) => self.page(filter).await,
            Step::Work => {
                self.stack.work_once().await;
                self.model.worked();
                Ok(())
            }
            Step::WorkAndDie(death) => {
                until(&self.stack, *death, self.stack.work_once()).await;
                self.model.worked();
                Ok(())
            }
            Step::Reap => {
                self.stack.reap_once().await;
                self.model.worked();
                Ok(())
            }
            Step::Break(Death { operation, after }, fault) => {
                wire(&self.stack, operation).break_after(*after, operation, fault.clone());
                Ok(())
            }
            Step::Pass(seconds) => {
                if self.seconds + seconds <= MAX_SECONDS {
                    self.seconds += seconds;
                    self.stack.clock.advance(Duration::from_secs(*seconds));
                    self.model.passed(*seconds);
                }
                Ok(())
            }
        }
    }

    async fn call(&mut self, call: &Call) -> Result<(), Broken> {
        let Some(request) = self.request(call) else {
            return Ok(());
        };
        let answer = self.stack.send(request).await;
        self.spoil(call, &answer).await;
        self.model.answered(call, &answer, &[])
    }

    /// What several answers together say holds if it does in any order of the calls.
    async fn together(&mut self, calls: &[Call]) -> Result<(), Broken> {
        let requests: Vec<_> = calls
            .iter()
            .map(|call| (call, self.request(call)))
            .collect();
        let sent = requests
            .into_iter()
            .filter_map(|(call, request)| Some((call, request?)));
        let stack = &self.stack;
        let answers =
            join_all(sent.map(|(call, request)| async move { (call, stack.send(request).await) }))
                .await;
        let (mut possible, mut why) = (Vec::new(), String::new());
        for order in orders(answers.len()) {
            let mut model = self.model.clone();
            let taken = order.iter().try_for_each(|&at| {
                let (call, answer) = &answers[at];
                let beside: Vec<&Call> = order
                    .iter()
                    .filter(|&&other| other != at)
                    .map(|&other| answers[other].0)
                    .collect();
                model.answered(call, answer, &beside)
            });
            match taken {
                Ok(()) => possible.push(model),
                Err(broken) => why = broken,
            }
        }
        self.model = Model::either(possible).ok_or(why)?;
        Ok(())
    }

    async fn die(&mut self, call: &Call, death: Death) -> Result<(), Broken> {
        let Some(request) = self.request(call) else {
            return Ok(());
        };
        let answer = until(&self.stack, death, self.stack.send(request)).await;
        if let Some(answer) = answer {
            return self.model.answered(call, &answer, &[]);
        }
        self.model.unanswered(call);
        Ok(())
    }

    async fn page(&mut self, filter: &Filter) -> Result<(), Broken> {
        let query = self.model.page(filter);
        let mut answer = self.stack.get(&format!("/api/v1/scan/?{query}")).await;
        if self.spoilt == Spoilt::HidesJobs && answer.status == 200 {
            let mut page = answer.json();
            if let Some(jobs) = page["jobs"].as_array_mut().filter(|jobs| !jobs.is_empty()) {
                jobs.remove(0);
            }
            answer.body = page.to_string().into();
        }
        self.model.listed(&answer)
    }

    /// Everything comes to its end, and is as it was promised.
    async fn end(mut self) -> Result<(), Broken> {
        self.stack.drain_queue().await;
        for wire in [&self.stack.dynamodb, &self.stack.sqs] {
            wire.mend();
        }
        self.stack.drain_queue().await;
        self.model.settled()?;
        self.model.rough = false;
        for job in 0..self.model.order.len() {
            self.call(&Call::Status(job)).await?;
            self.call(&Call::Result(job)).await?;
        }
        let all = Filter {
            statuses: Vec::new(),
            tag: None,
            damaged: false,
            limit: 200,
        };
        // The first ends a list that is being read.
        while self.model.is_reading() {
            self.page(&all).await?;
        }
        self.page(&all).await
    }

    fn request(&self, call: &Call) -> Option<Request<axum::body::Body>> {
        let on = |operation: &str, job: &usize| {
            let id = self.model.job(*job)?;
            Some(format!("/api/v1/scan/{operation}/{id}/"))
        };
        let (method, path, body, key) = match call {
            Call::Start { body, key } => {
                let path = "/api/v1/scan/start/".to_owned();
                (Method::POST, path, Some(submission(*body)), *key)
            }
            Call::Retry { job, key } => (Method::POST, on("retry", job)?, None, *key),
            Call::Status(job) => (Method::GET, on("status", job)?, None, None),
            Call::Result(job) => (Method::GET, on("result", job)?, None, None),
            Call::Cancel(job) => (Method::POST, on("cancel", job)?, None, None),
            Call::Remove(job) => (Method::DELETE, on("remove", job)?, None, None),
        };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header("idempotency-key", format!("key {key}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        Some(request.body(body.unwrap_or_default().into()).unwrap())
    }

    async fn spoil(&mut self, call: &Call, answer: &Answer) {
        if !matches!(call, Call::Start { .. }) || answer.status != 202 {
            return;
        }
        self.starts += 1;
        match self.spoilt {
            Spoilt::LosesJobs if self.starts.is_multiple_of(2) => {
                let path = format!("/api/v1/scan/remove/{}/", answer.job_id());
                self.stack.call(Method::DELETE, &path).await;
            }
            Spoilt::StartsTwice => {
                if let Call::Start { body, .. } = call {
                    let again = Call::Start {
                        body: *body,
                        key: None,
                    };
                    let request = self.request(&again).unwrap();
                    self.stack.send(request).await;
                }
            }
            _ => {}
        }
    }
}

/// Lets something go on until it makes the call that it dies before. None: it died.
async fn until<T>(stack: &Stack, death: Death, going_on: impl Future<Output = T>) -> Option<T> {
    let Death { operation, after } = death;
    let (wire, gate) = (wire(stack, operation), Gate::new());
    wire.break_after(after, operation, Fault::Hold(gate.clone()));
    let ended = select! {
        biased;
        () = gate.arrival() => None,
        ended = going_on => Some(ended),
    };
    if ended.is_some() {
        // Nobody came to the gate; the faults beside it are no loss.
        wire.mend();
    }
    ended
}

fn wire<'a>(stack: &'a Stack, operation: &str) -> &'a Wire {
    match operation {
        "SendMessage" => &stack.sqs,
        _ => &stack.dynamodb,
    }
}

fn submission(body: Body) -> String {
    let text = json!({"text": body.text()});
    let tags = json!({"t": body.tag.to_string(), "n": body.number.to_string()});
    let extract = json!(["entities"]);
    let request = match body.kind {
        Kind::Readable => json!({"source": text, "extract": extract, "tags": tags}),
        Kind::Two => json!({"sources": [text, text], "extract": extract, "tags": tags}),
        Kind::Damaged => {
            let source = json!({
                "text": format!("{{\"{}\": ", body.number), "name": "a.json", "media_type": "application/json",
            });
            json!({"source": source, "extract": extract, "tags": tags})
        }
    };
    request.to_string()
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |orders, next| {
        let insert = |order: Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, next);
                order
            })
        };
        orders.into_iter().flat_map(insert).collect()
    })
}
