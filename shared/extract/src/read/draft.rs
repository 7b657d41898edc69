//! A document under construction: paragraphs, headings, items and tables as they come, in reading order.

use super::flow::{Flow, folded};
use super::gather::Gathered;
use super::grid::{Cover, Grid};
use super::{Context, check_text};
use crate::{
    Block, BlockKind, Cell, CellValue, Document, Error, Limits, Link, Mark, MarkKind, Span, Text,
};

/// A document under construction.
pub(super) struct Draft<'a> {
    limits: &'a Limits,
    flow: Flow,
    blocks: Vec<Block>,
    marks: Vec<Mark>,
    /// The last mark of each kind: the next run may go on with it.
    last_marks: [Option<usize>; 4],
    marks_left_out: bool,
    page_starts: Vec<usize>,
    /// How many of the last pages have no text yet.
    unsettled_pages: usize,
    gathered: Gathered<'a>,
    open: Vec<Open>,
    links: Vec<OpenLink>,
    tables: Vec<OpenTable>,
    cells: Vec<OpenCell>,
    last: Last,
    pub(super) warnings: Vec<String>,
}

/// What a paragraph is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Plain,
    /// The level may be any; beyond 6 it counts as 6.
    Heading(u8),
    Item {
        depth: u8,
        number: Option<u64>,
    },
    Code,
    Quote,
    /// What a table or a picture is called.
    Caption,
}

/// How a run of text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are set apart from each other"
)]
pub(super) struct Look {
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) struck: bool,
    pub(super) code: bool,
}

/// A paragraph being read.
struct Open {
    start: usize,
    shape: Shape,
    /// Empty lines of code before it.
    gap: usize,
}

struct OpenLink {
    href: String,
    start: usize,
}

struct OpenTable {
    /// None if there was no room for one more.
    grid: Option<Grid>,
    /// Where its row begins.
    row: usize,
}

struct OpenCell {
    start: usize,
    value: Option<CellValue>,
}

/// What stands before the place where the text goes on.
enum Last {
    Other,
    Item,
    /// Code, and so many empty lines.
    Code(usize),
    Caption(Span),
    Table,
}

