//! Fonts: the codes that a page shows -> characters and their widths.

use std::collections::HashMap;
use std::sync::Arc;

use hayro_cmap::{BfString, load_embedded};
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont,
};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use crate::{Error, Limits, Watch};

use super::unpack;

/// Codes of one font whose widths are given by ranges. A range may cover far more codes than there are.
const MAX_WIDTH_RANGE: u32 = 1 << 16;

/// What stands for a character that the font does not name.
pub(super) const UNKNOWN: &str = "\u{fffd}";

/// The fonts of a document, each loaded once.
pub(super) struct Fonts<'a> {
    limits: &'a Limits,
    watch: &'a dyn Watch,
    cache: FontCache<'a>,
    programs: FontResolverFn,
    cmaps: CMapResolverFn,
    /// By the place of its dictionary in memory.
    by_place: HashMap<(usize, usize), Option<FontId>>,
    loaded: Vec<LoadedFont<'a>>,
}

/// A font of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FontId(usize);

/// How words look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
}

/// What a code of a font stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// Where its characters stand in [`LoadedFont::characters`].
    start: u32,
    end: u32,
    /// How far it advances, as a part of the font's size.
    pub(super) advance: f32,
}

pub(super) struct LoadedFont<'a> {
    font: Font<'a>,
    pub(super) style: Style,
    pub(super) horizontal: bool,
    /// The height of its letters for a size of 1.
    pub(super) em: f32,
    characters: String,
    low: Vec<Option<Glyph>>,
    high: HashMap<u32, Glyph>,
}

impl<'a> Fonts<'a> {
    pub(super) fn new(limits: &'a Limits, watch: &'a dyn Watch) -> Self {
        // Only outlines come from these programs, which nobody looks at, but without one there is no font.
        let programs = |query: &FontQuery| {
            Some(match query {
                FontQuery::Standard(font) => font.get_font_data(),
                FontQuery::Fallback(_) => StandardFont::Helvetica.get_font_data(),
            })
        };
        Self {
            limits,
            watch,
            cache: FontCache::new(),
            programs: Arc::new(programs),
            cmaps: Arc::new(load_embedded),
            by_place: HashMap::new(),
            loaded: Vec::new(),
        }
    }

    /// Loads a font; none if it is damaged.
    pub(super) fn load(&mut self, dictionary: &Dict<'a>) -> Result<Option<FontId>, Error> {
        let data = dictionary.data();
        let place = (data.as_ptr().addr(), data.len());
        if let Some(font) = self.by_place.get(&place) {
            return Ok(*font);
        }
        self.watch.check()?;
        let font = if self.can_be_loaded(dictionary)? {
            self.cache.font(dictionary, &self.programs, &self.cmaps)
        } else {
            None
        };
        let id = font.map(|font| {
            self.loaded.push(LoadedFont::new(font, dictionary));
            FontId(self.loaded.len() - 1)
        });
        self.by_place.insert(place, id);
        Ok(id)
    }

