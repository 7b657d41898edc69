//! What holds of every answer, for browsers and against whoever sends too much.

use api::Cors;
use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};

use crate::contract::documented;
use crate::support::{Answer, START, api, api_for, call, get, request, send, send_to};

const ORIGIN: &str = "https://app.example.com";

/// What is sent to each operation, and to paths that are none: answers of all kinds.
fn asked() -> Vec<(Method, String)> {
    let operations = documented().into_iter().flat_map(|(path, methods)| {
        let methods = methods.into_iter().map(|name| name.parse().unwrap());
        methods
            .map(|method| (method, path.clone()))
            .collect::<Vec<_>>()
    });
    let others = [
        (Method::GET, "/"),
        (Method::GET, "/nothing/here/"),
        (Method::GET, "/api/docs/docs.js"),
        (Method::GET, "/api/docs/swagger-ui.css"),
        (Method::GET, "/api/v1/scan/status/no-uuid/"),
        (Method::GET, "/api/v1/scan/start/"),
        (Method::OPTIONS, "/api/v1/scan/start/"),
        (Method::GET, "/api/v1/health/?colour=red"),
    ];
    let others = others.map(|(method, path)| (method, path.to_owned()));
    operations.chain(others).collect()
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_not_do_with_it() {
    for (method, path) in asked() {
        let answer = call(method.clone(), &path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {method} {path}");
        }
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{part} of {method} {path}: {policy}");
        }
        let cached = answer.header("cache-control");
        let may_be_kept = !path.starts_with("/api/v1/") && !path.starts_with("/v1/");
        assert!(may_be_kept || cached == "no-store", "{path}: {cached}");
        assert!(!answer.header("x-request-id").is_empty(), "{method} {path}");
        // Nothing says which software it is that answers, or lets a page in.
        for name in ["server", "x-powered-by", "access-control-allow-origin"] {
            assert_eq!(answer.header(name), "", "{name} of {method} {path}");
        }
    }
}

