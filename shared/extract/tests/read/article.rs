//! The main content of pages. How well it is found is scored in `quality/articles`; here is what must hold of any page.

use std::fmt::Write as _;

use crate::{at, read};

const FIRST: &str = "The first boat of the year left the east pier on Monday, with forty people and a piano on board.";
const SECOND: &str =
    "It had been out of service since the slipway gave way in December, said the harbour master.";

#[test]
fn menus_advertisements_comments_and_teasers_are_left_out() {
    let document = read(format!(
        "<!doctype html><title>Ferry runs again - The Mail</title><nav><a href=/>News</a></nav>\
         <div class=story><h1>Ferry runs again</h1><p class=byline>By Sorcha Finn<p>{FIRST}<div class=ad-slot>Buy this now, it is cheap.</div>\
         <h2>Next<span class=mw-editsection>[edit]</span></h2><p>{SECOND}</div>\
         <div id=comments><p>{FIRST} I was there and saw it, and the piano is mine.</div><footer>{SECOND}</footer>"
    ))
    .unwrap();
    let article = document.article.clone().unwrap();
    assert_eq!(article.title.as_deref(), Some("Ferry runs again"));
    assert_eq!(article.byline.as_deref(), Some("Sorcha Finn"));
    let parts: Vec<_> = article
        .spans
        .iter()
        .map(|span| at(&document, Some(span)))
        .collect();
    assert_eq!(parts, [FIRST, "Next", SECOND]);
}

#[test]
fn what_json_ld_says_of_the_article_counts_first() {
    let document = read(format!(
        "<!doctype html><title>x</title><meta name=author content=Nobody><script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \
         \"headline\": \"Ferry runs\", \"author\": [{{\"name\": \"Ann\"}}, {{\"name\": \"Bob\"}}], \"datePublished\": \"2026-03-09T06:15:00Z\"}}</script>\
         <p>{FIRST}<p>{SECOND}"
    ))
    .unwrap();
    let article = document.article.unwrap();
    assert_eq!(article.title.as_deref(), Some("Ferry runs"));
    assert_eq!(article.byline.as_deref(), Some("Ann, Bob"));
    assert_eq!(article.published.as_deref(), Some("2026-03-09T06:15:00Z"));
}

#[test]
fn a_page_that_nothing_is_told_of_is_its_whole_text() {
    let document =
        read("<!doctype html><title>Short</title><p>A few words.<p><a href=x>and a link</a>")
            .unwrap();
    let article = document.article.clone().unwrap();
    let parts: Vec<_> = article
        .spans
        .iter()
        .map(|span| at(&document, Some(span)))
        .collect();
    assert_eq!(parts, [document.text.as_str()]);
}

#[test]
fn large_pages_take_linear_time() {
    let mut html = String::from("<!doctype html>");
    for number in 0..20_000 {
        write!(html, "<div class='post author-{number} ad' rel=author><p>{FIRST}<a rel=author>N{number}</a></div>").unwrap();
    }
    let document = read(&html).unwrap();
    assert!(document.article.is_some());
}
