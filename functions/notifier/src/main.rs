//! The notifier as a Lambda function: fed by the queue of webhooks.

use aws_lambda_events::event::sqs::SqsEvent;
use fetch::Policy;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use notifier::Notifier;
use service::config::optional;
use service::{Clients, Clock, Config, Function};
use store::{Queue, Queues, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("notifier")?;
    let config = Config::from_env()?;
    let policy = Policy::read(optional)?;
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
    let notifier = &Notifier::new(store, clock.clone(), policy);
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = clock.deadline(event.context.deadline);
        Ok::<_, Error>(notifier.handle(event.payload, deadline).await)
    };
    function.serve(Runtime::new(service_fn(handle))).await
}
