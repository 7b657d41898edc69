//! The merged result of a collection: the results of all of its parts, one after the other, in one object. Put there in pieces, by as many
//! steps as it takes: a piece has the same bytes whoever puts it.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use job::{Job, JobKey, State};

use crate::keys::Kind;
use crate::payload::NDJSON;
use crate::{Error, Store, keys};

/// An upload that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merging {
    /// The attempt that began it: part of the object's name.
    pub attempt: u32,
    /// What S3 calls it.
    pub upload: String,
}

impl Store {
    /// Puts a merged result that is small enough for one piece.
    pub async fn put_merged(
        &self,
        whole: &JobKey,
        attempt: u32,
        lines: Vec<u8>,
    ) -> Result<(), Error> {
        self.payloads
            .put_object(whole, Kind::Merged { attempt }, lines)
            .await
    }

    /// Begins a merged result of several pieces.
    pub async fn begin_merging(&self, whole: &JobKey, attempt: u32) -> Result<Merging, Error> {
        let begun = self
            .payloads
            .s3
            .create_multipart_upload()
            .bucket(&self.payloads.bucket)
            .key(keys::object(whole, Kind::Merged { attempt }))
            .content_type(NDJSON)
            .send()
            .await
            .map_err(Error::during("begin to merge results"))?;
        let upload = begun.upload_id.unwrap_or_default();
        Ok(Merging { attempt, upload })
    }

    /// Puts a piece; the first has the number 1. All but the last have to have the same size.
    pub async fn put_piece(
        &self,
        whole: &JobKey,
        merging: &Merging,
        number: u32,
        lines: Vec<u8>,
    ) -> Result<(), Error> {
        let attempt = merging.attempt;
        self.payloads
            .s3
            .upload_part()
            .bucket(&self.payloads.bucket)
            .key(keys::object(whole, Kind::Merged { attempt }))
            .upload_id(&merging.upload)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .body(ByteStream::from(lines))
            .send()
            .await
            .map_err(Error::during("put a piece of merged results"))?;
        Ok(())
    }

    /// Makes the pieces one object. May be repeated.
    pub async fn end_merging(&self, whole: &JobKey, merging: &Merging) -> Result<(), Error> {
        let attempt = merging.attempt;
        let key = keys::object(whole, Kind::Merged { attempt });
        let mut pieces = CompletedMultipartUpload::builder();
        let mut listed = self
            .payloads
            .s3
            .list_parts()
            .bucket(&self.payloads.bucket)
            .key(&key)
            .upload_id(&merging.upload)
            .into_paginator()
            .send();
        while let Some(page) = listed.next().await {
            let Ok(page) = page else {
                // It may be ended already.
                return self.is_merged(&key).await;
            };
            for piece in page.parts.unwrap_or_default() {
                let piece = CompletedPart::builder()
                    .set_part_number(piece.part_number)
                    .set_e_tag(piece.e_tag)
                    .build();
                pieces = pieces.parts(piece);
            }
        }
        let ended = self
            .payloads
            .s3
            .complete_multipart_upload()
            .bucket(&self.payloads.bucket)
            .key(&key)
            .upload_id(&merging.upload)
            .multipart_upload(pieces.build())
            .send()
            .await;
        match ended {
            Ok(_) => Ok(()),
            // Its answer may have been lost.
            Err(_) if self.is_merged(&key).await.is_ok() => Ok(()),
            Err(error) => Err(Error::during("end to merge results")(error)),
        }
    }

    async fn is_merged(&self, key: &str) -> Result<(), Error> {
        self.payloads
            .s3
            .head_object()
            .bucket(&self.payloads.bucket)
            .key(key)
            .send()
            .await
            .map_err(Error::during("look for merged results"))?;
        Ok(())
    }

    /// A link under which a client itself can fetch the merged result of a collection, for 15 minutes; none if there is none.
    pub async fn merged_link(&self, whole: &Job) -> Result<Option<String>, Error> {
        let State::Completed { .. } = whole.state else {
            return Ok(None);
        };
        let progress = whole.progress.as_ref();
        let Some(attempt) = progress.and_then(|it| it.cursor.as_ref()?.parse().ok()) else {
            return Ok(None);
        };
        let kind = Kind::Merged { attempt };
        self.payloads.link(&whole.key, kind).await.map(Some)
    }
}
