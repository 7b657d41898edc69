//! A `DoclingDocument` out of a document of any format.

use serde_json::Map;

use super::html::harmless;
use super::outline::{Outline, Piece, Shape, caption, paragraphs, placed};
use super::ranges::Kind;
use super::runs::{Inline, Run, Runs, plain};
use crate::docling::{
    DoclingDocument, Formatting, Group, Origin, Ref, TableCell, TableData, TableItem, TextItem,
};
use crate::watch::Interrupted;
use crate::{BlockKind, Document, Input, Span, Table, Watch};

/// The version of the model that is written: the first one that knows lists as they are written here, so that all later ones read it.
const VERSION: &str = "1.5.0";

/// Lists that are shown as standing in each other; deeper ones stand in the last.
const MAX_DEPTH: usize = 16;

const BODY: &str = "#/body";

/// Media types that every release of the model knows. It refuses a document that names another.
const MEDIA_TYPES: [&str; 14] = [
    "application/pdf",
    "application/json",
    "application/xml",
    "application/zip",
    "application/x-tar",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "message/rfc822",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
];

/// Languages of code by the model's names, which it holds others to.
const LANGUAGES: [&str; 52] = [
    "Ada",
    "Awk",
    "Bash",
    "C",
    "C#",
    "C++",
    "CMake",
    "COBOL",
    "CSS",
    "Clojure",
    "Crystal",
    "Cuda",
    "Cython",
    "D",
    "Dart",
    "Dockerfile",
    "Elixir",
    "Erlang",
    "FORTRAN",
    "Forth",
    "Go",
    "HTML",
    "Haskell",
    "Haxe",
    "Java",
    "JavaScript",
    "Julia",
    "Kotlin",
    "Lisp",
    "Lua",
    "Matlab",
    "MoonScript",
    "Nim",
    "OCaml",
    "ObjectiveC",
    "Octave",
    "PHP",
    "Pascal",
    "Perl",
    "Prolog",
    "Python",
    "Racket",
    "Ruby",
    "Rust",
    "SML",
    "SQL",
    "Scala",
    "Scheme",
    "Swift",
    "TypeScript",
    "XML",
    "YAML",
];

/// The whole document.
pub(super) fn docling(
    input: Input<'_>,
    sha256_hex: &str,
    document: &Document,
    watch: &dyn Watch,
) -> Result<DoclingDocument, Interrupted> {
    let text = document.text.as_str();
    let runs = Runs::of(document, watch)?;
    let mut tree = Tree {
        text,
        runs: &runs,
        lists: Vec::new(),
        done: empty(input, sha256_hex, document),
    };
    if let Shape::Source(language) = Shape::of(document) {
        tree.code(text.trim_matches('\n'), Some(language));
    } else {
        let outline = Outline::of(document);
        outline.each(0..text.len(), watch, |piece| match piece {
            Piece::Lines(span) => tree.lines(span),
            Piece::Table(table) => tree.table(table),
            Piece::Block(block, span) => tree.block(span, &block.kind),
        })?;
    }
    Ok(tree.done)
}

fn empty(input: Input<'_>, sha256_hex: &str, document: &Document) -> DoclingDocument {
    let filename = input.name.unwrap_or("document");
    let name = match filename.rsplit_once('.') {
        Some((name, _)) if !name.is_empty() => name,
        _ => filename,
    };
    let known = MEDIA_TYPES
        .into_iter()
        .find(|it| *it == document.media_type);
    let hash = sha256_hex.get(sha256_hex.len().saturating_sub(16)..);
    let root = |name: &str, layer: &str| Group {
        self_ref: name.to_owned(),
        parent: None,
        children: Vec::new(),
        content_layer: layer.to_owned(),
        name: "_root_".to_owned(),
        label: "unspecified".to_owned(),
    };
    DoclingDocument {
        schema_name: "DoclingDocument".to_owned(),
        version: VERSION.to_owned(),
        name: name.to_owned(),
        origin: Origin {
            mimetype: known.unwrap_or("application/octet-stream").to_owned(),
            binary_hash: hash.map_or(0, |hex| u64::from_str_radix(hex, 16).unwrap_or(0)),
            filename: filename.to_owned(),
        },
        furniture: root("#/furniture", "furniture"),
        body: root(BODY, "body"),
        groups: Vec::new(),
        texts: Vec::new(),
        pictures: [],
        tables: Vec::new(),
        key_value_items: [],
        form_items: [],
        pages: Map::new(),
    }
}

