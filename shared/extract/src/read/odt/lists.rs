//! Lists: how deep an item stands, and its number.

use std::collections::HashMap;

use super::styles::Styles;
use crate::read::draft::Shape;
use crate::read::events::Tag;

/// The lists that are open, and how far those came that have ended.
#[derive(Default)]
pub(super) struct Lists {
    open: Vec<List>,
    by_style: HashMap<String, u64>,
    by_id: HashMap<String, u64>,
}

struct List {
    id: String,
    style: String,
    /// The number of the last item; none before the first one, or if it has no numbers.
    count: Option<u64>,
    start: Option<u64>,
    /// Whether the item's first paragraph is still to come.
    is_item_fresh: bool,
}

impl Lists {
    pub(super) fn begin(&mut self, tag: &Tag<'_>, styles: &Styles) {
        let around = self.open.last().map(|list| list.style.as_str());
        let style = tag.attribute("style-name");
        let style = style.as_deref().or(around).unwrap_or_default();
        let level = self.open.len() + 1;
        let start = styles.list(style).and_then(|it| it.start(level));
        let goes_on = tag.attribute("continue-numbering").as_deref() == Some("true");
        let before = match tag.attribute("continue-list") {
            Some(id) => self.by_id.get(&*id),
            None if goes_on => self.by_style.get(style),
            None => None,
        };
        let list = List {
            id: tag.attribute("id").unwrap_or_default().into_owned(),
            style: style.to_owned(),
            count: before.copied(),
            start,
            is_item_fresh: false,
        };
        self.open.push(list);
    }

    pub(super) fn end(&mut self) {
        let Some(List {
            id, style, count, ..
        }) = self.open.pop()
        else {
            return;
        };
        if let (Some(count), true) = (count, self.open.is_empty()) {
            self.by_style.insert(style, count);
            if !id.is_empty() {
                self.by_id.insert(id, count);
            }
        }
    }

    pub(super) fn begin_item(&mut self, tag: &Tag<'_>) {
        let Some(list) = self.open.last_mut() else {
            return;
        };
        // A list header stands in a list without being an item.
        list.is_item_fresh = tag.name() == "list-item";
        if let (Some(start), true) = (list.start, list.is_item_fresh) {
            let next = list.count.map_or(start, |count| count.saturating_add(1));
            list.count = Some(tag.number("start-value").unwrap_or(next));
        }
    }

    /// What the next paragraph is by its place: an item, if it is the first one of an item.
    pub(super) fn next(&mut self) -> Option<Shape> {
        let depth = u8::try_from(self.open.len()).unwrap_or(u8::MAX);
        let list = self.open.last_mut()?;
        let is_first = std::mem::take(&mut list.is_item_fresh);
        is_first.then(|| Shape::Item {
            depth,
            number: list.start.and(list.count),
        })
    }

    /// Takes the open lists aside, for what stands amid them.
    pub(super) fn suspend(&mut self) -> Suspended {
        Suspended(std::mem::take(&mut self.open))
    }

    pub(super) fn resume(&mut self, suspended: Suspended) {
        self.open = suspended.0;
    }
}

/// Lists within which something else stands.
pub(super) struct Suspended(Vec<List>);
