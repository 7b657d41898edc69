//! Commands for jobs that are there.

use std::io::Read as _;

use serde_json::Value;

use crate::world::{World, run_with};

const MAIL: &str = r#"{"source": {"text": "Write to ann@example.com or bob@example.com."}}"#;

async fn start_job(world: &World) -> String {
    let accepted = world.stack.start_job("application/json", MAIL).await;
    accepted.json()["job_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_shown_for_people_and_for_programs_and_its_result_in_each_form() {
    let world = World::with(testkit::Options::default(), "/stage/one").await;
    let id = start_job(&world).await;
    let pending = world.scan(&format!("result {id}")).await;
    assert_eq!(
        (pending.code, &*pending.stdout),
        (Some(1), ""),
        "{pending:?}"
    );
    assert!(pending.stderr.contains("--wait"), "{pending:?}");

    let waited = world.scan_working(&format!("result {id} --wait")).await;
    assert_eq!(waited.code, Some(0), "{waited:?}");
    let result: Value = serde_json::from_str(&waited.stdout).unwrap();
    assert_eq!(result["records"][0]["value"], "ann@example.com");

    let status = world.scan(&format!("status {id}")).await;
    assert!(status.stdout.contains("completed"), "{status:?}");
    let status = world.scan(&format!("--json status {id}")).await;
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(status["job_id"], id.as_str());

    for (format, begins) in [
        ("csv", "kind,value"),
        ("ndjson", "{\"email\""),
        ("text", "Write to ann"),
    ] {
        let to_file = format!("result {id} --format {format} --output out.{format}");
        let done = world.scan(&to_file).await;
        assert_eq!((done.code, &*done.stdout), (Some(0), ""), "{done:?}");
        let written = world.read(&format!("out.{format}"));
        assert!(written.starts_with(begins), "{written}");
    }
    let none = world.scan(&format!("result {id} -f markdown")).await;
    assert_eq!((none.code, &*none.stdout), (Some(2), ""), "{none:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_of_records_is_read_page_by_page_and_has_one_head() {
    let world = World::start().await;
    let rows: Vec<String> = (0..10_500).map(|it| format!("a{it}@example.com")).collect();
    let rows = rows.join("\n");
    world.write("many.txt", &rows);
    let done = world.scan_working("submit many.txt -f csv").await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let heads = done.stdout.matches("kind,value").count();
    assert_eq!((heads, done.stdout.lines().count()), (1, 10_501));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_are_listed_watched_cancelled_retried_and_removed_many_at_once() {
    let world = World::start().await;
    for _ in 0..3 {
        start_job(&world).await;
    }
    let ids = world.scan("list --ids").await;
    assert_eq!(ids.stdout.lines().count(), 3, "{ids:?}");
    let list = world.scan("list --status pending --limit 2").await;
    assert!(list.stdout.starts_with("ID "), "{list:?}");
    assert!(list.stderr.contains("--all"), "{list:?}");
    let json = world.scan("list --json --all").await;
    assert_eq!(json.stdout.lines().count(), 3);

    let first = ids.stdout.lines().next().unwrap().to_owned();
    let done = world.scan(&format!("cancel {first}")).await;
    assert_eq!(
        (done.code, &*done.stdout),
        (Some(0), &*format!("{first} cancelled\n"))
    );
    let watched = world
        .working(run_with(world.command("watch -"), Some(&ids.stdout)))
        .await;
    assert_eq!(watched.code, Some(3), "{watched:?}");
    assert_eq!(
        watched.stdout.matches(" completed").count(),
        2,
        "{watched:?}"
    );

    // As JSON has them, ids can be given as well.
    let again = run_with(world.command("retry -"), Some(&json.stdout)).await;
    assert_eq!(again.code, Some(1), "two of them were completed: {again:?}");
    assert_eq!(again.stdout, format!("{first} submitted again\n"));
    assert!(again.stderr.contains("cannot_retry"), "{again:?}");
    let watched = world.scan_working("watch").await;
    assert_eq!(watched.code, Some(0), "{watched:?}");

    let unasked = run_with(world.command("remove -"), Some(&ids.stdout)).await;
    assert_eq!(
        (unasked.code, world.jobs().await.len()),
        (Some(2), 3),
        "{unasked:?}"
    );
    // What was done although its answer was lost is not missed.
    world.wire.break_next("DELETE", testkit::Fault::DropAnswer);
    let removed = run_with(world.command("remove --yes -"), Some(&ids.stdout)).await;
    assert_eq!(
        (removed.code, world.jobs().await.len()),
        (Some(0), 0),
        "{removed:?}"
    );
    for command in ["status", "result", "cancel", "remove --yes", "watch"] {
        let done = world.scan(&format!("{command} {first}")).await;
        assert_eq!(
            (done.code, &*done.stdout),
            (Some(4), ""),
            "{command}: {done:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_reads_on_is_no_error() {
    let world = World::start().await;
    for _ in 0..3 {
        start_job(&world).await;
    }
    let mut command = world.command("list --json --all");
    let (mut reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer);
    let mut first = [0];
    let child = tokio::task::spawn_blocking(move || {
        let child = command.spawn().unwrap();
        drop(command);
        reader.read_exact(&mut first).unwrap();
        drop(reader);
        child.wait_with_output().unwrap()
    });
    let output = child.await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
