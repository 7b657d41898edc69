//! The one thing of a kind that a short text mentions.

use std::ops::Range;

use plan::{Entities, EntityKind};

use super::find;
use crate::{LIMITS, NeverInterrupted, Record, Text};

/// The value of the only entity of this kind in a short text, and where it stands there. Else says what there is instead.
pub(in crate::find) fn only(kind: &str, text: &str) -> Result<(String, Range<usize>), String> {
    let content = Text::new(text.to_owned());
    let wanted = Entities {
        kinds: EntityKind::from_name(kind).into_iter().collect(),
        ..Entities::default()
    };
    let found =
        find(0, &content, &wanted, &LIMITS, &NeverInterrupted).map_err(|_| String::new())?;
    let mut found = found
        .records
        .iter()
        .filter(|record| record.contains_key(kind));
    let shown: String = text.chars().take(40).collect();
    match (found.next(), found.count()) {
        (None, _) => Err(format!(
            "`{shown}` is no {kind} that can be told from its form."
        )),
        (Some(record), 0) => read(kind, record, text).ok_or_else(String::new),
        (Some(_), more) => {
            let count = more + 1;
            Err(format!(
                "`{shown}` holds {count} of the kind {kind}; `match` can take out the right one."
            ))
        }
    }
}

fn read(kind: &str, record: &Record, text: &str) -> Option<(String, Range<usize>)> {
    let value = record.get(kind)?.as_str()?.to_owned();
    let place = |name| usize::try_from(record.get("source")?.get(name)?.as_u64()?).ok();
    let byte = |scalar| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .nth(scalar)
    };
    Some((value, byte(place("start")?)?..byte(place("end")?)?))
}
