//! Logs: structured, to standard output in a function and to standard error in a terminal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, to standard output: for `CloudWatch`.
    Json,
    /// For people, to standard error.
    Text,
}

/// Starts logging, as `LOG` says. Once per process. `defaults` are directives that hold unless `LOG` says otherwise; a `LOG` that
/// cannot be understood is an error in words.
pub fn init_logs(format: LogFormat, defaults: &str) -> Result<(), String> {
    let wanted = crate::config::optional("LOG").unwrap_or_else(|| "info".into());
    let filter = EnvFilter::try_new(format!("{defaults},{wanted}")).map_err(|_| {
        format!("LOG={wanted} is not understood: it has to be a level such as info")
    })?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    quiet_panics();
    match format {
        LogFormat::Json => subscriber
            .json()
            .without_time()
            .with_current_span(false)
            .init(),
        LogFormat::Text => subscriber
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr)
            .with_target(false)
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
