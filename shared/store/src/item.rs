//! The shape of a job in the table.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | see `keys` |
//! | `v` | N | the least version of a worker that can do the job |
//! | `st` | S | status |
//! | `gen` | N | generation |
//! | `att`, `lim` | N | attempt, and the last one of this generation |
//! | `cre` | N | created, ms since 1970 |
//! | `ttl` | N | may be forgotten, seconds since 1970 (DynamoDB's time to live) |
//! | `req`, `res` | M | request and result: `n` bytes unpacked, `g` gzipped, `p` place (`i` item, `o` object), or `b` the packed bytes |
//! | `own` | N | delivery of the worker that holds, or completed, the job |
//! | `sta`, `lea` | N | begin of the attempt, end of its lease, ms |
//! | `nbf` | N | not to be claimed before, ms |
//! | `fin` | N | end, ms |
//! | `err` | S | failure, JSON |
//! | `tag` | M | tags: names and values |
//! | `mt`, `doc` | S, N | media type of the first document, and how many there are, as far as the request says |
//! | `ext`, `exv` | S, N | the saved extractor, and its version |
//! | `hook` | S | where its end is to be told |
//! | `pro` | M | progress: `d` documents done, `f` failed, `t` in all, `c` where the next step goes on |
//! | `ended_pk`, `ended_sk` | S | keys in the index `ended`; failed and cancelled jobs only |
//!
//! Names are short, for each write pays for the whole item: one unit per KB.
//!
//! # Versions
//!
//! All of these are the core. An update names what it changes, so attributes that a release does not know stay as they are; a put
//! makes a new job. `v` is set by that put and never changed.
//!
//! - A new attribute that a worker may ignore leaves `v` as it is.
//! - A new place, or a new way to pack, is a new value of `p`: an older release cannot fetch such bytes, but can do all the rest.
//! - A failure that cannot be read is still a failure.
//! - There are no other statuses than these five: one more would be a change of every condition. An item with another one is
//!   touched by nobody.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use job::{
    About, Delivery, Encoding, Failure, Job, JobKey, Payload, Phase, Pinned, Place, Progress,
    State, Status,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{Error, keys};