/// A document under construction.
struct Tree<'a> {
    text: &'a str,
    runs: &'a Runs<'a>,
    /// The lists that are open: the number of each as a group, and that of its last item as a text.
    lists: Vec<(usize, usize)>,
    done: DoclingDocument,
}

/// Where an item is to stand.
#[derive(Clone, Copy)]
enum Parent {
    Body,
    Group(usize),
    Text(usize),
    Table(usize),
}

impl Parent {
    fn pointer(self) -> Ref {
        let pointer = match self {
            Self::Body => BODY.to_owned(),
            Self::Group(number) => format!("#/groups/{number}"),
            Self::Text(number) => format!("#/texts/{number}"),
            Self::Table(number) => format!("#/tables/{number}"),
        };
        Ref { pointer }
    }
}

impl Tree<'_> {
    /// Text that no block covers: its lines are one.
    fn lines(&mut self, span: Span) {
        for paragraph in paragraphs(self.text, span) {
            self.lists.clear();
            let runs = self.runs.within(paragraph);
            self.styled(Parent::Body, &runs, " ");
        }
    }

    fn block(&mut self, span: Span, kind: &BlockKind) {
        match kind {
            BlockKind::Item { depth, number } => {
                return self.item(span, usize::from(*depth), *number);
            }
            _ => self.lists.clear(),
        }
        match kind {
            BlockKind::Heading(level) => {
                let words = plain(&self.runs.within(span), " ");
                if !words.is_empty() {
                    let label = if *level <= 1 {
                        "title"
                    } else {
                        "section_header"
                    };
                    let heading = self.add_text(Parent::Body, label, words);
                    let below_title = level.saturating_sub(1);
                    heading.level = (below_title > 0).then_some(below_title);
                }
            }
            BlockKind::Code { language } => {
                let code = self.runs.code(span);
                self.code(&code, language.as_deref());
            }
            _ => {
                let runs = self.runs.within(span);
                self.styled(Parent::Body, &runs, "\n");
            }
        }
    }

    fn code(&mut self, code: &str, language: Option<&str>) {
        let language = language.and_then(|language| {
            let mut known = LANGUAGES.iter();
            known.find(|known| known.eq_ignore_ascii_case(language))
        });
        let item = self.add_text(Parent::Body, "code", code.to_owned());
        item.code_language = Some(language.copied().unwrap_or("unknown").to_owned());
    }

    fn item(&mut self, span: Span, depth: usize, number: Option<u64>) {
        let runs = self.runs.within(span);
        if runs.is_empty() {
            return;
        }
        let outer = (depth.clamp(1, MAX_DEPTH) - 1).min(self.lists.len());
        self.lists.truncate(outer + 1);
        let list = if let Some((list, _)) = self.lists.get(outer) {
            *list
        } else {
            let parent = self.lists.last();
            let parent = parent.map_or(Parent::Body, |(_, item)| Parent::Text(*item));
            self.add_group(parent, "list")
        };
        let item = self.done.texts.len();
        let style = one_style(&runs);
        let words = style.map(|_| plain(&runs, "\n")).unwrap_or_default();
        let text = self.add_text(Parent::Group(list), "list_item", words);
        text.enumerated = Some(number.is_some());
        text.marker = Some(number.map_or_else(|| "-".to_owned(), |number| format!("{number}.")));
        match style {
            Some(run) => set_apart(text, run),
            None => self.styled(Parent::Text(item), &runs, "\n"),
        }
        self.lists.truncate(outer);
        self.lists.push((list, item));
    }

    fn table(&mut self, table: &Table) {
        self.lists.clear();
        let number = self.done.tables.len();
        let header_rows = table.header_rows.min(table.rows.len());
        let mut cells = Vec::new();
        for placed in placed(table).into_iter().flatten() {
            cells.push(TableCell {
                row_span: placed.rows,
                col_span: placed.columns,
                start_row_offset_idx: placed.row,
                end_row_offset_idx: placed.row + placed.rows,
                start_col_offset_idx: placed.column,
                end_col_offset_idx: placed.column + placed.columns,
                text: placed.cell.text.clone(),
                column_header: placed.row < header_rows,
            });
        }
        let pointer = Parent::Table(number).pointer();
        self.done.body.children.push(pointer.clone());
        self.done.tables.push(TableItem {
            self_ref: pointer.pointer,
            parent: Parent::Body.pointer(),
            children: Vec::new(),
            content_layer: "body".to_owned(),
            label: "table".to_owned(),
            prov: [],
            captions: Vec::new(),
            references: [],
            footnotes: [],
            data: TableData {
                table_cells: cells,
                num_rows: table.rows.len(),
                num_cols: table.rows.first().map_or(0, Vec::len),
            },
        });
        if let Some(caption) = caption(self.text, table) {
            let text = self.done.texts.len();
            self.add_text(Parent::Table(number), "caption", caption.to_owned());
            let pointer = Parent::Text(text).pointer();
            self.done.tables[number].captions.push(pointer);
        }
    }

    /// Runs as one text if they are of one style, else as a group of texts.
    fn styled(&mut self, parent: Parent, runs: &[Inline<'_>], between_lines: &str) {
        if let Some(run) = one_style(runs) {
            let text = self.add_text(parent, "text", plain(runs, between_lines));
            return set_apart(text, run);
        }
        if runs.is_empty() {
            return;
        }
        let group = Parent::Group(self.add_group(parent, "inline"));
        let mut words = String::new();
        let mut runs = runs.iter().peekable();
        while let Some(inline) = runs.next() {
            match inline {
                Inline::Break => words.push_str(between_lines),
                Inline::Run(run) => {
                    words.push_str(&run.text);
                    let next = runs.clone().find_map(|it| match it {
                        Inline::Run(next) => Some(next),
                        Inline::Break => None,
                    });
                    if next.is_some_and(|next| is_alike(run, next)) {
                        continue;
                    }
                    // Whoever shows a group sets a space between its texts.
                    let text = words.trim();
                    if !text.is_empty() {
                        let is_code = run.style.has(Kind::Code);
                        let label = if is_code { "code" } else { "text" };
                        let text = self.add_text(group, label, text.to_owned());
                        text.code_language = is_code.then(|| "unknown".to_owned());
                        set_apart(text, run);
                    }
                    words.clear();
                }
            }
        }
    }

    fn add_text(&mut self, parent: Parent, label: &str, text: String) -> &mut TextItem {
        let number = self.done.texts.len();
        let pointer = Parent::Text(number).pointer();
        self.adopt(parent, pointer.clone());
        self.done.texts.push(TextItem {
            self_ref: pointer.pointer,
            parent: parent.pointer(),
            children: Vec::new(),
            content_layer: "body".to_owned(),
            label: label.to_owned(),
            prov: [],
            orig: text.clone(),
            text,
            formatting: None,
            hyperlink: None,
            level: None,
            enumerated: None,
            marker: None,
            code_language: None,
        });
        &mut self.done.texts[number]
    }

    fn add_group(&mut self, parent: Parent, label: &str) -> usize {
        let number = self.done.groups.len();
        let pointer = Parent::Group(number).pointer();
        self.adopt(parent, pointer.clone());
        self.done.groups.push(Group {
            self_ref: pointer.pointer,
            parent: Some(parent.pointer()),
            children: Vec::new(),
            content_layer: "body".to_owned(),
            name: label.to_owned(),
            label: label.to_owned(),
        });
        number
    }

    fn adopt(&mut self, parent: Parent, child: Ref) {
        let children = match parent {
            Parent::Body => &mut self.done.body.children,
            Parent::Group(number) => &mut self.done.groups[number].children,
            Parent::Text(number) => &mut self.done.texts[number].children,
            Parent::Table(number) => &mut self.done.tables[number].children,
        };
        children.push(child);
    }
}

