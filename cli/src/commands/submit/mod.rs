//! `scan submit`: documents in, results out.
//!
//! **Invariant:** whatever ends a run, the same command goes on where it was, and no document becomes a second job: what was submitted stands in the
//! journal of `--out`, and what had not got there yet is submitted under the same `Idempotency-Key`, which gives the same job.

mod arguments;
mod inputs;
mod journal;
mod names;
mod options;
mod progress;
mod send;
mod summary;
mod work;

use futures::{StreamExt as _, stream};
use tokio::signal::ctrl_c;

use crate::failure::{Exit, Failure};
use crate::output::complain;
use crate::settings::Context;

pub(crate) use arguments::Arguments;
use inputs::Input;
use journal::Journal;
use options::Options;
use progress::Progress;
use summary::Summary;
use work::Work;

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let options = Options::read(&arguments)?;
    let out = arguments.out.as_deref();
    let inputs = inputs::find(&arguments)?;
    let batches = batches(inputs, arguments.together)?;
    if batches.len() > 1 && out.is_none() && !arguments.no_wait {
        return Err(Failure::usage(
            "several documents have several results: --out DIR says where they go, --together makes one job of them, --no-wait shows ids alone",
        ));
    }
    let journal = match out {
        Some(folder) => Journal::open(folder)?,
        None => Journal::none(),
    };
    let progress = Progress::new(batches.len(), context.output);
    let work = Work::new(context, &arguments, options, &journal, &progress).await?;
    let mut summary = Summary::default();
    let ended = {
        let mut ends = stream::iter(batches)
            .map(|batch| work.run(batch))
            .buffer_unordered(arguments.jobs);
        let all = async {
            while let Some(end) = ends.next().await {
                summary.add(end?, &progress, context.output)?;
            }
            Ok(())
        };
        // What is dropped half way is taken up by the next run: that is how it is after a power failure too.
        tokio::select! {
            ended = all => ended,
            _ = ctrl_c() => Err(Failure::new(Exit::Interrupted, "interrupted")),
        }
    };
    progress.end();
    if let Err(failure) = ended {
        if failure.exit == Exit::Interrupted && arguments.cancel_on_interrupt {
            work.cancel_what_is_under_way().await;
        }
        // Where the request itself was wrong there is nothing to go on with.
        if !matches!(failure.exit, Exit::Unread | Exit::Usage) {
            complain(&summary.words(out));
            complain(how_to_go_on(&arguments));
        }
        return Err(failure);
    }
    if !arguments.is_alone() {
        context.output.note(&summary.words(out));
    }
    summary.verdict()
}

/// What becomes one job each.
fn batches(inputs: Vec<Input>, together: bool) -> Result<Vec<Vec<Input>>, Failure> {
    if !together {
        return Ok(inputs.into_iter().map(|input| vec![input]).collect());
    }
    if inputs.iter().any(Input::is_collection) {
        return Err(Failure::usage(
            "a whole prefix of a bucket is a job of its own: leave it out, or leave --together out",
        ));
    }
    Ok(vec![inputs])
}

fn how_to_go_on(arguments: &Arguments) -> &'static str {
    if arguments.out.is_some() {
        "The same command goes on from here; nothing is submitted twice."
    } else {
        "Jobs that were submitted go on; `scan list` shows them. With --out the same command would go on from here."
    }
}
