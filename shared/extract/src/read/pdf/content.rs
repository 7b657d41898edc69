//! What a page draws: words and lines.

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream, String as PdfString};
use hayro_syntax::page::Resources;

use crate::{Error, Limits, Watch};

use super::super::check_text;
use super::fonts::{FontId, Fonts};
use super::geometry::Matrix;
use super::metadata::text_string;
use super::rules::{Path, Rule};
use super::unpack::unpacked;
use super::words::{Shown, Words};

/// Operations between two questions to the watch.
const OPERATIONS_PER_CHECK: usize = 2_000;
/// Operations of one page, those in forms included. What follows is left out.
const MAX_OPERATIONS: usize = 10_000_000;
/// States of graphics that are kept at a time, and marks that are open at a time.
const MAX_STATES: usize = 512;
/// Forms within forms.
const MAX_FORM_DEPTH: usize = 16;
/// Lines of a page: a page with more of them is a drawing.
pub(super) const MAX_RULES: usize = 20_000;

/// What a page draws.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) words: Words,
    pub(super) rules: Vec<Rule>,
    /// Whether it shows an image.
    pub(super) has_image: bool,
    /// Whether some of it was left out.
    pub(super) cut: bool,
}

/// Reads what a page draws.
pub(super) fn content<'a>(
    stream: &[u8],
    resources: &Resources<'a>,
    fonts: &mut Fonts<'a>,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Content, Error> {
    let mut interpreter = Interpreter {
        fonts,
        limits,
        watch,
        content: Content::default(),
        path: Path::default(),
        state: State::default(),
        operations: 0,
    };
    interpreter.run(stream, resources, 0)?;
    Ok(interpreter.content)
}

struct Interpreter<'i, 'a> {
    fonts: &'i mut Fonts<'a>,
    limits: &'i Limits,
    watch: &'i dyn Watch,
    content: Content,
    path: Path,
    state: State,
    operations: usize,
}

/// The state of graphics and text.
#[derive(Clone, Copy)]
struct State {
    matrix: Matrix,
    font: Option<FontId>,
    size: f32,
    character_spacing: f32,
    word_spacing: f32,
    /// Horizontal scaling; 1 is none.
    stretch: f32,
    leading: f32,
    rise: f32,
    /// Text and line matrix; kept here although `q` does not save them, for no text goes across it.
    text: Matrix,
    line: Matrix,
}

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: Matrix::IDENTITY,
            font: None,
            size: 1.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }
}

/// A part of the content that was marked.
enum Marked {
    Plain,
    /// Its glyphs stand for this text; it is taken with the first.
    Replaced(Option<String>),
}

