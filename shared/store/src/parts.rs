//! Parts of a job: each a job of its own under its whole's key, with the documents of a slice.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::{About, Job, JobKey, Request, State, limits};

use crate::jobs::INLINE_REQUEST_BYTES;
use crate::keys::Kind;
use crate::payload::Packed;
use crate::{Error, Message, Store, TraceParent, item, keys, request, version};

impl Store {
    /// Makes a part of a job, in the order in which a job is submitted; answers with the part that is there, be it an earlier one. What names
    /// documents that lie elsewhere is in the part's own item, so that one write decides which documents it has.
    pub async fn submit_part(
        &self,
        key: JobKey,
        request: Request,
        documents: u32,
        traceparent: Option<TraceParent>,
        now: Timestamp,
    ) -> Result<Job, Error> {
        let about = About {
            documents,
            ..About::default()
        };
        let version = version::least(&key, &request, &about);
        let came_along = request.bytes() > 0;
        let message = Message {
            key: key.clone(),
            version,
            generation: 0,
            traceparent,
        };
        self.queue().send(&message).await?;
        let packed = Packed::new(request::encode(request)).await;
        let payload = if came_along && packed.len() > INLINE_REQUEST_BYTES {
            let expiry = limits::expiry_of_unfinished(now);
            self.payloads
                .put(&key, Kind::Request, packed, expiry)
                .await?
        } else {
            packed.inline()
        };
        let job = Job::new(key, version, now, payload, about);
        Ok(self.create(&job).await?.unwrap_or(job))
    }

    /// The parts of a job from this number on, in their order, `max` at most.
    pub async fn parts(&self, whole: &JobKey, from: u32, max: usize) -> Result<Vec<Job>, Error> {
        let first = keys::job(&whole.of_part(from));
        // No digit comes after it.
        let last = format!("{}~", keys::parts(whole));
        let mut items = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::partition(whole)))
            .expression_attribute_values(":first", AttributeValue::S(first))
            .expression_attribute_values(":last", AttributeValue::S(last))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        let mut parts = Vec::new();
        while parts.len() < max
            && let Some(item) = items.next().await
        {
            let item = item.map_err(Error::during("list parts"))?;
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            let key = text("pk")
                .zip(text("sk"))
                .and_then(|(pk, sk)| keys::of_job(pk, sk))
                .ok_or_else(|| Error::unreadable("a part's key", "it is no part's"))?;
            parts.push(item::to_job(&key, item)?);
        }
        Ok(parts)
    }

    /// Sends the message of a part once more: whoever sent it may have done so before there was anything to be done.
    pub async fn remind(&self, part: &Job, traceparent: Option<TraceParent>) -> Result<(), Error> {
        let message = Message {
            key: part.key.clone(),
            version: part.version,
            generation: part.generation,
            traceparent,
        };
        self.queue().send(&message).await
    }

    /// Deletes a part of a job that is gone, and all of the part's bytes.
    pub async fn remove_part(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads.delete_job(key).await?;
        self.purge(key).await
    }

    /// The result of a part, whatever its size; none unless it is completed.
    pub async fn part_result(&self, part: &Job) -> Result<Option<Vec<u8>>, Error> {
        let State::Completed { result, .. } = &part.state else {
            return Ok(None);
        };
        let kind = Kind::Result {
            attempt: part.attempt,
        };
        self.payloads.get(&part.key, kind, result).await.map(Some)
    }

    /// Keeps what this attempt found of a part, for the attempt that goes on.
    pub async fn put_segment(
        &self,
        part: &JobKey,
        attempt: u32,
        lines: Vec<u8>,
    ) -> Result<(), Error> {
        self.payloads
            .put_object(part, Kind::Segment { attempt }, lines)
            .await
    }

    /// What an earlier attempt found of a part.
    pub async fn segment(&self, part: &JobKey, attempt: u32) -> Result<Vec<u8>, Error> {
        self.payloads
            .get_object(part, Kind::Segment { attempt })
            .await
    }
}
