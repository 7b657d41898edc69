//! An HTML tree -> the text as a person would read it, with its links and tables.

use url::Url;

use super::blocks::Blocks;
use super::table::TableReader;
use super::tree::{Content, Element, Id, Places, ROOT, Tree};
use crate::read::Context;
use crate::read::flow::{Flow, folded};
use crate::read::gather::Gathered;
use crate::{Document, Error, Link, Text};

/// Nodes between two looks at the watch.
const NODES_PER_CHECK: usize = 4096;

/// Walks the tree once, without recursion.
pub(super) fn read(
    tree: &mut Tree,
    base: Option<&Url>,
    context: &Context<'_>,
) -> Result<Read, Error> {
    let mut page = Page {
        base,
        places: Places::of(tree, context.needs.tree || context.needs.article),
        flow: Flow::default(),
        blocks: Blocks::default(),
        preformatted: 0,
        links: Vec::new(),
        tables: Vec::new(),
        figures: Vec::new(),
        gathered: Gathered::new(context.limits),
    };
    let mut node = ROOT;
    for step in 1_usize.. {
        if step.is_multiple_of(NODES_PER_CHECK) {
            context.watch.check()?;
        }
        let visible = page.enter(tree, node);
        if visible && let Some(child) = tree.first_child(node) {
            node = child;
            continue;
        }
        if visible {
            page.leave(tree, node);
        }
        match page.after(tree, node) {
            Some(next) => node = next,
            None => break,
        }
    }
    tree.set_places(page.places);
    let mut document = Document::default();
    let owners = page.blocks.finish(&page.flow, &mut document);
    page.gathered.finish(&mut document);
    document.text = Text::new(page.flow.into_text());
    Ok(Read { document, owners })
}

/// A page that was read.
pub(super) struct Read {
    pub(super) document: Document,
    /// By block: the element that its text stands right in.
    pub(super) owners: Vec<Id>,
}

/// A document being read.
struct Page<'a> {
    base: Option<&'a Url>,
    /// Where the nodes stand.
    places: Places,
    flow: Flow,
    blocks: Blocks,
    /// Elements open that keep their white space.
    preformatted: usize,
    /// Links open.
    links: Vec<OpenLink>,
    /// Tables open; none for one that only arranges the page, or for which there was no room.
    tables: Vec<Option<TableReader>>,
    figures: Vec<Figure>,
    gathered: Gathered<'a>,
}

/// A figure that is open.
struct Figure {
    /// How many tables there were before it.
    tables: usize,
    /// Where its caption begins.
    caption_start: usize,
    caption: Option<String>,
}

struct OpenLink {
    href: Option<String>,
    /// Where its words begin.
    start: usize,
    /// What stands for them if there are none.
    label: String,
}

