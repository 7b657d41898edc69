//! What clients do, with words in each place that should get no further.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use testkit::exchange;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::canaries::Kept;
use super::world::World;

const START: &str = "POST /api/v1/scan/start/";

/// Documents of all kinds, good and bad, and all that is asked of a job.
pub(super) async fn start_jobs(world: &mut World) {
    let content = world.canaries.of_client("a document");
    let (tag, name) = (
        world.canaries.of_client("a tag"),
        world.canaries.of_client("a name"),
    );
    let body = json!({
        "source": {"text": format!("Write to {content}@example.com."), "name": format!("{name}.txt")},
        "extract": ["entities", "text", {"fields": {"who": {"regex": format!("{content}.*")}}}],
        "tags": {"batch": &tag, &tag: "1"},
    });
    let idempotency = world.canaries.draw("an Idempotency-Key", Kept::Nowhere);
    let cookie = world.canaries.draw("a cookie", Kept::Nowhere);
    let trace = world.canaries.draw("a trace's state", Kept::Nowhere);
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", &*idempotency),
        ("cookie", &cookie),
        ("tracestate", &trace),
        ("traceparent", &trace),
        ("user-agent", &cookie),
        ("referer", &format!("https://example.org/?{cookie}")),
    ];
    let answer = world.call(START, &headers, body.to_string()).await;
    let job = world.accepted(&answer);
    let repeated = world.call(START, &headers, body.to_string()).await;
    assert_eq!(repeated.json()["job_id"], job);
    let other = world.call(
        START,
        &headers,
        json!({"source": {"text": "other"}}).to_string(),
    );
    assert_eq!(other.await.status, 422);

    let waited = [("content-type", "text/csv"), ("prefer", "wait=10")];
    let answer = world
        .call(START, &waited, format!("who\n{content}@example.com\n"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    for accept in [
        "application/json",
        "text/csv",
        "application/x-ndjson",
        "text/markdown",
        &content,
    ] {
        world.until_ended(&job).await;
        let path = format!("GET /api/v1/scan/result/{job}/");
        world
            .call(
                &path,
                &[("accept", accept), ("if-none-match", &content)],
                "",
            )
            .await;
    }
    let list = format!("GET /api/v1/scan/?tag=batch:{tag}&q={name}&media_type={name}");
    world.call(&list, &[], "").await;
    world
        .call(&format!("GET /api/v1/scan/?tag=batch:{tag}"), &[], "")
        .await;
    world
        .call(&format!("GET /api/v1/scan/events/{job}/"), &[], "")
        .await;
    world
        .call(&format!("POST /api/v1/scan/cancel/{job}/"), &[], "")
        .await;

    let form = form(&content, &name);
    let multipart = [("content-type", "multipart/form-data; boundary=edge")];
    let answer = world.call(START, &multipart, form).await;
    world.accepted(&answer);
    for (media_type, document) in [
        ("application/pdf", format!("%PDF-1.7 {content}")),
        ("application/xml", format!("<{content}><a></{content}>")),
        (
            "text/html",
            format!("<p onclick='{content}'>{content}<table><tr><td>{content}"),
        ),
        ("application/zip", format!("PK\x03\x04{content}")),
        (
            "message/rfc822",
            format!("From: {content}@example.com\nSubject: {content}\n\n{content}"),
        ),
        ("image/png", format!("\u{89}PNG\r\n{content}")),
    ] {
        let answer = world
            .call(START, &[("content-type", media_type)], document)
            .await;
        if answer.status == 202 {
            let id = world.accepted(&answer);
            world.until_ended(&id).await;
            world
                .call(&format!("POST /api/v1/scan/retry/{id}/"), &[], "")
                .await;
        }
    }
    documents_elsewhere(world).await;
    as_docling_does(world, &content, &name).await;
    world
        .call(&format!("DELETE /api/v1/scan/remove/{job}/"), &[], "")
        .await;
}

/// Documents on the web and in S3, which are there and which are not.
async fn documents_elsewhere(world: &mut World) {
    let user = world.canaries.of_client("a URL's user");
    let query = world.canaries.of_client("a URL's query");
    let path = world.canaries.of_client("a URL's path");
    let address = world.receiver.address.clone();
    for url in [
        format!("http://{address}/{path}?sig={query}#{query}"),
        format!("http://{user}:{user}@{address}/{path}?sig={query}"),
        format!("http://127.0.0.1:9/{path}?sig={query}"),
        format!("https://{query}.invalid/{path}?sig={query}"),
        format!("http://[{query}]/"),
        format!("file:///{path}"),
    ] {
        let body = json!({"sources": [{"url": url, "etag": query}, {"text": "a@test.com"}]});
        let answer = world.json(START, body).await;
        if answer.status == 202 {
            world.accepted(&answer);
        }
    }
    for body in [
        json!({"source": {"s3": format!("s3://{path}/{query}")}}),
        json!({"collection": {"s3": format!("s3://{path}/{query}/")}}),
        json!({"collection": {"archive": {"s3": format!("s3://{path}/{query}.zip")}}}),
    ] {
        let answer = world.json(START, body).await;
        if answer.status == 202 {
            world.accepted(&answer);
        }
    }
}

async fn as_docling_does(world: &mut World, content: &str, name: &str) {
    let header = world
        .canaries
        .draw("a header for a document's server", Kept::Nowhere);
    let text = BASE64_STANDARD.encode(format!("# {content}"));
    let file = json!({"kind": "file", "base64_string": text, "filename": format!("{name}.md")});
    let http = json!({"kind": "http", "url": format!("https://{name}.invalid/{name}"), "headers": {"authorization": header}});
    for source in [file, http] {
        let body = json!({"sources": [source], "options": {"to_formats": ["md"]}});
        let answer = world.json("POST /v1/convert/source/async", body).await;
        if let Some(task) = answer.json()["task_id"].as_str() {
            world
                .call(&format!("GET /v1/status/poll/{task}?wait=5"), &[], "")
                .await;
            world.call(&format!("GET /v1/result/{task}"), &[], "").await;
        }
    }
    world
        .call(&format!("GET /v1/clear/results?older_then={name}"), &[], "")
        .await;
}

/// What is no request, or not one of the API's.
pub(super) async fn send_nonsense(world: &mut World) {
    let nonsense = world.canaries.of_client("a request that is none");
    let json_type = [("content-type", "application/json")];
    for body in [
        format!("{{\"source\": {{\"text\": \"{nonsense}"),
        format!("{{\"source\": {{\"{nonsense}\": \"{nonsense}\"}}}}"),
        format!("{{\"source\": {{\"base64\": \"{nonsense}!\"}}}}"),
        format!("{{\"source\": {{\"text\": \"a\"}}, \"extract\": [\"{nonsense}\"]}}"),
        format!(
            "{{\"source\": {{\"text\": \"a\"}}, \"extract\": [{{\"fields\": {{\"a\": {{\"regex\": \"({nonsense}\"}}}}}}]}}"
        ),
        format!(
            "{{\"source\": {{\"text\": \"a\"}}, \"extract\": [{{\"fields\": {{\"a\": {{\"css\": \"a:::{nonsense}\"}}}}}}]}}"
        ),
        format!("{{\"source\": {{\"text\": \"a\"}}, \"extractor\": \"{nonsense}@x\"}}"),
        format!(
            "{{\"source\": {{\"text\": \"a\"}}, \"webhook\": {{\"url\": \"ftp://{nonsense}\"}}}}"
        ),
    ] {
        for path in ["scan/start", "extractors/preview"] {
            let answer = world
                .call(&format!("POST /api/v1/{path}/"), &json_type, body.clone())
                .await;
            assert!(answer.status.is_client_error(), "{body}: {answer:?}");
        }
    }
    for headers in [
        [("content-type", &*format!("application/{nonsense}"))],
        [("content-encoding", &nonsense)],
        [("x-tenant", &*format!("{nonsense} {nonsense}"))],
    ] {
        world.call(START, &headers, nonsense.clone()).await;
    }
    let multipart = [("content-type", "multipart/form-data; boundary=edge")];
    world
        .call(START, &multipart, format!("--edge\r\n{nonsense}\r\n"))
        .await;
    for path in ["/{}/", "/api/v1/{}/", "/api/docs/{}", "/metrics/{}?{}={}"] {
        world
            .call(&format!("GET {}", path.replace("{}", &nonsense)), &[], "")
            .await;
    }
    world
        .call(&format!("POST /metrics?{nonsense}"), &[], nonsense.clone())
        .await;
    let basic = BASE64_STANDARD.encode(format!("user:{nonsense}"));
    world
        .canaries
        .add("basic authentication", &basic, Kept::Nowhere);
    let basic = format!("Basic {basic}");
    world
        .call_as("GET /api/v1/scan/", &[("authorization", &basic)], "")
        .await;

    let host = world.product.api.clone();
    let host = host
        .trim_start_matches("http://")
        .trim_end_matches("/api/v1/");
    for raw in [
        format!("{nonsense}\r\n\r\n"),
        format!("GET /{nonsense} HTTP/1.1\r\nhost: a\r\n{nonsense}\r\n\r\n"),
        format!("GET /api/v1/scan/ HTTP/1.1\r\nhost: a\r\nx-api-key: {nonsense}\0\r\n\r\n"),
        format!("POST {START} HTTP/1.1\r\nhost: a\r\ncontent-length: {nonsense}\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(raw.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        world.errors.push(answer);
    }
}

/// Documents that go straight into the storage, by links that are signed.
pub(super) async fn upload(world: &mut World) {
    let (name, content) = (
        world.canaries.of_client("an upload's name"),
        world.canaries.of_client("an upload"),
    );
    let body = json!({"name": format!("{name}.txt"), "bytes": content.len()});
    let answer = world.json("POST /api/v1/uploads/", body).await;
    assert!(answer.status.is_success(), "{answer:?}");
    let (upload, url) = (
        answer.json()["upload"].clone(),
        answer.json()["url"].clone(),
    );
    let (upload, url) = (upload.as_str().unwrap(), url.as_str().unwrap());
    let signature = url.split("X-Amz-Signature=").nth(1).unwrap();
    let signature = signature.split('&').next().unwrap();
    world
        .canaries
        .add("an upload's link", signature, Kept::Nowhere);

    let wrong = signature.chars().rev().collect::<String>();
    let place = "a link with a wrong signature";
    world.canaries.add(place, &wrong, Kept::Nowhere);
    let tampered = url.replace(signature, &wrong);
    let put = |url: &str, body: String| http::Request::put(url).body(body).unwrap();
    assert_eq!(exchange(put(&tampered, content.clone())).await.status, 403);
    let too_long = exchange(put(url, format!("{content}{content}"))).await;
    assert!(too_long.status.is_client_error(), "{too_long:?}");
    assert!(
        exchange(put(url, content.clone()))
            .await
            .status
            .is_success()
    );
    world
        .call(&format!("GET /api/v1/uploads/{upload}/"), &[], "")
        .await;
    let job = world.start_job(json!({"source": {"upload": upload}})).await;
    world.until_ended(&job).await;
    world
        .call(&format!("DELETE /api/v1/uploads/{upload}/"), &[], "")
        .await;
}

pub(super) async fn save_extractors(world: &mut World) {
    let (name, label) = (
        world.canaries.of_client("an extractor's name"),
        world.canaries.of_client("a label"),
    );
    let place = format!("/api/v1/extractors/{name}/");
    let body = json!({"extract": [{"fields": {"a": {"label": label, "type": "money"}}}]});
    let saved = world.json(&format!("PUT {place}"), body).await;
    assert!(saved.status.is_success(), "{saved:?}");
    for call in [
        format!("GET {place}"),
        format!("GET {place}versions/"),
        "GET /api/v1/extractors/".to_owned(),
    ] {
        assert_eq!(world.call(&call, &[], "").await.status, 200);
    }
    let text = format!("{label}: 7.50 EUR");
    world
        .start_job(json!({"source": {"text": text}, "extractor": name}))
        .await;
    let preview = world.json(
        "POST /api/v1/extractors/preview/",
        json!({
            "source": {"text": text}, "extract": [{"fields": {"a": {"label": label}}}],
        }),
    );
    assert_eq!(preview.await.status, 200);
    world.call(&format!("DELETE {place}"), &[], "").await;
}

/// Webhooks: their secrets, where they go, and what is answered there.
pub(super) async fn tell_of_ends(world: &mut World) {
    for _ in 0..2 {
        let answer = world.call("POST /api/v1/webhooks/secrets/", &[], "").await;
        let secret = answer.json()["secret"].as_str().unwrap().to_owned();
        let encoded = secret.strip_prefix("whsec_").unwrap();
        let bytes = BASE64_STANDARD.decode(encoded).unwrap();
        world
            .canaries
            .add("a webhook's secret", encoded, Kept::InData);
        let listed = format!("{bytes:?}");
        world.canaries.add(
            "a webhook's secret",
            listed.trim_matches(['[', ']']),
            Kept::InData,
        );
        world
            .canaries
            .add("a webhook's secret", bytes, Kept::InData);
    }
    world.call("GET /api/v1/webhooks/secrets/", &[], "").await;

    let query = world.canaries.of_client("a webhook's query");
    let path = world.canaries.of_client("a webhook's path");
    let content = world.canaries.of_client("a document whose end is told");
    world.receiver.answer([500, 410]);
    for url in [
        world.receiver.url(&format!("/{path}?token={query}")),
        world.receiver.url(&format!("/{path}/other?token={query}")),
        world.receiver.url(&format!("/{path}/third?token={query}")),
        format!("http://{query}.invalid/{path}?token={query}"),
    ] {
        let body = json!({"source": {"text": content}, "webhook": {"url": url}});
        let job = world.start_job(body).await;
        world.until_ended(&job).await;
        world
            .call(&format!("GET /api/v1/scan/webhooks/{job}/"), &[], "")
            .await;
        world
            .call(
                &format!("POST /api/v1/scan/webhooks/{job}/replay/"),
                &[],
                "",
            )
            .await;
    }
    let mut looks = tokio::time::interval(std::time::Duration::from_millis(50));
    while world.receiver.webhooks().len() < 3 {
        looks.tick().await;
    }
    let signatures = world.receiver.webhooks();
    for webhook in signatures {
        let signature = webhook.header("webhook-signature").to_owned();
        for part in signature.split([' ', ',']).filter(|part| part.len() > 10) {
            world
                .canaries
                .add("a webhook's signature", part, Kept::Nowhere);
        }
    }
    let disabled = world
        .call("GET /api/v1/webhooks/disabled/", &[], "")
        .await
        .json();
    for endpoint in disabled["endpoints"].as_array().into_iter().flatten() {
        let id = endpoint["id"].as_str().unwrap_or_default().to_owned();
        world
            .call(&format!("DELETE /api/v1/webhooks/disabled/{id}/"), &[], "")
            .await;
    }
    for call in [
        "GET /api/v1/dead-letters/",
        "POST /api/v1/dead-letters/redrive/?reason=undeliverable",
    ] {
        world.call(call, &[], "").await;
    }
}

/// Calls for other tenants, by those who may and those who may not.
pub(super) async fn act_for_tenants(world: &mut World) {
    let foreign = world.canaries.draw("another tenant", Kept::Nowhere);
    let (acme, token) = (world.acme.shown.clone(), world.token.clone());
    let bearer = format!("Bearer {token}");
    for (call, headers, status) in [
        ("GET /api/v1/scan/", vec![("x-api-key", &*acme)], 200),
        (
            "GET /api/v1/scan/",
            vec![("x-api-key", &acme), ("x-tenant", &foreign)],
            403,
        ),
        ("GET /metrics", vec![("x-api-key", &acme)], 403),
        ("GET /api/v1/scan/", vec![("authorization", &bearer)], 200),
        (
            "GET /api/v1/scan/",
            vec![("authorization", &bearer), ("x-tenant", &foreign)],
            403,
        ),
        (START, vec![("authorization", &bearer)], 403),
        // Two that differ.
        (
            "GET /api/v1/scan/",
            vec![("authorization", &bearer), ("x-api-key", &acme)],
            401,
        ),
    ] {
        let answer = world.call_as(call, &headers, "").await;
        assert_eq!(answer.status, status, "{call}: {answer:?}");
    }
    let own = world
        .call("GET /api/v1/scan/", &[("x-tenant", "acme")], "")
        .await;
    assert_eq!(own.status, 200, "{own:?}");
}

fn form(content: &str, name: &str) -> String {
    format!(
        "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}.csv\"\r\n\r\n\
         who\n{content}@example.com\r\n--edge--\r\n"
    )
}
