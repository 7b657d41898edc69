//! Documents that the client knows already.

use fetch::{Answer, Conditions, FetchError};

use crate::site::{Site, answer};

#[tokio::test]
async fn a_document_that_has_not_changed_is_not_sent_again() {
    let site = Site::new(|asked| {
        let path = &*asked.path;
        if path == "/old" {
            return answer(asked, 301, &[("Location", "/new")], "");
        }
        let sent = |name| asked.headers.get(name).map(http::HeaderValue::as_bytes);
        let is_known = sent("if-none-match") == Some(b"\"1\"")
            || sent("if-modified-since") == Some(b"Mon, 09 Mar 2026 10:00:00 GMT");
        let status = if is_known { 304 } else { 200 };
        answer(asked, status, &[("ETag", "\"1\"")], "")
    })
    .await;
    let fetcher = site.fetcher();
    let etag = Conditions {
        etag: Some("\"1\"".into()),
        last_modified: None,
    };
    let time = Conditions {
        etag: None,
        last_modified: Some("Mon, 09 Mar 2026 10:00:00 GMT".into()),
    };
    for conditions in [etag, time] {
        let answer = fetcher.get(&site.url("/old"), &conditions).await.unwrap();
        let Answer::NotModified(head) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!((head.status, head.final_url), (304, site.url("/new")));
        assert_eq!(head.etag.as_deref(), Some("\"1\""));
    }
    let changed = Conditions {
        etag: Some("\"0\"".into()),
        last_modified: None,
    };
    let answer = fetcher.get(&site.url("/new"), &changed).await.unwrap();
    assert!(matches!(answer, Answer::Fetched(_)));
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_is_not_sent() {
    let site = Site::new(|asked| answer(asked, 200, &[], "")).await;
    let conditions = Conditions {
        etag: Some("\"1\"\r\nHost: 127.0.0.1".into()),
        last_modified: None,
    };
    let answer = site.fetcher().get(&site.url("/"), &conditions).await;
    assert!(matches!(answer, Err(FetchError::ForbiddenUrl(_))));
    assert_eq!(site.asked().len() + site.asked_for_robots(), 0);
}
