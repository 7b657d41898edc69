//! Structured data in HTML.

use extract::{LIMITS, Limits, Syntax};
use serde_json::{Value, json};

use crate::{read, read_within, warns};

/// All values of a syntax.
fn values(html: &str, syntax: Syntax) -> Vec<Value> {
    let document = read(format!("<!doctype html><title>T</title>{html}"));
    let document = document.expect("a document");
    let items = document.structured.into_iter();
    items
        .filter(|it| it.syntax == syntax)
        .map(|it| it.value)
        .collect()
}

#[test]
fn json_ld_is_given_as_written_graphs_and_arrays_item_by_item() {
    let script = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
    assert_eq!(
        values(
            &script(
                r#"{"@context":"https://schema.org","@type":"Product","name":"A","offers":{"price":1.50}}"#
            ),
            Syntax::JsonLd
        ),
        [
            json!({"@context": "https://schema.org", "@type": "Product", "name": "A", "offers": {"price": 1.5}})
        ]
    );
    assert_eq!(
        values(
            &script(
                r#"[{"@type":"A"},{"@context":"c","@graph":[{"@type":"B"},{"@type":"C","@context":"d"}]}]"#
            ),
            Syntax::JsonLd
        ),
        [
            json!({"@type": "A"}),
            json!({"@context": "c", "@type": "B"}),
            json!({"@type": "C", "@context": "d"}),
        ]
    );
}

#[test]
fn json_ld_with_the_usual_faults_is_read_with_a_warning() {
    for faulty in [
        "<!-- {\"name\": \"x\"} -->",
        "//<![CDATA[\n{\"name\": \"x\"}\n//]]>",
        "/*<![CDATA[*/{\"name\": \"x\"}/*]]>*/",
        "{\"name\": \"x\",}",
        "{\"name\": \"x\"};",
        "{\"name\": \"x\"} {\"name\": \"y\"}",
        "{/* a */ \"name\": \"x\" // b\n}",
        "{\"name\": \"x\"} trailing",
    ] {
        let html = format!(
            "<!doctype html><script type='application/LD+JSON; charset=utf-8'>{faulty}</script>"
        );
        let document = read(&html).unwrap();
        assert_eq!(
            document.structured[0].value,
            json!({"name": "x"}),
            "{faulty}"
        );
        assert!(warns(&document, &["JSON-LD", "not quite JSON"]), "{faulty}");
    }
    let broken = read("<!doctype html><script type='application/ld+json'>{\"name\": \"a\nb\"}</script><script type='application/ld+json'>{{{</script>").unwrap();
    assert_eq!(broken.structured[0].value, json!({"name": "a\nb"}));
    assert!(warns(&broken, &["is no JSON", "left out"]));
}

#[test]
fn microdata_follows_the_rules_of_the_standard() {
    let html = "<base href='https://test.com/a/'>\
        <div itemscope itemtype='https://schema.org/Product' itemid='p1' itemref='more missing'>\
        <h1 itemprop='name headline'> A\n <b>cup</b></h1><img itemprop=image src='../cup.png'><a itemprop=url href='b'>here</a>\
        <meta itemprop=sku content='17'><time itemprop=made datetime='2024-03-01'>in March</time><time itemprop=sold>2025</time>\
        <data itemprop=weight value=200>light</data><span itemprop=price content='4.50'>4,50 EUR</span>\
        <div itemprop=offers itemscope itemtype='http://schema.org/Offer'><span itemprop=seller>Ann</span></div>\
        <div itemprop=offers itemscope><i itemprop=seller>Bob</i></div></div><p id=more><i itemprop=color>red</i></p>\
        <div itemscope itemtype='https://test.com/Thing'></div>";
    assert_eq!(
        values(html, Syntax::Microdata),
        [
            json!({
                "@context": "https://schema.org", "@type": "Product", "@id": "https://test.com/a/p1",
                "name": "A cup", "headline": "A cup", "image": "https://test.com/cup.png", "url": "https://test.com/a/b",
                "sku": "17", "made": "2024-03-01", "sold": "2025", "weight": "200", "price": "4.50",
                "offers": [{"@type": "Offer", "seller": "Ann"}, {"seller": "Bob"}],
                "color": "red",
            }),
            json!({"@type": "https://test.com/Thing"}),
        ]
    );
}

#[test]
fn microdata_that_refers_to_itself_ends() {
    let html = "<div itemscope itemref=a></div><div id=a itemprop=x itemscope itemref='b a'></div><div id=b itemprop=y itemscope itemref=a></div>";
    assert_eq!(values(html, Syntax::Microdata), [json!({"x": {"y": {}}})]);
    // Each item refers to all others.
    let ids: Vec<String> = (0..300).map(|number| format!("i{number}")).collect();
    let all = ids.join(" ");
    let items = ids.iter().map(|id| {
        [
            "<p id=",
            id,
            " itemprop=p itemscope itemref='",
            &all,
            "'></p>",
        ]
        .concat()
    });
    let html = items.collect::<String>();
    let html = format!("<!doctype html><div itemscope itemref='{all}'></div>{html}");
    let limits = Limits {
        max_structured_values: 500,
        ..LIMITS
    };
    let document = read_within(&limits, None, None, html.as_bytes()).unwrap();
    assert!(warns(&document, &["max_structured_values is 500"]));
}

#[test]
fn rdfa_lite_is_read() {
    let html = "<base href='https://test.com/'>\
        <div vocab='https://schema.org/' typeof=Person resource='#ann' prefix='ex: https://ex.com/ns#'>\
        <span property=name>Ann  Example</span><a property=url href='/ann'>page</a><meta property='ex:size' content='9'>\
        <div property=address typeof=PostalAddress><span property='addressLocality'>Bern</span></div>\
        <span property=knows>Bob</span><span property=knows>Cy</span></div><p property='og:loose' content=x>";
    assert_eq!(
        values(html, Syntax::Rdfa),
        [json!({
            "@context": "https://schema.org", "@type": "Person", "@id": "https://test.com/#ann",
            "name": "Ann Example", "url": "https://test.com/ann", "https://ex.com/ns#size": "9",
            "address": {"@type": "PostalAddress", "addressLocality": "Bern"}, "knows": ["Bob", "Cy"],
        })]
    );
}

#[test]
fn open_graph_and_twitter_cards_are_objects_of_their_names() {
    let html = "<link rel=canonical href='https://test.com/x'>\
        <meta property='og:title' content='A'><meta property='og:image' content='/a.png'><meta property='og:image:width' content='10'>\
        <meta property='og:image' content='https://cdn.test.com/b.png'><meta property='og:image:url' content='https://cdn.test.com/b.png'>\
        <meta property='article:tag' content='one'><meta property='article:tag' content='two'>\
        <meta name='twitter:card' content='summary'><meta name='twitter:site' content='@test'>";
    assert_eq!(
        values(html, Syntax::OpenGraph),
        [json!({
            "og:title": "A",
            "og:image": [{"url": "https://test.com/a.png", "width": "10"}, {"url": "https://cdn.test.com/b.png"}],
            "article:tag": ["one", "two"],
        })]
    );
    assert_eq!(
        values(html, Syntax::Twitter),
        [json!({"twitter:card": "summary", "twitter:site": "@test"})]
    );
}
