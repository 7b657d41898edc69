//! What a page's text is made of, told while the text is written: headings, items, code, emphasis.

use super::tree::{Element, Id, ROOT, Tree};
use crate::read::flow::{Flow, trimmed};
use crate::{Block, BlockKind, Document, Mark, MarkKind};

/// The classes by which pages name the language of code.
const LANGUAGE_CLASSES: [&str; 4] = ["language-", "lang-", "highlight-source-", "highlight-"];

/// The longest name of a language.
const MAX_LANGUAGE_BYTES: usize = 40;

/// The blocks and the emphasis of one page.
///
/// A block is a run of text between two elements that begin a line: so blocks rise and never overlap, whatever
/// stands in what.
#[derive(Default)]
pub(super) struct Blocks {
    done: Vec<Block>,
    /// By block: the element that its text stands right in.
    owners: Vec<Id>,
    marks: Vec<Mark>,
    /// The elements open that stand apart.
    apart: Vec<Id>,
    /// Where the run begins that no block covers yet.
    run: usize,
    /// The levels of the headings that are open.
    headings: Vec<u8>,
    /// Quotations that are open.
    quotations: usize,
    /// What decides whether a run is an item: the lists that are open, and the table cells, in which lists begin anew.
    scopes: Vec<Scope>,
    /// The languages of the preformatted elements that are open.
    code: Vec<Option<String>>,
    emphasis: Vec<(MarkKind, usize)>,
}

enum Scope {
    Cell,
    List(List),
}

/// A list that is open.
struct List {
    /// How many lists it stands in, itself included.
    depth: u8,
    /// The number of the next item, in an ordered list.
    next: Option<u64>,
    /// Downwards.
    reversed: bool,
    item: Option<Item>,
}

/// An item that is open.
struct Item {
    number: Option<u64>,
    text: ItemText,
}

/// The text of an item.
#[derive(Clone, Copy)]
enum ItemText {
    NotYet,
    /// It is this block.
    Block(usize),
    /// It began with a block of another kind.
    Other,
}

impl Blocks {
    /// An element begins. `sets_apart` says whether it stands on lines of its own.
    pub(super) fn begin(
        &mut self,
        tree: &Tree,
        node: Id,
        element: &Element,
        sets_apart: bool,
        flow: &Flow,
    ) {
        let name = element.name();
        if let Some(kind) = emphasis(name) {
            self.emphasis.push((kind, flow.len()));
            return;
        }
        // Lines of code stay together, whatever elements they stand in.
        if self.code.is_empty() && (sets_apart || matches!(name, "td" | "th")) {
            self.end_run(flow);
        }
        if sets_apart || matches!(name, "td" | "th") {
            self.apart.push(node);
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.headings.push(name.as_bytes()[1] - b'0');
            }
            "blockquote" => self.quotations += 1,
            "pre" => self.code.push(language(tree, node)),
            "ul" | "ol" | "menu" | "dir" => {
                let list = List::new(tree, node, element, self.scopes.last());
                self.scopes.push(Scope::List(list));
            }
            "td" | "th" => self.scopes.push(Scope::Cell),
            "li" => {
                if let Some(Scope::List(list)) = self.scopes.last_mut() {
                    list.begin_item(element);
                }
            }
            _ => {}
        }
    }

    /// An element ends whose beginning was told.
    pub(super) fn end(&mut self, element: &Element, sets_apart: bool, flow: &Flow) {
        let name = element.name();
        if emphasis(name).is_some() {
            if let Some((kind, start)) = self.emphasis.pop() {
                self.end_emphasis(kind, start, flow);
            }
            return;
        }
        let in_code = self.code.len() > usize::from(name == "pre");
        if !in_code && (sets_apart || matches!(name, "td" | "th")) {
            self.end_run(flow);
        }
        if sets_apart || matches!(name, "td" | "th") {
            self.apart.pop();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => drop(self.headings.pop()),
            "blockquote" => self.quotations -= 1,
            "pre" => drop(self.code.pop()),
            "ul" | "ol" | "menu" | "dir" | "td" | "th" => drop(self.scopes.pop()),
            "li" => {
                if let Some(Scope::List(list)) = self.scopes.last_mut() {
                    list.item = None;
                }
            }
            _ => {}
        }
    }

    /// Hands all over to the document; says by block which element its text stands right in.
    pub(super) fn finish(mut self, flow: &Flow, document: &mut Document) -> Vec<Id> {
        self.end_run(flow);
        self.marks
            .sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
        document.blocks = self.done;
        document.marks = self.marks;
        self.owners
    }

    /// What was written since the last block is a block, if it is any text.
    fn end_run(&mut self, flow: &Flow) {
        let start = std::mem::replace(&mut self.run, flow.len());
        let Some(span) = flow.span_since(start) else {
            return;
        };
        let kind = if let Some(language) = self.code.last() {
            BlockKind::Code {
                language: language.clone(),
            }
        } else if let Some(&level) = self.headings.last() {
            BlockKind::Heading(level)
        } else {
            match self.item() {
                Some(Run::Begins(kind)) => kind,
                Some(Run::Continues(block)) => {
                    self.done[block].span.end = span.end;
                    return;
                }
                None => BlockKind::Paragraph,
            }
        };
        if !matches!(kind, BlockKind::Item { .. })
            && let Some(item) = self.open_item()
            && matches!(item.text, ItemText::NotYet)
        {
            item.text = ItemText::Other;
        }
        let quoted = u8::try_from(self.quotations).unwrap_or(u8::MAX);
        self.done.push(Block { span, kind, quoted });
        self.owners.push(self.apart.last().copied().unwrap_or(ROOT));
    }

    fn open_item(&mut self) -> Option<&mut Item> {
        match self.scopes.last_mut()? {
            Scope::List(list) => list.item.as_mut(),
            Scope::Cell => None,
        }
    }

    /// What a run is to the item that it stands in.
    fn item(&mut self) -> Option<Run> {
        let next = self.done.len();
        let Some(Scope::List(List {
            depth,
            item: Some(item),
            ..
        })) = self.scopes.last_mut()
        else {
            return None;
        };
        match item.text {
            ItemText::NotYet => {
                item.text = ItemText::Block(next);
                Some(Run::Begins(BlockKind::Item {
                    depth: *depth,
                    number: item.number,
                }))
            }
            ItemText::Block(block) if block + 1 == next => Some(Run::Continues(block)),
            ItemText::Block(_) | ItemText::Other => None,
        }
    }

    /// Emphasis ends: a mark in each line that it reaches into.
    fn end_emphasis(&mut self, kind: MarkKind, start: usize, flow: &Flow) {
        let doubled = self.emphasis.iter().any(|(open, _)| *open == kind);
        if doubled || !self.code.is_empty() {
            return;
        }
        let text = flow.as_str();
        let mut at = start;
        for line in text[start..].split(['\n', '\t']) {
            if let Some(span) = trimmed(text, at..at + line.len()) {
                self.marks.push(Mark { span, kind });
            }
            at += line.len() + 1;
        }
    }
}

