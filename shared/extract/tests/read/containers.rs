//! Documents that hold others: archives, mailboxes, e-mails with attachments.

use std::io::{Cursor, Write};

use extract::{
    DocumentOutput, FailedOutput, Input, LIMITS, Limits, NeverInterrupted, Numbers, Outcome,
    Output, Problem,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use plan::Plan;
use serde_json::json;
use zip::write::SimpleFileOptions;

/// The document and all documents within it.
fn extract_within(limits: &Limits, name: &str, bytes: &[u8]) -> Vec<Output> {
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let input = Input {
        name: Some(name),
        declared: None,
        bytes,
    };
    let plan = Plan::read(&json!(["text", "metadata", "entities"])).expect("what is well-formed");
    let outcomes = extract::extract(numbers, input, &plan, limits, &NeverInterrupted)
        .expect("what is well-formed");
    let documents = outcomes
        .into_iter()
        .map(|Outcome { document, .. }| document);
    documents.collect()
}

fn extract(name: &str, bytes: &[u8]) -> Vec<Output> {
    extract_within(&LIMITS, name, bytes)
}

#[track_caller]
fn read(output: &Output) -> &DocumentOutput {
    match output {
        Output::Extracted(document) => document,
        Output::Failed(failed) => panic!("{:?}", failed.error),
    }
}

#[track_caller]
fn failed(output: &Output) -> &FailedOutput {
    match output {
        Output::Failed(failed) => failed,
        Output::Extracted(document) => panic!("it was read as {}", document.media_type),
    }
}

/// Names and texts of the documents within the first one.
fn members(outputs: &[Output]) -> Vec<(&str, &str)> {
    let members = outputs[1..].iter().map(read);
    let both = members.map(|it| {
        (
            it.name.as_deref().unwrap_or_default(),
            it.text.as_deref().unwrap_or_default(),
        )
    });
    both.collect()
}

fn warns(output: &Output, words: &[&str]) -> bool {
    let mut warnings = read(output).warnings.iter();
    warnings.any(|warning| words.iter().all(|word| warning.contains(word)))
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let options = SimpleFileOptions::default();
        writer
            .start_file(*path, options)
            .expect("what is well-formed");
        writer.write_all(bytes).expect("what is well-formed");
    }
    writer.finish().expect("what is well-formed").into_inner()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_old();
        // Set as it is: the crate refuses paths that lead out of the archive.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder
            .append(&header, *bytes)
            .expect("what is well-formed");
    }
    builder.into_inner().expect("what is well-formed")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("what is well-formed");
    encoder.finish().expect("what is well-formed")
}

const FILES: [(&str, &[u8]); 3] = [
    ("a.txt", b"the first text"),
    ("b/c.csv", b"name,age\nAnn,30\nBob,40\n"),
    ("d.txt", b"the last text"),
];

#[test]
fn each_member_of_an_archive_is_a_document_of_its_own() {
    let tarred = tar(&FILES);
    for (name, bytes, media_type) in [
        ("a.zip", zip(&FILES), "application/zip"),
        ("a.tar", tarred.clone(), "application/x-tar"),
        ("a.tar.gz", gzip(&tarred), "application/gzip"),
        ("a.tgz", gzip(&tarred), "application/gzip"),
    ] {
        for name in [name, "", "a.pdf"] {
            let outputs = extract(name, &bytes);
            let archive = read(&outputs[0]);
            assert_eq!(archive.media_type, media_type);
            assert_eq!(archive.text.as_deref(), Some("a.txt\nb/c.csv\nd.txt\n"));
            let metadata = archive.metadata.as_ref().unwrap();
            assert_eq!(metadata["unpacked_bytes"], 50);
            assert_eq!(
                metadata["members"][1],
                json!({"path": "b/c.csv", "bytes": 23})
            );
            let expected = FILES.map(|(path, bytes)| (path, str::from_utf8(bytes).unwrap()));
            assert_eq!(members(&outputs), expected);
            assert_eq!(read(&outputs[2]).media_type, "text/csv");
            assert_eq!(read(&outputs[2]).parent, Some(0));
        }
    }
}

#[test]
fn a_packed_file_is_one_member_under_the_name_that_it_had() {
    let bytes = gzip(b"name,age\nAnn,30\nBob,40\n");
    let outputs = extract("people.csv.gz", &bytes);
    assert_eq!(members(&outputs)[0].0, "people.csv");
    assert_eq!(read(&outputs[1]).media_type, "text/csv");
    assert_eq!(members(&extract("", &bytes))[0].0, "content");
    // What several runs of a program have appended is one file.
    let twice = [gzip(b"one\n"), gzip(b"two\n")].concat();
    assert_eq!(members(&extract("log.gz", &twice)), [("log", "one\ntwo\n")]);
}

