//! What stands before what tells of all tenants at once.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Auth;
use super::refusal::operators_alone;

/// Lets a request pass whose caller runs the installation.
pub(crate) async fn operators_only(
    State(auth): State<Auth>,
    request: Request,
    next: Next,
) -> Response {
    match auth.identify(request.headers()).await {
        Ok(identity) if identity.is_operator() => next.run(request).await,
        Ok(_) => operators_alone().into_response(),
        Err(problem) => problem.into_response(),
    }
}
