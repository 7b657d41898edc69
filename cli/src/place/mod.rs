//! Where keys lie: in a data folder of the local runner, or in a table on AWS.

mod aws;

use std::error::Error;
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::Client;
use clap::Args;
use local::endpoints::Reached;
use local::product;
use local::settings::data_folder;
use service::Clients;
use service::config::optional;
use store::ApiKeys;

const DATA: &str =
    "The data folder of the local runner, whether that runs or not [default: $DATA_DIR, or .data]";
const TABLE: &str = "The table on AWS, TableName among the stack's outputs, by the credentials of the environment \
                     [default: $TABLE_NAME]";

/// Where to look. Without any, the variables of the local runner and of the functions say: `TABLE_NAME`, else `DATA_DIR`.
#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// The local runner's data folder.
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "table", help = DATA)]
    data: Option<PathBuf>,
    /// The table on AWS.
    #[arg(long, value_name = "NAME", global = true, help = TABLE)]
    table: Option<String>,
}

/// A place that has been reached.
pub(crate) struct Place {
    /// The keys there.
    pub(crate) keys: ApiKeys,
    /// Which it is, for people.
    pub(crate) words: String,
    reached: Option<Reached>,
}

impl PlaceArguments {
    /// Whether somebody said where to look.
    pub(crate) fn is_said(&self) -> bool {
        self.table.is_some() || self.data.is_some()
    }

    /// Reaches the place. There is a table of this product.
    pub(crate) async fn reach(self) -> Result<Place, Box<dyn Error>> {
        match (self.table, self.data) {
            (Some(table), _) => in_table(&table).await,
            (None, Some(folder)) => in_folder(&folder).await,
            (None, None) => match optional("TABLE_NAME") {
                Some(table) => in_table(&table).await,
                None => in_folder(&data_folder(optional)).await,
            },
        }
    }
}

impl Place {
    /// Leaves it. What was begun here for it ends.
    pub(crate) async fn leave(self) {
        if let Some(reached) = self.reached {
            reached.close().await;
        }
    }
}

async fn in_folder(folder: &Path) -> Result<Place, Box<dyn Error>> {
    let reached = Reached::at(folder)
        .await
        .map_err(|error| format!("{error}. --data names another folder, --table a table on AWS"))?;
    let client = Clients::for_endpoints(reached.urls()).await.dynamodb;
    let words = format!("the data folder {}", folder.display());
    if let Err(error) = aws::check(&client, product::NAME).await {
        reached.close().await;
        return Err(format!("{error} This is {words}.").into());
    }
    Ok(place(client, product::NAME, words, Some(reached)))
}

async fn in_table(table: &str) -> Result<Place, Box<dyn Error>> {
    let client = aws::client().await?;
    aws::check(&client, table).await?;
    Ok(place(client, table, format!("the table {table}"), None))
}

fn place(client: Client, table: &str, words: String, reached: Option<Reached>) -> Place {
    Place {
        keys: ApiKeys::new(client, table),
        words,
        reached,
    }
}
