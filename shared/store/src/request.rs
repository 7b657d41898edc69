//! How an accepted request is kept: CBOR (RFC 8949), for it carries bytes as they are and lets members be added later.
//!
//! # Versions
//!
//! A request is as old as the item of its job: what a worker must not ignore, such as another thing to extract, raises the item's `v`,
//! for that job alone. Members that a worker may ignore can be added without.

use job::{Request, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

#[derive(Serialize, Deserialize)]
struct Kept {
    documents: Vec<KeptSource>,
    extract: Value,
}

#[derive(Serialize, Deserialize)]
struct KeptSource {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

/// Packs a request.
pub(crate) fn encode(request: Request) -> Vec<u8> {
    let Request { documents, extract } = request;
    let documents = documents
        .into_iter()
        .map(
            |Source {
                 name,
                 media_type,
                 bytes,
             }| KeptSource {
                name,
                media_type,
                bytes,
            },
        )
        .collect();
    let mut out = Vec::new();
    ciborium::into_writer(&Kept { documents, extract }, &mut out)
        .expect("writing to memory does not fail");
    out
}

/// Unpacks a request.
pub(crate) fn decode(bytes: &[u8]) -> Result<Request, Error> {
    let Kept { documents, extract } =
        ciborium::from_reader(bytes).map_err(|cause| Error::unreadable("a request", cause))?;
    let documents = documents
        .into_iter()
        .map(
            |KeptSource {
                 name,
                 media_type,
                 bytes,
             }| Source {
                name,
                media_type,
                bytes,
            },
        )
        .collect();
    Ok(Request { documents, extract })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_comes_back_as_it_went() {
        let request = Request {
            documents: vec![
                Source {
                    name: Some("é.pdf".into()),
                    media_type: None,
                    bytes: vec![0, 255, 1],
                },
                Source {
                    name: None,
                    media_type: Some("text/plain".into()),
                    bytes: vec![],
                },
            ],
            extract: json!(["text", {"z": {"a": [1, -2, 0.5, true, null, "é"]}, "b": {}}]),
        };
        assert_eq!(decode(&encode(request.clone())).unwrap(), request);
        assert!(decode(b"no CBOR").is_err());
    }
}
