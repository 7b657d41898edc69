//! Webhooks, as clients see them.

use http::{Method, StatusCode};
use job::limits::{MAX_WEBHOOK_ATTEMPTS, MAX_WEBHOOK_SECRETS, WEBHOOK_SECRET_OVERLAP};
use serde_json::{Value, json};
use testkit::{Answer, Options, Receiver, Stack};

const SECRETS: &str = "/api/v1/webhooks/secrets/";
const DISABLED: &str = "/api/v1/webhooks/disabled/";

/// A receiver, and a stack that can reach it.
async fn listening() -> (Receiver, Stack) {
    let receiver = Receiver::start().await;
    let policy = receiver.policy();
    let options = Options {
        policy,
        ..Options::default()
    };
    (receiver, Stack::with(options).await)
}

async fn start(stack: &Stack, webhook: Value) -> Answer {
    let body = json!({"source": {"text": "Write to a@test.com."}, "webhook": webhook});
    stack.start_job("application/json", body.to_string()).await
}

fn log_of(id: &str) -> String {
    format!("/api/v1/scan/webhooks/{id}/")
}

#[tokio::test]
async fn a_job_is_told_at_the_url_of_its_request_and_the_log_says_so() {
    let (receiver, stack) = listening().await;
    let made = stack.post(SECRETS).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    receiver.answer([503]);
    let url = receiver.url("/hook");
    let id = start(&stack, json!({"url": url})).await.job_id();
    let log = stack.get(&log_of(&id)).await.json();
    assert_eq!(log, json!({"job_id": id, "url": url, "deliveries": []}));

    stack.work_once().await;
    stack.notify_once().await;
    let pending = &stack.get(&log_of(&id)).await.json()["deliveries"][0];
    assert_eq!(pending["status"], "pending");
    assert!(pending["next_attempt_at"].is_string());
    assert_eq!(pending["attempts"][0]["status_code"], 503);

    stack.drain_queue().await;
    let log = stack.get(&log_of(&id)).await.json();
    let [delivery] = &log["deliveries"].as_array().unwrap()[..] else {
        panic!("{log}");
    };
    assert_eq!(delivery["event"], format!("msg_{id}_0"));
    assert_eq!(delivery["type"], "job.completed");
    assert_eq!(delivery["status"], "delivered");
    assert_eq!(delivery["attempts"][1]["status_code"], 204);
    assert_eq!(delivery["next_attempt_at"], Value::Null);
    // The secret that was shown is the one that signs.
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let verifier = standardwebhooks::Webhook::new(&secret).unwrap();
    let last = receiver.webhooks().pop().unwrap();
    verifier.verify(&last.body, &last.headers).unwrap();
}

#[tokio::test]
async fn a_webhook_that_makes_no_sense_is_refused_and_says_where() {
    let stack = Stack::start().await;
    stack.post(SECRETS).await;
    for (webhook, pointer) in [
        (json!("https://example.org/"), "/webhook"),
        (json!([]), "/webhook"),
        (json!({}), "/webhook/url"),
        (json!({"url": 7}), "/webhook/url"),
        (json!({"url": "ftp://example.org/"}), "/webhook/url"),
        (json!({"url": "example.org"}), "/webhook/url"),
        (
            json!({"url": format!("https://example.org/{}", "a".repeat(2_048))}),
            "/webhook/url",
        ),
        (
            json!({"url": "https://example.org/", "secret": "a"}),
            "/webhook/secret",
        ),
    ] {
        let refused = start(&stack, webhook.clone()).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{webhook}"
        );
        let errors = refused.json()["errors"].clone();
        assert_eq!(errors[0]["pointer"], pointer, "{webhook}");
        assert_eq!(errors[1], Value::Null, "{webhook}: {refused:?}");
    }
    assert_eq!(stack.sqs.count("SendMessage"), 0);
}

