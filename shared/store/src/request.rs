//! How an accepted request is kept: CBOR (RFC 8949), for it carries bytes as they are and lets members be added later.
//!
//! # Versions
//!
//! A request is as old as the item of its job: what a worker must not ignore, such as another thing to extract, raises the item's `v`,
//! for that job alone. Members that a worker may ignore can be added without.

use job::{Collection, Content, Link, Object, Request, Source, Upload, UploadId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::Value;

use crate::Error;

#[derive(Serialize, Deserialize)]
struct Kept {
    documents: Vec<KeptSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collection: Option<KeptCollection>,
    #[serde(default, skip_serializing_if = "is_zero")]
    first: u32,
    extract: Value,
}

/// A document. One of `bytes`, `url`, `upload`, `object` and `member` says what or where it is.
#[derive(Serialize, Deserialize)]
struct KeptSource {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<KeptLink>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload: Option<KeptUpload>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<KeptObject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct KeptLink {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptUpload {
    id: UploadId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptObject {
    bucket: String,
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptCollection {
    Prefix { bucket: String, prefix: String },
    Archive(Box<KeptSource>),
}

/// Packs a request.
pub(crate) fn encode(request: Request) -> Vec<u8> {
    let Request {
        documents,
        collection,
        first,
        extract,
    } = request;
    let kept = Kept {
        documents: documents.into_iter().map(keep).collect(),
        collection: collection.map(|collection| match collection {
            Collection::Prefix { bucket, prefix } => KeptCollection::Prefix { bucket, prefix },
            Collection::Archive(source) => KeptCollection::Archive(Box::new(keep(source))),
        }),
        first,
        extract,
    };
    let mut out = Vec::new();
    ciborium::into_writer(&kept, &mut out).expect("writing to memory does not fail");
    out
}

/// Unpacks a request.
pub(crate) fn decode(bytes: &[u8]) -> Result<Request, Error> {
    let Kept {
        documents,
        collection,
        first,
        extract,
    } = ciborium::from_reader(bytes).map_err(|cause| Error::unreadable("a request", cause))?;
    let collection = match collection {
        None => None,
        Some(KeptCollection::Prefix { bucket, prefix }) => {
            Some(Collection::Prefix { bucket, prefix })
        }
        Some(KeptCollection::Archive(source)) => Some(Collection::Archive(find(*source)?)),
    };
    Ok(Request {
        documents: documents.into_iter().map(find).collect::<Result<_, _>>()?,
        collection,
        first,
        extract,
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn keep(source: Source) -> KeptSource {
    let Source {
        name,
        media_type,
        content,
    } = source;
    let mut kept = KeptSource {
        name,
        media_type,
        bytes: None,
        url: None,
        upload: None,
        object: None,
        member: None,
    };
    match content {
        Content::Bytes(bytes) => kept.bytes = Some(ByteBuf::from(bytes)),
        Content::Url(Link {
            url,
            etag,
            last_modified,
        }) => {
            kept.url = Some(KeptLink {
                url,
                etag,
                last_modified,
            });
        }
        Content::Upload(Upload { id, etag }) => kept.upload = Some(KeptUpload { id, etag }),
        Content::Object(Object { bucket, key, etag }) => {
            kept.object = Some(KeptObject { bucket, key, etag });
        }
        Content::Member(entry) => kept.member = Some(entry),
    }
    kept
}

fn find(kept: KeptSource) -> Result<Source, Error> {
    let KeptSource {
        name,
        media_type,
        bytes,
        url,
        upload,
        object,
        member,
    } = kept;
    let content = if let Some(bytes) = bytes {
        Content::Bytes(bytes.into_vec())
    } else if let Some(KeptLink {
        url,
        etag,
        last_modified,
    }) = url
    {
        Content::Url(Link {
            url,
            etag,
            last_modified,
        })
    } else if let Some(KeptUpload { id, etag }) = upload {
        Content::Upload(Upload { id, etag })
    } else if let Some(KeptObject { bucket, key, etag }) = object {
        Content::Object(Object { bucket, key, etag })
    } else if let Some(entry) = member {
        Content::Member(entry)
    } else {
        let cause = "a document is neither there nor elsewhere";
        return Err(Error::unreadable("a request", cause));
    };
    Ok(Source {
        name,
        media_type,
        content,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(content: Content) -> Source {
        Source {
            name: Some("é.pdf".into()),
            media_type: None,
            content,
        }
    }

    #[test]
    fn a_request_comes_back_as_it_went() {
        let link = Link {
            url: "https://example.org/".into(),
            etag: Some("\"1\"".into()),
            last_modified: None,
        };
        let object = Object {
            bucket: "b".into(),
            key: "k/é".into(),
            etag: None,
        };
        let upload = Upload {
            id: UploadId::new(jiff::Timestamp::UNIX_EPOCH),
            etag: Some("\"1\"".into()),
        };
        let documents = vec![
            source(Content::Bytes(vec![0, 255, 1])),
            source(Content::Bytes(vec![])),
            source(Content::Url(link)),
            source(Content::Upload(upload.clone())),
            source(Content::Object(object)),
            source(Content::Member(1 << 40)),
        ];
        let archive = Collection::Archive(source(Content::Upload(upload)));
        let prefix = Collection::Prefix {
            bucket: "b".into(),
            prefix: "p/".into(),
        };
        for collection in [None, Some(prefix), Some(archive)] {
            let request = Request {
                documents: documents.clone(),
                collection,
                first: 3,
                extract: json!(["text", {"z": {"a": [1, -2, 0.5, true, null, "é"]}, "b": {}}]),
            };
            assert_eq!(decode(&encode(request.clone())).unwrap(), request);
        }
        assert!(decode(b"no CBOR").is_err());
    }
}
