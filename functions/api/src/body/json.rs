//! A JSON body: a request, checked member by member, or a document that happens to be JSON.
//!
//! Nothing is built but what is asked for: values are kept as slices of the body until they are known to be wanted. So memory is
//! bounded by the body's length, and depth costs no stack.

use std::fmt;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};
use job::{Collection, Content, Link, Source, limits};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Asked, Received, Wanted, check_hint, elsewhere, extract, extractor};
use crate::problem::{Flaws, Place, Problem, shortened};

/// Deepest nesting of arrays and objects in a JSON body.
pub(crate) const MAX_JSON_LEVELS: usize = 128;

/// The members of a request. One of them makes an object a request.
const REQUEST: [&str; 7] = [
    "source",
    "sources",
    "collection",
    "extract",
    "extractor",
    "tags",
    "webhook",
];

/// The members of a collection.
const COLLECTION: [&str; 2] = ["s3", "archive"];

/// The members of an archive.
const ARCHIVE: [&str; 2] = ["upload", "s3"];

/// The members of a source.
const SOURCE: [&str; 9] = [
    "text",
    "base64",
    "url",
    "upload",
    "s3",
    "etag",
    "last_modified",
    "name",
    "media_type",
];

/// Members of one object, and items of one array, that are looked at. No request has more.
const MAX_KEPT: usize = 128;

const _: () = assert!(limits::MAX_DOCUMENTS <= MAX_KEPT);

/// Longest `etag` or `last_modified`, in bytes.
const MAX_CONDITION_BYTES: usize = 255;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a JSON body. None: it is no request, so it is a document.
pub(super) fn read(body: &[u8]) -> Result<Option<Received>, Problem> {
    let text = text(
        body,
        "The body is empty, which is not JSON. To scan the bundled sample document, send neither a body nor `Content-Type`.",
    )?;
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(invalid)?;
        return Ok(None);
    }
    let object: Object<'_> = serde_json::from_str(text).map_err(invalid)?;
    if object.is_request || object.count == 0 {
        request(object).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads the definition of an extractor that is to be saved.
pub(super) fn definition(body: &[u8]) -> Result<Value, Problem> {
    let text = text(
        body,
        "The body is empty; it has to be {\"extract\": [...]}.",
    )?;
    serde_json::from_str::<IgnoredAny>(text).map_err(invalid)?;
    let mut flaws = Flaws::default();
    let object = serde_json::from_str(text).ok();
    let extract = match object.map(|object| members("", object, ["extract"], &mut flaws)) {
        None => {
            let detail = "An extractor is an object such as {\"extract\": [\"entities\"]}.";
            flaws.add(Place::Pointer(String::new()), detail);
            None
        }
        Some(Some([Some(list)])) => extract::from_json("/extract", list.get(), &mut flaws),
        Some(Some([None])) => {
            let detail = "`extract` is missing: the list of what it extracts.";
            flaws.add(Place::Pointer(String::new()), detail);
            None
        }
        Some(None) => None,
    };
    flaws.end()?;
    Ok(extract.expect("there is a flaw where there is none"))
}

/// The text of a body that is JSON, but for its grammar.
fn text<'a>(body: &'a [u8], if_empty: &str) -> Result<&'a str, Problem> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Problem::malformed(format!(
            "The body is not valid JSON: after {} bytes it is not UTF-8.",
            error.valid_up_to()
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_empty() {
        return Err(Problem::malformed(if_empty));
    }
    check_depth(text)?;
    Ok(text)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err calls it so")]
fn invalid(error: serde_json::Error) -> Problem {
    Problem::malformed(format!("The body is not valid JSON: {error}."))
}

/// Refuses a text with too many brackets open at once, before anything else looks at it.
pub(super) fn check_depth(text: &str) -> Result<(), Problem> {
    let (mut level, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => level += 1,
            b']' | b'}' if !in_string => level = level.saturating_sub(1),
            _ => {}
        }
        if level > MAX_JSON_LEVELS {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = at - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            let mut flaws = Flaws::default();
            flaws.add(
                Place::Pointer(String::new()),
                format!(
                    "Arrays and objects are nested more than {MAX_JSON_LEVELS} levels deep at line {line} column {column}."
                ),
            );
            return flaws.end();
        }
    }
    Ok(())
}

