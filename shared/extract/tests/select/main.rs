//! Selecting, through the public API: what selectors pick, held to what others pick.

mod css;
mod hostile;
mod jsonpath;
mod xpath;

use extract::select::{Budget, Picked};
use extract::{Document, Error, Input, LIMITS, Limits, NeverInterrupted, Span};
use plan::{Css, JsonPath, XPath};

/// Reads a document, for selectors.
#[track_caller]
fn read(name: &str, bytes: &str) -> Document {
    let input = Input {
        name: Some(name),
        declared: None,
        bytes: bytes.as_bytes(),
    };
    extract::read::read(input, &LIMITS, &NeverInterrupted).expect("a document")
}

#[track_caller]
fn select_css(document: &Document, selector: &str) -> Vec<Picked> {
    let css = Css::read(selector).expect(selector);
    let mut budget = Budget::new(&LIMITS, &NeverInterrupted);
    extract::select::css(&css, document, None, &mut budget).expect(selector)
}

#[track_caller]
fn scoped_css(document: &Document, selector: &str, scope: &Picked) -> Vec<Picked> {
    let css = Css::read(selector).expect(selector);
    let mut budget = Budget::new(&LIMITS, &NeverInterrupted);
    extract::select::css(&css, document, Some(scope), &mut budget).expect(selector)
}

#[track_caller]
fn select_xpath(document: &Document, expression: &str) -> Vec<Picked> {
    let xpath = XPath::read(expression).expect(expression);
    let mut budget = Budget::new(&LIMITS, &NeverInterrupted);
    extract::select::xpath(&xpath, document, None, &mut budget).expect(expression)
}

#[track_caller]
fn scoped_xpath(document: &Document, expression: &str, scope: &Picked) -> Vec<Picked> {
    let xpath = XPath::read(expression).expect(expression);
    let mut budget = Budget::new(&LIMITS, &NeverInterrupted);
    extract::select::xpath(&xpath, document, Some(scope), &mut budget).expect(expression)
}

fn jsonpath_within(
    limits: &Limits,
    document: &Document,
    query: &str,
) -> Result<Vec<Picked>, Error> {
    let query = JsonPath::read(query).expect(query);
    let mut budget = Budget::new(limits, &NeverInterrupted);
    extract::select::jsonpath(&query, document, None, &mut budget)
}

#[track_caller]
fn scoped_jsonpath(document: &Document, query: &str, scope: &Picked) -> Vec<Picked> {
    let jsonpath = JsonPath::read(query).expect(query);
    let mut budget = Budget::new(&LIMITS, &NeverInterrupted);
    extract::select::jsonpath(&jsonpath, document, Some(scope), &mut budget).expect(query)
}

/// The number of an element in the order of the document, counted from 0.
fn element_number(document: &Document, element: &Picked) -> usize {
    let number = "count(preceding::* | ancestor::*)";
    let number = &scoped_xpath(document, number, element)[0].text;
    number.parse().expect("a number")
}

fn texts(picks: &[Picked]) -> Vec<String> {
    picks.iter().map(|pick| pick.text.clone()).collect()
}

/// The words at a place.
fn at(document: &Document, span: &Span) -> String {
    let words = document.text.as_str()[span.clone()].split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}
