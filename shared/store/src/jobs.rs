//! The operations that clients ask for, and the one write that every change is.

use std::sync::Arc;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use jiff::Timestamp;
use job::{Change, Encoding, Job, JobKey, Place, Request, State, Submission, limits};

use crate::expression::Expression;
use crate::keys::Kind;
use crate::payload::{DIRECT_BYTES, Packed, Payloads};
use crate::tally::{self, Tally};
use crate::{
    ApiKeys, Error, Message, Queue, Queues, TraceParent, item, keys, request, update, version,
};

/// Packed bytes up to which a request goes into the job's own item; leaves as much room for the result.
pub(crate) const INLINE_REQUEST_BYTES: usize = 400;

/// The store of all jobs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) payloads: Arc<Payloads>,
    queues: Queues,
    pub(crate) tally: Tally,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took place: the job as it is now.
    Done(Job),
    /// It was refused: the job as it was found, if there is one.
    Refused(Option<Job>),
}

/// What became of a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retried {
    /// The job is pending again.
    Done(Job),
    /// The job is in a state that cannot be retried.
    Refused(Job),
    /// There is no such job.
    NotFound,
}

/// A result, or where a client can fetch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredResult {
    /// The result: a JSON document.
    Here(Vec<u8>),
    /// It is too big to go through the API: a link that holds for 15 minutes.
    Elsewhere(String),
}

impl Store {
    /// A store on these clients, this table, this bucket and these queues.
    pub fn new(
        dynamodb: aws_sdk_dynamodb::Client,
        s3: aws_sdk_s3::Client,
        table: impl Into<String>,
        bucket: impl Into<String>,
        queues: Queues,
    ) -> Self {
        let (table, bucket) = (table.into(), bucket.into());
        Self {
            payloads: Arc::new(Payloads {
                dynamodb,
                s3,
                table,
                bucket,
            }),
            queues,
            tally: Tally::default(),
        }
    }

    /// The keys of callers, in the same table.
    pub fn api_keys(&self) -> ApiKeys {
        ApiKeys::new(self.payloads.dynamodb.clone(), &self.payloads.table)
    }

    /// The queue of job messages.
    pub fn queue(&self) -> &Queue {
        &self.queues.jobs
    }

    /// The queue of notices of jobs' ends.
    pub fn webhooks(&self) -> &Queue {
        &self.queues.webhooks
    }

    /// Accepts a job: sends its message, puts its request, puts its item, in this order. Only after all three may the client be
    /// told its id.
    pub async fn submit(
        &self,
        key: JobKey,
        submission: impl Into<Submission>,
        traceparent: Option<TraceParent>,
        now: Timestamp,
    ) -> Result<Job, Error> {
        let Submission { request, about } = submission.into();
        let version = version::least(&key, &request, &about);
        self.queue()
            .send(&Message {
                key: key.clone(),
                version,
                generation: 0,
                traceparent,
            })
            .await?;
        let packed = Packed::new(request::encode(request)).await;
        let payload = if packed.len() <= INLINE_REQUEST_BYTES {
            packed.inline()
        } else {
            let expiry = limits::expiry_of_unfinished(now);
            self.payloads
                .put(&key, Kind::Request, packed, expiry)
                .await?
        };
        let job = Job::new(key, version, now, payload, about);
        match self.create(&job).await? {
            None => {}
            // The id is new, so this is our own put, whose answer was lost.
            Some(found) if found.created_at == now && found.request == job.request => {}
            Some(_) => {
                return Err(Error::unreadable(
                    "a job's item",
                    "its new id is another job's",
                ));
            }
        }
        self.tally.accepted(&job.key);
        Ok(job)
    }

