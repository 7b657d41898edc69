//! Logs: structured, to standard output in a function and to standard error in a terminal.

mod json;
mod text;

use std::fmt;
use std::io::IsTerminal;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One flat JSON object a line, to standard output: for `CloudWatch`. Each has `timestamp`, `level`, `message`, `function`, and the fields of the event and
    /// of all spans that it happened in, of which the innermost wins.
    Json {
        /// Which function this is.
        function: &'static str,
    },
    /// For people, to standard error.
    Text,
}

/// What is logged at most, whatever `LOG` says: below it the SDKs and Lambda's runtime log whole requests and answers, and with them documents.
const MOST: LevelFilter = LevelFilter::DEBUG;

/// The same of the embedded S3: below it signed links are logged, which are as good as keys.
const MOST_OF_S3: LevelFilter = LevelFilter::INFO;

/// Starts logging, as `LOG` says. Once per process. `defaults` are directives that hold unless `LOG` says otherwise; a `LOG` that
/// cannot be understood is an error in words.
pub fn init_logs(format: LogFormat, defaults: &str) -> Result<(), String> {
    let wanted = crate::config::optional("LOG").unwrap_or_else(|| "info".into());
    let filter: Targets = format!("{defaults},{wanted}").parse().map_err(|_| {
        format!("LOG={wanted} is not understood: it has to be a level such as info")
    })?;
    quiet_panics();
    let most = Targets::new()
        .with_default(MOST)
        .with_target("s3s", MOST_OF_S3);
    let subscriber = tracing_subscriber::registry().with(filter).with(most);
    match format {
        LogFormat::Json { function } => subscriber.with(json::Lines { function }).init(),
        LogFormat::Text => subscriber
            .with(
                tracing_subscriber::fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr)
                    .with_target(false)
                    .fmt_fields(text::Fields),
            )
            .init(),
    }
    Ok(())
}

/// Lets a panic be logged by its place alone: its message may quote the document that it happened on.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "Panic");
    }));
}

/// The fields of a span or an event. The event's words are the field `message`.
#[derive(Debug, Default)]
struct Gathered(Map<String, Value>);

impl Gathered {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Gathered {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }
}
