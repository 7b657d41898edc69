//! E-mail (RFC 5322 and MIME): a short block of headers, then the body as it is meant to be read.

use std::collections::BTreeMap;

use mail_parser::{
    Address, ContentType, HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use serde_json::{Value, json};

use super::flow::folded;
use super::gather::Gathered;
use super::{Context, Fit, Format, Member, Reader, check_text, date, html, mbox, passed};
use crate::{Document, Error, Limits, Problem, Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "e-mail",
    media_types: &["message/rfc822", "message/global"],
    // A mailbox with one message in it is that message.
    extensions: &["eml", "mbox"],
    reader: Reader::Bytes { fit, read },
};

/// Bytes within which the first headers end.
const HEAD_BYTES: usize = 16 << 10;

/// It is an e-mail if it begins with headers: `From` and another one that every e-mail has.
fn fit(bytes: &[u8]) -> Fit {
    if mbox::has_several(bytes) {
        return Fit::No;
    }
    let mut names = Vec::new();
    for line in bytes[..bytes.len().min(HEAD_BYTES)].split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_continuation =
            !names.is_empty() && line.starts_with(b" ") || line.starts_with(b"\t");
        // What an mbox file puts in front.
        let is_envelope = names.is_empty() && line.starts_with(b"From ");
        if is_continuation || is_envelope {
            continue;
        }
        let Some(name) = header_name(line) else { break };
        names.push(name);
    }
    let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
    match () {
        () if has(&["from"])
            && has(&[
                "date",
                "subject",
                "to",
                "message-id",
                "received",
                "mime-version",
            ]) =>
        {
            Fit::Certain
        }
        () if names.is_empty() => Fit::No,
        () => Fit::Permitted,
    }
}

fn header_name(line: &[u8]) -> Option<String> {
    let colon = line.iter().take(77).position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_name = !name.is_empty()
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let limits = context.limits;
    // A part needs a header that says what it is. Counting those keeps the parser from building,
    // and from dropping, messages within messages without end.
    check_parts(count_ignoring_case(bytes, b"content-type"), limits)?;
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Error::document(
            Problem::Malformed,
            "The document is no e-mail: it has no headers.",
        ));
    };
    check_parts(message.parts.len(), limits)?;
    if depth(&message) > limits.max_eml_depth {
        return Err(passed(
            "max_eml_depth",
            limits.max_eml_depth,
            "The e-mail's parts are nested deeper",
        ));
    }
    context.watch.check()?;

    let mut letter = Letter {
        text: header_block(&message),
        gathered: Gathered::new(limits),
        warnings: Vec::new(),
    };
    for part in message.text_bodies() {
        context.watch.check()?;
        letter.add(part, context)?;
        check_text(letter.text.len(), limits)?;
    }
    let Letter {
        text,
        gathered,
        warnings,
    } = letter;
    // What an HTML part says of itself is not what the e-mail says.
    let metadata = metadata(&message);
    let mut document = Document {
        metadata,
        warnings,
        ..Document::default()
    };
    gathered.finish(&mut document);
    document.text = Text::new(text);
    let attachments = attachments(&message);
    if !attachments.is_empty() {
        let listed: Vec<Value> = attachments.iter().map(Attachment::listed).collect();
        document
            .metadata
            .insert("attachments".into(), listed.into());
    }
    for attachment in attachments.iter().filter(|it| it.is_document()) {
        context.member(Member {
            path: &attachment.name,
            declared: attachment.media_type.as_deref(),
            bytes: attachment.bytes,
        })?;
    }
    Ok(document)
}

fn check_parts(parts: usize, limits: &Limits) -> Result<(), Error> {
    if parts > limits.max_eml_parts {
        let found = format!("The e-mail has about {parts} parts");
        return Err(passed("max_eml_parts", limits.max_eml_parts, found));
    }
    Ok(())
}

fn count_ignoring_case(haystack: &[u8], needle: &[u8]) -> usize {
    haystack
        .windows(needle.len())
        .filter(|window| window.eq_ignore_ascii_case(needle))
        .count()
}

/// How deeply parts are nested; a plain message counts 1.
fn depth(message: &Message<'_>) -> usize {
    let mut deepest = 0;
    let mut open: Vec<(&Message<'_>, &MessagePart<'_>, usize)> = message
        .parts
        .first()
        .map(|root| (message, root, 1))
        .into_iter()
        .collect();
    while let Some((message, part, depth)) = open.pop() {
        deepest = deepest.max(depth);
        match &part.body {
            // Its parts are numbered after it; looking only forward makes sure of an end.
            PartType::Multipart(children) => open.extend(
                children
                    .iter()
                    .filter_map(|&child| message.parts.get(child as usize))
                    .filter(|child| child.offset_header > part.offset_header)
                    .map(|child| (message, child, depth + 1)),
            ),
            PartType::Message(inner) => {
                open.extend(inner.parts.first().map(|root| (inner, root, depth + 1)));
            }
            PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_) => {}
        }
    }
    deepest
}

/// The text being put together, and what was found in its HTML parts.
struct Letter<'a> {
    text: String,
    gathered: Gathered<'a>,
    warnings: Vec<String>,
}

