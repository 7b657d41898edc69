//! The values of a JSON document, or of one that says the same (NDJSON, YAML, TOML), each with its place.
//!
//! An index over JSON's own text: a value takes twenty bytes, whatever it holds, and is understood when it is looked at.

use std::borrow::Cow;

use crate::read::passed;
use crate::{Document, Error, Limits, Span, Watch};

/// The number of a value. Values are numbered in the order of the text: those within a value follow it.
pub type Id = usize;

/// The root of all values.
pub const ROOT: Id = 0;

/// An index of all values of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    values: Vec<Entry>,
    /// The JSON, where it is not the document's text.
    json: Option<String>,
    /// By value: where it stands in the document's text, if that is not where it stands in the JSON.
    places: Vec<(u32, u32)>,
    /// Whether the root is an array that nobody wrote: of NDJSON's lines.
    are_lines: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// From where to where it reaches in the JSON, quotes and brackets included.
    start: u32,
    end: u32,
    /// The first value that is not within it.
    next: u32,
    parent: u32,
    /// Of a member: where its name begins in the JSON, with its quote. Of an element: its number.
    key: u32,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Data {
    /// The values of a document whose text is this JSON, which is valid.
    pub(crate) fn of_text(json: &str, limits: &Limits, watch: &dyn Watch) -> Result<Self, Error> {
        Index::new(json, limits, watch).read(None)
    }

    /// The values of a document whose text is a JSON value a line.
    pub(crate) fn of_lines(json: &str, limits: &Limits, watch: &dyn Watch) -> Result<Self, Error> {
        let root = Entry {
            start: 0,
            end: offset(json.len()),
            next: 0,
            parent: 0,
            key: 0,
        };
        Index::new(json, limits, watch).read(Some(root))
    }

    /// The values of a document that says the same as this JSON, which is valid, and where they stand in it; in the order
    /// of the JSON.
    pub(crate) fn of_json(
        json: String,
        places: impl Iterator<Item = Span>,
        limits: &Limits,
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let data = Index::new(&json, limits, watch).read(None)?;
        let places = places.map(|span| (offset(span.start), offset(span.end)));
        Ok(Self {
            json: Some(json),
            places: places.collect(),
            ..data
        })
    }
}

impl Document {
    /// The values of the document, to be looked at; none if it is no data, or nobody asked for them.
    pub fn values(&self) -> Option<Values<'_>> {
        let data = self.data.as_ref()?;
        let json = data.json.as_deref().unwrap_or(self.text.as_str());
        Some(Values { data, json })
    }
}

/// The values of a document.
#[derive(Debug, Clone, Copy)]
pub struct Values<'d> {
    data: &'d Data,
    json: &'d str,
}

impl<'d> Values<'d> {
    /// What a value is.
    pub fn kind(self, id: Id) -> Kind {
        if id == ROOT && self.data.are_lines {
            return Kind::Array;
        }
        match self.json.as_bytes()[self.entry(id).start as usize] {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' | b'f' => Kind::Boolean,
            b'n' => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// A value as it is written.
    pub fn source(self, id: Id) -> &'d str {
        let entry = self.entry(id);
        &self.json[entry.start as usize..entry.end as usize]
    }

    /// The characters of a string; any other value as it is written.
    pub fn text(self, id: Id) -> Cow<'d, str> {
        match self.kind(id) {
            Kind::String => characters(self.source(id)),
            _ => Cow::Borrowed(self.source(id)),
        }
    }

    /// Where a value stands in the document's text, a string without its quotes; none if it is empty or has no place.
    pub fn span(self, id: Id) -> Option<Span> {
        if self.data.json.is_some() {
            let (start, end) = *self.data.places.get(id)?;
            return (start < end).then_some(start as usize..end as usize);
        }
        let Entry { start, end, .. } = *self.entry(id);
        let quote = usize::from(self.kind(id) == Kind::String);
        let span = start as usize + quote..end as usize - quote;
        (!span.is_empty()).then_some(span)
    }

    /// The members of an object or the elements of an array, in their order; of any other value none.
    pub fn children(self, id: Id) -> impl Iterator<Item = Id> + use<'d> {
        let end = self.entry(id).next as usize;
        let mut child = id + 1;
        std::iter::from_fn(move || {
            let this = (child < end).then_some(child)?;
            child = self.entry(this).next as usize;
            Some(this)
        })
    }

    /// The value and all within it, in their order.
    pub fn within(self, id: Id) -> std::ops::Range<Id> {
        id..self.entry(id).next as usize
    }

    /// The name of a member of an object.
    pub fn name(self, member: Id) -> Cow<'d, str> {
        let rest = &self.json[self.entry(member).key as usize..];
        characters(&rest[..string_bytes(rest.as_bytes())])
    }

    /// The value's normalized path (RFC 9535, section 2.7): `$['items'][0]['name']`.
    pub fn path(self, id: Id) -> String {
        let mut steps = Vec::new();
        let mut at = id;
        while at != ROOT {
            let entry = self.entry(at);
            let parent = entry.parent as usize;
            steps.push(if self.kind(parent) == Kind::Array {
                format!("[{}]", entry.key)
            } else {
                normalized_name(&self.name(at))
            });
            at = parent;
        }
        steps.push("$".into());
        steps.reverse();
        steps.concat()
    }

    fn entry(self, id: Id) -> &'d Entry {
        &self.data.values[id]
    }
}

