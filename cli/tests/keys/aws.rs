//! Keys in a table on AWS: what plays it here is a stack of the product's own.

use std::path::Path;
use std::time::Duration;

use api::AuthSettings;
use http::Request;
use serde_json::Value;
use testkit::{Options, Stack};

use crate::scan::{Done, id_of, scan, secret_of};

/// A product whose callers need keys, and an operator who has credentials for its table.
struct World {
    stack: Stack,
    folder: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let options = Options {
            auth: AuthSettings::Keys,
            ..Options::default()
        };
        Self {
            stack: Stack::with(options).await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn scan(&self, arguments: &str) -> Done {
        let environment = self.stack.environment();
        let variables: Vec<_> = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, _)| *name != "TABLE_NAME")
            .collect();
        let arguments = format!("keys {arguments} --table jobs");
        scan(self.folder.path(), &arguments, &variables).await
    }

    async fn json(&self, arguments: &str) -> Value {
        let done = self.scan(&format!("{arguments} --json")).await;
        assert_eq!((done.code, &*done.stderr), (0, ""), "{done:?}");
        serde_json::from_str(&done.stdout).unwrap()
    }

    /// What is answered to whoever shows this key.
    async fn status(&self, path: &str, key: &str) -> u16 {
        let request = Request::get(path).header("x-api-key", key);
        let answer = self.stack.send(request.body("".into()).unwrap()).await;
        answer.status.as_u16()
    }
}

