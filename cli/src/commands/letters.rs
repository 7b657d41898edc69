//! `scan dead-letters`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::remove::confirm;
use super::shown::{all_pages, member, rows};
use crate::client::Call;
use crate::failure::{Exit, Failure};
use crate::output::{Output, complain, plain, say};
use crate::settings::Context;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what the queue gave up on
    List {
        /// Only those with this reason
        #[arg(long, value_name = "REASON")]
        reason: Option<String>,
    },
    /// Try again
    Redrive(Which),
    /// Forget
    Discard {
        #[command(flatten)]
        which: Which,
        /// Ask nobody
        #[arg(long, short)]
        yes: bool,
    },
}

/// Which letters: some by their ids, or all of a reason, or all.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The letters
    #[arg(value_name = "ID", required_unless_present_any = ["all", "reason"])]
    ids: Vec<String>,
    /// All with this reason
    #[arg(long, value_name = "REASON", conflicts_with = "ids")]
    reason: Option<String>,
    /// All
    #[arg(long, conflicts_with_all = ["ids", "reason"])]
    all: bool,
}

pub(crate) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { reason } => list(context, reason).await,
        Command::Redrive(which) => act(context, &which, Act::Redrive).await,
        Command::Discard { which, yes } => {
            if !yes {
                confirm(&match which.ids.len() {
                    0 => "Discard all dead letters that match?".to_owned(),
                    count => format!("Discard {count} dead letters?"),
                })?;
            }
            act(context, &which, Act::Discard).await
        }
    }
}

/// What is done to letters.
#[derive(Clone, Copy)]
enum Act {
    Redrive,
    Discard,
}

impl Act {
    /// Past participle, which is also the member of an answer that counts them.
    fn done(self) -> &'static str {
        match self {
            Self::Redrive => "redriven",
            Self::Discard => "discarded",
        }
    }

    fn one<'a>(self, context: &'a Context, id: &str) -> Call<'a> {
        // Done again, it does nothing more.
        match self {
            Self::Redrive => context
                .client
                .post(&["dead-letters", id, "redrive"])
                .repeatable(),
            Self::Discard => context.client.delete(&["dead-letters", id]),
        }
    }

    fn many(self, context: &Context) -> Call<'_> {
        match self {
            Self::Redrive => context
                .client
                .post(&["dead-letters", "redrive"])
                .repeatable(),
            Self::Discard => context.client.delete(&["dead-letters"]),
        }
    }
}

async fn list(context: &Context, reason: Option<String>) -> Result<(), Failure> {
    let filter: Vec<_> = reason
        .map(|reason| ("reason", reason))
        .into_iter()
        .collect();
    let letters = all_pages(context, &["dead-letters"], "dead_letters", &filter).await?;
    let columns = ["id", "reason", "sent_at", "job_id", "detail"];
    rows(
        context,
        ["ID", "REASON", "SENT", "JOB", "DETAIL"],
        &letters,
        "There are no dead letters.",
        |letter| columns.map(|name| member(letter, name).into()),
    )
}

async fn act(context: &Context, which: &Which, act: Act) -> Result<(), Failure> {
    if which.ids.is_empty() {
        return act_on_all(context, which.reason.as_deref(), act).await;
    }
    for id in &which.ids {
        let done = act.one(context, id).send().await;
        done.map_err(|failure| failure.at(format!("dead letter {}", plain(id))))?;
        tell(context, id, act)?;
    }
    Ok(())
}

/// Page after page, for the API does so many at once.
async fn act_on_all(context: &Context, reason: Option<&str>, act: Act) -> Result<(), Failure> {
    let (mut count, mut refused) = (0, Vec::new());
    let mut cursor: Option<String> = None;
    loop {
        let call = act.many(context).maybe("reason", reason);
        let page: Value = call.maybe("cursor", cursor.take()).read().await?;
        count += page.get(act.done()).and_then(Value::as_u64).unwrap_or(0);
        if let Some(Value::Array(some)) = page.get("refused") {
            refused.extend(some.iter().cloned());
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    if context.output.json {
        Output::pretty(&json!({ act.done(): count, "refused": refused }))?;
    } else {
        say(&format!("{count} {}", act.done()))?;
    }
    for letter in &refused {
        let (id, why) = (member(letter, "id"), member(letter, "detail"));
        complain(&format!(
            "error: dead letter {}: {}",
            plain(&id),
            plain(&why)
        ));
    }
    if refused.is_empty() {
        Ok(())
    } else {
        let count = refused.len();
        let words = format!("{count} dead letters could not be {}", act.done());
        Err(Failure::new(Exit::Failed, words))
    }
}

fn tell(context: &Context, id: &str, act: Act) -> Result<(), Failure> {
    if context.output.json {
        Output::line(&json!({ "id": id, act.done(): true }))?;
    } else {
        say(&format!("{} {}", plain(id), act.done()))?;
    }
    Ok(())
}
