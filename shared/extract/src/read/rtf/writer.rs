//! Paragraphs and rows as RTF has them: they are only known when their first words come.

use crate::Error;
use crate::read::draft::{Draft, Look, Shape};
use crate::read::grid::Cover;

/// One stream of text: the body, the notes, a header.
pub(super) struct Writer<'c> {
    pub(super) draft: Draft<'c>,
    /// What stands before the words of the next paragraph.
    pub(super) label: Option<String>,
    is_in_paragraph: bool,
    is_in_table: bool,
    is_in_cell: bool,
    /// Cells of the row that have ended.
    cells: usize,
}

/// What is said of the next paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) shape: Shape,
    pub(super) is_in_table: bool,
}

impl<'c> Writer<'c> {
    pub(super) fn new(draft: Draft<'c>) -> Self {
        Self {
            draft,
            label: None,
            is_in_paragraph: false,
            is_in_table: false,
            is_in_cell: false,
            cells: 0,
        }
    }

    /// Whether a paragraph has begun.
    pub(super) fn is_in_paragraph(&self) -> bool {
        self.is_in_paragraph
    }

    /// Begins the paragraph, unless it has begun.
    pub(super) fn begin(&mut self, place: impl FnOnce() -> Place) -> Result<(), Error> {
        if self.is_in_paragraph {
            return Ok(());
        }
        let Place { shape, is_in_table } = place();
        if is_in_table {
            self.begin_cell();
        } else {
            self.end_table();
        }
        self.draft.begin(shape);
        self.is_in_paragraph = true;
        match self.label.take() {
            Some(label) => self.draft.text(&label, Look::default()),
            None => Ok(()),
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.is_in_paragraph) {
            self.draft.end();
        }
    }

    pub(super) fn end_cell(&mut self, cover: impl FnOnce(usize) -> Cover) {
        self.begin_cell();
        self.end_paragraph();
        self.draft.end_cell(cover(self.cells));
        self.is_in_cell = false;
        self.cells += 1;
    }

    pub(super) fn end_row(&mut self, is_header: bool) {
        if self.is_in_cell {
            self.end_cell(|_| Cover::Wide(1));
        }
        if self.is_in_table {
            self.draft.end_row(is_header);
        }
        self.cells = 0;
    }

    pub(super) fn end(mut self) -> Draft<'c> {
        self.end_paragraph();
        self.end_table();
        self.draft
    }

    fn begin_cell(&mut self) {
        if !std::mem::replace(&mut self.is_in_table, true) {
            self.end_paragraph();
            self.draft.begin_table();
        }
        if !std::mem::replace(&mut self.is_in_cell, true) {
            self.draft.begin_cell(None);
        }
    }

    fn end_table(&mut self) {
        if !self.is_in_table {
            return;
        }
        if self.is_in_cell || self.cells > 0 {
            self.end_row(false);
        }
        self.is_in_table = false;
        self.draft.end_table();
    }
}
