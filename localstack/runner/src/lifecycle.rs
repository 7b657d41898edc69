//! What the bucket's lifecycle does on AWS for uploads, of which a few fill a disk: they go when no job can have to do with them any
//! more.

use std::time::Duration;

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::{Client, Error};
use jiff::Timestamp;
use job::limits;
use service::Clock;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long uploads are kept, as the template has it.
const KEPT: Duration = limits::KEEP_UPLOAD.saturating_add(Duration::from_hours(24));

/// Time between two looks. AWS looks once a day.
const INTERVAL: Duration = Duration::from_hours(1);

/// Expires uploads from time to time, until it is told to stop.
pub(crate) async fn keep(client: Client, bucket: &str, clock: Clock, stop: CancellationToken) {
    loop {
        match expire_uploads(&client, bucket, clock.now()).await {
            Ok(0) => {}
            Ok(uploads) => tracing::info!(uploads, "Uploads expired"),
            Err(error) => tracing::warn!(%error, "Uploads could not be expired"),
        }
        if stop.run_until_cancelled(sleep(INTERVAL)).await.is_none() {
            return;
        }
    }
}

/// Deletes the uploads whose time is over. Says how many.
pub async fn expire_uploads(client: &Client, bucket: &str, now: Timestamp) -> Result<usize, Error> {
    let oldest = (now - KEPT).as_second();
    let mut pages = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix("uploads/")
        .into_paginator()
        .send();
    let mut expired = 0;
    while let Some(page) = pages.next().await {
        for object in page?.contents() {
            let written = object.last_modified().map(DateTime::secs);
            if written.is_some_and(|written| written < oldest) {
                let key = object.key().unwrap_or_default();
                let delete = client.delete_object().bucket(bucket).key(key);
                delete.send().await?;
                expired += 1;
            }
        }
    }
    Ok(expired)
}
