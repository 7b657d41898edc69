//! What stands before every operation that needs a caller.

use access::Scope;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName};
use job::Tenant;

use super::Auth;
use super::refusal::{forbidden, foreign_tenant, no_tenant};
use crate::account::Account;
use crate::caller::Caller;
use crate::observe::tell_caller;
use crate::problem::Problem;

/// The header by which an operator acts for another tenant.
pub(crate) const TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// What a request has to show to pass.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    /// Who says who calls.
    pub(crate) auth: Auth,
    /// What the caller has to be permitted.
    pub(crate) needs: Scope,
}

/// Lets a request pass whose caller is known and may do this. The operation finds its [`Caller`] among the extensions.
pub(crate) async fn gate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let caller = match gate.caller(request.headers()).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    if !caller.may(gate.needs) {
        return forbidden(gate.needs).into_response();
    }
    if let Some(account) = request.extensions().get::<Account>() {
        account.is_of(caller.tenant());
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

impl Gate {
    #[expect(
        clippy::disallowed_methods,
        reason = "an operator says whom it acts for"
    )]
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        let identity = self.auth.identify(headers).await?;
        let mut tenant = identity.tenant.clone();
        let mut named = headers.get_all(TENANT).iter();
        if let Some(name) = named.next() {
            let once = named.next().is_none().then_some(name);
            let named = once.and_then(|name| Tenant::new(name.to_str().ok()?));
            let named = named.ok_or_else(no_tenant)?;
            if named != tenant && !identity.is_operator() {
                return Err(foreign_tenant());
            }
            tenant = named;
        }
        let caller = Caller::new(self.auth.clone(), identity, tenant);
        tell_caller(&caller);
        Ok(caller)
    }
}
