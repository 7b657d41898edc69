//! S3 by s3s-fs: a bucket is a folder, an object is a file in it.
//!
//! An object is written to a temporary file and renamed, so a reader sees all of it or none, also
//! after `kill -9`. It is not synced: a power cut may take the newest objects. Next to the buckets lie
//! two small files for each object, with its headers and its checksums; s3s-fs leaves them behind
//! when an object is deleted, so what belongs to no object is removed at start.

use std::io;
use std::path::Path;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use service::Clients;

use super::StartError;
use super::objects::Objects;

/// Serves the buckets in `root`, addressed by path (`/bucket/key`), to the one known access key.
pub(super) fn router(root: &Path) -> Result<Router, StartError> {
    let failure = |reason: String| StartError::Data {
        service: "S3",
        path: root.into(),
        reason,
    };
    remove_orphaned_sidecars(root).map_err(|error| failure(error.to_string()))?;
    let objects = Objects::open(root).map_err(|error| failure(format!("{error:?}")))?;

    let mut builder = S3ServiceBuilder::new(objects);
    builder.set_auth(SimpleAuth::from_single(
        Clients::LOCAL_KEY,
        Clients::LOCAL_SECRET,
    ));
    let service = HandleError::new(builder.build(), |error: s3s::HttpError| async move {
        tracing::error!(?error, "the S3 endpoint failed");
        StatusCode::INTERNAL_SERVER_ERROR
    });
    Ok(Router::new().fallback_service(service))
}

fn remove_orphaned_sidecars(root: &Path) -> io::Result<()> {
    for entry in root.read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        let object = name.to_str().and_then(object_of_sidecar);
        if object.is_some_and(|(bucket, key)| !root.join(bucket).join(key).exists()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// `.bucket-<bucket>.object-<key>.<kind>.json`, bucket and key in Base64. `None` for any other file, the
/// notes of an unfinished upload among them.
fn object_of_sidecar(name: &str) -> Option<(String, String)> {
    let (bucket, rest) = name.strip_prefix(".bucket-")?.split_once(".object-")?;
    let key = rest
        .strip_suffix(".metadata.json")
        .or(rest.strip_suffix(".internal.json"))?;
    let decode = |text: &str| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    Some((decode(bucket)?, decode(key)?))
}
