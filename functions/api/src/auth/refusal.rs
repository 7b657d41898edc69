//! What is answered to whoever does not pass.

use access::Scope;
use http::{HeaderValue, StatusCode, header};

use super::gate::TENANT;
use crate::problem::{Flaws, Place, Problem};

/// Nobody said who they are.
pub(crate) fn unauthenticated() -> Problem {
    refused(
        "unauthenticated",
        "Not authenticated",
        "This operation needs a key, as `Authorization: Bearer dx_…` or `X-Api-Key: dx_…`; or a token of the identity provider, as `Authorization: Bearer`, if there is one.",
        "Bearer realm=\"data-extraction\"",
    )
}

/// What was shown is good for nothing. The words are the same whether there is such a key or not.
pub(super) fn invalid_key() -> Problem {
    invalid("This is no key that is known here.")
}

/// The key was good once.
pub(super) fn expired() -> Problem {
    invalid("This key has expired. Ask an admin for another one.")
}

/// The key was good once.
pub(super) fn revoked() -> Problem {
    invalid("This key was revoked. Ask an admin for another one.")
}

/// Two keys, or a key and a token.
pub(super) fn ambiguous() -> Problem {
    invalid("The request shows two different keys; show one of them.")
}

/// The caller may not do this.
pub(crate) fn forbidden(needs: Scope) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Forbidden",
        format!("This operation needs the scope `{needs}`, which this caller does not have."),
    )
}

/// The caller may not act for another tenant.
pub(crate) fn foreign_tenant() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Forbidden",
        "Only an operator, an admin of the tenant `default`, may act for another tenant by `X-Tenant`.",
    )
}

/// The caller does not run the installation.
pub(crate) fn operators_alone() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Forbidden",
        "This is for an operator, an admin of the tenant `default`.",
    )
}

/// This cannot be a tenant's name.
pub(super) fn no_tenant() -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(
        Place::Header(TENANT),
        "It must be there once, with a tenant's name: 1 to 64 characters of a-z, 0-9, - and _.",
    );
    flaws.end().expect_err("there is a flaw")
}

/// What was shown is good for nothing, for this reason.
pub(super) fn invalid(detail: &'static str) -> Problem {
    refused(
        "invalid_credentials",
        "Invalid credentials",
        detail,
        "Bearer realm=\"data-extraction\", error=\"invalid_token\"",
    )
}

fn refused(
    code: &'static str,
    title: &'static str,
    detail: &'static str,
    challenge: &'static str,
) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, title, detail).with(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    )
}
