//! The API as a Lambda function: behind an HTTP API of API Gateway.

use api::App;
use lambda_http::Error;
use service::{Clients, Clock, Config, LogFormat};
use store::{Queue, Store};

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
    let app = App::new(store, Clock::system(), config.max_request_bytes);
    lambda_http::run(api::router(app)).await
}
