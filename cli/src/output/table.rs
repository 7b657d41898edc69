//! Tables for people.

/// A colour that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    Green,
    Red,
    Yellow,
    Blue,
}

impl Color {
    /// The text in this colour, where colours are shown.
    pub(crate) fn paint(self, text: &str, colors: bool) -> String {
        let code = match self {
            Self::Green => 32,
            Self::Red => 31,
            Self::Yellow => 33,
            Self::Blue => 34,
        };
        if colors {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A cell, which is one line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    color: Option<Color>,
}

impl Cell {
    /// In a colour.
    pub(crate) fn colored(text: impl Into<String>, color: Option<Color>) -> Self {
        Self {
            color,
            ..Self::from(text.into())
        }
    }

    /// As it is shown.
    pub(crate) fn painted(&self, colors: bool) -> String {
        let text = &self.text;
        self.color
            .map_or_else(|| text.clone(), |color| color.paint(text, colors))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        let text = super::plain(&text);
        let text = if text.is_empty() { "-".into() } else { text };
        Self { text, color: None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(text: Option<T>) -> Self {
        text.map_or_else(|| "-".into(), Into::into)
    }
}

/// Rows under their heads, each column as wide as its widest cell.
pub(crate) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [Cell; N]>,
    colors: bool,
) -> String {
    let rows: Vec<[Cell; N]> = std::iter::once(head.map(Cell::from)).chain(rows).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].text.chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths).map(|(Cell { text, color }, width)| {
            let space = " ".repeat(width.saturating_sub(text.chars().count()));
            let text = color.map_or_else(|| text.clone(), |color| color.paint(text, colors));
            text + &space
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
