//! Jobs over all members of an archive.

use std::io::{Cursor, Write};

use aws_sdk_s3::primitives::ByteStream;
use http::{Method, Request, StatusCode};
use job::{JobKey, Status, Tenant};
use serde_json::{Value, json};
use testkit::{Fault, Stack, exchange};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::collections::{BUCKET, assert_whole, manifest, merged, stack};
use crate::look;

type Writer = ZipWriter<Cursor<Vec<u8>>>;

fn archive(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn add(writer: &mut Writer, name: &str, bytes: &[u8]) {
    let options = SimpleFileOptions::default();
    writer.start_file(name, options).unwrap();
    writer.write_all(bytes).unwrap();
}

/// So many documents, of which every tenth cannot be read, among what is no document.
fn documents(count: usize) -> Vec<u8> {
    archive(|writer| {
        for n in 0..count {
            if n % 50 == 0 {
                let options = SimpleFileOptions::default();
                writer.add_directory(format!("{n:03}"), options).unwrap();
                add(writer, &format!("__MACOSX/._{n:03}.txt"), b"no@example.com");
                add(writer, &format!("{n}/.DS_Store"), b"no@example.com");
            }
            if n % 10 == 7 {
                add(writer, &format!("{n:03}.pdf"), b"%PDF-1.7 broken");
            } else {
                let text = format!("user{n}@example.com");
                add(writer, &format!("{n:03}.txt"), text.as_bytes());
            }
        }
    })
}

/// Sends an archive by an upload, and says what names it, and where else bytes for it may be sent.
async fn upload(stack: &Stack, bytes: &[u8]) -> (Value, String) {
    let about = json!({"bytes": bytes.len()}).to_string();
    let request = Request::post("/api/v1/uploads/").header("content-type", "application/json");
    let allowed = stack.send(request.body(about.into()).unwrap()).await;
    let allowed: Value = serde_json::from_slice(&allowed.body).unwrap();
    let link = allowed["url"].as_str().unwrap().to_owned();
    send(&link, bytes).await;
    (json!({"upload": allowed["upload"]}), link)
}

async fn send(link: &str, bytes: &[u8]) {
    let put = Request::put(link).body(bytes.to_vec()).unwrap();
    assert_eq!(exchange(put).await.status, StatusCode::OK);
}

async fn put(stack: &Stack, bytes: Vec<u8>) -> Value {
    let put = stack.clients.s3.put_object().bucket(BUCKET).key("all.zip");
    put.body(ByteStream::from(bytes)).send().await.unwrap();
    json!({"s3": format!("s3://{BUCKET}/all.zip")})
}

async fn start(stack: &Stack, archive: &Value) -> JobKey {
    let body = json!({"collection": {"archive": archive}, "extract": ["entities"]});
    let started = stack.start_job("application/json", body.to_string()).await;
    assert_eq!(started.status, 202, "{:?}", started.body);
    JobKey::new(
        testkit::tenant(Tenant::DEFAULT),
        started.job_id().parse().unwrap(),
    )
}

/// A step that dies when it has made a part and is about to make the next.
async fn one_part(stack: &Stack) {
    for unharmed in [1, 0, 0, 0] {
        stack
            .dynamodb
            .break_after(unharmed, "PutItem", Fault::ServerError);
    }
    stack.work_once().await;
}

/// The lines of the result of a job over this archive.
async fn lines(stack: &Stack, bytes: Vec<u8>) -> Vec<Value> {
    let key = start(stack, &put(stack, bytes).await).await;
    stack.drain_queue().await;
    let job = look(stack, &key).await;
    assert_eq!(job.status(), Status::Completed, "{job:?}");
    let merged = merged(stack, &key).await;
    let lines = merged
        .split(|&byte| byte == b'\n')
        .filter(|it| !it.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// Why a job over this archive failed.
async fn failure(stack: &Stack, bytes: Vec<u8>) -> (String, String) {
    let key = start(stack, &put(stack, bytes).await).await;
    stack.drain_queue().await;
    let job = look(stack, &key).await;
    assert_eq!(job.status(), Status::Failed, "{job:?}");
    let failure = job.failure().unwrap();
    (failure.code.clone(), failure.detail.clone())
}

fn error(line: &Value) -> (&str, &str) {
    let error = &line["documents"][0]["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    (text("code"), text("detail"))
}

/// Where in an archive the entries of its list begin.
fn entries(archive: &[u8]) -> Vec<usize> {
    let signatures = archive.windows(4).enumerate();
    signatures
        .filter(|(_, it)| it == b"PK\x01\x02")
        .map(|(at, _)| at)
        .collect()
}

#[tokio::test]
async fn an_uploaded_archive_is_one_merged_result_in_its_order() {
    let stack = stack().await;
    let (archive, _) = upload(&stack, &documents(230)).await;
    let key = start(&stack, &archive).await;
    stack.drain_queue().await;
    assert_whole(&stack, &key, 230).await;
    let parts = stack.store.parts(&key, 0, usize::MAX).await.unwrap();
    assert_eq!(parts.len(), 3, "up to 100 documents a part");
    for line in &lines(&stack, documents(3)).await {
        assert_eq!(line["name"], line["documents"][0]["name"]);
    }
}

#[tokio::test]
async fn a_step_that_dies_between_two_parts_is_done_again_with_the_same_members() {
    let stack = stack().await;
    let archive = put(&stack, documents(330)).await;
    let key = start(&stack, &archive).await;
    one_part(&stack).await;
    let made = stack.store.parts(&key, 0, usize::MAX).await.unwrap();
    assert_eq!(made.len(), 1);
    stack.drain_queue().await;
    assert_whole(&stack, &key, 330).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_member_is_that_documents_error() {
    let stack = stack().await;
    let mut bytes = archive(|writer| {
        add(writer, "good.txt", b"good@example.com");
        add(writer, "../../etc/passwd", b"out@example.com");
        add(writer, "bomb.txt", &vec![0; 32 << 20]);
        add(writer, "locked.txt", b"locked@example.com");
        add(writer, "wrong.txt", b"wrong@example.com");
        add(writer, "odd.txt", b"odd@example.com");
        add(writer, "nothing.txt", b"");
        let options = SimpleFileOptions::default();
        writer.add_symlink("link", "/etc/passwd", options).unwrap();
        add(writer, "away.txt", b"away@example.com");
        add(writer, "longer.txt", &vec![0; 32 << 20]);
        add(writer, "huge.txt", b"huge@example.com");
        add(writer, "last.txt", b"last@example.com");
    });
    let entries = entries(&bytes);
    bytes[entries[3] + 8] |= 1; // encrypted
    bytes[entries[4] + 16] ^= 0xff; // another checksum
    bytes[entries[5] + 10] = 12; // packed by bzip2
    bytes[entries[8] + 44] = 0xf0; // begins behind the archive's end
    bytes[entries[9] + 26] = 0; // unpacks to more than it says
    bytes[entries[9] + 27] = 0;
    bytes[entries[10] + 27] = 0x7f; // says that it unpacks to 2 GB
    let lines = lines(&stack, bytes).await;
    let names: Vec<&str> = lines
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[..3], ["good.txt", "../../etc/passwd", "bomb.txt"]);
    let codes: Vec<&str> = lines.iter().map(|line| error(line).0).collect();
    let expected = [
        "",
        "",
        "limit_exceeded",
        "encrypted",
        "malformed",
        "unsupported_format",
        "empty",
        "unsupported_format",
        "malformed",
        "malformed",
        "limit_exceeded",
        "",
    ];
    assert_eq!(codes, expected);
    assert!(error(&lines[2]).1.contains("max_unpack_ratio"));
    assert!(error(&lines[10]).1.contains("max_document_bytes"));
    // A path that leads elsewhere is a name like any other.
    assert_eq!(lines[1]["records"][0]["email"], "out@example.com");
    assert_eq!(lines[11]["records"][0]["email"], "last@example.com");
}

#[tokio::test]
async fn what_is_wrong_with_an_archive_fails_its_job() {
    let stack = stack().await;
    let whole = documents(20);

    // The list names one member again and again.
    let mut overlapping = archive(|writer| {
        let text: Vec<u8> = (0..2_000_u32).flat_map(u32::to_le_bytes).collect();
        add(writer, "a.txt", &text);
    });
    let list = entries(&overlapping)[0];
    let end = overlapping.len() - 22;
    let mut tail = overlapping.split_off(end);
    let entry = overlapping[list..].to_vec();
    overlapping.extend(entry.repeat(99));
    tail[8..12].copy_from_slice(&[100, 0, 100, 0]);
    tail[12..16].copy_from_slice(&u32::try_from(entry.len() * 100).unwrap().to_le_bytes());
    overlapping.extend(tail);

    let mut tar = vec![0; 1024];
    tar[..5].copy_from_slice(b"a.txt");
    tar[257..262].copy_from_slice(b"ustar");
    let mut misled = whole.clone();
    let field = misled.len() - 6;
    misled[field] ^= 0x55; // where the list begins

    for (bytes, code, says) in [
        (overlapping, "malformed", "larger than itself"),
        (whole[..whole.len() - 30].to_vec(), "malformed", "cut off"),
        (misled, "malformed", "list"),
        (tar, "unsupported_format", "TAR"),
        (vec![0x1f, 0x8b, 8, 0], "unsupported_format", "GZIP"),
        (b"no archive".to_vec(), "unsupported_format", "ZIP"),
        (archive(|_| {}), "empty", "no document"),
    ] {
        let (found, detail) = failure(&stack, bytes).await;
        assert_eq!(found, code, "{detail}");
        assert!(detail.contains(says), "{detail}");
    }
    for (archive, code) in [
        (json!({"s3": "s3://theirs/nothing.zip"}), "missing"),
        (json!({"s3": "s3://jobs/all.zip"}), "fetch_forbidden"),
    ] {
        let key = start(&stack, &archive).await;
        stack.drain_queue().await;
        assert_eq!(look(&stack, &key).await.failure().unwrap().code, code);
    }
}

#[tokio::test]
async fn an_archive_of_too_many_members_fails_with_the_limits_name() {
    let stack = stack().await;
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let bytes = archive(|writer| {
        for n in 0..=job::limits::MAX_COLLECTION_DOCUMENTS {
            writer.start_file(n.to_string(), options).unwrap();
        }
    });
    let key = start(&stack, &put(&stack, bytes).await).await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    let failure = job.failure().unwrap();
    assert_eq!(failure.code, "limit_exceeded");
    assert!(failure.detail.contains("max_collection_documents"));
    assert!(stack.store.parts(&key, 0, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_read_from_an_archive_in_the_place_of_the_one_that_was_sliced() {
    let stack = stack().await;
    let other = archive(|writer| {
        for n in 0..150 {
            add(writer, &format!("{n:03}.txt"), b"other@example.com");
        }
    });
    for is_uploaded in [true, false] {
        let (archive, link) = if is_uploaded {
            let (archive, link) = upload(&stack, &documents(150)).await;
            (archive, Some(link))
        } else {
            (put(&stack, documents(150)).await, None)
        };
        let key = start(&stack, &archive).await;
        stack.work_once().await;
        assert_eq!(stack.store.parts(&key, 0, 9).await.unwrap().len(), 2);
        match link {
            Some(link) => {
                let mut other = other.clone();
                other.resize(documents(150).len(), 0);
                send(&link, &other).await;
            }
            None => {
                put(&stack, other.clone()).await;
            }
        }
        stack.drain_queue().await;
        let manifest = manifest(&stack, &key).await;
        assert_eq!(
            (&manifest["done"], &manifest["failed"]),
            (&json!(0), &json!(150))
        );
        let merged = String::from_utf8(merged(&stack, &key).await).unwrap();
        assert_eq!(merged.matches(r#""changed""#).count(), 150);
        assert!(!merged.contains("other@"));
    }
    // One of which a part was made, and no other.
    let key = start(&stack, &put(&stack, documents(150)).await).await;
    one_part(&stack).await;
    put(&stack, other).await;
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.failure().unwrap().code, "changed");
    // One that was replaced before anything was read of it.
    let (archive, link) = upload(&stack, &documents(10)).await;
    let key = start(&stack, &archive).await;
    let mut bytes = documents(10);
    bytes.reverse();
    send(&link, &bytes).await;
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.failure().unwrap().code, "changed");
}

#[tokio::test]
async fn an_archive_that_is_cancelled_is_read_no_further() {
    let stack = stack().await;
    let key = start(&stack, &put(&stack, documents(250)).await).await;
    stack.work_once().await;
    let path = format!("/api/v1/scan/cancel/{}/", key.id);
    let cancelled = stack.call(Method::POST, &path).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{cancelled:?}");
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Cancelled);
    for part in stack.store.parts(&key, 0, usize::MAX).await.unwrap() {
        assert_eq!(part.status(), Status::Cancelled);
    }
    let retried = stack.post(&format!("/api/v1/scan/retry/{}/", key.id)).await;
    assert!(retried.status.is_success(), "{retried:?}");
    stack.drain_queue().await;
    assert_whole(&stack, &key, 250).await;
}