#[tokio::test]
async fn a_page_shares_its_window_with_nobody_and_asks_for_no_device() {
    for path in ["/api/docs/", "/admin/"] {
        let page = get(path).await;
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        let devices = page.header("permissions-policy");
        assert!(devices.contains("geolocation=()"), "{devices}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("require-trusted-types-for 'script'"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn tls_is_for_good_where_there_is_tls() {
    let header = "strict-transport-security";
    for path in ["/api/v1/health/", "/nothing/"] {
        assert_eq!(get(path).await.header(header), "");
        let proxied = request(Method::GET, path).header("x-forwarded-proto", "https");
        let answer = send(proxied.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header(header), "max-age=31536000");
    }
}

#[tokio::test]
async fn a_url_that_is_too_long_is_refused_with_how_long_it_may_be() {
    let path = |bytes: usize| format!("/api/v1/health/?{}", "x".repeat(bytes - 16));
    assert_eq!(
        get(&path(8_192)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for path in [path(8_193), format!("/{}", "x/".repeat(10_000))] {
        let answer = get(&path).await;
        assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
        assert_eq!(answer.json()["type"], "urn:problem:url_too_long");
        assert!(answer.detail().contains("8192"), "{}", answer.detail());
    }
}

#[tokio::test]
async fn headers_that_are_too_long_or_too_many_are_refused_with_how_much_there_may_be() {
    let with = |count: usize, bytes: usize| {
        let mut request = request(Method::GET, "/api/v1/health/");
        for number in 0..count {
            request = request.header(format!("x-{number:04}"), "v".repeat(bytes));
        }
        send(request.body(Body::empty()).unwrap())
    };
    // A name has six bytes here.
    for (count, bytes) in [(100, 1), (1, 16_384 - 6), (64, 250)] {
        assert_eq!(with(count, bytes).await.status, StatusCode::OK, "{count}");
    }
    for (count, bytes) in [(101, 1), (1, 16_385 - 6), (64, 251)] {
        let answer = with(count, bytes).await;
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        assert_eq!(answer.status, status, "{count}");
        assert_eq!(answer.json()["type"], "urn:problem:headers_too_large");
        assert!(answer.detail().contains("16384"), "{}", answer.detail());
    }
}

#[tokio::test]
async fn the_limits_of_addresses_and_headers_are_published() {
    let limits = get("/api/v1/limits/").await.json();
    for (name, value) in [
        ("max_url_bytes", 8_192),
        ("max_headers", 100),
        ("max_header_bytes", 16_384),
    ] {
        assert_eq!(limits[name], value, "{name}");
    }
}

#[tokio::test]
async fn two_hosts_are_one_too_many() {
    let two = request(Method::GET, "/api/v1/health/")
        .header("host", "a.example")
        .header("host", "b.example");
    let answer = send(two.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["type"], "urn:problem:malformed_request");
}

#[test]
fn what_is_refused_whatever_is_asked_for_is_described_with_every_operation() {
    let description = api::openapi();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let described = |status: &str, code: &str| {
                let problem =
                    &operation["responses"][status]["content"]["application/problem+json"];
                let examples = problem["examples"].as_object().into_iter().flatten();
                let mut kinds = examples.map(|(_, example)| &example["value"]["type"]);
                kinds.any(|kind| *kind == format!("urn:problem:{code}"))
            };
            for (status, code) in [
                ("400", "malformed_request"),
                ("414", "url_too_long"),
                ("421", "unknown_host"),
                ("431", "headers_too_large"),
                ("500", "internal_error"),
            ] {
                assert!(described(status, code), "{code} of {method} {path}");
            }
            let changes = method != "get";
            assert_eq!(described("403", "cross_origin"), changes, "{method} {path}");
            let asks = operation.get("security").is_some();
            assert_eq!(described("401", "unauthenticated"), asks, "{method} {path}");
        }
    }
}

/// The API for pages of these origins.
fn shared_with(origins: &str) -> Router {
    let cors = Cors::read(|name| (name == "CORS_ORIGINS").then(|| origins.to_owned()));
    api_for(cors.unwrap())
}

/// What a browser asks beforehand for a page of this origin.
async fn preflight(router: Router, origin: &str, path: &str) -> Answer {
    let asks = request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    send_to(router, asks.body(Body::empty()).unwrap()).await
}

fn from_page(method: Method, path: &str, origin: &str) -> Request<Body> {
    let request = request(method, path)
        .header("origin", origin)
        .header("sec-fetch-site", "cross-site");
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn the_page_of_an_origin_that_is_named_reads_every_answer() {
    let (named, other) = (
        format!("https://b.example,{ORIGIN}"),
        "https://other.example",
    );
    let api = shared_with(&named);
    for (method, path) in asked() {
        let answer = send_to(api.clone(), from_page(method.clone(), &path, ORIGIN)).await;
        let allowed = answer.header("access-control-allow-origin");
        if method == Method::OPTIONS {
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            continue;
        }
        assert_eq!(allowed, ORIGIN, "{method} {path}");
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
        let exposed = answer.header("access-control-expose-headers");
        for name in ["x-request-id", "link", "retry-after", "etag"] {
            assert!(exposed.contains(name), "{name} of {method} {path}");
        }
        let vary = answer.headers.get_all("vary").iter();
        let vary: Vec<_> = vary.map(|it| it.to_str().unwrap().to_lowercase()).collect();
        assert!(
            vary.join(",").contains("origin"),
            "{method} {path}: {vary:?}"
        );
        let credentials = answer.header("access-control-allow-credentials");
        assert_eq!(credentials, "", "{method} {path}");

        let answer = send_to(api.clone(), from_page(method.clone(), &path, other)).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, "", "{method} {path}");
    }
}

#[tokio::test]
async fn a_browser_is_told_beforehand_what_the_page_of_a_named_origin_may_do() {
    let api = shared_with(ORIGIN);
    let preview = "/api/v1/extractors/preview/";
    for path in [START, preview, "/nothing/", "/api/v1/scan/start"] {
        let answer = preflight(api.clone(), ORIGIN, path).await;
        assert!(
            answer.status.is_success() && answer.body.is_empty(),
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        let methods = answer.header("access-control-allow-methods");
        for method in ["GET", "POST", "PUT", "DELETE"] {
            assert!(methods.contains(method), "{methods}");
        }
        let headers = answer.header("access-control-allow-headers");
        for name in [
            "authorization",
            "x-api-key",
            "x-tenant",
            "content-type",
            "content-disposition",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "prefer",
            "last-event-id",
            "traceparent",
            "range",
        ] {
            assert!(headers.contains(name), "{name} of {headers}");
        }
        assert_eq!(answer.header("access-control-max-age"), "7200");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(!answer.header("x-request-id").is_empty());
    }
}

#[tokio::test]
async fn nobody_else_is_told_anything() {
    let unshared = preflight(api(), ORIGIN, START).await;
    assert_eq!(unshared.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(unshared.header("allow"), "POST");
    let named = [
        ORIGIN,
        "https://APP.example.com",
        "https://app.example.com:8443",
    ];
    for stranger in ["https://other.example", "null", named[1], named[2]] {
        let answer = preflight(shared_with(ORIGIN), stranger, START).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{stranger}");
        for (name, _) in &answer.headers {
            assert!(!name.as_str().starts_with("access-control-"), "{name}");
        }
    }
}

#[tokio::test]
async fn all_origins_can_be_let_in_by_a_star() {
    for origin in [ORIGIN, "https://other.example", "null"] {
        let answer = preflight(shared_with("*"), origin, START).await;
        assert!(answer.status.is_success(), "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let get = from_page(Method::GET, "/api/v1/health/", origin);
        let answer = send_to(shared_with("*"), get).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}

#[tokio::test]
async fn a_strangers_page_changes_nothing_through_its_visitors_browser() {
    for (method, path) in asked() {
        let answer = send(from_page(method.clone(), &path, "https://other.example")).await;
        let refused = answer.status == StatusCode::FORBIDDEN;
        assert_eq!(refused, !method.is_safe(), "{method} {path}");
        if refused {
            assert_eq!(answer.json()["type"], "urn:problem:cross_origin");
        }
    }
}

#[tokio::test]
async fn what_this_service_and_programs_send_is_no_strangers() {
    for (headers, is_let_in) in [
        (&[][..], true),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("origin", "http://host:8000")], true),
        (&[("origin", "http://host:8001")], false),
        (&[("origin", "http://other:8000")], false),
        (&[("origin", "null")], false),
        // The browser's word counts before its guess from the origin.
        (
            &[
                ("origin", "http://host:8000"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        ),
    ] {
        let mut start = request(Method::POST, START).header("host", "host:8000");
        for (name, value) in headers {
            start = start.header(*name, *value);
        }
        let answer = send(start.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.is_taken(), is_let_in, "{headers:?}");
    }
}
