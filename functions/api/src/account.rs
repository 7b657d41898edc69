//! On whose account a request is: what it takes is noted for its caller's tenant, and written from time to time.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use job::Tenant;
use service::Meter;
use store::{Store, Usage};

use crate::App;

/// The account of one request, among its extensions. Cheap to clone; what was used is noted when the last clone is gone, so also of a request that is given
/// up. Of one whose caller does not get known nothing is.
#[derive(Debug, Clone)]
pub(crate) struct Account(Arc<Open>);

#[derive(Debug)]
struct Open {
    store: Store,
    meter: Meter,
    /// Set by the gate.
    tenant: OnceLock<Tenant>,
}

/// Runs a request on an account of its own.
pub(crate) async fn keep_account(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let account = Account(Arc::new(Open {
        store: app.store.clone(),
        meter: Meter::default(),
        tenant: OnceLock::new(),
    }));
    request.extensions_mut().insert(account.clone());
    let response = account.run(next.run(request)).await;
    drop(account);
    app.store.add_usage_if_due(app.clock.now()).await;
    response
}

impl Account {
    /// Says whose it is.
    pub(crate) fn is_of(&self, tenant: &Tenant) {
        // A request has one caller.
        let _ = self.0.tenant.set(tenant.clone());
    }

    /// Does this on the account: for what goes on when the request has been answered.
    pub(crate) fn run<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        self.0.meter.run(work)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Self {
            store,
            meter,
            tenant,
        } = self;
        if let Some(tenant) = tenant.get() {
            let used = Usage {
                requests: 1,
                ..Usage::of_units(meter.read_milliunits(), meter.write_milliunits())
            };
            store.note(tenant, used);
        }
    }
}
