//! Records page by page. A result is kept as one JSON document, `{"columns": […], "records": […], "documents": […]}`; a cursor
//! says at which of its bytes the next page begins, so that a page costs what it holds, however large the result is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;

use crate::problem::{Flaws, Place, Problem};
use crate::query;
use crate::wait::WAIT;

/// The parameter that says how many records a page has at most.
pub(crate) const LIMIT: &str = "limit";

/// The parameter that says where a page begins.
pub(crate) const CURSOR: &str = "cursor";

/// The parameter by which a result that is too big is told by a link, and not by a redirect.
const LINK: &str = "link";

/// What a whole result is asked for with.
const KNOWN: [&str; 4] = [LIMIT, CURSOR, LINK, WAIT];

/// Most records of a page.
pub(crate) const MAX_LIMIT: usize = 10_000;

/// Records of a page if a client gives a cursor alone.
const DEFAULT_LIMIT: usize = 1_000;

/// Which page a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageOptions {
    /// Most records of the page.
    pub(crate) limit: usize,
    /// Where it begins; none: with the first record.
    pub(crate) cursor: Option<Cursor>,
}

impl PageOptions {
    /// The page that the query asks for; none if it asks for all.
    pub(crate) fn read(uri: &http::Uri) -> Result<Option<Self>, Problem> {
        let (mut limit, mut cursor) = (None, None);
        let mut flaws = Flaws::default();
        for (name, value) in query::parameters(uri, &KNOWN)? {
            if name == LIMIT {
                limit = value.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it));
                if limit.is_none() {
                    flaws.add(
                        Place::Parameter(name),
                        format!("It must be a whole number from 1 to {MAX_LIMIT}."),
                    );
                }
            } else if name == CURSOR {
                cursor = Some(Cursor::read(&value).ok_or_else(no_such_page)?);
            }
        }
        flaws.end()?;
        Ok((limit.is_some() || cursor.is_some()).then(|| Self {
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            cursor,
        }))
    }
}

/// Whether the client wants to be told where a result lies, rather than to be sent there: a page in a browser cannot see a redirect, and would follow
/// it with headers that are meant for this service alone.
pub(crate) fn wants_link(uri: &http::Uri) -> Result<bool, Problem> {
    let mut wanted = false;
    let mut flaws = Flaws::default();
    for (name, value) in query::parameters(uri, &KNOWN)? {
        match (&*name, &*value) {
            (LINK, "true") => wanted = true,
            (LINK, "false") => wanted = false,
            (LINK, _) => flaws.add(
                Place::Parameter(name),
                "This is `true`, for a link in the place of a redirect, or `false`.",
            ),
            _ => {}
        }
    }
    flaws.end()?;
    Ok(wanted)
}

/// What is answered to a cursor that leads to no page.
pub(crate) fn no_such_page() -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(
        Place::Parameter(CURSOR.to_owned()),
        "This is not a cursor of this result; take `next` from the page before, or leave it out to begin anew.",
    );
    flaws.end().expect_err("there is a flaw")
}

/// Where a page begins: opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The attempt whose result it is: another one has other bytes.
    pub(crate) attempt: u32,
    /// The byte of the stored result at which the page's first record begins.
    pub(crate) start: u64,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let decoded = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (attempt, start) = std::str::from_utf8(&decoded).ok()?.split_once('.')?;
        Some(Self {
            attempt: attempt.parse().ok()?,
            start: start.parse().ok()?,
        })
    }

    /// As clients are given it.
    pub(crate) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.attempt, self.start))
    }
}

/// Records, as they stand in the stored result.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// Each, and how far behind the part's beginning the one after it begins.
    pub(crate) records: Vec<(&'a RawValue, usize)>,
    /// Whether there are more after these.
    pub(crate) more: bool,
}

