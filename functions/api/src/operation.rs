//! What becomes of the list of operations in `router`: their routes, or their description. Each takes of an operation only what it needs, so
//! a program that is asked for routes alone does not carry what makes the description.

use access::Scope;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter};
use utoipa_axum::PathItemExt;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::auth::{Auth, Gate, gate};
use crate::quota::Quotas;

/// What an operation needs of its caller.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Needs {
    /// Nothing: it is for everybody, and says nothing of anybody.
    Nothing,
    /// To be known: it is for every caller.
    Caller,
    /// To be permitted this.
    Scope(Scope),
}

impl Needs {
    /// Whether it has to be known who calls.
    pub(crate) fn a_caller(self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// What a caller has to be permitted, if anything.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Self::Nothing | Self::Caller => None,
            Self::Scope(scope) => Some(scope),
        }
    }
}

impl From<Scope> for Needs {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

/// Takes one operation after the other.
pub(crate) trait Listing<S> {
    /// Takes one: where it is and by which method (`P`), what it needs of its caller, its handler on a method, and both with its description.
    fn add<P: utoipa::Path>(
        &mut self,
        needs: Needs,
        on: impl Fn(MethodFilter) -> MethodRouter<S>,
        described: impl FnOnce() -> UtoipaMethodRouter<S>,
    );
}

/// Lists operations by their handlers, each with what it needs.
macro_rules! operations {
    ($listing:ident, $($needs:expr => $($handler:ident)::+,)+) => {
        $($crate::operation::operations!(@one $listing, $needs, [] $($handler)::+);)+
    };
    (@one $listing:ident, $needs:expr, [$($module:ident)*] $handler:ident) => {
        // By its attribute, a handler has a type beside it that says where it is.
        utoipa_axum::paste! {
            $listing.add::<$($module::)* [<__path_ $handler>]>(
                $needs.into(),
                |method| axum::routing::on(method, $($module::)* $handler),
                || utoipa_axum::routes!($($module::)* $handler),
            )
        }
    };
    (@one $listing:ident, $needs:expr, [$($module:ident)*] $next:ident :: $($rest:ident)::+) => {
        $crate::operation::operations!(@one $listing, $needs, [$($module)* $next] $($rest)::+)
    };
}
pub(crate) use operations;

/// Operations as routes, each behind its gate.
#[derive(Debug)]
pub(crate) struct Routes<'a, S> {
    router: Router<S>,
    auth: &'a Auth,
    quotas: &'a Quotas,
}

impl<'a, S: Clone + Send + Sync + 'static> Routes<'a, S> {
    /// None yet; for these callers and within these quotas.
    pub(crate) fn new(auth: &'a Auth, quotas: &'a Quotas) -> Self {
        let router = Router::new();
        Self {
            router,
            auth,
            quotas,
        }
    }

    /// All that were added.
    pub(crate) fn end(self) -> Router<S> {
        self.router
    }

    fn route(&mut self, path: &str, methods: MethodRouter<S>) {
        self.router = std::mem::take(&mut self.router).route(path, methods);
    }
}

impl<S: Clone + Send + Sync + 'static> Listing<S> for Routes<'_, S> {
    /// Adds it at its path, and at the same path with a slash at the end or without, whichever its own is not.
    fn add<P: utoipa::Path>(
        &mut self,
        needs: Needs,
        on: impl Fn(MethodFilter) -> MethodRouter<S>,
        _described: impl FnOnce() -> UtoipaMethodRouter<S>,
    ) {
        let methods = P::methods().into_iter();
        let methods = methods.map(|method| on(method.to_method_filter()));
        let mut methods = methods.fold(MethodRouter::new(), MethodRouter::merge);
        if needs.a_caller() {
            let before = Gate {
                auth: self.auth.clone(),
                quotas: self.quotas.clone(),
                needs: needs.scope(),
            };
            methods = methods.route_layer(from_fn_with_state(before, gate));
        }
        let path = P::path();
        self.route(&respelt(&path), methods.clone());
        self.route(&path, methods);
    }
}

fn respelt(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(bare) => bare.to_owned(),
        None => format!("{path}/"),
    }
}
