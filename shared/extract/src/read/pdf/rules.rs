//! Paths -> the upright lines that they draw.

use super::content::MAX_RULES;
use super::geometry::Area;

/// How thick a filled area may be to be a line, in points.
const MAX_THICKNESS: f32 = 3.0;
/// How far a line may lean, in points.
const MAX_LEAN: f32 = 0.7;
/// How short a line may be, in points. Shorter ones are pieces of dotted lines, which are joined.
const MIN_LENGTH: f32 = 0.5;

/// A horizontal or a vertical line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) horizontal: bool,
    /// Its height, or its distance from the left.
    pub(super) at: f32,
    pub(super) from: f32,
    pub(super) to: f32,
}

impl Rule {
    /// The line from one point to another, if it is one and upright.
    fn between(one: (f32, f32), other: (f32, f32)) -> Option<Self> {
        Self::along(Area::around([one, other]), MAX_LEAN)
    }

    /// The line that an area is, if it is thin.
    fn along(area: Area, thickness: f32) -> Option<Self> {
        let (width, height) = (area.width(), area.height());
        if !width.is_finite() || !height.is_finite() {
            return None;
        }
        let (x, y) = area.center();
        if height <= thickness && width >= MIN_LENGTH && width >= height {
            Some(Self {
                horizontal: true,
                at: y,
                from: area.left,
                to: area.right,
            })
        } else if width <= thickness && height >= MIN_LENGTH {
            Some(Self {
                horizontal: false,
                at: x,
                from: area.bottom,
                to: area.top,
            })
        } else {
            None
        }
    }
}

/// A path under construction.
#[derive(Default)]
pub(super) struct Path {
    lines: Vec<((f32, f32), (f32, f32))>,
    /// The area of each part that is drawn in one go; none if it has a curve.
    areas: Vec<Option<Area>>,
    start: (f32, f32),
    at: (f32, f32),
}

impl Path {
    pub(super) fn begin(&mut self, point: (f32, f32)) {
        if self.areas.len() < MAX_RULES {
            self.areas.push(Some(Area::around([point])));
        }
        self.start = point;
        self.at = point;
    }

    pub(super) fn line(&mut self, point: (f32, f32)) {
        if self.lines.len() < MAX_RULES {
            self.lines.push((self.at, point));
        }
        if let Some(Some(area)) = self.areas.last_mut() {
            area.add(point);
        }
        self.at = point;
    }

    pub(super) fn curve(&mut self, point: (f32, f32)) {
        if let Some(area) = self.areas.last_mut() {
            *area = None;
        }
        self.at = point;
    }

    pub(super) fn close(&mut self) {
        if self.at != self.start {
            self.line(self.start);
        }
    }

    pub(super) fn polygon(&mut self, corners: [(f32, f32); 4]) {
        self.begin(corners[0]);
        for corner in &corners[1..] {
            self.line(*corner);
        }
        self.close();
    }

    pub(super) fn stroke(&mut self, rules: &mut Vec<Rule>) {
        let lines = self.lines.iter();
        keep(
            rules,
            lines.filter_map(|(one, other)| Rule::between(*one, *other)),
        );
        self.clear();
    }

    pub(super) fn fill(&mut self, rules: &mut Vec<Rule>) {
        let areas = self.areas.iter().flatten();
        keep(
            rules,
            areas.filter_map(|area| Rule::along(*area, MAX_THICKNESS)),
        );
        self.clear();
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.areas.clear();
    }
}

fn keep(rules: &mut Vec<Rule>, more: impl Iterator<Item = Rule>) {
    let room = (MAX_RULES + 1).saturating_sub(rules.len());
    rules.extend(more.take(room));
}