impl<'a> Page<'a> {
    /// Where the records begin in a stored result.
    pub(crate) fn first(head: &[u8]) -> Option<usize> {
        // Within a string its quotes would be escaped.
        const RECORDS: &[u8] = b"\"records\":[";
        let at = head.windows(RECORDS.len()).position(|it| it == RECORDS)?;
        Some(at + RECORDS.len())
    }

    /// The records of a part of a stored result that begins with a record, or with the end of the list: `limit` at most. One
    /// that is cut off by the part's end is left to the next page.
    pub(crate) fn read(part: &'a [u8], limit: usize) -> Result<Self, NoRecord> {
        let mut page = Page {
            records: Vec::new(),
            more: false,
        };
        let mut at = 0;
        if part.first() == Some(&b']') {
            return Ok(page);
        }
        while page.records.len() < limit {
            let values = serde_json::Deserializer::from_slice(&part[at..]);
            let mut values = values.into_iter::<&RawValue>();
            match values.next() {
                Some(Ok(record)) if record.get().starts_with('{') => {
                    at += values.byte_offset();
                    match part.get(at) {
                        Some(b']') => {
                            page.records.push((record, at));
                            return Ok(page);
                        }
                        Some(b',') => at += 1,
                        _ => return page.cut_off(),
                    }
                    page.records.push((record, at));
                }
                Some(Err(error)) if error.is_eof() => return page.cut_off(),
                _ => return Err(NoRecord),
            }
        }
        page.more = true;
        Ok(page)
    }

    fn cut_off(mut self) -> Result<Self, NoRecord> {
        self.more = true;
        if self.records.is_empty() {
            Err(NoRecord)
        } else {
            Ok(self)
        }
    }
}

/// No record begins there.
#[derive(Debug)]
pub(crate) struct NoRecord;

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: &[u8] = br#"{"columns":["\"records\":[", "x"],"records":[{"a":1},{"b":"],["},{"c":{}}],"documents":[]}"#;

    fn texts(page: &Page<'_>) -> Vec<String> {
        let records = page.records.iter();
        records.map(|(record, _)| record.get().to_owned()).collect()
    }

    #[test]
    fn pages_of_any_size_give_every_record_once() {
        for limit in 1..5 {
            let mut at = Page::first(RESULT).unwrap();
            let mut found = Vec::new();
            loop {
                let page = Page::read(&RESULT[at..], limit).unwrap();
                assert!(page.records.len() <= limit);
                found.extend(texts(&page));
                if !page.more {
                    break;
                }
                at += page.records.last().unwrap().1;
            }
            assert_eq!(found, [r#"{"a":1}"#, r#"{"b":"],["}"#, r#"{"c":{}}"#]);
        }
    }

    #[test]
    fn a_record_that_is_cut_off_is_left_to_the_next_page() {
        let at = Page::first(RESULT).unwrap();
        let part = &RESULT[at..at + 14];
        let page = Page::read(part, 10).unwrap();
        assert_eq!(texts(&page), [r#"{"a":1}"#]);
        assert!(page.more);
        assert!(Page::read(&part[..4], 10).is_err());
    }

    #[test]
    fn a_part_that_begins_anywhere_else_is_refused() {
        let at = Page::first(RESULT).unwrap();
        for start in [0, at - 1, at + 1, at + 7] {
            assert!(Page::read(&RESULT[start..], 10).is_err(), "{start}");
        }
    }

    #[test]
    fn a_list_without_records_is_an_empty_page() {
        let page = Page::read(br#"],"documents":[]}"#, 10).unwrap();
        assert!(page.records.is_empty() && !page.more);
    }

    #[test]
    fn a_cursor_comes_back_as_it_was_given() {
        let cursor = Cursor {
            attempt: 3,
            start: 1 << 40,
        };
        assert_eq!(Cursor::read(&cursor.encode()), Some(cursor));
        for text in ["", "!", "My4", "YWJj"] {
            assert_eq!(Cursor::read(text), None);
        }
    }
}
