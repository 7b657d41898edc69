//! The worker as a Lambda function: fed by the queue of jobs.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use service::{Clients, Clock, Config, Function};
use store::{Queue, Store};
use worker::{Settings, Worker};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("worker")?;
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
    let clock = &Clock::system();
    let worker = &Worker::new(store, clock.clone(), Settings::default());
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = clock.deadline(event.context.deadline);
        Ok::<_, Error>(worker.handle(event.payload, deadline).await)
    };
    function.serve(Runtime::new(service_fn(handle))).await
}
