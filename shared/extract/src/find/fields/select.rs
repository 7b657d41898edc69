//! What selectors give: candidates for a value, and the scopes of groups.

use std::borrow::Cow;

use plan::fields::{Each, Group, Selector};
use plan::{Pattern, Wanted};

use super::super::structure::hull;
use super::{Search, label, structured};
use crate::select::{self, Node, Picked};
use crate::{CellValue, Error, Span, data};

/// How many times quicker a text is searched than a tree is walked.
pub(super) const SIZE_OF_SEARCH: usize = 8;

/// What the selectors of a group start from.
#[derive(Clone)]
pub(super) enum Scope {
    /// The whole document.
    Document,
    /// An element, or a value of JSON.
    Picked(Picked),
    /// A row of a table, by their numbers.
    Row(usize, usize),
    /// A stretch of the text.
    Text(Span),
}

/// Something that may be a value.
pub(super) struct Candidate<'c> {
    pub(super) text: Cow<'c, str>,
    /// Where it stands.
    pub(super) span: Option<Span>,
    /// What it is, where the document itself says that it is no text.
    pub(super) typed: Option<Typed>,
    /// The named groups of a match, if they are wanted.
    pub(super) groups: Option<Vec<NamedGroup<'c>>>,
}

/// The name of a group, its text and its place.
pub(super) type NamedGroup<'c> = (&'c str, Option<(&'c str, Span)>);

/// What something is that is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// A number, as JSON writes numbers.
    Number(String),
    /// A truth value.
    Boolean(bool),
    /// A date, a time or both, in ISO 8601.
    Moment(String),
}

impl<'c> Candidate<'c> {
    pub(super) fn new(text: impl Into<Cow<'c, str>>, span: Option<Span>) -> Self {
        Self {
            text: text.into(),
            span,
            typed: None,
            groups: None,
        }
    }

    pub(super) fn of_cell(cell: &'c crate::Cell) -> Self {
        let typed = cell.value.as_ref().map(|value| match value {
            CellValue::Number(number) => Typed::Number(number.clone()),
            CellValue::Boolean(value) => Typed::Boolean(*value),
            CellValue::Moment(moment) => Typed::Moment(moment.clone()),
        });
        Self {
            typed,
            ..Self::new(cell.text.as_str(), cell.span.clone())
        }
    }
}

impl Scope {
    /// Where it stands in the document's text; none for what is not part of it.
    pub(super) fn span(&self, search: &Search<'_>) -> Option<Span> {
        match self {
            Self::Document => Some(0..search.document.text.as_str().len()),
            Self::Picked(picked) => picked.span.clone(),
            Self::Row(table, row) => {
                let cells = search.tables.row(*table, *row).iter();
                hull(cells.filter_map(|cell| cell.span.as_ref()))
            }
            Self::Text(span) => Some(span.clone()),
        }
    }

    /// What selectors of elements and JSON start from.
    fn picked(&self) -> Option<&Picked> {
        match self {
            Self::Picked(picked) => Some(picked),
            Self::Document | Self::Row(..) | Self::Text(_) => None,
        }
    }
}

impl<'a> Search<'a> {
    /// What a group is made for, within the scope that it stands in.
    pub(super) fn scopes(&mut self, group: &'a Group, scope: &Scope) -> Result<Vec<Scope>, Error> {
        let document = self.document;
        let within = scope.picked();
        let scopes = |picks: Vec<Picked>| picks.into_iter().map(Scope::Picked).collect();
        match &group.each {
            None => Ok(vec![scope.clone()]),
            Some(Each::Css(all)) => first_found(all, |selector| {
                select::css(selector, document, within, &mut self.budget).map(scopes)
            }),
            Some(Each::XPath(all)) => first_found(all, |selector| {
                select::xpath(selector, document, within, &mut self.budget).map(scopes)
            }),
            Some(Each::JsonPath(all)) => first_found(all, |selector| {
                select::jsonpath(selector, document, within, &mut self.budget).map(scopes)
            }),
            Some(Each::Regex(all)) => first_found(all, |pattern| {
                let matches = self.matches(pattern, scope, true)?;
                let spans = matches.into_iter().filter_map(|candidate| candidate.span);
                Ok(spans.map(Scope::Text).collect())
            }),
            Some(Each::Rows(columns)) => {
                let span = self.span_of(scope);
                let rows = self.tables.rows(columns, span.as_ref(), &mut self.budget)?;
                Ok(rows
                    .into_iter()
                    .map(|(table, row)| Scope::Row(table, row))
                    .collect())
            }
        }
    }

