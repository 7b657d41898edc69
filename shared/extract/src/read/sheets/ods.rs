//! ODS (`OpenDocument`), read in one pass.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::grid::Area;
use super::{Book, Content, Grid, MAX_COLUMN, MAX_ROW, number};
use crate::read::events::{Node, Tag, Xml};
use crate::read::package::{self, Package};
use crate::read::{Context, Format, Reader, date};
use crate::{CellValue, Document, Error, Problem};

pub(in crate::read) static FORMAT: Format = Format {
    name: "ODS",
    media_types: &[
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet-template",
    ],
    extensions: &["ods", "ots"],
    reader: Reader::Package {
        kind: package::Kind::Ods,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    if is_encrypted(&mut package)? {
        let detail = "The document is encrypted: a password is needed to open it.";
        return Err(Error::document(Problem::Encrypted, detail));
    }
    let metadata = metadata(&mut package)?;
    let Some(xml) = package.xml("content.xml")? else {
        let detail = "The package is damaged: it has no content.xml.";
        return Err(Error::document(Problem::Malformed, detail));
    };
    let mut content = Contents {
        xml,
        context,
        book: Book::new(context),
        hidden_styles: HashSet::new(),
    };
    content.read()?;
    Ok(content.book.finish(metadata))
}

fn is_encrypted(package: &mut Package<'_>) -> Result<bool, Error> {
    let manifest = package.read_named("META-INF/manifest.xml")?;
    let mark = b"encryption-data";
    Ok(manifest.is_some_and(|it| it.windows(mark.len()).any(|window| window == mark)))
}

/// What the document says of itself.
fn metadata(package: &mut Package<'_>) -> Result<BTreeMap<String, Value>, Error> {
    let mut metadata = BTreeMap::new();
    let Some(mut xml) = package.xml("meta.xml")? else {
        return Ok(metadata);
    };
    let mut depth = 0_usize;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                let common = match tag.full_name() {
                    "dc:title" => "title",
                    "dc:subject" => "subject",
                    "dc:description" => "description",
                    "dc:language" => "language",
                    "dc:date" => "modified",
                    "meta:initial-creator" => "author",
                    "meta:creation-date" => "created",
                    "meta:generator" => "generator",
                    "meta:keyword" => "keywords",
                    _ => {
                        depth += 1;
                        continue;
                    }
                };
                let text = crate::read::flow::folded(&xml.text()?);
                let text = date::rfc3339(&text).unwrap_or(text);
                match metadata.get_mut(common) {
                    Some(Value::Array(all)) if all.len() < 1_000 => all.push(text.into()),
                    _ if text.is_empty() => {}
                    _ if common == "keywords" => {
                        metadata.insert(common.to_owned(), vec![text].into());
                    }
                    _ => {
                        metadata.insert(common.to_owned(), text.into());
                    }
                }
            }
            Node::End if depth <= 1 => return Ok(metadata),
            Node::End => depth -= 1,
            Node::Text(_) => {}
        }
    }
}

/// The sheets on their way into the workbook.
struct Contents<'p, 'a, 'c, 'l> {
    xml: Xml<'p, 'a>,
    context: &'c Context<'l>,
    book: Book<'c, 'l>,
    /// The styles of sheets that are not shown.
    hidden_styles: HashSet<String>,
}

/// What a cell says of itself in its tag.
struct Attributes {
    columns: u32,
    spans: (u32, u32),
    kind: String,
    value: String,
    currency: Option<String>,
}

impl Contents<'_, '_, '_, '_> {
    fn read(&mut self) -> Result<(), Error> {
        let mut depth = 0_usize;
        let mut style = String::new();
        loop {
            match self.xml.next()? {
                Node::Start(tag) => match tag.full_name() {
                    "table:table" => {
                        let attribute = |name| tag.attribute(name).map(Cow::into_owned);
                        let name = attribute("name").unwrap_or_default();
                        let is_hidden = attribute("style-name")
                            .is_some_and(|style| self.hidden_styles.contains(&style));
                        let grid = self.table()?;
                        if is_hidden {
                            self.book.hide(&name);
                        } else {
                            self.book.sheet(&name, grid)?;
                        }
                    }
                    full_name => {
                        if full_name == "style:style" {
                            style = tag.attribute("name").unwrap_or_default().into_owned();
                        }
                        let is_hidden = full_name == "style:table-properties"
                            && tag.attribute("display").is_some_and(|it| it == "false");
                        if is_hidden {
                            self.hidden_styles.insert(style.clone());
                        }
                        depth += 1;
                    }
                },
                Node::End if depth <= 1 => return Ok(()),
                Node::End => depth -= 1,
                Node::Text(_) => {}
            }
        }
    }

