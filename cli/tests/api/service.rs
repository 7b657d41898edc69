//! Commands for what is beside jobs: extractors, keys, dead letters, usage, limits.

use access::Scope;
use api::AuthSettings;
use serde_json::Value;
use testkit::{Options, Stack};

use crate::world::{Done, World, run};

const INVOICE: &str = r#"[{"fields": {"total": {"label": "Total", "type": "money"}}}]"#;
const RECEIPT: &str = r#"{"extract": [{"fields": {"sum": {"label": "Sum", "type": "money"}}}]}"#;

fn json(done: &Done) -> Value {
    assert_eq!(done.code, Some(0), "{done:?}");
    serde_json::from_str(&done.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extractor_is_saved_tried_read_and_removed() {
    let world = World::start().await;
    world.write("invoice.json", INVOICE);
    world.write("receipt.json", RECEIPT);
    world.write("bill.txt", "Total: 7.50 EUR");
    let saved = world
        .scan("extractors save invoice invoice.json --new")
        .await;
    assert_eq!(saved.stdout, "invoice@1\n", "{saved:?}");
    let again = world
        .scan("extractors save invoice receipt.json --new")
        .await;
    assert_eq!(again.code, Some(1), "{again:?}");
    let stale = world
        .scan("extractors save invoice receipt.json --if-version 7")
        .await;
    assert_eq!(stale.code, Some(1), "{stale:?}");
    assert!(stale.stderr.contains("latest version is 1"), "{stale:?}");
    let next = world
        .scan("extractors save invoice receipt.json --if-version 1")
        .await;
    assert_eq!(next.stdout, "invoice@2\n", "{next:?}");

    let versions = world.scan("extractors versions invoice").await;
    assert_eq!(versions.stdout.lines().count(), 3, "{versions:?}");
    let first = json(&world.scan("extractors get invoice --version 1").await);
    assert_eq!(
        first["extract"],
        serde_json::from_str::<Value>(INVOICE).unwrap()
    );

    for how in ["--extractor invoice@1", "--extract-file invoice.json"] {
        let tried = world
            .scan(&format!("extractors preview bill.txt {how}"))
            .await;
        assert_eq!(
            json(&tried)["records"][0]["total"]["amount"],
            "7.50",
            "{how}"
        );
    }

    let asked = world.scan("extractors remove invoice").await;
    assert_eq!(asked.code, Some(2), "{asked:?}");
    let removed = world.scan("extractors remove invoice --yes").await;
    assert_eq!(removed.code, Some(0), "{removed:?}");
    let gone = world.scan("extractors get invoice").await;
    assert_eq!(gone.code, Some(4), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_an_admins_key_makes_rotates_and_revokes_keys_over_http() {
    let options = Options {
        auth: AuthSettings::Keys,
        ..Options::default()
    };
    let world = World::with(options, "/").await;
    let admin = world.stack.key("default", [Scope::Admin]).await;
    let scan = async |arguments: &str| {
        let mut command = world.command(arguments);
        command.env("SCAN_KEY", &admin);
        run(command).await
    };
    let made = scan("keys create --scopes scan:read --name reports").await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let key = made.stdout.trim();
    let mut command = world.command("whoami --json");
    command.env("SCAN_KEY", key);
    let who = json(&run(command).await);
    assert_eq!(who["scopes"], serde_json::json!(["scan:read"]));

    let mut command = world.command("keys list");
    command.env("SCAN_KEY", key);
    assert_eq!(run(command).await.code, Some(5));

    let id = key.split('_').nth(1).unwrap();
    let next = scan(&format!("keys rotate {id} --overlap 1h")).await;
    assert!(next.stdout.starts_with("dx_"), "{next:?}");
    let revoked = json(&scan(&format!("--json keys revoke {id}")).await);
    assert_eq!(revoked["state"], "revoked");
    let listed = json(&scan("--json keys list").await);
    let names = listed["keys"].as_array().unwrap().iter();
    assert_eq!(names.filter(|key| key["name"] == "reports").count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_service_says_of_itself_is_shown_for_people_and_for_programs() {
    let world = World::start().await;
    for (command, member, word) in [
        ("health", "/status", "ok"),
        ("whoami", "/operator", "operator"),
        ("limits", "/max_attempts", "max_attempts"),
        ("quotas", "/jobs_in_flight/limit", "jobs_in_flight"),
        ("usage", "/jobs/in_flight", "total"),
        ("config", "/url/value", "SCAN_URL"),
    ] {
        let shown = world.scan(command).await;
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(shown.stdout.contains(word), "{shown:?}");
        let object = json(&world.scan(&format!("{command} --json")).await);
        assert!(object.pointer(member).is_some(), "{command}: {object}");
    }
    let table = world.scan("usage --format csv --days 1").await;
    assert!(table.stdout.starts_with("date,requests,"), "{table:?}");
}

/// Makes a dead letter of a message that is no job's.
async fn bury(stack: &Stack) {
    let environment = stack.environment();
    let queue = environment
        .iter()
        .find(|(name, _)| *name == "DEAD_LETTER_QUEUE_URL");
    let send = stack.clients.sqs.send_message();
    let send = send.queue_url(&queue.unwrap().1).message_body("no message");
    send.send().await.unwrap();
    assert_eq!(stack.reap_once().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_are_listed_and_only_those_that_are_there_are_discarded() {
    let world = World::start().await;
    bury(&world.stack).await;
    let listed = world.scan("--json dead-letters list").await;
    let letter: Value = serde_json::from_str(listed.stdout.trim()).unwrap();
    let (id, reason) = (
        letter["id"].as_str().unwrap(),
        letter["reason"].as_str().unwrap(),
    );
    let other = world.scan("dead-letters discard nonsense --yes").await;
    assert_eq!(other.code, Some(4), "{other:?}");
    let unasked = world.scan(&format!("dead-letters discard {id}")).await;
    assert_eq!(unasked.code, Some(2), "{unasked:?}");
    let all = world
        .scan(&format!("dead-letters discard --reason {reason} --yes"))
        .await;
    assert_eq!(all.stdout, "1 discarded\n", "{all:?}");
    let none = world.scan("dead-letters redrive --all").await;
    assert_eq!(none.stdout, "0 redriven\n", "{none:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_committed_reference_is_that_of_the_program() {
    let world = World::start().await;
    let reference = world.scan("reference").await.stdout;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == reference,
        "docs/cli.md is not what `scan reference` writes; to rewrite it: make cli-docs"
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = world.scan(&format!("completion {shell}")).await.stdout;
        assert!(script.contains("dead-letters"), "{shell}");
    }
}
