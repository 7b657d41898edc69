//! An element as CSS sees it.

use std::cell::Cell;

use plan::css::{Name, Never, Syntax};
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::matching::{ElementSelectorFlags, MatchingContext};
use selectors::{Element as Matched, OpaqueElement};

use super::budget::BYTES_PER_STEP;
use crate::tree::{Content, Element, Id, ROOT, Tree};

/// An element of a tree, and the work that matching it has caused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handle<'t> {
    tree: &'t Tree,
    id: Id,
    element: &'t Element,
    work: &'t Work,
}

/// The steps that are left to the matching of one element. Once there are none it comes to its end at once, for nobody has
/// parents, children or siblings any more.
#[derive(Debug)]
pub(super) struct Work {
    left: Cell<usize>,
}

impl Work {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            left: Cell::new(steps),
        }
    }

    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    fn step(&self) -> Option<()> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        Some(())
    }

    /// Takes the steps that it costs to look at a text.
    fn read(&self, text: &str) -> Option<()> {
        let left = self.left.get().checked_sub(1 + text.len() / BYTES_PER_STEP);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ())
    }
}

impl<'t> Handle<'t> {
    /// The element of this number; none if it is no element.
    pub(super) fn new(tree: &'t Tree, id: Id, work: &'t Work) -> Option<Self> {
        Some(Self {
            tree,
            id,
            element: tree.element(id)?,
            work,
        })
    }

    fn of(self, id: Id) -> Option<Self> {
        Self::new(self.tree, id, self.work)
    }

    /// The first element of some nodes, each leading to the next one.
    fn first(self, mut node: Option<Id>, next: impl Fn(&Tree, Id) -> Option<Id>) -> Option<Self> {
        while let Some(id) = node {
            self.work.step()?;
            if let Some(element) = self.of(id) {
                return Some(element);
            }
            node = next(self.tree, id);
        }
        None
    }

    /// Whether a name of the element's is this one. Those of drawings in HTML may be written in any case, as browsers have it;
    /// those of HTML itself are in lower case on both sides.
    fn is_called(&self, name: &str, wanted: &str) -> bool {
        let any_case = self.tree.is_html && !self.element.is_html();
        name == wanted || any_case && name.eq_ignore_ascii_case(wanted)
    }

    fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut attributes = self.element.attributes.iter();
        let found = attributes.find(|it| it.name.ns.is_empty() && *it.name.local == *name)?;
        self.work.read(&found.value)?;
        Some(&found.value)
    }
}

impl Matched for Handle<'_> {
    type Impl = Syntax;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.element)
    }

    fn parent_element(&self) -> Option<Self> {
        self.work.step()?;
        self.of(self.tree.parent(self.id)?)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.first(self.tree.previous_sibling(self.id), Tree::previous_sibling)
    }

    fn next_sibling_element(&self) -> Option<Self> {
        self.first(self.tree.next_sibling(self.id), Tree::next_sibling)
    }

    fn first_element_child(&self) -> Option<Self> {
        self.first(self.tree.first_child(self.id), Tree::next_sibling)
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.tree.is_html && self.element.is_html()
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.is_called(self.element.name(), name)
    }

    fn has_namespace(&self, namespace: &str) -> bool {
        &*self.element.name.ns == namespace
    }

    fn is_same_type(&self, other: &Self) -> bool {
        let (one, other) = (&self.element.name, &other.element.name);
        one.local == other.local && one.ns == other.ns
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Name>,
        name: &Name,
        operation: &AttrSelectorOperation<&Name>,
    ) -> bool {
        self.element.attributes.iter().any(|attribute| {
            let in_namespace = match namespace {
                NamespaceConstraint::Any => true,
                NamespaceConstraint::Specific(namespace) => {
                    *attribute.name.ns == *namespace.as_ref()
                }
            };
            in_namespace
                && self.is_called(&attribute.name.local, name.as_ref())
                && self.work.read(&attribute.value).is_some()
                && operation.eval_str(&attribute.value)
        })
    }

    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        self.attribute("id")
            .is_some_and(|written| case.eq(written.as_bytes(), id.as_ref().as_bytes()))
    }

    fn has_class(&self, name: &Name, case: CaseSensitivity) -> bool {
        let classes = self.attribute("class").unwrap_or_default();
        let mut classes = classes.split_ascii_whitespace();
        classes.any(|class| case.eq(class.as_bytes(), name.as_ref().as_bytes()))
    }

    fn is_empty(&self) -> bool {
        let mut child = self.tree.first_child(self.id);
        while let Some(id) = child {
            let holds = match self.tree.content(id) {
                Content::Element(_) => true,
                Content::Text(text) => !text.is_empty(),
                Content::Comment(_) | Content::Instruction(_) | Content::Other => false,
            };
            if holds || self.work.step().is_none() {
                return false;
            }
            child = self.tree.next_sibling(id);
        }
        true
    }

    fn is_root(&self) -> bool {
        self.tree.parent(self.id) == Some(ROOT)
    }

    fn match_non_ts_pseudo_class(&self, none: &Never, _: &mut MatchingContext<'_, Syntax>) -> bool {
        match *none {}
    }

    fn match_pseudo_element(&self, none: &Never, _: &mut MatchingContext<'_, Syntax>) -> bool {
        match *none {}
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }

    // What follows is of shadow trees, of links that were visited and of changes to a page: there are none.

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn is_link(&self) -> bool {
        false
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }

    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }

    fn is_part(&self, _: &Name) -> bool {
        false
    }
}
