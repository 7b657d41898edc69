//! The reaper as a Lambda function: fed by the queue of dead letters.

use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reaper::Reaper;
use service::{Clients, Clock, Config, LogFormat};
use store::{Queue, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    service::init_logs(LogFormat::Json, "")?;
    let config = Config::from_env()?;
    let clients = Clients::from_env().await;
    let dead_letters = Queue::new(clients.sqs.clone(), config.dead_letter_queue_url()?);
    let queue = Queue::new(clients.sqs, config.queue_url);
    let store = Store::new(
        clients.dynamodb,
        clients.s3,
        config.table,
        config.bucket,
        queue,
    );
    let reaper = &Reaper::new(store, dead_letters, Clock::system());
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = i64::try_from(event.context.deadline)?;
        let deadline = Timestamp::from_millisecond(deadline)?;
        Ok::<_, Error>(reaper.handle(event.payload, deadline).await)
    };
    lambda_runtime::run(service_fn(handle)).await
}