fn request(object: Object<'_>) -> Result<Received, Problem> {
    let mut flaws = Flaws::default();
    let Some([source, sources, all, wanted, saved, tags, webhook]) =
        members("", object, REQUEST, &mut flaws)
    else {
        return Err(flaws.end().expect_err("it says why there are none"));
    };
    let all_of = all.and_then(|value| collection(value, &mut flaws));
    let documents = match (source, sources) {
        (Some(_), _) | (_, Some(_)) if all.is_some() => {
            flaws.add(
                Place::Pointer("/collection".to_owned()),
                "Give either `collection`, or documents as `source` or `sources`.",
            );
            Vec::new()
        }
        (Some(_), Some(_)) => {
            flaws.add(
                Place::Pointer("/sources".to_owned()),
                "Give either `source`, one document, or `sources`, a list of them.",
            );
            Vec::new()
        }
        (Some(one), None) => document("/source".to_owned(), one, &mut flaws)
            .into_iter()
            .collect(),
        (None, Some(several)) => documents(several, &mut flaws),
        (None, None) if all.is_some() => Vec::new(),
        (None, None) => {
            flaws.add(
                Place::Pointer(String::new()),
                "The request names no document: `source` is missing. A JSON document that looks like a request is sent with `?as=document`, or as a part of a multipart body.",
            );
            Vec::new()
        }
    };
    let wanted = match (wanted, saved) {
        (None, None) => None,
        (Some(list), None) => {
            extract::from_json("/extract", list.get(), &mut flaws).map(Wanted::List)
        }
        (None, Some(name)) => saved_extractor(name, &mut flaws).map(Wanted::Saved),
        (Some(_), Some(_)) => {
            flaws.add(
                Place::Pointer("/extractor".to_owned()),
                "Give either `extract`, a list, or `extractor`, the name of a saved one.",
            );
            None
        }
    };
    let tags = tags.and_then(|list| super::tags::read(list, &mut flaws));
    let webhook = webhook.and_then(|value| super::webhook::read(value, &mut flaws));
    flaws.end()?;
    let mut received = Received::new(documents, wanted);
    received.submission.request.collection = all_of;
    received.submission.about.tags = tags.unwrap_or_default();
    received.submission.about.webhook = webhook;
    Ok(received)
}

/// Documents that are too many to be named.
fn collection(value: &RawValue, flaws: &mut Flaws) -> Option<Collection> {
    let pointer = "/collection";
    let Ok(object) = serde_json::from_str::<Object<'_>>(value.get()) else {
        flaws.add(
            Place::Pointer(pointer.to_owned()),
            format!(
                "This is {}; a collection is an object such as {{\"s3\": \"s3://bucket/folder/\"}}.",
                kind(value)
            ),
        );
        return None;
    };
    match members(pointer, object, COLLECTION, flaws)? {
        [Some(s3), None] => {
            let at = format!("{pointer}/s3");
            let text = string(at.clone(), s3, flaws)?;
            elsewhere::prefix(&text)
                .map_err(|detail| flaws.add(Place::Pointer(at), detail))
                .ok()
        }
        [None, Some(value)] => {
            archive(format!("{pointer}/archive"), value, flaws).map(Collection::Archive)
        }
        [None, None] | [Some(_), Some(_)] => {
            flaws.add(
                Place::Pointer(pointer.to_owned()),
                "Give either `s3`, a bucket and what the keys begin with, or `archive`, an archive of the documents.",
            );
            None
        }
    }
}

/// An archive whose members are the documents.
fn archive(pointer: String, value: &RawValue, flaws: &mut Flaws) -> Option<Source> {
    let Ok(object) = serde_json::from_str::<Object<'_>>(value.get()) else {
        flaws.add(
            Place::Pointer(pointer),
            format!(
                "This is {}; an archive is an object such as {{\"s3\": \"s3://bucket/all.zip\"}}.",
                kind(value)
            ),
        );
        return None;
    };
    let [upload, s3] = members(&pointer, object, ARCHIVE, flaws)?;
    let (member, value) = match (upload, s3) {
        (Some(upload), None) => ("upload", upload),
        (None, Some(s3)) => ("s3", s3),
        (None, None) | (Some(_), Some(_)) => {
            flaws.add(
                Place::Pointer(pointer),
                "Give either `upload` or `s3`: where the archive is.",
            );
            return None;
        }
    };
    let at = format!("{pointer}/{member}");
    let text = string(at.clone(), value, flaws)?;
    let read = match member {
        "upload" => elsewhere::upload(&text).map(Content::Upload),
        _ => elsewhere::object(&text).map(Content::Object),
    };
    let content = read
        .map_err(|detail| flaws.add(Place::Pointer(at), detail))
        .ok()?;
    Some(Source {
        name: None,
        media_type: None,
        content,
    })
}

