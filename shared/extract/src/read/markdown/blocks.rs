//! What a Markdown text is made of: its headings, items, code and quotations, and the emphasis in it, as places in the
//! source.

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use crate::read::flow::trimmed;
use crate::{Block, BlockKind, Document, Mark, MarkKind, Span};

/// The blocks and the emphasis of one text.
#[derive(Default)]
pub(super) struct Blocks {
    done: Vec<Block>,
    marks: Vec<Mark>,
    quotations: usize,
    /// By open list: the number of its next item, if it is ordered.
    lists: Vec<Option<u64>>,
    /// By open item: its number, and what became of its text.
    items: Vec<(Option<u64>, ItemText)>,
    /// Tables open: their text stands in cells.
    tables: usize,
    /// The block that is open, and how far its text reaches.
    open: Option<(BlockKind, Option<Span>)>,
    /// Emphasis that is open, and how far its text reaches.
    emphasis: Vec<(MarkKind, Option<Span>)>,
}

/// The text of an item.
#[derive(Clone, Copy)]
enum ItemText {
    NotYet,
    /// It is this block.
    Block(usize),
    /// It began with a block of another kind.
    Other,
}

impl Blocks {
    pub(super) fn take(&mut self, event: &Event<'_>, span: &Span, source: &str) {
        match event {
            Event::Start(tag) => self.begin(tag, span),
            Event::End(tag) => self.end(*tag, source),
            Event::Text(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => self.text(span),
            Event::Code(_) => {
                self.text(span);
                let code = source[span.clone()].trim_matches('`');
                let start =
                    span.start + (span.len() - source[span.clone()].trim_start_matches('`').len());
                self.mark(MarkKind::Code, start..start + code.len(), source);
            }
            _ => {}
        }
    }

    /// Hands all over to the document.
    pub(super) fn finish(mut self, document: &mut Document) {
        self.close();
        self.marks
            .sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
        document.blocks = self.done;
        document.marks = self.marks;
    }

    fn begin(&mut self, tag: &Tag<'_>, span: &Span) {
        match tag {
            Tag::Emphasis => return self.begin_emphasis(MarkKind::Emphasis, span),
            Tag::Strong => return self.begin_emphasis(MarkKind::Strong, span),
            Tag::Strikethrough => return self.begin_emphasis(MarkKind::Struck, span),
            Tag::Link { .. } | Tag::Image { .. } => return self.text(span),
            _ => self.close(),
        }
        match tag {
            Tag::BlockQuote(_) => self.quotations += 1,
            Tag::List(first) => self.lists.push(*first),
            Tag::Item => {
                let next = self.lists.last_mut();
                let number = next.and_then(|next| next.replace(next.as_ref()?.saturating_add(1)));
                self.items.push((number, ItemText::NotYet));
            }
            Tag::Heading { level, .. } => {
                self.open = Some((BlockKind::Heading(*level as u8), None));
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next(),
                    CodeBlockKind::Indented => None,
                };
                let language = language
                    .filter(|it| !it.is_empty())
                    .map(str::to_ascii_lowercase);
                self.open = Some((BlockKind::Code { language }, None));
            }
            Tag::Table(_) => self.tables += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, source: &str) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                if let Some((kind, Some(span))) = self.emphasis.pop() {
                    if let Some((_, around)) = self.emphasis.last_mut() {
                        reach(around, &span);
                    }
                    self.mark(kind, span, source);
                }
                return;
            }
            TagEnd::Link | TagEnd::Image => return,
            _ => self.close(),
        }
        match tag {
            TagEnd::BlockQuote(_) => self.quotations -= 1,
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Item => drop(self.items.pop()),
            TagEnd::Table => self.tables -= 1,
            _ => {}
        }
    }

    fn begin_emphasis(&mut self, kind: MarkKind, span: &Span) {
        self.text(span);
        self.emphasis.push((kind, None));
    }

    /// Text of whatever is open.
    fn text(&mut self, at: &Span) {
        if let Some((_, span)) = self.emphasis.last_mut() {
            reach(span, at);
        }
        if self.tables > 0 {
            return;
        }
        let (_, span) = self.open.get_or_insert((BlockKind::Paragraph, None));
        reach(span, at);
    }

    /// Emphasis: a mark in each line.
    fn mark(&mut self, kind: MarkKind, span: Span, source: &str) {
        let mut at = span.start;
        for line in source[span].split('\n') {
            if let Some(span) = trimmed(source, at..at + line.len()) {
                self.marks.push(Mark { span, kind });
            }
            at += line.len() + 1;
        }
    }

    /// The block that is open ends.
    fn close(&mut self) {
        let Some((kind, Some(span))) = self.open.take() else {
            return;
        };
        let next = self.done.len();
        let depth = u8::try_from(self.lists.len()).unwrap_or(u8::MAX);
        let kind = match (kind, self.items.last_mut()) {
            (BlockKind::Paragraph, Some((number, text @ ItemText::NotYet))) => {
                *text = ItemText::Block(next);
                BlockKind::Item {
                    depth,
                    number: *number,
                }
            }
            (BlockKind::Paragraph, Some((_, ItemText::Block(block)))) if *block + 1 == next => {
                self.done[*block].span.end = span.end;
                return;
            }
            (kind, Some((_, text @ ItemText::NotYet))) => {
                *text = ItemText::Other;
                kind
            }
            (kind, _) => kind,
        };
        let quoted = u8::try_from(self.quotations).unwrap_or(u8::MAX);
        self.done.push(Block { span, kind, quoted });
    }
}

/// Makes a span reach to the end of another one.
fn reach(span: &mut Option<Span>, at: &Span) {
    *span = Some(match span {
        Some(span) => span.start.min(at.start)..span.end.max(at.end),
        None => at.clone(),
    });
}