fn normalized_name(name: &str) -> String {
    let mut step = String::from("['");
    for char in name.chars() {
        match char {
            '\x08' => step.push_str("\\b"),
            '\t' => step.push_str("\\t"),
            '\n' => step.push_str("\\n"),
            '\x0c' => step.push_str("\\f"),
            '\r' => step.push_str("\\r"),
            '\'' => step.push_str("\\'"),
            '\\' => step.push_str("\\\\"),
            '\0'..='\x1f' => step.extend(format!("\\u{:04x}", u32::from(char)).chars()),
            _ => step.push(char),
        }
    }
    step.push_str("']");
    step
}

/// The characters of a string that is written with its quotes.
fn characters(written: &str) -> Cow<'_, str> {
    let inner = &written[1..written.len() - 1];
    if inner.contains('\\') {
        // A surrogate without its other half is no character; then the string is taken as it is written.
        serde_json::from_str(written).map_or(Cow::Borrowed(inner), Cow::Owned)
    } else {
        Cow::Borrowed(inner)
    }
}

/// The length of the string that some JSON begins with, quotes included.
fn string_bytes(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// Values between two looks at the watch.
const VALUES_PER_CHECK: usize = 65_536;

/// An index under construction.
struct Index<'j> {
    json: &'j str,
    limits: &'j Limits,
    watch: &'j dyn Watch,
    values: Vec<Entry>,
    /// The arrays and objects open, each with how many values it has so far.
    open: Vec<(u32, u32)>,
    /// Where the name begins whose value comes next.
    name: Option<u32>,
}

impl<'j> Index<'j> {
    fn new(json: &'j str, limits: &'j Limits, watch: &'j dyn Watch) -> Self {
        Self {
            json,
            limits,
            watch,
            values: Vec::new(),
            open: Vec::new(),
            name: None,
        }
    }

    /// Goes through the JSON once. `root` is an array around all of it.
    fn read(mut self, root: Option<Entry>) -> Result<Data, Error> {
        if let Some(root) = root {
            self.values.push(root);
            self.open.push((0, 0));
        }
        let bytes = self.json.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let length = match byte {
                b'{' | b'[' => {
                    let id = self.value(at, at)?;
                    self.open.push((id, 0));
                    1
                }
                b'}' | b']' => {
                    if let Some((id, _)) = self.open.pop() {
                        self.end(id, at + 1);
                    }
                    1
                }
                b'"' => {
                    let length = string_bytes(&bytes[at..]);
                    if self.expects_name() {
                        self.name = Some(offset(at));
                    } else {
                        self.value(at, at + length)?;
                    }
                    length
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => 1,
                _ => {
                    let rest = &bytes[at..];
                    let is_end = |byte: &u8| b",:]} \t\n\r".contains(byte);
                    let length = rest.iter().position(is_end).unwrap_or(rest.len());
                    self.value(at, at + length)?;
                    length
                }
            };
            at += length;
        }
        let are_lines = root.is_some();
        if are_lines {
            self.end(0, self.json.len());
        }
        self.values.shrink_to_fit();
        Ok(Data {
            values: self.values,
            json: None,
            places: Vec::new(),
            are_lines,
        })
    }

    fn expects_name(&self) -> bool {
        let is_object = |&(id, _): &(u32, u32)| {
            let start = self.values[id as usize].start as usize;
            self.json.as_bytes()[start] == b'{' && !(id == 0 && self.values[0].end != 0)
        };
        self.name.is_none() && self.open.last().is_some_and(is_object)
    }

    /// Adds a value; those within it follow.
    fn value(&mut self, start: usize, end: usize) -> Result<u32, Error> {
        if self.values.len() >= self.limits.max_data_values {
            let found = "The document has more values";
            return Err(passed(
                "max_data_values",
                self.limits.max_data_values,
                found,
            ));
        }
        if self.values.len().is_multiple_of(VALUES_PER_CHECK) {
            self.watch.check()?;
        }
        let id = offset(self.values.len());
        let (parent, number) = match self.open.last_mut() {
            Some((parent, count)) => {
                *count += 1;
                (*parent, *count - 1)
            }
            None => (0, 0),
        };
        self.values.push(Entry {
            start: offset(start),
            end: offset(end),
            next: id + 1,
            parent,
            key: self.name.take().unwrap_or(number),
        });
        Ok(id)
    }

    fn end(&mut self, id: u32, at: usize) {
        let next = offset(self.values.len());
        let value = &mut self.values[id as usize];
        (value.end, value.next) = (offset(at), next);
    }
}

/// Texts and their values are limited to less.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