#[tokio::test]
async fn a_webhook_that_nothing_could_sign_is_refused() {
    let stack = Stack::start().await;
    let refused = start(&stack, json!({"url": "https://example.org/"})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = &refused.json()["errors"][0];
    assert_eq!(error["pointer"], "/webhook");
    assert!(error["detail"].as_str().unwrap().contains(SECRETS));
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_the_one_before_ends_a_day_later() {
    let stack = Stack::start().await;
    assert_eq!(stack.get(SECRETS).await.json(), json!({"secrets": []}));
    let first = stack.post(SECRETS).await.json();
    let second = stack.post(SECRETS).await.json();
    assert_ne!(first["secret"], second["secret"]);
    let listed = stack.get(SECRETS).await;
    let secrets = &listed.json()["secrets"];
    assert_eq!(secrets[0]["id"], second["id"]);
    assert_eq!(secrets[0]["ends_at"], Value::Null);
    assert_eq!(secrets[1]["id"], first["id"]);
    assert!(secrets[1]["ends_at"].is_string());
    assert!(!listed.text().contains("whsec_"));

    stack.clock.advance(WEBHOOK_SECRET_OVERLAP);
    let left = stack.get(SECRETS).await.json();
    assert_eq!(left["secrets"].as_array().unwrap().len(), 1);
    // The next one sweeps out what has ended.
    stack.post(SECRETS).await;
    assert_eq!(stack.items().await, 2);
}

#[tokio::test]
async fn an_old_secret_can_be_removed_and_the_current_one_not() {
    let stack = Stack::start().await;
    let first = stack.post(SECRETS).await.json();
    let second = stack.post(SECRETS).await.json();
    let remove = async |secret: &Value| {
        let path = format!("{SECRETS}{}/", secret["id"].as_str().unwrap());
        stack.call(Method::DELETE, &path).await.status
    };
    assert_eq!(remove(&second).await, StatusCode::CONFLICT);
    assert_eq!(remove(&first).await, StatusCode::NO_CONTENT);
    assert_eq!(remove(&first).await, StatusCode::NOT_FOUND);
    assert_eq!(
        remove(&json!({"id": "nonsense"})).await,
        StatusCode::NOT_FOUND
    );
    let left = stack.get(SECRETS).await.json();
    assert_eq!(left["secrets"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn there_are_only_so_many_secrets_at_once() {
    let stack = Stack::start().await;
    for _ in 0..MAX_WEBHOOK_SECRETS {
        assert_eq!(stack.post(SECRETS).await.status, StatusCode::CREATED);
    }
    assert_eq!(stack.post(SECRETS).await.status, StatusCode::CONFLICT);
    stack.clock.advance(WEBHOOK_SECRET_OVERLAP);
    assert_eq!(stack.post(SECRETS).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_event_that_was_given_up_is_replayed_under_the_same_id() {
    let (receiver, stack) = listening().await;
    stack.post(SECRETS).await;
    receiver.answer([500; MAX_WEBHOOK_ATTEMPTS]);
    let id = start(&stack, json!({"url": receiver.url("/hook")}))
        .await
        .job_id();
    stack.drain_queue().await;
    let log = stack.get(&log_of(&id)).await.json();
    assert_eq!(log["deliveries"][0]["status"], "failed");

    let event = format!("msg_{id}_0");
    let replay = format!("{}replay/", log_of(&id));
    for path in [replay.clone(), format!("{replay}?event={event}")] {
        let before = receiver.webhooks().len();
        let replayed = stack.post(&path).await;
        assert_eq!(replayed.status, StatusCode::ACCEPTED, "{replayed:?}");
        assert_eq!(replayed.json(), json!({"job_id": id, "event": event}));
        stack.drain_queue().await;
        let webhooks = receiver.webhooks();
        assert_eq!(webhooks.len(), before + 1);
        assert_eq!(webhooks[before].header("webhook-id"), event);
    }
    let log = stack.get(&log_of(&id)).await.json();
    assert_eq!(log["deliveries"][0]["status"], "delivered");
    let unknown = stack.post(&format!("{replay}?event=msg_0")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_end_before_a_retry_is_replayed_by_its_name() {
    let (receiver, stack) = listening().await;
    stack.post(SECRETS).await;
    let key = stack.job().webhook(receiver.url("/hook")).failed().await;
    stack.notify_once().await;
    stack.post(&format!("/api/v1/scan/retry/{}/", key.id)).await;
    let replay = format!("{}replay/", log_of(&key.id.to_string()));
    let refused = stack.post(&replay).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it is pending");
    let event = format!("msg_{}_0", key.id);
    let replayed = stack.post(&format!("{replay}?event={event}")).await;
    assert_eq!(replayed.status, StatusCode::ACCEPTED);
    stack.notify_once().await;
    let told = receiver.webhooks();
    let last = told.last().unwrap();
    assert_eq!(last.header("webhook-id"), event);
    assert_eq!(last.json()["type"], "job.failed");
}

#[tokio::test]
async fn a_job_without_a_webhook_has_nothing_to_replay() {
    let stack = Stack::start().await;
    let id = stack.job().completed().await.id.to_string();
    let log = stack.get(&log_of(&id)).await.json();
    assert_eq!(log, json!({"job_id": id, "url": null, "deliveries": []}));
    let replay = format!("{}replay/", log_of(&id));
    assert_eq!(stack.post(&replay).await.status, StatusCode::CONFLICT);
    let missing = log_of("01990a5d-ac96-774b-8cce-b302099a8057");
    assert_eq!(stack.get(&missing).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_listed_until_it_is_enabled() {
    let (receiver, stack) = listening().await;
    stack.post(SECRETS).await;
    receiver.answer([410]);
    let url = receiver.url("/hook");
    let id = start(&stack, json!({"url": url})).await.job_id();
    stack.drain_queue().await;
    let log = stack.get(&log_of(&id)).await.json();
    assert_eq!(log["deliveries"][0]["status"], "disabled");
    let listed = stack.get(DISABLED).await.json();
    assert_eq!(listed["endpoints"][0]["url"], url);
    assert_eq!(listed["next"], Value::Null);

    let endpoint = listed["endpoints"][0]["id"].as_str().unwrap();
    let path = format!("{DISABLED}{endpoint}/");
    let enabled = stack.call(Method::DELETE, &path).await;
    assert_eq!(enabled.status, StatusCode::NO_CONTENT);
    let again = stack.call(Method::DELETE, &path).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let listed = stack.get(DISABLED).await.json();
    assert_eq!(listed, json!({"endpoints": [], "next": null}));
    stack.post(&format!("{}replay/", log_of(&id))).await;
    stack.drain_queue().await;
    assert_eq!(receiver.webhooks().len(), 2);
}

#[tokio::test]
async fn disabled_endpoints_come_page_by_page() {
    let stack = Stack::start().await;
    let (tenant, now) = (testkit::tenant(job::Tenant::DEFAULT), stack.clock.now());
    for number in 0..103 {
        let url = format!("https://example.org/{number}");
        let disabled = stack.store.disable_endpoint(&tenant, &url, now).await;
        disabled.unwrap();
    }
    let first = stack.get(DISABLED).await.json();
    let next = first["next"].as_str().unwrap();
    let second = stack.get(&format!("{DISABLED}?cursor={next}")).await.json();
    assert_eq!(first["endpoints"].as_array().unwrap().len(), 100);
    assert_eq!(second["endpoints"].as_array().unwrap().len(), 3);
    assert_eq!(second["next"], Value::Null);
}