/// An item as the SDK has it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    v: u32,
    st: Status,
    r#gen: u32,
    att: u32,
    lim: u32,
    cre: i64,
    ttl: i64,
    req: KeptPayload,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tag: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doc: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ext: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exv: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hook: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pro: Option<KeptProgress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    res: Option<KeptPayload>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sta: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lea: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fin: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    err: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_sk: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptProgress {
    d: u32,
    f: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptPayload {
    n: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    g: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<ByteBuf>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The item of a job.
pub(crate) fn from_job(job: &Job) -> Attributes {
    let Job {
        key,
        version,
        generation,
        attempt,
        attempt_limit,
        created_at,
        expires_at,
        request,
        about,
        progress,
        state,
    } = job;
    let About {
        tags,
        media_type,
        documents,
        extractor,
        webhook,
    } = about;
    let (ended_pk, ended_sk) = keys::ended(key, state.status()).unzip();
    let mut item = Item {
        pk: keys::partition(key),
        sk: keys::job(key),
        v: *version,
        st: state.status(),
        r#gen: *generation,
        att: *attempt,
        lim: *attempt_limit,
        cre: created_at.as_millisecond(),
        ttl: expires_at.as_second(),
        req: keep(request),
        tag: tags.clone(),
        mt: media_type.clone(),
        // One is not worth a byte.
        doc: (*documents != 1).then_some(*documents),
        ext: extractor.as_ref().map(|it| it.name.clone()),
        exv: extractor.as_ref().map(|it| it.version),
        hook: webhook.clone(),
        pro: progress.as_ref().map(keep_progress),
        res: None,
        own: None,
        sta: None,
        lea: None,
        nbf: None,
        fin: None,
        err: None,
        ended_pk,
        ended_sk,
    };
    match state {
        State::Pending {
            not_before,
            last_failure,
        } => {
            item.nbf = not_before.map(Timestamp::as_millisecond);
            item.err = last_failure.as_ref().map(failure_text);
        }
        State::Running {
            delivery,
            started_at,
            lease_ends_at,
            last_failure,
        } => {
            item.own = Some(delivery.0);
            item.sta = Some(started_at.as_millisecond());
            item.lea = Some(lease_ends_at.as_millisecond());
            item.err = last_failure.as_ref().map(failure_text);
        }
        State::Completed {
            delivery,
            started_at,
            finished_at,
            result,
        } => {
            item.own = Some(delivery.0);
            item.sta = Some(started_at.as_millisecond());
            item.fin = Some(finished_at.as_millisecond());
            item.res = Some(keep(result));
        }
        State::Failed {
            finished_at,
            failure,
        } => {
            item.fin = Some(finished_at.as_millisecond());
            item.err = Some(failure_text(failure));
        }
        State::Cancelled { finished_at } => item.fin = Some(finished_at.as_millisecond()),
    }
    attributes(&item)
}

/// The job of an item.
pub(crate) fn to_job(key: &JobKey, attributes: Attributes) -> Result<Job, Error> {
    let item: Item = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| Error::unreadable("a job's item", cause))?;
    let Item {
        pk: _,
        sk: _,
        v: version,
        st,
        r#gen: generation,
        att: attempt,
        lim: attempt_limit,
        cre,
        ttl,
        req,
        tag,
        mt,
        doc,
        ext,
        exv,
        hook,
        pro,
        res,
        own,
        sta,
        lea,
        nbf,
        fin,
        err,
        ended_pk: _,
        ended_sk: _,
    } = item;
    let err = err.as_deref().map(read_failure);
    let state = match st {
        Status::Pending => State::Pending {
            not_before: nbf.map(time).transpose()?,
            last_failure: err,
        },
        Status::Running => State::Running {
            delivery: Delivery(required(own, "own")?),
            started_at: time(required(sta, "sta")?)?,
            lease_ends_at: time(required(lea, "lea")?)?,
            last_failure: err,
        },
        Status::Completed => State::Completed {
            delivery: Delivery(required(own, "own")?),
            started_at: time(required(sta, "sta")?)?,
            finished_at: time(required(fin, "fin")?)?,
            result: find(required(res, "res")?)?,
        },
        Status::Failed => State::Failed {
            finished_at: time(required(fin, "fin")?)?,
            failure: required(err, "err")?,
        },
        Status::Cancelled => State::Cancelled {
            finished_at: time(required(fin, "fin")?)?,
        },
    };
    Ok(Job {
        key: key.clone(),
        version,
        generation,
        attempt,
        attempt_limit,
        created_at: time(cre)?,
        expires_at: Timestamp::from_second(ttl)
            .map_err(|cause| Error::unreadable("a time in a job's item", cause))?,
        request: find(req)?,
        about: About {
            tags: tag,
            media_type: mt,
            documents: doc.unwrap_or(1),
            extractor: ext.zip(exv).map(|(name, version)| Pinned { name, version }),
            webhook: hook,
        },
        progress: pro.map(|KeptProgress { d, f, t, c }| Progress {
            done: d,
            failed: f,
            total: t,
            cursor: c,
        }),
        state,
    })
}

/// The status of a job, by its item.
pub(crate) fn status(item: &Attributes) -> Option<Status> {
    let name = item.get("st").and_then(|value| value.as_s().ok())?;
    Status::from_name(name)
}

/// A payload as an attribute.
pub(crate) fn payload(payload: &Payload) -> AttributeValue {
    AttributeValue::M(attributes(&keep(payload)))
}

/// Progress as an attribute.
pub(crate) fn progress(progress: &Progress) -> AttributeValue {
    AttributeValue::M(attributes(&keep_progress(progress)))
}

/// A failure as an attribute.
pub(crate) fn failure(failure: &Failure) -> AttributeValue {
    AttributeValue::S(failure_text(failure))
}

/// The size of an item as DynamoDB counts it: names in UTF-8, numbers at two digits a byte, three bytes and one per entry for a map.
pub(crate) fn size(item: &Attributes) -> usize {
    fn value(of: &AttributeValue) -> usize {
        match of {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            AttributeValue::B(bytes) => bytes.as_ref().len(),
            AttributeValue::M(entries) => 3 + entries.len() + size(entries),
            AttributeValue::L(entries) => {
                3 + entries.iter().map(|entry| 1 + value(entry)).sum::<usize>()
            }
            _ => 1,
        }
    }
    item.iter()
        .map(|(name, content)| name.len() + value(content))
        .sum()
}

fn attributes(of: &impl Serialize) -> Attributes {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(of).expect("a struct of plain fields is an item")
}

fn keep_progress(progress: &Progress) -> KeptProgress {
    let Progress {
        done,
        failed,
        total,
        cursor,
    } = progress;
    KeptProgress {
        d: *done,
        f: *failed,
        t: *total,
        c: cursor.clone(),
    }
}

fn keep(payload: &Payload) -> KeptPayload {
    let Payload {
        encoding,
        bytes,
        place,
    } = payload;
    let (p, b) = match place {
        Place::Inline(packed) => (None, Some(ByteBuf::from(packed.clone()))),
        Place::Item => (Some("i".to_owned()), None),
        Place::Object => (Some("o".to_owned()), None),
        Place::Unknown(place) => (Some(place.to_string()), None),
    };
    KeptPayload {
        n: *bytes,
        g: *encoding == Encoding::Gzip,
        p,
        b,
    }
}

fn find(kept: KeptPayload) -> Result<Payload, Error> {
    let KeptPayload { n, g, p, b } = kept;
    let place = match (p.as_deref(), b) {
        (None, Some(packed)) => Place::Inline(packed.into_vec()),
        (Some("i"), _) => Place::Item,
        (Some("o"), _) => Place::Object,
        (Some(place), _) => Place::Unknown(place.into()),
        (None, None) => {
            return Err(Error::unreadable(
                "a payload",
                "it says neither what nor where it is",
            ));
        }
    };
    Ok(Payload {
        encoding: if g { Encoding::Gzip } else { Encoding::Plain },
        bytes: n,
        place,
    })
}

fn failure_text(failure: &Failure) -> String {
    serde_json::to_string(failure).expect("strings and booleans always serialise")
}

fn read_failure(text: &str) -> Failure {
    serde_json::from_str(text).unwrap_or_else(|_| {
        Failure::new(
            "unknown",
            Phase::Extract,
            true,
            "The reason was noted by another version of the service, and this one cannot read it.",
        )
    })
}

fn time(milliseconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|cause| Error::unreadable("a time in a job's item", cause))
}

