//! Markdown: the text is the source, so that places are places in what was sent. Links, tables,
//! title and front matter.

mod blocks;

use std::collections::BTreeMap;

use pulldown_cmark::{Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use self::blocks::Blocks;
use super::flow::{folded, trimmed};
use super::gather::{Gathered, Rows};
use super::{Context, Fit, Format, Reader, check_text};
use crate::{Cell, Document, Error, Link, Span, Table, Text};

pub(super) static FORMAT: Format = Format {
    name: "Markdown",
    media_types: &["text/markdown", "text/x-markdown"],
    extensions: &["md", "markdown", "mdown", "mkd"],
    reader: Reader::Text { fit, read },
};

/// Names of front matter kept at most.
const MAX_NAMES: usize = 1000;

/// Lines that a guess rests on.
const SAMPLE_LINES: usize = 500;

/// A text looks like Markdown if it has two kinds of its marks.
fn fit(text: &str) -> Fit {
    let mut marks = [false; 4];
    for line in text.lines().take(SAMPLE_LINES) {
        let hashes = line.bytes().take_while(|&byte| byte == b'#').count();
        marks[0] |= (1..=6).contains(&hashes) && line[hashes..].starts_with(' ');
        marks[1] |= line.starts_with("```") || line.starts_with("~~~");
        marks[2] |= line.contains("](");
        marks[3] |= line.starts_with('|') && line.contains("|-")
            || line.contains("**")
            || line.starts_with("- [");
    }
    if marks.into_iter().filter(|&mark| mark).count() >= 2 {
        Fit::Likely
    } else {
        Fit::Permitted
    }
}

/// What a Markdown text holds, in its order.
pub(crate) fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Span)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    Parser::new_ext(text, options).into_offset_iter()
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let mut page = Page {
        source: &text,
        metadata: BTreeMap::new(),
        heading: None,
        words: Vec::new(),
        table: None,
        front_matter: None,
        gathered: Gathered::new(context.limits),
    };
    let mut blocks = Blocks::default();
    for (event, span) in events(&text) {
        context.watch.check()?;
        if page.front_matter.is_none() {
            blocks.take(&event, &span, &text);
        }
        page.take(event, span);
    }
    let Page {
        mut metadata,
        heading,
        gathered,
        ..
    } = page;
    if let Some(heading) = heading {
        metadata
            .entry("title".into())
            .or_insert_with(|| heading.into());
    }
    let mut document = Document {
        metadata,
        ..Document::default()
    };
    blocks.finish(&mut document);
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

/// A document being read.
struct Page<'a> {
    source: &'a str,
    metadata: BTreeMap<String, Value>,
    /// The first heading.
    heading: Option<String>,
    /// What is open that words are gathered for: a link, a cell, the first heading.
    words: Vec<Words>,
    table: Option<OpenTable>,
    front_matter: Option<MetadataBlockKind>,
    gathered: Gathered<'a>,
}

/// Words as they come, and from where to where they reach.
#[derive(Default)]
struct Words {
    text: String,
    span: Option<Span>,
    href: String,
}

struct OpenTable {
    span: Span,
    rows: Rows,
    row: Vec<Cell>,
    full: bool,
}

impl Page<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::MetadataBlock(kind)) => self.front_matter = Some(kind),
            Event::End(TagEnd::MetadataBlock(_)) => self.front_matter = None,
            Event::Text(text) if self.front_matter.is_some() => self.front_matter(&text),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.words.push(Words {
                    href: dest_url.into_string(),
                    ..Words::default()
                });
            }
            Event::End(TagEnd::Link) => {
                if let Some(Words { text, span, href }) = self.words.pop() {
                    self.gathered.link(Link {
                        href,
                        text: folded(&text),
                        span,
                    });
                }
            }
            Event::Start(Tag::Heading { .. }) if self.heading.is_none() => {
                self.words.push(Words::default());
            }
            Event::End(TagEnd::Heading(_)) if self.heading.is_none() => {
                self.heading = self.words.pop().map(|words| folded(&words.text));
            }
            Event::Start(Tag::Table(_)) => {
                let rows = self.gathered.begin_table();
                self.table = rows.map(|rows| OpenTable {
                    span,
                    rows,
                    row: Vec::new(),
                    full: false,
                });
            }
            Event::Start(Tag::TableCell) => self.words.push(Words::default()),
            Event::End(TagEnd::TableCell) => self.end_cell(),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => self.end_row(),
            Event::End(TagEnd::Table) => {
                if let Some(OpenTable { span, rows, .. }) = self.table.take() {
                    let span = trimmed(self.source, span);
                    self.gathered.table(
                        Table {
                            caption: None,
                            rows: Vec::new(),
                            header_rows: 1,
                            span,
                            ..Table::default()
                        },
                        rows,
                    );
                }
            }
            Event::Text(text) | Event::Code(text) => self.words(&text, &span),
            Event::SoftBreak | Event::HardBreak => self.words(" ", &span),
            _ => {}
        }
    }

    /// Words belong to all that is open: a link in a cell is a part of the cell.
    fn words(&mut self, text: &str, at: &Span) {
        for words in &mut self.words {
            words.text.push_str(text);
            words.span = Some(words.span.as_ref().map_or(at.start, |span| span.start)..at.end);
        }
    }

    fn end_cell(&mut self) {
        let Some(Words { text, span, .. }) = self.words.pop() else {
            return;
        };
        if let Some(table) = &mut self.table {
            table.row.push(Cell {
                text: folded(&text),
                span,
                ..Cell::default()
            });
        }
    }

    fn end_row(&mut self) {
        if let Some(table) = &mut self.table {
            let row = std::mem::take(&mut table.row);
            table.full = table.full || !self.gathered.row(&mut table.rows, row);
        }
    }

    /// The plain `name: value` lines of YAML, the plain `name = value` lines of TOML.
    fn front_matter(&mut self, text: &str) {
        let divider = match self.front_matter {
            Some(MetadataBlockKind::PlusesStyle) => '=',
            _ => ':',
        };
        for line in text
            .lines()
            .filter(|line| line.starts_with(|char: char| char.is_ascii_alphabetic()))
        {
            let Some((name, value)) = line.split_once(divider) else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim().trim_matches(['"', '\'']));
            if !value.is_empty() && !value.starts_with(['[', '{', '|', '>', '&']) {
                self.say(&name.to_ascii_lowercase(), value);
            }
        }
    }

    fn say(&mut self, name: &str, value: &str) {
        let value = match name {
            "date" | "created" | "modified" | "updated" => {
                super::date::rfc3339(value).unwrap_or_else(|| value.into())
            }
            _ => value.to_owned(),
        };
        let name = match name {
            "date" => "created",
            "updated" => "modified",
            "lang" => "language",
            name => name,
        };
        if self.metadata.len() < MAX_NAMES {
            self.metadata
                .entry(name.to_owned())
                .or_insert_with(|| value.into());
        }
    }
}
