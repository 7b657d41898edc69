//! Previews as a Lambda function, behind the API's gateway; and the child processes of its engine.

use api::{Auth, AuthSettings, Cors, QuotaSettings, Quotas};
use engine::{Child, Engine, Isolation};
use lambda_http::lambda_runtime::Runtime;
use lambda_http::{Adapter, Error};
use service::config::optional;
use service::{Clients, Clock, Config, Function};
use store::ApiKeys;

fn main() -> Result<(), Error> {
    match Child::asked_for(std::env::args()) {
        Some(child) => Ok(child.serve()?),
        None => answer(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn answer() -> Result<(), Error> {
    let function = Function::start("preview")?;
    // One request at a time is all that a function is given.
    let settings = engine::Settings::read(optional)?.for_one();
    let engine = Engine::new(Isolation::this_program(), settings);
    engine.start_ahead();
    let auth = AuthSettings::read(optional, AuthSettings::Keys)?;
    let auth = if auth.is_open() {
        Auth::open()
    } else {
        let clients = Clients::from_env().await;
        let keys = ApiKeys::new(clients.dynamodb, Config::from_env()?.table);
        Auth::new(auth, keys, Clock::system())
    };
    let quotas = Quotas::in_memory(QuotaSettings::read(optional)?, Clock::system());
    let cors = Cors::read(optional)?;
    let router = api::preview_router(preview::preview(engine), &auth, &quotas, cors);
    let handler = Adapter::from(api::lambda(router));
    function.serve(Runtime::new(handler)).await
}
