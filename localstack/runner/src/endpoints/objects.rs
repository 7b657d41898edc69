//! s3s-fs, but for three things.
//!
//! - A listing reads what its page has ([`super::listing`]), not the whole bucket. Removing a job lists its objects, so without this each
//!   removal would take longer the more jobs there are, and a job over a large bucket would take for ever.
//! - An object that is not what its headers announce never gets to its place ([`super::arrival`]).
//! - What is asked for with `If-Match` is read only if it has that `ETag`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use s3s::dto::{
    self, ETagCondition, GetObjectInput, GetObjectOutput, ListObjectsV2Input, ListObjectsV2Output,
    PutObjectInput, PutObjectOutput,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::RwLock;

use super::arrival::Arrival;
use super::listing::{self, Page, Wanted, is_canonical};

/// Most objects of a page.
const MAX_KEYS: i32 = 1_000;

/// The buckets in a folder.
pub(super) struct Objects {
    root: PathBuf,
    files: FileSystem,
    /// Held to read by who reads an object with its `ETag`, and to write where these two change.
    places: Arc<RwLock<()>>,
}

impl Objects {
    pub(super) fn open(root: &Path) -> s3s_fs::Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            files: FileSystem::new(root)?,
            places: Arc::default(),
        })
    }

    async fn put(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let arrival = Arrival::of(&mut request.input, &self.places);
        let put = self.files.put_object(request).await;
        match arrival.end() {
            Some(refused) => Err(refused),
            None => put,
        }
    }

    async fn get(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let wanted = request.input.if_match.clone();
        // When it is answered its file is open: what comes into its place then is another one.
        let _reading = self.places.read().await;
        let response = self.files.get_object(request).await?;
        match (wanted, &response.output.e_tag) {
            (Some(ETagCondition::ETag(wanted)), Some(found)) if !wanted.strong_cmp(found) => Err(
                s3_error!(PreconditionFailed, "The object has another ETag."),
            ),
            _ => Ok(response),
        }
    }

    /// Reads what the page has, not the whole bucket.
    async fn list(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        if request.input.delimiter.is_some() {
            return self.files.list_objects_v2(request).await;
        }
        let ListObjectsV2Input {
            bucket,
            prefix,
            start_after,
            continuation_token,
            max_keys,
            encoding_type,
            ..
        } = request.input;
        let place = self.root.join(&bucket);
        if !is_canonical(&format!("{bucket}/")) || !place.is_dir() {
            return Err(s3_error!(NoSuchBucket));
        }
        let max = usize::try_from(max_keys.unwrap_or(MAX_KEYS)).unwrap_or(0);
        let max = max.min(MAX_KEYS as usize);
        let (within, after) = (
            prefix.clone(),
            continuation_token.clone().max(start_after.clone()),
        );
        let read = tokio::task::spawn_blocking(move || {
            let wanted = Wanted {
                prefix: within.as_deref().unwrap_or_default(),
                after: after.as_deref(),
                max,
            };
            listing::page(&place, &wanted)
        });
        let Page { objects, is_cut } = match read.await {
            Ok(Ok(page)) => page,
            Ok(Err(error)) => return Err(S3Error::internal_error(error)),
            Err(error) => return Err(S3Error::internal_error(error)),
        };
        let last = objects.last().and_then(|object| object.key.clone());
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: i32::try_from(objects.len()).ok(),
            max_keys: i32::try_from(max).ok(),
            is_truncated: Some(is_cut),
            next_continuation_token: last.filter(|_| is_cut),
            contents: (!objects.is_empty()).then_some(objects),
            name: Some(bucket),
            prefix,
            start_after,
            continuation_token,
            encoding_type,
            ..ListObjectsV2Output::default()
        }))
    }
}

/// Implements [`S3`] by passing these operations on as they are.
macro_rules! pass_on {
    ($($operation:ident($input:ident) -> $output:ident,)*) => {
        #[async_trait::async_trait]
        impl S3 for Objects {
            $(
                async fn $operation(
                    &self,
                    request: S3Request<dto::$input>,
                ) -> S3Result<S3Response<dto::$output>> {
                    self.files.$operation(request).await
                }
            )*

            async fn get_object(
                &self,
                request: S3Request<GetObjectInput>,
            ) -> S3Result<S3Response<GetObjectOutput>> {
                self.get(request).await
            }

            async fn list_objects_v2(
                &self,
                request: S3Request<ListObjectsV2Input>,
            ) -> S3Result<S3Response<ListObjectsV2Output>> {
                self.list(request).await
            }

            async fn put_object(
                &self,
                request: S3Request<PutObjectInput>,
            ) -> S3Result<S3Response<PutObjectOutput>> {
                self.put(request).await
            }
        }
    };
}

pass_on! {
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput,
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput,
    copy_object(CopyObjectInput) -> CopyObjectOutput,
    create_bucket(CreateBucketInput) -> CreateBucketOutput,
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput,
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput,
    delete_object(DeleteObjectInput) -> DeleteObjectOutput,
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput,
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput,
    head_bucket(HeadBucketInput) -> HeadBucketOutput,
    head_object(HeadObjectInput) -> HeadObjectOutput,
    list_buckets(ListBucketsInput) -> ListBucketsOutput,
    list_objects(ListObjectsInput) -> ListObjectsOutput,
    list_parts(ListPartsInput) -> ListPartsOutput,
    upload_part(UploadPartInput) -> UploadPartOutput,
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput,
}
