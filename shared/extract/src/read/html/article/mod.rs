//! The main content of a page, told from what surrounds it.
//!
//! Every piece of text counts for or against the elements that it stands in: sentences for them, links and what the page
//! itself calls a menu, an advertisement or a comment against them. The element with the best balance holds the main content;
//! of it what is no menu and no advertisement is taken, as places in the text. All in time linear in the page.

mod facts;
mod hints;
mod pieces;

use std::collections::BTreeMap;

use serde_json::Value;

use self::hints::Hint;
use self::pieces::{Kind, Piece};
use super::page::Read;
use crate::read::flow::trimmed;
use crate::tree::{Id, ROOT, Tree};
use crate::{Article, Span};

/// What the head of a page says.
type Metadata = BTreeMap<String, Value>;

/// The least balance that main content has.
const LEAST_BALANCE: f64 = 100.0;

/// An element within another is the main content if it has so much of the other's balance.
const MOST_OF_IT: f64 = 0.9;

/// Pieces between title and main content that are taken along at most: they introduce it.
const MAX_INTRODUCTIONS: usize = 3;

/// Bytes below which a piece introduces nothing, unless it stands right under the title.
const LEAST_INTRODUCTION_BYTES: usize = 60;

/// Finds the main content; all of the page where nothing tells it from the rest.
pub(super) fn find(tree: &Tree, read: &Read, metadata: &Metadata, json_ld: &[&Value]) -> Article {
    let page = Page::of(tree, read);
    let title = facts::title(&page, metadata, json_ld);
    let spans = match page.chosen() {
        Some(chosen) => page.spans(chosen, title.piece),
        None => trimmed(page.text, 0..page.text.len()).into_iter().collect(),
    };
    Article {
        title: title.text,
        byline: facts::byline(&page, metadata, json_ld),
        published: facts::published(&page, metadata, json_ld),
        spans,
    }
}

/// A page as it is judged.
struct Page<'a> {
    tree: &'a Tree,
    text: &'a str,
    pieces: Vec<Piece>,
    /// All nodes, in the order of the page.
    order: Vec<u32>,
    /// By node: what the page says of it.
    hints: Vec<Hint>,
    /// By node: how much text speaks for it.
    balance: Vec<f64>,
}

impl<'a> Page<'a> {
    fn of(tree: &'a Tree, read: &'a Read) -> Self {
        let text = read.document.text.as_str();
        let mut hints = vec![Hint::None; tree.nodes.len()];
        let mut order = Vec::with_capacity(tree.nodes.len());
        let mut next = Some(ROOT);
        while let Some(node) = next {
            order.push(u32::try_from(node).unwrap_or(u32::MAX));
            let around = tree.parent(node).map_or(Hint::None, |parent| hints[parent]);
            hints[node] = match tree.element(node) {
                Some(element) if around != Hint::Comment => {
                    let part = tree
                        .span(node)
                        .map_or(0.0, |span| share(span.len(), text.len()));
                    around.max(hints::of(element, around, part))
                }
                _ => around,
            };
            next = tree.first_child(node).or_else(|| after(tree, node));
        }
        let pieces = pieces::of(tree, read, &hints);
        let mut balance = vec![0.0; tree.nodes.len()];
        for piece in &pieces {
            balance[piece.owner] += piece.weight;
        }
        for &node in order.iter().rev() {
            if let Some(parent) = tree.parent(node as Id) {
                balance[parent] += balance[node as Id];
            }
        }
        Self {
            tree,
            text,
            pieces,
            order,
            hints,
            balance,
        }
    }

    /// The element that holds the main content.
    fn chosen(&self) -> Option<Id> {
        let elements = self.order.iter().map(|&node| node as Id);
        let best = elements
            .filter(|&node| self.tree.element(node).is_some())
            .max_by(|&one, &other| self.balance[one].total_cmp(&self.balance[other]))?;
        if self.balance[best] < LEAST_BALANCE {
            return None;
        }
        let mut chosen = best;
        while let Some(child) = self
            .children(chosen)
            .find(|&child| self.balance[child] >= MOST_OF_IT * self.balance[chosen])
        {
            let alike = self.children(chosen).any(|sibling| {
                sibling != child && self.balance[sibling] > 0.0 && self.are_alike(child, sibling)
            });
            if alike {
                break;
            }
            chosen = child;
        }
        Some(chosen)
    }

    fn children(&self, node: Id) -> impl Iterator<Item = Id> {
        let children = std::iter::successors(self.tree.first_child(node), |&child| {
            self.tree.next_sibling(child)
        });
        children.filter(|&child| self.tree.element(child).is_some())
    }