/// The run whose style all have; none if there is none, or they differ.
fn one_style<'r, 'a>(runs: &'r [Inline<'a>]) -> Option<&'r Run<'a>> {
    let mut runs = runs.iter().filter_map(|inline| match inline {
        Inline::Run(run) => Some(run),
        Inline::Break => None,
    });
    let first = runs.next()?;
    runs.all(|run| is_alike(first, run)).then_some(first)
}

/// Whether the model can tell two runs apart.
fn is_alike(one: &Run<'_>, other: &Run<'_>) -> bool {
    let is_code = |run: &Run<'_>| run.style.has(Kind::Code);
    formatting(one) == formatting(other)
        && hyperlink(one) == hyperlink(other)
        && is_code(one) == is_code(other)
}

fn set_apart(text: &mut TextItem, run: &Run<'_>) {
    let formatting = formatting(run);
    text.formatting = (formatting != Formatting::default()).then_some(formatting);
    text.hyperlink = hyperlink(run).map(str::to_owned);
}

fn formatting(run: &Run<'_>) -> Formatting {
    Formatting {
        bold: run.style.has(Kind::Strong),
        italic: run.style.has(Kind::Emphasis),
        underline: false,
        strikethrough: run.style.has(Kind::Struck),
    }
}

fn hyperlink<'r>(run: &'r Run<'_>) -> Option<&'r str> {
    run.href.as_deref().and_then(harmless)
}
