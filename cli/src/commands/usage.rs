//! `scan usage`.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::shown::{member, rows};
use crate::failure::Failure;
use crate::output::{Output, plain_lines, say};
use crate::settings::Context;

const HEAD: [&str; 9] = [
    "DAY",
    "ACCEPTED",
    "COMPLETED",
    "FAILED",
    "CANCELLED",
    "DOCS",
    "PAGES",
    "BYTES",
    "USD",
];

const COLUMNS: [&str; 9] = [
    "date",
    "accepted",
    "completed",
    "failed",
    "cancelled",
    "documents",
    "pages",
    "bytes",
    "estimated_cost_usd",
];

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Of how many days, today among them [default: as the API has it]
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// How it is written
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, with the total at its end; JSON with --json
    Table,
    /// All columns, a row a day
    Csv,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { days, format } = arguments;
    let call = context.client.get(&["usage"]).maybe("days", days);
    if format == Format::Csv {
        let answer = call.header("accept", "text/csv").send().await?;
        let text = String::from_utf8_lossy(&answer.body);
        say(plain_lines(&text).trim_end())?;
        return Ok(());
    }
    let mut usage: Value = call.read().await?;
    if context.output.json {
        return Ok(Output::pretty(&usage)?);
    }
    let in_flight = usage
        .pointer("/jobs/in_flight")
        .map(Value::to_string)
        .unwrap_or_default();
    let mut lines = match usage.get_mut("days").map(Value::take) {
        Some(Value::Array(days)) => days,
        _ => Vec::new(),
    };
    if let Some(Value::Object(mut total)) = usage.get_mut("total").map(Value::take) {
        total.insert("date".into(), "total".into());
        lines.push(total.into());
    }
    rows(context, HEAD, &lines, "Nothing was used.", |line| {
        COLUMNS.map(|name| member(line, name).into())
    })?;
    let words =
        format!("{in_flight} jobs have not ended yet. What is used is told some minutes late.");
    context.output.note(&words);
    Ok(())
}
