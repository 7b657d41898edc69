//! `local mapping`, as a process of its own.

use std::process::Stdio;

use axum::response::IntoResponse as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::server::Server;
use crate::world::{HUNG, World};

#[tokio::test]
async fn each_queue_feeds_its_function_until_a_signal_comes() {
    let world = World::new().await;
    let mut server = Server::new(|_| "{}".into_response()).await;
    let mut mapping = ready(&mut command(&world, &server, &[])).await;

    world.send(&["a job"]).await;
    let (name, bodies) = invocation(&mut server).await;
    assert_eq!((&*name, &bodies[..]), ("worker", &["a job".to_owned()][..]));
    world.send_to(&world.dead_letters, "a dead letter").await;
    let (name, bodies) = invocation(&mut server).await;
    assert_eq!(name, "reaper");
    assert_eq!(bodies, ["a dead letter"]);
    world.send_to(&world.webhooks, "a notice").await;
    let (name, bodies) = invocation(&mut server).await;
    assert_eq!(
        (&*name, &bodies[..]),
        ("notifier", &["a notice".to_owned()][..])
    );

    end(&mut mapping).await;
    assert!(world.left().await.is_empty());
}

#[tokio::test]
async fn with_the_worker_off_jobs_wait() {
    let world = World::new().await;
    world.send(&["a job"]).await;
    let mut server = Server::new(|_| "{}".into_response()).await;
    let mut mapping = ready(&mut command(&world, &server, &[("WORKER", "off")])).await;

    world.send_to(&world.dead_letters, "a dead letter").await;
    let (name, _) = invocation(&mut server).await;
    assert_eq!(name, "reaper");

    end(&mut mapping).await;
    assert_eq!(world.left().await, ["a job"]);
}

#[tokio::test]
async fn a_queue_that_is_not_named_or_not_there_is_an_error_that_says_so() {
    let world = World::new().await;
    let server = Server::new(|_| "{}".into_response()).await;
    let missing = format!("{}-not", world.queue.url);
    for (name, value, wanted) in [
        ("DEAD_LETTER_QUEUE_URL", "", "DEAD_LETTER_QUEUE_URL"),
        ("QUEUE_URL", &*missing, &*missing),
    ] {
        let refused = command(&world, &server, &[(name, value)]).output();
        let refused = timeout(HUNG, refused).await.unwrap().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let stderr = String::from_utf8(refused.stderr).unwrap();
        assert!(stderr.contains(wanted), "{stderr}");
    }
}

fn command(world: &World, server: &Server, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command
        .arg("mapping")
        .env_clear()
        .env("AWS_ENDPOINT_URL_SQS", &world.endpoints.urls.sqs)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("QUEUE_URL", &world.queue.url)
        .env("DEAD_LETTER_QUEUE_URL", &world.dead_letters.url)
        .env("WEBHOOK_QUEUE_URL", &world.webhooks.url)
        .env("FUNCTIONS_URL", &server.url)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn ready(command: &mut Command) -> Child {
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.as_mut().unwrap()).lines();
    let greeted = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("Ctrl-C") {
                return true;
            }
        }
        false
    };
    assert!(
        timeout(HUNG, greeted).await.unwrap(),
        "it ended at its start"
    );
    process
}

async fn invocation(server: &mut Server) -> (String, Vec<String>) {
    timeout(HUNG, server.invocations.recv())
        .await
        .unwrap()
        .unwrap()
}

async fn end(process: &mut Child) {
    let id = process.id().unwrap().to_string();
    let kill = Command::new("kill").args(["-s", "TERM", &id]).status();
    assert!(kill.await.unwrap().success());
    let status = timeout(HUNG, process.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}
