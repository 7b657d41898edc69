//! Handing something over.

use http::{HeaderMap, HeaderValue, StatusCode};

use crate::site::{Site, plain};

#[tokio::test]
async fn what_is_handed_over_arrives_with_its_headers_and_any_status_is_an_answer() {
    let site = Site::new(|asked| {
        let status = asked.path[1..].parse().unwrap();
        plain(status, &[("Location", "/200")], "ignored")
    })
    .await;
    let fetcher = site.fetcher();
    for status in [200, 204, 302, 404, 410, 500] {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("msg_1"));
        let url = site.url(&format!("/{status}"));
        let answer = fetcher.post(&url, headers, "{\"a\": 1}".into()).await;
        assert_eq!(answer, Ok(StatusCode::from_u16(status).unwrap()));
        let asked = site.asked().pop().unwrap();
        assert_eq!(asked.headers["webhook-id"], "msg_1");
        assert_eq!(asked.body, b"{\"a\": 1}");
    }
    assert_eq!((site.asked().len(), site.asked_for_robots()), (6, 0));
}