    /// Whether two elements are of one kind, as the page styles them.
    fn are_alike(&self, one: Id, other: Id) -> bool {
        let kind = |node| {
            let element = self.tree.element(node)?;
            Some((element.name(), element.attribute("class")?))
        };
        kind(one).is_some() && kind(one) == kind(other)
    }

    /// The places of the main content within an element.
    fn spans(&self, chosen: Id, title: Option<usize>) -> Vec<Span> {
        let within = self.within(chosen);
        let is_content = |piece: &Piece| piece.weight > 0.0 && piece.kind != Kind::Heading;
        let mut inside = (0..self.pieces.len()).filter(|&index| within[self.pieces[index].owner]);
        let Some(first) = inside
            .clone()
            .find(|&index| is_content(&self.pieces[index]))
        else {
            return Vec::new();
        };
        let last = inside
            .rfind(|&index| is_content(&self.pieces[index]))
            .unwrap_or(first);
        let mut taken: Vec<usize> = Vec::new();
        if let Some(title) = title.filter(|&title| title < first) {
            let between = title + 1..first;
            let introduces = |&index: &usize| {
                let piece = &self.pieces[index];
                let text = &self.text[piece.span.clone()];
                let is_subtitle = index == title + 1
                    && text.chars().count() >= 30
                    && text.bytes().filter(u8::is_ascii_digit).count() < 4;
                let is_long = piece.kind == Kind::Text
                    && is_content(piece)
                    && text.len() >= LEAST_INTRODUCTION_BYTES;
                self.is_taken(piece) && (is_subtitle || is_long)
            };
            taken.extend(between.filter(introduces).take(MAX_INTRODUCTIONS));
        }
        let is_heading = |&index: &usize| {
            let piece = &self.pieces[index];
            piece.kind == Kind::Heading && self.is_taken(piece) && Some(index) != title
        };
        let headings = (0..first).rev().take_while(is_heading).count();
        taken.extend(first - headings..first);
        taken.extend((first..=last).filter(|&index| {
            let piece = &self.pieces[index];
            within[piece.owner] && self.is_taken(piece) && Some(index) != title
        }));
        self.joined(&taken)
    }

    /// By node: whether it stands within an element.
    fn within(&self, chosen: Id) -> Vec<bool> {
        let mut within = vec![false; self.tree.nodes.len()];
        for &node in &self.order {
            let node = node as Id;
            within[node] =
                node == chosen || self.tree.parent(node).is_some_and(|parent| within[parent]);
        }
        within
    }

    fn is_taken(&self, piece: &Piece) -> bool {
        self.hints[piece.owner] == Hint::None
            && !piece.is_mostly_links()
            && !hints::is_label(&self.text[piece.span.clone()])
    }

    /// Places of pieces, those as one that follow each other.
    fn joined(&self, taken: &[usize]) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut before = None;
        for &index in taken {
            let span = self.pieces[index].span.clone();
            match spans.last_mut() {
                Some(last) if before == index.checked_sub(1) => last.end = span.end,
                _ => spans.push(span),
            }
            before = Some(index);
        }
        self.without_surroundings(spans)
    }

    /// Places without what stands in the middle of a line and is set aside: a button to edit a section.
    fn without_surroundings(&self, spans: Vec<Span>) -> Vec<Span> {
        let is_aside = |node: usize| self.hints[node] >= Hint::Surroundings;
        let mut aside = self.order.iter().filter_map(|&node| {
            let node = node as Id;
            let is_outermost = is_aside(node) && !self.tree.parent(node).is_some_and(is_aside);
            self.tree.span(node).filter(|_| is_outermost)
        });
        let mut aside = aside.by_ref().peekable();
        let mut left = Vec::with_capacity(spans.len());
        for Span { start, end } in spans {
            let mut at = start;
            while let Some(gap) = aside.next_if(|gap| gap.start < end) {
                left.extend(trimmed(self.text, at..gap.start.max(at)));
                at = at.max(gap.end).min(end);
            }
            left.extend(trimmed(self.text, at..end));
        }
        left
    }
}

/// The node after this one and all in it.
fn after(tree: &Tree, mut node: Id) -> Option<Id> {
    loop {
        if let Some(next) = tree.next_sibling(node) {
            return Some(next);
        }
        node = tree.parent(node)?;
    }
}

/// A part of a whole, as a number from 0 to 1.
fn share(part: usize, whole: usize) -> f64 {
    let number = |bytes: usize| f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
    number(part) / number(whole.max(1))
}
