//! Steps from nodes to nodes.

use std::collections::HashSet;

use plan::xpath::{Axis, NodeTest};

use super::in_order;
use super::node::{self, Named, Part, Place};
use crate::Error;
use crate::select::Budget;
use crate::tree::{Content, Id, ROOT, Tree};

/// A step without what must be true of its nodes: an axis, and a test with the namespace that its prefix stands for.
pub(super) struct Way<'a> {
    pub(super) tree: &'a Tree,
    pub(super) axis: Axis,
    pub(super) test: &'a NodeTest,
    /// None: there is no such prefix, so no name matches.
    pub(super) namespace: Option<&'a str>,
}

impl Way<'_> {
    /// All nodes that it leads to, in the order of the document, each once.
    pub(super) fn all_from(
        &self,
        context: &[Place],
        budget: &mut Budget<'_>,
    ) -> Result<Vec<Place>, Error> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        // Of these axes, one node's way holds all the others'.
        let context = match self.axis {
            Axis::Following => least(context, |place| self.tree.within(place.id()).end),
            Axis::Preceding => least(context, |place| std::cmp::Reverse(place.id())),
            _ => context,
        };
        // Here ways meet, and go on together.
        let meets = context.len() > 1
            && matches!(
                self.axis,
                Axis::Ancestor
                    | Axis::AncestorOrSelf
                    | Axis::FollowingSibling
                    | Axis::PrecedingSibling
            );
        let mut covered = 0;
        for &place in context {
            if place.is_node() && matches!(self.axis, Axis::Descendant | Axis::DescendantOrSelf) {
                if place.id() < covered {
                    continue;
                }
                covered = self.tree.within(place.id()).end;
            }
            self.walk(place, budget, &mut |place| {
                if meets && !seen.insert(place) {
                    return false;
                }
                if self.passes(place) {
                    found.push(place);
                }
                true
            })?;
        }
        Ok(in_order(found))
    }

    /// The first nodes that it leads to from one node, in the direction of the axis.
    pub(super) fn first_from(
        &self,
        place: Place,
        most: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<Place>, Error> {
        let mut found = Vec::new();
        self.walk(place, budget, &mut |place| {
            if self.passes(place) {
                found.push(place);
            }
            found.len() < most
        })?;
        Ok(found)
    }

    /// Visits the nodes of the axis, in its direction, as long as the visitor wants more.
    fn walk(
        &self,
        place: Place,
        budget: &mut Budget<'_>,
        visit: &mut dyn FnMut(Place) -> bool,
    ) -> Result<(), Error> {
        let (tree, id) = (self.tree, place.id());
        let parent = if place.is_node() {
            tree.parent(id)
        } else {
            Some(id)
        };
        let namespaces = match self.axis {
            Axis::Namespace if !tree.is_html && tree.element(id).is_some() => {
                node::namespaces(tree, id).len()
            }
            _ => 0,
        };
        // Each of them is found again by its number.
        budget.steps(namespaces * namespaces)?;
        let mut visit = |place| {
            budget.step()?;
            Ok::<bool, Error>(visit(place))
        };
        let mut chain = |mut at: Option<Id>, next: fn(&Tree, Id) -> Option<Id>| {
            while let Some(id) = at {
                if !visit(Place::node(id))? {
                    break;
                }
                at = next(tree, id);
            }
            Ok::<(), Error>(())
        };
        match self.axis {
            Axis::SelfNode => {
                visit(place)?;
            }
            Axis::Parent => {
                if let Some(parent) = parent {
                    visit(Place::node(parent))?;
                }
            }
            Axis::Ancestor => chain(parent, Tree::parent)?,
            Axis::AncestorOrSelf => {
                if visit(place)? {
                    let mut at = parent;
                    while let Some(id) = at {
                        if !visit(Place::node(id))? {
                            break;
                        }
                        at = tree.parent(id);
                    }
                }
            }
            Axis::Following => {
                for id in tree.within(id).end..tree.within(ROOT).end {
                    if !visit(Place::node(id))? {
                        break;
                    }
                }
            }
            Axis::Preceding => {
                for before in (1..id).rev() {
                    let is_ancestor = tree.within(before).end > id;
                    if !is_ancestor && !visit(Place::node(before))? {
                        break;
                    }
                }
            }
            Axis::DescendantOrSelf if !place.is_node() => {
                visit(place)?;
            }
            // Attributes and namespaces have nothing of what follows.
            _ if !place.is_node() => {}
            Axis::Child => chain(tree.first_child(id), Tree::next_sibling)?,
            Axis::FollowingSibling => chain(tree.next_sibling(id), Tree::next_sibling)?,
            Axis::PrecedingSibling => chain(tree.previous_sibling(id), Tree::previous_sibling)?,
            Axis::Descendant | Axis::DescendantOrSelf => {
                let or_self = self.axis == Axis::DescendantOrSelf;
                let within = tree.within(id);
                for id in within.start + usize::from(!or_self)..within.end {
                    if !visit(Place::node(id))? {
                        break;
                    }
                }
            }
            Axis::Attribute => {
                let count = tree.element(id).map_or(0, |it| it.attributes.len());
                for index in 0..count {
                    if !visit(Place::attribute(id, index))? {
                        break;
                    }
                }
            }
            Axis::Namespace => {
                for index in 0..namespaces {
                    if !visit(Place::namespace(id, index))? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a node passes the test.
    fn passes(&self, place: Place) -> bool {
        let content = self.tree.content(place.id());
        let part = place.part();
        let is_principal = match self.axis {
            Axis::Attribute => matches!(part, Part::Attribute(_)),
            Axis::Namespace => matches!(part, Part::Namespace(_)),
            _ => part == Part::Node && matches!(content, Content::Element(_)),
        };
        match self.test {
            NodeTest::Node => true,
            NodeTest::Text => part == Part::Node && matches!(content, Content::Text(_)),
            NodeTest::Comment => part == Part::Node && matches!(content, Content::Comment(_)),
            NodeTest::Instruction(target) => match content {
                Content::Instruction(instruction) if part == Part::Node => target
                    .as_deref()
                    .is_none_or(|target| *instruction.target == *target),
                _ => false,
            },
            NodeTest::Any => is_principal,
            NodeTest::AnyIn(prefix) => {
                is_principal && self.is_in(&node::named(place, self.tree), prefix)
            }
            NodeTest::Name { prefix, local } => {
                is_principal
                    && self.is_called(&node::named(place, self.tree), prefix.as_deref(), local)
            }
        }
    }

    fn is_in(&self, name: &Named<'_>, prefix: &str) -> bool {
        if self.tree.is_html {
            return name.prefix.eq_ignore_ascii_case(prefix);
        }
        self.namespace == Some(name.namespace)
    }

    fn is_called(&self, name: &Named<'_>, prefix: Option<&str>, local: &str) -> bool {
        if !self.tree.is_html {
            return name.local == local && self.namespace == Some(name.namespace);
        }
        match (prefix, name.prefix) {
            (None, "") => name.local.eq_ignore_ascii_case(local),
            (Some(prefix), "") => name.local.split_once(':').is_some_and(|(before, after)| {
                before.eq_ignore_ascii_case(prefix) && after.eq_ignore_ascii_case(local)
            }),
            (Some(prefix), written) => {
                written.eq_ignore_ascii_case(prefix) && name.local.eq_ignore_ascii_case(local)
            }
            // HTML's parser gives prefixes to the attributes of drawings alone.
            (None, _) => false,
        }
    }
}

/// The place of which something is least, alone.
fn least<K: Ord>(places: &[Place], key: impl Fn(Place) -> K) -> &[Place] {
    let index = (0..places.len()).min_by_key(|&index| key(places[index]));
    index.map_or(&[], |index| &places[index..=index])
}
