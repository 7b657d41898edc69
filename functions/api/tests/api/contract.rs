//! What holds for every operation.

use std::collections::HashSet;

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Answer, ID, call, get, request, send};

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW",
];

/// A well-formed id of a dead letter.
const LETTER: &str = "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx";

/// A well-formed id of a key.
const KEY: &str = "5f1d0c7a9e3b2468";

/// A well-formed id of a webhook's endpoint.
const ENDPOINT: &str = "5d41402abc4b2a76b9719d911017c592";

/// Every documented path, with the methods that it takes.
pub(crate) fn documented() -> Vec<(String, Vec<String>)> {
    let description = api::openapi();
    let paths = description["paths"].as_object().unwrap();
    let mut documented: Vec<_> = paths
        .iter()
        .map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            let mut methods: Vec<String> = methods.map(|method| method.to_uppercase()).collect();
            if methods.contains(&"GET".to_owned()) {
                methods.push("HEAD".to_owned());
            }
            methods.sort();
            (
                path.replace("{job_id}", ID)
                    .replace("{upload_id}", ID)
                    .replace("{secret_id}", ID)
                    .replace("{task_id}", ID)
                    .replace("{endpoint_id}", ENDPOINT)
                    .replace("{name}", "invoice")
                    .replace("{letter_id}", LETTER)
                    .replace("{key_id}", KEY),
                methods,
            )
        })
        .collect();
    documented.sort();
    documented
}

fn method(name: &str) -> Method {
    name.parse().unwrap()
}

