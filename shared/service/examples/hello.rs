//! The least that a function can be: `make bench-start` measures the others against it.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let handle = |_: LambdaEvent<Value>| async { Ok::<_, Error>("hello") };
    run(service_fn(handle)).await
}
