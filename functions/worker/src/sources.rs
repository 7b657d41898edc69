//! From what a request says of its documents to documents that are at hand.

use engine::{Content, Input, Origin};
use extract::{DocumentError, LIMITS, Problem};
use fetch::FetchError;
use job::{Source, Tenant, Upload};
use store::{Download, ObjectBytes};

use crate::Worker;
use crate::spool::{SpoolError, spool};

/// A document that was got hold of, with what is known of it beside what its client says.
pub(crate) struct Found {
    pub(crate) content: Content,
    pub(crate) name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) origin: Option<Origin>,
}

/// Why a document could not be got hold of now. Each may pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// It lies in storage.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// It lies on the web.
    #[error(transparent)]
    Fetch(FetchError),
}

impl From<LoadError> for store::Error {
    /// For a step, which reads nothing but storage.
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Spool(SpoolError::Storage(error)) => error,
            error => Self::Unavailable {
                operation: "read archive",
                cause: error.to_string(),
            },
        }
    }
}

impl From<store::Error> for LoadError {
    fn from(error: store::Error) -> Self {
        Self::Spool(error.into())
    }
}

impl Worker {
    /// Gets hold of a document of this tenant's. What is the document's fault is part of the result; an error may pass. Without
    /// `may_wait` the web's passing faults are the document's, too.
    pub(crate) async fn load(
        &self,
        tenant: &Tenant,
        source: Source,
        may_wait: bool,
    ) -> Result<Input, LoadError> {
        let Source {
            name,
            media_type,
            content,
        } = source;
        let found = match content {
            job::Content::Bytes(bytes) => Content::Bytes(bytes).into(),
            job::Content::Upload(upload) => self.load_upload(tenant, &upload).await?.into(),
            job::Content::Url(link) => self.load_link(link, may_wait).await?,
            job::Content::Object(object) => self.load_object(&object).await?,
            job::Content::Member(_) => Content::Missing(DocumentError {
                code: Problem::Missing,
                detail: "It is not said of which archive this document is a member.".to_owned(),
            })
            .into(),
        };
        Ok(Input {
            name: name.or(found.name),
            media_type: media_type.or(found.media_type),
            content: found.content,
            origin: found.origin,
        })
    }

    async fn load_upload(&self, tenant: &Tenant, upload: &Upload) -> Result<Content, SpoolError> {
        let id = upload.id;
        match self.store.download_upload(tenant, upload).await? {
            Download::Here(object) => spooled(object).await,
            Download::Changed => Ok(Content::Missing(DocumentError {
                code: Problem::Changed,
                detail: format!(
                    "Other bytes were sent to the upload {id} after the job had been started."
                ),
            })),
            Download::Missing => Ok(Content::Missing(DocumentError {
                code: Problem::Missing,
                detail: format!(
                    "The bytes of the upload {id} are no longer there: it was removed, or its time is over."
                ),
            })),
        }
    }
}

impl Found {
    /// What was looked for there.
    pub(crate) fn elsewhere(content: Content, origin: Origin) -> Self {
        Self {
            origin: Some(origin),
            ..content.into()
        }
    }
}

impl From<Content> for Found {
    fn from(content: Content) -> Self {
        Self {
            content,
            name: None,
            media_type: None,
            origin: None,
        }
    }
}

/// Puts an object into a file, unless it is longer than any document may be.
pub(crate) async fn spooled(object: ObjectBytes) -> Result<Content, SpoolError> {
    let (bytes, most) = (object.length(), LIMITS.max_document_bytes);
    if bytes > most as u64 {
        return Ok(Content::Missing(DocumentError {
            code: Problem::LimitExceeded,
            detail: format!(
                "The document has {bytes} bytes; the limit max_document_bytes is {most}."
            ),
        }));
    }
    Ok(Content::Spooled(spool(object).await?))
}