fn saved_extractor(value: &RawValue, flaws: &mut Flaws) -> Option<Asked> {
    let pointer = "/extractor".to_owned();
    let name = string(pointer.clone(), value, flaws)?;
    let place = Place::Pointer(pointer);
    match extractor::read(&name, &place) {
        Ok(asked) => Some(asked),
        Err(detail) => {
            flaws.add(place, detail);
            None
        }
    }
}

fn documents(list: &RawValue, flaws: &mut Flaws) -> Vec<Source> {
    let Some(items) = items("/sources", list, flaws) else {
        return Vec::new();
    };
    let count = items.count;
    if count == 0 || count > limits::MAX_DOCUMENTS {
        flaws.add(
            Place::Pointer("/sources".to_owned()),
            format!(
                "The list has {count} documents; a job has 1 to {}.",
                limits::MAX_DOCUMENTS
            ),
        );
        return Vec::new();
    }
    items
        .kept
        .into_iter()
        .enumerate()
        .filter_map(|(index, item)| document(format!("/sources/{index}"), item, flaws))
        .collect()
}

fn document(pointer: String, value: &RawValue, flaws: &mut Flaws) -> Option<Source> {
    let Ok(object) = serde_json::from_str(value.get()) else {
        let found = kind(value);
        flaws.add(
            Place::Pointer(pointer),
            format!("This is {found}; a source is an object such as {{\"text\": \"…\"}} or {{\"base64\": \"…\", \"name\": \"a.pdf\"}}."),
        );
        return None;
    };
    let [
        text,
        base64,
        url,
        upload,
        s3,
        etag,
        last_modified,
        name,
        media_type,
    ] = members(&pointer, object, SOURCE, flaws)?;
    let at = |member: &str| format!("{pointer}/{member}");
    let name = name.and_then(|value| hint(at("name"), value, flaws));
    let claim = media_type.and_then(|value| hint(at("media_type"), value, flaws));
    let conditions = [("etag", etag), ("last_modified", last_modified)];
    let [etag, last_modified] =
        conditions.map(|(member, value)| condition(at(member), value?, url.is_some(), flaws));
    let given = [
        ("text", text),
        ("base64", base64),
        ("url", url),
        ("upload", upload),
        ("s3", s3),
    ];
    let mut given = given
        .into_iter()
        .filter_map(|(member, value)| value.map(|value| (member, value)));
    let Some((member, value)) = given.next() else {
        flaws.add(
            Place::Pointer(pointer),
            "The document itself is missing: give `text`, `base64`, `url`, `upload` or `s3`.",
        );
        return None;
    };
    if let Some((other, _)) = given.next() {
        flaws.add(
            Place::Pointer(pointer),
            format!("Give either `{member}` or `{other}`, not both."),
        );
        return None;
    }
    let content = match member {
        "text" => Content::Bytes(string(at(member), value, flaws)?.into_bytes()),
        "base64" => Content::Bytes(decode(at(member), value, flaws)?),
        _ => {
            let text = string(at(member), value, flaws)?;
            let read = match member {
                "url" => elsewhere::url(&text).map(|url| {
                    Content::Url(Link {
                        url,
                        etag,
                        last_modified,
                    })
                }),
                "upload" => elsewhere::upload(&text).map(Content::Upload),
                _ => elsewhere::object(&text).map(Content::Object),
            };
            match read {
                Ok(content) => content,
                Err(detail) => {
                    flaws.add(Place::Pointer(at(member)), detail);
                    return None;
                }
            }
        }
    };
    if matches!(&content, Content::Bytes(bytes) if bytes.is_empty()) {
        flaws.add(
            Place::Pointer(at(member)),
            "The document is empty (0 bytes).",
        );
        return None;
    }
    // Of a text the charset is certain.
    let plain = (member == "text").then(|| "text/plain; charset=utf-8".to_owned());
    Some(Source {
        name,
        media_type: claim.or(plain),
        content,
    })
}

pub(super) fn decode(pointer: String, value: &RawValue, flaws: &mut Flaws) -> Option<Vec<u8>> {
    let encoded = string(pointer.clone(), value, flaws)?;
    match BASE64.decode(&encoded) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let at = match error {
                DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
                DecodeError::InvalidLength(length) => length,
                DecodeError::InvalidPadding => encoded.len(),
            };
            flaws.add(
                Place::Pointer(pointer),
                format!(
                    "This is not base64 (RFC 4648, section 4, without line breaks) from byte {at} on."
                ),
            );
            None
        }
    }
}

