//! HTML out of a document of any format: a page of its own, of nothing but what the text is made of.

use std::fmt::Write;
use std::iter::repeat_n;

use super::outline::{Outline, Piece, Placed, Shape, caption, paragraphs, placed};
use super::ranges::Kind;
use super::runs::{Inline, Run, Runs};
use crate::watch::Interrupted;
use crate::{BlockKind, Document, Span, Table, Watch};

/// Quotations and lists that are shown as standing in each other; deeper ones stand in the last.
const MAX_DEPTH: usize = 16;

/// The elements of styles, the outermost first.
const ELEMENTS: [(Kind, &str); 4] = [
    (Kind::Strong, "strong"),
    (Kind::Emphasis, "em"),
    (Kind::Struck, "s"),
    (Kind::Code, "code"),
];

/// The whole document.
pub(super) fn html(document: &Document, watch: &dyn Watch) -> Result<String, Interrupted> {
    let text = document.text.as_str();
    let runs = Runs::of(document, watch)?;
    let mut page = Page {
        text,
        runs: &runs,
        out: String::new(),
        quotations: 0,
        lists: Vec::new(),
    };
    page.head(document);
    if let Shape::Source(language) = Shape::of(document) {
        page.code(text.trim_matches('\n'), Some(language));
    } else {
        let outline = Outline::of(document);
        outline.each(0..text.len(), watch, |piece| match piece {
            Piece::Lines(span) => page.lines(span),
            Piece::Table(table) => page.table(table),
            Piece::Block(block, span) => {
                let quotations = usize::from(block.quoted).min(MAX_DEPTH);
                page.block(span, &block.kind, quotations);
            }
        })?;
    }
    page.stand_in(0);
    page.out.push_str("</body>\n</html>\n");
    Ok(page.out)
}

/// Where a link may lead in what others show as it is: to another page, or to a person. None: anywhere else, such as to a script.
pub(super) fn harmless(href: &str) -> Option<&str> {
    let href = href.trim();
    if href.is_empty() || href.contains(|char: char| char.is_control()) {
        return None;
    }
    let before = href.find(['/', '?', '#']).unwrap_or(href.len());
    let Some((scheme, _)) = href[..before].split_once(':') else {
        return Some(href);
    };
    ["http", "https", "mailto", "tel", "ftp"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(href)
}

/// HTML under construction.
struct Page<'a> {
    text: &'a str,
    runs: &'a Runs<'a>,
    out: String,
    /// Quotations that are open.
    quotations: usize,
    /// Lists that are open, each with an item that is.
    lists: Vec<List>,
}

#[derive(Clone, Copy)]
struct List {
    /// The number of the next item; none in a list without.
    next: Option<u64>,
}

impl List {
    fn element(self) -> &'static str {
        if self.next.is_some() { "ol" } else { "ul" }
    }
}

