//! Keys in a data folder, with and without a product that runs on it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use engine::{Engine, Isolation};
use http::{Method, Request};
use local::product::Product;
use local::settings::Settings;
use service::Clock;
use tempfile::TempDir;
use testkit::exchange;
use worker::Elsewhere;

use crate::scan::{Done, id_of, scan};

async fn start(data: &Path, clock: &Clock) -> Product {
    let data = data.to_str().unwrap();
    let variables = [
        ("LISTEN", "127.0.0.1:0"),
        ("DATA_DIR", data),
        ("AUTH_MODE", "keys"),
        ("WORKER", "off"),
    ];
    let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
    let settings = Settings::read(|name| find(name).map(|(_, value)| (*value).to_owned()));
    let engine = Engine::new(Isolation::Thread, engine::Settings::default());
    Product::start(&settings.unwrap(), engine, Elsewhere::off(), clock.clone())
        .await
        .unwrap()
}

/// A folder in which a product has run.
async fn used_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    start(&folder.path().join(".data"), &Clock::system())
        .await
        .shutdown()
        .await;
    folder
}

/// What is answered to whoever shows this key.
async fn status(product: &Product, path: &str, key: Option<&str>) -> u16 {
    let request = Request::builder()
        .method(Method::GET)
        .uri(format!("{}{path}", product.url));
    let request = match key {
        Some(key) => request.header("authorization", format!("Bearer {key}")),
        None => request,
    };
    exchange(request.body("").unwrap()).await.status.as_u16()
}

async fn keys(folder: &TempDir, arguments: &str) -> Done {
    scan(folder.path(), &format!("keys {arguments}"), &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_while_the_product_runs_and_works_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let product = start(&folder.path().join(".data"), &clock).await;
    assert_eq!(status(&product, "/api/v1/limits/", None).await, 401);

    let key = keys(&folder, "create --admin").await.line();
    assert_eq!(status(&product, "/api/v1/limits/", Some(&key)).await, 200);

    let done = keys(&folder, &format!("revoke {}", id_of(&key))).await;
    assert_eq!(done.code, 0, "{done:?}");
    clock.advance(Duration::from_mins(1));
    assert_eq!(status(&product, "/api/v1/limits/", Some(&key)).await, 401);
    product.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_while_nothing_runs_and_works_when_something_does() {
    let folder = used_folder().await;
    let key = keys(&folder, "create --admin").await.line();
    let data = folder.path().join(".data");
    let elsewhere = tempfile::tempdir().unwrap();
    let named = format!("keys list --data {}", data.display());
    let list = scan(elsewhere.path(), &named, &[]).await;
    assert!(list.stdout.contains(id_of(&key)), "{list:?}");
    let list = scan(
        elsewhere.path(),
        "keys list",
        &[("DATA_DIR", data.to_str().unwrap())],
    )
    .await;
    assert!(list.stdout.contains(id_of(&key)), "{list:?}");

    let product = start(&data, &Clock::system()).await;
    assert_eq!(status(&product, "/api/v1/limits/", Some(&key)).await, 200);
    product.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_of_all_tenants_are_for_an_operator() {
    let folder = tempfile::tempdir().unwrap();
    let product = start(&folder.path().join(".data"), &Clock::system()).await;
    let operator = keys(&folder, "create --admin").await.line();
    let reader = keys(&folder, "create --scopes scan:read,scan:write")
        .await
        .line();
    let tenants = keys(&folder, "create --admin --tenant acme").await.line();

    assert_eq!(status(&product, "/metrics", None).await, 401);
    for key in [&reader, &tenants] {
        assert_eq!(status(&product, "/metrics", Some(key)).await, 403);
    }
    assert_eq!(status(&product, "/metrics", Some(&operator)).await, 200);
    product.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_product_left_behind_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join(".data");
    let product = start(&data, &Clock::system()).await;
    let announced = fs::read(data.join("endpoints.json")).unwrap();
    product.shutdown().await;
    assert!(
        !data.join("endpoints.json").exists(),
        "a clean stop takes it away"
    );
    fs::write(data.join("endpoints.json"), announced).unwrap();

    keys(&folder, "create --admin").await.line();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_does_not_say_how_to_reach_it_is_named_with_a_way_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join(".data");
    let product = start(&data, &Clock::system()).await;
    let announced = fs::read(data.join("endpoints.json")).unwrap();
    product.shutdown().await;
    // As a release has it that knows nothing of that file, after another one was killed.
    fs::write(data.join("endpoints.json"), announced).unwrap();
    fs::write(data.join("lock"), "4711\n").unwrap();
    let lock = fs::File::open(data.join("lock")).unwrap();
    lock.lock().unwrap();

    let done = keys(&folder, "create --admin").await;
    assert_eq!((done.code, &*done.stdout), (1, ""), "{done:?}");
    for said in ["4711", "release", "stop it"] {
        assert!(done.stderr.contains(said), "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_in_which_no_product_has_run_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for place in ["", " --data .", " --data missing"] {
        let done = keys(&folder, &format!("create --admin{place}")).await;
        assert_eq!((done.code, &*done.stdout), (1, ""), "{done:?}");
        for said in ["no data folder", "make run", "--table"] {
            assert!(done.stderr.contains(said), "{done:?}");
        }
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
