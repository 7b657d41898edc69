//! Where this process finds its table, queues and bucket: read once, at the start.

use std::fmt;

/// What every function is told by its environment.
///
/// | variable | meaning | default |
/// | --- | --- | --- |
/// | `TABLE_NAME` | the `DynamoDB` table | none |
/// | `BUCKET_NAME` | the S3 bucket | none |
/// | `QUEUE_URL` | the queue of jobs | none |
/// | `DEAD_LETTER_QUEUE_URL` | where the queue's dead letters go; only the reaper needs it, and the API looks at it | none |
/// | `WEBHOOK_DEAD_LETTER_QUEUE_URL` | where notices end that were given up on; only the API looks at it | none |
/// | `MAX_REQUEST_BYTES` | longest body of a request, in bytes | 4,500,000: what fits a function's 6 MB event in base64 |
/// | `WORKER_MEMORY_MB` | MB of the worker's function, for what usage costs; only the API needs it | 1769 |
/// | `METRICS_NAMESPACE` | where a function's metrics stand in `CloudWatch` | `DataExtraction` |
/// | `LOG` | what is logged, as `tracing` directives (`info`, `worker=debug,warn`) | `info` |
///
/// The AWS clients read the SDK's own variables (`AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The `DynamoDB` table.
    pub table: String,
    /// The S3 bucket.
    pub bucket: String,
    /// The queue of jobs.
    pub queue_url: String,
    /// The queue of notices of jobs' ends.
    pub webhook_queue_url: String,
    /// Longest body of a request, in bytes.
    pub max_request_bytes: usize,
}

/// Longest body that reaches a function: its event has 6 MB at most, in which a binary body stands in base64.
pub const DEFAULT_MAX_REQUEST_BYTES: usize = 4_500_000;

/// A variable that is missing or makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    variable: &'static str,
    wanted: &'static str,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "the environment variable {} must be set to {}",
            self.variable, self.wanted
        )
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            table: required("TABLE_NAME", "the name of the DynamoDB table")?,
            bucket: required("BUCKET_NAME", "the name of the S3 bucket")?,
            queue_url: required("QUEUE_URL", "the URL of the queue of jobs")?,
            webhook_queue_url: required("WEBHOOK_QUEUE_URL", "the URL of the queue of webhooks")?,
            max_request_bytes: parsed("MAX_REQUEST_BYTES", "a number of bytes")?
                .unwrap_or(DEFAULT_MAX_REQUEST_BYTES),
        })
    }

    /// The queue's dead letters: only the reaper reads them.
    pub fn dead_letter_queue_url(&self) -> Result<String, ConfigError> {
        required(
            "DEAD_LETTER_QUEUE_URL",
            "the URL of the queue of dead letters",
        )
    }
}

/// The value of a variable, unless it is unset or empty.
pub fn optional(variable: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where configuration is read"
    )]
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}

fn required(variable: &'static str, wanted: &'static str) -> Result<String, ConfigError> {
    optional(variable).ok_or(ConfigError { variable, wanted })
}

/// The value of a variable, parsed; none if it is unset or empty.
pub fn parsed<T: std::str::FromStr>(
    variable: &'static str,
    wanted: &'static str,
) -> Result<Option<T>, ConfigError> {
    optional(variable)
        .map(|value| value.parse().map_err(|_| ConfigError { variable, wanted }))
        .transpose()
}
