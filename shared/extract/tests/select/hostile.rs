//! Selectors and documents that nobody means well with: there is always an answer or a named error, and soon.

use extract::select::Budget;
use extract::{Document, Error, LIMITS, Limits, NeverInterrupted, Problem};
use plan::{Css, JsonPath, XPath};
use proptest::prelude::*;

use super::{at, read, select_css, select_xpath};

const SMALL: Limits = Limits {
    max_selector_steps: 200_000,
    max_selected_bytes: 1 << 20,
    ..LIMITS
};

/// What a selector of any language comes to.
fn select(document: &Document, selector: &str, budget: &mut Budget<'_>) -> Result<usize, Error> {
    let picks = if selector.starts_with('$') {
        let query = JsonPath::read(selector).expect(selector);
        extract::select::jsonpath(&query, document, None, budget)
    } else if let Some(css) = selector.strip_prefix("css ") {
        let css = Css::read(css).expect(selector);
        extract::select::css(&css, document, None, budget)
    } else {
        let xpath = XPath::read(selector).expect(selector);
        extract::select::xpath(&xpath, document, None, budget)
    };
    picks.map(|picks| picks.len())
}

#[track_caller]
fn names_the_limit(document: &Document, selector: &str, limit: &str) {
    let mut budget = Budget::new(&SMALL, &NeverInterrupted);
    match select(document, selector, &mut budget) {
        Err(Error::Document {
            problem: Problem::LimitExceeded,
            detail,
        }) => assert!(detail.contains(limit), "{selector}: {detail}"),
        other => panic!("{selector}: {other:?}"),
    }
}

#[test]
fn work_without_end_ends_with_the_name_of_the_limit() {
    let wide = read("a.html", &"<p><b>x</b><i>y</i></p>".repeat(2_000));
    for selector in [
        "//*[following::i]/preceding::b[. = 'z']",
        "//p[. = following::p[. = 'z']]",
        "//*[count(preceding::*) = count(following::*)]",
        "//p[following-sibling::p[last()] = 'z']",
        "css p:has(~ p:nth-child(2 of .z)) b",
        "css *:not(:has(~ * .z)):has(~ .z)",
    ] {
        names_the_limit(&wide, selector, "max_selector_steps");
    }
    let nested = read(
        "a.json",
        &format!("{}1{}", "[".repeat(100), "]".repeat(100)),
    );
    names_the_limit(&nested, "$..[*]..[*]..[*]..[*]", "max_selector_steps");
    let wide = read("a.json", &format!("[{}1]", "1,".repeat(2_000)));
    names_the_limit(&wide, "$[?count($[?@ == 2]) == 1]", "max_selector_steps");
}

#[test]
fn picks_that_fill_the_memory_end_with_the_name_of_the_limit() {
    let text = "word ".repeat(5_000);
    let nested = format!("{}{text}{}", "<div>".repeat(100), "</div>".repeat(100));
    let document = read("a.html", &nested);
    names_the_limit(&document, "//div", "max_selected_bytes");
    names_the_limit(&document, "css div", "max_selected_bytes");
}

#[test]
fn steps_over_all_of_a_document_need_few_steps() {
    let document = read(
        "a.html",
        &"<div><p><b>x</b><i>y</i></p></div>".repeat(2_000),
    );
    for (selector, least) in [
        ("//*//*//*//*", 2_000),
        ("//b/ancestor::*", 4_000),
        ("//i/preceding::b", 2_000),
        ("//b/following::i", 2_000),
        ("//div/following-sibling::div", 1_999),
        ("//div[following-sibling::div]", 1_999),
        ("//div[preceding-sibling::div[1]]", 1_999),
        ("css div ~ div b", 1_999),
        ("css div:has(i) b", 2_000),
        ("css div:nth-child(2n+1)", 1_000),
        ("css div:nth-last-of-type(2n)", 1_000),
        ("css * * * * b", 2_000),
    ] {
        let limits = Limits {
            max_selector_steps: 1_000_000,
            ..LIMITS
        };
        let mut budget = Budget::new(&limits, &NeverInterrupted);
        let found = select(&document, selector, &mut budget).expect(selector);
        assert!(found >= least, "{selector}: {found}");
    }
}

