//! Pages, all out of the binary.

use std::io::Read;

use axum::Router;
use axum::body::Body;
use flate2::read::GzDecoder;
use http::{Method, Request, StatusCode};
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
        for script in html.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\""), "{path}");
            assert!(rest.trim_start().starts_with("</script>"), "{path}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe-"), "{policy}");
        let (_, beyond) = policy.split_once("http").unwrap_or_default();
        assert!(
            !beyond.contains(';') && !beyond.contains("http"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn the_console_may_send_requests_to_where_links_lead_and_nowhere_else() {
    let stack = testkit::Stack::start().await;
    let upload = Request::post("/api/v1/uploads/").body(r#"{"bytes": 3}"#.into());
    let upload = stack.send(upload.unwrap()).await.json();
    let link = Url::parse(upload["url"].as_str().unwrap()).unwrap();
    let page = stack.get("/admin/").await;
    let policy = page.header("content-security-policy");
    let (_, connect) = policy.split_once("connect-src ").unwrap();
    let origin = link.origin().ascii_serialization();
    assert_eq!(connect, format!("'self' {origin}"));
}

#[tokio::test]
async fn swagger_ui_is_served_with_its_types() {
    for (asset, media_type, least) in [
        (
            "swagger-ui-bundle.js",
            "text/javascript; charset=utf-8",
            1_000_000,
        ),
        ("swagger-ui.css", "text/css; charset=utf-8", 100_000),
        ("favicon-32x32.png", "image/png", 100),
        ("docs.js", "text/javascript; charset=utf-8", 100),
        ("trusted.js", "text/javascript; charset=utf-8", 100),
    ] {
        let answer = get(&format!("/api/docs/{asset}")).await;
        assert_eq!(answer.header("content-type"), media_type, "{asset}");
        assert!(answer.body.len() > least, "{asset}");
    }
}

#[tokio::test]
async fn what_keeps_its_name_when_it_changes_is_asked_for_each_time() {
    for path in ["/admin/", "/admin/index.html", "/admin/licences.txt"] {
        let kept = get(path).await;
        assert_eq!(kept.status, StatusCode::OK, "{path}");
        assert_eq!(kept.header("cache-control"), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn a_file_is_sent_packed_to_who_unpacks_and_not_again_to_who_has_it() {
    let page = String::from_utf8(get("/admin/").await.body.to_vec()).unwrap();
    let (_, rest) = page.split_once(" src=\"").unwrap();
    let of_the_console = format!("/admin/{}", rest.split('"').next().unwrap());
    for (path, kept) in [
        (of_the_console.as_str(), "immutable"),
        ("/api/docs/swagger-ui-bundle.js", "max-age=86400"),
        ("/api/schema/?format=json", "no-cache"),
        ("/api/schema/?format=yaml", "no-cache"),
    ] {
        let asked_with = async |headers: &[(&str, &str)]| {
            let request = request(Method::GET, path);
            let request = headers
                .iter()
                .fold(request, |it, (name, value)| it.header(*name, *value));
            send_to(api(), request.body(Body::empty()).unwrap()).await
        };

        let plain = get(path).await;
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        assert!(plain.header("vary").contains("accept-encoding"), "{path}");
        assert!(plain.header("cache-control").contains(kept), "{path}");
        for unwanted in ["br", "gzip;q=0", "identity"] {
            let answer = asked_with(&[("accept-encoding", unwanted)]).await;
            assert_eq!(answer.body, plain.body, "{path} {unwanted}");
        }
        for wanted in ["gzip", "deflate, GZIP;q=0.5, br"] {
            let packed = asked_with(&[("accept-encoding", wanted)]).await;
            assert_eq!(packed.header("content-encoding"), "gzip", "{path} {wanted}");
            assert!(packed.body.len() * 2 < plain.body.len(), "{path}");
            let mut unpacked = Vec::new();
            GzDecoder::new(&packed.body[..])
                .read_to_end(&mut unpacked)
                .unwrap();
            assert_eq!(unpacked, plain.body);

            let etag = packed.header("etag");
            assert_ne!(etag, plain.header("etag"), "they are not the same bytes");
            let known = [("accept-encoding", wanted), ("if-none-match", etag)];
            let known = asked_with(&known).await;
            assert_eq!(known.status, StatusCode::NOT_MODIFIED, "{path}");
            assert!(known.body.is_empty(), "{path}");
        }
        let known = asked_with(&[("if-none-match", plain.header("etag"))]).await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(known.header("etag"), plain.header("etag"), "{path}");
        let other = asked_with(&[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.body, plain.body, "{path}");
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
