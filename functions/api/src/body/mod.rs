//! What a client sent to be extracted from, in any of the forms that are taken.

mod disposition;
mod docling;
mod elsewhere;
mod extract;
mod extractor;
mod json;
mod key;
mod multipart;
mod quotas;
mod raw;
mod tags;
mod upload;
mod webhook;

use std::error::Error;
use std::io;
use std::iter::successors;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use job::{Content, Source, Submission};
use serde_json::Value;

use crate::problem::{Flaws, Place, Problem};
use crate::query;

pub(crate) use docling::{DIALECT, read_files, read_source, refused as refused_by_docling};
pub(crate) use extract::MAX_EXTRACT_BYTES;
pub(crate) use extractor::Asked;
pub(crate) use json::MAX_JSON_LEVELS;
pub(crate) use key::{
    NewKey, not_a_key, not_an_object, not_an_overlap, read_new_key, read_rotation,
    too_large as too_large_for_a_key,
};
pub(crate) use quotas::{no_quotas, read_quotas};
pub(crate) use tags::MAX_TAGS;
pub(crate) use upload::{MAX_UPLOAD_BYTES, NewUpload, not_an_upload, read_upload};

/// The query parameter that says what to extract, where the body cannot.
const EXTRACT: &str = "extract";

/// The query parameter that names the saved extractor that says it.
const EXTRACTOR: &str = "extractor";

/// The query parameter by which a body is a document, whatever it looks like: `as=document`.
const AS: &str = "as";

/// Bytes beyond what is accepted that are still read, and thrown away: a client that is still sending when its connection is
/// closed might never see the answer.
const DISCARD_BYTES: u64 = 64 << 20;

/// Longest name or media type of a document, in characters.
const MAX_HINT_CHARS: usize = 255;

/// The document that a request without a body scans.
const SAMPLE: &str = include_str!("sample.txt");

/// A request to start a job, as far as it can be understood without the store.
#[derive(Debug)]
pub(crate) struct Received {
    /// What is submitted. If it names a saved extractor, what that extracts is not in it yet.
    pub(crate) submission: Submission,
    /// The saved extractor that it names.
    pub(crate) extractor: Option<Asked>,
}

/// What a client wants to be extracted.
enum Wanted {
    /// What this list says.
    List(Value),
    /// What a saved extractor says.
    Saved(Asked),
}

/// Reads a request to start a job. `also`: parameters beside those that are read here.
pub(crate) async fn read(
    request: Request,
    max_bytes: usize,
    also: &[&str],
) -> Result<Received, Problem> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let body = receive(&parts.headers, body, max_bytes).await?;
    let options = Options::of(&parts.uri, also)?;
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
            Some(request) => match &options.wanted {
                None => Ok(request),
                Some(wanted) => Err(said_twice(wanted, "in the request itself")),
            },
            None => Ok(options.request(vec![raw::read(&parts.headers, Some(content_type), body)?])),
        },
        Form::Multipart => {
            let multipart::Parts { documents, wanted } =
                multipart::read(content_type, Bytes::from(body)).await?;
            match (wanted, options.wanted) {
                (Some(_), Some(wanted)) => Err(said_twice(&wanted, "in a part of the form")),
                (wanted, None) | (None, wanted) => Ok(Received::new(documents, wanted)),
            }
        }
        Form::Document => {
            Ok(options.request(vec![raw::read(&parts.headers, Some(content_type), body)?]))
        }
    }
}

/// Reads the definition of an extractor that is to be saved.
pub(crate) async fn read_definition(request: Request, max_bytes: usize) -> Result<Value, Problem> {
    let (parts, body) = request.into_parts();
    let body = receive(&parts.headers, body, max_bytes).await?;
    check_encoding(&parts.headers)?;
    json::definition(&body)
}

impl Received {
    fn new(documents: Vec<Source>, wanted: Option<Wanted>) -> Self {
        let (extract, extractor) = match wanted {
            None => (extract::standard(), None),
            Some(Wanted::List(list)) => (list, None),
            Some(Wanted::Saved(asked)) => (Value::Null, Some(asked)),
        };
        Self {
            submission: job::Request::new(documents, extract).into(),
            extractor,
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
    wanted: Option<Wanted>,
    as_document: bool,
}

impl Options {
    fn of(uri: &http::Uri, also: &[&str]) -> Result<Self, Problem> {
        let known = [&[EXTRACT, EXTRACTOR, AS], also].concat();
        let parameters = query::parameters(uri, &known)?;
        let mut flaws = Flaws::default();
        let (mut lists, mut names) = (Vec::new(), Vec::new());
        let mut as_document = false;
        for (name, value) in &parameters {
            match name.as_str() {
                EXTRACT => lists.push(value.as_str()),
                EXTRACTOR => names.push(value.as_str()),
                AS if value == "document" => as_document = true,
                AS => flaws.add(
                    Place::Parameter(AS.to_owned()),
                    "The only value is `document`: the body is a document, whatever it looks like.",
                ),
                // Somebody else reads it.
                _ => {}
            }
        }
        let place = |name: &str| Place::Parameter(name.to_owned());
        let wanted = wanted(&lists, &names, place, &mut flaws);
        flaws.end()?;
        Ok(Self {
            wanted,
            as_document,
        })
    }

    fn request(self, documents: Vec<Source>) -> Received {
        Received::new(documents, self.wanted)
    }
}

/// What is wanted, by parameters or parts of a form: lists, or the name of a saved extractor.
fn wanted(
    lists: &[&str],
    names: &[&str],
    place: impl Fn(&str) -> Place,
    flaws: &mut Flaws,
) -> Option<Wanted> {
    let named = place(EXTRACTOR);
    match (lists, names) {
        ([], []) => None,
        (lists, []) => extract::from_lists(&place(EXTRACT), lists, flaws).map(Wanted::List),
        ([], [name]) => match extractor::read(name, &named) {
            Ok(asked) => Some(Wanted::Saved(asked)),
            Err(detail) => {
                flaws.add(named, detail);
                None
            }
        },
        ([], _) => {
            flaws.add(
                named,
                "A job uses one saved extractor; this is there twice.",
            );
            None
        }
        _ => {
            flaws.add(
                named,
                "Give either `extract`, a list, or `extractor`, the name of a saved one.",
            );
            None
        }
    }
}

fn said_twice(wanted: &Wanted, elsewhere: &str) -> Problem {
    let here = match wanted {
        Wanted::List(_) => EXTRACT,
        Wanted::Saved(_) => EXTRACTOR,
    };
    flaw(
        Place::Parameter(here.to_owned()),
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
        let frame = frame.map_err(|error| cut_off(&error))?;
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

/// What is wrong with a body that does not come to its end.
fn cut_off(error: &axum::Error) -> Problem {
    let causes = successors(error.source(), |&error| error.source());
    let mut kinds = causes.filter_map(|error| Some(error.downcast_ref::<io::Error>()?.kind()));
    if kinds.any(|kind| kind == io::ErrorKind::TimedOut) {
        too_slow()
    } else {
        Problem::malformed(
            "The connection ended, or was disturbed, before the whole body was there.",
        )
    }
}

/// What a body is answered that does not come.
pub(crate) fn too_slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "request_timeout",
        "Request timeout",
        "The body did not come in time. Send it at once and without pauses; a large document goes by an upload.",
    )
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
