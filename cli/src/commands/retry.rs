//! `scan retry`.

use clap::Args;
use uuid::Uuid;

use super::each::each;
use super::ids;
use crate::failure::Failure;
use crate::settings::Context;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The jobs; `-` reads ids from standard input
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

pub(crate) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let ids = ids::read(&arguments.ids)?;
    let retry = |id: String| async move {
        let call = context.client.post(&["scan", "retry", &id]);
        let key = Uuid::new_v4().to_string();
        call.idempotency_key(&key).read().await
    };
    each(context, &ids, "submitted again", retry).await
}
