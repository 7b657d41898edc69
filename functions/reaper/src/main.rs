//! The reaper as a Lambda function: fed by the queue of dead letters.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use reaper::Reaper;
use service::{Clients, Clock, Config, Function};
use store::{Queue, Queues, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("reaper")?;
    let config = Config::from_env()?;
    let clients = Clients::from_env().await;
    let dead_letters = Queue::new(clients.sqs.clone(), config.dead_letter_queue_url()?);
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
    let reaper = &Reaper::new(store, dead_letters, clock.clone());
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = clock.deadline(event.context.deadline);
        Ok::<_, Error>(reaper.handle(event.payload, deadline).await)
    };
    function.serve(Runtime::new(service_fn(handle))).await
}
