//! The description of the API, and what else the service says of itself.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::support::{MAX_BYTES, get, request, send};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/openapi.json");

#[test]
fn the_committed_description_is_that_of_the_code() {
    let mut made = format!("{:#}", api::openapi());
    made.push('\n');
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, &made).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == made,
        "openapi/openapi.json is not what the code says; to rewrite it: UPDATE_OPENAPI=1 cargo test -p api --test api"
    );
}

/// What answers whatever becomes of table, queue and bucket.
const WITHOUT_STORE: [&str; 7] = [
    "/admin/",
    "/api/docs/",
    "/api/schema/",
    "/api/v1/extractors/schema/",
    "/api/v1/health/",
    "/api/v1/limits/",
    "/api/v1/system/",
];

#[test]
fn every_operation_says_what_it_is_and_what_can_go_wrong() {
    let description = api::openapi();
    let mut ids = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{name}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{name}");
            assert_eq!(
                responses.contains_key("503"),
                !WITHOUT_STORE.contains(&path.as_str()),
                "{name}"
            );
            assert_eq!(
                responses.contains_key("404"),
                path.contains('{') && method != "put",
                "{name}"
            );
            for (status, response) in responses {
                let description = response["description"].as_str().unwrap();
                assert!(!description.is_empty(), "{name} {status}");
                if status.as_str() >= "400" {
                    let problem = &response["content"]["application/problem+json"];
                    let schema = &problem["schema"]["$ref"];
                    assert_eq!(schema, "#/components/schemas/ProblemDetails");
                    let examples = problem["examples"].as_object().unwrap();
                    assert!(!examples.is_empty(), "{name} {status}");
                }
            }
        }
    }
    ids.sort();
    assert_eq!(
        ids,
        [
            "cancel_scan",
            "clear_results",
            "convert_file",
            "convert_source",
            "create_key",
            "create_upload",
            "create_webhook_secret",
            "discard_dead_letter",
            "discard_dead_letters",
            "enable_webhook",
            "get_admin",
            "get_docs",
            "get_extractor",
            "get_extractors_schema",
            "get_health",
            "get_key",
            "get_limits",
            "get_quotas",
            "get_result",
            "get_scan_events",
            "get_scan_request",
            "get_scan_result",
            "get_scan_status",
            "get_schema",
            "get_system",
            "get_upload",
            "get_usage",
            "get_whoami",
            "list_audit",
            "list_dead_letters",
            "list_disabled_webhooks",
            "list_extractor_versions",
            "list_extractors",
            "list_keys",
            "list_scan_webhooks",
            "list_scans",
            "list_webhook_secrets",
            "poll_status",
            "preview_extraction",
            "redrive_dead_letter",
            "redrive_dead_letters",
            "remove_extractor",
            "remove_scan",
            "remove_upload",
            "remove_webhook_secret",
            "replay_scan_webhook",
            "reset_quotas",
            "retry_scan",
            "revoke_key",
            "rotate_key",
            "save_extractor",
            "set_quotas",
            "start_scan",
        ]
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, whole: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let target = whole.pointer(reference.trim_start_matches('#'));
                    assert!(target.is_some(), "{reference}");
                }
                members.values().for_each(|value| check(value, whole));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, whole)),
            _ => {}
        }
    }
    let description = api::openapi();
    check(&description, &description);
}

#[test]
fn names_in_the_description_are_those_of_the_domain() {
    let description = api::openapi();
    let schemas = &description["components"]["schemas"];
    let names = |schema: &str| -> Vec<String> {
        serde_json::from_value(schemas[schema]["enum"].clone()).unwrap()
    };
    assert_eq!(names("Status"), job::Status::ALL.map(job::Status::name));
    let sources = &schemas["ScanRequest"]["properties"]["sources"];
    assert_eq!(sources["maxItems"], job::limits::MAX_DOCUMENTS);
}

#[tokio::test]
async fn the_description_comes_in_the_form_that_is_asked_for() {
    let yaml = "application/vnd.oai.openapi";
    let json = "application/vnd.oai.openapi+json";
    for (query, accept, media_type) in [
        ("", None, yaml),
        ("", Some("*/*"), yaml),
        ("", Some("text/html,application/xml;q=0.9,*/*;q=0.8"), yaml),
        ("", Some("application/json"), json),
        ("", Some("application/json, text/plain, */*"), json),
        (
            "",
            Some("application/yaml;q=0.2, application/json; q=0.9"),
            json,
        ),
        ("", Some("application/json;q=0"), yaml),
        ("", Some("image/png"), yaml),
        ("", Some("Application/VND.oai.openapi+JSON"), json),
        ("?format=json", None, json),
        ("?format=yaml", Some("application/json"), yaml),
        ("?format=json", Some("text/yaml"), json),
    ] {
        let mut request = request(Method::GET, &format!("/api/schema/{query}"));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer = send(request.body(Body::empty()).unwrap()).await;
        let asked = format!("{query} {accept:?}");
        assert_eq!(answer.status, StatusCode::OK, "{asked}");
        assert_eq!(answer.header("content-type"), media_type, "{asked}");
        if media_type == json {
            assert_eq!(answer.json()["openapi"], "3.1.0");
        } else {
            assert!(answer.body.starts_with(b"openapi: 3.1.0\n"), "{asked}");
        }
    }
    let answer = get("/api/schema/?format=xml").await;
    assert_eq!(answer.places(), ["parameter format"]);
}

#[tokio::test]
async fn limits_are_those_in_force() {
    let limits = get("/api/v1/limits/").await.json();
    assert_eq!(limits["max_request_bytes"], MAX_BYTES);
    assert_eq!(limits["max_documents"], 100);
    assert_eq!(limits["max_json_levels"], 128);
    assert_eq!(limits["max_attempts"], 5);
    assert_eq!(limits["engine"]["max_pages"], plan::LIMITS.max_pages);
    assert_eq!(limits["keep_finished_seconds"], 7 * 24 * 3600);
}

#[tokio::test]
async fn health_needs_no_store() {
    let answer = get("/api/v1/health/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(answer.json()["auth"], "open");
}

#[tokio::test]
async fn the_language_of_what_can_be_extracted_is_published_as_a_schema() {
    for path in ["/api/v1/extractors/schema/", "/api/v1/extractors/schema"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/schema+json");
        assert_eq!(answer.json(), plan::schema());
    }
    let answer = get("/api/v1/extractors/schema/?a=b").await;
    assert_eq!(answer.places(), ["parameter a"]);
}

#[test]
fn the_description_holds_the_schema_of_what_can_be_extracted() {
    let description = api::openapi();
    let schemas = &description["components"]["schemas"];
    let extract = &schemas["ScanRequest"]["properties"]["extract"];
    assert!(
        extract.to_string().contains("#/components/schemas/Extract"),
        "{extract}"
    );
    let (here, published) = (&schemas["Extract"], plan::schema());
    assert_eq!(here["type"], "array");
    assert_eq!(here["examples"], published["examples"]);
    for name in published["$defs"].as_object().unwrap().keys() {
        assert!(schemas.get(name).is_some(), "{name}");
    }
    assert!(!description.to_string().contains("#/$defs/"));
}
