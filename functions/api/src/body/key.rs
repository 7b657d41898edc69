//! What a client says of a key that it wants to have made.

use std::time::Duration;

use access::limits::{MAX_KEY_DAYS, MAX_KEY_NAME_CHARS, MAX_KEY_OVERLAP};
use access::{Scope, Scopes};
use axum::extract::Request;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::json::{Object, items, kind, members, string};
use super::{check_encoding, receive};
use crate::problem::{Flaws, Place, Problem};

/// Longest body, in bytes. What a right one says takes less.
const MAX_BODY_BYTES: usize = 16 << 10;

/// The time for which a key that was rotated holds beside its successor, if a client does not say how long.
const DEFAULT_KEY_OVERLAP: Duration = Duration::from_hours(24);

const DAY: Duration = Duration::from_hours(24);

/// The members of the body by which a key is made.
const MEMBERS: [&str; 4] = ["name", "scopes", "expires_at", "expires_in_days"];

/// A key that is to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewKey {
    pub(crate) name: String,
    pub(crate) scopes: Scopes,
    /// When it expires; none if it does not.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Reads a request to make a key, at this time.
pub(crate) async fn read_new_key(request: Request, now: Timestamp) -> Result<NewKey, Problem> {
    new_key(&bytes(request).await?, now)
}

/// Reads a request to rotate a key: for how long both are to hold. Without a body it is the usual time.
pub(crate) async fn read_rotation(request: Request) -> Result<Duration, Problem> {
    rotation(&bytes(request).await?)
}

async fn bytes(request: Request) -> Result<Vec<u8>, Problem> {
    let (parts, body) = request.into_parts();
    let body = receive(&parts.headers, body, MAX_BODY_BYTES)
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => problem,
        })?;
    check_encoding(&parts.headers)?;
    Ok(body)
}

fn new_key(body: &[u8], now: Timestamp) -> Result<NewKey, Problem> {
    let example = r#"{"name": "nightly import", "scopes": ["scan:write"]}"#;
    let object = object(body, example)?;
    let mut flaws = Flaws::default();
    let picked = members("", object, MEMBERS, &mut flaws);
    let [name, scopes, expires_at, expires_in_days] = picked.unwrap_or_default();
    let name = read_name(name, &mut flaws);
    let scopes = read_scopes(scopes, &mut flaws);
    let expires_at = match (expires_at, expires_in_days) {
        (None, None) => None,
        (Some(time), None) => read_end(time, now, &mut flaws),
        (None, Some(days)) => read_days(days, now, &mut flaws),
        (Some(_), Some(_)) => {
            let detail = "Give either `expires_at` or `expires_in_days`.";
            flaws.add(at("/expires_in_days"), detail);
            None
        }
    };
    flaws.end()?;
    Ok(NewKey {
        name: name.expect("there is a flaw where there is none"),
        scopes: scopes.expect("there is a flaw where there is none"),
        expires_at,
    })
}

fn rotation(body: &[u8]) -> Result<Duration, Problem> {
    if body.is_empty() {
        return Ok(DEFAULT_KEY_OVERLAP);
    }
    let object = object(body, r#"{"overlap_seconds": 3600}"#)?;
    let mut flaws = Flaws::default();
    let picked = members("", object, ["overlap_seconds"], &mut flaws);
    let [overlap] = picked.unwrap_or_default();
    let most = MAX_KEY_OVERLAP.as_secs();
    let overlap =
        overlap.and_then(|value| whole_number("/overlap_seconds", value, 0, most, &mut flaws));
    flaws.end()?;
    Ok(overlap.map_or(DEFAULT_KEY_OVERLAP, Duration::from_secs))
}

fn object<'a>(body: &'a [u8], example: &str) -> Result<Object<'a>, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::malformed(format!(
            "The body is no JSON object such as {example}: {error}."
        ))
    })
}

fn at(pointer: &str) -> Place {
    Place::Pointer(pointer.to_owned())
}