fn required<T>(attribute: Option<T>, name: &str) -> Result<T, Error> {
    attribute.ok_or_else(|| Error::unreadable("a job's item", format!("`{name}` is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> JobKey {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        JobKey::new(testkit::tenant(job::Tenant::DEFAULT), id)
    }

    /// A completed job as version 1 keeps it: written down here, so that no change of this file can change what is read.
    fn version_1() -> Attributes {
        let text = |value: &str| AttributeValue::S(value.into());
        let number = |value: &str| AttributeValue::N(value.into());
        let payload = |size: &str, bytes: &[u8]| {
            AttributeValue::M(HashMap::from([
                ("n".into(), number(size)),
                ("b".into(), AttributeValue::B(bytes.to_vec().into())),
            ]))
        };
        HashMap::from([
            ("pk".into(), text("T#default#7")),
            ("sk".into(), text("J#01890a5d-ac96-774b-bcce-b302099a8057")),
            ("v".into(), number("1")),
            ("st".into(), text("completed")),
            ("gen".into(), number("1")),
            ("att".into(), number("3")),
            ("lim".into(), number("7")),
            ("cre".into(), number("1700000000123")),
            ("ttl".into(), number("1800000000")),
            ("req".into(), payload("3", b"abc")),
            ("res".into(), payload("2", b"{}")),
            ("own".into(), number("18446744073709551615")),
            ("sta".into(), number("1700000001000")),
            ("fin".into(), number("1700000002000")),
        ])
    }

    #[test]
    fn the_shape_of_version_1_is_still_read_and_written() {
        let job = to_job(&key(), version_1()).unwrap();
        let State::Completed { delivery, .. } = job.state else {
            panic!("{job:?}")
        };
        assert_eq!((job.generation, job.attempt, delivery.0), (1, 3, u64::MAX));
        assert_eq!(from_job(&job), version_1());
    }

    #[test]
    fn a_size_is_counted_as_the_table_does() {
        // Names 2 + 1, text 3, number 2; a map: name 1, overhead 3 + 1, entry 1 + 4.
        let item = HashMap::from([
            ("pk".into(), AttributeValue::S("abc".into())),
            ("n".into(), AttributeValue::N("12".into())),
            (
                "m".into(),
                AttributeValue::M(HashMap::from([(
                    "b".into(),
                    AttributeValue::B(b"1234".to_vec().into()),
                )])),
            ),
        ]);
        assert_eq!(size(&item), 3 + 3 + 2 + 1 + 4 + 5);
    }
}
