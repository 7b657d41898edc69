//! All that is wanted from each document of a job.

use serde_json::{Map, Value};

use crate::entities::Entities;
use crate::fields::{Counts, Fields};
use crate::flaw::{Flaw, Flaws, kind, member};
use crate::options::{Chunks, Tables, known};

/// What can be extracted, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extractor {
    /// What can be told from a text by its form, as records.
    Entities,
    /// Named fields, as records.
    Fields,
    /// The whole text.
    Text,
    /// The whole text as Markdown.
    Markdown,
    /// The whole text as HTML.
    Html,
    /// The whole text as a `DoclingDocument`.
    Docling,
    /// What the document says of itself.
    Metadata,
    /// The links.
    Links,
    /// The tables.
    Tables,
    /// Structured data in the document: JSON-LD, microdata, `RDFa`, `OpenGraph`, …
    Structured,
    /// The main content, without what surrounds it.
    Article,
    /// The text in pieces for retrieval.
    Chunks,
}

impl Extractor {
    /// All extractors, in the order in which they are documented.
    pub const ALL: [Self; 12] = [
        Self::Entities,
        Self::Fields,
        Self::Text,
        Self::Markdown,
        Self::Html,
        Self::Docling,
        Self::Metadata,
        Self::Links,
        Self::Tables,
        Self::Structured,
        Self::Article,
        Self::Chunks,
    ];

    /// What is extracted when a request does not say: the records, the text that their places refer to, and the metadata.
    pub const DEFAULT: [Self; 3] = [Self::Entities, Self::Text, Self::Metadata];

    /// Its name in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entities => "entities",
            Self::Fields => "fields",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Docling => "docling",
            Self::Metadata => "metadata",
            Self::Links => "links",
            Self::Tables => "tables",
            Self::Structured => "structured",
            Self::Article => "article",
            Self::Chunks => "chunks",
        }
    }

    /// The extractor of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|extractor| extractor.name() == name)
    }
}

/// All that is wanted from each document of a job.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an extractor that is wanted or not"
)]
pub struct Plan {
    /// Entities, and how.
    pub entities: Option<Entities>,
    /// Fields, each of them records of its own kind.
    pub fields: Vec<Fields>,
    /// The whole text.
    pub text: bool,
    /// The whole text as Markdown.
    pub markdown: bool,
    /// The whole text as HTML.
    pub html: bool,
    /// The whole text as a `DoclingDocument`.
    pub docling: bool,
    /// What the document says of itself.
    pub metadata: bool,
    /// The links.
    pub links: bool,
    /// The tables, and how.
    pub tables: Option<Tables>,
    /// Structured data.
    pub structured: bool,
    /// The main content.
    pub article: bool,
    /// The text in pieces, and how.
    pub chunks: Option<Chunks>,
}

impl Plan {
    /// What is wanted when a request does not say.
    pub fn standard() -> Self {
        Self {
            entities: Some(Entities::default()),
            text: true,
            metadata: true,
            ..Self::default()
        }
    }

    /// Reads the `extract` of a request: a list of names (`"text"`), and of objects that name an extractor with its options
    /// (`{"chunks": {"max_chars": 800}}`); fields may be asked for more than once. Pointers of flaws begin at the list.
    pub fn read(extract: &Value) -> Result<Self, Vec<Flaw>> {
        let (mut plan, mut flaws) = (Self::default(), Flaws::default());
        match extract {
            Value::Array(items) if items.is_empty() => flaws.add("", nothing_named()),
            Value::Array(items) => {
                let mut seen: Vec<(Extractor, &Value)> = Vec::new();
                let mut counts = Counts::default();
                for (index, item) in items.iter().enumerate() {
                    let pointer = format!("/{index}");
                    match item {
                        Value::Object(object) if object.contains_key("fields") => {
                            let fields = Fields::read(object, &pointer, &mut counts, &mut flaws);
                            plan.fields.extend(fields);
                        }
                        _ => plan.item(item, &pointer, &mut seen, &mut flaws),
                    }
                }
            }
            other => flaws.add("", format!("This is {}; it must be an array.", kind(other))),
        }
        flaws.end(plan)
    }

    fn item<'v>(
        &mut self,
        item: &'v Value,
        pointer: &str,
        seen: &mut Vec<(Extractor, &'v Value)>,
        flaws: &mut Flaws,
    ) {
        let empty = Value::Object(Map::new());
        let (name, options, place) = match item {
            Value::String(name) => (name, &empty, pointer.to_owned()),
            Value::Object(object) => match object.iter().next() {
                Some((name, options)) if object.len() == 1 => {
                    (name, options, member(pointer, name))
                }
                _ => return flaws.add(pointer, "An object here names one extractor, with its options: {\"chunks\": {\"max_chars\": 800}}."),
            },
            other => {
                let found = kind(other);
                return flaws.add(pointer, format!("This is {found}; it must be the name of an extractor, or an object of its name and its options."));
            }
        };
        let Some(extractor) = Extractor::from_name(name) else {
            let name: String = name.chars().take(80).collect();
            let all = names();
            return flaws.add(
                place,
                format!("`{name}` cannot be extracted; what can: {all}."),
            );
        };
        let Value::Object(options) = options else {
            let found = kind(options);
            return flaws.add(
                place,
                format!("This is {found}; the options are an object."),
            );
        };
        if let Some((_, before)) = seen.iter().find(|(it, _)| *it == extractor) {
            if *before != item {
                flaws.add(
                    pointer,
                    format!("`{name}` is asked for twice, and not in the same way."),
                );
            }
            return;
        }
        seen.push((extractor, item));
        self.add(extractor, options, &place, flaws);
    }

    fn add(
        &mut self,
        extractor: Extractor,
        options: &Map<String, Value>,
        place: &str,
        flaws: &mut Flaws,
    ) {
        let optionless = !matches!(
            extractor,
            Extractor::Entities | Extractor::Tables | Extractor::Chunks | Extractor::Fields
        );
        if optionless {
            known(options, &[], place, flaws);
        }
        match extractor {
            Extractor::Entities => self.entities = Some(Entities::read(options, place, flaws)),
            Extractor::Tables => self.tables = Some(Tables::read(options, place, flaws)),
            Extractor::Chunks => self.chunks = Some(Chunks::read(options, place, flaws)),
            Extractor::Fields => flaws.add(place, "Fields are defined where they are asked for: {\"fields\": {\"title\": {\"css\": \"h1\"}}}."),
            Extractor::Text => self.text = true,
            Extractor::Markdown => self.markdown = true,
            Extractor::Html => self.html = true,
            Extractor::Docling => self.docling = true,
            Extractor::Metadata => self.metadata = true,
            Extractor::Links => self.links = true,
            Extractor::Structured => self.structured = true,
            Extractor::Article => self.article = true,
        }
    }
}

fn nothing_named() -> String {
    format!("The list is empty; name at least one of: {}.", names())
}

/// The names of all that can be extracted.
fn names() -> String {
    Extractor::ALL.map(Extractor::name).join(", ")
}