#[test]
fn an_archive_is_read_up_to_where_it_is_damaged() {
    let lines: Vec<String> = (0..9_000_u32)
        .map(|number| format!("some words {}\n", number.wrapping_mul(2_654_435_761)))
        .collect();
    let long = lines.concat().into_bytes();
    let files = [FILES[0], FILES[1], ("long.txt", long.as_slice()), FILES[2]];
    for (name, whole) in [
        ("a.tar", tar(&files)),
        ("a.zip", zip(&files)),
        ("a.tar.gz", gzip(&tar(&files))),
    ] {
        // Within the third file, and what comes after it is gone.
        let outputs = extract(name, &whole[..whole.len() / 2]);
        assert!(
            warns(&outputs[0], &["damaged", "first 2 documents"]),
            "{name}"
        );
        assert_eq!(members(&outputs).len(), 2, "{name}");
        assert_eq!(members(&outputs)[1].0, "b/c.csv");
    }
    let packed = gzip(&long);
    let outputs = extract("log.gz", &packed[..packed.len() - 12]);
    assert!(warns(&outputs[0], &["damaged or cut off"]));
    assert!(members(&outputs)[0].1.starts_with("some words"));
}

#[test]
fn a_damaged_member_of_a_zip_archive_leaves_the_others() {
    let mut bytes = zip(&FILES);
    let at = bytes.windows(4).position(|it| it == b"d.tx").unwrap() + 8;
    bytes[at] ^= 0xff;
    let outputs = extract("a.zip", &bytes);
    assert_eq!(members(&outputs).len(), 2);
    assert!(warns(&outputs[0], &["damaged", "d.txt"]));
}

#[test]
fn a_damaged_package_of_a_document_is_no_archive() {
    let whole = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", b"<x/>"),
    ]);
    let outputs = extract("a.docx", &whole[..100]);
    assert_eq!(failed(&outputs[0]).error.code, Problem::Malformed);
    assert_eq!(outputs.len(), 1);
}

#[test]
fn paths_that_lead_out_of_an_archive_are_only_names() {
    let files: [(&str, &[u8]); 3] = [
        ("../../etc/passwd", b"one"),
        ("/etc/shadow", b"two"),
        ("a\nb\u{1b}.txt", b"three"),
    ];
    for bytes in [zip(&files), tar(&files)] {
        let outputs = extract("", &bytes);
        assert!(warns(&outputs[0], &["lead out of the archive", ": 2."]));
        let paths: Vec<_> = members(&outputs).into_iter().map(|it| it.0).collect();
        assert_eq!(
            paths,
            ["../../etc/passwd", "/etc/shadow", "a\u{fffd}b\u{fffd}.txt"]
        );
    }
}

#[test]
fn an_archive_in_which_all_is_encrypted_says_so() {
    let mut bytes = zip(&FILES[..1]);
    bytes[6] |= 1;
    let list = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    bytes[list + 8] |= 1;
    let outputs = extract("a.zip", &bytes);
    assert_eq!(failed(&outputs[0]).error.code, Problem::Encrypted);
    assert!(failed(&outputs[0]).error.detail.contains("password"));
}

#[test]
fn a_bomb_is_refused() {
    let zeros = vec![0; 40 << 20];
    for (name, bytes) in [
        ("bomb.gz", gzip(&zeros)),
        ("bomb.zip", zip(&[("zeros", &zeros)])),
        ("bomb.tar.gz", gzip(&tar(&[("zeros", &zeros)]))),
    ] {
        let outputs = extract(name, &bytes);
        let error = &failed(&outputs[0]).error;
        assert_eq!(error.code, Problem::LimitExceeded, "{name}");
        assert!(
            error.detail.contains("max_unpack_ratio"),
            "{}",
            error.detail
        );
    }
}

#[test]
fn archives_in_archives_are_opened_so_deep_and_no_deeper() {
    let mut bytes = b"the innermost text".to_vec();
    let mut name = "text.txt".to_owned();
    for depth in 0..6 {
        bytes = zip(&[(&name, &bytes)]);
        name = format!("{depth}.zip");
    }
    let outputs = extract(&name, &bytes);
    assert_eq!(outputs.len(), LIMITS.max_member_depth + 2);
    let error = &failed(outputs.last().unwrap()).error;
    assert!(
        error.detail.contains("max_member_depth is 4"),
        "{}",
        error.detail
    );
}

#[test]
fn an_archive_with_too_many_members_is_refused_after_the_first_of_them() {
    let limits = Limits {
        max_members: 3,
        ..LIMITS
    };
    let paths: Vec<String> = (0..5).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, &[u8])> = paths
        .iter()
        .map(|it| (it.as_str(), b"text".as_slice()))
        .collect();
    for bytes in [zip(&files), tar(&files)] {
        let outputs = extract_within(&limits, "", &bytes);
        let error = &failed(&outputs[0]).error;
        assert!(
            error.detail.contains("max_members is 3"),
            "{}",
            error.detail
        );
        assert_eq!(members(&outputs).len(), 3);
    }
    // Folders and links take time, too.
    let limits = Limits {
        max_package_entries: 3,
        ..LIMITS
    };
    for bytes in [zip(&files), tar(&files)] {
        let outputs = extract_within(&limits, "", &bytes);
        let detail = &failed(&outputs[0]).error.detail;
        assert!(detail.contains("max_package_entries is 3"), "{detail}");
    }
}

