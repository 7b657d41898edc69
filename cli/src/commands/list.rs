//! `scan list`.

use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use super::job::Job;
use crate::failure::Failure;
use crate::output::{Cell, Output, say, table};
use crate::settings::Context;

/// Jobs that are shown, if nobody says how many.
const DEFAULT_LIMIT: usize = 50;

/// Jobs that are asked for at once; the API gives no more.
const PAGE: usize = 200;

const HEAD: [&str; 7] = ["ID", "STATUS", "CREATED", "LASTED", "DOCS", "TYPE", "TAGS"];

#[derive(Debug, Clone, Args)]
pub(crate) struct Filter {
    /// Only jobs that stand so: pending, running, completed, failed, cancelled; several joined by commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',',
        value_parser = ["pending", "running", "completed", "failed", "cancelled"])]
    status: Vec<String>,
    /// Only jobs with this tag; given several times, with all of them
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = tag)]
    tags: Vec<(String, String)>,
    /// Only jobs created at this time or later: 2026-09-01T00:00:00Z, or 7d, 12h, 30m ago
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only jobs created before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only jobs whose first document was sent as this
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Only jobs whose id begins so
    #[arg(long, value_name = "BEGIN")]
    id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: Filter,
    /// Most jobs
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: usize,
    /// All of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Where an earlier list ended
    #[arg(long)]
    cursor: Option<String>,
    /// Ids alone, one a line: for the standard input of other commands
    #[arg(long)]
    ids: bool,
}

/// A page, newest first.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) jobs: Vec<Value>,
    pub(crate) next: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        filter,
        limit,
        all,
        mut cursor,
        ids,
    } = arguments;
    if ids && context.output.json {
        return Err(Failure::usage(
            "--ids and --json are two forms; one of them is enough",
        ));
    }
    let limit = if all { usize::MAX } else { limit };
    if limit == 0 {
        return Err(Failure::usage("--limit has to be 1 at least"));
    }
    let mut count = 0;
    loop {
        let page = filter
            .page(context, cursor.as_deref(), PAGE.min(limit - count))
            .await?;
        let is_first = count == 0;
        count += page.jobs.len();
        if !page.jobs.is_empty() {
            show(context, page.jobs, ids, is_first)?;
        }
        cursor = page.next;
        if cursor.is_none() || count >= limit {
            break;
        }
    }
    if count == 0 {
        context.output.note("No job is there that passes.");
    } else if let Some(cursor) = cursor {
        let is_for_people = !context.output.json && !ids;
        if is_for_people {
            context.output.note(&format!(
                "There are more: --all shows them, --cursor {cursor} the next."
            ));
        }
    }
    Ok(())
}

impl Filter {
    /// The same, but where nothing was said of how jobs stand: those that have not ended.
    pub(crate) fn or_under_way(mut self) -> Self {
        if self.status.is_empty() {
            self.status = vec!["pending".to_owned(), "running".to_owned()];
        }
        self
    }

    /// A page of the jobs that pass.
    pub(crate) async fn page(
        &self,
        context: &Context,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page, Failure> {
        let now = context.clock.now();
        let time = |text: &Option<String>| text.as_deref().map(|it| time(it, now)).transpose();
        let status = (!self.status.is_empty()).then(|| self.status.join(","));
        let mut call = context
            .client
            .get(&["scan"])
            .maybe("status", status)
            .maybe("created_after", time(&self.since)?)
            .maybe("created_before", time(&self.until)?)
            .maybe("media_type", self.media_type.as_ref())
            .maybe("q", self.id.as_ref());
        for (name, value) in &self.tags {
            call = call.query("tag", format!("{name}:{value}"));
        }
        let call = call.maybe("cursor", cursor).query("limit", limit);
        call.read().await
    }
}

fn show(context: &Context, jobs: Vec<Value>, ids: bool, is_first: bool) -> Result<(), Failure> {
    let output = context.output;
    if output.json {
        for job in &jobs {
            Output::line(job)?;
        }
        return Ok(());
    }
    let jobs: Result<Vec<Job>, _> = jobs.into_iter().map(serde_json::from_value).collect();
    let jobs = jobs.map_err(|error| {
        Failure::failed(format!("the API is of another release than this: {error}"))
    })?;
    if ids {
        for job in jobs {
            say(&job.id)?;
        }
        return Ok(());
    }
    let now = context.clock.now();
    let shown = table(HEAD, jobs.iter().map(|job| row(job, now)), output.colors());
    // One head for all pages.
    let shown = match shown.split_once('\n') {
        Some((_head, rows)) if !is_first => rows,
        _ => &shown,
    };
    say(shown)?;
    Ok(())
}

fn row(job: &Job, now: jiff::Timestamp) -> [Cell; 7] {
    let tags: Vec<String> = job.tags.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let documents = job.documents.map(|count| count.to_string());
    [
        job.id.as_str().into(),
        Cell::colored(job.status.as_str(), job.color()),
        format!("{:.0}", job.created_at).into(),
        job.lasted(now).into(),
        job.progress().or(documents).into(),
        job.media_type.clone().into(),
        tags.join(" ").into(),
    ]
}

/// A tag as it is written here.
pub(crate) fn tag(text: &str) -> Result<(String, String), &'static str> {
    text.split_once('=')
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or("a tag is a name and a value, such as batch=7")
}

/// A time as it is written, or as long ago.
fn time(text: &str, now: jiff::Timestamp) -> Result<String, Failure> {
    let wrong = || {
        Failure::usage(format!(
            "`{text}` is no time: 2026-09-01T00:00:00Z is one, and 7d, 12h or 30m ago is another"
        ))
    };
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.to_string());
    }
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let ago = jiff::SignedDuration::from_secs(i64::from(count) * seconds);
    now.checked_sub(ago)
        .map(|time| time.to_string())
        .map_err(|_| wrong())
}
