//! `local mapping`: the event source mappings alone, for functions that another process serves, such as
//! `cargo lambda watch`, and for queues that are anywhere.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsEvent;
use service::{Clients, Clock};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::mapping::Mapping;
use crate::provision::Queue;
use crate::remote::RemoteFunction;
use crate::settings::MappingSettings;
use crate::signals::Signals;

/// A message that a queue hands out after this process is gone stays hidden for long, so no poll is long.
const POLL_SECONDS: i32 = 1;
/// As many as there can be: there is one instance of each function, and what it does at once it has to get at once.
const BATCH_SIZE: i32 = 10;
/// `cargo lambda watch` runs one instance of each function.
const CONCURRENCY: usize = 1;
/// How long `cargo lambda watch` gives a function. A first invocation waits for the compiler as well.
const FUNCTION_TIMEOUT: Duration = Duration::from_mins(10);
/// How long invocations may still take at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Feeds the functions until a signal comes.
pub async fn run(settings: &MappingSettings) -> Result<ExitCode, Box<dyn Error>> {
    let mut signals = Signals::install()?;
    let client = Clients::from_env().await.sqs;
    let stop = CancellationToken::new();
    let mut running = JoinSet::new();
    for (url, name) in settings.sources() {
        let function = RemoteFunction::new(&settings.functions_url, name)?;
        let mapping = Mapping {
            client: client.clone(),
            queue: Queue::at(&client, url).await?,
            poll_seconds: POLL_SECONDS,
            batch_size: BATCH_SIZE,
            concurrency: CONCURRENCY,
            function_timeout: FUNCTION_TIMEOUT,
            grace: GRACE,
            clock: Clock::system(),
        };
        let invoke = move |event: SqsEvent, _deadline| {
            let function = function.clone();
            async move { function.invoke(&event).await }
        };
        running.spawn(mapping.run(invoke, stop.clone()));
    }
    io::stdout().write_all(greeting(settings).as_bytes())?;
    signals.next().await;
    stop.cancel();
    let ended = async move { while running.join_next().await.is_some() {} };
    Ok(signals.unless_repeated(ended).await)
}

fn greeting(settings: &MappingSettings) -> String {
    let sources: Vec<_> = settings
        .sources()
        .map(|(url, name)| format!("{name} from {url}"))
        .collect();
    format!(
        "# Feeding the functions at {}: {}\n# Ctrl-C ends it.\n",
        settings.functions_url,
        sources.join(", ")
    )
}