impl<'a> Draft<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        Self {
            limits: context.limits,
            flow: Flow::default(),
            blocks: Vec::new(),
            marks: Vec::new(),
            last_marks: [None; 4],
            marks_left_out: false,
            page_starts: Vec::new(),
            unsettled_pages: 0,
            gathered: Gathered::new(context.limits),
            open: Vec::new(),
            links: Vec::new(),
            tables: Vec::new(),
            cells: Vec::new(),
            last: Last::Other,
            warnings: Vec::new(),
        }
    }

    /// Begins a page.
    pub(super) fn page(&mut self) {
        self.flow.paragraph();
        self.page_starts.push(self.flow.len());
        self.unsettled_pages += 1;
        self.last = Last::Other;
    }

    /// Begins a paragraph.
    pub(super) fn begin(&mut self, shape: Shape) {
        let mut gap = 0;
        let goes_on = match (&shape, &self.last) {
            (Shape::Item { .. }, Last::Item) => true,
            (Shape::Code, Last::Code(lines)) => {
                gap = *lines;
                true
            }
            _ => !self.cells.is_empty(),
        };
        if goes_on {
            self.flow.line();
        } else {
            self.flow.paragraph();
        }
        let start = self.flow.len();
        self.open.push(Open { start, shape, gap });
    }

    /// Ends the paragraph that began last.
    pub(super) fn end(&mut self) {
        let Some(Open { start, shape, .. }) = self.open.pop() else {
            return;
        };
        let Some(span) = self.flow.span_since(start) else {
            if let (Shape::Code, Last::Code(lines)) = (&shape, &mut self.last) {
                *lines += 1;
            }
            return;
        };
        let kind = match shape {
            Shape::Plain | Shape::Caption => None,
            Shape::Heading(level) => Some(BlockKind::Heading(level.clamp(1, 6))),
            Shape::Item { depth, number } => Some(BlockKind::Item { depth, number }),
            Shape::Code => Some(BlockKind::Code { language: None }),
            Shape::Quote => Some(BlockKind::Paragraph),
        };
        if let Some(kind) = kind {
            self.block(span.clone(), kind, u8::from(shape == Shape::Quote));
        }
        self.last = match shape {
            Shape::Item { .. } => Last::Item,
            Shape::Code => Last::Code(0),
            Shape::Caption => self.caption(span),
            Shape::Plain | Shape::Heading(_) | Shape::Quote => Last::Other,
        };
    }

    /// Ends the paragraph for now, since others stand amid it; [`resume`](Self::resume) goes on with it.
    pub(super) fn suspend(&mut self) -> Option<Shape> {
        let shape = self.open.last()?.shape.clone();
        self.end();
        Some(shape)
    }

    pub(super) fn resume(&mut self, shape: Option<Shape>) {
        if let Some(shape) = shape {
            self.begin(shape);
        }
    }

    /// Something that has no text stands here: what is before and after it does not belong together.
    pub(super) fn interrupt(&mut self) {
        self.last = Last::Other;
    }

    /// Adds a run of text.
    pub(super) fn text(&mut self, text: &str, look: Look) -> Result<(), Error> {
        let before = self.flow.len();
        let code = match self.open.last_mut() {
            Some(Open { shape, gap, .. }) if *shape == Shape::Code => Some(std::mem::take(gap)),
            _ => None,
        };
        match code {
            Some(gap) => {
                for _ in 0..gap {
                    self.flow.verbatim("\n");
                }
                self.flow.verbatim(text);
            }
            None => self.flow.words(text),
        }
        if self.unsettled_pages > 0 || look != Look::default() {
            self.settle(before, look, code.is_some());
        }
        check_text(self.flow.len(), self.limits)
    }

    fn settle(&mut self, before: usize, look: Look, is_code: bool) {
        let Some(span) = self.flow.span_since(before) else {
            return;
        };
        let pages = self.page_starts.len();
        for start in &mut self.page_starts[pages - self.unsettled_pages..] {
            *start = span.start;
        }
        self.unsettled_pages = 0;
        let shape = self.open.last().map(|open| &open.shape);
        let is_heading = matches!(shape, Some(Shape::Heading(_)));
        let kinds = [
            (look.strong && !is_heading, MarkKind::Strong),
            (look.emphasis, MarkKind::Emphasis),
            (look.struck, MarkKind::Struck),
            (look.code, MarkKind::Code),
        ];
        if is_code {
            return;
        }
        for (index, (is_set, kind)) in kinds.into_iter().enumerate() {
            if is_set {
                self.mark(index, kind, span.clone());
            }
        }
    }

    fn mark(&mut self, index: usize, kind: MarkKind, span: Span) {
        if let Some(last) = self.last_marks[index].and_then(|last| self.marks.get_mut(last)) {
            let between = &self.flow.as_str()[last.span.end..span.start];
            if between.chars().all(|char| char == ' ') {
                last.span.end = span.end;
                return;
            }
        }
        if self.is_full() {
            self.marks_left_out = true;
            return;
        }
        self.last_marks[index] = Some(self.marks.len());
        self.marks.push(Mark { span, kind });
    }

    /// A tabulator: the text goes on, a little further.
    pub(super) fn tab(&mut self) -> Result<(), Error> {
        match self.open.last() {
            Some(Open {
                shape: Shape::Code, ..
            }) => self.text("\t", Look::default()),
            // In a row of a table it would look like the next cell.
            _ if !self.cells.is_empty() => self.text(" ", Look::default()),
            _ => {
                self.flow.tab();
                Ok(())
            }
        }
    }

    /// A line ends within the paragraph.
    pub(super) fn line_break(&mut self) -> Result<(), Error> {
        if let Some(Open {
            shape: Shape::Code, ..
        }) = self.open.last()
        {
            return self.text("\n", Look::default());
        }
        self.flow.hard_break();
        Ok(())
    }

    pub(super) fn begin_link(&mut self, href: String) {
        let start = self.flow.len();
        self.links.push(OpenLink { href, start });
    }

    pub(super) fn end_link(&mut self) {
        let Some(OpenLink { href, start }) = self.links.pop() else {
            return;
        };
        let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme);
        if href.is_empty() || scheme.eq_ignore_ascii_case("javascript") {
            return;
        }
        let span = self.flow.span_since(start);
        let text = span
            .clone()
            .map_or_else(String::new, |span| folded(&self.flow.as_str()[span]));
        self.gathered.link(Link { href, text, span });
    }

    pub(super) fn begin_table(&mut self) {
        let (start, caption) = match &self.last {
            Last::Caption(span) => {
                let caption = folded(&self.flow.as_str()[span.clone()]);
                (span.start, Some(caption))
            }
            _ => (self.flow.len(), None),
        };
        self.last = Last::Other;
        if self.cells.is_empty() {
            self.flow.paragraph();
        } else {
            self.flow.line();
        }
        let rows = self.gathered.begin_table();
        self.tables.push(OpenTable {
            grid: rows.map(|rows| Grid::new(rows, start, caption)),
            row: self.flow.len(),
        });
    }

    /// What the table that is open says it is called.
    pub(super) fn table_caption(&mut self, caption: &str) {
        if let Some(table) = grid(&mut self.tables)
            && !caption.trim().is_empty()
        {
            table.caption(folded(caption));
        }
    }

    /// Begins a cell; `value` is what it holds, if that is no text.
    pub(super) fn begin_cell(&mut self, value: Option<CellValue>) {
        let row = self.tables.last().map(|table| table.row);
        let is_first = row == Some(self.flow.len());
        let start = self.flow.begin_cell(is_first);
        self.last = Last::Other;
        self.cells.push(OpenCell { start, value });
    }

    pub(super) fn end_cell(&mut self, cover: Cover) {
        let Some(OpenCell { start, value }) = self.cells.pop() else {
            return;
        };
        if let Some(table) = grid(&mut self.tables) {
            let span = self.flow.span_since(start);
            let text = span
                .clone()
                .map_or_else(String::new, |span| folded(&self.flow.as_str()[span]));
            table.cell(Cell { text, span, value }, cover, &mut self.gathered);
        }
        self.flow.end_cell();
        self.last = Last::Other;
    }

    /// A cell without words of its own, for another one covers it; or the same one once more.
    pub(super) fn cell(&mut self, cell: Cell, cover: Cover) {
        if let Some(table) = grid(&mut self.tables) {
            table.cell(cell, cover, &mut self.gathered);
        }
    }

    /// The last cell stands there so many times more.
    pub(super) fn repeat_cell(&mut self, times: usize) {
        if let Some(table) = grid(&mut self.tables) {
            table.repeat(times, &mut self.gathered);
        }
    }

    pub(super) fn end_row(&mut self, is_header: bool) {
        if let Some(table) = grid(&mut self.tables) {
            table.end_row(is_header, &mut self.gathered);
        }
        if let Some(table) = self.tables.last_mut() {
            table.row = self.flow.len();
        }
        self.flow.line();
    }

    pub(super) fn end_table(&mut self) {
        if let Some(table) = self.tables.pop().and_then(|it| it.grid) {
            let span = self.flow.span_since(table.start());
            table.end(span, &mut self.gathered);
        }
        self.last = if self.cells.is_empty() {
            Last::Table
        } else {
            Last::Other
        };
        if self.cells.is_empty() {
            self.flow.paragraph();
        } else {
            self.flow.line();
        }
    }

    /// A caption belongs to the table before it, or to what comes next.
    fn caption(&mut self, span: Span) -> Last {
        let caption = folded(&self.flow.as_str()[span.clone()]);
        if let Last::Table = self.last
            && let Some(table) = self.gathered.last_table()
            && table.caption.is_none()
        {
            table.caption = Some(caption);
            if let Some(of_table) = &mut table.span {
                of_table.end = span.end;
            }
            return Last::Other;
        }
        Last::Caption(span)
    }

    /// Adds a document that was read on its own, apart from what it says of itself.
    pub(super) fn adopt(&mut self, document: Document) -> Result<(), Error> {
        let Document {
            text,
            mut blocks,
            mut marks,
            mut links,
            mut tables,
            warnings,
            ..
        } = document;
        self.flow.paragraph();
        let before = self.flow.len();
        self.flow.verbatim(text.as_str());
        let by = self.flow.len() - text.as_str().len();
        self.settle(before, Look::default(), false);
        for block in &mut blocks {
            move_on(&mut block.span, by);
        }
        for mark in &mut marks {
            move_on(&mut mark.span, by);
        }
        for span in links.iter_mut().filter_map(|link| link.span.as_mut()) {
            move_on(span, by);
        }
        for table in &mut tables {
            table.span.iter_mut().for_each(|span| move_on(span, by));
            let cells = table.rows.iter_mut().flatten();
            let spans = cells.filter_map(|cell| cell.span.as_mut());
            spans.for_each(|span| move_on(span, by));
        }
        self.blocks.append(&mut blocks);
        self.marks.append(&mut marks);
        self.last_marks = [None; 4];
        self.gathered.adopt(links, tables);
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.flow.paragraph();
        self.last = Last::Other;
        check_text(self.flow.len(), self.limits)
    }

    /// Says how many of something are left out, if there are any.
    pub(super) fn leave_out(&mut self, count: usize, what: &str) {
        if count > 0 {
            self.warnings.push(format!("{what}: {count}."));
        }
    }

    /// Bytes of text so far.
    pub(super) fn len(&self) -> usize {
        self.flow.len()
    }

    /// Hands all over to the document.
    pub(super) fn finish(mut self, document: &mut Document) {
        while !self.open.is_empty() {
            self.end();
        }
        self.marks.sort_by_key(|mark| mark.span.start);
        self.blocks.sort_by_key(|block| block.span.start);
        document.blocks = self.blocks;
        document.marks = self.marks;
        document.warnings.append(&mut self.warnings);
        if self.marks_left_out {
            let max = self.limits.max_markup_nodes;
            document.warnings.push(format!(
                "Not all headings, items and emphasis are told from the text: the limit max_markup_nodes is {max}."
            ));
        }
        self.gathered.finish(document);
        document.text = Text::with_pages(self.flow.into_text(), self.page_starts);
    }

    fn block(&mut self, span: Span, kind: BlockKind, quoted: u8) {
        if let (BlockKind::Code { .. }, Last::Code(_)) = (&kind, &self.last)
            && let Some(block) = self.blocks.last_mut()
            && block.kind == kind
        {
            block.span.end = span.end;
            return;
        }
        if self.is_full() {
            self.marks_left_out = true;
            return;
        }
        self.blocks.push(Block { span, kind, quoted });
    }

    fn is_full(&self) -> bool {
        self.blocks.len() + self.marks.len() >= self.limits.max_markup_nodes
    }
}

/// The table that is open, if there is room for it.
fn grid(tables: &mut [OpenTable]) -> Option<&mut Grid> {
    tables.last_mut()?.grid.as_mut()
}

pub(super) fn move_on(span: &mut Span, by: usize) {
    *span = span.start + by..span.end + by;
}
