//! Where the bytes of requests and results are put, and how they are found and deleted again.
//!
//! Inline in the job's item while that stays under 1 KB (a write unit is 1 KB, so this costs nothing); else in an item of its own
//! up to 8 KB packed, the point from which an object is cheaper at current prices; else in an object. Packed with gzip where that
//! makes them smaller; but a result that is too big to go through the API lies as it is, for clients fetch it themselves, in
//! ranges if they like.

use std::io::{Read, Write};
use std::time::Duration;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use job::{Encoding, JobKey, Payload, Place, Status};

use crate::item::{self, Attributes};
use crate::keys::{self, Kind};
use crate::{Error, provision};

/// Packed bytes up to which a payload gets an item, not an object.
const MAX_ITEM_BYTES: usize = 8 << 10;

/// Bytes from which a payload lies unpacked, to be fetched by the client itself. A function's answer has 6 MB at most.
pub(crate) const DIRECT_BYTES: usize = 4 << 20;

/// Bytes from which packing is work for a thread that may block.
const BLOCKING_BYTES: usize = 64 << 10;

/// The media type of documents' results, one a line.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// How long a link to a result holds.
const LINK_LIFE: Duration = Duration::from_mins(15);

/// The places where payloads lie outside of their job's item.
#[derive(Debug, Clone)]
pub(crate) struct Payloads {
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) table: String,
    pub(crate) bucket: String,
}

/// Bytes ready to be put somewhere.
#[derive(Debug)]
pub(crate) struct Packed {
    encoding: Encoding,
    /// Size unpacked.
    bytes: u64,
    content: Vec<u8>,
}

impl Packed {
    /// Packs, on a thread that may block where that takes time.
    pub(crate) async fn new(bytes: Vec<u8>) -> Self {
        if bytes.len() < BLOCKING_BYTES {
            return Self::pack(bytes);
        }
        tokio::task::spawn_blocking(move || Self::pack(bytes))
            .await
            .expect("packing does not panic")
    }

    fn pack(bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        let plain = |content| Self {
            encoding: Encoding::Plain,
            bytes: length,
            content,
        };
        if bytes.len() > DIRECT_BYTES {
            return plain(bytes);
        }
        // A small payload that packs well fits into its job's item; a large one had better be packed quickly.
        let level = if bytes.len() < BLOCKING_BYTES {
            Compression::best()
        } else {
            Compression::fast()
        };
        let mut encoder = GzEncoder::new(Vec::new(), level);
        let content = encoder
            .write_all(&bytes)
            .and_then(|()| encoder.finish())
            .expect("writing to memory does not fail");
        if content.len() < bytes.len() {
            Self {
                encoding: Encoding::Gzip,
                bytes: length,
                content,
            }
        } else {
            plain(bytes)
        }
    }

    /// Its size where it will lie.
    pub(crate) fn len(&self) -> usize {
        self.content.len()
    }

    /// The payload, if it is put into the job's own item.
    pub(crate) fn inline(&self) -> Payload {
        self.at(Place::Inline(self.content.clone()))
    }

    fn at(&self, place: Place) -> Payload {
        Payload {
            encoding: self.encoding,
            bytes: self.bytes,
            place,
        }
    }
}

impl Payloads {
    /// Puts a payload outside of its job's item.
    pub(crate) async fn put(
        &self,
        key: &JobKey,
        kind: Kind,
        packed: Packed,
        expires_at: Timestamp,
    ) -> Result<Payload, Error> {
        if packed.len() <= MAX_ITEM_BYTES {
            let payload = packed.at(Place::Item);
            self.dynamodb
                .put_item()
                .table_name(&self.table)
                .item("pk", AttributeValue::S(keys::partition(key)))
                .item("sk", AttributeValue::S(keys::payload_item(key, kind)))
                .item("b", AttributeValue::B(Blob::new(packed.content)))
                .item(
                    provision::TTL_ATTRIBUTE,
                    AttributeValue::N(expires_at.as_second().to_string()),
                )
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(Error::during("put payload item"))?;
            return Ok(payload);
        }
        let payload = packed.at(Place::Object);
        self.put_packed(key, kind, packed).await?;
        Ok(payload)
    }