/// What two answers to one question share.
fn essence(answer: &Answer) -> (StatusCode, Vec<(String, String)>) {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        // A page sends browsers on to its path with the slash; `pages` tests that.
        .filter(|(name, _)| !["x-request-id", "refresh"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status, headers)
}

#[tokio::test]
async fn every_path_is_documented() {
    let paths: Vec<String> = documented().into_iter().map(|(path, _)| path).collect();
    let all = [
        "/admin/".to_owned(),
        "/api/docs/".to_owned(),
        "/api/schema/".to_owned(),
        "/api/v1/audit/".to_owned(),
        "/api/v1/dead-letters/".to_owned(),
        format!("/api/v1/dead-letters/{LETTER}/"),
        format!("/api/v1/dead-letters/{LETTER}/redrive/"),
        "/api/v1/dead-letters/redrive/".to_owned(),
        "/api/v1/extractors/".to_owned(),
        "/api/v1/extractors/invoice/".to_owned(),
        "/api/v1/extractors/invoice/versions/".to_owned(),
        "/api/v1/extractors/preview/".to_owned(),
        "/api/v1/extractors/schema/".to_owned(),
        "/api/v1/health/".to_owned(),
        "/api/v1/keys/".to_owned(),
        format!("/api/v1/keys/{KEY}/"),
        format!("/api/v1/keys/{KEY}/rotate/"),
        "/api/v1/limits/".to_owned(),
        "/api/v1/quotas/".to_owned(),
        "/api/v1/scan/".to_owned(),
        format!("/api/v1/scan/cancel/{ID}/"),
        format!("/api/v1/scan/events/{ID}/"),
        format!("/api/v1/scan/remove/{ID}/"),
        format!("/api/v1/scan/request/{ID}/"),
        format!("/api/v1/scan/result/{ID}/"),
        format!("/api/v1/scan/retry/{ID}/"),
        "/api/v1/scan/start/".to_owned(),
        format!("/api/v1/scan/status/{ID}/"),
        format!("/api/v1/scan/webhooks/{ID}/"),
        format!("/api/v1/scan/webhooks/{ID}/replay/"),
        "/api/v1/system/".to_owned(),
        "/api/v1/uploads/".to_owned(),
        format!("/api/v1/uploads/{ID}/"),
        "/api/v1/usage/".to_owned(),
        "/api/v1/webhooks/disabled/".to_owned(),
        format!("/api/v1/webhooks/disabled/{ENDPOINT}/"),
        "/api/v1/webhooks/secrets/".to_owned(),
        format!("/api/v1/webhooks/secrets/{ID}/"),
        "/api/v1/whoami/".to_owned(),
        "/v1/clear/results".to_owned(),
        "/v1/convert/file/async".to_owned(),
        "/v1/convert/source/async".to_owned(),
        format!("/v1/result/{ID}"),
        format!("/v1/status/poll/{ID}"),
    ];
    assert_eq!(paths, all);
}

#[tokio::test]
async fn a_path_answers_alike_with_and_without_its_slash() {
    for (path, methods) in documented() {
        for name in methods {
            let with = call(method(&name), &path).await;
            let without = call(method(&name), path.trim_end_matches('/')).await;
            assert_eq!(essence(&with), essence(&without), "{name} {path}");
            assert_eq!(with.body, without.body, "{name} {path}");
            assert_ne!(with.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_does_without_the_body() {
    let mut paths: Vec<String> = documented()
        .into_iter()
        .filter(|(_, methods)| methods.contains(&"GET".to_owned()))
        .map(|(path, _)| path)
        .collect();
    paths.extend(
        [
            "/nothing/here",
            "/api/v1/scan/status/no-uuid/",
            "/api/docs/swagger-ui.css",
        ]
        .map(ToOwned::to_owned),
    );
    for path in paths {
        let (head, get) = (call(Method::HEAD, &path).await, get(&path).await);
        assert_eq!(essence(&head), essence(&get), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        let length = get.body.len().to_string();
        assert_eq!(get.header("content-length"), length, "{path}");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_refused_with_those_that_it_takes() {
    for (path, methods) in documented() {
        for path in [path.as_str(), path.trim_end_matches('/')] {
            for name in METHODS
                .into_iter()
                .filter(|name| !methods.contains(&(*name).to_owned()))
            {
                let answer = call(method(name), path).await;
                assert_eq!(
                    answer.status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{name} {path}"
                );
                let mut allowed: Vec<&str> = answer.header("allow").split(',').collect();
                allowed.sort_unstable();
                assert_eq!(allowed, methods, "{name} {path}");
                if name != "HEAD" {
                    assert_problem(&answer, path, "method_not_allowed");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    for path in [
        "/",
        "/nothing/here/",
        "/api/docs/../x",
        "/api/docs/x.js",
        "/api/v1/scan/status/",
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_problem(&answer, path, "path_not_found");
        assert_eq!(answer.json()["error"], "Not found");
    }
}

#[tokio::test]
async fn an_id_that_is_no_uuid_names_no_job() {
    for (method, operation) in [
        (Method::GET, "status"),
        (Method::GET, "request"),
        (Method::GET, "result"),
        (Method::POST, "cancel"),
        (Method::POST, "retry"),
        (Method::DELETE, "remove"),
    ] {
        for id in [
            "not-a-uuid",
            "%ff",
            "01990a5dac96774b8cceb302099a8057",
            "..%2Fx",
            "%C3%A9",
        ] {
            let path = format!("/api/v1/scan/{operation}/{id}/");
            let answer = call(method.clone(), &path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_problem(&answer, &path, "job_not_found");
            assert_eq!(answer.json()["error"], "Job not found");
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_said_without_its_inner_life() {
    for (path, methods) in documented() {
        if !path.contains("/scan/") {
            continue;
        }
        for name in methods.into_iter().filter(|name| name != "HEAD") {
            let answer = call(method(&name), &path).await;
            assert_eq!(
                answer.status,
                StatusCode::SERVICE_UNAVAILABLE,
                "{name} {path}"
            );
            assert_problem(&answer, &path, "unavailable");
            assert_eq!(answer.header("retry-after"), "2");
            let body = String::from_utf8(answer.body.to_vec()).unwrap();
            for inner in ["127.0.0.1", "dispatch", "jobs", "dynamo", "sqs"] {
                assert!(!body.to_lowercase().contains(inner), "{inner} in {body}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_protected_and_has_its_own_id() {
    let mut ids = HashSet::new();
    for path in [
        "/api/v1/health/",
        "/api/docs/",
        "/admin/",
        "/nothing/",
        "/api/schema/",
        "/api/docs/docs.js",
    ] {
        let answer = get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        let id = answer.header("x-request-id").to_owned();
        assert!(!id.is_empty() && ids.insert(id), "{path}");
    }
}

#[tokio::test]
async fn the_id_of_a_gateway_is_kept_if_it_is_a_plain_word() {
    for (given, kept) in [
        ("Root=1-67891233-abcdef", true),
        ("two words", false),
        (&*"x".repeat(200), false),
    ] {
        let request = request(Method::GET, "/api/v1/health/").header("x-amzn-trace-id", given);
        let answer = send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("x-request-id") == given, kept, "{given}");
    }
}

fn assert_problem(answer: &Answer, path: &str, code: &str) {
    let media_type = answer.header("content-type");
    assert_eq!(media_type, "application/problem+json", "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("urn:problem:{code}"), "{path}");
    assert_eq!(problem["status"], answer.status.as_u16(), "{path}");
    let instance = format!("{}/", path.trim_end_matches('/'));
    assert_eq!(problem["instance"], instance);
    for member in ["title", "detail", "error"] {
        let said = matches!(&problem[member], Value::String(text) if !text.is_empty());
        assert!(said, "{member} of {path}");
    }
}
