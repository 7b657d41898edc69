//! `Idempotency-Key`: a call that is repeated has one effect and one answer.
//!
//! An operation that takes the key draws what it will make (an id, a generation) before it makes it, and runs within [`once`]:
//!
//! - The first call with a key reserves it for what it drew, makes it, and keeps the answer.
//! - Whoever repeats the call is given that answer, with `Idempotency-Replayed: true`, for 24 hours, also when what was made is gone.
//! - A call that died in between, or whose answer could not be kept, leaves what it drew: who repeats it makes the same thing again. So
//!   what an operation does within [`once`] has to be repeatable, and its answer has to follow from what was drawn.
//!
//! What a call is refused with has no effect and is not kept: it may be repeated once what was wrong is right.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use job::Tenant;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use store::{Call, Hash, Reserved};

use crate::App;
use crate::fingerprint::Fingerprint;
use crate::problem::{Flaws, Place, Problem};

/// The header by which a client names a call.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that the answer is that of an earlier call.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key, in characters.
pub(crate) const MAX_KEY_CHARS: usize = 255;

/// SHA-256 of the key that a client gave to its call; none if it gave none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdempotencyKey(Option<Hash>);

impl IdempotencyKey {
    /// The call that it names, by what it asks for; none if it names none.
    pub(crate) fn call(
        self,
        tenant: &Tenant,
        fingerprint: impl FnOnce() -> Fingerprint,
    ) -> Option<Call> {
        self.0.map(|key| Call {
            tenant: tenant.clone(),
            key,
            fingerprint: fingerprint().end(),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all(KEY).iter();
        let (key, other) = (keys.next(), keys.next());
        let Some(key) = key else {
            return Ok(Self(None));
        };
        let plain = key
            .as_bytes()
            .iter()
            .all(|byte| (b' '..=b'~').contains(byte));
        if !plain || key.is_empty() || key.len() > MAX_KEY_CHARS || other.is_some() {
            return Err(unusable_key());
        }
        Ok(Self(Some(Sha256::digest(key).into())))
    }
}

/// What an operation answers when it has done something. Kept as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Made {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    body: Box<RawValue>,
}

impl Made {
    /// An answer with this status, where what was made can be read, and this body.
    pub(crate) fn new(
        status: StatusCode,
        location: Option<String>,
        body: &impl Serialize,
    ) -> Result<Self, Problem> {
        let body = serde_json::value::to_raw_value(body)
            .map_err(|error| Problem::internal(format!("an answer: {error}")))?;
        Ok(Self {
            status: status.as_u16(),
            location,
            body,
        })
    }
}

/// What a call may do, and when the first call with its key came: this one, if it has none.
#[derive(Debug)]
pub(crate) struct Intent {
    /// What the first call drew.
    pub(crate) drawn: String,
    /// When the first call came.
    pub(crate) at: Timestamp,
    /// Whether an earlier call may have done it already, in part or in whole.
    pub(crate) again: bool,
}

/// What was made, now or before.
#[derive(Debug)]
pub(crate) struct Once {
    /// What the first call drew.
    pub(crate) drawn: String,
    made: Made,
    /// Whether that was before, and the call itself has done nothing.
    pub(crate) replayed: bool,
}

/// Does what a call asks for; once, if it has a key. `drawn`: what it will make if it is the first, or why it cannot be the first.
pub(crate) async fn once<F: Future<Output = Result<Made, Problem>>>(
    app: &App,
    call: Option<Call>,
    drawn: Result<String, Problem>,
    act: impl FnOnce(Intent) -> F,
) -> Result<Once, Problem> {
    let now = app.clock.now();
    let Some(call) = call else {
        let drawn = drawn?;
        let made = act(Intent {
            drawn: drawn.clone(),
            at: now,
            again: false,
        });
        let made = made.await?;
        return Ok(Once {
            drawn,
            made,
            replayed: false,
        });
    };
    let intent = drawn.as_ref().ok().map(String::as_str);
    let reservation = match app.store.reserve(&call, intent, now).await? {
        Reserved::Now(reservation) => reservation,
        Reserved::Before { intent, answer } => {
            return Ok(Once {
                drawn: intent,
                made: read(&answer)?,
                replayed: true,
            });
        }
        Reserved::InFlight => return Err(Problem::key_in_use()),
        Reserved::Other => return Err(Problem::key_reused()),
        Reserved::Unknown => {
            return Err(match drawn {
                Err(why) => why,
                Ok(_) => Problem::internal("a key was not reserved"),
            });
        }
    };
    let intent = Intent {
        drawn: reservation.intent.clone(),
        at: reservation.at,
        again: reservation.again,
    };
    // What cannot be kept must not be answered: what is removed after such an answer would be made again.
    let kept = async {
        let made = act(intent).await?;
        let answer = serde_json::to_string(&made)
            .map_err(|error| Problem::internal(format!("an answer: {error}")))?;
        read(&app.store.keep_answer(&reservation, answer).await?)
    };
    match kept.await {
        Ok(made) => Ok(Once {
            drawn: reservation.intent,
            made,
            replayed: false,
        }),
        Err(problem) => {
            // If this fails, whoever repeats the call waits until its lease ends.
            if let Err(error) = app.store.give_up(&reservation, app.clock.now()).await {
                tracing::warn!(%error, "An idempotency key stays in use until its lease ends");
            }
            Err(problem)
        }
    }
}

impl Once {
    /// Marks an answer of another shape than the one that was kept.
    pub(crate) fn mark(&self, response: &mut Response) {
        if self.replayed {
            let yes = HeaderValue::from_static("true");
            response.headers_mut().insert(REPLAYED, yes);
        }
    }
}

impl IntoResponse for Once {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.made.status).unwrap_or(StatusCode::OK);
        let json = HeaderValue::from_static("application/json");
        let mut response = (status, self.made.body.get().to_owned()).into_response();
        self.mark(&mut response);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, json);
        let location = self.made.location.as_deref();
        if let Some(location) = location.and_then(|it| HeaderValue::from_str(it).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

fn read(answer: &str) -> Result<Made, Problem> {
    serde_json::from_str(answer)
        .map_err(|error| Problem::internal(format!("a kept answer: {error}")))
}

/// What a key is answered that no call can have, as an example too.
pub(crate) fn unusable_key() -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(
        Place::Header(KEY),
        format!("It must be there once, with 1 to {MAX_KEY_CHARS} characters of ASCII that can be printed."),
    );
    flaws.end().expect_err("there is a flaw")
}
