//! Documents that end the process that reads them, or never come back from it, in the worker's own program.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use engine::{Content, Ended, Engine, Input, Isolation, Settings, Spool};
use job::Status;
use serde_json::{Value, json};
use testkit::{Lambda, Options, Stack};
use tokio_util::sync::CancellationToken;

use crate::documents::submit;
use crate::{big_text, look, result};

fn program() -> Isolation {
    Isolation::Process(PathBuf::from(env!("CARGO_BIN_EXE_worker")))
}

/// One child, which may take so much.
fn settings(max_engine_memory_bytes: u64) -> Settings {
    Settings {
        processes: 1,
        max_engine_memory_bytes,
        ..Settings::default()
    }
}

const ROOMY: u64 = 1 << 30;
/// Room for its stack and little beside.
const TIGHT: u64 = 160 << 20;

/// HTML of so many elements takes many times its size: too much for a tight child.
fn bomb() -> Vec<u8> {
    format!("<!doctype html><p>{}", "<b>x</b>".repeat(900_000)).into_bytes()
}

fn text() -> Vec<u8> {
    b"Write to a@test.com.".to_vec()
}

/// An e-mail with these attachments.
fn mail(attachments: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut mail = b"From: a@test.com\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        .to_vec();
    for (name, bytes) in attachments {
        let head = format!(
            "--b\r\nContent-Disposition: attachment; filename={name}\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        mail.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    mail.extend_from_slice(b"--b--\r\n");
    mail
}

async fn run(engine: &Engine, documents: Vec<Vec<u8>>, stop: &CancellationToken) -> Ended {
    let input = |bytes| Input {
        name: None,
        media_type: None,
        content: Content::Bytes(bytes),
        origin: None,
    };
    let inputs: Vec<Input> = documents.into_iter().map(input).collect();
    let wanted = json!(["entities"]);
    engine.extract(&inputs, &wanted, stop).await.ended
}

async fn extract(engine: &Engine, documents: Vec<Vec<u8>>) -> Value {
    match run(engine, documents, &CancellationToken::new()).await {
        Ended::Done(result) => serde_json::from_slice(&result).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_document_that_takes_all_memory_fails_by_name_and_costs_no_other() {
    let engine = Engine::new(program(), settings(TIGHT));
    let result = extract(&engine, vec![text(), bomb(), text()]).await;
    let error = &result["documents"][1]["error"];
    assert_eq!(error["code"], "limit_exceeded", "{error}");
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("max_engine_memory_bytes"), "{detail}");
    let found: Vec<_> = result["records"].as_array().unwrap().iter().collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1]["source"]["document"], 2);
    // What is too much for a tight child is nothing special.
    let engine = Engine::new(program(), settings(ROOMY));
    let result = extract(&engine, vec![bomb()]).await;
    assert_eq!(result["documents"][0]["media_type"], "text/html");
}

#[tokio::test]
async fn a_document_within_another_that_takes_all_memory_costs_no_other_within() {
    let engine = Engine::new(program(), settings(TIGHT));
    let mail = mail(&[("a.txt", text()), ("b.html", bomb()), ("c.txt", text())]);
    let result = extract(&engine, vec![mail, text()]).await;
    let documents = result["documents"].as_array().unwrap();
    let names: Vec<_> = documents.iter().map(|it| it["name"].as_str()).collect();
    let within = [Some("a.txt"), Some("b.html"), Some("c.txt")];
    assert_eq!((&names[..2], &names[2..]), (&[None; 2][..], &within[..]));
    assert_eq!(documents[0]["media_type"], "message/rfc822");
    assert_eq!(documents[3]["error"]["code"], "limit_exceeded");
    assert_eq!(documents[3]["parent"], 0);
    let records = result["records"].as_array().unwrap();
    let places: Vec<_> = records.iter().map(|it| &it["source"]["document"]).collect();
    // The mail names its sender itself.
    assert_eq!(places, [0, 2, 4, 1]);
}

#[tokio::test]
async fn a_document_in_a_file_is_sent_whole_to_each_child_that_it_needs() {
    let engine = Engine::new(program(), settings(TIGHT));
    let mail = mail(&[("a.txt", text()), ("b.html", bomb()), ("c.txt", text())]);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&mail).unwrap();
    let bytes = mail.len() as u64;
    let spooled = Input {
        name: None,
        media_type: None,
        origin: None,
        content: Content::Spooled(Spool { file, bytes }),
    };
    let (wanted, stop) = (json!(["entities"]), CancellationToken::new());
    let Ended::Done(result) = engine.extract(&[spooled], &wanted, &stop).await.ended else {
        panic!("it has a result");
    };
    let result: Value = serde_json::from_slice(&result).unwrap();
    assert_eq!(result, extract(&engine, vec![mail]).await);
    assert_eq!(result["documents"][2]["error"]["code"], "limit_exceeded");
}

