//! Previews as a Lambda function, behind the API's gateway; and the child processes of its engine.

use engine::{Child, Engine, Isolation};
use lambda_http::lambda_runtime::Runtime;
use lambda_http::{Adapter, Error};
use service::Function;
use service::config::optional;

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
    let router = api::preview_router(preview::preview(engine));
    let handler = Adapter::from(api::lambda(router));
    function.serve(Runtime::new(handler)).await
}
