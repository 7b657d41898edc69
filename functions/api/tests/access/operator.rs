//! Who may act for another tenant, by `X-Tenant`.

use access::Scope;
use axum::body::Body;
use http::{HeaderValue, Request, StatusCode};
use job::Tenant;
use testkit::{Answer, Stack};

use crate::world::{OTHER, OWNER, World};

const LIST: &str = "/api/v1/scan/";

/// Asks for the jobs of these tenants.
async fn list(stack: &Stack, key: &str, tenants: &[&[u8]]) -> Answer {
    let mut request = Request::get(LIST).header("x-api-key", key);
    for tenant in tenants {
        request = request.header("x-tenant", HeaderValue::from_bytes(tenant).unwrap());
    }
    stack.send(request.body(Body::empty()).unwrap()).await
}

fn jobs(answer: &Answer) -> usize {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["jobs"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_operator_acts_for_any_tenant() {
    let World { stack, key: owner } = World::start().await;
    let operator = stack.key(Tenant::DEFAULT, [Scope::Admin]).await;
    let start = Request::post("/api/v1/scan/start/")
        .header("x-api-key", &operator)
        .header("x-tenant", OWNER);
    let started = stack.send(start.body(Body::empty()).unwrap()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    assert_eq!(jobs(&list(&stack, &owner, &[]).await), 1);
    assert_eq!(jobs(&list(&stack, &operator, &[OWNER.as_bytes()]).await), 1);
    for others in [&[][..], &[OTHER.as_bytes()], &[b"default"]] {
        assert_eq!(jobs(&list(&stack, &operator, others).await), 0);
    }
}

#[tokio::test]
async fn nobody_else_acts_for_another_tenant() {
    let World { stack, key: admin } = World::start().await;
    let tenants = Scope::ALL.into_iter().filter(|it| *it != Scope::Admin);
    let no_admin = stack.key(Tenant::DEFAULT, tenants).await;
    for (key, own, other) in [(&admin, OWNER, "default"), (&no_admin, "default", OWNER)] {
        assert_eq!(jobs(&list(&stack, key, &[own.as_bytes()]).await), 0);
        for other in [other, OTHER] {
            let refused = list(&stack, key, &[other.as_bytes()]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
            assert_eq!(refused.json()["type"], "urn:problem:forbidden");
            assert!(refused.json()["detail"].to_string().contains("X-Tenant"));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_a_tenant_is_refused_whoever_names_it() {
    let World { stack, key: admin } = World::start().await;
    let operator = stack.key(Tenant::DEFAULT, [Scope::Admin]).await;
    let long = "a".repeat(65);
    let wrong: [&[&[u8]]; 8] = [
        &[b""],
        &[b"Acme"],
        &[b"a b"],
        &[b"acme#1"],
        &[b"acme, rival"],
        &[long.as_bytes()],
        &["naïve".as_bytes()],
        &[b"acme", b"rival"],
    ];
    for tenants in wrong {
        for key in [&operator, &admin] {
            let refused = list(&stack, key, tenants).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{refused:?}"
            );
            assert_eq!(
                refused.json()["errors"][0]["header"],
                "x-tenant",
                "{refused:?}"
            );
        }
        // Who does not say who they are is told nothing else.
        let nobody = list(&stack, "x", tenants).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn everybody_acts_for_any_tenant_where_nobody_is_asked() {
    let stack = Stack::start().await;
    stack.job().of(OWNER).pending().await;
    for (tenants, found) in [(&[OWNER.as_bytes()][..], 1), (&[], 0), (&[b"rival"], 0)] {
        assert_eq!(jobs(&list(&stack, "any", tenants).await), found);
    }
    let refused = list(&stack, "any", &[b"Acme"]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
