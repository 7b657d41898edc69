//! What a client sent to be extracted from, in any of the forms that are taken.

mod disposition;
mod elsewhere;
mod extract;
mod json;
mod multipart;
mod raw;
mod tags;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt;
use job::{Content, Source, Submission};
use serde_json::Value;

use crate::problem::{Flaws, Place, Problem};
use crate::query;

pub(crate) use json::MAX_JSON_LEVELS;
pub(crate) use tags::MAX_TAGS;

/// The query parameter that says what to extract, where the body cannot.
const EXTRACT: &str = "extract";

/// The query parameter by which a body is a document, whatever it looks like: `as=document`.
const AS: &str = "as";

/// Bytes beyond what is accepted that are still read, and thrown away: a client that is still sending when its connection is
/// closed might never see the answer.
const DISCARD_BYTES: u64 = 64 << 20;

/// Longest name or media type of a document, in characters.
const MAX_HINT_CHARS: usize = 255;

/// The document that a request without a body scans.
const SAMPLE: &str = include_str!("sample.txt");

/// Reads a request to start a job.
pub(crate) async fn read(request: Request, max_bytes: usize) -> Result<Submission, Problem> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let body = receive(&parts.headers, body, max_bytes).await?;
    let options = Options::of(&parts.uri)?;
    check_encoding(&parts.headers)?;

    let Some(content_type) = content_type else {
        return Ok(if body.is_empty() {
            options.request(vec![sample()])
        } else {
            options.request(vec![raw::read(&parts.headers, None, body)?])
        });
    };
    let content_type = text(content_type, header::CONTENT_TYPE)?;
    match Form::of(content_type, &options) {
        Form::Request => match json::read(&body)? {
            Some(request) if options.extract.is_none() => Ok(request),
            Some(_) => Err(said_twice("in the request's own `extract`")),
            None => Ok(options.request(vec![raw::read(&parts.headers, Some(content_type), body)?])),
        },
        Form::Multipart => {
            let multipart::Parts { documents, extract } =
                multipart::read(content_type, Bytes::from(body)).await?;
            match (extract, &options.extract) {
                (Some(_), Some(_)) => Err(said_twice("in a part named `extract`")),
                (Some(extract), None) => Ok(job::Request::new(documents, extract).into()),
                (None, _) => Ok(options.request(documents)),
            }
        }
        Form::Document => {
            Ok(options.request(vec![raw::read(&parts.headers, Some(content_type), body)?]))
        }
    }
}

/// What a body is, by its media type.
enum Form {
    /// JSON: a request, or a document that happens to be JSON.
    Request,
    Multipart,
    Document,
}

impl Form {
    fn of(content_type: &str, options: &Options) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if options.as_document {
            Self::Document
        } else if essence.eq_ignore_ascii_case("application/json") {
            Self::Request
        } else if essence.eq_ignore_ascii_case("multipart/form-data") {
            Self::Multipart
        } else {
            Self::Document
        }
    }
}

/// What the query says.
struct Options {
    extract: Option<Value>,
    as_document: bool,
}

impl Options {
    fn of(uri: &http::Uri) -> Result<Self, Problem> {
        let parameters = query::parameters(uri, &[EXTRACT, AS])?;
        let mut flaws = Flaws::default();
        let mut names = Vec::new();
        let mut as_document = false;
        for (name, value) in &parameters {
            if name == EXTRACT {
                names.push(value.as_str());
            } else if value == "document" {
                as_document = true;
            } else {
                flaws.add(
                    Place::Parameter(AS.to_owned()),
                    "The only value is `document`: the body is a document, whatever it looks like.",
                );
            }
        }
        let place = Place::Parameter(EXTRACT.to_owned());
        let extract = (!names.is_empty())
            .then(|| extract::from_lists(&place, &names, &mut flaws))
            .flatten();
        flaws.end()?;
        Ok(Self {
            extract,
            as_document,
        })
    }

    fn request(self, documents: Vec<Source>) -> Submission {
        let extract = self.extract.unwrap_or_else(extract::standard);
        job::Request::new(documents, extract).into()
    }
}

fn said_twice(elsewhere: &str) -> Problem {
    flaw(
        Place::Parameter(EXTRACT.to_owned()),
        format!("What to extract is said here and {elsewhere}; say it in one place."),
    )
}

/// Reads a whole body, if it is not too long.
async fn receive(
    headers: &HeaderMap,
    mut body: Body,
    max_bytes: usize,
) -> Result<Vec<u8>, Problem> {
    let max = max_bytes as u64;
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let waits = headers.contains_key(header::EXPECT);
    if let Some(length) = declared
        && (length > max + DISCARD_BYTES || (length > max && waits))
    {
        return Err(Problem::too_large(declared, max_bytes));
    }
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            Problem::malformed(
                "The connection ended, or was disturbed, before the whole body was there.",
            )
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len() as u64;
        if length <= max {
            kept.extend_from_slice(&data);
        } else if length <= max + DISCARD_BYTES {
            kept = Vec::new();
        } else {
            break;
        }
    }
    if length > max {
        return Err(Problem::too_large(declared, max_bytes));
    }
    Ok(kept)
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if plain {
        Ok(())
    } else {
        Err(Problem::encoded_body())
    }
}

/// The text of a header.
fn text(value: &HeaderValue, name: http::HeaderName) -> Result<&str, Problem> {
    std::str::from_utf8(value.as_bytes())
        .map_err(|_| flaw(Place::Header(name), "The header is not valid UTF-8."))
}

/// A problem in one place.
fn flaw(place: Place, detail: impl Into<String>) -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(place, detail);
    flaws.end().expect_err("there is a flaw")
}

/// Says what is wrong with a name or a media type that is to be kept with a document.
fn check_hint(hint: &str) -> Result<(), String> {
    if hint.chars().any(char::is_control) {
        return Err("There must be no control characters in it.".to_owned());
    }
    match hint.chars().count() {
        0 => Err("It is empty; leave it out, or say something.".to_owned()),
        1..=MAX_HINT_CHARS => Ok(()),
        count => Err(format!(
            "It has {count} characters; at most {MAX_HINT_CHARS} are accepted."
        )),
    }
}

/// What a body that is no JSON is answered, as an example.
pub(crate) fn not_json() -> Problem {
    json::read(br#"{"source": "#).expect_err("it ends too early")
}

/// What a request with an error in it is answered, as an example.
pub(crate) fn not_base64() -> Problem {
    json::read(br#"{"source": {"base64": "@@@@"}, "colour": "red"}"#).expect_err("it is not base64")
}

fn sample() -> Source {
    Source {
        name: Some("sample.txt".to_owned()),
        media_type: Some("text/plain; charset=utf-8".to_owned()),
        content: Content::Bytes(SAMPLE.into()),
    }
}
