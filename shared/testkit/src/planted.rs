//! Many jobs at once, written straight into the table.
#![expect(
    clippy::disallowed_types,
    reason = "the items are written past the store"
)]

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use job::JobId;

use crate::Stack;

/// Items that one write takes.
const BATCH: usize = 25;

/// Writes at once.
const AT_ONCE: usize = 8;

impl Stack {
    /// Writes so many completed jobs, each a millisecond younger than the one before. The clock goes on as if they had been submitted.
    pub async fn plant(&self, count: u32) {
        let model = self.job().completed().await;
        let item = self.item_of(model.id).await;
        self.store.remove(&model, self.clock.now()).await.unwrap();
        self.clock.advance(Duration::from_millis(1));
        let begin = self.clock.now();
        self.clock.advance(Duration::from_millis(count.into()));
        let jobs: Vec<u32> = (0..count).collect();
        let writes = jobs.chunks(BATCH).map(|numbers| {
            let requests = numbers.iter().map(|number| {
                let created_at = begin + Duration::from_millis((*number).into());
                put(&item, JobId::new(created_at), created_at.as_millisecond())
            });
            let write = self.clients.dynamodb.batch_write_item();
            write.request_items("jobs", requests.collect()).send()
        });
        let writes = stream::iter(writes).buffer_unordered(AT_ONCE);
        writes.try_collect::<Vec<_>>().await.unwrap();
    }

    async fn item_of(&self, id: JobId) -> HashMap<String, AttributeValue> {
        let get = self.clients.dynamodb.get_item().table_name("jobs");
        let answer = get.set_key(Some(key(id))).send().await.unwrap();
        answer.item.unwrap()
    }
}

fn key(id: JobId) -> HashMap<String, AttributeValue> {
    let shard = id.spread() % 8;
    let text = |name: &str, value| (name.to_owned(), AttributeValue::S(value));
    HashMap::from([
        text("pk", format!("T#default#{shard}")),
        text("sk", format!("J#{id}")),
    ])
}

/// The same job under another id.
fn put(item: &HashMap<String, AttributeValue>, id: JobId, created_ms: i64) -> WriteRequest {
    let mut item = item.clone();
    item.extend(key(id));
    item.insert("cre".into(), AttributeValue::N(created_ms.to_string()));
    let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
    WriteRequest::builder().put_request(put).build()
}
