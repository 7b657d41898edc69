//! `scan cancel`.

use clap::Args;

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
    let cancel = |id: String| async move {
        let call = context.client.post(&["scan", "cancel", &id]);
        call.repeatable().read().await
    };
    each(context, &ids, "cancelled", cancel).await
}
