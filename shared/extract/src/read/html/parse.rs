//! HTML -> a tree, within limits.

use std::cell::Cell;

use html5ever::interface::Tracer;
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{ParseOpts, parse_document};

use super::attributes::OpenTag;
use super::sink::Sink;
use super::tree::{Id, Tree};
use crate::read::{Context, passed};
use crate::{Error, Limits};

/// Bytes given to the parser at a time: between two pieces the limits are looked after.
const PIECE_BYTES: usize = 4096;

/// Parses a document.
///
/// The parser needs quadratic time in the depth of its open elements and in the attributes of a
/// tag, and a few unclosed tags make it repeat hundreds of elements in every paragraph. So all
/// three are watched while it works: in its own books, not guessed from the source.
pub(super) fn parse(html: &str, context: &Context<'_>) -> Result<Tree, Error> {
    let tree_builder = TreeBuilderOpts {
        scripting_enabled: false,
        ..TreeBuilderOpts::default()
    };
    let sink = Sink::new(context.limits.max_markup_nodes, context.needs.tree);
    let options = ParseOpts {
        tree_builder,
        ..ParseOpts::default()
    };
    let mut parser = parse_document(sink, options);
    let mut open_tag = OpenTag::default();
    for piece in pieces(html) {
        context.watch.check()?;
        let calls = parser.tokenizer.sink.sink.calls();
        parser.process(piece.into());
        let builder = &parser.tokenizer.sink;
        open_tag.read(piece, builder.sink.calls() > calls);
        check(builder, &open_tag, context.limits)?;
    }
    let tree = parser.finish();
    Ok(if context.needs.tree {
        tree.in_document_order()
    } else {
        tree
    })
}

fn check(
    builder: &TreeBuilder<Id, Sink>,
    open_tag: &OpenTag<'_>,
    limits: &Limits,
) -> Result<(), Error> {
    let open = OpenElements::default();
    builder.trace_handles(&open);
    let depth = builder.sink.depth().max(open.count());
    if depth > limits.max_html_depth {
        let found = "The HTML's elements are nested deeper";
        return Err(passed("max_html_depth", limits.max_html_depth, found));
    }
    if builder.sink.is_full() {
        let found = "The HTML has more elements, texts and attributes";
        return Err(passed("max_markup_nodes", limits.max_markup_nodes, found));
    }
    if open_tag.attributes() > limits.max_attributes {
        let found = "An HTML element has more attributes";
        return Err(passed("max_attributes", limits.max_attributes, found));
    }
    Ok(())
}

fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = text.split_at(text.floor_char_boundary(PIECE_BYTES));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Counts the elements that the parser holds open. It names those that it may open again as well,
/// and a few more.
#[derive(Default)]
struct OpenElements {
    named: Cell<usize>,
}

impl OpenElements {
    fn count(&self) -> usize {
        self.named.get() / 2
    }
}

impl Tracer for OpenElements {
    type Handle = Id;

    fn trace_handle(&self, _: &Id) {
        self.named.set(self.named.get() + 1);
    }
}