    /// What a selector gives, in the order of the document. `many`: else the first that is not empty suffices.
    pub(super) fn candidates(
        &mut self,
        selector: &'a Selector,
        scope: &Scope,
        many: bool,
    ) -> Result<Vec<Candidate<'a>>, Error> {
        let (document, within) = (self.document, scope.picked());
        match selector {
            Selector::Css(selector) => {
                let picks = select::css(selector, document, within, &mut self.budget)?;
                Ok(self.of_picks(picks))
            }
            Selector::XPath(expression) => {
                let picks = select::xpath(expression, document, within, &mut self.budget)?;
                Ok(self.of_picks(picks))
            }
            Selector::JsonPath(query) => {
                let picks = select::jsonpath(query, document, within, &mut self.budget)?;
                Ok(self.of_picks(picks))
            }
            Selector::Regex(pattern) => self.matches(pattern, scope, many),
            Selector::Column(header) => {
                if let Scope::Row(table, row) = scope {
                    let cell = self.tables.cell(*table, *row, header);
                    return Ok(cell.map(Candidate::of_cell).into_iter().collect());
                }
                let span = self.span_of(scope);
                let cells = self
                    .tables
                    .column(header, span.as_ref(), &mut self.budget)?;
                Ok(cells.into_iter().map(Candidate::of_cell).collect())
            }
            Selector::Label(label) => {
                let Some(span) = scope.span(self) else {
                    return Ok(Vec::new());
                };
                label::values(self, label, &span, many)
            }
            Selector::Meta(name) => Ok(structured::metadata(&document.metadata, name)),
            Selector::JsonLd(path) => {
                structured::members(&document.structured, path, &mut self.budget)
            }
        }
    }

    /// Where the tables of a scope stand; none for the whole document.
    fn span_of(&self, scope: &Scope) -> Option<Span> {
        match scope {
            Scope::Document => None,
            // What stands nowhere has no tables.
            scope => Some(scope.span(self).unwrap_or(0..0)),
        }
    }

    fn of_picks(&self, picks: Vec<Picked>) -> Vec<Candidate<'a>> {
        let values = self.document.values();
        let candidate = |picked: Picked| {
            let Picked { node, text, span } = picked;
            let kind = match (node, values) {
                (Node::Data(id), Some(values)) => Some(values.kind(id)),
                _ => None,
            };
            let typed = match kind {
                Some(data::Kind::Null) => return None,
                Some(data::Kind::Number) => Some(Typed::Number(text.clone())),
                Some(data::Kind::Boolean) => Some(Typed::Boolean(text == "true")),
                _ => None,
            };
            Some(Candidate {
                typed,
                ..Candidate::new(text, span)
            })
        };
        picks.into_iter().filter_map(candidate).collect()
    }

    /// What a pattern matches in the text of a scope.
    fn matches(
        &mut self,
        pattern: &'a Pattern,
        scope: &Scope,
        many: bool,
    ) -> Result<Vec<Candidate<'a>>, Error> {
        let Some(span) = scope.span(self) else {
            return Ok(Vec::new());
        };
        let text = &self.document.text.as_str()[span.clone()];
        self.budget.read(text.len() / SIZE_OF_SEARCH)?;
        let mut candidates = Vec::new();
        for captures in pattern.regex().captures_iter(text) {
            self.watch.check()?;
            let place = |group: regex::Match<'a>| {
                (
                    group.as_str(),
                    span.start + group.start()..span.start + group.end(),
                )
            };
            let (candidate, length) = match pattern.wanted() {
                Wanted::Group(group) => {
                    let Some(found) = captures.get(group).filter(|found| !found.is_empty()) else {
                        continue;
                    };
                    let (text, span) = place(found);
                    (Candidate::new(text, Some(span)), text.len())
                }
                Wanted::Named => {
                    let (whole, span) = place(captures.get_match());
                    let names = pattern.regex().capture_names().flatten();
                    let groups = names.map(|name| (name, captures.name(name).map(place)));
                    let candidate = Candidate {
                        groups: Some(groups.collect()),
                        ..Candidate::new(whole, Some(span))
                    };
                    (candidate, whole.len())
                }
            };
            self.budget.pick(length)?;
            candidates.push(candidate);
            if !many {
                break;
            }
        }
        Ok(candidates)
    }
}

/// What the first of these selects that selects anything.
fn first_found<'s, S, T>(
    selectors: &'s [S],
    mut select: impl FnMut(&'s S) -> Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    for selector in selectors {
        let found = select(selector)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}
