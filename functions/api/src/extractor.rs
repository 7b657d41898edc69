//! Which saved extractor a submission uses: found when it is submitted, and copied into it, so that nothing that becomes of the
//! extractor changes the job.

use job::{Pinned, Submission, Tenant};
use store::Store;

use crate::body::{Asked, Received};
use crate::problem::{Flaws, Problem};

/// The submission, with the definition that its saved extractor has now.
pub(crate) async fn pin(
    store: &Store,
    tenant: &Tenant,
    received: Received,
) -> Result<Submission, Problem> {
    let Received {
        mut submission,
        extractor,
    } = received;
    let Some(asked) = extractor else {
        return Ok(submission);
    };
    let Asked {
        name,
        version,
        place,
    } = asked;
    let Some(found) = store.extractor(tenant, &name, version).await? else {
        let detail = match version {
            None => format!(
                "There is no saved extractor `{name}`. PUT /api/v1/extractors/{name}/ saves one."
            ),
            Some(version) => format!(
                "There is no version {version} of a saved extractor `{name}`. /api/v1/extractors/{name}/versions/ lists those that there are."
            ),
        };
        let mut flaws = Flaws::default();
        flaws.add(place, detail);
        return Err(flaws.end().expect_err("there is a flaw"));
    };
    submission.request.extract = found.extract;
    submission.about.extractor = Some(Pinned {
        name: name.to_string(),
        version: found.version,
    });
    Ok(submission)
}
