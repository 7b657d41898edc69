//! Who calls, and which job is meant.

use access::{Identity, Scope};
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use job::{JobId, JobKey, Tenant};

use crate::auth::Auth;
use crate::observe::tell_job;
use crate::problem::Problem;

/// Who calls, and for whom. The one place where a request gets its tenant; only the gate makes one.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    identity: Identity,
    tenant: Tenant,
    auth: Auth,
    request_id: String,
}

impl Caller {
    /// This caller, who acts for this tenant, as `auth` said, in the request of this id.
    pub(crate) fn new(auth: Auth, identity: Identity, tenant: Tenant, request_id: String) -> Self {
        Self {
            identity,
            tenant,
            auth,
            request_id,
        }
    }

    /// Whose all is that this caller can reach: its own tenant, or the one that an operator acts for.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Who it is.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What names the request.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Whether this is permitted.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.identity.may(scope)
    }

    /// Addresses a job of this caller's.
    pub(crate) fn key(&self, id: JobId) -> JobKey {
        JobKey::new(self.tenant.clone(), id)
    }

    /// Refuses a caller whose key has been revoked, or whose time is over, since it passed the gate: for whoever waits, or gets one answer
    /// for long. Costs no more than the gate.
    pub(crate) async fn still_holds(&self) -> Result<(), Problem> {
        self.auth.still_holds(&self.identity).await
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::internal("an operation without a gate asks who calls"))
    }
}

/// The job of the caller's that the path names. There is none for an id that is no UUID.
#[derive(Debug)]
pub(crate) struct Addressed(pub(crate) JobKey);

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::job_not_found())?;
        let id = id.parse().map_err(|_| Problem::job_not_found())?;
        let key = caller.key(id);
        tell_job(&key);
        Ok(Self(key))
    }
}