    /// Puts bytes as they are into an object.
    pub(crate) async fn put_object(
        &self,
        key: &JobKey,
        kind: Kind,
        content: Vec<u8>,
    ) -> Result<(), Error> {
        let packed = Packed {
            encoding: Encoding::Plain,
            bytes: content.len() as u64,
            content,
        };
        self.put_packed(key, kind, packed).await
    }

    async fn put_packed(&self, key: &JobKey, kind: Kind, packed: Packed) -> Result<(), Error> {
        let (content_type, encoding) = match (kind, packed.encoding) {
            (Kind::Request, _) => ("application/cbor", None),
            (Kind::Result { .. }, Encoding::Gzip) => ("application/json", Some("gzip")),
            (Kind::Result { .. }, Encoding::Plain) => ("application/json", None),
            (Kind::Segment { .. } | Kind::Merged { .. }, _) => (NDJSON, None),
        };
        self.s3
            .put_object()
            .bucket(&self.bucket)
            .key(keys::object(key, kind))
            .content_type(content_type)
            .set_content_encoding(encoding.map(Into::into))
            .body(packed.content.into())
            .send()
            .await
            .map_err(Error::during("put payload object"))?;
        Ok(())
    }

    /// The bytes of a payload, unpacked.
    pub(crate) async fn get(
        &self,
        key: &JobKey,
        kind: Kind,
        payload: &Payload,
    ) -> Result<Vec<u8>, Error> {
        let content = match &payload.place {
            Place::Inline(content) => content.clone(),
            Place::Item => self.get_item(key, kind).await?,
            Place::Object => self.get_object(key, kind).await?,
            Place::Unknown(place) => {
                let cause = format!("it lies in `{place}`, which a newer release knows");
                return Err(Error::unreadable("a payload", cause));
            }
        };
        match payload.encoding {
            Encoding::Plain => Ok(content),
            Encoding::Gzip if content.len() < BLOCKING_BYTES => unpack(&content),
            Encoding::Gzip => tokio::task::spawn_blocking(move || unpack(&content))
                .await
                .expect("unpacking does not panic"),
        }
    }