impl Page<'_> {
    fn head(&mut self, document: &Document) {
        let said = |name: &str| document.metadata.get(name).and_then(|it| it.as_str());
        self.out.push_str("<!DOCTYPE html>\n<html");
        if let Some(language) = said("language") {
            self.out.push_str(" lang=\"");
            escape(language, &mut self.out);
            self.out.push('"');
        }
        self.out
            .push_str(">\n<head>\n<meta charset=\"utf-8\">\n<title>");
        escape(said("title").unwrap_or_default(), &mut self.out);
        self.out.push_str("</title>\n</head>\n<body>\n");
    }

    /// Text that no block covers.
    fn lines(&mut self, span: Span) {
        for paragraph in paragraphs(self.text, span) {
            self.element("p", paragraph, "\n");
        }
    }

    fn block(&mut self, span: Span, kind: &BlockKind, quotations: usize) {
        match kind {
            BlockKind::Item { depth, number } => {
                return self.item(span, usize::from(*depth), *number, quotations);
            }
            _ => self.stand_in(quotations),
        }
        match kind {
            BlockKind::Heading(level) => {
                let level = usize::from(*level).clamp(1, 6) - 1;
                let name = ["h1", "h2", "h3", "h4", "h5", "h6"][level];
                self.block_element(name, span, " ");
            }
            BlockKind::Code { language } => {
                let code = self.runs.code(span);
                self.code(&code, language.as_deref());
            }
            _ => self.block_element("p", span, "<br>\n"),
        }
    }

    /// What stands in no quotation.
    fn element(&mut self, name: &str, span: Span, between_lines: &str) {
        self.stand_in(0);
        self.block_element(name, span, between_lines);
    }

    fn block_element(&mut self, name: &str, span: Span, between_lines: &str) {
        let runs = self.runs.within(span);
        if !runs.is_empty() {
            let _ = write!(self.out, "<{name}>");
            self.inline(&runs, between_lines);
            let _ = writeln!(self.out, "</{name}>");
        }
    }

    fn code(&mut self, code: &str, language: Option<&str>) {
        self.out.push_str("<pre><code");
        if let Some(language) = language {
            self.out.push_str(" class=\"language-");
            escape(language, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        escape(code, &mut self.out);
        self.out.push_str("</code></pre>\n");
    }

    fn item(&mut self, span: Span, depth: usize, number: Option<u64>, quotations: usize) {
        let runs = self.runs.within(span);
        if runs.is_empty() {
            return;
        }
        if self.quotations != quotations {
            self.stand_in(quotations);
        }
        let outer = (depth.clamp(1, MAX_DEPTH) - 1).min(self.lists.len());
        while self.lists.len() > outer + 1 {
            self.end_list();
        }
        match self.lists.last() {
            Some(list) if self.lists.len() > outer => {
                if list.next.is_some() == number.is_some() {
                    self.out.push_str("</li>\n");
                } else {
                    self.end_list();
                }
            }
            _ => {}
        }
        if self.lists.len() == outer {
            if outer > 0 {
                self.out.push('\n');
            }
            let next = number.map(|_| 1);
            self.lists.push(List { next });
            let _ = writeln!(self.out, "<{}>", List { next }.element());
        }
        self.out.push_str("<li");
        if let Some(list) = self.lists.last_mut()
            && let Some(number) = number
        {
            if list.next != Some(number) {
                let _ = write!(self.out, " value=\"{number}\"");
            }
            list.next = Some(number.saturating_add(1));
        }
        self.out.push('>');
        self.inline(&runs, "<br>\n");
    }

    fn end_list(&mut self) {
        if let Some(list) = self.lists.pop() {
            let _ = writeln!(self.out, "</li>\n</{}>", list.element());
        }
    }

    /// Ends all lists, and begins or ends quotations until so many are open.
    fn stand_in(&mut self, quotations: usize) {
        while !self.lists.is_empty() {
            self.end_list();
        }
        while self.quotations > quotations {
            self.out.push_str("</blockquote>\n");
            self.quotations -= 1;
        }
        while self.quotations < quotations {
            self.out.push_str("<blockquote>\n");
            self.quotations += 1;
        }
    }

    fn table(&mut self, table: &Table) {
        self.stand_in(0);
        self.out.push_str("<table>\n");
        if let Some(caption) = caption(self.text, table) {
            self.out.push_str("<caption>");
            escape(caption, &mut self.out);
            self.out.push_str("</caption>\n");
        }
        let headers = table.header_rows.min(table.rows.len());
        let rows = placed(table);
        let (head, body) = rows.split_at(headers);
        // A cell cannot reach from one section into the next.
        let reaches = |placed: &Placed<'_>| placed.row + placed.rows > headers;
        let has_head = headers > 0 && !head.iter().flatten().any(reaches);
        if has_head {
            self.out.push_str("<thead>\n");
        }
        for row in head {
            self.row("th", row);
        }
        if has_head {
            self.out.push_str("</thead>\n");
        }
        for row in body {
            self.row("td", row);
        }
        self.out.push_str("</table>\n");
    }

    fn row(&mut self, name: &str, row: &[Placed<'_>]) {
        self.out.push_str("<tr>");
        for placed in row {
            let _ = write!(self.out, "<{name}");
            for (attribute, spans) in [("rowspan", placed.rows), ("colspan", placed.columns)] {
                if spans > 1 {
                    let _ = write!(self.out, " {attribute}=\"{spans}\"");
                }
            }
            self.out.push('>');
            let runs = self.runs.cell(placed.cell);
            self.inline(&runs, " ");
            let _ = write!(self.out, "</{name}>");
        }
        self.out.push_str("</tr>\n");
    }

    /// Runs, with no more elements than they need.
    fn inline(&mut self, runs: &[Inline<'_>], between_lines: &str) {
        let mut href: Option<&str> = None;
        let mut open: Vec<usize> = Vec::new();
        let mut breaks = 0;
        for inline in runs {
            let Inline::Run(run) = inline else {
                breaks += 1;
                continue;
            };
            let leads = run.href.as_deref().and_then(harmless);
            let wanted = elements(run);
            let stays = if leads == href {
                let both = open.iter().zip(&wanted);
                both.take_while(|(one, other)| one == other).count()
            } else {
                0
            };
            self.end_elements(&mut open, stays);
            if leads != href && href.is_some() {
                self.out.push_str("</a>");
            }
            self.out.extend(repeat_n(between_lines, breaks));
            breaks = 0;
            if leads != href {
                if let Some(leads) = leads {
                    self.out.push_str("<a href=\"");
                    escape(leads, &mut self.out);
                    self.out.push_str("\">");
                }
                href = leads;
            }
            for &element in &wanted[stays..] {
                let _ = write!(self.out, "<{}>", ELEMENTS[element].1);
                open.push(element);
            }
            escape(&run.text, &mut self.out);
        }
        self.end_elements(&mut open, 0);
        if href.is_some() {
            self.out.push_str("</a>");
        }
    }

    fn end_elements(&mut self, open: &mut Vec<usize>, stays: usize) {
        for element in open.drain(stays..).rev() {
            let _ = write!(self.out, "</{}>", ELEMENTS[element].1);
        }
    }
}

/// The elements that a run stands in, as numbers.
fn elements(run: &Run<'_>) -> Vec<usize> {
    let numbered = ELEMENTS.iter().enumerate();
    numbered
        .filter(|(_, (kind, _))| run.style.has(*kind))
        .map(|(number, _)| number)
        .collect()
}

/// Text that means nothing but itself, in content and in quoted attributes. Control characters, which HTML does not know, are left
/// out.
fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(char),
            char if char.is_control() => {}
            char => out.push(char),
        }
    }
}
