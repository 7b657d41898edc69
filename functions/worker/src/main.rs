//! The worker as a Lambda function, fed by the queue of jobs; and the child processes of its engine.

use aws_lambda_events::event::sqs::SqsEvent;
use engine::{Child, Engine, Isolation};
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use service::config::optional;
use service::{Clients, Clock, Config, Function};
use store::{Queue, Queues, Store};
use worker::{Elsewhere, Settings, Worker};

fn main() -> Result<(), Error> {
    match Child::asked_for(std::env::args()) {
        Some(child) => Ok(child.serve()?),
        None => work(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn work() -> Result<(), Error> {
    let function = Function::start("worker")?;
    let config = Config::from_env()?;
    let engine = Engine::new(Isolation::this_program(), engine::Settings::read(optional)?);
    engine.start_ahead();
    let clients = Clients::from_env().await;
    let queues = Queues {
        jobs: Queue::new(clients.sqs.clone(), config.queue_url),
        webhooks: Queue::new(clients.sqs, config.webhook_queue_url),
    };
    let store = Store::new(
        clients.dynamodb,
        clients.s3,
        config.table,
        config.bucket,
        queues,
    );
    let clock = &Clock::system();
    let elsewhere = Elsewhere::read(optional)?;
    let settings = Settings::default();
    let worker = &Worker::new(store, clock.clone(), engine, elsewhere, settings);
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = clock.deadline(event.context.deadline);
        Ok::<_, Error>(worker.handle(event.payload, deadline).await)
    };
    function.serve(Runtime::new(service_fn(handle))).await
}