    async fn get_item(&self, key: &JobKey, kind: Kind) -> Result<Vec<u8>, Error> {
        let answer = self
            .dynamodb
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::primary(
                keys::partition(key),
                keys::payload_item(key, kind),
            )))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get payload item"))?;
        match answer.item.and_then(|mut item| item.remove("b")) {
            Some(AttributeValue::B(content)) => Ok(content.into_inner()),
            _ => Err(Error::unreadable("a payload item", "it is not there")),
        }
    }

    pub(crate) async fn get_object(&self, key: &JobKey, kind: Kind) -> Result<Vec<u8>, Error> {
        self.fetch(key, kind, None).await
    }

    /// Bytes of a payload that lies unpacked in an object, from `start` on, `max` at most.
    pub(crate) async fn get_part(
        &self,
        key: &JobKey,
        kind: Kind,
        start: u64,
        max: usize,
    ) -> Result<Vec<u8>, Error> {
        let last = start + (max as u64).saturating_sub(1);
        self.fetch(key, kind, Some(format!("bytes={start}-{last}")))
            .await
    }

    async fn fetch(
        &self,
        key: &JobKey,
        kind: Kind,
        range: Option<String>,
    ) -> Result<Vec<u8>, Error> {
        let answer = self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(keys::object(key, kind))
            .set_range(range)
            .send()
            .await
            .map_err(|error| match error.as_service_error() {
                Some(GetObjectError::NoSuchKey(_)) => {
                    Error::unreadable("a payload object", "it is not there")
                }
                _ => Error::during("get payload object")(error),
            })?;
        let content = answer
            .body
            .collect()
            .await
            .map_err(|cause| Error::Unavailable {
                operation: "get payload object",
                cause: cause.to_string(),
            })?;
        Ok(content.to_vec())
    }

    /// A link under which a client itself can fetch a payload that lies in an object.
    pub(crate) async fn link(&self, key: &JobKey, kind: Kind) -> Result<String, Error> {
        let life = PresigningConfig::expires_in(LINK_LIFE).expect("a week is allowed");
        let link = self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(keys::object(key, kind))
            .presigned(life)
            .await
            .map_err(Error::during("sign a link"))?;
        Ok(link.uri().to_owned())
    }

    /// Deletes one payload.
    pub(crate) async fn delete(
        &self,
        key: &JobKey,
        kind: Kind,
        payload: &Payload,
    ) -> Result<(), Error> {
        match payload.place {
            Place::Inline(_) | Place::Unknown(_) => {}
            Place::Item => {
                let item = keys::payload_item(key, kind);
                self.delete_item(
                    keys::primary(keys::partition(key), item),
                    "delete payload item",
                )
                .await?;
            }
            Place::Object => self.delete_object(&keys::object(key, kind)).await?,
        }
        Ok(())
    }

    /// Deletes all that may lie anywhere under this job's keys, also what a lost worker left.
    pub(crate) async fn purge(&self, key: &JobKey) -> Result<(), Error> {
        self.purge_items(key).await?;
        self.purge_objects(key).await
    }

    /// Deletes what became of telling a job's ends.
    pub(crate) async fn purge_deliveries(&self, key: &JobKey) -> Result<(), Error> {
        self.delete_items_under(key, keys::deliveries(key)).await
    }

    async fn purge_items(&self, key: &JobKey) -> Result<(), Error> {
        let is_whole = key.part.is_none();
        let parts = is_whole.then(|| keys::parts(key));
        let deliveries = is_whole.then(|| keys::deliveries(key));
        for prefix in [Some(keys::payload_items(key)), parts, deliveries]
            .into_iter()
            .flatten()
        {
            self.delete_items_under(key, prefix).await?;
        }
        Ok(())
    }

    async fn delete_items_under(&self, key: &JobKey, prefix: String) -> Result<(), Error> {
        let mut pages = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::partition(key)))
            .expression_attribute_values(":sk", AttributeValue::S(prefix))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(Error::during("list payload items"))?;
            self.delete_item(item, "delete payload item").await?;
        }
        Ok(())
    }

    async fn purge_objects(&self, key: &JobKey) -> Result<(), Error> {
        let mut pages = self
            .s3
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(keys::objects(key))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            for object in page
                .map_err(Error::during("list payload objects"))?
                .contents()
            {
                self.delete_object(object.key().unwrap_or_default()).await?;
            }
        }
        Ok(())
    }

    /// Deletes the item of a job, or of a part of one. Says how the job stood, if there was one.
    pub(crate) async fn delete_job(&self, key: &JobKey) -> Result<Option<Status>, Error> {
        let deleted = self
            .dynamodb
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::primary(keys::partition(key), keys::job(key))))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete job"))?;
        Ok(deleted.attributes.as_ref().and_then(item::status))
    }

    /// Puts an item, whatever is in its place.
    pub(crate) async fn put_item(
        &self,
        item: Attributes,
        operation: &'static str,
    ) -> Result<(), Error> {
        self.dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during(operation))?;
        Ok(())
    }

    /// A query of the items of a partition whose sort keys stand between these two, both included.
    pub(crate) fn between(&self, pk: String, from: String, to: String) -> QueryFluentBuilder {
        self.dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":to", AttributeValue::S(to))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Deletes an item, if it is there.
    pub(crate) async fn delete_item(
        &self,
        key: Attributes,
        operation: &'static str,
    ) -> Result<(), Error> {
        self.dynamodb
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during(operation))?;
        Ok(())
    }

    pub(crate) async fn delete_object(&self, object: &str) -> Result<(), Error> {
        self.s3
            .delete_object()
            .bucket(&self.bucket)
            .key(object)
            .send()
            .await
            .map_err(Error::during("delete payload object"))?;
        Ok(())
    }
}

fn unpack(content: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    GzDecoder::new(content)
        .read_to_end(&mut bytes)
        .map_err(|cause| Error::unreadable("a payload", cause))?;
    Ok(bytes)
}
