//! CSS: what Chromium answers, the endings of our own, scopes, and what is refused.

use plan::Css;
use serde_json::{Value, json};

use super::{at, element_number, read, scoped_css, select_css, texts};

const SHOP: &str = include_str!("oracle/shop.html");

/// Where Chromium is not followed: what it says, and what we do.
const DIFFERENCES: [(&str, &str); 2] = [
    // Selectors Level 4 has it, Chromium not yet.
    (r#"[id="p1" s]"#, "[24]"),
    // Nesting: there is nothing to nest in.
    ("p & a", "null"),
];

#[test]
fn selectors_match_what_chromium_matches() {
    let document = read("shop.html", SHOP);
    let cases: Vec<Value> = serde_json::from_str(include_str!("oracle/css.json")).expect("JSON");
    assert!(cases.len() > 250, "{} cases", cases.len());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let selector = case["selector"].as_str().expect("a selector");
            let answer: Value = match Css::read(selector) {
                Err(_) => Value::Null,
                Ok(_) => select_css(&document, selector)
                    .iter()
                    .map(|pick| element_number(&document, pick))
                    .collect(),
            };
            let difference = DIFFERENCES.iter().find(|it| it.0 == selector);
            let ours = difference.map(|it| serde_json::from_str(it.1).expect("JSON"));
            let expected: Value = ours.unwrap_or_else(|| case["elements"].clone());
            (answer != expected).then(|| format!("{selector}: {answer}, not {expected}"))
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn an_ending_picks_texts_or_attributes() {
    let document = read("shop.html", SHOP);
    let texts = |selector| texts(&select_css(&document, selector));
    assert_eq!(texts("p.lead"), ["Light for every room, from 9.50 EUR."]);
    assert_eq!(texts("p.lead::text"), ["Light for", "room, from", "EUR."]);
    assert_eq!(
        texts("p.lead ::text"),
        ["Light for", "every", "room, from", "9.50", "EUR."]
    );
    assert_eq!(texts("p.lead > *::text"), ["every", "9.50"]);
    assert_eq!(texts("div.sale::attr(data-price)"), ["79"]);
    assert_eq!(texts("div::ATTR( DATA-PRICE )"), ["24.90", "79", "149.00"]);
    assert_eq!(
        texts("h1::attr(id), em::text, h1::text"),
        ["title", "Lamps", "every"]
    );
    assert_eq!(texts("h1::attr(none)"), [""; 0]);
    assert_eq!(texts("title::text"), ["Lamps & more"]);
}

#[test]
fn a_scope_narrows_what_is_searched() {
    let document = read("shop.html", SHOP);
    let products = select_css(&document, ".product");
    let within = |selector| {
        let picks = products
            .iter()
            .map(|product| scoped_css(&document, selector, product));
        picks.map(|picks| texts(&picks)).collect::<Vec<_>>()
    };
    assert_eq!(
        json!(within("h2")),
        json!([["Desk lamp"], ["Floor lamp"], ["Arc lamp"]])
    );
    assert_eq!(json!(within(".product")), json!([[], [], []]));
    assert_eq!(
        json!(within("main h2")),
        json!([["Desk lamp"], ["Floor lamp"], ["Arc lamp"]])
    );
    assert_eq!(
        json!(within(":scope > p i")),
        json!([[], [], ["far", "Very"]])
    );
    assert_eq!(
        json!(within("::attr(data-id)")),
        json!([["1"], ["2"], ["10"]])
    );
    assert_eq!(
        json!(within(":scope::attr(id)")),
        json!([["p1"], ["p2"], ["p3"]])
    );
    let attribute = &select_css(&document, "h1::attr(id)")[0];
    assert_eq!(scoped_css(&document, "*", attribute), []);
}

#[test]
fn a_pick_stands_where_it_says() {
    let document = read("shop.html", SHOP);
    for selector in ["*", "* ::text", "td", "li::text", "pre"] {
        for pick in select_css(&document, selector) {
            if let Some(span) = &pick.span {
                assert_eq!(at(&document, span), pick.text, "{selector}");
            }
        }
    }
    let heading = &select_css(&document, "h1")[0];
    assert!(heading.span.is_some());
    let of_the_head = &select_css(&document, "title")[0];
    assert_eq!(
        (of_the_head.text.as_str(), &of_the_head.span),
        ("Lamps & more", &None)
    );
}

#[test]
fn xml_is_matched_as_it_is_written() {
    let document = read("books.xml", include_str!("oracle/books.xml"));
    let count = |selector| select_css(&document, selector).len();
    assert_eq!((count("book"), count("Book"), count("BOOK")), (4, 1, 0));
    assert_eq!(
        (count("title"), count("*|title"), count("|title")),
        (5, 5, 0)
    );
    assert_eq!(
        (count("[year]"), count("[Year]"), count("[*|lang]")),
        (5, 0, 2)
    );
    assert_eq!(
        (count(":root"), count(":root > shelf"), count("empty:empty")),
        (1, 2, 1)
    );
    assert_eq!(
        texts(&select_css(&document, "Book > note::text")),
        ["5 < 6 & so on"]
    );
}

#[test]
fn a_flaw_is_told_with_its_place_and_what_would_be_right() {
    for (selector, words) in [
        ("", "character 1: here a selector is due"),
        ("p:contains('x')", "it is no CSS; XPath can ask for text"),
        ("li:eq(2)", ":nth-child(2)"),
        ("input:checked", "[checked]"),
        ("p::before", "`::text` and `::attr(name)`"),
        ("p::text b", "at the end of a selector"),
        (
            "p::attr()",
            "character 2: `::attr(name)` names an attribute",
        ),
        ("p, ,a", "here a selector is due"),
        ("p, div >", "after a combinator"),
        ("svg|circle", "`*|name`"),
        (":has(p:has(a))", "`:has()`"),
        ("div[a=]", "At character"),
        ("a!", "character 2"),
    ] {
        let flaw = Css::read(selector).expect_err(selector);
        assert!(flaw.contains(words), "{selector}: {flaw}");
    }
    let long = "a,".repeat(5_000);
    assert!(Css::read(&long).expect_err("long").contains("4096"));
    let deep = format!("{}a{}", ":not(".repeat(100), ")".repeat(100));
    assert!(Css::read(&deep).expect_err("deep").contains("nested"));
}
