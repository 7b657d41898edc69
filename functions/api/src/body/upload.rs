//! What a client says of a document that it wants to upload.

use axum::extract::Request;
use http::StatusCode;
use serde_json::value::RawValue;

use super::json::{Object, hint, kind, members, string};
use super::{check_encoding, receive};
use crate::problem::{Flaws, Place, Problem};

/// Longest body, in bytes. What a right one says takes less.
const MAX_BODY_BYTES: usize = 16 << 10;

/// Longest document, in bytes: the longest that the engine takes.
pub(crate) const MAX_UPLOAD_BYTES: usize = plan::LIMITS.max_document_bytes;

/// The members of the body.
const MEMBERS: [&str; 4] = ["name", "bytes", "media_type", "sha256"];

/// A document that is to come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewUpload {
    pub(crate) name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) sha256: Option<[u8; 32]>,
}

/// Reads a request to upload a document.
pub(crate) async fn read_upload(request: Request) -> Result<NewUpload, Problem> {
    let (parts, body) = request.into_parts();
    let body = receive(&parts.headers, body, MAX_BODY_BYTES)
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large_to_announce(MAX_BODY_BYTES),
            _ => problem,
        })?;
    check_encoding(&parts.headers)?;
    read(&body)
}

fn read(body: &[u8]) -> Result<NewUpload, Problem> {
    let object: Object<'_> = serde_json::from_slice(body).map_err(|error| {
        Problem::malformed(format!(
            "The body is no JSON object such as {{\"name\": \"a.pdf\", \"bytes\": 1234}}: {error}."
        ))
    })?;
    let mut flaws = Flaws::default();
    let picked = members("", object, MEMBERS, &mut flaws);
    let [name, bytes, media_type, sha256] = picked.unwrap_or_default();
    let name = name.and_then(|value| hint("/name".to_owned(), value, &mut flaws));
    let media_type = media_type.and_then(|value| hint("/media_type".to_owned(), value, &mut flaws));
    let bytes = length(bytes, &mut flaws);
    let sha256 = sha256.and_then(|value| checksum(value, &mut flaws));
    flaws.end()?;
    Ok(NewUpload {
        name,
        media_type,
        bytes: bytes.expect("there is a flaw where there is none"),
        sha256,
    })
}

fn length(value: Option<&RawValue>, flaws: &mut Flaws) -> Option<u64> {
    let at = || Place::Pointer("/bytes".to_owned());
    let Some(value) = value else {
        flaws.add(
            at(),
            "The document's size in bytes is missing: it is part of what is signed.",
        );
        return None;
    };
    match serde_json::from_str::<u64>(value.get()) {
        Ok(bytes) if (1..=MAX_UPLOAD_BYTES as u64).contains(&bytes) => Some(bytes),
        Ok(bytes) => {
            flaws.add(
                at(),
                format!(
                    "An upload has 1 to {MAX_UPLOAD_BYTES} bytes (`max_upload_bytes`), not {bytes}."
                ),
            );
            None
        }
        Err(_) => {
            let found = kind(value);
            flaws.add(
                at(),
                format!("This is {found}; it must be a whole number of bytes."),
            );
            None
        }
    }
}

fn checksum(value: &RawValue, flaws: &mut Flaws) -> Option<[u8; 32]> {
    let text = string("/sha256".to_owned(), value, flaws)?;
    let sum = from_hexadecimal(&text);
    if sum.is_none() {
        flaws.add(
            Place::Pointer("/sha256".to_owned()),
            "This is no SHA-256 in hexadecimal, 64 digits, as `sha256sum` prints it.",
        );
    }
    sum
}

fn from_hexadecimal(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut sum = [0; 32];
    for (byte, at) in sum.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(sum)
}

/// What a request with errors in it is answered, as an example.
pub(crate) fn not_an_upload() -> Problem {
    read(br#"{"name": "a.pdf", "sha256": "e3b0"}"#).expect_err("the size is missing")
}
