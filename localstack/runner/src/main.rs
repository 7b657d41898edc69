//! `local`: the whole product on this machine. [`HELP`] says how to use it.

use std::error::Error;
use std::io::{self, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use engine::Child;
use local::settings::{AwsSettings, MappingSettings, Settings, read_env_file};
use local::{aws, mappings, product};
use service::LogFormat;
use service::config::optional;
use tokio::runtime::{Builder, Runtime};
use worker::Elsewhere;

const HELP: &str = "\
Usage: local          run the whole product: API, worker, reaper, notifier, table, queues, objects
       local aws      run the table, the queues and the objects alone, for AWS SDKs and tools
       local mapping  feed functions that are served elsewhere, as Lambda's event source mappings do
       local --help   show this

Settings, in the environment or in the file .env:
  LISTEN=127.0.0.1:8000      where the API answers
  DATA_DIR=.data             the folder that keeps everything
  AUTH_MODE=open             how callers are known: open, nobody is asked who they are; keys; keys+jwt (with JWT_ISSUER, …)
  OPEN_ACCESS=no             yes: LISTEN may be beyond loopback although AUTH_MODE is open
  WORKER=on                  off: jobs are accepted and wait
  MAX_REQUEST_BYTES=50000000 the longest body of a request
  CORS_ORIGINS=              origins whose pages may use the API out of a browser, joined by commas
  MAX_DOCUMENT_SECONDS=60    how long one document may take
  MAX_ENGINE_MEMORY_BYTES=1073741824  what each of the processes that read documents may take
  AWS_PORTS=4567,4568,4569   ports of DynamoDB, SQS and S3; `local` takes any free ones if not told
  LOG=info                   what is logged

With AUTH_MODE=keys every call needs a key, also one of /metrics (an operator's); `scan keys create --admin` makes the first one.

Settings of `local mapping`, beside WORKER and LOG; the AWS SDK's own (AWS_ENDPOINT_URL, …) say where SQS is:
  FUNCTIONS_URL=http://127.0.0.1:9001  where functions are invoked; `cargo lambda watch` answers so
  QUEUE_URL=…                          the queue that feeds the function `worker`
  DEAD_LETTER_QUEUE_URL=…              the queue that feeds the function `reaper`
  WEBHOOK_QUEUE_URL=…                  the queue that feeds the function `notifier`

Ctrl-C ends it once the running jobs have ended or ten seconds have passed; a second one, at once.
";

/// The embedded endpoints warn of each refused request, and a refused condition is nothing out of the
/// ordinary. `LOG` may still name them, up to the level that [`service::init_logs`] allows.
const QUIET: &str = "dynoxide=error,s3s=error,s3s_fs=error";
/// Threads for futures. Extraction has its own, and the rest is waiting.
const MAX_WORKER_THREADS: usize = 4;
/// How long threads may still take that no future waits for, such as an extraction that was given up.
const THREADS_LIMIT: Duration = Duration::from_millis(100);

/// What is to be run.
enum Command {
    Product,
    Aws,
    Mapping,
}

fn main() -> ExitCode {
    if let Some(child) = Child::asked_for(std::env::args()) {
        // Its parent sees that it has ended.
        return child
            .serve()
            .map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [] => run(&Command::Product),
        ["aws"] => run(&Command::Aws),
        ["mapping"] => run(&Command::Mapping),
        ["help" | "-h" | "--help"] => say(HELP).map(|()| ExitCode::SUCCESS).map_err(Into::into),
        _ => {
            complain(&format!(
                "`local {}` is not a command.\n\n{HELP}",
                arguments.join(" ")
            ));
            return ExitCode::from(2);
        }
    };
    outcome.unwrap_or_else(|error| {
        complain(&format!("error: {error}\n"));
        ExitCode::FAILURE
    })
}

fn run(command: &Command) -> Result<ExitCode, Box<dyn Error>> {
    read_env_file()?;
    service::init_logs(LogFormat::Text, QUIET)?;
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        match command {
            Command::Product => {
                let engine = engine::Settings::read(optional)?;
                let elsewhere = Elsewhere::read(optional)?;
                product::run(&Settings::read(optional)?, engine, elsewhere).await
            }
            Command::Aws => aws::run(AwsSettings::read(optional)?).await,
            Command::Mapping => mappings::run(&MappingSettings::read(optional)?).await,
        }
    });
    runtime.shutdown_timeout(THREADS_LIMIT);
    code
}

fn runtime() -> io::Result<Runtime> {
    let threads = available_parallelism()
        .map_or(1, NonZero::get)
        .clamp(2, MAX_WORKER_THREADS);
    Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
}

fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// Nobody can be told if this fails.
fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
