//! Archives whose members are the documents of a job.
//!
//! - `zip` reads an archive that lies in a file, `entry` what its list says of a member.
//!
//! **Invariant:** all parts of a job read the same bytes, those of which the list of members was made: the archive's `ETag` is kept with
//! each, and another archive in its place is an error.

mod entry;
mod zip;

use std::io;
use std::sync::Arc;

use engine::Content;
use extract::{DocumentError, Problem};
use job::{Object, Source, Tenant, limits};
use tokio::task::spawn_blocking;

use crate::Worker;
use crate::sources::LoadError;
use crate::spool::SpoolError;
use zip::{Fault, Zip};

/// An archive at hand.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    /// Where it lies, with the `ETag` that it has.
    pub(crate) source: Source,
    zip: Arc<Zip>,
}

/// A member that is a document.
pub(crate) struct Member {
    /// The entry that lists it.
    pub(crate) entry: u64,
    pub(crate) name: String,
}

/// An archive of a part, once it is needed.
pub(crate) struct Members {
    source: Source,
    opened: Option<Result<Archive, DocumentError>>,
}

impl Worker {
    /// Gets hold of an archive.
    pub(crate) async fn open(
        &self,
        tenant: &Tenant,
        mut source: Source,
    ) -> Result<Result<Archive, DocumentError>, LoadError> {
        let input = self.load(tenant, source.clone(), true).await?;
        let spool = match input.content {
            Content::Spooled(spool) => spool,
            Content::Missing(error) => return Ok(Err(error)),
            Content::Bytes(_) | Content::NotModified => {
                return Ok(Err(DocumentError {
                    code: Problem::UnsupportedFormat,
                    detail: "An archive is an upload or an object of S3.".to_owned(),
                }));
            }
        };
        if let job::Content::Object(Object { etag, .. }) = &mut source.content {
            *etag = input.origin.and_then(|origin| origin.etag);
        }
        let zip = blocking(move || Zip::open(spool)).await?;
        Ok(zip.map(|zip| Archive {
            source,
            zip: Arc::new(zip),
        }))
    }
}

impl Archive {
    /// How many documents there are.
    pub(crate) async fn count(&self) -> Result<Result<u64, DocumentError>, LoadError> {
        let zip = self.zip.clone();
        blocking(move || zip.count()).await
    }

    /// The documents of the next part.
    pub(crate) async fn slice(
        &self,
        after: Option<u64>,
    ) -> Result<Result<Vec<Member>, DocumentError>, LoadError> {
        let zip = self.zip.clone();
        blocking(move || {
            let mut bytes = 0_u64;
            let mut members = Vec::new();
            for entry in zip.documents(after)?.take(limits::MAX_PART_DOCUMENTS) {
                let entry = entry?;
                bytes = bytes.saturating_add(entry.unpacked);
                if bytes > limits::MAX_PART_BYTES && !members.is_empty() {
                    break;
                }
                members.push(Member {
                    entry: entry.at,
                    name: entry.name,
                });
            }
            Ok(members)
        })
        .await
    }
}

impl Members {
    pub(crate) fn of(source: Source) -> Self {
        Self {
            source,
            opened: None,
        }
    }

    /// The document of this entry.
    pub(crate) async fn load(
        &mut self,
        worker: &Worker,
        tenant: &Tenant,
        entry: u64,
    ) -> Result<Content, LoadError> {
        let opened = if let Some(opened) = &self.opened {
            opened
        } else {
            let opened = worker.open(tenant, self.source.clone()).await?;
            self.opened.insert(opened)
        };
        let zip = match opened {
            Ok(archive) => archive.zip.clone(),
            Err(error) => return Ok(Content::Missing(error.clone())),
        };
        let unpacked = blocking(move || zip.unpack(entry)).await?;
        Ok(unpacked.map_or_else(Content::Missing, Content::Spooled))
    }
}

/// Reads an archive where nobody waits for it.
async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<Result<T, DocumentError>, LoadError> {
    match spawn_blocking(read).await {
        Ok(Ok(read)) => Ok(Ok(read)),
        Ok(Err(Fault::Document(error))) => Ok(Err(error)),
        Ok(Err(Fault::File(error))) => Err(SpoolError::File(error).into()),
        Err(error) => Err(SpoolError::File(io::Error::other(error)).into()),
    }
}
