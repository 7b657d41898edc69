//! The XML of a package's part, one event after the other, so that memory does not grow with it.

use std::borrow::Cow;
use std::io::BufReader;

use quick_xml::XmlVersion;
use quick_xml::encoding::DecodingReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::package::{Package, Part, unreadable};
use super::passed;
use crate::{Error, Problem};

/// The events of one part.
///
/// Whoever is given the start of an element reads on to its end, be it with [`skip`](Self::skip): so an end is always that
/// of the element being read.
pub(super) struct Xml<'p, 'a> {
    reader: Reader<DecodingReader<BufReader<Part<'p, 'a>>>>,
    buffer: Vec<u8>,
    depth: usize,
    max_depth: usize,
    path: String,
}

/// What comes next.
pub(super) enum Node<'x> {
    Start(Tag<'x>),
    /// Text; empty where something stands that says nothing.
    Text(Cow<'x, str>),
    End,
}

/// A start tag.
pub(super) struct Tag<'x>(BytesStart<'x>);

impl<'a> Package<'a> {
    /// The entry of that path as XML; none if there is none.
    pub(super) fn xml(&mut self, path: &str) -> Result<Option<Xml<'_, 'a>>, Error> {
        let max_depth = self.limits().max_xml_depth;
        let part = self.part(path)?;
        Ok(part.map(|part| {
            let mut reader = Reader::from_reader(DecodingReader::new(part.buffered()));
            let config = reader.config_mut();
            config.expand_empty_elements = true;
            config.allow_dangling_amp = true;
            Xml {
                reader,
                buffer: Vec::new(),
                depth: 0,
                max_depth,
                path: path.to_owned(),
            }
        }))
    }
}

impl Xml<'_, '_> {
    /// What comes next; an end also where the document ends.
    pub(super) fn next(&mut self) -> Result<Node<'_>, Error> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        Ok(match event.map_err(|error| fault(&self.path, &error))? {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                if self.depth > self.max_depth {
                    let found = format!("The elements of {} are nested deeper", self.path);
                    return Err(passed("max_xml_depth", self.max_depth, found));
                }
                Node::Start(Tag(tag))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Node::End
            }
            Event::Text(text) => Node::Text(text.into_inner()),
            Event::CData(text) => Node::Text(text.into_inner()),
            Event::GeneralRef(reference) => Node::Text(resolved(&reference)),
            Event::DocType(declared) if declared.contains('[') => {
                return Err(Error::document(
                    Problem::UnsupportedFormat,
                    format!(
                        "The part {} declares entities or elements of its own (an internal DTD), which is not read.",
                        self.path
                    ),
                ));
            }
            Event::Eof if self.depth > 0 => {
                let detail = format!("The part {} ends amid its elements.", self.path);
                return Err(Error::document(Problem::Malformed, detail));
            }
            Event::Eof => Node::End,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                Node::Text(Cow::Borrowed(""))
            }
        })
    }

    /// Reads on to the root element.
    pub(super) fn root(&mut self) -> Result<(), Error> {
        while let Node::Text(_) = self.next()? {}
        Ok(())
    }

    /// Reads on to the end of the element that has begun.
    pub(super) fn skip(&mut self) -> Result<(), Error> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Node::Start(_) => open += 1,
                Node::End => open -= 1,
                Node::Text(_) => {}
            }
        }
        Ok(())
    }

    /// All text of the element that has begun, and of those within it.
    pub(super) fn text(&mut self) -> Result<String, Error> {
        let mut all = String::new();
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Node::Start(_) => open += 1,
                Node::End => open -= 1,
                Node::Text(text) => all.push_str(&text),
            }
        }
        Ok(all)
    }
}

impl Tag<'_> {
    /// The element's name without a prefix.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// The element's name as it is written.
    pub(super) fn full_name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// The value of the first attribute of that name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.find(|key| local(key) == name)
    }

    /// The relationship that it names: the attribute `id` that has a prefix, for one without is a number.
    pub(super) fn relation(&self) -> Option<Cow<'_, str>> {
        self.find(|key| matches!(key.split_once(':'), Some((_, "id" | "embed" | "link"))))
    }

    /// The value of an attribute as a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name)?.trim().parse().ok()
    }

    fn find(&self, matches: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|it| matches(it.key.into_inner()))?;
        found.normalized_value(XmlVersion::Implicit1_0).ok()
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// What a reference to a character or an entity stands for. No entity has a meaning but the five of XML itself.
pub(super) fn resolved(reference: &BytesRef<'_>) -> Cow<'static, str> {
    Cow::Borrowed(match &**reference {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        name => match reference.resolve_char_ref() {
            Ok(Some(char)) => return Cow::Owned(char.to_string()),
            Ok(None) => return Cow::Owned(format!("&{name};")),
            Err(_) => "\u{fffd}",
        },
    })
}

pub(super) fn fault(path: &str, error: &quick_xml::Error) -> Error {
    if let quick_xml::Error::Io(error) = error {
        return unreadable(error);
    }
    let said: String = error.to_string().chars().take(200).collect();
    Error::document(
        Problem::Malformed,
        format!("The part {path} is not well-formed XML: {said}."),
    )
}
