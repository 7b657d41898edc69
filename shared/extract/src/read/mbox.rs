//! MBOX: each message is a document of its own; the mailbox's text is the list of them.

use std::borrow::Cow;

use super::{Context, Fit, Format, Member, Reader, check_text, passed};
use crate::{Document, Error, Problem, Text};

pub(super) static FORMAT: Format = Format {
    name: "MBOX",
    media_types: &["application/mbox"],
    extensions: &["mbox", "mbx"],
    reader: Reader::Bytes { fit, read },
};

/// One message alone is an e-mail that was saved with its envelope.
fn fit(bytes: &[u8]) -> Fit {
    match Messages::new(bytes).take(2).count() {
        0 => Fit::No,
        1 => Fit::Permitted,
        _ => Fit::Certain,
    }
}

/// Whether there is more than one message.
pub(super) fn has_several(bytes: &[u8]) -> bool {
    fit(bytes) == Fit::Certain
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let mut paths = String::new();
    let (mut count, mut empty) = (0, 0_usize);
    for message in Messages::new(bytes) {
        context.watch.check()?;
        if message.trim_ascii().is_empty() {
            empty += 1;
            let limit = context.limits.max_package_entries;
            if empty > limit {
                let found = "The mailbox has more empty messages";
                return Err(passed("max_package_entries", limit, found));
            }
            continue;
        }
        count += 1;
        let path = format!("{count}.eml");
        context.member(Member {
            path: &path,
            declared: Some("message/rfc822"),
            bytes: &unquoted(message),
        })?;
        paths.push_str(&path);
        paths.push('\n');
        check_text(paths.len(), context.limits)?;
    }
    if count == 0 {
        let detail = "The document is no mailbox: there is no message in it.";
        return Err(Error::document(Problem::Malformed, detail));
    }
    let mut document = Document {
        text: Text::new(paths),
        ..Document::default()
    };
    document.metadata.insert("messages".into(), count.into());
    Ok(document)
}

/// The messages of a mailbox, without their envelopes.
struct Messages<'a> {
    /// What comes after the last envelope; none at the end, or if there is no envelope to begin with.
    rest: Option<&'a [u8]>,
}

impl<'a> Messages<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        // Looked at first: a document may be one long line.
        if !bytes.starts_with(b"From ") {
            return Self { rest: None };
        }
        let envelope = line(bytes);
        let rest = is_envelope(envelope).then(|| &bytes[envelope.len()..]);
        Self { rest }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let (mut at, mut after_blank) = (0, true);
        while at < rest.len() {
            let line = line(&rest[at..]);
            if after_blank && is_envelope(line) {
                self.rest = Some(&rest[at + line.len()..]);
                break;
            }
            after_blank = line.trim_ascii().is_empty();
            at += line.len();
        }
        Some(&rest[..at])
    }
}

/// The first line, its end included.
fn line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    end.map_or(bytes, |end| &bytes[..=end])
}

/// `From sender Sat Jan  3 01:05:34 2026`: a sentence may begin with that word, but has no such date.
fn is_envelope(line: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    let is_digits = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    let is_time = |word: &[u8]| word.contains(&b':') && word.split(|it| *it == b':').all(is_digits);
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let words = || rest.split(u8::is_ascii_whitespace);
    words().any(|word| DAYS.contains(&word))
        && words().any(is_time)
        && words().any(|word| word.len() == 4 && is_digits(word))
}

/// The message as it was before lines that begin with `From ` were quoted.
fn unquoted(message: &[u8]) -> Cow<'_, [u8]> {
    let is_quoted = |line: &[u8]| {
        let quotes = line.iter().take_while(|&&byte| byte == b'>').count();
        quotes > 0 && line[quotes..].starts_with(b"From ")
    };
    let lines = || message.split_inclusive(|&byte| byte == b'\n');
    if !lines().any(is_quoted) {
        return Cow::Borrowed(message);
    }
    let unquoted = lines().flat_map(|line| &line[usize::from(is_quoted(line))..]);
    Cow::Owned(unquoted.copied().collect())
}