impl Letter<'_> {
    fn add(&mut self, part: &MessagePart<'_>, context: &Context<'_>) -> Result<(), Error> {
        let (PartType::Text(source) | PartType::Html(source)) = &part.body else {
            return Ok(());
        };
        let replaced = source.matches(char::REPLACEMENT_CHARACTER).count();
        if replaced > 0 {
            self.warnings.push(format!(
                "The e-mail has U+FFFD in {replaced} places, where it could not be decoded."
            ));
        }
        if part.is_encoding_problem {
            let warning = "A part of the e-mail is not encoded as it says: it was read as it is.";
            self.warnings.push(warning.into());
        }
        if let PartType::Text(text) = &part.body {
            self.add_text(text.trim_end());
            return Ok(());
        }
        let Document {
            text,
            mut links,
            mut tables,
            warnings,
            ..
        } = html::read(source, context)?;
        let start = self.add_text(text.as_str());
        for link in &mut links {
            move_on(&mut link.span, start);
        }
        for table in &mut tables {
            move_on(&mut table.span, start);
            for cell in table.rows.iter_mut().flatten() {
                move_on(&mut cell.span, start);
            }
        }
        self.gathered.adopt(links, tables);
        self.warnings.extend(warnings);
        Ok(())
    }

    /// Adds text after a blank line; says where it begins.
    fn add_text(&mut self, text: &str) -> usize {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(text);
        if !text.is_empty() {
            self.text.push('\n');
        }
        start
    }
}

fn move_on(span: &mut Option<Span>, by: usize) {
    if let Some(span) = span {
        *span = span.start + by..span.end + by;
    }
}

/// The headers that a reader sees, one a line.
fn header_block(message: &Message<'_>) -> String {
    let date = message.header_raw(HeaderName::Date).map(folded);
    [
        (
            "From",
            message.from().map(|from| addresses(from).join(", ")),
        ),
        ("To", message.to().map(|to| addresses(to).join(", "))),
        ("Cc", message.cc().map(|cc| addresses(cc).join(", "))),
        ("Subject", message.subject().map(folded)),
        ("Date", date),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        Some(format!(
            "{name}: {}\n",
            value.filter(|value| !value.is_empty())?
        ))
    })
    .collect()
}

/// Each address as `Name <address>`.
fn addresses(address: &Address<'_>) -> Vec<String> {
    address
        .iter()
        .filter_map(|one| {
            let name = one.name().map(folded).filter(|name| !name.is_empty());
            match (name, one.address().map(folded)) {
                (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
                (name, address) => name.or(address),
            }
        })
        .collect()
}

fn metadata(message: &Message<'_>) -> BTreeMap<String, Value> {
    let list =
        |address: Option<&Address<'_>>| address.map(|address| Value::from(addresses(address)));
    let text = |text: Option<&str>| {
        text.map(folded)
            .filter(|text| !text.is_empty())
            .map(Value::from)
    };
    let sent = message.date().map(mail_parser::DateTime::to_rfc3339);
    let sent = sent.or_else(|| message.header_raw(HeaderName::Date).and_then(date::rfc3339));
    [
        ("subject", text(message.subject())),
        (
            "from",
            message.from().map(|from| addresses(from).join(", ").into()),
        ),
        ("to", list(message.to())),
        ("cc", list(message.cc())),
        ("reply_to", list(message.reply_to())),
        ("date", sent.map(Value::from)),
        ("message_id", text(message.message_id())),
        ("in_reply_to", text(message.in_reply_to().as_text())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// What comes along with an e-mail.
struct Attachment<'a> {
    /// The name that it is given, else one that is made up.
    name: String,
    is_named: bool,
    media_type: Option<String>,
    bytes: &'a [u8],
    /// Whether it is shown within the text, as pictures are.
    is_inline: bool,
}

/// Types of attachments that say something of the e-mail and nothing besides.
const SIGNATURES: [&str; 3] = [
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
];

impl Attachment<'_> {
    fn listed(&self) -> Value {
        let name = self.is_named.then_some(&self.name);
        json!({ "name": name, "media_type": self.media_type, "bytes": self.bytes.len() })
    }

    /// Whether it is worth reading on its own.
    fn is_document(&self) -> bool {
        let media_type = self.media_type.as_deref().unwrap_or_default();
        let is_picture = media_type.starts_with("image/") && self.is_inline;
        !self.bytes.is_empty() && !is_picture && !SIGNATURES.contains(&media_type)
    }
}

fn attachments<'m>(message: &'m Message<'_>) -> Vec<Attachment<'m>> {
    (1..)
        .zip(message.attachments())
        .map(|(number, part)| {
            let media_type = part
                .content_type()
                .map(|declared| match declared.subtype() {
                    Some(subtype) => format!("{}/{subtype}", declared.ctype()).to_ascii_lowercase(),
                    None => declared.ctype().to_ascii_lowercase(),
                });
            let name = part.attachment_name().map(folded);
            let name = name.filter(|name| !name.is_empty());
            let is_message = matches!(part.body, PartType::Message(_));
            let disposition = part.content_disposition();
            let is_attached = disposition.is_some_and(ContentType::is_attachment);
            Attachment {
                is_named: name.is_some(),
                name: name.unwrap_or_else(|| {
                    let extension = if is_message { ".eml" } else { "" };
                    format!("attachment {number}{extension}")
                }),
                media_type,
                bytes: part.contents(),
                is_inline: !is_attached
                    && (part.content_id().is_some()
                        || disposition.is_some_and(ContentType::is_inline)),
            }
        })
        .collect()
}
