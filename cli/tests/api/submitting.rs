//! Documents in, results out.

use std::fs;
use std::path::Path;

use serde_json::Value;
use testkit::Options;

use crate::world::{World, run_with};

/// All files below a folder, as they are called there.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap();
                files.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_document_has_its_result_beside_the_others_and_one_that_fails_its_reason() {
    let world = World::start().await;
    world.write("in/a.txt", "a@example.com");
    world.write("in/deep/b.txt", "b@example.com");
    world.write("in/deep/.hidden", "c@example.com");
    world.write("in/empty.txt", "");
    world.write("in/broken.pdf", "%PDF-1.7 and nothing more");
    world.write("extract.json", r#"{"extract": ["entities"]}"#);
    let arguments =
        "submit in -r --extract-file extract.json --tag batch=7 --out in/results --format csv";
    let done = world.scan_working(arguments).await;
    assert_eq!(
        done.code,
        Some(1),
        "one is empty and one is broken: {done:?}"
    );
    assert!(done.stderr.contains("2 done, 2 failed"), "{done:?}");
    let expected = [
        ".scan-journal.jsonl",
        "in/a.txt.csv",
        "in/broken.pdf.error.json",
        "in/deep/b.txt.csv",
        "in/empty.txt.error.json",
    ];
    assert_eq!(files(&world.path("in/results")), expected);
    assert!(
        world
            .read("in/results/in/deep/b.txt.csv")
            .contains("b@example.com")
    );
    let error: Value =
        serde_json::from_str(&world.read("in/results/in/broken.pdf.error.json")).unwrap();
    assert_eq!(error["status"], "failed");
    let kind = error["error"]["type"].as_str().unwrap();
    assert!(kind.starts_with("urn:problem:"), "{error}");
    let jobs = world.jobs().await;
    assert_eq!(jobs.len(), 3);
    assert!(
        jobs.iter().all(|job| job["tags"]["batch"] == "7"),
        "{jobs:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_would_lead_elsewhere_or_collide_do_neither() {
    let world = World::start().await;
    let hostile = [
        "x\u{1b}[31m\ny.txt",
        "a:b.txt",
        "A.txt",
        "a.txt",
        "a.error",
        "a",
        "-n",
        "$(id)",
        "ümläut\u{202e}.txt",
    ];
    for name in hostile {
        world.write(&format!("in/{name}"), "a@example.com");
    }
    world.write("secret.txt", "s@example.com");
    fs::create_dir(world.path("work")).unwrap();
    let mut command = world.command("submit -r ../in ../secret.txt -o out");
    command.current_dir(world.path("work"));
    let done = world.working(crate::world::run(command)).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let all = files(&world.path("work/out"));
    assert_eq!(all.len(), hostile.len() + 2, "{all:?}");
    assert!(
        all.iter()
            .all(|it| it.starts_with("__/") || it.starts_with(".scan")),
        "{all:?}"
    );
    for text in [&done.stderr, &all.join("")] {
        let steers = |it: char| it.is_control() && it != '\n' || it == '\u{202e}';
        assert!(!text.replace('\n', "").contains(steers), "{text:?}");
    }
    assert!(!all.join("").contains('\n'), "{all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_request_cannot_hold_goes_straight_into_the_storage() {
    let options = Options {
        max_request_bytes: 300_000,
        ..Options::default()
    };
    let world = World::with(options, "/").await;
    let long = "word ".repeat(60_000) + "end@example.com";
    world.write("long.txt", &long);
    world.write("short.txt", "short@example.com");
    let done = world
        .scan_working("submit long.txt short.txt -e entities -o out")
        .await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(world.read("out/long.txt.json").contains("end@example.com"));
    assert!(
        world
            .read("out/short.txt.json")
            .contains("short@example.com")
    );
    let posts = world.wire.count("POST");
    assert_eq!(posts, 3, "two starts, and one upload");

    let piped = world.command("submit - --stdin-name piped.txt -e entities -f csv");
    let piped = world.working(run_with(piped, Some(&long))).await;
    assert_eq!(piped.code, Some(0), "{piped:?}");
    assert!(piped.stdout.contains("end@example.com"), "{piped:?}");
    let together = world
        .scan_working("submit long.txt short.txt --together -e entities -f ndjson")
        .await;
    assert_eq!(together.stdout.lines().count(), 2, "{together:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_document_is_answered_on_standard_output_and_nothing_else_is() {
    let world = World::start().await;
    let command = world.command("submit - --extract entities --format ndjson");
    let done = world
        .working(run_with(command, Some("a@example.com")))
        .await;
    assert_eq!((done.code, &*done.stderr), (Some(0), ""), "{done:?}");
    let record: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(record["value"], "a@example.com");

    world.write("broken.pdf", "%PDF-1.7 and nothing more");
    let failed = world.scan_working("submit broken.pdf").await;
    assert_eq!((failed.code, &*failed.stdout), (Some(3), ""), "{failed:?}");
    // What is wrong with the request itself is said once, for it is so for all.
    world.write("a.txt", "a@example.com");
    let wrong = world
        .scan("submit *.txt *.pdf --extract nonsense -o out -j 1")
        .await;
    assert_eq!((wrong.code, &*wrong.stdout), (Some(2), ""), "{wrong:?}");
    assert_eq!(wrong.stderr.matches("nonsense").count(), 1, "{wrong:?}");
    assert!(wrong.stderr.contains("/extract"), "{wrong:?}");
}
