//! Uploads: documents that their clients put into the bucket themselves, where a link allows it.
//!
//! An upload is an item that says what is to come, and a link, signed for that very length (and checksum, if the client said it), under
//! which the bytes go straight into the bucket. Whether they have arrived is what the bucket says; nothing is written when they do.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | see `keys` |
//! | `nam`, `mt` | S | what the client says of the document: its name, its media type |
//! | `n` | N | how many bytes it has |
//! | `sha` | B | their SHA-256, if the client said it |
//! | `cre` | N | created, ms since 1970 |
//! | `ttl` | N | may be forgotten, seconds since 1970 (DynamoDB's time to live) |

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::PresigningConfig;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use job::{Tenant, UploadId, limits};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::download::Download;
use crate::{Error, Store, keys};

/// What a client is allowed to put into the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The upload's id.
    pub id: UploadId,
    /// The name of the file, if the client gave one.
    pub name: Option<String>,
    /// The media type that the client claims.
    pub media_type: Option<String>,
    /// Its size, in bytes: what is longer or shorter is refused.
    pub bytes: u64,
    /// The SHA-256 of its bytes, if the client gave it: other bytes are refused.
    pub sha256: Option<[u8; 32]>,
    /// When it was allowed.
    pub created_at: Timestamp,
    /// Until when jobs can be started from it.
    pub expires_at: Timestamp,
}

/// How the bytes of an upload are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPut {
    /// Where they go by `PUT`; needs no further authorisation.
    pub url: String,
    /// The headers that have to go with them, exactly so: they are signed.
    pub headers: Vec<(String, String)>,
    /// When it is too late to begin.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nam: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mt: Option<String>,
    n: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha: Option<ByteBuf>,
    cre: i64,
    ttl: i64,
}

impl Store {
    /// Allows an upload: keeps what is to come, and signs a link for it. Can be repeated; each link is as good as the others.
    pub async fn allow_upload(
        &self,
        tenant: &Tenant,
        allowed: &Allowed,
        now: Timestamp,
    ) -> Result<SignedPut, Error> {
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(keep(tenant, allowed))
            .map_err(|cause| Error::unreadable("an upload", cause))?;
        self.payloads.put_item(item, "put upload").await?;
        self.sign_upload(tenant, allowed, now).await
    }

    async fn sign_upload(
        &self,
        tenant: &Tenant,
        allowed: &Allowed,
        now: Timestamp,
    ) -> Result<SignedPut, Error> {
        let life = PresigningConfig::expires_in(limits::UPLOAD_LINK).expect("a week is allowed");
        let link = self
            .payloads
            .s3
            .put_object()
            .bucket(&self.payloads.bucket)
            .key(keys::upload_object(tenant, allowed.id))
            .content_length(i64::try_from(allowed.bytes).unwrap_or(i64::MAX))
            .set_checksum_sha256(allowed.sha256.map(|sum| BASE64_STANDARD.encode(sum)))
            .presigned(life)
            .await
            .map_err(Error::during("sign an upload"))?;
        let headers = link
            .headers()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(SignedPut {
            url: link.uri().to_owned(),
            headers: headers.collect(),
            expires_at: now + limits::UPLOAD_LINK,
        })
    }

    /// What was allowed; none if nothing was, or its time is over.
    pub async fn upload(
        &self,
        tenant: &Tenant,
        id: UploadId,
        now: Timestamp,
    ) -> Result<Option<Allowed>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::upload(tenant, id)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get upload"))?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        let item = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)
            .map_err(|cause| Error::unreadable("an upload", cause))?;
        let allowed = find(id, item)?;
        Ok(Some(allowed).filter(|allowed| allowed.expires_at > now))
    }

    /// The `ETag` of the bytes that have arrived; none if there are none, or others than were allowed.
    pub async fn arrived(
        &self,
        tenant: &Tenant,
        allowed: &Allowed,
    ) -> Result<Option<String>, Error> {
        let head = self
            .payloads
            .s3
            .head_object()
            .bucket(&self.payloads.bucket)
            .key(keys::upload_object(tenant, allowed.id))
            .send()
            .await;
        match head {
            // The link was signed for this length; where nobody looked at that, it is looked at here.
            Ok(head)
                if head.content_length().and_then(|it| it.try_into().ok())
                    == Some(allowed.bytes) =>
            {
                Ok(head.e_tag)
            }
            Ok(_) => Ok(None),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::during("look at upload")(error)),
        }
    }

    /// Gets the bytes of an upload, as long as they have this `ETag`.
    pub async fn download_upload(
        &self,
        tenant: &Tenant,
        upload: &job::Upload,
    ) -> Result<Download, Error> {
        let key = keys::upload_object(tenant, upload.id);
        self.download(&self.payloads.bucket, &key, upload.etag.as_deref())
            .await
    }

    /// Forgets an upload and deletes its bytes. Jobs that have yet to read them will not find them.
    pub async fn remove_upload(&self, tenant: &Tenant, id: UploadId) -> Result<(), Error> {
        self.payloads
            .delete_item(keys::upload(tenant, id), "delete upload")
            .await?;
        let object = keys::upload_object(tenant, id);
        self.payloads.delete_object(&object).await
    }
}

/// Whether S3 says that there is no such object. To who may not list the bucket, and so may not know what is not there, it says 403.
pub(crate) fn is_missing<E>(error: &SdkError<E>) -> bool {
    status(error).is_some_and(|status| matches!(status, 403 | 404))
}

/// The HTTP status of S3's answer; none if there was no answer.
pub(crate) fn status<E>(error: &SdkError<E>) -> Option<u16> {
    Some(error.raw_response()?.status().as_u16())
}

fn keep(tenant: &Tenant, allowed: &Allowed) -> Item {
    let Allowed {
        id,
        name,
        media_type,
        bytes,
        sha256,
        created_at,
        expires_at,
    } = allowed;
    let (pk, sk) = keys::upload_keys(tenant, *id);
    Item {
        pk,
        sk,
        nam: name.clone(),
        mt: media_type.clone(),
        n: *bytes,
        sha: sha256.map(ByteBuf::from),
        cre: created_at.as_millisecond(),
        ttl: expires_at.as_second(),
    }
}

fn find(id: UploadId, item: Item) -> Result<Allowed, Error> {
    let Item {
        pk: _,
        sk: _,
        nam: name,
        mt: media_type,
        n: bytes,
        sha,
        cre,
        ttl,
    } = item;
    let unreadable = |cause: &dyn std::fmt::Display| Error::unreadable("an upload", cause);
    let sha256 = sha
        .map(|sum| sum.into_vec().try_into())
        .transpose()
        .map_err(|_| unreadable(&"its checksum is of another length"))?;
    Ok(Allowed {
        id,
        name,
        media_type,
        bytes,
        sha256,
        created_at: Timestamp::from_millisecond(cre).map_err(|cause| unreadable(&cause))?,
        expires_at: Timestamp::from_second(ttl).map_err(|cause| unreadable(&cause))?,
    })
}