/// What a run is to an item.
enum Run {
    Begins(BlockKind),
    /// It belongs to this block.
    Continues(usize),
}

impl List {
    fn new(tree: &Tree, node: Id, element: &Element, around: Option<&Scope>) -> Self {
        let depth = match around {
            Some(Scope::List(list)) => list.depth.saturating_add(1),
            _ => 1,
        };
        let ordered = element.name() == "ol";
        let reversed = ordered && element.attribute("reversed").is_some();
        let first = || match element.attribute("start").and_then(whole_number) {
            Some(start) => start,
            None if reversed => items(tree, node),
            None => 1,
        };
        Self {
            depth,
            next: ordered.then(first),
            reversed,
            item: None,
        }
    }

    fn begin_item(&mut self, element: &Element) {
        let own = element.attribute("value").and_then(whole_number);
        let number = self.next.map(|next| own.unwrap_or(next));
        self.next = number.map(|number| {
            if self.reversed {
                number.saturating_sub(1)
            } else {
                number.saturating_add(1)
            }
        });
        self.item = Some(Item {
            number,
            text: ItemText::NotYet,
        });
    }
}

/// The number of items right in a list.
fn items(tree: &Tree, list: Id) -> u64 {
    let children = std::iter::successors(tree.first_child(list), |&child| tree.next_sibling(child));
    let items = children.filter(|&child| tree.element(child).is_some_and(|it| it.name() == "li"));
    items.count() as u64
}

fn whole_number(written: &str) -> Option<u64> {
    written.trim().parse().ok()
}

fn emphasis(name: &str) -> Option<MarkKind> {
    match name {
        "b" | "strong" => Some(MarkKind::Strong),
        "i" | "em" | "cite" | "dfn" | "var" => Some(MarkKind::Emphasis),
        "code" | "kbd" | "samp" | "tt" => Some(MarkKind::Code),
        "del" | "s" | "strike" => Some(MarkKind::Struck),
        _ => None,
    }
}

/// The language that a piece of code is said to be in: by the classes that highlighters and generators of pages write, at
/// the code or close around it.
fn language(tree: &Tree, pre: Id) -> Option<String> {
    let code = tree.first_child(pre);
    let around = std::iter::successors(Some(pre), |&node| tree.parent(node)).take(3);
    code.into_iter()
        .chain(around)
        .filter_map(|node| tree.element(node))
        .find_map(language_of)
}

fn language_of(element: &Element) -> Option<String> {
    let classes = element.attribute("class").unwrap_or_default();
    let mut names = classes.split_ascii_whitespace().filter_map(|class| {
        LANGUAGE_CLASSES
            .iter()
            .find_map(|prefix| class.strip_prefix(prefix))
    });
    let name = element.attribute("data-lang").or_else(|| names.next())?;
    let is_name = name.len() <= MAX_LANGUAGE_BYTES
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-#._".contains(&byte))
        && !matches!(name, "default" | "none" | "plaintext" | "text");
    is_name.then(|| name.to_ascii_lowercase())
}