    /// A sheet. Rows may stand in groups and among headers.
    fn table(&mut self) -> Result<Grid, Error> {
        let mut grid = Grid::default();
        let (mut row, mut depth) = (0_u32, 0_usize);
        loop {
            match self.xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "table-row" => {
                        let times = tag.number::<u32>("number-rows-repeated");
                        let times = times.unwrap_or(1).max(1);
                        self.context.watch.check()?;
                        self.row(&mut grid, row, times)?;
                        row = row.saturating_add(times).min(MAX_ROW);
                    }
                    // What is drawn on the sheet, and a table within a cell.
                    "shapes" | "table" => self.xml.skip()?,
                    _ => depth += 1,
                },
                Node::End if depth == 0 => return Ok(grid),
                Node::End => depth -= 1,
                Node::Text(_) => {}
            }
        }
    }

    fn row(&mut self, grid: &mut Grid, row: u32, times: u32) -> Result<(), Error> {
        let mut column = 0_u32;
        loop {
            match self.xml.next()? {
                Node::Start(tag) if matches!(tag.name(), "table-cell" | "covered-table-cell") => {
                    let attributes = Attributes::of(&tag);
                    let columns = attributes.columns;
                    self.cell(grid, (row, column), times, &attributes)?;
                    column = column.saturating_add(columns).min(MAX_COLUMN);
                }
                Node::Start(_) => self.xml.skip()?,
                Node::End => return Ok(()),
                Node::Text(_) => {}
            }
        }
    }

    fn cell(
        &mut self,
        grid: &mut Grid,
        (row, column): (u32, u32),
        times: u32,
        attributes: &Attributes,
    ) -> Result<(), Error> {
        if grid.is_full() {
            return self.xml.skip();
        }
        let (text, href) = self.paragraphs()?;
        let content = attributes.content(&text);
        if content.text.is_empty() {
            return Ok(());
        }
        let context = self.context;
        // A row or a cell may be repeated a million times; there is room for so many and no more.
        'rows: for row in row..=row.saturating_add(times - 1).min(MAX_ROW) {
            let last = column
                .saturating_add(attributes.columns - 1)
                .min(MAX_COLUMN);
            for column in column..=last {
                if !grid.cell(row, column, content.clone(), context) {
                    break 'rows;
                }
            }
        }
        let area = Area {
            first_row: row,
            last_row: row.saturating_add(attributes.spans.0 - 1),
            first_column: column,
            last_column: column.saturating_add(attributes.spans.1 - 1),
        };
        grid.merge(area, context);
        if let Some(href) = href {
            grid.link(area, href, context);
        }
        Ok(())
    }

    /// The text of a cell, and where its first link leads. Notes are not part of it.
    fn paragraphs(&mut self) -> Result<(String, Option<String>), Error> {
        let (mut text, mut href) = (String::new(), None);
        let mut depth = 0_usize;
        loop {
            match self.xml.next()? {
                Node::Start(tag) => {
                    match tag.full_name() {
                        "office:annotation" | "draw:frame" | "table:table" => {
                            self.xml.skip()?;
                            continue;
                        }
                        "text:p" if !text.is_empty() => text.push('\n'),
                        "text:s" | "text:tab" | "text:line-break" => text.push(' '),
                        "text:a" if href.is_none() => {
                            href = tag.attribute("href").map(Cow::into_owned);
                        }
                        _ => {}
                    }
                    depth += 1;
                }
                Node::Text(piece) if depth > 0 => text.push_str(&piece),
                Node::Text(_) => {}
                Node::End if depth == 0 => return Ok((text, href)),
                Node::End => depth -= 1,
            }
        }
    }
}

impl Attributes {
    fn of(tag: &Tag<'_>) -> Self {
        let count = |name| tag.number::<u32>(name).unwrap_or(1).max(1);
        let kind = tag.attribute("value-type").unwrap_or_default().into_owned();
        let name = match kind.as_str() {
            "date" => "date-value",
            "time" => "time-value",
            "boolean" => "boolean-value",
            _ => "value",
        };
        Self {
            columns: count("number-columns-repeated"),
            spans: (
                count("number-rows-spanned"),
                count("number-columns-spanned"),
            ),
            value: tag.attribute(name).unwrap_or_default().into_owned(),
            currency: tag.attribute("currency").map(Cow::into_owned),
            kind,
        }
    }

    /// What the cell holds: its type tells, and of text what is shown.
    fn content(&self, shown: &str) -> Content {
        let moment = |moment: String| Content {
            text: moment.clone(),
            value: Some(CellValue::Moment(moment)),
        };
        let number = || self.value.parse().ok().and_then(number::json);
        match self.kind.as_str() {
            // A truth value that comes from a formula.
            "float" if shown == "TRUE" || shown == "FALSE" => Content::boolean(shown == "TRUE"),
            "boolean" => Content::boolean(self.value == "true"),
            "date" => date::rfc3339(&self.value).map_or_else(|| Content::text(shown), moment),
            "time" => time(&self.value).map_or_else(|| Content::text(shown), moment),
            "float" | "percentage" | "currency" => match number() {
                Some(number) => {
                    let is_shown = self.kind != "float" || self.currency.is_some();
                    let text = if is_shown {
                        crate::read::flow::folded(shown)
                    } else {
                        String::new()
                    };
                    Content {
                        text: if text.is_empty() {
                            number.clone()
                        } else {
                            text
                        },
                        value: Some(CellValue::Number(number)),
                    }
                }
                None => Content::text(shown),
            },
            _ => Content::text(shown),
        }
    }
}

/// `PT14H30M00S` is a time of day if it is under a day, as in other spreadsheets; else how long something takes.
fn time(written: &str) -> Option<String> {
    let length: jiff::SignedDuration = written.split(',').next()?.parse().ok().or_else(|| {
        let whole = format!(
            "{}S",
            written.split(['.', ',']).next()?.trim_end_matches('S')
        );
        whole.parse().ok()
    })?;
    let seconds = length.as_secs();
    if (0..86_400).contains(&seconds) {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return Some(format!("{hours:02}:{minutes:02}:{:02}", seconds % 60));
    }
    Some(jiff::SignedDuration::from_secs(seconds).to_string())
}
