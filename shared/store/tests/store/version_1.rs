//! What the first release writes, and what it makes of what it reads, as it was then. Nothing here changes with the product: who
//! has to change it is about to break a rolling deploy.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde_bytes::ByteBuf;

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// The job that the message and the items below are of.
pub(crate) const JOB: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Its message.
pub(crate) const MESSAGE: &str =
    r#"{"v":1,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":0}"#;

/// Its request: the addresses in «Write to a@test.com.».
const REQUEST: &[u8] = b"\xa2\x69documents\x81\xa2\x6amedia_type\x6atext/plain\x65bytes\x54Write to a@test.com.\x67extract\x81\x68entities";

/// Its item, while it waits for a worker.
pub(crate) fn pending() -> Attributes {
    HashMap::from([
        ("pk".into(), text("T#default#7")),
        ("sk".into(), text(&format!("J#{JOB}"))),
        ("v".into(), number(1)),
        ("st".into(), text("pending")),
        ("gen".into(), number(0)),
        ("att".into(), number(0)),
        ("lim".into(), number(5)),
        ("cre".into(), number(1_700_000_000_000)),
        ("ttl".into(), number(4_000_000_000)),
        ("req".into(), payload(REQUEST)),
    ])
}

/// Its item, after a worker gave it back.
pub(crate) fn released() -> Attributes {
    let mut item = pending();
    item.extend([
        ("att".into(), number(1)),
        ("nbf".into(), number(1_700_000_001_000)),
        ("err".into(), failure()),
    ]);
    item
}

/// Its item, held by a worker that is gone.
pub(crate) fn running() -> Attributes {
    let mut item = pending();
    item.extend([
        ("st".into(), text("running")),
        ("att".into(), number(1)),
        ("own".into(), number(7)),
        ("sta".into(), number(1_700_000_001_000)),
        ("lea".into(), number(1_700_000_002_000)),
    ]);
    item
}

/// Its item, with a result.
pub(crate) fn completed() -> Attributes {
    let mut item = running();
    item.remove("lea");
    item.extend([
        ("st".into(), text("completed")),
        ("fin".into(), number(1_700_000_002_000)),
        ("res".into(), payload(br#"{"records":[],"documents":[]}"#)),
    ]);
    item
}

/// Its item, after it could not be done.
pub(crate) fn failed() -> Attributes {
    let mut item = pending();
    item.extend([
        ("st".into(), text("failed")),
        ("att".into(), number(1)),
        ("fin".into(), number(1_700_000_002_000)),
        ("err".into(), failure()),
    ]);
    item
}

/// Its item, after its client no longer wanted it.
pub(crate) fn cancelled() -> Attributes {
    let mut item = pending();
    item.extend([
        ("st".into(), text("cancelled")),
        ("fin".into(), number(1_700_000_002_000)),
    ]);
    item
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn payload(bytes: &[u8]) -> AttributeValue {
    AttributeValue::M(HashMap::from([
        ("n".into(), number(bytes.len() as u64)),
        ("b".into(), AttributeValue::B(bytes.into())),
    ]))
}

fn failure() -> AttributeValue {
    text(
        r#"{"code":"out_of_time","detail":"The worker's time was over.","retryable":true,"phase":"extract"}"#,
    )
}

/// Whether its worker understands a message.
pub(crate) fn understands_message(body: &str) -> bool {
    serde_json::from_str::<Message>(body).is_ok_and(|message| message.v <= 1)
}

/// Whether it understands a job's item.
pub(crate) fn understands_item(attributes: Attributes) -> bool {
    let item: Result<Item, _> = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes);
    item.is_ok_and(|item| {
        let failure = item.err.as_deref().map(serde_json::from_str::<Failure>);
        let payloads = [Some(item.req), item.res];
        let complete = match item.st {
            Status::Pending => true,
            Status::Running => item.own.and(item.sta).and(item.lea).is_some(),
            Status::Completed => item.own.and(item.sta).and(item.fin).is_some(),
            Status::Failed => item.fin.is_some() && failure.is_some(),
            Status::Cancelled => item.fin.is_some(),
        };
        item.v <= 1
            && complete
            && failure.is_none_or(|failure| failure.is_ok())
            && payloads
                .into_iter()
                .flatten()
                .all(|payload| payload.found())
    })
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading it is the test")]
struct Message {
    v: u32,
    tenant: String,
    job: String,
    generation: u32,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading it is the test")]
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
    req: Payload,
    res: Option<Payload>,
    own: Option<u64>,
    sta: Option<i64>,
    lea: Option<i64>,
    nbf: Option<i64>,
    fin: Option<i64>,
    err: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading it is the test")]
struct Payload {
    n: u64,
    #[serde(default)]
    g: bool,
    p: Option<String>,
    b: Option<ByteBuf>,
}

impl Payload {
    fn found(&self) -> bool {
        matches!(
            (self.p.as_deref(), &self.b),
            (None, Some(_)) | (Some("i" | "o"), None)
        )
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading it is the test")]
struct Failure {
    code: String,
    detail: String,
    retryable: bool,
    phase: Phase,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Deliver,
    Extract,
    Store,
}
