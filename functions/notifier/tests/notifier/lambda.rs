//! The notifier's binary as Lambda runs it: what it logs and tells of itself.

use serde_json::json;
use testkit::{Lambda, Output, Stack};

use crate::{add_secret, event_id};

#[tokio::test]
async fn what_became_of_events_is_logged_and_told_and_nothing_secret_is() {
    let stack = Stack::start().await;
    let secret = add_secret(&stack).await;
    let notifier = Lambda::start_talkative(env!("CARGO_BIN_EXE_notifier"), &stack).await;
    // A process of its own reaches what is public alone; this is not.
    let url = "http://127.0.0.1:9/hook?token=Quetzalcoatlus";
    let key = stack.job().webhook(url).completed().await;
    assert_eq!(stack.notify_once_on(&notifier, "first").await, 1);
    let output = notifier.stop().await;
    for hidden in ["Quetzalcoatlus", &*base64(&secret.key)] {
        assert_eq!(output.reveals(hidden), None);
    }
    let Output { log, metrics, .. } = output;
    let line = log.iter().find(|line| {
        let message = line["message"].as_str().unwrap_or_default();
        message.starts_with("Webhook attempted")
    });
    let line = line.unwrap();
    assert_eq!(line["job_id"], key.id.to_string());
    assert_eq!(line["request_id"], "first");
    assert!(event_id(&key, 0).contains(line["job_id"].as_str().unwrap()));
    assert_eq!(metrics[0]["webhooks_retried"], json!(1.0));
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}
