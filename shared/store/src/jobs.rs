//! Every operation on a job.

use std::sync::Arc;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use jiff::Timestamp;
use job::protocol::{self, ClaimRefused};
use job::{Change, Delivery, Failure, Job, JobKey, Request, State, limits};

use crate::expression::Expression;
use crate::keys::Kind;
use crate::payload::{DIRECT_BYTES, Packed, Payloads};
use crate::{Error, Message, Queue, item, keys, provision, request, update};

/// Packed bytes up to which a request goes into the job's own item; leaves as much room for the result.
const INLINE_REQUEST_BYTES: usize = 400;

/// Size up to which one write of an item costs one unit.
const WRITE_UNIT_BYTES: usize = 1024;

/// The store of all jobs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) payloads: Arc<Payloads>,
    queue: Queue,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took place: the job as it is now.
    Done(Job),
    /// It was refused: the job as it was found, if there is one.
    Refused(Option<Job>),
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// The job is this worker's for one attempt.
    Won(Claim),
    /// It is not; what to do instead.
    Refused {
        /// What to do.
        reason: ClaimRefused,
        /// The job as it was found, if there is one.
        found: Option<Box<Job>>,
    },
}

/// Proof that a worker holds an attempt. Ending the attempt consumes it.
#[derive(Debug)]
pub struct Claim {
    job: Job,
    delivery: Delivery,
}

