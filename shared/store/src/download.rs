//! Objects that are read piece by piece, for they may be too big to be held.

use aws_sdk_s3::primitives::{ByteStream, DateTimeFormat as Format};

use crate::uploads::{is_missing, status};
use crate::{Error, Store};

/// What became of the wish to read an object.
#[derive(Debug)]
pub enum Download {
    /// It is there.
    Here(ObjectBytes),
    /// It is there, but no longer with the `ETag` that was asked for.
    Changed,
    /// There is no such object.
    Missing,
}

/// The bytes of an object on their way.
#[derive(Debug)]
pub struct ObjectBytes {
    stream: ByteStream,
    /// How many there are in all.
    length: u64,
    about: ObjectHead,
}

/// What is kept with an object beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectHead {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its media type: a hint, never trusted.
    pub media_type: Option<String>,
    /// When it was put there, as HTTP writes it.
    pub last_modified: Option<String>,
}

impl ObjectBytes {
    /// How many there are in all.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What is kept beside them.
    pub fn head(&self) -> &ObjectHead {
        &self.about
    }

    /// The next of them; none at the end. What breaks off is an error.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]>>, Error> {
        self.stream
            .try_next()
            .await
            .map_err(|cause| Error::Unavailable {
                operation: "read object",
                cause: cause.to_string(),
            })
    }
}

impl Store {
    /// Whether this is the bucket in which jobs lie.
    pub fn owns_bucket(&self, bucket: &str) -> bool {
        self.payloads.bucket == bucket
    }

    /// Begins to read an object; one with another `ETag` than this is not read.
    pub async fn download(
        &self,
        bucket: &str,
        key: &str,
        etag: Option<&str>,
    ) -> Result<Download, Error> {
        let answer = self
            .payloads
            .s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_if_match(etag.map(ToOwned::to_owned))
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let length = answer
                    .content_length()
                    .and_then(|it| u64::try_from(it).ok());
                let length = length.ok_or_else(|| Error::Unavailable {
                    operation: "get object",
                    cause: "the answer does not say how long it is".to_owned(),
                })?;
                let last_modified = answer
                    .last_modified
                    .and_then(|at| at.fmt(Format::HttpDate).ok());
                Ok(Download::Here(ObjectBytes {
                    stream: answer.body,
                    length,
                    about: ObjectHead {
                        etag: answer.e_tag,
                        media_type: answer.content_type,
                        last_modified,
                    },
                }))
            }
            Err(error) if status(&error) == Some(412) => Ok(Download::Changed),
            Err(error) if is_missing(&error) => Ok(Download::Missing),
            Err(error) => Err(Error::during("get object")(error)),
        }
    }
}
