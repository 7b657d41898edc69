//! Objects that are read piece by piece, for they may be too big to be held.

use aws_sdk_s3::primitives::ByteStream;

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
}

impl ObjectBytes {
    /// How many there are in all.
    pub fn length(&self) -> u64 {
        self.length
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
                let stream = answer.body;
                Ok(Download::Here(ObjectBytes { stream, length }))
            }
            Err(error) if status(&error) == Some(412) => Ok(Download::Changed),
            Err(error) if is_missing(&error) => Ok(Download::Missing),
            Err(error) => Err(Error::during("get object")(error)),
        }
    }
}
