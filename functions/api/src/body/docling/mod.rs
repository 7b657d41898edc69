//! Requests as clients of docling-serve send them: one document, and options of which few mean anything here.

mod options;

use axum::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, header};
use job::{Content, Link, Source, Submission, limits};
use serde_json::value::RawValue;

use self::options::Options;
use super::json::{self, Object};
use super::{check_encoding, check_hint, elsewhere, flaw, multipart, receive, text};
use crate::problem::{Flaws, Place, Problem};
use crate::query;

/// The tag by which jobs that were submitted so are told from others.
pub(crate) const DIALECT: (&str, &str) = ("dialect", "docling");

/// The members of a request.
const REQUEST: [&str; 4] = ["options", "sources", "target", "callbacks"];

/// The members of a source, of each kind.
const SOURCE: [&str; 5] = ["kind", "url", "headers", "base64_string", "filename"];

/// The names of a form's parts that are no options.
const FILES: &str = "files";
const TARGET: &str = "target_type";
const CALLBACKS: &str = "callbacks";

/// Where results go that are asked for elsewhere than in the answer. The official client looks for these words before it asks for
/// them in the answer.
const ELSEWHERE: &str = "A `presigned_url` target requires artifact storage to be configured, which it is not here. Leave the target out, or say `inbody`.";

/// Reads a request in JSON.
pub(crate) async fn read_source(request: Request, max_bytes: usize) -> Result<Submission, Problem> {
    let (_, body) = whole(request, max_bytes).await?;
    from_json(&body)
}

/// Reads a request as a form.
pub(crate) async fn read_files(request: Request, max_bytes: usize) -> Result<Submission, Problem> {
    let (headers, body) = whole(request, max_bytes).await?;
    let content_type = headers.get(header::CONTENT_TYPE).ok_or_else(|| {
        flaw(
            Place::Header(header::CONTENT_TYPE),
            "It is missing; a form is `multipart/form-data`.",
        )
    })?;
    let content_type = text(content_type, header::CONTENT_TYPE)?;
    let mut parts = multipart::open(content_type, Bytes::from(body))?;
    let mut flaws = Flaws::default();
    let mut documents = Vec::new();
    let mut files = 0;
    let mut options = Options::default();
    while let Some(part) = parts.next_field().await.map_err(multipart::malformed)? {
        match part.name().unwrap_or_default().to_owned().as_str() {
            FILES => {
                files += 1;
                if files <= limits::MAX_DOCUMENTS {
                    documents.extend(multipart::document(part, files - 1, &mut flaws).await?);
                }
            }
            TARGET => {
                let target = part.text().await.map_err(multipart::malformed)?;
                check_target(&target, Place::Field(TARGET.to_owned()), &mut flaws);
            }
            CALLBACKS => flaws.add(Place::Field(CALLBACKS.to_owned()), NO_CALLBACKS),
            name => {
                let value = part.text().await.map_err(multipart::malformed)?;
                options.add_field(name, &value, &mut flaws);
            }
        }
    }
    let extract = options.extract(|name| Place::Field(name.to_owned()), &mut flaws);
    check_count(files, Place::Field(FILES.to_owned()), &mut flaws);
    flaws.end()?;
    Ok(submission(documents, &extract))
}

/// What a request is answered that asks for more than is offered, as an example.
pub(crate) fn refused() -> Problem {
    let request = br#"{"sources": [{"kind": "http", "url": "https://example.org/a.pdf"}], "options": {"force_ocr": true}}"#;
    from_json(request).expect_err("text in images is not read")
}

const NO_CALLBACKS: &str = "Callbacks are not offered here; poll the task's status.";

async fn whole(request: Request, max_bytes: usize) -> Result<(HeaderMap, Vec<u8>), Problem> {
    let (parts, body) = request.into_parts();
    let body = receive(&parts.headers, body, max_bytes).await?;
    query::parameters(&parts.uri, &[])?;
    check_encoding(&parts.headers)?;
    Ok((parts.headers, body))
}

fn from_json(body: &[u8]) -> Result<Submission, Problem> {
    let invalid =
        |detail: String| Problem::malformed(format!("The body is not valid JSON: {detail}."));
    let text = std::str::from_utf8(body).map_err(|error| invalid(error.to_string()))?;
    json::check_depth(text)?;
    let object: Object<'_> =
        serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    let mut flaws = Flaws::default();
    let members = json::members("", object, REQUEST, &mut flaws);
    let [options, sources, target, callbacks] = members.unwrap_or_default();
    if callbacks.is_some_and(|list| list.get() != "[]") {
        flaws.add(Place::Pointer("/callbacks".to_owned()), NO_CALLBACKS);
    }
    if let Some(target) = target {
        json_target(target, &mut flaws);
    }
    let options = options.map_or_else(Options::default, |it| Options::of(it, &mut flaws));
    let extract = options.extract(
        |name| Place::Pointer(format!("/options/{name}")),
        &mut flaws,
    );
    let documents = json_sources(sources, &mut flaws);
    flaws.end()?;
    Ok(submission(documents, &extract))
}

