//! vCard (VCF) of the versions 2.1, 3.0 and 4.0: a block of lines for each person, and a table of all.

use super::{Component, Entries, Item, components};
use crate::read::date;
use crate::read::{Context, Fit, Format, Reader, check_text};
use crate::{CellValue, Document, Error};

pub(in crate::read) static FORMAT: Format = Format {
    name: "vCard",
    media_types: &["text/vcard", "text/x-vcard", "text/directory"],
    extensions: &["vcf", "vcard"],
    reader: Reader::Text { fit, read },
};

const COLUMNS: [&str; 9] = [
    "name",
    "organization",
    "title",
    "email",
    "phone",
    "address",
    "url",
    "birthday",
    "note",
];

/// The properties that say something to a person: how they are called here, and their columns.
const KNOWN: [(&str, &str, Option<usize>); 16] = [
    ("ORG", "Organization", Some(1)),
    ("TITLE", "Title", Some(2)),
    ("ROLE", "Role", None),
    ("NICKNAME", "Nickname", None),
    ("EMAIL", "Email", Some(3)),
    ("TEL", "Phone", Some(4)),
    ("ADR", "Address", Some(5)),
    ("URL", "URL", Some(6)),
    ("BDAY", "Birthday", Some(7)),
    ("ANNIVERSARY", "Anniversary", None),
    ("IMPP", "Messaging", None),
    ("LANG", "Language", None),
    ("TZ", "Time zone", None),
    ("GEO", "Position", None),
    ("CATEGORIES", "Categories", None),
    ("NOTE", "Note", Some(8)),
];

fn fit(text: &str) -> Fit {
    let start = text.trim_start().get(..11);
    if start.is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCARD")) {
        Fit::Certain
    } else {
        Fit::No
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature of every reader of text"
)]
fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let mut document = Document::default();
    let mut entries = Entries::new(context, &COLUMNS);
    let mut generator = None;
    let mut name = None;
    components(&text, context, &mut document, |card, _| {
        if card.name != "VCARD" {
            return Ok(());
        }
        let items = items(&card);
        name = items.first().map(|first| first.value.clone());
        let product = card.lines.iter().find(|line| line.name == "PRODID");
        generator = generator.take().or(product.map(super::Line::text));
        entries.add(items)
    })?;
    let count = entries.count;
    entries.finish(&mut document, None);
    let metadata = &mut document.metadata;
    metadata.insert("contacts".into(), count.into());
    if let Some(name) = name.filter(|_| count == 1) {
        metadata.insert("title".into(), name.into());
    }
    if let Some(generator) = generator {
        metadata.insert("generator".into(), generator.into());
    }
    Ok(document)
}

/// What a card says, the name first.
fn items(card: &Component) -> Vec<Item> {
    let mut items: Vec<Item> = name(card).into_iter().collect();
    for (wanted, label, column) in KNOWN {
        for line in card.lines.iter().filter(|line| line.name == wanted) {
            let value = match wanted {
                "ADR" | "ORG" => listed(&line.parts(';'), ", "),
                "CATEGORIES" | "NICKNAME" => listed(&line.parts(','), ", "),
                _ => line.text(),
            };
            let value = value.trim();
            let value = ["mailto:", "tel:"]
                .into_iter()
                .find_map(|scheme| value.strip_prefix(scheme))
                .unwrap_or(value);
            if value.is_empty() {
                continue;
            }
            let kinds: Vec<String> = line.types().filter(|it| is_telling(it)).collect();
            let label = match kinds.join(", ") {
                kinds if kinds.is_empty() => label.to_owned(),
                kinds => format!("{label} ({kinds})"),
            };
            let day = (wanted == "BDAY").then(|| day(value)).flatten();
            items.push(Item {
                column,
                typed: day.clone().map(CellValue::Moment),
                is_link: wanted == "URL" && value.contains("://"),
                ..Item::new(label, day.unwrap_or_else(|| value.to_owned()))
            });
        }
    }
    items
}

/// The name as it is to be shown, else put together from its parts.
fn name(card: &Component) -> Option<Item> {
    let line = |name: &str| card.lines.iter().find(|line| line.name == name);
    let shown = line("FN").map(|line| line.text().trim().to_owned());
    let from_parts = || {
        let parts = line("N")?.parts(';');
        let part = |index: usize| parts.get(index).cloned().unwrap_or_default();
        // Title, given names, family name, and what comes behind it.
        Some(listed(&[3, 1, 2, 0, 4].map(part), " "))
    };
    let name = shown.filter(|name| !name.is_empty()).or_else(from_parts);
    let name = name.filter(|name| !name.is_empty())?;
    Some(Item {
        column: Some(0),
        ..Item::new("", super::folded(&name))
    })
}

fn listed(parts: &[String], separator: &str) -> String {
    let parts = parts.iter().map(|part| part.trim());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}

/// Whether a type tells a person anything.
fn is_telling(kind: &str) -> bool {
    !matches!(kind, "" | "pref" | "internet" | "voice" | "x-internet")
}

/// `19850412` and `1985-04-12` are days; what has no year is left as it is.
fn day(written: &str) -> Option<String> {
    let digits = written.len() == 8 && written.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        date::rfc3339(&format!("D:{written}"))
    } else {
        date::rfc3339(written)
    }
}
