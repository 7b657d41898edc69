//! What an operator sets of a tenant's quotas.

use axum::extract::Request;
use http::StatusCode;
use serde_json::value::RawValue;
use store::{Quota, TenantQuotas};

use super::json::{Object, kind, members};
use super::{check_encoding, receive};
use crate::problem::{Flaws, Place, Problem};
use crate::quota::{MAX_QUOTA, MAX_REQUESTS_PER_SECOND, UNLIMITED};

/// Longest body, in bytes. What a right one says takes less.
const MAX_BODY_BYTES: usize = 16 << 10;

/// The members of the body.
const MEMBERS: [&str; 4] = [
    "requests_per_second",
    "jobs_in_flight",
    "bytes_per_day",
    "pages_per_day",
];

/// Reads the quotas of a tenant. What is missing, or null, is not set.
pub(crate) async fn read_quotas(request: Request) -> Result<TenantQuotas, Problem> {
    let (parts, body) = request.into_parts();
    let body = receive(&parts.headers, body, MAX_BODY_BYTES)
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::malformed(format!(
                "The body is too long; at most {MAX_BODY_BYTES} bytes are accepted."
            )),
            _ => problem,
        })?;
    check_encoding(&parts.headers)?;
    read(&body)
}

fn read(body: &[u8]) -> Result<TenantQuotas, Problem> {
    let object: Object<'_> = serde_json::from_slice(body).map_err(|error| {
        Problem::malformed(format!(
            "The body is no JSON object such as {{\"jobs_in_flight\": 100}}: {error}."
        ))
    })?;
    let mut flaws = Flaws::default();
    let picked = members("", object, MEMBERS, &mut flaws).unwrap_or_default();
    let least = [1, 0, 0, 0];
    let most = [MAX_REQUESTS_PER_SECOND, MAX_QUOTA, MAX_QUOTA, MAX_QUOTA];
    let [
        requests_per_second,
        jobs_in_flight,
        bytes_per_day,
        pages_per_day,
    ] = std::array::from_fn(|at| {
        let pointer = || Place::Pointer(format!("/{}", MEMBERS[at]));
        quota(picked[at]?, least[at], most[at])
            .map_err(|detail| flaws.add(pointer(), detail))
            .ok()
    });
    flaws.end()?;
    Ok(TenantQuotas {
        requests_per_second,
        jobs_in_flight,
        bytes_per_day,
        pages_per_day,
    })
}

fn quota(value: &RawValue, least: u64, most: u64) -> Result<Quota, String> {
    let right = format!("It must be a whole number from {least} to {most}, or \"{UNLIMITED}\".");
    if let Ok(number) = serde_json::from_str::<u64>(value.get()) {
        return if (least..=most).contains(&number) {
            Ok(Quota::AtMost(number))
        } else {
            Err(right)
        };
    }
    match serde_json::from_str::<String>(value.get()) {
        Ok(text) if text == UNLIMITED => Ok(Quota::Unlimited),
        Ok(_) => Err(right),
        Err(_) => Err(format!("This is {}. {right}", kind(value))),
    }
}

/// What quotas are answered that cannot be, as an example.
pub(crate) fn no_quotas() -> Problem {
    read(br#"{"jobs_in_flight": -1}"#).expect_err("there are no fewer jobs than none")
}
