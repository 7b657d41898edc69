//! Which documents each part of a job has.

use std::collections::VecDeque;

use job::{Collection, Content, Failure, Object, Phase, Request, Source, limits};
use store::{Error, Listed};

use crate::Worker;
use crate::elsewhere::NOT_READ;

/// The documents of one part.
pub(super) struct Slice {
    /// What is to be done.
    pub(super) request: Request,
    /// How many documents it has.
    pub(super) documents: u32,
}

/// Why there is no slice.
pub(super) enum NoSlice {
    /// All documents are in slices.
    End,
    /// The job cannot be done.
    Failed(Failure),
}

/// Cuts the documents of a job into slices.
pub(super) struct Slices<'a> {
    worker: &'a Worker,
    request: Request,
    /// What is listed and not yet in a slice.
    listed: VecDeque<Listed>,
}

impl<'a> Slices<'a> {
    pub(super) fn new(worker: &'a Worker, request: Request) -> Self {
        Self {
            worker,
            request,
            listed: VecDeque::new(),
        }
    }

    /// The slice of this number, which begins with the document of this number, behind what the slice before ended with.
    pub(super) async fn cut(
        &mut self,
        number: u32,
        first: u32,
        after: Option<&str>,
    ) -> Result<Result<Slice, NoSlice>, Error> {
        let Request {
            documents,
            collection,
            first: _,
            extract,
        } = &mut self.request;
        let (bucket, prefix) = match collection {
            None => {
                // One document a part.
                let Some(document) = documents.get_mut(number as usize) else {
                    return Ok(Err(NoSlice::End));
                };
                let mut request = Request::new(vec![take(document)], extract.clone());
                request.first = first;
                return Ok(Ok(Slice {
                    request,
                    documents: 1,
                }));
            }
            Some(Collection::Prefix { bucket, .. }) if !self.worker.may_read(bucket) => {
                return Ok(Err(NoSlice::Failed(Failure::new(
                    "fetch_forbidden",
                    Phase::Deliver,
                    false,
                    NOT_READ,
                ))));
            }
            Some(Collection::Prefix { bucket, prefix }) => (bucket.clone(), prefix.clone()),
            Some(Collection::Archive(_)) => return Ok(Err(NoSlice::End)),
        };
        let mut objects = Vec::new();
        let mut bytes = 0;
        while objects.len() < limits::MAX_PART_DOCUMENTS {
            if self.listed.is_empty() {
                let last = objects.last().map(|it: &Source| key_of(it));
                let after = last.unwrap_or(after);
                let listed = self.worker.store.list_objects(&bucket, &prefix, after);
                self.listed = listed.await?.into();
            }
            let Some(object) = self.listed.front() else {
                break;
            };
            bytes += object.bytes;
            if bytes > limits::MAX_PART_BYTES && !objects.is_empty() {
                break;
            }
            let key = object.key.clone();
            self.listed.pop_front();
            objects.push(Source {
                name: Some(key.strip_prefix(&prefix).unwrap_or(&key).to_owned()),
                media_type: None,
                content: Content::Object(Object {
                    bucket: bucket.clone(),
                    key,
                    etag: None,
                }),
            });
        }
        if objects.is_empty() {
            return Ok(Err(match first {
                0 => NoSlice::Failed(Failure::new(
                    "empty",
                    Phase::Deliver,
                    true,
                    "There is no object under this prefix.",
                )),
                _ => NoSlice::End,
            }));
        }
        let documents = u32::try_from(objects.len()).unwrap_or(u32::MAX);
        if first + documents > limits::MAX_COLLECTION_DOCUMENTS {
            return Ok(Err(NoSlice::Failed(too_many())));
        }
        let mut request = Request::new(objects, self.request.extract.clone());
        request.first = first;
        Ok(Ok(Slice { request, documents }))
    }
}

fn too_many() -> Failure {
    Failure::new(
        "limit_exceeded",
        Phase::Deliver,
        false,
        format!(
            "The collection has more documents; the limit max_collection_documents is {}.",
            limits::MAX_COLLECTION_DOCUMENTS
        ),
    )
}

/// Where the slice after this one begins.
pub(super) fn after(slice: &Request) -> Option<String> {
    key_of(slice.documents.last()?).map(ToOwned::to_owned)
}

fn key_of(source: &Source) -> Option<&str> {
    match &source.content {
        Content::Object(object) => Some(&object.key),
        _ => None,
    }
}

/// A document is in one slice: its bytes need not be there twice.
fn take(document: &mut Source) -> Source {
    let nothing = Source {
        name: None,
        media_type: None,
        content: Content::Bytes(Vec::new()),
    };
    std::mem::replace(document, nothing)
}
