//! Odd spellings of addresses, and URLs of other kinds.

use fetch::{FetchError, Fetcher, Limits, Policy, SystemResolver};
use http::HeaderMap;
use std::sync::Arc;

use crate::ear::{Ear, Names, fetcher, get, silently};
use crate::namespace::packets;
use crate::runtime;

/// Forbidden addresses, spelt to get past who looks at letters.
pub(crate) const SPELLINGS: [&str; 54] = [
    // Loopback in every base, with parts left out, and mixed.
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0X7F000001/",
    "http://0x7f.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.1/",
    "http://017700000001/",
    "http://00000177.0000.00000.000001/",
    "http://127.0x0.00.1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0x0/",
    "http://00.0/",
    // Metadata and its kin.
    "http://2852039166/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://0xa9.254.0251.254/",
    "http://169.254.169.254:80/",
    "http://169.254.169.254:8080/",
    "http://user:password@169.254.169.254/",
    // Digits, dots and letters of other scripts.
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://127｡0｡0｡1/",
    "http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/",
    "http://０ｘ７ｆ.1/",
    "http://⑯⑨.②⑤④.⑯⑨.②⑤④/",
    "http://１６９.254.１６９.254/",
    "http://[::ﬀff:127.0.0.1]/",
    // Escaped, with controls in between, with slashes that lean the other way.
    "http://%31%32%37.%30.%30.%31/",
    "http://127%2e0%2e0%2e1/",
    "http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/",
    "http://12\t7.0.0.1/",
    "ht\ntp://127.0.0.1/",
    " http://127.0.0.1/ ",
    "http:\\\\127.0.0.1\\",
    "http:127.0.0.1/",
    "http:/127.0.0.1/",
    "http:////127.0.0.1/",
    "http://example.org@127.0.0.1/",
    "http://example.org:80@127.0.0.1/",
    "http://127.0.0.1\\@example.org/",
    "http://127.0.0.1#@example.org/",
    "http://127.0.0.1?@example.org/",
    // IPv6 with all its abbreviations.
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0000:0000:0000:0000:0000:FFFF:A9FE:A9FE]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:0001::]/",
];

/// URLs that are not fetched, wherever they lead.
pub(crate) const OTHERS: [&str; 32] = [
    "file:///etc/passwd",
    "file://example.org/etc/passwd",
    "ftp://example.org/",
    "gopher://example.org:70/_x",
    "dict://example.org:11211/",
    "ldap://example.org/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "blob:https://example.org/1",
    "about:blank",
    "jar:http://example.org/!/",
    "unix:/var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "ws://example.org/",
    "//example.org/",
    "/etc/passwd",
    "example.org",
    "",
    "http://",
    "http:///",
    "http://:80/",
    "http://example.org:22/",
    "http://example.org:8080/",
    "https://example.org:9001/",
    "http://example.org:65536/",
    "http://example.org:-1/",
    "http://user@example.org/",
    "http://user:password@example.org/",
    "http://1.2.3.4.5/",
    "http://256.256.256.256/",
    "http://[fe80::1%25eth0]/",
    "http://exa mple.org/",
];

#[test]
#[ignore = "runs in a namespace"]
fn every_spelling_of_a_forbidden_address_is_refused_in_the_same_words() {
    runtime().block_on(async {
        let ear = Ear::listen();
        // A name that is taken for one would be found.
        let fetcher = fetcher(Names::of(&[&["93.184.216.34"]]));
        for url in SPELLINGS {
            silently(url, ear, async {
                let answer = get(&fetcher, url).await;
                assert_is_refused(url, answer.map(drop));
                let answer = fetcher.post(url, HeaderMap::new(), "x".into()).await;
                assert_is_refused(url, answer.map(drop));
            })
            .await;
        }
        // What would have been noticed.
        let before = packets();
        get(&fetcher, "http://93.184.216.34/").await.unwrap();
        get(&fetcher, "http://name.test/").await.unwrap();
        assert_eq!(ear.take().len(), 2);
        assert!(packets() > before);
    });
}

/// An address in the same words always; what is no address to `url`, as no URL.
fn assert_is_refused(url: &str, answer: Result<(), FetchError>) {
    let error = answer.unwrap_err();
    assert!(error.is_forbidden(), "{url}: {error}");
    if url != "http://[::ﬀff:127.0.0.1]/" {
        assert_eq!(error, FetchError::ForbiddenAddress, "{url}");
    }
}

#[test]
#[ignore = "runs in a namespace"]
fn urls_of_other_kinds_are_refused() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let fetcher = fetcher(Names::of(&[&["93.184.216.34"]]));
        for url in OTHERS {
            silently(url, ear, async {
                let error = get(&fetcher, url).await.unwrap_err();
                assert!(
                    matches!(error, FetchError::ForbiddenUrl(_)),
                    "{url}: {error}"
                );
                let post = fetcher.post(url, HeaderMap::new(), "x".into()).await;
                assert_eq!(post, Err(error), "{url}");
            })
            .await;
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn nothing_is_sent_where_fetching_is_off() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let off = Policy::off().allowing("127.0.0.1:8080").unwrap();
        let names = Names::of(&[&["93.184.216.34"]]);
        let fetcher = Fetcher::with(off, Limits::default(), names);
        for url in [
            "http://name.test/",
            "http://93.184.216.34/",
            "http://127.0.0.1:8080/",
        ] {
            let answer = silently(url, ear, get(&fetcher, url)).await;
            assert_eq!(answer, Err(FetchError::Off));
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn the_system_finds_localhost_and_it_is_refused() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let fetcher = fetcher(Arc::new(SystemResolver));
        for url in [
            "http://localhost/",
            "https://LOCALHOST/",
            "http://ⓛocalhost/",
        ] {
            let answer = silently(url, ear, get(&fetcher, url)).await;
            assert_eq!(answer, Err(FetchError::ForbiddenAddress), "{url}");
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn what_is_listed_is_reached_at_its_port_alone_and_the_runtime_api_never() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let variables = |name: &str| {
            let value = match name {
                "FETCH_ROBOTS" => "off",
                "FETCH_ALLOW" => "127.0.0.1:8080, files.test:443,127.0.0.1:9001,name.test:9001",
                "AWS_LAMBDA_RUNTIME_API" => "http://127.0.0.1:9001/.rt/worker",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let policy = Policy::read(variables).unwrap();
        let names = Names::of(&[&["127.0.0.1"]]);
        let fetcher = Fetcher::with(policy, Limits::default(), names);
        get(&fetcher, "http://127.0.0.1:8080/").await.unwrap();
        assert_eq!(
            ear.take(),
            [("127.0.0.1:8080".parse().unwrap(), "/".into())]
        );
        for url in [
            "http://127.0.0.1/",
            "http://127.0.0.2:8080/",
            "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
            "http://name.test:9001/",
            "http://files.test/",
            "http://name.test/",
            "https://127.0.0.1/",
        ] {
            let answer = silently(url, ear, get(&fetcher, url)).await;
            assert_eq!(answer, Err(FetchError::ForbiddenAddress), "{url}");
        }
    });
}
