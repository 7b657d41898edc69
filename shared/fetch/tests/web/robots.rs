//! What sites ask for in `robots.txt`.

use std::sync::Arc;

use fetch::{Conditions, FetchError, Fetcher, Policy, SystemResolver};

use crate::site::{Asked, LIMITS, Site, plain};

fn private(asked: &Asked) -> axum::response::Response {
    match &*asked.path {
        "/robots.txt" => plain(301, &[("Location", "/elsewhere.txt")], ""),
        "/elsewhere.txt" => plain(200, &[], "User-agent: *\nDisallow: /private"),
        "/out" => plain(302, &[("Location", "/private/a")], ""),
        _ => plain(200, &[], "a page"),
    }
}

#[tokio::test]
async fn what_a_site_asks_not_to_fetch_is_not_fetched_nor_redirected_to() {
    let site = Site::new(private).await;
    let fetcher = site.fetcher();
    for path in ["/private/a", "/out"] {
        let answer = fetcher.get(&site.url(path), &Conditions::default()).await;
        assert_eq!(answer, Err(FetchError::Robots), "{path}");
    }
    fetcher
        .get(&site.url("/a"), &Conditions::default())
        .await
        .unwrap();
    let paths: Vec<_> = site.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/elsewhere.txt", "/out", "/a"]);
    // For all of that it was asked once what it asks for.
    assert_eq!(site.asked_for_robots(), 1);
}

#[tokio::test]
async fn it_is_not_asked_for_where_that_is_switched_off() {
    let site = Site::new(private).await;
    let policy = Policy::read(|name| match name {
        "FETCH_ROBOTS" => Some("off".into()),
        "FETCH_ALLOW" => Some(site.address.to_string()),
        _ => None,
    });
    let fetcher = Fetcher::with(policy.unwrap(), LIMITS, Arc::new(SystemResolver));
    let url = site.url("/private/a");
    fetcher.get(&url, &Conditions::default()).await.unwrap();
    assert_eq!(site.asked_for_robots(), 0);
}

#[tokio::test]
async fn a_site_that_cannot_say_is_not_asked_for_more_now() {
    let site = Site::new(|_| plain(503, &[], "")).await;
    let error = site.get("/a").await.unwrap_err();
    assert_eq!(error, FetchError::RobotsUnavailable(503));
    assert!(error.is_transient());
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn a_site_that_has_none_or_never_comes_to_it_asks_for_nothing() {
    let missing = |asked: &Asked| match &*asked.path {
        "/robots.txt" => plain(403, &[], "User-agent: *\nDisallow: /"),
        _ => plain(200, &[], "a page"),
    };
    let turning = |asked: &Asked| match &*asked.path {
        "/robots.txt" => plain(302, &[("Location", "/robots.txt")], ""),
        _ => plain(200, &[], "a page"),
    };
    for answer in [missing, turning] {
        let site = Site::new(answer).await;
        assert_eq!(site.get("/a").await.unwrap().bytes, b"a page");
    }
}

#[tokio::test]
async fn of_a_long_one_the_beginning_counts() {
    let site = Site::new(|asked| match &*asked.path {
        "/robots.txt" => {
            let rules = "User-agent: *\nDisallow: /first\n";
            let robots = format!("{rules}{}{rules}Disallow: /last", "#\n".repeat(400_000));
            plain(200, &[], robots)
        }
        _ => plain(200, &[], "a page"),
    })
    .await;
    assert_eq!(site.get("/first").await, Err(FetchError::Robots));
    site.get("/last").await.unwrap();
}
