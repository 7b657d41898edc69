//! What stands before every operation that needs a caller.

use access::Scope;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode};
use job::Tenant;
use service::metrics;

use super::Auth;
use super::refusal::{forbidden, foreign_tenant, no_tenant};
use crate::account::Account;
use crate::audit;
use crate::caller::Caller;
use crate::observe::{RequestId, tell_caller};
use crate::problem::Problem;
use crate::quota::Quotas;

/// The header by which an operator acts for another tenant.
pub(crate) const TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// What a request has to show to pass.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    /// Who says who calls.
    pub(crate) auth: Auth,
    /// Who says how often.
    pub(crate) quotas: Quotas,
    /// What the caller has to be permitted; none: every caller may.
    pub(crate) needs: Option<Scope>,
}

/// Lets a request pass whose caller is known and may do this, within its tenant's quotas. The operation finds its [`Caller`] among the extensions.
pub(crate) async fn gate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let id = id.map_or_else(String::new, |RequestId(id)| id);
    let caller = match gate.caller(request.headers(), id).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let tenant = caller.tenant().clone();
    let mut response = match gate.let_in(&caller).await {
        Ok(()) => {
            if let Some(account) = request.extensions().get::<Account>() {
                account.is_of(&tenant);
            }
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    gate.quotas.tell(&tenant, response.headers_mut());
    response
}

impl Gate {
    async fn let_in(&self, caller: &Caller) -> Result<(), Problem> {
        // Whoever is to end a flood, by a quota or by revoking a key, must not be kept out by it.
        let must_pass = self.needs == Some(Scope::Admin) && caller.identity().is_operator();
        self.quotas.charge(caller.tenant(), must_pass).await?;
        match self.needs {
            Some(needs) if !caller.may(needs) => {
                audit::refused_scope(caller, needs);
                Err(forbidden(needs))
            }
            _ => Ok(()),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "an operator says whom it acts for"
    )]
    async fn caller(&self, headers: &HeaderMap, request_id: String) -> Result<Caller, Problem> {
        let identity = self.auth.identify(headers).await;
        let identity = identity.inspect_err(|problem| {
            if problem.status() == StatusCode::UNAUTHORIZED {
                metrics::unauthenticated();
            }
        })?;
        let mut tenant = identity.tenant.clone();
        let mut named = headers.get_all(TENANT).iter();
        if let Some(name) = named.next() {
            let once = named.next().is_none().then_some(name);
            let named = once.and_then(|name| Tenant::new(name.to_str().ok()?));
            let named = named.ok_or_else(no_tenant)?;
            if named != tenant && !identity.is_operator() {
                audit::refused(&identity.actor, "another tenant");
                return Err(foreign_tenant());
            }
            tenant = named;
        }
        let caller = Caller::new(self.auth.clone(), identity, tenant, request_id);
        tell_caller(&caller);
        Ok(caller)
    }
}
