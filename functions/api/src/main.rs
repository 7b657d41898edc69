//! The API as a Lambda function: behind an HTTP API of API Gateway.

use api::{App, Auth, AuthSettings, Cors, DeadLetterQueues, QuotaSettings};
use lambda_http::lambda_runtime::Runtime;
use lambda_http::{Adapter, Error};
use service::config::{optional, parsed};
use service::{Clients, Clock, Config, Function};
use store::{Queue, Queues, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("api")?;
    let config = Config::from_env()?;
    let clients = Clients::from_env().await;
    let queues = Queues {
        jobs: Queue::new(clients.sqs.clone(), config.queue_url),
        webhooks: Queue::new(clients.sqs.clone(), config.webhook_queue_url),
    };
    let watched = |variable| Some(Queue::new(clients.sqs.clone(), optional(variable)?));
    let dead_letters = DeadLetterQueues {
        jobs: watched("DEAD_LETTER_QUEUE_URL"),
        webhooks: watched("WEBHOOK_DEAD_LETTER_QUEUE_URL"),
    };
    let store = Store::new(
        clients.dynamodb,
        clients.s3,
        config.table,
        config.bucket,
        queues,
    );
    let auth = AuthSettings::read(optional, AuthSettings::Keys)?;
    let auth = Auth::new(auth, store.api_keys(), Clock::system());
    let app = App::new(store, Clock::system(), auth, config.max_request_bytes)
        .sharing_with(Cors::read(optional)?)
        .watching(dead_letters)
        .worker_memory_mb(parsed("WORKER_MEMORY_MB", "a number of MB")?)
        .limited_by(QuotaSettings::read(optional)?);
    let handler = Adapter::from(api::lambda(api::router(app)));
    function.serve(Runtime::new(handler)).await
}