#[tokio::test]
async fn a_document_whose_file_ends_too_early_keeps_no_child_waiting() {
    let engine = Engine::new(program(), settings(ROOMY));
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&text()).unwrap();
    let spooled = Input {
        name: None,
        media_type: None,
        origin: None,
        content: Content::Spooled(Spool { file, bytes: 1_000 }),
    };
    let (wanted, stop) = (json!(["entities"]), CancellationToken::new());
    let ended = engine.extract(&[spooled], &wanted, &stop).await.ended;
    assert_eq!(ended, Ended::Unavailable);
}

#[tokio::test]
async fn a_document_of_which_too_many_within_end_their_reader_is_given_up() {
    let engine = Engine::new(program(), settings(TIGHT));
    let bombs = ["a", "b", "c", "d"].map(|name| (name, bomb()));
    let result = extract(&engine, vec![mail(&bombs), text()]).await;
    let documents = result["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["error"]["code"], "limit_exceeded");
}

#[tokio::test]
async fn a_child_that_is_killed_costs_the_document_that_it_was_at() {
    let unique = ROOMY + 1;
    let engine = Engine::new(program(), settings(unique));
    let documents = vec![text(), endless(), text()];
    let (result, ()) = tokio::join!(extract(&engine, documents), async {
        kill(busy_child(unique).await);
    });
    assert_eq!(result["documents"][1]["error"]["code"], "reader_failed");
    assert_eq!(result["records"][1]["source"]["document"], 2);
    assert_eq!(result["records"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_document_that_takes_too_long_fails_by_name_and_costs_no_other() {
    let settings = Settings {
        max_document_time: Duration::from_secs(3),
        ..settings(ROOMY + 2)
    };
    let engine = Engine::new(program(), settings);
    let result = extract(&engine, vec![endless(), text()]).await;
    let error = &result["documents"][0]["error"];
    assert_eq!(error["code"], "limit_exceeded");
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("max_document_seconds is 3"), "{detail}");
    assert_eq!(result["records"][0]["source"]["document"], 1);
}

#[tokio::test]
async fn a_child_that_is_told_to_stop_does_and_reads_the_next_document() {
    let unique = ROOMY + 3;
    let engine = Engine::new(program(), settings(unique));
    let stop = CancellationToken::new();
    let stopping = async {
        let child = busy_child(unique).await;
        stop.cancel();
        child
    };
    let (ended, child) = tokio::join!(run(&engine, vec![endless()], &stop), stopping);
    assert_eq!(ended, Ended::Stopped);
    extract(&engine, vec![text()]).await;
    assert_eq!(children(unique), [child]);
}

#[tokio::test]
async fn a_child_that_does_not_hear_is_killed() {
    let unique = ROOMY + 4;
    // No time to hear anything.
    let grace = Duration::ZERO;
    let engine = Engine::new(
        program(),
        Settings {
            grace,
            ..settings(unique)
        },
    );
    let stop = CancellationToken::new();
    let stopping = async {
        busy_child(unique).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(run(&engine, vec![endless()], &stop), stopping);
    assert_eq!(ended, Ended::Stopped);
    assert!(children(unique).is_empty());
    extract(&engine, vec![text()]).await;
}

#[tokio::test]
async fn an_extraction_that_nobody_waits_for_any_more_leaves_nothing_running() {
    let unique = ROOMY + 5;
    let engine = Engine::new(program(), settings(unique));
    let stop = CancellationToken::new();
    tokio::select! {
        ended = run(&engine, vec![endless()], &stop) => panic!("{ended:?}"),
        _ = busy_child(unique) => {}
    }
    until(|| children(unique).is_empty()).await;
}

#[tokio::test]
async fn children_end_with_the_worker_even_if_it_is_killed() {
    let stack = Stack::start().await;
    let worker = Lambda::start(env!("CARGO_BIN_EXE_worker"), &stack).await;
    let children = children_of(worker.id());
    assert!(!children.is_empty(), "they are started ahead of need");
    worker.stop().await;
    until(|| children.iter().all(|&child| !is_running(child))).await;
}

#[tokio::test]
async fn a_child_has_no_environment_no_files_and_no_way_to_write_one() {
    let unique = ROOMY + 6;
    let engine = Engine::new(program(), settings(unique));
    extract(&engine, vec![text()]).await;
    let [child] = children(unique)[..] else {
        panic!("there is one child");
    };
    let of = |name: &str| std::fs::read_to_string(format!("/proc/{child}/{name}")).unwrap();
    assert_eq!(of("environ"), "");
    // The three standard ones, and where the answers go; besides them none that is not everybody's.
    let files = std::fs::read_dir(format!("/proc/{child}/fd")).unwrap();
    assert_eq!(files.count(), 4 + inherited_files());
    let limits = of("limits");
    for (name, most) in [
        ("Max data size", unique),
        ("Max core file size", 0),
        ("Max file size", 0),
        ("Max open files", 16),
    ] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let soft = line[name.len()..].split_whitespace().next().unwrap();
        assert_eq!(soft, most.to_string(), "{line}");
    }
}

#[tokio::test]
async fn a_child_gives_what_a_thread_gives() {
    let documents = vec![bomb(), text(), b"%PDF-1.7 broken".to_vec()];
    let mut results = Vec::new();
    for isolation in [program(), Isolation::Thread] {
        let engine = Engine::new(isolation, settings(ROOMY));
        results.push(extract(&engine, documents.clone()).await);
    }
    assert_eq!(results[0], results[1]);
}

#[tokio::test]
async fn a_result_that_is_too_big_is_refused_by_name_and_costs_no_other() {
    let max_result_bytes = 2_000;
    let settings = Settings {
        max_result_bytes,
        ..settings(ROOMY)
    };
    for isolation in [program(), Isolation::Thread] {
        let engine = Engine::new(isolation, settings);
        let result = extract(&engine, vec![text(), big_text().into_bytes(), text()]).await;
        let error = &result["documents"][1]["error"];
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains("max_result_bytes"), "{detail}");
        assert_eq!(result["records"][1]["source"]["document"], 2);
    }
}

#[tokio::test]
async fn a_job_of_which_one_document_ends_its_reader_completes() {
    let stack = stack(TIGHT).await;
    let bomb = bomb();
    let documents: [(&str, &[u8]); 2] = [("a.html", &bomb), ("b.txt", b"b@test.com")];
    let key = submit(&stack, &documents).await;
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
    let result = result(&stack, &key).await;
    assert_eq!(result["documents"][0]["error"]["code"], "limit_exceeded");
    assert_eq!(result["documents"][0]["name"], "a.html");
    assert_eq!(result["records"][0]["email"], "b@test.com");
}

#[tokio::test]
async fn a_job_whose_only_document_ends_its_reader_fails_and_is_not_tried_again() {
    let stack = stack(TIGHT).await;
    let key = submit(&stack, &[("a.html", &bomb())]).await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Failed, 1));
    let failure = job.failure().unwrap();
    assert_eq!(
        (&*failure.code, failure.retryable),
        ("limit_exceeded", false)
    );
}

