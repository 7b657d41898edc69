//! HTML and `DoclingDocument`s of the whole corpus: what they say is what the Markdown says.

use std::collections::BTreeMap;

use extract::docling::DoclingDocument;
use extract::{DocumentOutput, NeverInterrupted, Output};

use crate::{Fixture, extract_all};

#[test]
fn html_that_is_read_back_says_the_same() {
    for fixture in Fixture::all() {
        for document in documents(&fixture.path, &fixture.extract()) {
            if document.media_type == "text/markdown" {
                // Its Markdown is what was sent.
                continue;
            }
            let html = document.html.as_deref().expect("HTML");
            let again = extract_all("again.html", html.as_bytes(), &NeverInterrupted);
            let again = again.expect("nothing interrupts");
            let [again] = documents("again", &again)[..] else {
                panic!("one document")
            };
            let [before, after] = [document, again].map(|it| it.markdown.as_deref());
            assert_eq!(words(before), words(after), "{}", fixture.path);
        }
    }
}

#[test]
fn a_docling_document_is_a_tree_whose_pointers_lead_somewhere() {
    for fixture in Fixture::all() {
        for document in documents(&fixture.path, &fixture.extract()) {
            let docling = document.docling.as_deref().expect("a DoclingDocument");
            check_tree(&fixture.path, docling);
        }
    }
}

#[test]
fn a_docling_document_says_all_that_html_says() {
    for fixture in Fixture::all() {
        for document in documents(&fixture.path, &fixture.extract()) {
            let html = document.html.as_deref().expect("HTML");
            let html = extract_all("again.html", html.as_bytes(), &NeverInterrupted);
            let html = html.expect("nothing interrupts");
            let text = documents("again", &html)[0].text.as_deref();
            let docling = document.docling.as_deref().expect("a DoclingDocument");
            let texts = docling.texts.iter().map(|item| item.text.as_str());
            let cells = docling.tables.iter().flat_map(|it| &it.data.table_cells);
            let said = texts.chain(cells.map(|cell| cell.text.as_str()));
            let said: Vec<&str> = said.collect();
            let said = said.join(" ");
            assert_eq!(
                letters(text.unwrap_or_default()),
                letters(&said),
                "{}",
                fixture.path
            );
        }
    }
}

fn documents<'o>(of: &str, outcomes: &'o [extract::Outcome]) -> Vec<&'o DocumentOutput> {
    let documents = outcomes
        .iter()
        .filter_map(|outcome| match &outcome.document {
            Output::Extracted(document) => Some(&**document),
            Output::Failed(_) => None,
        });
    let documents: Vec<_> = documents.collect();
    assert!(!of.is_empty());
    documents
}

/// Words without the marks of links: one that goes over the end of a line is two in Markdown.
fn words(markdown: Option<&str>) -> Vec<String> {
    let markdown = markdown.unwrap_or_default();
    let mut bare = String::new();
    for (number, part) in markdown.split("](").enumerate() {
        let part = match (number, part.split_once(')')) {
            (0, _) | (_, None) => part,
            (_, Some((_, behind))) => behind,
        };
        bare.push_str(part);
    }
    let bare = bare.replace(['[', ']'], "");
    bare.split_whitespace().map(str::to_owned).collect()
}

/// How often each letter is there: cells stand apart from the texts, so the order is another.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut letters = BTreeMap::new();
    for char in text.chars().filter(|char| char.is_alphanumeric()) {
        *letters.entry(char).or_default() += 1;
    }
    letters
}

/// Every item is the child of its parent, once, and every child is there.
fn check_tree(of: &str, docling: &DoclingDocument) {
    let mut parents = BTreeMap::new();
    let mut children = Vec::new();
    let mut add = |own: &str, parent: Option<&str>, its: &[extract::docling::Ref]| {
        assert!(
            parents
                .insert(own.to_owned(), parent.map(str::to_owned))
                .is_none(),
            "{of}: {own} twice"
        );
        children.extend(
            its.iter()
                .map(|child| (child.pointer.clone(), own.to_owned())),
        );
    };
    add(&docling.body.self_ref, None, &docling.body.children);
    for group in &docling.groups {
        assert!(!group.children.is_empty(), "{of}: {group:?}");
        add(
            &group.self_ref,
            group.parent.as_ref().map(|it| it.pointer.as_str()),
            &group.children,
        );
    }
    for (number, item) in docling.texts.iter().enumerate() {
        assert_eq!(item.self_ref, format!("#/texts/{number}"), "{of}");
        add(&item.self_ref, Some(&item.parent.pointer), &item.children);
    }
    for item in &docling.tables {
        add(&item.self_ref, Some(&item.parent.pointer), &item.children);
        for cell in &item.data.table_cells {
            assert!(
                cell.end_row_offset_idx <= item.data.num_rows,
                "{of}: {cell:?}"
            );
            assert!(
                cell.end_col_offset_idx <= item.data.num_cols,
                "{of}: {cell:?}"
            );
        }
    }
    assert_eq!(
        children.len() + 1,
        parents.len(),
        "{of}: an item has no parent, or two"
    );
    for (child, parent) in children {
        assert_eq!(parents.get(&child), Some(&Some(parent)), "{of}: {child}");
    }
}
