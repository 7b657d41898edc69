//! What is made of an answer.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::spawn;

use fetch::{Conditions, FetchError, Fetcher, Policy};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::{Site, answer};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_document_comes_with_what_its_server_says_of_it() {
    let site = Site::new(|asked| {
        let headers = [
            ("Content-Type", "Text/HTML; Charset=\"UTF-8\"; x=y"),
            ("ETag", "W/\"a\""),
            ("Last-Modified", "Mon, 09 Mar 2026 10:00:00 GMT"),
        ];
        answer(asked, 200, &headers, "hello")
    })
    .await;
    let fetched = site.get("/b/%C3%BC.html?q=1#part").await.unwrap();
    assert_eq!(fetched.bytes, b"hello");
    let head = fetched.head;
    assert_eq!(head.final_url, site.url("/b/%C3%BC.html?q=1#part"));
    assert_eq!(
        (head.status, head.file_name.as_deref()),
        (200, Some("ü.html"))
    );
    assert_eq!(head.media_type.as_deref(), Some("text/html"));
    assert_eq!(head.charset.as_deref(), Some("utf-8"));
    assert_eq!(head.etag.as_deref(), Some("W/\"a\""));
    assert_eq!(
        head.last_modified.as_deref(),
        Some("Mon, 09 Mar 2026 10:00:00 GMT")
    );
    // What is behind the # is nobody else's, and who asks is said.
    let asked = &site.asked()[0];
    assert_eq!(asked.path, "/b/%C3%BC.html?q=1");
    let agent = asked.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("data-extraction/"), "{agent}");
    for name in ["cookie", "authorization", "referer"] {
        assert!(!asked.headers.contains_key(name));
    }
}

#[tokio::test]
async fn what_a_server_does_not_say_is_not_there() {
    let site = Site::new(|asked| answer(asked, 203, &[("Content-Type", ";")], "")).await;
    let head = site.get("/").await.unwrap().head;
    assert_eq!(
        (head.status, head.file_name, head.media_type),
        (203, None, None)
    );
    assert_eq!(
        (head.charset, head.etag, head.last_modified),
        (None, None, None)
    );
}

#[tokio::test]
async fn gzip_is_asked_for_and_unpacked() {
    let site = Site::new(|asked| {
        assert_eq!(asked.headers["accept-encoding"], "gzip");
        // Two members are one document.
        let packed = [gzip(b"one "), gzip(b"two")].concat();
        answer(asked, 200, &[("Content-Encoding", "GZIP")], packed)
    })
    .await;
    assert_eq!(site.get("/").await.unwrap().bytes, b"one two");
}

#[tokio::test]
async fn what_is_packed_in_another_way_or_damaged_is_an_error() {
    let site = Site::new(|asked| {
        let whole = gzip(b"a document of some length");
        let (coding, body) = match &*asked.path {
            "/br" => ("br", whole),
            "/twice" => ("gzip, gzip", whole),
            "/cut" => ("gzip", whole[..whole.len() - 9].to_vec()),
            _ => ("gzip", b"plain".to_vec()),
        };
        answer(asked, 200, &[("Content-Encoding", coding)], body)
    })
    .await;
    for path in ["/br", "/twice", "/cut", "/plain"] {
        let error = site.get(path).await.unwrap_err();
        assert!(matches!(error, FetchError::Malformed(_)), "{path}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn what_is_no_document_is_an_error_that_says_whether_it_may_pass() {
    let site = Site::new(|asked| {
        let status = asked.path[1..].parse().unwrap_or(404);
        answer(asked, status, &[], "not what you want")
    })
    .await;
    for (status, may_pass) in [
        (304, false),
        (400, false),
        (401, false),
        (404, false),
        (408, true),
        (410, false),
        (429, true),
        (500, true),
        (503, true),
    ] {
        let error = site.get(&format!("/{status}")).await.unwrap_err();
        assert_eq!(error, FetchError::Status(status));
        assert_eq!(error.is_transient(), may_pass, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_one_that_speaks_no_http() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let speaking = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").unwrap();
        // Until the other side has had enough of it.
        let _ = stream.read(&mut [0; 1]);
    });
    let policy = Policy::default().allowing(&address.to_string()).unwrap();
    let fetcher = Fetcher::new(policy);
    let (url, conditions) = (format!("http://{address}/"), Conditions::default());
    let error = fetcher.get(&url, &conditions).await;
    assert_eq!(error, Err(FetchError::Malformed("it is not HTTP.")));
    speaking.join().unwrap();
    let error = fetcher.get(&url, &conditions).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable(_)), "{error}");
    assert!(error.is_transient());
}