fn submission(documents: Vec<Source>, extract: &[&str]) -> Submission {
    let request = job::Request::new(documents, extract.into());
    let mut submission = Submission::from(request);
    let (name, value) = DIALECT;
    let tags = &mut submission.about.tags;
    tags.insert(name.to_owned(), value.to_owned());
    submission
}

fn json_sources(sources: Option<&RawValue>, flaws: &mut Flaws) -> Vec<Source> {
    let place = || Place::Pointer("/sources".to_owned());
    let Some(sources) = sources else {
        flaws.add(place(), "The document is missing: a list of one source.");
        return Vec::new();
    };
    let Some(items) = json::items("/sources", sources, flaws) else {
        return Vec::new();
    };
    check_count(items.count, place(), flaws);
    let first = items.kept.first();
    let source = first.and_then(|item| json_source("/sources/0", item, flaws));
    source.into_iter().collect()
}

/// One task, one document: an answer has room for one.
fn check_count(count: usize, place: Place, flaws: &mut Flaws) {
    if count != 1 {
        flaws.add(
            place,
            format!("There are {count} documents; a task here has one. Send each by itself, or several in one job to /api/v1/scan/start/."),
        );
    }
}

fn json_source(pointer: &str, value: &RawValue, flaws: &mut Flaws) -> Option<Source> {
    let at = |member: &str| format!("{pointer}/{member}");
    let Ok(object) = serde_json::from_str(value.get()) else {
        let found = json::kind(value);
        flaws.add(
            Place::Pointer(pointer.to_owned()),
            format!("This is {found}; a source is an object such as {{\"kind\": \"http\", \"url\": \"https://example.org/a.pdf\"}}."),
        );
        return None;
    };
    let [kind, url, headers, base64, filename] = json::members(pointer, object, SOURCE, flaws)?;
    let kind = kind.and_then(|it| json::string(at("kind"), it, flaws))?;
    if headers.is_some_and(|headers| headers.get() != "{}") {
        flaws.add(
            Place::Pointer(at("headers")),
            "Headers to fetch it with are not offered; leave them out.",
        );
    }
    let name = filename.and_then(|it| json::hint(at("filename"), it, flaws));
    let missing = |member: &str, flaws: &mut Flaws| {
        flaws.add(
            Place::Pointer(at(member)),
            format!("It is missing; a source of kind `{kind}` has one."),
        );
    };
    match (kind.as_str(), url, base64) {
        ("http", Some(url), None) => {
            let url = json::string(at("url"), url, flaws)?;
            let place = Place::Pointer(at("url"));
            let url = elsewhere::url(&url).map_err(|detail| flaws.add(place, detail));
            let url = url.ok()?;
            Some(Source {
                name: name.or_else(|| name_of(&url)),
                media_type: None,
                content: Content::Url(Link {
                    url,
                    etag: None,
                    last_modified: None,
                }),
            })
        }
        ("file", None, Some(encoded)) => {
            let bytes = json::decode(at("base64_string"), encoded, flaws)?;
            if bytes.is_empty() {
                flaws.add(
                    Place::Pointer(at("base64_string")),
                    "The document is empty (0 bytes).",
                );
            }
            Some(Source {
                name,
                media_type: None,
                content: Content::Bytes(bytes),
            })
        }
        ("http", ..) => {
            missing("url", flaws);
            None
        }
        ("file", ..) => {
            missing("base64_string", flaws);
            None
        }
        _ => {
            flaws.add(
                Place::Pointer(at("kind")),
                "Sources of this kind are not offered. Offered are: http, file.",
            );
            None
        }
    }
}

/// The last part of a URL's path, as the name of a file.
fn name_of(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let (_, path) = path.split_once("://")?;
    let (_, name) = path.rsplit_once('/')?;
    let name = percent_encoding::percent_decode_str(name)
        .decode_utf8()
        .ok()?;
    check_hint(&name).is_ok().then(|| name.into_owned())
}

fn json_target(target: &RawValue, flaws: &mut Flaws) {
    #[derive(serde::Deserialize)]
    struct Target {
        kind: String,
    }
    let place = Place::Pointer("/target".to_owned());
    match serde_json::from_str(target.get()) {
        Ok(Target { kind }) => check_target(&kind, place, flaws),
        Err(_) => flaws.add(
            place,
            "A target is an object such as {\"kind\": \"inbody\"}.",
        ),
    }
}

fn check_target(target: &str, place: Place, flaws: &mut Flaws) {
    match target {
        "inbody" => {}
        "presigned_url" => flaws.add(place, ELSEWHERE),
        _ => flaws.add(
            place,
            "Targets of this kind are not offered: results come in the answer, `inbody`.",
        ),
    }
}
