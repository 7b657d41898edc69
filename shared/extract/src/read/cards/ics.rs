//! iCalendar (ICS): a block of lines for each event, to-do and journal entry, and a table of all.

use jiff::civil::DateTime;

use super::{Component, Entries, Item, Line, components};
use crate::read::{Context, Fit, Format, Reader, check_text};
use crate::{CellValue, Document, Error};

pub(in crate::read) static FORMAT: Format = Format {
    name: "iCalendar",
    media_types: &["text/calendar", "application/ics"],
    extensions: &["ics", "ical", "ifb"],
    reader: Reader::Text { fit, read },
};

const COLUMNS: [&str; 9] = [
    "summary",
    "kind",
    "start",
    "end",
    "location",
    "organizer",
    "attendees",
    "status",
    "description",
];

fn fit(text: &str) -> Fit {
    let start = text.trim_start().get(..15);
    if start.is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
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
    let mut calendar = None;
    components(
        &text,
        context,
        &mut document,
        |component, outer| match component.name.as_str() {
            "VEVENT" => entries.add(items(&component, "event")),
            "VTODO" => entries.add(items(&component, "to-do")),
            "VJOURNAL" => entries.add(items(&component, "journal")),
            "VCALENDAR" if outer.is_empty() => {
                calendar.get_or_insert(component);
                Ok(())
            }
            _ => Ok(()),
        },
    )?;
    let said = |names: &[&str]| {
        let lines = &calendar.as_ref()?.lines;
        let line = lines
            .iter()
            .find(|line| names.contains(&line.name.as_str()))?;
        Some(super::folded(&line.text())).filter(|text| !text.is_empty())
    };
    let title = said(&["X-WR-CALNAME", "NAME"]);
    let metadata = [
        ("title", title.clone()),
        ("description", said(&["X-WR-CALDESC", "DESCRIPTION"])),
        ("generator", said(&["PRODID"])),
        ("method", said(&["METHOD"])),
        ("timezone", said(&["X-WR-TIMEZONE"])),
    ];
    for (name, value) in metadata {
        if let Some(value) = value {
            document.metadata.insert(name.into(), value.into());
        }
    }
    let count = entries.count;
    document.metadata.insert("entries".into(), count.into());
    entries.finish(&mut document, title);
    Ok(document)
}

/// What an entry says, its summary first.
fn items(entry: &Component, kind: &'static str) -> Vec<Item> {
    let first = |name: &str| entry.lines.iter().find(|line| line.name == name);
    let text = |name: &str| {
        let text = first(name).map(|line| line.text().trim().to_owned());
        text.filter(|text| !text.is_empty())
    };
    let in_column = |column: usize, item: Item| Item {
        column: Some(column),
        ..item
    };
    let mut items = Vec::new();
    if let Some(summary) = text("SUMMARY") {
        items.push(in_column(0, Item::new("", super::folded(&summary))));
    }
    items.push(in_column(1, Item::new("Kind", kind)));
    let start = first("DTSTART").map(|line| moment("Start", line));
    let end = first("DTEND").or_else(|| first("DUE"));
    let end = end.map(|line| moment("End", line));
    let end = end.or_else(|| after(start.as_ref()?, first("DURATION")?));
    items.extend(start.map(|start| in_column(2, start)));
    items.extend(end.map(|end| in_column(3, end)));
    items.extend(text("RRULE").map(|rule| Item::new("Repeats", rule)));
    items.extend(text("LOCATION").map(|place| in_column(4, Item::new("Location", place))));
    items.extend(first("ORGANIZER").map(|line| in_column(5, Item::new("Organizer", who(line)))));
    for line in entry.lines.iter().filter(|line| line.name == "ATTENDEE") {
        items.push(in_column(6, Item::new("Attendee", who(line))));
    }
    items.extend(text("STATUS").map(|status| in_column(7, Item::new("Status", status))));
    items.extend(text("CATEGORIES").map(|names| Item::new("Categories", names)));
    items.extend(text("URL").map(|url| Item {
        is_link: url.contains("://"),
        ..Item::new("URL", url)
    }));
    items.extend(text("DESCRIPTION").map(|text| in_column(8, Item::new("Description", text))));
    items
}

/// Name and address of a person.
fn who(line: &Line) -> String {
    let value = line.text();
    let address = value.trim();
    let scheme = address
        .get(..7)
        .filter(|it| it.eq_ignore_ascii_case("mailto:"));
    let address = &address[scheme.map_or(0, str::len)..];
    match line.parameter("CN") {
        Some(name) if !name.is_empty() && name != address => format!("{name} <{address}>"),
        _ => address.to_owned(),
    }
}

/// A day or a time. What is no such thing stays as it is written.
fn moment(label: &str, line: &Line) -> Item {
    let written = line.value.trim();
    let Some(value) = iso(written) else {
        return Item::new(label, line.text());
    };
    Item {
        typed: Some(CellValue::Moment(value.clone())),
        remark: line.parameter("TZID").map(super::folded),
        ..Item::new(label, value)
    }
}

/// `20260309`, `20260309T143000` and `20260309T143000Z` in ISO 8601.
fn iso(written: &str) -> Option<String> {
    let (local, utc) = match written.strip_suffix('Z') {
        Some(local) => (local, "Z"),
        None => (written, ""),
    };
    if local.len() == 8 {
        let day = jiff::civil::Date::strptime("%Y%m%d", local).ok()?;
        return Some(day.to_string());
    }
    let time = DateTime::strptime("%Y%m%dT%H%M%S", local).ok()?;
    Some(format!("{}{utc}", time.strftime("%Y-%m-%dT%H:%M:%S")))
}

/// The end, where the entry only says how long it takes.
fn after(start: &Item, duration: &Line) -> Option<Item> {
    let length: jiff::Span = duration.value.trim().parse().ok()?;
    let Some(CellValue::Moment(start_value)) = &start.typed else {
        return None;
    };
    let (local, utc) = match start_value.strip_suffix('Z') {
        Some(local) => (local, "Z"),
        None => (start_value.as_str(), ""),
    };
    let is_day = local.len() == 10;
    let begin: DateTime = local.parse().ok()?;
    let end = begin.checked_add(length).ok()?;
    let value = if is_day && end.time() == begin.time() {
        end.date().to_string()
    } else {
        format!("{}{utc}", end.strftime("%Y-%m-%dT%H:%M:%S"))
    };
    Some(Item {
        typed: Some(CellValue::Moment(value.clone())),
        remark: start.remark.clone(),
        ..Item::new("End", value)
    })
}