    /// Puts an item where there is none; else says what is there.
    pub(crate) async fn create(&self, job: &Job) -> Result<Option<Job>, Error> {
        let put = self
            .payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .set_item(Some(item::from_job(job)))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let refused = match put {
            Ok(_) => return Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.clone(),
                _ => return Err(Error::during("put job")(error)),
            },
        };
        item::to_job(&job.key, refused.item.unwrap_or_default()).map(Some)
    }

    /// The job, unless there is none or its time is over.
    pub async fn get(&self, key: &JobKey, now: Timestamp) -> Result<Option<Job>, Error> {
        self.read(key, true, now).await
    }

    /// The job as it was a moment ago, which costs half: for whoever looks again and again, and then makes sure.
    pub async fn glance(&self, key: &JobKey, now: Timestamp) -> Result<Option<Job>, Error> {
        self.read(key, false, now).await
    }

    async fn read(
        &self,
        key: &JobKey,
        consistent: bool,
        now: Timestamp,
    ) -> Result<Option<Job>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get job"))?;
        let job = answer
            .item
            .map(|item| item::to_job(key, item))
            .transpose()?;
        // DynamoDB may take days to delete what its time to live has ended.
        Ok(job.filter(|job| job.expires_at > now))
    }

    /// What was asked for.
    pub async fn request(&self, job: &Job) -> Result<Request, Error> {
        let bytes = self
            .payloads
            .get(&job.key, Kind::Request, &job.request)
            .await?;
        request::decode(&bytes)
    }

    /// The result; none unless the job is completed.
    pub async fn result(&self, job: &Job) -> Result<Option<StoredResult>, Error> {
        let State::Completed { result, .. } = &job.state else {
            return Ok(None);
        };
        let kind = Kind::Result {
            attempt: job.attempt,
        };
        if result.place == Place::Object && result.bytes > DIRECT_BYTES as u64 {
            let link = self.payloads.link(&job.key, kind).await?;
            return Ok(Some(StoredResult::Elsewhere(link)));
        }
        Ok(Some(StoredResult::Here(
            self.payloads.get(&job.key, kind, result).await?,
        )))
    }

    /// A part of the result's bytes, from `start` on, `max` at most; none if the job is not completed. A result that is too
    /// big to go through the API is read in parts.
    pub async fn result_part(
        &self,
        job: &Job,
        start: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let State::Completed { result, .. } = &job.state else {
            return Ok(None);
        };
        let kind = Kind::Result {
            attempt: job.attempt,
        };
        if start >= result.bytes {
            return Ok(Some(Vec::new()));
        }
        if result.place == Place::Object && result.encoding == Encoding::Plain {
            let part = self.payloads.get_part(&job.key, kind, start, max).await?;
            return Ok(Some(part));
        }
        let whole = self.payloads.get(&job.key, kind, result).await?;
        let start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(whole.len());
        let end = start.saturating_add(max).min(whole.len());
        Ok(Some(whole[start..end].to_vec()))
    }

    /// Cancels a job that is not final.
    pub async fn cancel(&self, key: &JobKey, now: Timestamp) -> Result<Outcome, Error> {
        let outcome = self.write(key, &Change::Cancel { now }).await?;
        // It is cancelled, whether or not that can be told now: whoever takes its message finds it so, and tells it too.
        if let Err(error) = self.announce_found(&outcome).await {
            tracing::warn!(%error, "The end of a job is told later");
        }
        Ok(outcome)
    }

    /// Submits a failed or cancelled job again: has the end told that it leaves, sends the message of the next generation, then makes the job pending in it.
    pub async fn retry(
        &self,
        key: &JobKey,
        traceparent: Option<TraceParent>,
        now: Timestamp,
    ) -> Result<Retried, Error> {
        match self.get(key, now).await? {
            Some(job) => {
                let next = job.generation + 1;
                self.resubmit(job, next, traceparent, now).await
            }
            None => Ok(Retried::NotFound),
        }
    }

    /// Submits a failed or cancelled job again in this generation. Done if the job, as it was found, is in it already, or was.
    pub async fn resubmit(
        &self,
        job: Job,
        generation: u32,
        traceparent: Option<TraceParent>,
        now: Timestamp,
    ) -> Result<Retried, Error> {
        if job.generation >= generation {
            return Ok(Retried::Done(job));
        }
        let change = Change::Retry {
            generation: generation - 1,
            now,
        };
        if !change.guard().allows(&job) {
            return Ok(Retried::Refused(job));
        }
        // Once the job is in another generation, nobody finds this end any more.
        self.announce(&job).await?;
        let Job { key, version, .. } = job;
        self.queue()
            .send(&Message {
                key: key.clone(),
                version,
                generation,
                traceparent,
            })
            .await?;
        Ok(match self.change(&key, &change).await? {
            Outcome::Done(job) => Retried::Done(job),
            // This very retry, whose answer was lost, or one at the same time: both got what they asked for.
            Outcome::Refused(Some(job)) if job.generation >= generation => Retried::Done(job),
            Outcome::Refused(Some(job)) => Retried::Refused(job),
            Outcome::Refused(None) => Retried::NotFound,
        })
    }

    /// Deletes a job and then all of its bytes. Says whether there was one.
    pub async fn remove(&self, key: &JobKey, now: Timestamp) -> Result<bool, Error> {
        // Read first, so that a delete whose answer was lost is not answered with «not found» when it is repeated.
        let found = self.get(key, now).await?;
        let existed = found.is_some();
        let deleted = self.payloads.delete_job(key).await?;
        // Of one whose answer was lost that is not told: then it is as it was found.
        let status = deleted.or(found.map(|job| job.status()));
        if status.is_some_and(|status| !status.is_final()) {
            self.tally.removed(key);
        }
        // In any case: an earlier removal may have died between the item and the bytes.
        self.purge(key).await?;
        Ok(existed)
    }

    /// Deletes all bytes of a job that is gone.
    pub async fn purge(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads.purge(key).await
    }

    /// Performs a change as one conditional write. The ends of an attempt have operations of their own, which ask for the
    /// attempt's [`Claim`](crate::Claim). A claim is also refused if it takes the worker of a newer release.
    ///
    /// A job that it makes final, or finds so, is announced: who gets an answer may consume the job's message.
    pub async fn change(&self, key: &JobKey, change: &Change) -> Result<Outcome, Error> {
        let outcome = self.write(key, change).await?;
        self.announce_found(&outcome).await?;
        Ok(outcome)
    }

    async fn announce_found(&self, outcome: &Outcome) -> Result<(), Error> {
        match outcome {
            Outcome::Done(job) | Outcome::Refused(Some(job)) => self.announce(job).await,
            Outcome::Refused(None) => Ok(()),
        }
    }

    async fn write(&self, key: &JobKey, change: &Change) -> Result<Outcome, Error> {
        let mut expression = Expression::default();
        let mut condition = expression.condition(&change.guard());
        if let Change::Claim { .. } = change {
            let (version, known) = (expression.name("v"), expression.number(version::LATEST));
            condition = format!("({condition}) AND {version} <= {known}");
        }
        let update = update::update(key, change, &mut expression);
        let answer = self
            .payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .condition_expression(condition)
            .update_expression(update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let refused = match answer {
            Ok(answer) => {
                self.tally.changed(key, change);
                let item = answer.attributes.unwrap_or_default();
                return Ok(Outcome::Done(item::to_job(key, item)?));
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => refused.clone(),
                _ => return Err(Error::during("update job")(error)),
            },
        };
        let found = refused.item.filter(|item| !item.is_empty());
        let found = found.map(|item| item::to_job(key, item)).transpose()?;
        if let Some(found) = &found
            && tally::took_place(change, found)
        {
            self.tally.changed(key, change);
        }
        Ok(Outcome::Refused(found))
    }
}
