//! From what a request says of its documents to documents that are at hand.

use engine::{Content, Input};
use extract::{DocumentError, LIMITS, Problem};
use job::{Source, Tenant, Upload};
use store::{Download, ObjectBytes};

use crate::Worker;
use crate::spool::{SpoolError, spool};

impl Worker {
    /// Gets hold of a document of this tenant's. What is the document's fault is part of the result; an error may pass.
    pub(crate) async fn load(&self, tenant: &Tenant, source: Source) -> Result<Input, SpoolError> {
        let Source {
            name,
            media_type,
            content,
        } = source;
        let content = match content {
            job::Content::Bytes(bytes) => Content::Bytes(bytes),
            job::Content::Upload(upload) => self.load_upload(tenant, &upload).await?,
            job::Content::Url(_) | job::Content::Object(_) => Content::Missing(DocumentError {
                code: Problem::UnsupportedFormat,
                detail: "Documents that lie elsewhere are not fetched here.".to_owned(),
            }),
        };
        Ok(Input {
            name,
            media_type,
            content,
            origin: None,
        })
    }

    async fn load_upload(&self, tenant: &Tenant, upload: &Upload) -> Result<Content, SpoolError> {
        let id = upload.id;
        match self.store.download_upload(tenant, upload).await? {
            Download::Here(object) => load_object(object).await,
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

/// Puts an object into a file, unless it is longer than any document may be.
async fn load_object(object: ObjectBytes) -> Result<Content, SpoolError> {
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
