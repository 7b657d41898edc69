//! The worker as a Lambda function: fed by the queue of jobs.

use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use service::{Clients, Clock, Config, LogFormat};
use store::{Queue, Store};
use worker::{Settings, Worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    service::init_logs(LogFormat::Json, "")?;
    let config = Config::from_env()?;
    let clients = Clients::from_env().await;
    let queue = Queue::new(clients.sqs, config.queue_url);
    let store = Store::new(
        clients.dynamodb,
        clients.s3,
        config.table,
        config.bucket,
        queue,
    );
    let worker = &Worker::new(store, Clock::system(), Settings::default());
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = i64::try_from(event.context.deadline)?;
        let deadline = Timestamp::from_millisecond(deadline)?;
        Ok::<_, Error>(worker.handle(event.payload, deadline).await)
    };
    lambda_runtime::run(service_fn(handle)).await
}
