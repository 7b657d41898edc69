//! What runs in a child process: documents in, outcomes out, until nobody asks any more.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use extract::{
    DocumentError, Input, Interrupted, LIMITS, NeverInterrupted, Numbers, Outcome, Output, Watch,
};
use plan::{Columns, Plan};
use serde::Serialize;
use serde_json::Value;

use crate::frame::{self, Ask, Head, Order, Parts, Tell};

/// The first argument of a child.
pub const COMMAND: &str = "extract-engine";

/// The argument of a child that is started ahead of need.
pub(crate) const AHEAD: &str = "ahead";

/// A document that needs the tables that take longest to build.
const TYPICAL: &str =
    "On 9 March 2026 call +49 30 123456 or write to ann@example.com about 12.50 EUR.";

/// This process, when it is a child.
#[derive(Debug)]
pub struct Child {
    max_memory_bytes: u64,
    ahead: bool,
}

impl Child {
    /// Whether these arguments, the program's name first, ask for a child. The first thing that a program has to look at, before it
    /// starts a thread or opens anything.
    pub fn asked_for(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        if arguments.nth(1)? != COMMAND {
            return None;
        }
        let max_memory_bytes = arguments.next()?.parse().ok()?;
        let ahead = arguments.next().is_some_and(|it| it == AHEAD);
        Some(Self {
            max_memory_bytes,
            ahead,
        })
    }

    /// Bounds this process, and answers until its standard input ends. Then the process has to end at once, whatever threads it has.
    pub fn serve(self) -> io::Result<()> {
        // What it would say may quote a document.
        std::panic::set_hook(Box::new(|_| {}));
        #[cfg(unix)]
        let out = {
            let out = crate::limits::own_stdout()?;
            crate::limits::bound_this_process(self.max_memory_bytes)?;
            out
        };
        #[cfg(not(unix))]
        let out = io::stdout();
        serve(io::stdin().lock(), out, self.ahead)
    }
}

/// Answers until `from` ends. This thread listens, so that it hears a stop, or the end, while another one works.
pub(crate) fn serve(
    mut from: impl Read,
    out: impl Write + Send + 'static,
    ahead: bool,
) -> io::Result<()> {
    let out = Arc::new(Mutex::new(BufWriter::new(out)));
    let stop = Arc::new(AtomicBool::new(false));
    let (give, given) = channel();
    let worker = Worker {
        out: out.clone(),
        stop: stop.clone(),
    };
    thread::Builder::new()
        .name("engine".into())
        .spawn(move || worker.run(&given, ahead))?;
    let mut order = None;
    let mut listen = || -> io::Result<()> {
        while let Some((ask, content)) = frame::read(&mut from)? {
            match ask {
                Ask::Stop => stop.store(true, Ordering::Relaxed),
                Ask::Extract => {
                    stop.store(false, Ordering::Relaxed);
                    order = Some(serde_json::from_slice::<Order>(&content)?);
                    // Before the bytes are there, for they may be what is too much.
                    frame::tell(&mut *lock(&out), Tell::Began, &0_u64.to_le_bytes())?;
                }
                Ask::Bytes => {
                    let order = order.take().ok_or(io::ErrorKind::InvalidData)?;
                    let sent = give.send((order, content));
                    sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
                }
            }
        }
        Ok(())
    };
    let listened = listen();
    stop.store(true, Ordering::Relaxed);
    listened
}

/// What extracts.
struct Worker<W> {
    out: Arc<Mutex<W>>,
    stop: Arc<AtomicBool>,
}

impl<W: Write + Send> Worker<W> {
    fn run(self, given: &Receiver<(Order, Vec<u8>)>, ahead: bool) {
        if ahead {
            build_tables();
        }
        let mut last = None;
        while let Ok((order, bytes)) = given.recv() {
            // If nobody listens, the other thread hears it, too.
            if self.answer(&order, &bytes, &mut last).is_err() {
                return;
            }
        }
    }

