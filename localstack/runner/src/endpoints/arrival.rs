//! The body of an object on its way to the disk, held to what its headers announce.
//!
//! s3s-fs compares checksums once the object is in its place, where a wrong one then stays. Here the body breaks off instead, and what
//! was in that place before is still there. And at its very end it takes the lock behind which s3s-fs moves the object into its place and
//! then notes its `ETag`, so that no reader meets the one without the other.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use s3s::checksum::ChecksumHasher;
use s3s::dto::{Checksum, PutObjectInput, StreamingBlob};
use s3s::{S3Error, s3_error};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// A body that is being received.
#[derive(Clone)]
pub(super) struct Arrival {
    shared: Arc<Shared>,
}

struct Shared {
    announced: Announced,
    refused: OnceLock<Refused>,
    places: Arc<RwLock<()>>,
    held: Mutex<Option<OwnedRwLockWriteGuard<()>>>,
}

/// What the headers say of a body.
struct Announced {
    bytes: Option<u64>,
    checksum: Checksum,
}

/// What is wrong with a body.
#[derive(Clone, Copy)]
enum Refused {
    Length,
    Checksum,
}

impl Arrival {
    /// Looks at the body of this request while it is read. `places` is the lock that readers hold, too.
    pub(super) fn of(input: &mut PutObjectInput, places: &Arc<RwLock<()>>) -> Self {
        let announced = Announced {
            bytes: input.content_length.and_then(|it| it.try_into().ok()),
            checksum: Checksum {
                checksum_crc32: input.checksum_crc32.clone(),
                checksum_crc32c: input.checksum_crc32c.clone(),
                checksum_crc64nvme: input.checksum_crc64nvme.clone(),
                checksum_sha1: input.checksum_sha1.clone(),
                checksum_sha256: input.checksum_sha256.clone(),
                ..Checksum::default()
            },
        };
        let arrival = Self {
            shared: Arc::new(Shared {
                announced,
                refused: OnceLock::new(),
                places: places.clone(),
                held: Mutex::default(),
            }),
        };
        input.body = input.body.take().map(|body| arrival.watch(body));
        arrival
    }

    /// Lets readers go on, and says what was wrong.
    pub(super) fn end(self) -> Option<S3Error> {
        let held = &self.shared.held;
        held.lock().unwrap_or_else(PoisonError::into_inner).take();
        Some(match self.shared.refused.get()? {
            Refused::Length => s3_error!(IncompleteBody, "The body is not as long as announced."),
            Refused::Checksum => s3_error!(BadDigest, "The body does not have its checksum."),
        })
    }

    fn watch(&self, body: StreamingBlob) -> StreamingBlob {
        let reading = Reading {
            body,
            hasher: self.shared.announced.hasher(),
            length: 0,
            shared: self.shared.clone(),
        };
        StreamingBlob::wrap(stream::try_unfold(Some(reading), |reading| async {
            match reading {
                Some(reading) => reading.next().await,
                None => Ok(None),
            }
        }))
    }
}

/// How far a body has been read.
struct Reading {
    body: StreamingBlob,
    hasher: ChecksumHasher,
    length: u64,
    shared: Arc<Shared>,
}

impl Reading {
    async fn next(mut self) -> io::Result<Option<(Bytes, Option<Self>)>> {
        if let Some(bytes) = self.body.next().await {
            let bytes = bytes.map_err(io::Error::other)?;
            self.hasher.update(&bytes);
            self.length += bytes.len() as u64;
            return Ok(Some((bytes, Some(self))));
        }
        let Self {
            body: _,
            hasher,
            length,
            shared,
        } = self;
        if let Some(refused) = shared.announced.refuses(length, hasher) {
            let _ = shared.refused.set(refused);
            return Err(io::ErrorKind::InvalidData.into());
        }
        let guard = shared.places.clone().write_owned().await;
        let mut held = shared.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(guard);
        Ok(None)
    }
}

impl Announced {
    fn hasher(&self) -> ChecksumHasher {
        let Checksum {
            checksum_crc32,
            checksum_crc32c,
            checksum_crc64nvme,
            checksum_sha1,
            checksum_sha256,
            ..
        } = &self.checksum;
        ChecksumHasher {
            crc32: if_announced(checksum_crc32.as_ref()),
            crc32c: if_announced(checksum_crc32c.as_ref()),
            crc64nvme: if_announced(checksum_crc64nvme.as_ref()),
            sha1: if_announced(checksum_sha1.as_ref()),
            sha256: if_announced(checksum_sha256.as_ref()),
        }
    }

    fn refuses(&self, length: u64, hasher: ChecksumHasher) -> Option<Refused> {
        if self.bytes.is_some_and(|bytes| bytes != length) {
            Some(Refused::Length)
        } else if hasher.finalize() != self.checksum {
            Some(Refused::Checksum)
        } else {
            None
        }
    }
}

fn if_announced<T: Default>(sum: Option<&String>) -> Option<T> {
    sum.map(|_| T::default())
}
