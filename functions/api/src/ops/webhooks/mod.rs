//! Webhooks: what became of telling a job's ends, the secrets that they are signed with, and endpoints that want nothing any more.

pub(crate) mod disabled;
pub(crate) mod log;
pub(crate) mod replay;
pub(crate) mod secrets;

use job::{Submission, Tenant};

use crate::App;
use crate::problem::{Flaws, Place, Problem};

/// Refuses a submission whose end is to be told, where there is no secret to sign that with.
pub(crate) async fn check(
    app: &App,
    tenant: &Tenant,
    submission: &Submission,
) -> Result<(), Problem> {
    if submission.about.webhook.is_none() {
        return Ok(());
    }
    let secrets = app.store.secrets(tenant, app.clock.now()).await?;
    if secrets.is_empty() {
        Err(no_secret())
    } else {
        Ok(())
    }
}

/// What a request for a webhook is answered that nothing could be signed with.
pub(crate) fn no_secret() -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(
        Place::Pointer("/webhook".to_owned()),
        "There is no secret yet that webhooks could be signed with: POST /api/v1/webhooks/secrets/ makes one.",
    );
    flaws.end().expect_err("there is a flaw")
}