/// What became of the end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It was written, or had been.
    Written,
    /// The attempt was no longer this worker's.
    Lost {
        /// Whether the job's message has nothing left to do.
        settled: bool,
    },
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
    /// A store on these clients, this table, this bucket and this queue.
    pub fn new(
        dynamodb: aws_sdk_dynamodb::Client,
        s3: aws_sdk_s3::Client,
        table: impl Into<String>,
        bucket: impl Into<String>,
        queue: Queue,
    ) -> Self {
        let (table, bucket) = (table.into(), bucket.into());
        Self {
            payloads: Arc::new(Payloads {
                dynamodb,
                s3,
                table,
                bucket,
            }),
            queue,
        }
    }

    /// The queue of job messages.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Accepts a job: sends its message, puts its request, puts its item, in this order. Only after all three may the client be
    /// told its id.
    pub async fn submit(
        &self,
        key: JobKey,
        request: Request,
        now: Timestamp,
    ) -> Result<Job, Error> {
        self.queue
            .send(&Message {
                key: key.clone(),
                generation: 0,
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
        let job = Job::new(key, now, payload);
        self.create(&job).await?;
        Ok(job)
    }

    async fn create(&self, job: &Job) -> Result<(), Error> {
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
            Ok(_) => return Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.clone(),
                _ => return Err(Error::during("put job")(error)),
            },
        };
        let found = item::to_job(&job.key, refused.item.unwrap_or_default())?;
        // The id is new, so this is our own put, whose answer was lost.
        if found.created_at == job.created_at && found.request == job.request {
            return Ok(());
        }
        Err(Error::unreadable(
            "a job's item",
            "its new id is another job's",
        ))
    }

    /// The job, unless there is none or its time is over.
    pub async fn get(&self, key: &JobKey, now: Timestamp) -> Result<Option<Job>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .consistent_read(true)
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
        if result.bytes > DIRECT_BYTES as u64 {
            let link = self.payloads.link(&job.key, kind).await?;
            return Ok(Some(StoredResult::Elsewhere(link)));
        }
        Ok(Some(StoredResult::Here(
            self.payloads.get(&job.key, kind, result).await?,
        )))
    }

    /// Takes a job for one attempt.
    pub async fn claim(
        &self,
        message: &Message,
        delivery: Delivery,
        now: Timestamp,
        lease_ends_at: Timestamp,
    ) -> Result<Claimed, Error> {
        let Message { key, generation } = message;
        let change = Change::Claim {
            generation: *generation,
            delivery,
            now,
            lease_ends_at,
        };
        let found = match self.change(key, &change).await? {
            Outcome::Done(job) => return Ok(Claimed::Won(Claim { job, delivery })),
            Outcome::Refused(found) => found,
        };
        match (
            protocol::claim_refused(found.as_ref(), *generation, delivery, now),
            found,
        ) {
            (ClaimRefused::Own, Some(job)) => Ok(Claimed::Won(Claim { job, delivery })),
            (reason, found) => Ok(Claimed::Refused {
                reason,
                found: found.map(Box::new),
            }),
        }
    }

    /// Ends an attempt with a result: puts the result, then the pointer to it.
    pub async fn complete(
        &self,
        claim: Claim,
        result: Vec<u8>,
        now: Timestamp,
    ) -> Result<Finished, Error> {
        let Claim { job, delivery } = &claim;
        let kind = Kind::Result {
            attempt: job.attempt,
        };
        let packed = Packed::new(result).await;
        let complete = |result| Change::Complete {
            attempt: job.attempt,
            now,
            result,
        };
        let fits = |change: &Change| {
            change
                .apply(job)
                .is_some_and(|next| item::size(&item::from_job(&next)) <= WRITE_UNIT_BYTES)
        };
        let inline = (packed.len() < WRITE_UNIT_BYTES)
            .then(|| complete(packed.inline()))
            .filter(fits);
        let change = if let Some(change) = inline {
            change
        } else {
            let expiry = limits::expiry_of_finished(now);
            complete(self.payloads.put(&job.key, kind, packed, expiry).await?)
        };
        let found = match self.change(&job.key, &change).await? {
            Outcome::Done(_) => return Ok(Finished::Written),
            Outcome::Refused(found) => found,
        };
        if let Some(found) = &found
            && protocol::completed_by(found, job.attempt, *delivery)
        {
            return Ok(Finished::Written);
        }
        if let Change::Complete { result, .. } = &change {
            self.payloads.delete(&job.key, kind, result).await?;
        }
        Ok(claim.lost(found.as_ref()))
    }

    /// Ends an attempt: the job cannot be done.
    pub async fn fail(
        &self,
        claim: Claim,
        failure: Failure,
        now: Timestamp,
    ) -> Result<Finished, Error> {
        let change = Change::Fail {
            attempt: claim.job.attempt,
            now,
            failure,
        };
        self.end(claim, &change).await
    }

    /// Ends an attempt: the job is to be tried again. The caller has seen that attempts are left ([`Claim::is_last_attempt`]).
    pub async fn release(
        &self,
        claim: Claim,
        failure: Option<Failure>,
        not_before: Timestamp,
    ) -> Result<Finished, Error> {
        let change = Change::Release {
            attempt: claim.job.attempt,
            not_before,
            failure,
        };
        self.end(claim, &change).await
    }

    async fn end(&self, claim: Claim, change: &Change) -> Result<Finished, Error> {
        match self.change(&claim.job.key, change).await? {
            Outcome::Done(_) => Ok(Finished::Written),
            Outcome::Refused(found) => Ok(claim.lost(found.as_ref())),
        }
    }

    /// Cancels a job that is not final.
    pub async fn cancel(&self, key: &JobKey, now: Timestamp) -> Result<Outcome, Error> {
        self.change(key, &Change::Cancel { now }).await
    }

    /// Submits a failed or cancelled job again: sends the message of the next generation, then makes the job pending in it.
    pub async fn retry(&self, key: &JobKey, now: Timestamp) -> Result<Retried, Error> {
        let Some(job) = self.get(key, now).await? else {
            return Ok(Retried::NotFound);
        };
        let change = Change::Retry {
            generation: job.generation,
            now,
        };
        if !change.guard().allows(&job) {
            return Ok(Retried::Refused(job));
        }
        let next = job.generation + 1;
        self.queue
            .send(&Message {
                key: key.clone(),
                generation: next,
            })
            .await?;
        Ok(match self.change(key, &change).await? {
            Outcome::Done(job) => Retried::Done(job),
            // This very retry, whose answer was lost, or one at the same time: both got what they asked for.
            Outcome::Refused(Some(job)) if job.generation == next => Retried::Done(job),
            Outcome::Refused(Some(job)) => Retried::Refused(job),
            Outcome::Refused(None) => Retried::NotFound,
        })
    }

    /// Deletes a job and then all of its bytes. Says whether there was one.
    pub async fn remove(&self, key: &JobKey, now: Timestamp) -> Result<bool, Error> {
        // Read first, so that a delete whose answer was lost is not answered with «not found» when it is repeated.
        let existed = self.get(key, now).await?.is_some();
        self.payloads
            .dynamodb
            .delete_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete job"))?;
        // In any case: an earlier removal may have died between the item and the bytes.
        self.purge(key).await?;
        Ok(existed)
    }

    /// Deletes all bytes of a job that is gone.
    pub async fn purge(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads.purge(key).await
    }

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
            .item("body", text(cut(body, MAX_DEAD_LETTER_BYTES)))
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

    /// Performs a change as one conditional write. The ends of an attempt have operations of their own, which ask for the
    /// attempt's [`Claim`].
    pub async fn change(&self, key: &JobKey, change: &Change) -> Result<Outcome, Error> {
        let mut expression = Expression::default();
        let condition = expression.condition(&change.guard());
        let update = update::update(change, &mut expression);
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
                let item = answer.attributes.unwrap_or_default();
                return Ok(Outcome::Done(item::to_job(key, item)?));
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => refused.clone(),
                _ => return Err(Error::during("update job")(error)),
            },
        };
        let found = refused.item.filter(|item| !item.is_empty());
        Ok(Outcome::Refused(
            found.map(|item| item::to_job(key, item)).transpose()?,
        ))
    }
}

impl Claim {
    /// The job, as it was when it was claimed.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Whether this submission has no attempt left after this one.
    pub fn is_last_attempt(&self) -> bool {
        self.job.attempt >= self.job.attempt_limit
    }

    /// Whether a job, as it is now, is still this worker's.
    pub fn still_holds(&self, found: Option<&Job>) -> bool {
        found.is_some_and(|found| {
            found.attempt == self.job.attempt && matches!(found.state, State::Running { .. })
        })
    }

    fn lost(&self, found: Option<&Job>) -> Finished {
        Finished::Lost {
            settled: protocol::is_settled(found, self.job.generation),
        }
    }
}

/// Bytes of a dead letter's body that are kept.
const MAX_DEAD_LETTER_BYTES: usize = 64 << 10;

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
