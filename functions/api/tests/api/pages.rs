//! Pages, all out of the binary.

use axum::Router;
use axum::body::Body;
use http::{Method, StatusCode};
use url::Url;

use crate::support::{Answer, api, get, request, send_to};

/// What may stand before every path: nothing, a stage, a function's name at `cargo lambda watch`.
const PREFIXES: [&str; 3] = ["", "/prod", "/lambda-url/api"];

#[tokio::test]
async fn a_page_finds_everything_it_names_under_any_prefix() {
    for prefix in PREFIXES {
        for path in ["/api/docs/", "/admin/"] {
            let address = Url::parse(&format!("http://host{prefix}{path}")).unwrap();
            let page = get_under(prefix, &address).await;
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let media_type = page.header("content-type");
            assert!(media_type.starts_with("text/html"), "{address}");
            let html = String::from_utf8(page.body.to_vec()).unwrap();
            let mut named = 0;
            for attribute in ["href=\"", "src=\""] {
                for rest in html.split(attribute).skip(1) {
                    let target = address.join(rest.split('"').next().unwrap()).unwrap();
                    assert_eq!(target.host_str(), Some("host"), "{target}");
                    let found = get_under(prefix, &target).await.status;
                    assert_eq!(found, StatusCode::OK, "{address} names {target}");
                    named += 1;
                }
            }
            assert!(named >= 4, "{address}");
        }
    }
}

#[tokio::test]
async fn a_page_sends_browsers_on_from_its_path_without_the_slash() {
    for prefix in PREFIXES {
        for path in ["/api/docs", "/admin"] {
            let bare = Url::parse(&format!("http://host{prefix}{path}")).unwrap();
            let page = get_under(prefix, &bare).await;
            let target = page.header("refresh").strip_prefix("0; url=").unwrap();
            let target = bare.join(target).unwrap();
            assert_eq!(target.as_str(), format!("{bare}/"));
            let canonical = get_under(prefix, &target).await;
            assert_eq!(canonical.body, page.body);
            assert_eq!(
                canonical.header("refresh"),
                "",
                "it would go round for ever"
            );
        }
    }
}

#[tokio::test]
async fn the_documentation_asks_nobody_but_its_own_service() {
    for script in ["docs.js", "trusted.js"] {
        let script = get(&format!("/api/docs/{script}")).await;
        let script = String::from_utf8(script.body.to_vec()).unwrap();
        for absolute in ["\"/", "'/", "`/", "http:", "https:"] {
            assert!(!script.contains(absolute), "{absolute}");
        }
    }
}

#[tokio::test]
async fn a_page_holds_no_script_and_no_style_of_its_own() {
    for path in ["/api/docs/", "/admin/"] {
        let page = get(path).await;
        let html = String::from_utf8(page.body.to_vec()).unwrap();
        for inline in ["<style", " style=", "onclick", "onload", "javascript:"] {
            assert!(!html.contains(inline), "{inline} in {path}");
        }
        let mut scripts = html.split("<script").skip(1);
        assert!(
            scripts.all(|script| script.contains("defer></script>")),
            "{path}"
        );
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe-"), "{policy}");
        assert!(!policy.contains("http"), "{policy}");
    }
}

#[tokio::test]
async fn swagger_ui_is_served_with_its_types() {
    for (asset, media_type, least) in [
        ("swagger-ui-bundle.js", "text/javascript", 1_000_000),
        ("swagger-ui.css", "text/css", 100_000),
        ("favicon-32x32.png", "image/png", 100),
        ("docs.js", "text/javascript", 100),
        ("trusted.js", "text/javascript", 100),
        ("page.css", "text/css", 100),
    ] {
        let answer = get(&format!("/api/docs/{asset}")).await;
        assert_eq!(answer.header("content-type"), media_type, "{asset}");
        assert!(answer.body.len() > least, "{asset}");
    }
}

#[test]
fn the_bundled_document_mentions_two_addresses() {
    let sample = include_str!("../../src/body/sample.txt");
    let addresses: Vec<&str> = sample
        .split_whitespace()
        .filter(|word| word.contains('@'))
        .map(|word| word.trim_end_matches([',', '.']))
        .collect();
    assert_eq!(addresses, ["a@test.com", "b@test.com"]);
    assert!(!sample.contains(|character: char| character.is_ascii_digit()));
}

/// What the API answers where something before it takes `prefix` off its paths.
async fn get_under(prefix: &str, address: &Url) -> Answer {
    let router = match prefix {
        "" => api(),
        prefix => Router::new().nest(prefix, api()),
    };
    let request = request(Method::GET, &address[url::Position::BeforePath..]);
    send_to(router, request.body(Body::empty()).unwrap()).await
}