impl<'a> Interpreter<'_, 'a> {
    fn run(&mut self, stream: &[u8], resources: &Resources<'a>, depth: usize) -> Result<(), Error> {
        let mut operations = TypedIter::new(stream);
        let mut states = Vec::new();
        let mut marked: Vec<Marked> = Vec::new();
        while let Some(operation) = operations.next() {
            self.operations += 1;
            if self.operations.is_multiple_of(OPERATIONS_PER_CHECK) {
                self.watch.check()?;
                check_text(self.content.words.bytes(), self.limits)?;
            }
            if self.operations > MAX_OPERATIONS {
                self.content.cut = true;
                return Ok(());
            }
            let state = &mut self.state;
            match operation {
                Op::SaveState(_) if states.len() < MAX_STATES => states.push(*state),
                Op::RestoreState(_) => *state = states.pop().unwrap_or(*state),
                Op::Transform(it) => {
                    let matrix = Matrix::of([it.0, it.1, it.2, it.3, it.4, it.5]);
                    state.matrix = matrix.then(state.matrix);
                }

                Op::BeginText(_) => {
                    state.text = Matrix::IDENTITY;
                    state.line = Matrix::IDENTITY;
                }
                Op::CharacterSpacing(it) => state.character_spacing = it.0.as_f32(),
                Op::WordSpacing(it) => state.word_spacing = it.0.as_f32(),
                Op::HorizontalScaling(it) => state.stretch = it.0.as_f32() / 100.0,
                Op::TextLeading(it) => state.leading = it.0.as_f32(),
                Op::TextRise(it) => state.rise = it.0.as_f32(),
                Op::TextFont(it) => {
                    state.size = it.1.as_f32();
                    let font = resources.get_font(it.0);
                    state.font = match font {
                        Some(font) => self.fonts.load(&font)?,
                        None => None,
                    };
                }
                Op::SetTextMatrix(it) => {
                    state.line = Matrix::of([it.0, it.1, it.2, it.3, it.4, it.5]);
                    state.text = state.line;
                }
                Op::NextLine(it) => state.next_line(it.0.as_f32(), it.1.as_f32()),
                Op::NextLineAndSetLeading(it) => {
                    state.leading = -it.1.as_f32();
                    state.next_line(it.0.as_f32(), it.1.as_f32());
                }
                Op::NextLineUsingLeading(_) => state.next_line(0.0, -state.leading),
                Op::ShowText(it) => self.show(it.0, &mut marked),
                Op::NextLineAndShowText(it) => {
                    state.next_line(0.0, -state.leading);
                    self.show(it.0, &mut marked);
                }
                Op::ShowTextWithParameters(it) => {
                    state.word_spacing = it.0.as_f32();
                    state.character_spacing = it.1.as_f32();
                    state.next_line(0.0, -state.leading);
                    self.show(it.2, &mut marked);
                }
                Op::ShowTexts(it) => self.show_all(it.0, &mut marked),

                Op::BeginMarkedContent(_) if marked.len() < MAX_STATES => {
                    marked.push(Marked::Plain);
                }
                Op::BeginMarkedContentWithProperties(it) if marked.len() < MAX_STATES => {
                    marked.push(replacement(it.1, resources));
                }
                Op::EndMarkedContent(_) => {
                    marked.pop();
                }

                Op::MoveTo(it) => self.path.begin(state.matrix.apply(point(it.0, it.1))),
                Op::LineTo(it) => self.path.line(state.matrix.apply(point(it.0, it.1))),
                Op::CubicTo(it) => self.path.curve(state.matrix.apply(point(it.4, it.5))),
                Op::CubicStartTo(it) => self.path.curve(state.matrix.apply(point(it.2, it.3))),
                Op::CubicEndTo(it) => self.path.curve(state.matrix.apply(point(it.2, it.3))),
                Op::ClosePath(_) => self.path.close(),
                Op::RectPath(it) => {
                    let (x, y) = point(it.0, it.1);
                    let (width, height) = point(it.2, it.3);
                    let corners = [
                        (x, y),
                        (x + width, y),
                        (x + width, y + height),
                        (x, y + height),
                    ];
                    self.path
                        .polygon(corners.map(|corner| state.matrix.apply(corner)));
                }
                Op::StrokePath(_) => self.path.stroke(&mut self.content.rules),
                Op::CloseAndStrokePath(_) => {
                    self.path.close();
                    self.path.stroke(&mut self.content.rules);
                }
                Op::FillPathNonZero(_)
                | Op::FillPathNonZeroCompatibility(_)
                | Op::FillPathEvenOdd(_) => self.path.fill(&mut self.content.rules),
                Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => {
                    self.path.stroke(&mut self.content.rules);
                }
                Op::CloseFillAndStrokeNonZero(_) | Op::CloseFillAndStrokeEvenOdd(_) => {
                    self.path.close();
                    self.path.stroke(&mut self.content.rules);
                }
                Op::EndPath(_) => self.path.clear(),

                Op::XObject(it) => {
                    if let Some(object) = resources.get_x_object(it.0) {
                        self.object(&object, resources, depth)?;
                    }
                }
                Op::InlineImage(_) => self.content.has_image = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// Draws an image or a form, which is a stream of operations.
    fn object(
        &mut self,
        object: &Stream<'a>,
        resources: &Resources<'a>,
        depth: usize,
    ) -> Result<(), Error> {
        let dictionary = object.dict();
        let kind = dictionary.get::<Name<'_>>("Subtype");
        match kind.as_ref().map_or("", |kind| kind.as_str()) {
            "Image" => self.content.has_image = true,
            "Form" if depth < MAX_FORM_DEPTH => {
                let Some(stream) = unpacked(object, self.limits, self.watch)? else {
                    return Ok(());
                };
                let outside = self.state;
                if let Some(matrix) = dictionary.get::<[f32; 6]>("Matrix") {
                    self.state.matrix = Matrix::new(matrix).then(outside.matrix);
                }
                let own = dictionary.get::<Dict<'a>>("Resources").map(Resources::new);
                self.run(&stream, own.as_ref().unwrap_or(resources), depth + 1)?;
                self.state = outside;
            }
            _ => {}
        }
        Ok(())
    }

    fn show_all(&mut self, parts: &Array<'_>, marked: &mut [Marked]) {
        for part in parts.iter::<Object<'_>>() {
            match part {
                Object::String(text) => self.show(&text, marked),
                Object::Number(back) => {
                    let state = &mut self.state;
                    let horizontal = state
                        .font
                        .is_none_or(|font| self.fonts.get(font).horizontal);
                    let back = -back.as_f32() / 1000.0 * state.size;
                    if horizontal {
                        state.advance(back * state.stretch, 0.0);
                    } else {
                        state.advance(0.0, back);
                    }
                }
                _ => {}
            }
        }
    }

    fn show(&mut self, text: &PdfString<'_>, marked: &mut [Marked]) {
        let state = &mut self.state;
        let Some(font) = state.font else {
            // It is missing, or damaged.
            self.content.cut = true;
            return;
        };
        let font = self.fonts.get(font);
        let replaced = marked.iter_mut().find_map(|it| match it {
            Marked::Plain => None,
            Marked::Replaced(text) => Some(text),
        });
        let frame = Frame::new(state, font.horizontal);
        let em = font.em;
        let mut replaced = replaced;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = font.code(bytes, at);
            let length = length.max(1);
            let glyph = font.glyph(code);
            let is_space = length == 1 && bytes[at] == b' ';
            at += length;
            let spacing = state.character_spacing + if is_space { state.word_spacing } else { 0.0 };
            let width = glyph.advance * state.size;

            let (base, left) = frame.place(state.text.then(state.matrix), state.rise);
            let (forth, next) = if font.horizontal {
                (width * state.stretch, (width + spacing) * state.stretch)
            } else {
                (width, width + spacing)
            };
            let scale = frame.scale;
            let taken;
            let characters = match &mut replaced {
                Some(text) => {
                    taken = text.take().unwrap_or_default();
                    taken.as_str()
                }
                None => font.characters(glyph),
            };
            self.content.words.add(Shown {
                characters,
                left: left.min(left + forth * scale),
                right: left.max(left + forth * scale),
                next: left + next * scale,
                base,
                size: frame.size * em,
                angle: frame.angle,
                style: font.style,
            });
            if font.horizontal {
                state.advance(next, 0.0);
            } else {
                state.advance(0.0, -next);
            }
        }
    }
}

