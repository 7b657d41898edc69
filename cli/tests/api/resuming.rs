//! Runs that end before their end, and go on.

use std::time::Duration;

use testkit::{Fault, Gate};
use tokio::task::spawn_blocking;

use crate::world::World;

/// A world with so many documents.
async fn with_documents(count: usize) -> World {
    let world = World::start().await;
    for number in 0..count {
        world.write(
            &format!("in/{number}.txt"),
            format!("a{number}@example.com"),
        );
    }
    world
}

fn results(world: &World) -> Vec<String> {
    let folder = std::fs::read_dir(world.path("out/in")).unwrap();
    let names = folder.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_killed_in_the_midst_goes_on_and_submits_nothing_twice() {
    let world = with_documents(5).await;
    let arguments = "submit in -r -e entities -o out --jobs 2";
    // It dies while the API is about to accept the third: nobody hears what became of that.
    let gate = Gate::new();
    let held = Fault::Hold(gate.clone());
    world.stack.sqs.break_after(2, "SendMessage", held);
    let mut child = world.command(arguments).spawn().unwrap();
    world.working(gate.arrival()).await;
    child.kill().unwrap();
    spawn_blocking(move || child.wait_with_output().unwrap())
        .await
        .unwrap();
    // What an API leaves behind whose caller has gone is taken over when its lease has ended.
    world.stack.clock.advance(Duration::from_mins(1));

    let done = world.scan_working(arguments).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(world.jobs().await.len(), 5, "{done:?}");
    let all: Vec<String> = (0..5).map(|it| format!("{it}.txt.json")).collect();
    assert_eq!(results(&world), all);

    // Done is done: nothing is submitted, and what was changed is done anew.
    let posts = world.wire.count("POST");
    let again = world.scan(arguments).await;
    assert_eq!(
        (again.code, world.wire.count("POST")),
        (Some(0), posts),
        "{again:?}"
    );
    assert!(again.stderr.contains("5 done before"), "{again:?}");
    world.write("in/2.txt", "changed@example.com");
    std::fs::remove_file(world.path("out/in/4.txt.json")).unwrap();
    let changed = world.scan_working(arguments).await;
    assert!(
        changed.stderr.contains("2 done, 3 done before"),
        "{changed:?}"
    );
    assert!(
        world
            .read("out/in/2.txt.json")
            .contains("changed@example.com")
    );
    assert!(world.read("out/in/4.txt.json").contains("a4@example.com"));
    assert_eq!(
        world.jobs().await.len(),
        6,
        "only what was changed is a new job"
    );
    // Back to what it was: the result that is there is of the other state.
    world.write("in/2.txt", "a2@example.com");
    world.scan(arguments).await;
    assert!(world.read("out/in/2.txt.json").contains("a2@example.com"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_run_had_half_written_does_not_stay() {
    let world = with_documents(1).await;
    world.write("in/damaged.pdf", "%PDF-1.4\n%%EOF");
    world.write("out/in/.scan-0.txt.part", "half a res");
    world.write("out/in/.scan-damaged.pdf.part", "half an er");
    world.scan_working("submit in -r -e entities -o out").await;
    assert_eq!(results(&world), ["0.txt.json", "damaged.pdf.error.json"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_lost_on_the_way_make_no_second_job() {
    let world = with_documents(3).await;
    for unharmed in [0, 1] {
        world.wire.break_after(unharmed, "POST", Fault::DropAnswer);
        world.wire.break_after(unharmed, "GET", Fault::DropRequest);
    }
    let done = world.scan_working("submit in -r -e entities -o out").await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(
        (world.jobs().await.len(), results(&world).len()),
        (3, 3),
        "{done:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_submitted_without_waiting_is_fetched_later() {
    let world = with_documents(3).await;
    let submitted = world
        .scan("submit in -r -e entities -o out --no-wait")
        .await;
    assert_eq!(submitted.stdout.lines().count(), 3, "{submitted:?}");
    let done = world.scan_working("submit in -r -e entities -o out").await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(
        (world.jobs().await.len(), results(&world).len()),
        (3, 3),
        "{done:?}"
    );
    // A job that was removed meanwhile has no result any more: there is a new one, if it is missed.
    world
        .scan(&format!(
            "remove --yes {}",
            submitted.stdout.trim().replace('\n', " ")
        ))
        .await;
    std::fs::remove_file(world.path("out/in/1.txt.json")).unwrap();
    let done = world.scan_working("submit in -r -e entities -o out").await;
    assert!(done.stderr.contains("1 done, 2 done before"), "{done:?}");
    assert_eq!(
        (world.jobs().await.len(), results(&world).len()),
        (1, 3),
        "{done:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_folder_is_begun_anew() {
    let world = with_documents(1).await;
    let first = world.scan_working("submit in -r --json -o out").await;
    let second = world.scan_working("submit in -r --json -o other").await;
    assert_eq!((first.code, second.code), (Some(0), Some(0)), "{second:?}");
    assert_eq!(world.jobs().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_is_tried_again_only_if_that_is_wished() {
    let world = World::start().await;
    world.write("broken.pdf", "%PDF-1.7 and nothing more");
    let arguments = "submit broken.pdf -o out";
    let first = world.scan_working(arguments).await;
    assert_eq!(first.code, Some(3), "{first:?}");
    let again = world.scan(arguments).await;
    assert_eq!(again.code, Some(3), "{again:?}");
    assert!(again.stderr.contains("--retry-failed"), "{again:?}");
    let attempts = world.jobs().await[0]["attempt"].as_u64();
    let retried = world
        .scan_working(&format!("{arguments} --retry-failed"))
        .await;
    assert_eq!(retried.code, Some(3), "{retried:?}");
    let jobs = world.jobs().await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert!(jobs[0]["attempt"].as_u64() > attempts, "{jobs:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_says_how_it_goes_on_or_cancels_what_is_under_way() {
    for (flag, left) in [("", "pending"), (" --cancel-on-interrupt", "cancelled")] {
        let world = with_documents(1).await;
        let gate = Gate::new();
        // The first is for the limits, the second for the job.
        world.wire.break_after(1, "GET", Fault::Hold(gate.clone()));
        let command = world.command(&format!("submit in -r -o out{flag}")).spawn();
        let child = command.unwrap();
        gate.arrival().await;
        let interrupted = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(interrupted.unwrap().success());
        let output = spawn_blocking(move || child.wait_with_output().unwrap());
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("goes on from here"), "{said}");
        gate.open();
        assert_eq!(world.jobs().await[0]["status"], left);
    }
}