#[test]
fn a_document_as_deep_as_may_be_is_searched() {
    let deep = read("a.html", &format!("{}x", "<div>".repeat(500)));
    assert_eq!(select_css(&deep, "div:not(:has(div))").len(), 1);
    assert_eq!(select_css(&deep, "div:has(.none)").len(), 0);
    assert_eq!(
        select_xpath(&deep, "//div[not(div)]/ancestor::div").len(),
        499
    );
}

#[test]
fn long_and_deep_selectors_are_refused_with_the_reason() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(70), close.repeat(70));
    for query in [
        format!("$[?{}]", deep("(", ")")),
        format!("$[?{}]", deep("!(", ")")),
        format!("$[?{} == 1]", deep("length(", ")")),
        format!("${}", deep("[?@", "]")),
    ] {
        let flaw = JsonPath::read(&query).expect_err(&query);
        assert!(flaw.contains("nested deeper than 64"), "{flaw}");
    }
    for expression in [deep("(", ")"), deep("not(", ")"), deep("a[", "]")] {
        let flaw = XPath::read(&expression).expect_err(&expression);
        assert!(flaw.contains("nested deeper than 64"), "{flaw}");
    }
    let longest = format!("1{}", "+1".repeat(2_047));
    assert_eq!(
        select_xpath(&read("a.html", "<p>x"), &longest)[0].text,
        "2048"
    );
    for long in ["+1", " or a", "|a", "-", "[1]", "/a"].map(|part| part.repeat(5_000)) {
        assert!(
            XPath::read(&format!("a{long}"))
                .expect_err("long")
                .contains("4096")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_selector_makes_a_parser_panic(selector in "\\PC{0,40}") {
        let _ = (Css::read(&selector), XPath::read(&selector), JsonPath::read(&selector));
    }

    #[test]
    fn what_looks_like_a_selector_is_refused_or_ends(
        parts in prop::collection::vec(prop::sample::select(PARTS), 1..14)
    ) {
        let selector = parts.concat();
        let mut budget = Budget::new(&SMALL, &NeverInterrupted);
        let (html, json) = (read("a.html", HTML), read("a.json", JSON));
        if let Ok(css) = Css::read(&selector) {
            check(&html, extract::select::css(&css, &html, None, &mut budget));
        }
        if let Ok(xpath) = XPath::read(&selector) {
            check(&html, extract::select::xpath(&xpath, &html, None, &mut budget));
        }
        let query = format!("${selector}");
        if let Ok(query) = JsonPath::read(&query) {
            check(&json, extract::select::jsonpath(&query, &json, None, &mut budget));
        }
    }
}

/// Picks say what stands where they are; an error names a limit.
fn check(document: &Document, picked: Result<Vec<extract::select::Picked>, Error>) {
    match picked {
        Ok(picks) => {
            for pick in picks {
                let is_of_text = matches!(pick.node, extract::select::Node::Tree(_));
                if let Some(span) = pick.span.filter(|_| is_of_text) {
                    assert_eq!(at(document, &span), pick.text);
                }
            }
        }
        Err(error) => assert!(error.to_string().contains("the limit max_"), "{error}"),
    }
}

const HTML: &str =
    "<main id=a class='x y'><p>One <b>two</b> three</p><p lang=en>Four</p><!-- c --></main>";
const JSON: &str = r#"{"a":[1,2.5,"x",{"b":null,"a":[]}],"b":{"a":"äöü\n","c":true}}"#;

const PARTS: &[&str] = &[
    "a",
    "b",
    "p",
    "main",
    "x",
    "1",
    "-1",
    "0",
    "'x'",
    "\"",
    "'",
    "*",
    "//",
    "/",
    "..",
    ".",
    "@",
    "@id",
    "[",
    "]",
    "(",
    ")",
    ":",
    "::",
    ",",
    " ",
    "|",
    "+",
    "~",
    ">",
    "<",
    "=",
    "!=",
    "==",
    "&&",
    "||",
    "!",
    "?",
    "?@.a",
    "[*]",
    "[0]",
    "[-1:]",
    "[1::2]",
    "['a']",
    "..a",
    ".*",
    ":not(",
    ":has(",
    ":is(",
    ":nth-child(",
    "2n+1",
    "of",
    "::text",
    "::attr(id)",
    "text()",
    "node()",
    "count(",
    "length(",
    "match(",
    "value(",
    "position()",
    "last()",
    "ancestor::",
    "following::",
    "self::",
    "and",
    "or",
    "mod",
    "div",
    "$",
    "#a",
    ".x",
    "[id]",
    "[id=a i]",
    "\\",
    "é",
    "\u{0}",
];
