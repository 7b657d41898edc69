//! Documents that are too big to be held: from an object into a file, piece by piece.

use std::io;

use engine::Spool;
use store::{Error, ObjectBytes};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

/// Why a document did not get into a file. Either may pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// It broke off on its way.
    #[error(transparent)]
    Storage(#[from] Error),
    /// The file could not be written: most likely there is no room left.
    #[error("the document's file cannot be written: {0}")]
    File(#[from] io::Error),
}

/// Puts an object into a file that has no name, and so is gone with this process whatever becomes of it.
pub(crate) async fn spool(mut object: ObjectBytes) -> Result<Spool, SpoolError> {
    let file = tempfile::tempfile()?;
    let mut out = File::from_std(file.try_clone()?);
    let mut bytes = 0;
    while let Some(piece) = object.next().await? {
        out.write_all(piece.as_ref()).await?;
        bytes += piece.as_ref().len() as u64;
    }
    out.flush().await?;
    if bytes != object.length() {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(Spool { file, bytes })
}