    /// `last` is the last plan, for the documents of a job have the same.
    fn answer(
        &self,
        order: &Order,
        bytes: &[u8],
        last: &mut Option<(Value, Plan)>,
    ) -> io::Result<()> {
        if last.as_ref().is_none_or(|(of, _)| *of != order.extract) {
            let plan = Plan::read(&order.extract).ok();
            *last = plan.map(|plan| (order.extract.clone(), plan));
        }
        let Some((_, plan)) = last else {
            return frame::tell(&mut *lock(&self.out), Tell::Refused, &[]);
        };
        let numbers = Numbers {
            document: order.document,
            members: order.members,
        };
        let input = Input {
            name: order.name.as_deref(),
            declared: order.declared.as_deref(),
            bytes,
        };
        let watch = Told {
            worker: self,
            known: &order.known,
        };
        let outcomes = extract::extract(numbers, input, plan, &LIMITS, &watch);
        let out = &mut *lock(&self.out);
        match outcomes {
            Ok(outcomes) => {
                let mut columns = Columns::of(plan);
                for outcome in outcomes {
                    outcome.records.iter().for_each(|it| columns.add(it));
                    tell_outcome(out, &outcome)?;
                }
                tell_json(out, Tell::Columns, &columns.into_names())?;
                frame::tell(out, Tell::Done, &memory_bytes().to_le_bytes())
            }
            Err(_interrupted) => frame::tell(out, Tell::Stopped, &[]),
        }
    }
}

/// Tells a parent how far it is, and stops when that says so.
struct Told<'a, W> {
    worker: &'a Worker<W>,
    known: &'a BTreeMap<usize, DocumentError>,
}

impl<W: Write + Send> Told<'_, W> {
    /// If nobody listens, there is nothing to be told.
    fn tell(&self, tell: Tell, outcome: usize) {
        let content = (outcome as u64).to_le_bytes();
        let _ = frame::tell(&mut *lock(&self.worker.out), tell, &content);
    }
}

impl<W: Write + Send> Watch for Told<'_, W> {
    fn check(&self) -> Result<(), Interrupted> {
        if self.worker.stop.load(Ordering::Relaxed) {
            Err(Interrupted::Cancelled)
        } else {
            Ok(())
        }
    }

    fn member_begins(&self, outcome: usize) -> Result<(), DocumentError> {
        if let Some(error) = self.known.get(&outcome) {
            return Err(error.clone());
        }
        self.tell(Tell::Began, outcome);
        Ok(())
    }

    fn member_ends(&self, outcome: usize) {
        self.tell(Tell::Ended, outcome);
    }
}

/// Tells an outcome in parts, so that it is nowhere as a whole but with the parent.
fn tell_outcome(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let Outcome { records, document } = outcome;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let head = match document {
        Output::Extracted(document) => Head {
            media_type: Some(document.media_type.clone()),
            error: None,
            pages: document.pages.map_or(0, count),
            records: count(records.len()),
        },
        Output::Failed(document) => Head::failed(document.error.clone()),
    };
    frame::tell(out, Tell::Head, &serde_json::to_vec(&head)?)?;
    let mut parts = buffered(out, Tell::Records);
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            parts.write_all(b",")?;
        }
        serde_json::to_writer(&mut parts, record)?;
    }
    parts.flush()?;
    drop(parts);
    tell_json(out, Tell::Document, document)
}

fn tell_json(out: &mut impl Write, tell: Tell, value: &impl Serialize) -> io::Result<()> {
    let mut parts = buffered(out, tell);
    serde_json::to_writer(&mut parts, value)?;
    parts.flush()
}

fn buffered<W: Write>(out: &mut W, tell: Tell) -> BufWriter<Parts<'_, W>> {
    BufWriter::with_capacity(32 << 10, Parts { out, tell })
}

/// Builds what the first document would have to wait for.
fn build_tables() {
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let input = Input {
        name: None,
        declared: Some("text/plain"),
        bytes: TYPICAL.as_bytes(),
    };
    let _ = extract::extract(
        numbers,
        input,
        &Plan::standard(),
        &LIMITS,
        &NeverInterrupted,
    );
}

fn memory_bytes() -> u64 {
    #[cfg(unix)]
    return crate::limits::memory_bytes();
    #[cfg(not(unix))]
    0
}

/// No panic leaves anything half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
