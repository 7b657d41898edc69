//! Who calls, and which job is meant.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use job::{JobId, JobKey, Tenant};

use crate::observe::tell_job;
use crate::problem::Problem;

/// Who calls. The one place where a request gets its tenant.
#[derive(Debug)]
pub(crate) struct Caller {
    tenant: Tenant,
}

impl Caller {
    /// Whose all is that this caller can reach.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Addresses a job of this caller's.
    pub(crate) fn key(&self, id: JobId) -> JobKey {
        JobKey::new(self.tenant.clone(), id)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            tenant: Tenant::default(),
        })
    }
}

/// The job of the caller's that the path names. There is none for an id that is no UUID.
#[derive(Debug)]
pub(crate) struct Addressed(pub(crate) JobKey);

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(caller) = Caller::from_request_parts(parts, state).await;
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::job_not_found())?;
        let id = id.parse().map_err(|_| Problem::job_not_found())?;
        let key = caller.key(id);
        tell_job(&key);
        Ok(Self(key))
    }
}
