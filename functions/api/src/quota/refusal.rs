//! What is answered to whoever asks for more than its tenant may have.

use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;

use super::level::{LEFT, Level, Measure, POLICY};
use super::window::WINDOW_SECONDS;
use crate::problem::Problem;

/// Seconds after which a tenant with too many jobs in flight may ask again: as long as what is known of a quota that is nearly used up holds.
const RETRY_JOBS_S: u64 = 10;

/// This quota is used up, or would be.
pub(super) fn refused(level: &Level, now: Timestamp) -> Problem {
    let most = level.most().unwrap_or(u64::MAX);
    let (code, title, detail) = match level.measure {
        Measure::Requests => (
            "too_many_requests",
            "Too many requests",
            format!("The tenant may send {most} requests in {WINDOW_SECONDS} seconds."),
        ),
        Measure::Jobs => exceeded(format!(
            "The tenant may have {most} jobs in flight, and has {}; once some have ended, others can be started.",
            level.used
        )),
        Measure::Bytes => exceeded(format!(
            "The tenant may have {most} bytes of documents read a day, of which {} are used. The day ends at midnight UTC.",
            level.used
        )),
        Measure::Pages => exceeded(format!(
            "The tenant may have {most} pages of documents read a day, of which {} are used. The day ends at midnight UTC.",
            level.used
        )),
    };
    let seconds = level.resets_in(now).unwrap_or(RETRY_JOBS_S);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, title, detail)
        .with(header::RETRY_AFTER, HeaderValue::from(seconds))
}

fn exceeded(detail: String) -> (&'static str, &'static str, String) {
    ("quota_exceeded", "Quota exceeded", detail)
}

/// What too many requests are answered, as an example.
pub(crate) fn too_many_requests() -> Problem {
    example(Measure::Requests, 50, 500)
}

/// What a start is answered that would be too much, as an example.
pub(crate) fn quota_exceeded() -> Problem {
    example(Measure::Jobs, 10_000, 10_000)
}

fn example(measure: Measure, most: u64, used: u64) -> Problem {
    let now = Timestamp::UNIX_EPOCH;
    let level = Level {
        measure,
        quota: store::Quota::AtMost(most),
        is_own: false,
        used,
        resets_at: (measure == Measure::Requests).then_some(now),
    };
    let mut headers = http::HeaderMap::new();
    super::level::put(&mut headers, &[level], now);
    [POLICY, LEFT]
        .into_iter()
        .fold(refused(&level, now), |problem, name| {
            let value = headers.remove(&name);
            problem.with(name, value.unwrap_or(HeaderValue::from_static("")))
        })
}
