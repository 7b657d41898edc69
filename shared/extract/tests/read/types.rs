//! What a document is: its bytes say so, not its sender.

use extract::Problem;

use crate::{cells, fixture, problem, read, read_declared, read_named, warns};

#[test]
fn no_bytes_are_no_document() {
    assert_eq!(problem(read("")).0, Problem::Empty);
}

#[test]
fn the_type_is_told_by_the_bytes_whatever_is_declared() {
    for (name, media_type) in [
        ("invoice.pdf", "application/pdf"),
        ("mail.eml", "message/rfc822"),
        ("article.html", "text/html"),
        ("feed.xml", "application/xml"),
        ("people.json", "application/json"),
    ] {
        for declared in ["image/png", "text/csv", "text/plain", "nonsense"] {
            let document = read_declared(declared, fixture(name)).unwrap();
            assert_eq!(document.media_type, media_type, "{name} as {declared}");
        }
        let document = read_named("a.docx", fixture(name)).unwrap();
        assert_eq!(document.media_type, media_type, "{name}");
    }
}

#[test]
fn a_document_that_is_not_what_it_is_said_to_be_is_read_with_a_warning() {
    let document = read_declared("application/pdf", "just a letter").unwrap();
    assert_eq!(document.text.as_str(), "just a letter");
    assert_eq!(document.media_type, "text/plain");
    assert!(
        warns(&document, &["declared as application/pdf", "text/plain"]),
        "{:?}",
        document.warnings
    );

    let document = read_named("letter.pdf", "just a letter").unwrap();
    assert!(
        warns(&document, &["named like a .pdf file", "text/plain"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn a_sender_who_says_nothing_wrong_is_not_warned() {
    for declared in [
        "text/plain",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "*/*",
        "TEXT/HTML",
    ] {
        let document = read_declared(declared, "<!DOCTYPE html><p>x</p>").unwrap();
        assert_eq!(document.media_type, "text/html");
        assert_eq!(document.warnings, [""; 0], "{declared}");
    }
    assert_eq!(read_named("a.unknown", "text").unwrap().warnings, [""; 0]);
}

#[test]
fn what_is_declared_decides_where_the_bytes_leave_a_choice() {
    let text = "# Heading, with, commas\nName, Age, City\n";
    assert_eq!(
        read_declared("text/markdown", text).unwrap().media_type,
        "text/markdown"
    );
    assert_eq!(
        read_declared("text/plain", text).unwrap().media_type,
        "text/plain"
    );
    assert_eq!(
        read_declared("text/csv", text).unwrap().media_type,
        "text/csv"
    );
    let table = "a,b,c\n1,2,3\n4,5,6\n";
    assert_eq!(
        read_declared("text/csv", table).unwrap().media_type,
        "text/csv"
    );
    assert_eq!(
        read_declared("text/plain", table).unwrap().media_type,
        "text/plain"
    );
    // Programs that send files call every text plain; its name says more.
    let document = crate::read_within(
        &extract::LIMITS,
        Some("a.csv"),
        Some("text/plain"),
        table.as_bytes(),
    )
    .unwrap();
    assert_eq!(cells(&document, 0).len(), 3);
}

#[test]
fn a_piece_of_html_in_markdown_leaves_it_markdown() {
    let readme = "<h1 align=\"center\">Name</h1>\n\nSee [this](https://test.com).\n";
    assert_eq!(
        read_named("README.md", readme).unwrap().media_type,
        "text/markdown"
    );
    assert_eq!(read(readme).unwrap().media_type, "text/html");
}

#[test]
fn binary_data_is_refused_by_its_name() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
    for (bytes, name) in [
        (png.as_slice(), "image/png"),
        (
            b"BZh91AY&SY\x17r\x45\x38\x50\x90\0\0\0\0",
            "application/x-bzip2",
        ),
        (
            b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0\0\0\0\0",
            "application/x-7z-compressed",
        ),
        (b"%!PS-Adobe-3.0\nshowpage\n", "postscript"),
        (&[0, 1, 2, 3, 200, 201, 0, 0, 7, 6, 5], "unknown kind"),
    ] {
        for declared in ["text/plain", "application/pdf"] {
            let (problem, detail) = problem(read_declared(declared, bytes));
            assert_eq!(problem, Problem::UnsupportedFormat);
            assert!(
                detail.contains(name) && detail.contains("Supported are: PDF"),
                "{detail}"
            );
        }
    }
}

#[test]
fn a_package_that_is_damaged_is_refused_as_such() {
    let (problem, detail) = problem(read(b"PK\x03\x04\x14\0\0\0\x08\0some bytes that follow"));
    assert_eq!(problem, Problem::Malformed);
    assert!(detail.contains("damaged or cut off"), "{detail}");
}

#[test]
fn a_few_control_characters_do_not_make_a_text_binary() {
    let sent = format!(
        "{}\0\u{1b}[1m{}",
        "a line of a log\n".repeat(50),
        "the end\n"
    );
    assert_eq!(read(&sent).unwrap().text.as_str(), sent);
}

#[test]
fn an_email_is_told_from_a_text_with_a_colon() {
    assert_eq!(
        read("From: a@test.com\nSubject: x\n\nbody")
            .unwrap()
            .media_type,
        "message/rfc822"
    );
    assert_eq!(
        read("From a@test.com Mon\nFrom: a@test.com\nTo: b@test.com\n\nbody")
            .unwrap()
            .media_type,
        "message/rfc822"
    );
    assert_eq!(
        read("Note: call Bob\nTo: do\n").unwrap().media_type,
        "text/plain"
    );
    assert_eq!(
        read_named("a.eml", "Subject: only\n\nbody")
            .unwrap()
            .media_type,
        "message/rfc822"
    );
    assert_eq!(
        read_named("a.eml", "no headers at all").unwrap().media_type,
        "text/plain"
    );
}

#[test]
fn every_usual_charset_is_decoded() {
    let text = "Grüße aus Köln";
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<_>>();
    let scalars = |unit: fn(u32) -> [u8; 4]| {
        ['\u{feff}']
            .into_iter()
            .chain(text.chars())
            .flat_map(|char| unit(char.into()))
            .collect::<Vec<_>>()
    };
    for (bytes, charset) in [
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "UTF-8"),
        (
            [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
            "UTF-16LE",
        ),
        (
            [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
            "UTF-16BE",
        ),
        (wide(u16::to_le_bytes), "UTF-16LE"),
        (wide(u16::to_be_bytes), "UTF-16BE"),
        (scalars(u32::to_le_bytes), "UTF-32LE"),
        (scalars(u32::to_be_bytes), "UTF-32BE"),
        (b"Gr\xfc\xdfe aus K\xf6ln".to_vec(), "windows-1252"),
    ] {
        let document = read(&bytes).unwrap();
        assert_eq!(document.text.as_str(), text, "{charset}");
        assert_eq!(document.charset.as_deref(), Some(charset));
        assert_eq!(document.warnings, [""; 0], "{charset}");
    }
    let document = read(fixture("utf-16.txt")).unwrap();
    assert_eq!(
        document.text.as_str(),
        "Grüße aus Köln\r\nan zoe@test.com\r\n"
    );
}

#[test]
fn the_declared_charset_decides_what_the_bytes_leave_open() {
    let document = read_declared("text/plain; charset=\"iso-8859-2\"", b"\xb1\xe6\xea").unwrap();
    assert_eq!(
        (document.text.as_str(), document.charset.as_deref()),
        ("ąćę", Some("ISO-8859-2"))
    );
    let document = read_declared("text/plain; charset=iso-8859-1", "Grüße").unwrap();
    assert_eq!(
        (document.text.as_str(), document.charset.as_deref()),
        ("Grüße", Some("UTF-8"))
    );
    assert!(
        warns(&document, &["windows-1252", "UTF-8"]),
        "{:?}",
        document.warnings
    );
    let document = read_declared("text/plain; charset=klingon", "Grüße").unwrap();
    assert!(
        warns(&document, &["klingon", "unknown"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn what_could_not_be_decoded_is_counted() {
    let mut bytes = "ä".repeat(100).into_bytes();
    bytes.extend(b"\xff and \xff and \xef\xbf\xbd");
    let document = read(&bytes).unwrap();
    assert_eq!(document.charset.as_deref(), Some("UTF-8"));
    assert!(
        warns(&document, &["2 places", "UTF-8", "U+FFFD"]),
        "{:?}",
        document.warnings
    );
}