fn read_name(value: Option<&RawValue>, flaws: &mut Flaws) -> Option<String> {
    let Some(value) = value else {
        flaws.add(at("/name"), "The name is missing: what the key is for.");
        return None;
    };
    let name = string("/name".to_owned(), value, flaws)?;
    let chars = name.chars().count();
    let detail = if name.chars().any(char::is_control) {
        "There must be no control characters in it.".to_owned()
    } else if name.trim().is_empty() {
        "It is empty; say what the key is for.".to_owned()
    } else if chars > MAX_KEY_NAME_CHARS {
        format!("It has {chars} characters; at most {MAX_KEY_NAME_CHARS} are accepted.")
    } else {
        return Some(name);
    };
    flaws.add(at("/name"), detail);
    None
}

fn read_scopes(value: Option<&RawValue>, flaws: &mut Flaws) -> Option<Scopes> {
    let known = Scope::ALL.map(Scope::name).join(", ");
    let Some(value) = value else {
        let detail = format!("What the key may do is missing: a list of some of {known}.");
        flaws.add(at("/scopes"), detail);
        return None;
    };
    let items = items("/scopes", value, flaws)?;
    if items.count == 0 {
        let detail = format!("A key that may do nothing is none. Give some of {known}.");
        flaws.add(at("/scopes"), detail);
        return None;
    }
    let mut scopes = Vec::new();
    for (index, item) in items.kept.into_iter().enumerate() {
        let pointer = format!("/scopes/{index}");
        let Some(name) = string(pointer.clone(), item, flaws) else {
            continue;
        };
        match name.parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(_) => flaws.add(at(&pointer), format!("This must be one of {known}.")),
        }
    }
    Some(scopes.into_iter().collect())
}

fn read_end(value: &RawValue, now: Timestamp, flaws: &mut Flaws) -> Option<Timestamp> {
    let text = string("/expires_at".to_owned(), value, flaws)?;
    let time = text.parse().ok();
    // What is kept is what is said: milliseconds.
    let time = time.and_then(|it: Timestamp| Timestamp::from_millisecond(it.as_millisecond()).ok());
    let detail = match time {
        None => "It must be a time as in RFC 3339, such as 2026-09-01T12:00:00Z.".to_owned(),
        Some(time) if time <= now => "This time is over; a key ends in the future.".to_owned(),
        Some(time) if time > now + MAX_KEY_DAYS * DAY => format!(
            "It is more than {MAX_KEY_DAYS} days from now; leave it out for a key that does not expire."
        ),
        Some(time) => return Some(time),
    };
    flaws.add(at("/expires_at"), detail);
    None
}

fn read_days(value: &RawValue, now: Timestamp, flaws: &mut Flaws) -> Option<Timestamp> {
    let most = MAX_KEY_DAYS.into();
    let days = whole_number("/expires_in_days", value, 1, most, flaws)?;
    Some(now + u32::try_from(days).ok()? * DAY)
}

fn whole_number(
    pointer: &str,
    value: &RawValue,
    least: u64,
    most: u64,
    flaws: &mut Flaws,
) -> Option<u64> {
    let number = serde_json::from_str::<u64>(value.get()).ok();
    let number = number.filter(|number| (least..=most).contains(number));
    if number.is_none() {
        let found = match kind(value) {
            "a number" => value.get(),
            other => other,
        };
        let detail = format!("This is {found}; it must be a whole number from {least} to {most}.");
        flaws.add(at(pointer), detail);
    }
    number
}

/// What a body that is too long is answered.
pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_too_large",
        "Request too large",
        format!("The body is too long; at most {MAX_BODY_BYTES} bytes are accepted."),
    )
}

/// What a body that is no JSON is answered, as an example.
pub(crate) fn not_an_object() -> Problem {
    rotation(b"overlap_seconds=0").expect_err("it is no JSON")
}

/// What a request for a key with errors in it is answered, as an example.
pub(crate) fn not_a_key() -> Problem {
    let wrong = br#"{"scopes": ["scan"]}"#;
    new_key(wrong, Timestamp::UNIX_EPOCH).expect_err("the name is missing")
}

/// What a request for a rotation with an error in it is answered, as an example.
pub(crate) fn not_an_overlap() -> Problem {
    rotation(br#"{"overlap_seconds": -1}"#).expect_err("it is less than nothing")
}
