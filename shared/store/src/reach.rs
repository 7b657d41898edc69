//! Whether what a store stands on can be reached. The queues say it where they are counted ([`Queue::backlog`](crate::Queue::backlog)).

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use job::JobKey;

use crate::{Error, Store, keys};

impl Store {
    /// Looks whether the table answers: for this job's item, which costs half a unit where there is none.
    pub async fn reach_table(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .projection_expression("pk")
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("reach the table"))?;
        Ok(())
    }

    /// Looks whether the bucket answers: for this job's objects.
    pub async fn reach_bucket(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads
            .s3
            .list_objects_v2()
            .bucket(&self.payloads.bucket)
            .prefix(keys::objects(key))
            .max_keys(1)
            .send()
            .await
            .map_err(Error::during("reach the bucket"))?;
        Ok(())
    }
}
