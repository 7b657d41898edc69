//! XPath: what libxml2 answers, and scopes.

use extract::Document;
use extract::select::{Node, Picked};
use plan::XPath;
use serde_json::{Value, json};

use super::{at, element_number, read, scoped_xpath, select_xpath, texts};

const SHOP: &str = include_str!("oracle/shop.html");
const BOOKS: &str = include_str!("oracle/books.xml");

/// Where libxml2 is not followed: what it is asked, and what we say (none: it is refused).
const DIFFERENCES: [(&str, Option<&str>); 11] = [
    // The document is a node.
    ("/", Some(r#"[["document"]]"#)),
    // Names of HTML match in any case.
    ("//H1", Some(r#"[["element",18]]"#)),
    // An attribute without a value has none in HTML.
    (
        "//input[@type='submit']/@disabled",
        Some(r#"[["attribute","disabled",""]]"#),
    ),
    // The specification knows no exponents, no end of a path that is none, and no node for a namespace that is undone.
    ("number('1e3')", Some(r#""NaN""#)),
    ("///h1", None),
    ("count(//namespace::*)", Some(r#""110""#)),
    ("//plain/namespace::*[name() = '']", Some("[]")),
    // What is asked of the document alone is its first and last.
    ("last()", Some(r#""1""#)),
    ("position()", Some(r#""1""#)),
    // lxml asks the root element, not the document.
    ("html", Some(r#"[["element",0]]"#)),
    ("child::html", Some(r#"[["element",0]]"#)),
];

#[test]
fn expressions_come_to_what_libxml2_makes_of_them() {
    let (shop, books) = (read("shop.html", SHOP), read("books.xml", BOOKS));
    let cases: Vec<Value> = serde_json::from_str(include_str!("oracle/xpath.json")).expect("JSON");
    assert!(cases.len() > 500, "{} cases", cases.len());
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let document = if case["document"] == "shop.html" {
                &shop
            } else {
                &books
            };
            failure(document, case)
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// What is wrong with our answer to a case.
fn failure(document: &Document, case: &Value) -> Option<String> {
    let expression = case["expression"].as_str().expect("an expression");
    let difference = DIFFERENCES.iter().find(|it| it.0 == expression);
    let expected = match (difference, case) {
        (Some((_, ours)), _) => ours.map(str::to_owned),
        (None, case) if case["refused"] == true => None,
        (None, case) => Some(case.get("nodes").unwrap_or(&case["value"]).to_string()),
    };
    let answer = XPath::read(expression).map(|_| {
        let picks = select_xpath(document, expression);
        match picks.as_slice() {
            [pick] if pick.node == Node::Value && case["nodes"].is_null() => json!(pick.text),
            picks => picks.iter().map(|pick| described(document, pick)).collect(),
        }
    });
    let is_right = answer.as_ref().ok().map(Value::to_string) == expected;
    (!is_right).then(|| format!("{expression}: {answer:?}, not {expected:?}"))
}

#[test]
fn an_expression_is_asked_of_its_scope() {
    let shop = read("shop.html", SHOP);
    let products = select_xpath(&shop, "//div[@data-id]");
    let within = |expression| {
        let picks = products
            .iter()
            .map(|product| scoped_xpath(&shop, expression, product));
        picks.map(|picks| texts(&picks)).collect::<Vec<_>>()
    };
    assert_eq!(
        json!(within("h2")),
        json!([["Desk lamp"], ["Floor lamp"], ["Arc lamp"]])
    );
    assert_eq!(json!(within("@id")), json!([["p1"], ["p2"], ["p3"]]));
    assert_eq!(json!(within(".//i")), json!([[], [], ["far", "Very"]]));
    assert_eq!(
        json!(within("count(p | span)")),
        json!([["3"], ["3"], ["2"]])
    );
    assert_eq!(
        json!(within("/html/body/main/h1")),
        json!([["Lamps"], ["Lamps"], ["Lamps"]])
    );
    let attribute = &select_xpath(&shop, "//h1/@id")[0];
    assert_eq!(texts(&scoped_xpath(&shop, "..", attribute)), ["Lamps"]);
    let value = &select_xpath(&shop, "string(//h1)")[0];
    assert_eq!(scoped_xpath(&shop, "//h1", value), []);
}

#[test]
fn a_pick_stands_where_it_says() {
    for (document, texts_with_places) in [
        (read("shop.html", SHOP), 60),
        (read("books.xml", BOOKS), 20),
    ] {
        let mut with_places = 0;
        for expression in ["//*", "//text()", "//comment()"] {
            for pick in select_xpath(&document, expression) {
                if let Some(span) = &pick.span {
                    assert_eq!(at(&document, span), pick.text);
                    with_places += 1;
                }
            }
        }
        assert!(with_places > texts_with_places, "{with_places} have places");
    }
}

#[test]
fn the_prefixes_of_the_document_can_be_used() {
    let books = read("books.xml", BOOKS);
    // Of the root, of an element further down, and one that nobody declares.
    assert_eq!(select_xpath(&books, "//dc:title").len(), 5);
    assert_eq!(select_xpath(&books, "//x:inner").len(), 1);
    assert_eq!(select_xpath(&books, "//none:title"), []);
    assert_eq!(select_xpath(&books, "//@xml:id").len(), 7);
}

#[test]
fn a_flaw_is_told_with_its_place() {
    for (expression, words) in [
        ("", "character 1: here an expression is due"),
        ("//a[", "character 5: here an expression is due"),
        ("//a[1", "character 6: here `]` is due"),
        ("$x", "there are no variables"),
        ("matches(., 'x')", "newer XPath"),
        ("foo()", "no such function"),
        ("count(1)", "character 7: here nodes are due"),
        ("substring('a')", "takes 2 or 3 arguments, not 1"),
        ("'a", "does not end"),
        ("up::a", "no such axis"),
        ("//a b", "character 5: here an operator is due"),
    ] {
        let flaw = XPath::read(expression).expect_err(expression);
        assert!(flaw.contains(words), "{expression}: {flaw}");
    }
    let deep = format!("{}1{}", "(".repeat(100), ")".repeat(100));
    assert!(XPath::read(&deep).expect_err("deep").contains("nested"));
}

fn described(document: &Document, pick: &Picked) -> Value {
    let ask = |expression: &str| scoped_xpath(document, expression, pick).remove(0).text;
    match pick.node {
        Node::Attribute { .. } => json!(["attribute", ask("local-name()"), pick.text]),
        Node::Value => json!(["value", pick.text]),
        _ if ask("boolean(self::*)") == "true" => {
            json!(["element", element_number(document, pick)])
        }
        _ if ask("boolean(self::text())") == "true" => json!(["text", pick.text]),
        _ if ask("boolean(self::comment())") == "true" => json!(["comment", pick.text]),
        _ if ask("boolean(self::processing-instruction())") == "true" => {
            json!(["instruction", ask("name()")])
        }
        _ => json!(["document"]),
    }
}

#[test]
fn what_the_parser_moves_stands_where_it_was_moved_to() {
    // What stands in a table but in no cell goes before it; what was not closed goes on in the next paragraph.
    let html = "<table><tr><td>cell</td></tr><i>moved</i></table><p><b>one<p>two</b>three";
    let document = read("a.html", html);
    assert_eq!(
        texts(&select_xpath(&document, "//i | //td")),
        ["moved", "cell"]
    );
    assert_eq!(
        texts(&select_xpath(&document, "//td/preceding::i")),
        ["moved"]
    );
    assert_eq!(texts(&select_xpath(&document, "//p")), ["one", "twothree"]);
    assert_eq!(texts(&select_xpath(&document, "//b")), ["one", "two"]);
}
