//! CSS over a document's tree.

use plan::Css;
use plan::css::{Part, What};
use selectors::matching::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode,
    SelectorCaches, matches_selector,
};
use selectors::{Element as _, OpaqueElement};

use super::element::{Handle, Work};
use super::{Budget, Node};
use crate::Error;
use crate::tree::{Content, Id, ROOT, Tree};

/// What a list of selectors selects within a node, in the order of the document.
pub(super) fn select(
    css: &Css,
    tree: &Tree,
    scope: Option<Id>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Node>, Error> {
    let mut search = Search {
        tree,
        scope,
        caches: SelectorCaches::default(),
        cached_steps: 0,
    };
    let mut selected = Vec::new();
    for id in tree.within(scope.unwrap_or(ROOT)) {
        budget.step()?;
        if tree.element(id).is_none() {
            continue;
        }
        for part in &css.parts {
            budget.step()?;
            budget.check_picks(selected.len())?;
            if search.matches(part, id, budget)? {
                add(&part.what, tree, id, budget, &mut selected)?;
            }
        }
    }
    // Texts come after those of the elements before them, and several selectors may want the same.
    selected.sort_by_key(|node| order(*node));
    selected.dedup();
    Ok(selected)
}

/// What may be remembered of elements already matched costs memory: it is forgotten after so many steps.
const MAX_CACHED_STEPS: usize = 4_000_000;

struct Search<'t> {
    tree: &'t Tree,
    scope: Option<Id>,
    caches: SelectorCaches,
    /// Steps since the caches were empty.
    cached_steps: usize,
}

impl Search<'_> {
    fn matches(&mut self, part: &Part, id: Id, budget: &mut Budget<'_>) -> Result<bool, Error> {
        if self.scope == Some(id) && !part.with_scope {
            return Ok(false);
        }
        let Some(selector) = &part.selector else {
            return Ok(true);
        };
        let work = Work::new(budget.left().saturating_add(1));
        let before = work.left();
        if self.cached_steps > MAX_CACHED_STEPS {
            self.caches = SelectorCaches::default();
            self.cached_steps = 0;
        }
        let scope = self.opaque_scope(&work);
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut self.caches,
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        context.scope_element = scope;
        let matches = Handle::new(self.tree, id, &work)
            .is_some_and(|element| matches_selector(selector, 0, None, element, &mut context));
        let steps = before - work.left();
        self.cached_steps += steps;
        budget.steps(steps)?;
        Ok(matches)
    }

    fn opaque_scope(&self, work: &Work) -> Option<OpaqueElement> {
        Handle::new(self.tree, self.scope?, work).map(|element| element.opaque())
    }
}

fn order(node: Node) -> (Id, usize) {
    match node {
        Node::Tree(id) => (id, 0),
        Node::Attribute { element, index } => (element, index + 1),
        Node::Data(_) | Node::Value => (Id::MAX, 0),
    }
}

/// Adds what is wanted of an element that matched.
fn add(
    what: &What,
    tree: &Tree,
    element: Id,
    budget: &mut Budget<'_>,
    selected: &mut Vec<Node>,
) -> Result<(), Error> {
    match what {
        What::Element => selected.push(Node::Tree(element)),
        What::Attribute(name) => {
            let attributes = tree.element(element).map_or(&[][..], |it| &it.attributes);
            let is_it = |written: &str| {
                written == name || tree.is_html && written.eq_ignore_ascii_case(name)
            };
            let index = attributes.iter().position(|it| is_it(&it.name.local));
            selected.extend(index.map(|index| Node::Attribute { element, index }));
        }
        What::Text => {
            let mut child = tree.first_child(element);
            while let Some(id) = child {
                budget.step()?;
                if let Content::Text(text) = tree.content(id)
                    && !text.trim().is_empty()
                {
                    selected.push(Node::Tree(id));
                }
                child = tree.next_sibling(id);
            }
        }
    }
    Ok(())
}
