//! `Prefer: wait=N` (RFC 7240, section 4.3), or `?wait=N`: an answer that comes when there is something new to say.
//!
//! While a request waits, its job is looked at with growing gaps, and what is answered is read anew.

use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use jiff::Timestamp;
use job::Job;
use service::until;

use crate::App;
use crate::answer::time_left;
use crate::caller::Caller;
use crate::observe::Waited;
use crate::problem::{Flaws, Place, Problem};

/// The parameter that says how long an answer may take, in seconds.
pub(crate) const WAIT: &str = "wait";

/// Longest time that a request waits. Whoever asks for more is given this.
pub(crate) const MAX_SECONDS: u64 = 20;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The gaps between two looks at a job: the first, by how much they grow, and the last.
const FIRST_GAP: Duration = Duration::from_millis(25);
const GROWTH: f64 = 1.5;
const LAST_GAP: Duration = Duration::from_millis(500);

/// What is left of a function's time when a wait ends, so that what there is to say can be read and written.
const TIME_TO_SAY: Duration = Duration::from_secs(3);

/// How long a client is willing to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    /// As it is granted; none if nothing was said of it.
    seconds: Option<u64>,
    until: Timestamp,
}

impl FromRequestParts<App> for Wait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let asked = match said_in_query(&parts.uri)? {
            Some(seconds) => Some(seconds),
            None => said_in_header(&parts.headers),
        };
        let seconds = asked.map(|seconds| seconds.min(MAX_SECONDS));
        let time = Duration::from_secs(seconds.unwrap_or(0));
        Ok(Self {
            seconds,
            until: end_of(time, app, parts),
        })
    }
}

/// When a wait of this time ends, at the latest.
fn end_of(time: Duration, app: &App, parts: &Parts) -> Timestamp {
    let left = time_left(&parts.extensions).saturating_sub(TIME_TO_SAY);
    app.clock.now() + time.min(left)
}

impl Wait {
    /// A wait of so many seconds, or parts of one, as far as it is granted.
    pub(crate) fn of_seconds(seconds: f64, app: &App, parts: &Parts) -> Self {
        let most = Duration::from_secs(MAX_SECONDS);
        let time = Duration::try_from_secs_f64(seconds).unwrap_or(most);
        let time = time.min(most);
        Self {
            seconds: Some(time.as_secs()),
            until: end_of(time, app, parts),
        }
    }

    /// The same for a client that is not to be told what it would wait for.
    #[must_use]
    pub(crate) fn not_granted(self) -> Self {
        let seconds = None;
        Self { seconds, ..self }
    }

    /// Looks at a job until there is something to say of it, or the time is over; the job as it is then, if it is still there.
    pub(crate) async fn watch(
        &self,
        app: &App,
        caller: &Caller,
        job: Job,
        is_news: impl Fn(&Job) -> bool,
    ) -> Result<Option<Job>, Problem> {
        if is_news(&job) || until(app.clock.now(), self.until).is_zero() {
            return Ok(Some(job));
        }
        let mut gaps = Gaps::default();
        loop {
            let left = until(app.clock.now(), self.until);
            let goes_on = app.pause(gaps.next().min(left)).await;
            caller.still_holds().await?;
            let now = app.clock.now();
            let is_over = !goes_on || now >= self.until;
            if !is_over
                && let Some(glanced) = app.store.glance(&job.key, now).await?
                && !is_news(&glanced)
            {
                continue;
            }
            // A glance may be of a moment before, and what was read first is as old as the wait: this is how the job stands.
            match app.store.get(&job.key, now).await? {
                Some(job) if !is_over && !is_news(&job) => {}
                found => return Ok(found),
            }
        }
    }

    /// Whether the client is willing to wait at all.
    pub(crate) fn is_asked(&self) -> bool {
        self.seconds.is_some_and(|seconds| seconds > 0)
    }

    /// Says in an answer what was granted, and that its time was no delay.
    pub(crate) fn tell(&self, response: &mut Response) {
        if let Some(seconds) = self.seconds
            && let Ok(applied) = HeaderValue::from_str(&format!("wait={seconds}"))
        {
            response.headers_mut().insert(PREFERENCE_APPLIED, applied);
            response.extensions_mut().insert(Waited);
        }
    }
}

/// The gaps between two looks at a job.
#[derive(Debug)]
pub(crate) struct Gaps(Duration);

impl Default for Gaps {
    fn default() -> Self {
        Self(FIRST_GAP)
    }
}

impl Gaps {
    /// The next one.
    pub(crate) fn next(&mut self) -> Duration {
        let gap = self.0;
        self.0 = gap.mul_f64(GROWTH).min(LAST_GAP);
        gap
    }
}

fn said_in_query(uri: &Uri) -> Result<Option<u64>, Problem> {
    let Ok(Query(parameters)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        // Whoever reads the other parameters says so.
        return Ok(None);
    };
    let mut flaws = Flaws::default();
    let mut said = None;
    for (name, value) in parameters.into_iter().filter(|(name, _)| name == WAIT) {
        match value.parse() {
            Ok(seconds) => said = Some(seconds),
            Err(_) => flaws.add(
                Place::Parameter(name),
                format!("It must be a whole number of seconds, up to {MAX_SECONDS}."),
            ),
        }
    }
    flaws.end()?;
    Ok(said)
}

/// A preference that cannot be understood is none.
fn said_in_header(headers: &HeaderMap) -> Option<u64> {
    let preferences = headers.get_all(PREFER).iter();
    let preferences = preferences.filter_map(|value| value.to_str().ok());
    preferences
        .flat_map(|value| value.split(','))
        .find_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            let is_wait = name.trim().eq_ignore_ascii_case(WAIT);
            let value = value.trim().trim_matches('"');
            is_wait.then(|| value.parse().ok())?
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_read_as_it_may_be_written() {
        for (prefer, seconds) in [
            ("wait=7", Some(7)),
            ("respond-async, Wait = \"7\"; x=y", Some(7)),
            ("handling=lenient, wait=100", Some(100)),
            ("wait", None),
            ("wait=soon", None),
            ("wait=-1", None),
            ("await=7", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(PREFER, HeaderValue::from_static("respond-async"));
            headers.append(PREFER, HeaderValue::from_static(prefer));
            assert_eq!(said_in_header(&headers), seconds, "{prefer}");
        }
    }

    #[test]
    fn gaps_grow_to_half_a_second() {
        let mut gaps = Gaps::default();
        let gaps: Vec<u128> = (0..10).map(|_| gaps.next().as_millis()).collect();
        assert_eq!(gaps, [25, 37, 56, 84, 126, 189, 284, 427, 500, 500]);
    }
}
