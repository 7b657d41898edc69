//! Redirects that are followed.

use fetch::FetchError;

use crate::site::{Site, answer};

#[tokio::test]
async fn redirects_are_followed_as_they_are_written() {
    let site = Site::new(|asked| {
        let to = |status, to: &str| answer(asked, status, &[("Location", to)], "");
        match &*asked.path {
            "/a/1" => to(301, "2?b"),
            "/a/2?b" => to(302, "../3?c=ü#d"),
            "/3?c=%C3%BC" => to(303, "?e"),
            "/3?e" => answer(asked, 200, &[], "here"),
            _ => answer(asked, 404, &[], ""),
        }
    })
    .await;
    let head = site.get("/a/1").await.unwrap().head;
    assert_eq!(head.final_url, site.url("/3?e"));
}

#[tokio::test]
async fn a_redirect_to_what_is_no_url_is_an_error() {
    let site = Site::new(|asked| answer(asked, 302, &[("Location", "//")], "")).await;
    let error = site.get("/").await.unwrap_err();
    assert!(matches!(error, FetchError::Malformed(_)), "{error}");
}

#[tokio::test]
async fn so_many_are_followed_and_no_more() {
    let site = Site::new(|asked| match asked.path[1..].parse::<usize>() {
        Ok(0) => answer(asked, 200, &[], "here"),
        Ok(left) => {
            let to = format!("/{}", left - 1);
            let status = if left % 2 == 0 { 307 } else { 308 };
            answer(asked, status, &[("Location", &to)], "")
        }
        Err(_) => answer(asked, 404, &[], ""),
    })
    .await;
    let fetched = site.get("/5").await.unwrap();
    assert_eq!(
        (&*fetched.bytes, fetched.head.final_url),
        (&b"here"[..], site.url("/0"))
    );
    assert_eq!(site.get("/6").await, Err(FetchError::TooManyRedirects(5)));
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_its_status() {
    let site = Site::new(|asked| answer(asked, 302, &[], "")).await;
    assert_eq!(site.get("/a").await, Err(FetchError::Status(302)));
}
