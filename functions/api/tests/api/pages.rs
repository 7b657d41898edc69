//! Pages, all out of the binary.

use http::StatusCode;

use crate::support::get;

#[tokio::test]
async fn a_page_finds_everything_it_names_here() {
    for path in ["/api/docs/", "/api/docs", "/admin/", "/admin"] {
        let page = get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let media_type = page.header("content-type");
        assert!(media_type.starts_with("text/html"), "{path}");
        let html = String::from_utf8(page.body.to_vec()).unwrap();
        let mut named = 0;
        for attribute in ["href=\"", "src=\""] {
            for rest in html.split(attribute).skip(1) {
                let target = rest.split('"').next().unwrap();
                assert!(
                    target.starts_with('/') && !target.starts_with("//"),
                    "{target}"
                );
                let found = get(target).await.status;
                assert_eq!(found, StatusCode::OK, "{path} names {target}");
                named += 1;
            }
        }
        assert!(named >= 4, "{path}");
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
        assert!(!policy.contains("unsafe-eval"), "{policy}");
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
