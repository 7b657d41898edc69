//! Taking up at once what killed workers left, where it is certain that they are dead.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::{Change, JobKey, Status};

use crate::{Error, Outcome, Store};

impl Store {
    /// Ends the leases of all running jobs, of all tenants, and says how many. Only for a process that knows itself alone, such as a local
    /// runner that has just locked its data folder: its predecessors are dead, and their jobs need not wait for leases that nobody holds.
    /// A mistake would cost an attempt and no more, for what fences a worker off is its attempt's number.
    ///
    /// Reads the whole table.
    pub async fn end_all_leases(&self, now: Timestamp) -> Result<usize, Error> {
        let mut ended = 0;
        for key in self.running().await? {
            if let Outcome::Done(_) = self.change(&key, &Change::EndLease { now }).await? {
                ended += 1;
            }
        }
        Ok(ended)
    }

    async fn running(&self) -> Result<Vec<JobKey>, Error> {
        let mut items = self
            .payloads
            .dynamodb
            .scan()
            .table_name(&self.payloads.table)
            .filter_expression("st = :running")
            .expression_attribute_values(
                ":running",
                AttributeValue::S(Status::Running.name().to_owned()),
            )
            .projection_expression("pk, sk")
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(Error::during("list running jobs"))?;
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            let key = text("pk")
                .zip(text("sk"))
                .and_then(|(pk, sk)| crate::keys::of_job(pk, sk));
            keys.push(key.ok_or_else(|| Error::unreadable("a job's key", format!("{item:?}")))?);
        }
        Ok(keys)
    }
}