#[tokio::test]
async fn a_job_is_tried_again_where_no_child_can_be_started() {
    let stack = Stack::with(Options {
        isolation: Isolation::Process("/nowhere".into()),
        ..Options::default()
    })
    .await;
    let key = stack.job().pending().await.key;
    stack.work_once().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Pending, 1));
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(job.status(), Status::Failed);
    assert_eq!(job.failure().unwrap().code, "engine_failed");
}

/// A stack whose engine has children that may take so much.
async fn stack(max_engine_memory_bytes: u64) -> Stack {
    Stack::with(Options {
        isolation: program(),
        engine: settings(max_engine_memory_bytes),
        ..Options::default()
    })
    .await
}

/// A text that takes longer than any test waits: each of so many numbers has to be looked up, and is none.
fn endless() -> Vec<u8> {
    "Tel. 020 0000 0000 00 ".repeat(1_000_000).into_bytes()
}

/// Waits for something that comes about without this process.
async fn until(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    let hung = Duration::from_mins(1);
    tokio::time::timeout(hung, waiting)
        .await
        .expect("it comes about");
}

/// The child of this memory, once it has begun to work on a document: it has taken more time than it needs to start.
async fn busy_child(max_engine_memory_bytes: u64) -> u32 {
    let busy = || {
        children(max_engine_memory_bytes)
            .into_iter()
            .find(|&child| cpu_ticks(child) > 20)
    };
    until(|| busy().is_some()).await;
    busy().unwrap()
}

/// The children of this process that may take so much memory: each test has a number of its own.
fn children(max_engine_memory_bytes: u64) -> Vec<u32> {
    let mut children = children_of(std::process::id());
    let arguments = format!("\0extract-engine\0{max_engine_memory_bytes}\0");
    children.retain(|child| {
        let command = std::fs::read_to_string(format!("/proc/{child}/cmdline"));
        command.is_ok_and(|command| command.ends_with(&arguments))
    });
    children
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|&id| stat(id, 1).is_some_and(|found| found == parent.to_string()))
        .collect()
}

fn is_running(process: u32) -> bool {
    stat(process, 0).is_some_and(|state| state != "Z")
}

fn cpu_ticks(process: u32) -> u64 {
    let ticks = [11, 12].map(|field| stat(process, field)?.parse::<u64>().ok());
    ticks.into_iter().flatten().sum()
}

/// Files that whoever started these tests has opened for all their children.
fn inherited_files() -> usize {
    let files = std::fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
    let is_inherited = |file: &std::fs::DirEntry| {
        let number: u32 = file.file_name().to_str().unwrap().parse().unwrap();
        let info = std::fs::read_to_string(file.path()).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        number > 2 && flags.is_some_and(|flags| flags & 0o2_000_000 == 0)
    };
    files.filter(is_inherited).count()
}

/// A field of what the system says of a process, counted from its state.
fn stat(process: u32, field: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(field).map(ToOwned::to_owned)
}

fn kill(process: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    assert!(killed.unwrap().success());
}
