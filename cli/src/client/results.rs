//! Results, in whichever form, however big.

use std::fs::File;
use std::io::{self, Seek as _, Write};

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::Value;

use super::{Answer, Client, Download};
use crate::commands::result::Format;
use crate::failure::Failure;

/// Records that are asked for at once; the API gives no more.
const PAGE: usize = 10_000;

/// A result that has been read.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// A small one.
    Here(Bytes),
    /// A big one, in a file without a name.
    InFile(File),
}

impl Fetched {
    /// Writes it.
    pub(crate) fn copy_to(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Here(bytes) => out.write_all(bytes),
            Self::InFile(file) => {
                file.rewind()?;
                io::copy(file, out).map(drop)
            }
        }
    }
}

impl Client {
    /// The result of a completed job.
    pub(crate) async fn result(&self, id: &str, format: Format) -> Result<Fetched, Failure> {
        match format {
            Format::Csv | Format::Ndjson => self.records(id, format).await,
            Format::Text | Format::Markdown => match self.whole(id, format).await {
                // A big one is not rewritten there, so it is here.
                Err(failure) if failure.is("not_acceptable") => {
                    self.texts(id, format, failure).await
                }
                answered => answered,
            },
            Format::Json => self.whole(id, format).await,
        }
    }

    /// What a job of many documents has done so far: a line of JSON for each document.
    pub(crate) async fn partial_result(
        &self,
        id: &str,
        format: Format,
    ) -> Result<Fetched, Failure> {
        if !matches!(format, Format::Json | Format::Ndjson) {
            return Err(Failure::usage(
                "what is done so far comes as --format ndjson, a line for each document",
            ));
        }
        let mut file = tempfile::tempfile()?;
        let mut cursor: Option<String> = None;
        loop {
            let call = self.get(&["scan", "result", id]).query("partial", true);
            let page: Value = call.maybe("cursor", cursor).read().await?;
            for document in page["documents"].as_array().into_iter().flatten() {
                serde_json::to_writer(&mut file, document).map_err(io::Error::from)?;
                file.write_all(b"\n")?;
            }
            cursor = page["next"].as_str().map(ToOwned::to_owned);
            if cursor.is_none() {
                return Ok(Fetched::InFile(file));
            }
        }
    }

    async fn whole(&self, id: &str, format: Format) -> Result<Fetched, Failure> {
        let call = self.get(&["scan", "result", id]);
        let answer = call.header("accept", media_type(format)).send().await?;
        self.follow(answer).await
    }

    /// The records page by page, for one answer may not hold them all.
    async fn records(&self, id: &str, format: Format) -> Result<Fetched, Failure> {
        let first = self.records_page(id, format, None).await;
        let first = match first {
            // A collection's records lie in one file, which has no pages.
            Err(failure) if failure.is("not_acceptable") || failure.is("invalid_request") => {
                return self.whole(id, format).await;
            }
            first => first?,
        };
        let mut cursor = next(&first);
        if cursor.is_none() {
            return self.follow(first).await;
        }
        let head = match format {
            Format::Csv => first_row(&first.body).to_vec(),
            _ => Vec::new(),
        };
        let mut file = tempfile::tempfile()?;
        file.write_all(&first.body)?;
        while let Some(here) = cursor {
            let page = self.records_page(id, format, Some(&here)).await?;
            // Each page names its columns, and all the same.
            let rows = page.body.strip_prefix(head.as_slice());
            file.write_all(rows.unwrap_or(&page.body))?;
            cursor = next(&page);
        }
        Ok(Fetched::InFile(file))
    }

    async fn records_page(
        &self,
        id: &str,
        format: Format,
        cursor: Option<&str>,
    ) -> Result<Answer, Failure> {
        self.get(&["scan", "result", id])
            .query("limit", PAGE)
            .maybe("cursor", cursor)
            .header("accept", media_type(format))
            .send()
            .await
    }

    /// The documents' own texts, out of all of the result.
    async fn texts(&self, id: &str, format: Format, refused: Failure) -> Result<Fetched, Failure> {
        let mut whole = Vec::new();
        self.whole(id, Format::Json).await?.copy_to(&mut whole)?;
        let result: Value = serde_json::from_slice(&whole)
            .map_err(|error| Failure::failed(format!("a result cannot be read: {error}")))?;
        let member = if format == Format::Text {
            "text"
        } else {
            "markdown"
        };
        let documents = result["documents"].as_array().into_iter().flatten();
        let texts: Vec<&str> = documents.filter_map(|it| it[member].as_str()).collect();
        if texts.is_empty() {
            return Err(refused);
        }
        Ok(Fetched::Here(Bytes::from(texts.join("\n\n"))))
    }

    async fn follow(&self, answer: Answer) -> Result<Fetched, Failure> {
        if answer.status != StatusCode::SEE_OTHER {
            return Ok(Fetched::Here(answer.body));
        }
        let link = Download::of(&answer, self)?;
        let mut file = tempfile::tempfile()?;
        self.download(&link, &mut file).await?;
        Ok(Fetched::InFile(file))
    }
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Csv => "text/csv",
        Format::Ndjson => "application/x-ndjson",
        Format::Markdown => "text/markdown",
        Format::Text => "text/plain",
    }
}

/// Where the next page begins, as `Link` says it.
fn next(page: &Answer) -> Option<String> {
    let link = page.header("link")?;
    let (address, rest) = link.strip_prefix('<')?.split_once('>')?;
    if !rest.contains("next") {
        return None;
    }
    let (_, query) = address.split_once('?')?;
    let cursor = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "cursor");
    cursor.map(|(_, cursor)| cursor.into_owned())
}

/// The first row of CSV with what ends it.
fn first_row(csv: &[u8]) -> &[u8] {
    let mut is_quoted = false;
    for (index, byte) in csv.iter().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return &csv[..=index],
            _ => {}
        }
    }
    csv
}