#[test]
fn a_member_that_is_too_long_leaves_the_others() {
    let limits = Limits {
        max_document_bytes: 4_000,
        ..LIMITS
    };
    let long = vec![b'x'; 5_000];
    let files = [FILES[0], ("long.txt", long.as_slice()), FILES[2]];
    let outputs = extract_within(&limits, "a.zip", &zip(&files));
    assert_eq!(members(&outputs).len(), 2);
    assert!(warns(&outputs[0], &["max_document_bytes", "long.txt"]));
}

const ENVELOPE: &str = "From ann@test.com Fri Mar  1 12:00:00 2024\n";

#[test]
fn each_message_of_a_mailbox_is_an_email_of_its_own() {
    let one = "From: ann@test.com\nTo: bob@test.com\n\nOne\n\n>From me\n>>From you\n\n";
    let two = "From: bob@test.com\nTo: ann@test.com\n\nFrom 12:00 on we are open.\n\nFrom Bob\n";
    let mailbox = [ENVELOPE, one, ENVELOPE, two].concat();
    for name in ["inbox.mbox", "", "inbox.txt"] {
        let outputs = extract(name, mailbox.as_bytes());
        assert_eq!(read(&outputs[0]).media_type, "application/mbox");
        let texts: Vec<_> = members(&outputs).into_iter().map(|it| it.1).collect();
        assert_eq!(
            texts,
            [
                "From: ann@test.com\nTo: bob@test.com\n\nOne\n\nFrom me\n>From you\n",
                "From: bob@test.com\nTo: ann@test.com\n\nFrom 12:00 on we are open.\n\nFrom Bob\n",
            ]
        );
    }
}

#[test]
fn a_message_with_its_envelope_is_that_message() {
    let mail = [ENVELOPE, "From: ann@test.com\nTo: bob@test.com\n\nOne\n"].concat();
    let outputs = extract("saved.mbox", mail.as_bytes());
    assert_eq!(read(&outputs[0]).media_type, "message/rfc822");
    assert_eq!(read(&outputs[0]).warnings, [""; 0]);
}

#[test]
fn what_is_attached_to_an_email_is_a_document_of_its_own() {
    let mail = "From: a@test.com\nTo: b@test.com\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee below.\n\
        --x\nContent-Type: text/html; charset=iso-8859-1\nContent-Disposition: attachment\n\n\
        <p>Zo\u{eb}</p>\n\
        --x\nContent-Type: message/rfc822\n\nFrom: c@test.com\nTo: a@test.com\n\nInner\n\
        --x\nContent-Type: application/pgp-signature\n\nabc\n--x--\n";
    let mail = encoded(mail);
    let outputs = extract("a.eml", &mail);
    assert_eq!(
        members(&outputs),
        [
            ("attachment 1", "Zoë"),
            (
                "attachment 2.eml",
                "From: c@test.com\nTo: a@test.com\n\nInner\n"
            ),
        ]
    );
    let listed = &read(&outputs[0]).metadata.as_ref().unwrap()["attachments"];
    assert_eq!(listed.as_array().unwrap().len(), 3);
}

/// In ISO-8859-1.
fn encoded(text: &str) -> Vec<u8> {
    let bytes = text.chars().map(|char| u8::try_from(u32::from(char)));
    bytes.collect::<Result<_, _>>().expect("Latin letters")
}

#[test]
fn an_emails_scripts_and_styles_are_no_text() {
    let mail = "From: a@test.com\nTo: b@test.com\nContent-Type: text/html\n\n\
        <head><style>p{color:red}</style><script>track()</script></head><p>Hello</p>";
    let outputs = extract("a.eml", mail.as_bytes());
    let text = read(&outputs[0]).text.as_deref().unwrap();
    assert!(text.contains("Hello") && !text.contains("color") && !text.contains("track"));
}

#[test]
fn an_email_in_an_email_in_an_email_ends() {
    let mut mail = "From: a@test.com\nTo: b@test.com\n\nInnermost\n".to_owned();
    for depth in 0..6 {
        mail = format!(
            "From: a@test.com\nTo: b@test.com\nContent-Type: multipart/mixed; boundary=x{depth}\n\n\
             --x{depth}\nContent-Type: message/rfc822\n\n{mail}\n--x{depth}--\n"
        );
    }
    let outputs = extract("a.eml", mail.as_bytes());
    assert!(outputs.len() <= LIMITS.max_member_depth + 2);
}