    pub(super) fn get(&mut self, id: FontId) -> &mut LoadedFont<'a> {
        &mut self.loaded[id.0]
    }

    /// Whether loading it keeps to the limits: whoever loads it knows none.
    fn can_be_loaded(&self, dictionary: &Dict<'a>) -> Result<bool, Error> {
        let mut parts = vec![dictionary.clone()];
        let descendants = dictionary.get::<Array<'a>>("DescendantFonts");
        parts.extend(descendants.and_then(|fonts| fonts.iter::<Dict<'a>>().next()));
        for part in &parts {
            for key in ["ToUnicode", "Encoding", "CIDToGIDMap"] {
                self.check(part.get::<Stream<'a>>(key))?;
            }
            if let Some(descriptor) = part.get::<Dict<'a>>("FontDescriptor") {
                for key in ["FontFile", "FontFile2", "FontFile3"] {
                    self.check(descriptor.get::<Stream<'a>>(key))?;
                }
            }
            let widths = [("W", 3), ("W2", 5)];
            for (key, length) in widths {
                if part
                    .get::<Array<'a>>(key)
                    .is_some_and(|it| !fit(&it, length))
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn check(&self, stream: Option<Stream<'_>>) -> Result<(), Error> {
        stream.map_or(Ok(()), |it| unpack::check(&it, self.limits, self.watch))
    }
}

/// Whether no range of widths (`first last width`) is too long.
fn fit(widths: &Array<'_>, length: usize) -> bool {
    let mut numbers = Vec::with_capacity(length);
    for object in widths.iter::<Object<'_>>() {
        match object {
            Object::Number(number) => numbers.push(number.as_i64()),
            _ => numbers.clear(),
        }
        if let [first, last, ..] = numbers[..]
            && numbers.len() == length
        {
            if last - first > i64::from(MAX_WIDTH_RANGE) {
                return false;
            }
            numbers.clear();
        }
    }
    true
}

impl<'a> LoadedFont<'a> {
    fn new(font: Font<'a>, dictionary: &Dict<'a>) -> Self {
        Self {
            horizontal: font.is_horizontal(),
            font,
            style: style(dictionary),
            em: em(dictionary),
            characters: String::new(),
            low: vec![None; 256],
            high: HashMap::new(),
        }
    }

    /// Takes the next code off some bytes, of which there is at least one: the code, and the number of its bytes.
    pub(super) fn code(&self, bytes: &[u8], at: usize) -> (u32, usize) {
        self.font.read_code(bytes, at)
    }

    pub(super) fn glyph(&mut self, code: u32) -> Glyph {
        let low = self.low.get(code as usize).copied().flatten();
        if let Some(glyph) = low.or_else(|| self.high.get(&code).copied()) {
            return glyph;
        }
        let glyph = self.look_up(code);
        match self.low.get_mut(code as usize) {
            Some(slot) => *slot = Some(glyph),
            None => {
                self.high.insert(code, glyph);
            }
        }
        glyph
    }

    pub(super) fn characters(&self, glyph: Glyph) -> &str {
        &self.characters[glyph.start as usize..glyph.end as usize]
    }

    fn look_up(&mut self, code: u32) -> Glyph {
        let unicode = match self.font.glyph(self.font.map_code(code), code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let start = self.characters.len();
        match unicode {
            Some(BfString::Char(char)) => push(&mut self.characters, char),
            Some(BfString::String(chars)) => {
                for char in chars.chars() {
                    push(&mut self.characters, char);
                }
            }
            // Fonts of a few glyphs often leave the codes that the letters had.
            None => match u8::try_from(code).map(char::from) {
                Ok(char @ ' '..='~') => self.characters.push(char),
                _ => self.characters.push_str(UNKNOWN),
            },
        }
        let advance = self.font.code_advance(code);
        let advance = if self.horizontal {
            advance.x
        } else {
            -advance.y
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a width needs no more digits"
        )]
        let advance = (advance / f64::from(hayro_font::UNITS_PER_EM)) as f32;
        Glyph {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(self.characters.len()).unwrap_or(u32::MAX),
            advance,
        }
    }
}

/// Adds a character as it is written elsewhere: ligatures in their letters, no controls.
fn push(characters: &mut String, char: char) {
    match char {
        '\u{fb00}' => characters.push_str("ff"),
        '\u{fb01}' => characters.push_str("fi"),
        '\u{fb02}' => characters.push_str("fl"),
        '\u{fb03}' => characters.push_str("ffi"),
        '\u{fb04}' => characters.push_str("ffl"),
        '\u{fb05}' | '\u{fb06}' => characters.push_str("st"),
        '\u{a0}' | '\t' | '\n' | '\r' => characters.push(' '),
        '\u{200b}' | '\u{feff}' => {}
        char if char.is_control() => {}
        char => characters.push(char),
    }
}

fn style(dictionary: &Dict<'_>) -> Style {
    const ITALIC: u32 = 1 << 6;
    const FORCE_BOLD: u32 = 1 << 18;
    let name = dictionary.get::<Name<'_>>("BaseFont");
    let name = name.as_ref().map_or("", |name| name.as_str());
    let name = name.split_once('+').map_or(name, |(_, name)| name);
    let descriptor = dictionary.get::<Dict<'_>>("FontDescriptor").or_else(|| {
        let fonts = dictionary.get::<Array<'_>>("DescendantFonts")?;
        fonts.iter::<Dict<'_>>().next()?.get("FontDescriptor")
    });
    let number = |key| descriptor.as_ref().and_then(|it| it.get::<f32>(key));
    let flags = descriptor.as_ref().and_then(|it| it.get::<u32>("Flags"));
    let flags = flags.unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let bold = [
        "Bold", "bold", "Black", "Heavy", "Demi", "-Medi", "CMBX", "SFBX",
    ];
    let italic = [
        "Italic", "italic", "Oblique", "-Ital", "CMTI", "SFTI", "CMSL",
    ];
    Style {
        bold: says(&bold)
            || flags & FORCE_BOLD != 0
            || number("FontWeight").is_some_and(|weight| weight >= 600.0),
        italic: says(&italic)
            || flags & ITALIC != 0
            || number("ItalicAngle").is_some_and(|angle| angle != 0.0),
    }
}

/// The height of letters for a size of 1. Fonts that are drawn by the document have units of their own.
fn em(dictionary: &Dict<'_>) -> f32 {
    let height = || {
        let [_, bottom, _, top] = dictionary.get::<[f32; 4]>("FontBBox")?;
        let [_, _, _, scale, _, _] = dictionary.get::<[f32; 6]>("FontMatrix")?;
        Some(((top - bottom) * scale).abs()).filter(|height| *height > 0.01)
    };
    let drawn = dictionary
        .get::<Name<'_>>("Subtype")
        .is_some_and(|it| it.as_str() == "Type3");
    if drawn { height().unwrap_or(1.0) } else { 1.0 }
}