impl Page<'_> {
    /// The node after this one and its children, with all that ends on the way.
    fn after(&mut self, tree: &Tree, mut node: Id) -> Option<Id> {
        loop {
            if let Some(next) = tree.next_sibling(node) {
                return Some(next);
            }
            node = tree.parent(node)?;
            self.leave(tree, node);
        }
    }

    /// Begins a node; says whether its children are to be seen.
    fn enter(&mut self, tree: &Tree, node: Id) -> bool {
        self.places.begin(node, self.flow.len());
        match tree.content(node) {
            Content::Comment(_) | Content::Instruction(_) | Content::Other => {}
            Content::Text(text) if self.preformatted > 0 => self.flow.verbatim(text),
            Content::Text(text) => self.flow.words(text),
            Content::Element(element) if is_hidden(element) => return false,
            Content::Element(element) => self.begin(tree, node, element),
        }
        true
    }

    fn begin(&mut self, tree: &Tree, node: Id, element: &Element) {
        let apart = Apart::of(element);
        let sets_apart = apart != Apart::No;
        self.blocks
            .begin(tree, node, element, sets_apart, &self.flow);
        self.set_apart(apart);
        match element.name() {
            "br" => self.flow.hard_break(),
            "pre" | "textarea" => self.preformatted += 1,
            "img" => {
                if let (Some(link), Some(alt)) = (self.links.last_mut(), element.attribute("alt")) {
                    link.label = folded(alt);
                }
            }
            "a" | "area" => self.links.push(OpenLink {
                href: element
                    .attribute("href")
                    .and_then(|href| self.resolved(href)),
                start: self.flow.len(),
                label: folded(
                    ["aria-label", "title", "alt"]
                        .iter()
                        .find_map(|name| element.attribute(name))
                        .unwrap_or(""),
                ),
            }),
            "table" => {
                let arranges = element
                    .attribute("role")
                    .is_some_and(|role| matches!(role.trim(), "presentation" | "none"));
                let rows = if arranges {
                    None
                } else {
                    self.gathered.begin_table()
                };
                self.tables
                    .push(rows.map(|rows| TableReader::new(rows, self.flow.len())));
            }
            "caption" => self.table(|table, flow, _| table.begin_caption(flow)),
            "figure" => self.figures.push(Figure {
                tables: self.gathered.tables(),
                caption_start: 0,
                caption: None,
            }),
            "figcaption" => {
                if let Some(figure) = self.figures.last_mut() {
                    figure.caption_start = self.flow.len();
                }
            }
            "thead" => self.table(|table, _, _| table.begin_head()),
            "tr" => self.table(|table, _, _| table.begin_row()),
            "td" | "th" => {
                let (colspan, rowspan) = (number(element, "colspan"), number(element, "rowspan"));
                let first = match self.tables.last_mut() {
                    Some(Some(table)) => {
                        table.begin_cell(self.flow.len(), element.name() == "th", colspan, rowspan)
                    }
                    _ => false,
                };
                self.flow.begin_cell(first);
            }
            _ => {}
        }
    }

    /// Ends an element whose children were seen.
    fn leave(&mut self, tree: &Tree, node: Id) {
        self.places.end(node, |start| self.flow.span_since(start));
        let Some(element) = tree.element(node) else {
            return;
        };
        let apart = Apart::of(element);
        self.blocks.end(element, apart != Apart::No, &self.flow);
        match element.name() {
            "pre" | "textarea" => self.preformatted -= 1,
            "a" | "area" => {
                if let Some(link) = self.links.pop() {
                    self.end_link(link);
                }
            }
            "table" => {
                if let Some(Some(table)) = self.tables.pop() {
                    table.end(&self.flow, &mut self.gathered);
                }
            }
            "caption" => self.table(|table, flow, _| table.end_caption(flow)),
            "figure" => {
                if let Some(figure) = self.figures.pop()
                    && let Some(caption) = figure.caption
                {
                    self.gathered.caption_since(figure.tables, &caption);
                }
            }
            "figcaption" => {
                if let Some(figure) = self.figures.last_mut() {
                    let span = self.flow.span_since(figure.caption_start);
                    figure.caption = span.map(|span| folded(&self.flow.as_str()[span]));
                }
            }
            "thead" | "tbody" | "tfoot" => self.table(|table, _, _| table.end_group()),
            "tr" => self.table(|table, _, gathered| table.end_row(gathered)),
            "td" | "th" => {
                self.table(TableReader::end_cell);
                self.flow.end_cell();
            }
            _ => {}
        }
        self.set_apart(apart);
    }

    fn table(&mut self, act: impl FnOnce(&mut TableReader, &Flow, &mut Gathered<'_>)) {
        if let Some(Some(table)) = self.tables.last_mut() {
            act(table, &self.flow, &mut self.gathered);
        }
    }

    fn end_link(&mut self, link: OpenLink) {
        let Some(href) = link.href else { return };
        let span = self.flow.span_since(link.start);
        let text = span
            .clone()
            .map_or(link.label, |span| folded(&self.flow.as_str()[span]));
        self.gathered.link(Link { href, text, span });
    }

    /// The target of a link; none if it leads nowhere.
    fn resolved(&self, href: &str) -> Option<String> {
        let href = href.trim();
        let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme);
        if href.is_empty()
            || scheme.eq_ignore_ascii_case("javascript")
            || scheme.eq_ignore_ascii_case("data")
        {
            return None;
        }
        let absolute = self.base.and_then(|base| base.join(href).ok());
        Some(absolute.map_or_else(|| href.to_owned(), String::from))
    }

    fn set_apart(&mut self, apart: Apart) {
        match apart {
            Apart::No => {}
            Apart::ByALine => self.flow.line(),
            Apart::ByABlankLine => self.flow.paragraph(),
        }
    }
}

/// Whether an element stands on lines of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    No,
    ByALine,
    ByABlankLine,
}

impl Apart {
    fn of(element: &Element) -> Self {
        match element.name() {
            "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details"
            | "dialog" | "dir" | "div" | "dt" | "fieldset" | "figcaption" | "figure" | "footer"
            | "form" | "header" | "hgroup" | "legend" | "li" | "main" | "menu" | "nav"
            | "optgroup" | "option" | "search" | "section" | "summary" | "tbody" | "tfoot"
            | "thead" | "tr" => Self::ByALine,
            "blockquote" | "dl" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "ol" | "p"
            | "pre" | "table" | "ul" => Self::ByABlankLine,
            _ => Self::No,
        }
    }
}

/// Whether a person does not see the element.
fn is_hidden(element: &Element) -> bool {
    let by_kind = matches!(
        element.name(),
        "audio"
            | "canvas"
            | "datalist"
            | "head"
            | "iframe"
            | "noembed"
            | "noframes"
            | "script"
            | "style"
            | "template"
            | "title"
            | "video"
    );
    by_kind
        || element
            .attribute("hidden")
            .is_some_and(|hidden| !hidden.eq_ignore_ascii_case("until-found"))
        || element.attribute("style").is_some_and(|style| {
            let style: String = style.split_ascii_whitespace().collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}

fn number(element: &Element, attribute: &str) -> Option<usize> {
    let value = element.attribute(attribute)?.trim();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    // More digits than a number has: as large as can be.
    (digits > 0).then(|| value[..digits].parse().unwrap_or(usize::MAX))
}