impl State {
    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }

    fn advance(&mut self, x: f32, y: f32) {
        self.text = Matrix::translation(x, y).then(self.text);
    }
}

/// The page turned so that a text reads from left to right.
struct Frame {
    angle: i16,
    sin: f32,
    cos: f32,
    /// The length on the page of what is 1 long in the direction of the text.
    scale: f32,
    /// The size of letters on the page.
    size: f32,
}

impl Frame {
    fn new(state: &State, horizontal: bool) -> Self {
        let Matrix { a, b, c, d, .. } = state.text.then(state.matrix);
        // Text that is written downwards reads along its y axis.
        let (x, y) = if horizontal { (a, b) } else { (-c, -d) };
        let scale = x.hypot(y);
        let height = if horizontal { c.hypot(d) } else { a.hypot(b) };
        let direction = if horizontal && state.size * state.stretch < 0.0 {
            -1.0
        } else {
            1.0
        };
        #[expect(clippy::cast_possible_truncation, reason = "degrees")]
        let angle = (direction * y).atan2(direction * x).to_degrees().round() as i16;
        let angle = if angle.abs() <= 1 { 0 } else { angle };
        let (sin, cos) = match angle {
            0 => (0.0, 1.0),
            angle => f32::from(angle).to_radians().sin_cos(),
        };
        Self {
            angle,
            sin,
            cos,
            scale: scale * direction,
            size: (height * state.size).abs(),
        }
    }

    /// The height of the base line, and where the next glyph begins on it.
    fn place(&self, matrix: Matrix, rise: f32) -> (f32, f32) {
        let (x, y) = matrix.apply((0.0, rise));
        (y * self.cos - x * self.sin, x * self.cos + y * self.sin)
    }
}

fn point(x: Number, y: Number) -> (f32, f32) {
    (x.as_f32(), y.as_f32())
}

/// What a marked part of the content stands for, if its properties say so.
fn replacement(properties: &Object<'_>, resources: &Resources<'_>) -> Marked {
    let text = match properties {
        Object::Dict(properties) => properties.get::<PdfString<'_>>("ActualText"),
        Object::Name(name) => {
            let properties = resources.properties.get::<Dict<'_>>(name.clone());
            properties.and_then(|it| it.get::<PdfString<'_>>("ActualText"))
        }
        _ => None,
    };
    match text {
        Some(text) => Marked::Replaced(Some(text_string(text.as_bytes()))),
        None => Marked::Plain,
    }
}
