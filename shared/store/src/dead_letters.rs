//! Dead letters that belong to no job.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::limits;

use crate::{Error, Store, provision};

/// Bytes of a letter's body that are kept.
const MAX_BODY_BYTES: usize = 64 << 10;

impl Store {
    /// Keeps what came out of the dead-letter queue and belongs to no job.
    pub async fn keep_dead_letter(
        &self,
        message_id: &str,
        body: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        self.payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .item("pk", text("D"))
            .item("sk", text(&format!("D#{now}#{message_id}")))
            .item("body", text(cut(body, MAX_BODY_BYTES)))
            .item("reason", text(reason))
            .item(
                provision::TTL_ATTRIBUTE,
                AttributeValue::N(limits::expiry_of_unfinished(now).as_second().to_string()),
            )
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("put dead letter"))?;
        Ok(())
    }
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
