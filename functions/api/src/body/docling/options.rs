//! The options of a conversion: which outputs are wanted. Of all others, those that change nothing here are taken as they come, and
//! those that ask for something that is not done are refused, but for what a client sends who asks for nothing.

use plan::{Extractor, LIMITS};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::body::json;
use crate::problem::{Flaws, Place, shortened};

/// Bytes of all options together.
const MAX_BYTES: usize = 64 << 10;

/// The option that names the outputs, and what makes each.
const OUTPUTS: &str = "to_formats";
const FORMATS: [(&str, Extractor); 4] = [
    ("md", Extractor::Markdown),
    ("text", Extractor::Text),
    ("html", Extractor::Html),
    ("json", Extractor::Docling),
];

/// The option that names the pages.
const PAGES: &str = "page_range";

/// Options that say how something is done that is done otherwise here, or not at all: the answer is the same with them and without.
const WITHOUT_EFFECT: [&str; 16] = [
    "from_formats",
    "do_ocr",
    "ocr_engine",
    "ocr_lang",
    "ocr_preset",
    "ocr_custom_config",
    "pdf_backend",
    "table_mode",
    "table_cell_matching",
    "document_timeout",
    "abort_on_error",
    "include_images",
    "images_scale",
    "picture_description_area_threshold",
    "md_compact_tables",
    "pdf_heading_hierarchy_options",
];

/// Options that are taken with this value alone.
const FIXED: [(&str, Value, &str); 11] = [
    (
        "force_ocr",
        Value::Bool(false),
        "Text in images is not read.",
    ),
    (
        "do_table_structure",
        Value::Bool(true),
        "Tables are always read.",
    ),
    (
        "do_pdf_heading_hierarchy",
        Value::Bool(false),
        "Headings have the levels that they are seen to have.",
    ),
    (
        "include_page_images",
        Value::Bool(false),
        "There are no images in results.",
    ),
    (
        "do_code_enrichment",
        Value::Bool(false),
        "There are no models here that could do it.",
    ),
    (
        "do_formula_enrichment",
        Value::Bool(false),
        "There are no models here that could do it.",
    ),
    (
        "do_picture_classification",
        Value::Bool(false),
        "There are no models here that could do it.",
    ),
    (
        "do_picture_description",
        Value::Bool(false),
        "There are no models here that could do it.",
    ),
    (
        "do_chart_extraction",
        Value::Bool(false),
        "There are no models here that could do it.",
    ),
    (
        "image_export_mode",
        Value::Null,
        "There are no images in results: `placeholder`.",
    ),
    (
        "pipeline",
        Value::Null,
        "There is one pipeline: `standard`.",
    ),
];

/// The options of a request.
#[derive(Default)]
pub(super) struct Options {
    values: Map<String, Value>,
    bytes: usize,
}

impl Options {
    /// Reads the options of a request in JSON.
    pub(super) fn of(value: &RawValue, flaws: &mut Flaws) -> Self {
        let bytes = value.get().len();
        let place = Place::Pointer("/options".to_owned());
        if bytes > MAX_BYTES {
            flaws.add(place, too_long(bytes));
            return Self::default();
        }
        let Ok(values) = serde_json::from_str(value.get()) else {
            let found = json::kind(value);
            flaws.add(place, format!("This is {found}; options are an object."));
            return Self::default();
        };
        Self { values, bytes }
    }

    /// Adds a part of a form. One of the same name is another item of a list.
    pub(super) fn add_field(&mut self, name: &str, text: &str, flaws: &mut Flaws) {
        self.bytes += name.len() + text.len();
        if self.bytes > MAX_BYTES {
            flaws.add(Place::Field(shortened(name)), too_long(self.bytes));
            return;
        }
        let value = read(text);
        match self.values.get_mut(name) {
            None => {
                self.values.insert(name.to_owned(), value);
            }
            Some(Value::Array(items)) => items.push(value),
            Some(first) => {
                let one = first.take();
                *first = Value::Array(vec![one, value]);
            }
        }
    }

    /// What they ask for, in the language of extraction.
    pub(super) fn extract(
        &self,
        place: impl Fn(&str) -> Place,
        flaws: &mut Flaws,
    ) -> Vec<&'static str> {
        let mut extract = Vec::new();
        for (name, value) in &self.values {
            if name == OUTPUTS {
                extract = outputs(value, &place(name), flaws);
            } else if let Err(detail) = check(name, value) {
                flaws.add(place(&shortened(name)), detail);
            }
        }
        if extract.is_empty() {
            extract.push(Extractor::Markdown.name());
        }
        extract
    }
}

fn too_long(bytes: usize) -> String {
    format!("The options have {bytes} bytes; at most {MAX_BYTES} are accepted.")
}

/// A field's text as the value that it stands for.
fn read(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" => Value::Bool(true),
        "false" | "off" | "no" => Value::Bool(false),
        _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}

fn outputs(value: &Value, place: &Place, flaws: &mut Flaws) -> Vec<&'static str> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut extract = Vec::new();
    for item in items {
        let name = item.as_str().unwrap_or_default();
        match FORMATS.iter().find(|(format, _)| *format == name) {
            Some((_, extractor)) if extract.contains(&extractor.name()) => {}
            Some((_, extractor)) => extract.push(extractor.name()),
            None => {
                let offered = FORMATS.map(|(format, _)| format).join(", ");
                let name = shortened(name);
                flaws.add(
                    place.clone(),
                    format!("`{name}` is not offered. Offered are: {offered}."),
                );
                break;
            }
        }
    }
    extract
}

/// Says why an option is refused.
fn check(name: &str, value: &Value) -> Result<(), String> {
    let asks_for_nothing = match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if asks_for_nothing || WITHOUT_EFFECT.contains(&name) {
        return Ok(());
    }
    if name == PAGES {
        return check_pages(value);
    }
    let by_name = [
        ("image_export_mode", "placeholder"),
        ("pipeline", "standard"),
    ];
    match FIXED.iter().find(|(fixed, ..)| *fixed == name) {
        Some((_, only, _)) if only == value => Ok(()),
        Some(_)
            if by_name
                .iter()
                .any(|it| (it.0, Some(it.1)) == (name, value.as_str())) =>
        {
            Ok(())
        }
        Some((_, _, why)) => Err(format!("This value is not offered. {why}")),
        None => Err("This option is not offered; leave it out.".to_owned()),
    }
}

/// All pages, or more than there can be.
fn check_pages(value: &Value) -> Result<(), String> {
    let first = value.get(0).and_then(Value::as_u64);
    let last = value.get(1).and_then(Value::as_u64);
    match (first, last) {
        (Some(0..=1), Some(last)) if last >= LIMITS.max_pages as u64 => Ok(()),
        _ => Err("Documents are read whole: a range of pages is not offered.".to_owned()),
    }
}
