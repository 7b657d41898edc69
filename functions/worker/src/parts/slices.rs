//! Which documents each part of a job has.

use std::collections::VecDeque;

use engine::problem_name;
use extract::DocumentError;
use job::{Collection, Content, Failure, Object, Phase, Request, Source, Tenant, limits};
use serde::{Deserialize, Serialize};
use store::{Error, Listed};

use crate::Worker;
use crate::archive::Archive;
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
    tenant: &'a Tenant,
    request: Request,
    /// What is listed and not yet in a slice.
    listed: VecDeque<Listed>,
    /// The archive of which the documents are members, once it is needed.
    archive: Option<Archive>,
}

impl<'a> Slices<'a> {
    pub(super) fn new(worker: &'a Worker, tenant: &'a Tenant, request: Request) -> Self {
        Self {
            worker,
            tenant,
            request,
            listed: VecDeque::new(),
            archive: None,
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
            Some(Collection::Archive(source)) => {
                let source = source.clone();
                return self.of_archive(source, first, after).await;
            }
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

    /// The next members of an archive.
    async fn of_archive(
        &mut self,
        source: Source,
        first: u32,
        after: Option<&str>,
    ) -> Result<Result<Slice, NoSlice>, Error> {
        let after: Option<Entry> = after.and_then(|it| serde_json::from_str(it).ok());
        let (after, etag) = after.map_or((None, None), |it| (Some(it.entry), it.etag));
        let archive = match &self.archive {
            Some(archive) => archive,
            None => match self.open(source, etag).await? {
                Ok(archive) => self.archive.insert(archive),
                Err(failure) => return Ok(Err(NoSlice::Failed(failure))),
            },
        };
        let members = match archive.slice(after).await? {
            Ok(members) => members,
            Err(error) => return Ok(Err(NoSlice::Failed(failure(error)))),
        };
        if members.is_empty() {
            return Ok(Err(match first {
                0 => NoSlice::Failed(Failure::new(
                    "empty",
                    Phase::Deliver,
                    false,
                    "There is no document in this archive.",
                )),
                _ => NoSlice::End,
            }));
        }
        let documents: Vec<Source> = members
            .into_iter()
            .map(|member| Source {
                name: Some(member.name),
                media_type: None,
                content: Content::Member(member.entry),
            })
            .collect();
        let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        let mut request = Request::new(documents, self.request.extract.clone());
        request.first = first;
        request.collection = Some(Collection::Archive(archive.source.clone()));
        Ok(Ok(Slice {
            request,
            documents: count,
        }))
    }

    /// Gets hold of an archive: that with this `ETag`, where a part has been made of it.
    async fn open(
        &self,
        mut source: Source,
        made_of: Option<String>,
    ) -> Result<Result<Archive, Failure>, Error> {
        if let Content::Object(Object { etag, .. }) = &mut source.content {
            *etag = made_of;
        }
        let archive = match self.worker.open(self.tenant, source).await? {
            Ok(archive) => archive,
            Err(error) => return Ok(Err(failure(error))),
        };
        Ok(match archive.count().await? {
            Ok(count) if count > limits::MAX_COLLECTION_DOCUMENTS.into() => Err(too_many()),
            Ok(_) => Ok(archive),
            Err(error) => Err(failure(error)),
        })
    }
}

/// Where a slice of an archive ends.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The entry of its last member.
    #[serde(rename = "e")]
    entry: u64,
    /// The `ETag` of the archive in which that stands.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
}

/// What is wrong with an archive is wrong with the job.
fn failure(error: DocumentError) -> Failure {
    Failure::new(
        problem_name(error.code),
        Phase::Deliver,
        false,
        error.detail,
    )
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
    let last = slice.documents.last()?;
    let Content::Member(entry) = last.content else {
        return key_of(last).map(ToOwned::to_owned);
    };
    let etag = match &slice.collection {
        Some(Collection::Archive(Source {
            content: Content::Object(object),
            ..
        })) => object.etag.clone(),
        _ => None,
    };
    let end = Entry { entry, etag };
    Some(serde_json::to_string(&end).expect("plain members always serialise"))
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
