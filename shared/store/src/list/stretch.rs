//! One partition's part of a listing.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::{IdRange, Job, JobId, JobKey, Status, Tenant};

use super::Filter;
use crate::expression::Expression;
use crate::item::{self, Attributes};
use crate::provision::ENDED_INDEX;
use crate::{Error, Store, keys};

/// Items that one `BatchGetItem` takes.
const BATCH: usize = 100;

/// How often what was left out of a batch is asked for again.
const TRIES: u32 = 5;

/// How long to wait before that at first; doubles with each time.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// The jobs of one partition that are still to be looked at.
#[derive(Debug)]
pub(super) struct Stretch {
    tenant: Tenant,
    partition: String,
    place: Place,
    left: IdRange,
    seen: Option<JobId>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// The jobs themselves lie there.
    Table,
    /// Only their keys lie there.
    Index,
}

impl Stretch {
    /// All partitions where jobs may be that this filter lets through.
    pub(super) fn all(tenant: &Tenant, filter: &Filter, ids: IdRange) -> Vec<Self> {
        let stretch = |partition, place| Self {
            tenant: tenant.clone(),
            partition,
            place,
            left: ids,
            seen: None,
        };
        let of_shard = |shard: u8| -> Vec<Self> {
            let partition = keys::shard(tenant, shard);
            if !filter.is_of_ended() {
                return vec![stretch(partition, Place::Table)];
            }
            let statuses = filter.statuses.iter();
            let indexed = statuses.map(|&status: &Status| keys::ended_in(&partition, status));
            indexed
                .map(|partition| stretch(partition, Place::Index))
                .collect()
        };
        keys::SHARDS.flat_map(of_shard).collect()
    }

    /// The greatest id that may be among those that are still to be looked at; none if there are no more.
    pub(super) fn newest(&self) -> Option<JobId> {
        self.left.ends().map(|(_, newest)| newest)
    }

    /// The id that was looked at last, if there may be more below it.
    pub(super) fn seen(&self) -> Option<JobId> {
        self.seen.filter(|_| self.newest().is_some())
    }

    /// What one job costs, counted in jobs that lie side by side: alone, each costs as much as 4 KB of them.
    pub(super) fn cost(&self) -> usize {
        match self.place {
            Place::Table => 1,
            Place::Index => 4,
        }
    }

    /// Looks at so many more jobs at most. Says at how many, and gives those that the filter lets through.
    pub(super) async fn read(
        &mut self,
        store: &Store,
        filter: &Filter,
        most: usize,
        now: Timestamp,
    ) -> Result<(usize, Vec<Job>), Error> {
        let Some((oldest, newest)) = self.left.ends() else {
            return Ok((0, Vec::new()));
        };
        let mut expression = Expression::default();
        let (pk, sk, from, to) = match self.place {
            Place::Table => {
                let [from, to] = [oldest, newest].map(keys::job_of_id);
                ("pk", "sk", from, to)
            }
            Place::Index => (
                "ended_pk",
                "ended_sk",
                oldest.to_string(),
                newest.to_string(),
            ),
        };
        let condition = format!(
            "{} = {} AND {} BETWEEN {} AND {}",
            expression.name(pk),
            expression.text(&self.partition),
            expression.name(sk),
            expression.text(from),
            expression.text(to),
        );
        let query = store
            .payloads
            .dynamodb
            .query()
            .table_name(&store.payloads.table)
            .key_condition_expression(condition)
            .scan_index_forward(false)
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let query = match self.place {
            Place::Table => query
                .filter_expression(filter.expression(now, &mut expression))
                .consistent_read(true),
            Place::Index => query.index_name(ENDED_INDEX),
        };
        let answer = query
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .send()
            .await
            .map_err(Error::during("list jobs"))?;
        self.go_on_after(answer.last_evaluated_key.as_ref())?;
        let read = usize::try_from(answer.scanned_count).unwrap_or(most);
        let items = answer.items.unwrap_or_default();
        let jobs = match self.place {
            Place::Table => items
                .into_iter()
                .filter_map(|item| self.job(item))
                .collect(),
            Place::Index => {
                let items = get_all(store, &items).await?;
                let jobs = items.into_iter().filter_map(|item| self.job(item));
                // Also the status: an index is told of a change a little later.
                jobs.filter(|job| filter.allows(job, now)).collect()
            }
        };
        Ok((read, jobs))
    }

    fn go_on_after(&mut self, last: Option<&Attributes>) -> Result<(), Error> {
        let (left, seen) = match last {
            Some(key) => {
                let id = key_of(key)
                    .ok_or_else(|| Error::unreadable("a key", "of no job"))?
                    .id;
                (self.left.and(IdRange::below(id)), Some(id))
            }
            None => (IdRange::NONE, None),
        };
        (self.left, self.seen) = (left, seen);
        Ok(())
    }

    /// A job that cannot be understood does not keep all others from being listed.
    fn job(&self, item: Attributes) -> Option<Job> {
        let key = key_of(&item).filter(|key| key.tenant == self.tenant)?;
        item::to_job(&key, item)
            .inspect_err(|error| tracing::error!(%error, job_id = %key.id, "Job not listed"))
            .ok()
    }
}

/// The items of these keys, in any order, but for those that are gone.
async fn get_all(store: &Store, keys: &[Attributes]) -> Result<Vec<Attributes>, Error> {
    let mut found = Vec::new();
    for keys in keys.chunks(BATCH) {
        let mut keys: Vec<Attributes> = keys.iter().map(primary).collect();
        for wait in (0..TRIES).map(|tries| FIRST_WAIT * 2_u32.pow(tries)) {
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build()
                .expect("the keys are set");
            let answer = store
                .payloads
                .dynamodb
                .batch_get_item()
                .request_items(&store.payloads.table, asked)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(Error::during("get jobs"))?;
            found.extend(
                answer.responses.into_iter().flat_map(|mut tables| {
                    tables.remove(&store.payloads.table).unwrap_or_default()
                }),
            );
            let left = answer
                .unprocessed_keys
                .unwrap_or_default()
                .remove(&store.payloads.table);
            keys = left.map(|left| left.keys).unwrap_or_default();
            if keys.is_empty() {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        if !keys.is_empty() {
            return Err(Error::Unavailable {
                operation: "get jobs",
                cause: "some are left out again and again".to_owned(),
            });
        }
    }
    Ok(found)
}

fn primary(item: &Attributes) -> Attributes {
    let key = item
        .iter()
        .filter(|(name, _)| ["pk", "sk"].contains(&name.as_str()));
    key.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn key_of(item: &Attributes) -> Option<JobKey> {
    let text = |name: &str| item.get(name).map(AttributeValue::as_s)?.ok();
    keys::of_job(text("pk")?, text("sk")?)
}
