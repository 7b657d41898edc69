//! s3s-fs, but for three things.
//!
//! - A listing reads the folder that its prefix names, not the whole bucket. Removing a job lists its objects, so without this each
//!   removal would take longer the more jobs there are.
//! - An object that is not what its headers announce never gets to its place ([`super::arrival`]).
//! - What is asked for with `If-Match` is read only if it has that `ETag`.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use s3s::dto::{
    self, ETagCondition, GetObjectInput, GetObjectOutput, ListObjectsV2Input, ListObjectsV2Output,
    PutObjectInput, PutObjectOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::RwLock;

use super::arrival::Arrival;

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

    /// To s3s-fs a bucket is a folder, so a folder in a bucket will do for one.
    async fn list(
        &self,
        mut request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let Some(folder) = self.folder(&request.input).map(str::to_owned) else {
            return self.files.list_objects_v2(request).await;
        };
        let ListObjectsV2Input {
            bucket,
            prefix,
            continuation_token,
            ..
        } = request.input.clone();
        let within = |key: &String| key.strip_prefix(&folder).unwrap_or(key).to_owned();
        let complete = |key: String| format!("{folder}{key}");

        request.input.bucket = format!("{bucket}/{}", folder.trim_end_matches('/'));
        request.input.prefix = prefix.as_ref().map(within);
        request.input.continuation_token = continuation_token.as_ref().map(within);
        let mut response = if self.root.join(&request.input.bucket).is_dir() {
            self.files.list_objects_v2(request).await?
        } else {
            let (key_count, is_truncated) = (Some(0), Some(false));
            let max_keys = request.input.max_keys;
            let empty = ListObjectsV2Output {
                key_count,
                is_truncated,
                max_keys,
                ..Default::default()
            };
            S3Response::new(empty)
        };

        let listed = &mut response.output;
        listed.name = Some(bucket);
        listed.prefix = prefix;
        listed.continuation_token = continuation_token;
        listed.next_continuation_token = listed.next_continuation_token.take().map(complete);
        for object in listed.contents.iter_mut().flatten() {
            object.key = object.key.take().map(complete);
        }
        Ok(response)
    }

    /// Where the keys of such a listing lie, as a key that ends with `/`; `None` if that is the
    /// bucket itself, or if the listing is of a kind for which the whole bucket has to be read.
    fn folder<'a>(&self, input: &'a ListObjectsV2Input) -> Option<&'a str> {
        let plain = input.delimiter.is_none() && input.start_after.is_none();
        let prefix = input.prefix.as_deref().filter(|_| plain)?;
        let folder = &prefix[..=prefix.rfind('/')?];
        let bucket = self.root.join(&input.bucket);
        (is_canonical(folder) && bucket.is_dir()).then_some(folder)
    }
}

/// Nothing but names between the slashes: what a file system would understand in another way is no folder.
fn is_canonical(folder: &str) -> bool {
    let path = Path::new(folder);
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        && path.components().count() == folder.matches('/').count()
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
