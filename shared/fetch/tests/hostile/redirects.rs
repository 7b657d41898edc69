//! Redirects to what is forbidden.

use fetch::{FetchError, Fetcher, Limits, Policy};
use http::{HeaderMap, StatusCode};

use crate::addresses::{FORBIDDEN, url};
use crate::ear::{Ear, Names, fetcher, get};
use crate::runtime;
use crate::urls::{OTHERS, SPELLINGS};

const PUBLIC: &str = "http://93.184.216.34";

/// Asks a public place that redirects to `to`; nobody but it may hear anything.
async fn redirected(ear: &Ear, fetcher: &Fetcher, to: &str) -> FetchError {
    let error = get(fetcher, &format!("{PUBLIC}/to/{to}"))
        .await
        .unwrap_err();
    let heard = ear.take();
    assert_eq!(heard.len(), 1, "{to}: {heard:?}");
    assert_eq!(heard[0].0, "93.184.216.34:80".parse().unwrap());
    error
}

#[test]
#[ignore = "runs in a namespace"]
fn no_redirect_leads_to_a_forbidden_address() {
    runtime().block_on(async {
        let ear = Ear::listen();
        for address in FORBIDDEN {
            let fetcher = fetcher(Names::of(&[&[address]]));
            for to in [&*url(address), "http://name.test/", "//name.test"] {
                let error = redirected(ear, &fetcher, to).await;
                assert_eq!(error, FetchError::ForbiddenAddress, "{to}");
            }
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn no_redirect_leads_to_a_forbidden_address_however_it_is_spelt() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let fetcher = fetcher(Names::of(&[&["127.0.0.1"]]));
        // What a path can hold, and does not mean another thing there.
        let spellings = SPELLINGS.into_iter().filter(|url| {
            url.starts_with("http") && url.is_ascii() && !url.contains(['#', '\\', '\t'])
        });
        // Relative to what redirects, these would be paths.
        for to in spellings.filter(|url| url.contains("//")) {
            let error = redirected(ear, &fetcher, to).await;
            assert!(error.is_forbidden(), "{to}: {error}");
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn no_redirect_leads_to_urls_of_other_kinds() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let fetcher = fetcher(Names::of(&[&["93.184.216.34"]]));
        for to in OTHERS
            .into_iter()
            .filter(|url| url.contains("://") && !url.contains(' '))
        {
            let error = redirected(ear, &fetcher, to).await;
            let is_named = matches!(
                error,
                FetchError::ForbiddenUrl(_) | FetchError::Malformed(_)
            );
            assert!(is_named, "{to}: {error}");
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn a_robots_txt_that_leads_to_a_forbidden_address_is_not_asked_for_there() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let names = Names::of(&[&["93.184.216.34"], &["127.0.0.1"]]);
        let fetcher = Fetcher::with(Policy::default(), Limits::default(), names);
        // Its own robots.txt is not there; the one of the place that it redirects to is not asked for.
        let error = get(&fetcher, &format!("{PUBLIC}/to/http://10.0.0.1/")).await;
        assert_eq!(error, Err(FetchError::ForbiddenAddress));
        assert_eq!(ear.take().len(), 2);
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn what_is_handed_over_follows_no_redirect() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let fetcher = fetcher(Names::of(&[&["93.184.216.34"]]));
        for to in ["http://127.0.0.1/", "http://name.test/"] {
            let url = format!("{PUBLIC}/to/{to}");
            let status = fetcher.post(&url, HeaderMap::new(), "x".into()).await;
            assert_eq!(status, Ok(StatusCode::FOUND));
            assert_eq!(ear.take().len(), 1);
        }
    });
}