pub(super) fn hint(pointer: String, value: &RawValue, flaws: &mut Flaws) -> Option<String> {
    let hint = string(pointer.clone(), value, flaws)?;
    if let Err(detail) = check_hint(&hint) {
        flaws.add(Place::Pointer(pointer), detail);
        return None;
    }
    Some(hint)
}

/// What a client knows of a document on the web: as its server said it, so it is taken as it is.
fn condition(pointer: String, value: &RawValue, of_url: bool, flaws: &mut Flaws) -> Option<String> {
    let text = string(pointer.clone(), value, flaws)?;
    let detail = if !of_url {
        "This says what is known of a `url`, and there is none.".to_owned()
    } else if text.is_empty() || text.len() > MAX_CONDITION_BYTES {
        format!(
            "This has {} bytes; it must have 1 to {MAX_CONDITION_BYTES}.",
            text.len()
        )
    } else if !text.bytes().all(|it| (b' '..=b'~').contains(&it)) {
        "This is to be the value of a header, in printable ASCII, as `origin` of a result says it."
            .to_owned()
    } else {
        return Some(text);
    };
    flaws.add(Place::Pointer(pointer), detail);
    None
}

pub(super) fn string(pointer: String, value: &RawValue, flaws: &mut Flaws) -> Option<String> {
    let detail = match serde_json::from_str(value.get()) {
        Ok(text) => return Some(text),
        Err(_) if value.get().starts_with('"') => {
            "This holds an escape that stands for no character: half of a surrogate pair."
                .to_owned()
        }
        Err(_) => format!("This is {}; it must be a string.", kind(value)),
    };
    flaws.add(Place::Pointer(pointer), detail);
    None
}

pub(super) fn items<'a>(
    pointer: &str,
    value: &'a RawValue,
    flaws: &mut Flaws,
) -> Option<Items<'a>> {
    let items = serde_json::from_str(value.get()).ok();
    if items.is_none() {
        flaws.add(
            Place::Pointer(pointer.to_owned()),
            format!("This is {}; it must be an array.", kind(value)),
        );
    }
    items
}

/// What a value is, with its article.
pub(super) fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// The values of these members, in this order. Others, and repeated ones, are flaws.
pub(super) fn members<'a, const N: usize>(
    pointer: &str,
    object: Object<'a>,
    known: [&str; N],
    flaws: &mut Flaws,
) -> Option<[Option<&'a RawValue>; N]> {
    let names = known.join(", ");
    if object.count > MAX_KEPT {
        flaws.add(
            Place::Pointer(pointer.to_owned()),
            format!(
                "This object has {} members. Known are: {names}.",
                object.count
            ),
        );
        return None;
    }
    let mut picked = [None; N];
    for (name, value) in object.kept {
        let place = Place::Pointer(format!("{pointer}/{}", escape(&shortened(&name))));
        match known.iter().position(|known| *known == name) {
            None => flaws.add(
                place,
                format!("This member is not known. Known are: {names}."),
            ),
            // A client that writes null for what it leaves out means just that.
            Some(_) if value.get() == "null" => {}
            Some(at) if picked[at].is_some() => flaws.add(place, "This member is there twice."),
            Some(at) => picked[at] = Some(value),
        }
    }
    Some(picked)
}

/// A name as a part of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The first members of an object, and how many it has.
pub(super) struct Object<'a> {
    pub(super) kept: Vec<(String, &'a RawValue)>,
    count: usize,
    /// Whether any of its members is one of a request's.
    is_request: bool,
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Object {
                    kept: Vec::new(),
                    count: 0,
                    is_request: false,
                };
                while let Some(name) = map.next_key::<String>()? {
                    object.count += 1;
                    object.is_request |= REQUEST.contains(&name.as_str());
                    if object.count <= MAX_KEPT {
                        object.kept.push((name, map.next_value()?));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The first items of an array, and how many it has.
pub(super) struct Items<'a> {
    pub(super) kept: Vec<&'a RawValue>,
    pub(super) count: usize,
}

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Items<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Items {
                    kept: Vec::new(),
                    count: 0,
                };
                while items.count < MAX_KEPT {
                    let Some(item) = list.next_element()? else {
                        return Ok(items);
                    };
                    items.kept.push(item);
                    items.count += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    items.count += 1;
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(List)
    }
}
