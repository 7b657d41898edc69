//! Removing many finished jobs at once, in bounded steps.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use futures::future::try_join_all;
use jiff::Timestamp;
use job::{Job, JobKey, State, Tenant};

use crate::item::{self, Attributes};
use crate::{Error, Store, keys};

/// Jobs that one call removes at most.
pub const MAX_CLEARED_JOBS: usize = 100;

/// Jobs that one call looks at in each of a tenant's partitions.
const READS_PER_PARTITION: i32 = 250;

/// Jobs that are removed at the same time.
const AT_ONCE: usize = 10;

/// Which finished jobs are to go.
#[derive(Debug, Clone, Copy)]
pub struct Cleared<'a> {
    /// Those with this tag, a name and a value.
    pub tag: (&'a str, &'a str),
    /// Those that ended at this time or before.
    pub until: Timestamp,
}

impl Store {
    /// Removes finished jobs of a tenant, the oldest first, [`MAX_CLEARED_JOBS`] at most, and says how many. Of the jobs that are old
    /// enough it looks at the oldest alone; what is left to do, a later call finds.
    pub async fn clear(&self, tenant: &Tenant, which: Cleared<'_>) -> Result<usize, Error> {
        let shards = keys::SHARDS.map(|shard| keys::shard(tenant, shard));
        let read = shards.map(|shard| self.oldest(shard, which.until));
        let jobs = try_join_all(read).await?.into_iter().flatten();
        let mut jobs: Vec<Job> = jobs.filter(|job| is_meant(job, which)).collect();
        jobs.sort_by_key(|job| job.key.id);
        jobs.truncate(MAX_CLEARED_JOBS);
        let mut removed = 0;
        for some in jobs.chunks(AT_ONCE) {
            let each = try_join_all(some.iter().map(|job| self.remove_as_found(job))).await?;
            removed += each.into_iter().filter(|removed| *removed).count();
        }
        Ok(removed)
    }

    /// The oldest jobs of a partition that were created at this time or before.
    async fn oldest(&self, partition: String, until: Timestamp) -> Result<Vec<Job>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .expression_attribute_values(":first", AttributeValue::S("J#".to_owned()))
            .expression_attribute_values(":last", AttributeValue::S(keys::last_job_of(until)))
            .limit(READS_PER_PARTITION)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list old jobs"))?;
        let items = answer.items.unwrap_or_default().into_iter();
        items.map(to_job).collect()
    }

    /// Removes a job unless it has changed: one that was retried meanwhile is finished no more.
    async fn remove_as_found(&self, job: &Job) -> Result<bool, Error> {
        let key = &job.key;
        let deleted = self
            .payloads
            .dynamodb
            .delete_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .condition_expression("attribute_not_exists(pk) OR (#gen = :gen AND #st = :st)")
            .expression_attribute_names("#gen", "gen")
            .expression_attribute_names("#st", "st")
            .expression_attribute_values(":gen", AttributeValue::N(job.generation.to_string()))
            .expression_attribute_values(":st", AttributeValue::S(job.status().name().to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match deleted {
            Ok(_) => {}
            Err(error) if is_refused(&error) => return Ok(false),
            Err(error) => return Err(Error::during("delete job")(error)),
        }
        self.purge(key).await?;
        Ok(true)
    }
}

fn is_refused<R>(error: &SdkError<DeleteItemError, R>) -> bool {
    matches!(
        error.as_service_error(),
        Some(DeleteItemError::ConditionalCheckFailedException(_))
    )
}

fn is_meant(job: &Job, Cleared { tag, until }: Cleared<'_>) -> bool {
    let ended = match &job.state {
        State::Completed { finished_at, .. }
        | State::Failed { finished_at, .. }
        | State::Cancelled { finished_at } => *finished_at,
        State::Pending { .. } | State::Running { .. } => return false,
    };
    let (name, value) = tag;
    ended <= until && job.about.tags.get(name).is_some_and(|it| it == value)
}

fn to_job(item: Attributes) -> Result<Job, Error> {
    let key = key_of(&item);
    let key = key.ok_or_else(|| Error::unreadable("a job's key", format!("{item:?}")))?;
    item::to_job(&key, item)
}

fn key_of(item: &Attributes) -> Option<JobKey> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    keys::of_job(text("pk")?, text("sk")?)
}