const LIMITS: &str = "/api/v1/limits/";
const DEAD_LETTERS: &str = "/api/v1/dead-letters/";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_key_opens_the_api_and_nothing_but_its_hash_is_kept() {
    let world = World::start().await;
    assert_eq!(world.stack.get(LIMITS).await.status, 401);

    let done = world.scan("create --admin").await;
    let key = done.line();

    assert_eq!(world.status(LIMITS, &key).await, 200);
    assert_eq!(world.status(DEAD_LETTERS, &key).await, 200);
    assert!(
        done.stderr.contains(id_of(&key)) && done.stderr.contains("operator"),
        "{done:?}"
    );
    let list = world.scan("list").await;
    assert!(
        list.stdout.contains(id_of(&key)) && list.stdout.contains("active"),
        "{list:?}"
    );
    assert!(!list.stdout.contains(secret_of(&key)), "{list:?}");

    let table = world.stack.clients.dynamodb.scan().table_name("jobs");
    let items = format!("{:?}", table.send().await.unwrap().items());
    assert!(items.contains(id_of(&key)), "{items}");
    let digits: Vec<char> = secret_of(&key).chars().collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect();
    assert!(!items.contains(secret_of(&key)));
    assert!(!items.contains(format!("{bytes:?}").trim_matches(['[', ']'])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_may_do_what_its_maker_said_for_the_tenant_and_the_time_that_were_said() {
    let world = World::start().await;
    let made = world
        .json("create --scopes scan:read,scan:write --tenant acme --name batch --expires-in-days 2")
        .await;
    let key = made["key"].as_str().unwrap().to_owned();

    assert_eq!(
        made["scopes"],
        serde_json::json!(["scan:read", "scan:write"])
    );
    assert_eq!(
        (&made["tenant"], &made["name"]),
        (&"acme".into(), &"batch".into())
    );
    assert_eq!(world.status(LIMITS, &key).await, 200);
    assert_eq!(world.status(DEAD_LETTERS, &key).await, 403);
    assert_eq!(world.json("list").await["keys"], serde_json::json!([]));
    let listed = &world.json("list --tenant acme").await["keys"][0];
    assert_eq!((&listed["id"], &listed["key"]), (&made["id"], &Value::Null));

    world.stack.clock.advance(Duration::from_hours(47));
    assert_eq!(world.status(LIMITS, &key).await, 200);
    world.stack.clock.advance(Duration::from_hours(2));
    assert_eq!(world.status(LIMITS, &key).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_is_good_for_no_more_than_a_minute() {
    let world = World::start().await;
    let key = world.scan("create --admin").await.line();
    let leaked = world.scan("create --admin").await.line();
    for key in [&key, &leaked] {
        assert_eq!(world.status(LIMITS, key).await, 200);
    }

    let done = world.scan(&format!("revoke {}", id_of(&key))).await;
    assert_eq!((done.code, &*done.stdout), (0, ""), "{done:?}");
    // Who finds a key where it should not be has all of it at hand.
    let done = world.scan(&format!("revoke {leaked}")).await;
    assert_eq!(done.code, 0, "{done:?}");

    world.stack.clock.advance(Duration::from_mins(1));
    for key in [&key, &leaked] {
        assert_eq!(world.status(LIMITS, key).await, 401);
    }
    let again = world.scan(&format!("revoke {}", id_of(&key))).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stderr.contains("before"), "{again:?}");
    let list = world.scan("list").await;
    assert_eq!(list.stdout.matches("revoked").count(), 2, "{list:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_key_is_good_beside_the_new_one_until_the_overlap_is_over() {
    let world = World::start().await;
    let made = world
        .json("create --scopes scan:read --tenant acme --name batch --expires-in-days 90")
        .await;
    let old = made["key"].as_str().unwrap().to_owned();

    let new = world
        .scan(&format!("rotate {} --overlap 2h", id_of(&old)))
        .await
        .line();

    assert_ne!(secret_of(&old), secret_of(&new));
    let list = world.json("list --tenant acme").await;
    let [first, second] = list["keys"].as_array().unwrap().as_slice() else {
        panic!("{list}");
    };
    let (next, before) = if first["id"] == id_of(&new) {
        (first, second)
    } else {
        (second, first)
    };
    assert_eq!(before["replaced_by"], id_of(&new));
    for member in ["name", "tenant", "scopes"] {
        assert_eq!(next[member], before[member], "{member}");
    }
    assert!(
        next["expires_at"].is_string(),
        "it lives as long as the old one: {next}"
    );

    world.stack.clock.advance(Duration::from_mins(119));
    assert_eq!(world.status(LIMITS, &old).await, 200);
    assert_eq!(world.status(LIMITS, &new).await, 200);
    world.stack.clock.advance(Duration::from_mins(2));
    assert_eq!(world.status(LIMITS, &old).await, 401);
    assert_eq!(world.status(LIMITS, &new).await, 200);

    let again = world.scan(&format!("rotate {}", id_of(&old))).await;
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains(id_of(&new)), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_can_look_up_what_was_done_to_their_keys_here() {
    let world = World::start().await;
    let admin = world.scan("create --admin --tenant acme").await.line();
    let next = world
        .scan(&format!("rotate {}", id_of(&admin)))
        .await
        .line();
    let done = world.scan(&format!("revoke {}", id_of(&admin))).await;
    assert_eq!((done.code, &*done.stdout), (0, ""), "{done:?}");

    let request = Request::get("/api/v1/audit/").header("x-api-key", &next);
    let answer = world.stack.send(request.body("".into()).unwrap()).await;
    let audit = answer.json();
    let events: Vec<_> = audit["events"].as_array().unwrap().iter().collect();
    let names: Vec<_> = events.iter().map(|it| it["event"].as_str()).collect();
    let expected = ["key_revoked", "key_rotated", "key_created"].map(Some);
    assert_eq!(names, expected, "{audit}");
    for event in events {
        assert_eq!(event["subject"], id_of(&admin));
        assert!(event["actor"].as_str().unwrap().starts_with("scan"));
    }
    assert!(!audit.to_string().contains(secret_of(&next)));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_could_not_be_shown_is_good_for_nothing() {
    use crate::scan::{command, run};
    let world = World::start().await;
    let old = world.scan("create --admin").await.line();
    let environment = world.stack.environment();
    let variables: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    for arguments in [
        "keys create --admin",
        &format!("keys rotate {}", id_of(&old)),
    ] {
        let mut command = command(world.folder.path(), arguments, &variables);
        command.stdout(
            std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        );
        let done = run(command).await;
        assert_eq!(done.code, 1, "{done:?}");
        assert!(done.stderr.contains("revoked"), "{done:?}");
    }
    let list = world.json("list").await;
    let states: Vec<_> = list["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            (
                key["state"].as_str().unwrap(),
                key["replaced_by"].is_string(),
            )
        })
        .collect();
    assert_eq!(
        states
            .iter()
            .filter(|state| **state == ("revoked", false))
            .count(),
        2,
        "{list}"
    );
    // The old one stays as it was.
    assert!(states.contains(&("active", false)), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_on_the_way_to_the_table_is_said() {
    let world = World::start().await;
    let environment = world.stack.environment();
    let all: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let without = |names: &[&str]| -> Vec<(&str, &str)> {
        let kept = all.iter().filter(|(name, _)| !names.contains(name));
        kept.copied().collect()
    };
    let folder: &Path = world.folder.path();
    let unreachable: Vec<_> = without(&["AWS_ENDPOINT_URL_DYNAMODB"])
        .into_iter()
        .chain([("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")])
        .collect();
    for (variables, arguments, said) in [
        (all.clone(), "--table none", "no table none"),
        (without(&["AWS_REGION"]), "--table jobs", "AWS_REGION"),
        (
            without(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
            "--table jobs",
            "AWS_ACCESS_KEY_ID",
        ),
        (unreachable, "--table jobs", "cannot be reached"),
        (all.clone(), "--data .", "no data folder"),
    ] {
        let done = scan(
            folder,
            &format!("keys create --admin {arguments}"),
            &variables,
        )
        .await;
        assert_eq!((done.code, &*done.stdout), (1, ""), "{said}: {done:?}");
        assert!(done.stderr.contains(said), "{said}: {done:?}");
    }
    // The functions' own variable names it as well.
    let done = scan(folder, "keys list", &all).await;
    assert_eq!(done.code, 0, "{done:?}");
}
