//! The same done to many jobs.

use futures::{StreamExt as _, stream};
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::output::{Output, complain, say};
use crate::settings::Context;

/// Jobs that something is done to at once.
const AT_ONCE: usize = 8;

/// Does it to each, tells of each in their order, and goes on where one cannot be done. What comes of a job is in JSON; `word` is what it is for
/// people.
pub(crate) async fn each<F>(
    context: &Context,
    ids: &[String],
    word: &str,
    act: impl Fn(String) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<Value, Failure>>,
{
    let mut done = stream::iter(ids.iter().cloned())
        .map(|id| {
            let acted = act(id.clone());
            async move { (id, acted.await) }
        })
        .buffered(AT_ONCE);
    let mut failures = Vec::new();
    while let Some((id, acted)) = done.next().await {
        match acted {
            Ok(value) if context.output.json => Output::line(&value)?,
            Ok(_) => say(&format!("{id} {word}"))?,
            // Nobody is let in any more, or nothing answers: so it is for the others.
            Err(failure) if matches!(failure.exit, Exit::NotPermitted | Exit::Unreachable) => {
                return Err(failure);
            }
            Err(failure) => {
                complain(&format!("error: job {id}: {failure}"));
                failures.push(failure.exit);
            }
        }
    }
    let Some(first) = failures.first() else {
        return Ok(());
    };
    let is_same = failures.iter().all(|exit| exit == first);
    let exit = if is_same { *first } else { Exit::Failed };
    let (failed, all) = (failures.len(), ids.len());
    Err(Failure::new(
        exit,
        format!("{failed} of {all} could not be {word}"),
    ))
}
