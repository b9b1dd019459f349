// SPDX-License-Identifier: MPL-2.0

//! Which pairs of width and height there are, where the aspect ratio has bounds too. Nothing here goes through all pairs.

use super::fraction::Fraction;
use super::number::{Bounds, round_ratio};

/// As many rows as are looked at one by one when there is doubt: more than any picture has.
const MANY_ROWS: f64 = 65536.0;

/// All pictures that are this wide, this high, and of this shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    width: Bounds,
    height: Bounds,
    /// Rounded, as settings are (CP-05).
    ratio: Bounds,
}

impl Picture {
    pub(super) fn new(width: Bounds, height: Bounds, ratio: Bounds) -> Self {
        let mut picture = Self {
            width,
            height,
            ratio,
        };
        picture.height = height.and(picture.heights_of_shape());
        picture
    }

    pub(super) fn width(&self) -> Bounds {
        self.width
    }

    /// No more than the shape leaves.
    pub(super) fn height(&self) -> Bounds {
        self.height
    }

    pub(super) fn ratio(&self) -> Bounds {
        self.ratio
    }

    /// Whether there is one of this size.
    pub(super) fn has(&self, width: f64, height: f64) -> bool {
        self.width.has(width) && self.height.has(height) && self.fits(width, height)
    }

    fn fits(&self, width: f64, height: f64) -> bool {
        self.ratio.has(round_ratio(width / height))
    }

    fn has_any_shape(&self) -> bool {
        self.ratio == Bounds::ALL
    }

    /// The heights that some width goes with.
    fn heights_of_shape(&self) -> Bounds {
        let ratio = self.ratio.unrounded();
        if ratio.max <= 0.0 {
            return Bounds::NONE;
        }
        Bounds {
            min: (self.width.min / ratio.max).floor(),
            max: match ratio.min > 0.0 {
                true => (self.width.max / ratio.min).ceil(),
                false => f64::INFINITY,
            },
        }
    }

    /// The widths that go with a height.
    pub(super) fn widths(&self, height: f64) -> Bounds {
        if self.has_any_shape() {
            return self.width;
        }
        let ratio = self.ratio.unrounded();
        let first = (ratio.min * height).ceil().max(self.width.min);
        let last = (ratio.max * height).floor().min(self.width.max);
        // Rounding may have put the ends beside where they are.
        let is_end = |width: &f64| self.width.has(*width) && self.fits(*width, height);
        let first = [first - 1.0, first, first + 1.0].into_iter().find(is_end);
        let last = [last + 1.0, last, last - 1.0].into_iter().find(is_end);
        match (first, last) {
            (Some(min), Some(max)) => Bounds { min, max },
            _ => Bounds::NONE,
        }
    }

    /// Whether no height has two widths to choose from.
    fn is_narrow(&self) -> bool {
        let ratio = self.ratio.unrounded();
        (ratio.max - ratio.min) * self.height.max < 1.0
    }

    /// Whether there is any.
    pub(super) fn is_possible(&self) -> bool {
        if self.width.is_empty() || self.height.is_empty() || self.ratio.is_empty() {
            return false;
        }
        if self.has_any_shape() {
            return true;
        }
        match Fraction::simplest_in(self.ratio.unrounded()) {
            None => false,
            // No other fraction of this shape has smaller terms.
            Some(shape) if shape.numer > self.width.max || shape.denom > self.height.max => false,
            Some(shape) => self.has_multiple(shape) || self.has_row(shape),
        }
    }

    /// Whether there is one that is a whole number of times as large as this.
    fn has_multiple(&self, shape: Fraction) -> bool {
        let times = (self.width.min / shape.numer)
            .max(self.height.min / shape.denom)
            .ceil();
        self.has(times * shape.numer, times * shape.denom)
    }

    fn has_row(&self, shape: Fraction) -> bool {
        let is_row = |height: f64| !self.widths(height).is_empty();
        match self.count_rows() <= MANY_ROWS {
            true => self.all_rows().any(is_row),
            false => {
                let ends = |bounds: Bounds| [bounds.min, bounds.max];
                let marks = Marks {
                    widths: &ends(self.width),
                    heights: &ends(self.height),
                    ratios: &ends(self.ratio),
                    shapes: &[shape],
                };
                self.rows_at(&marks).into_iter().any(is_row)
            }
        }
    }

    fn count_rows(&self) -> f64 {
        self.height.max - self.height.min + 1.0
    }

    fn all_rows(&self) -> impl Iterator<Item = f64> {
        // No more than fit, and none if there is less than none.
        let count = self.count_rows().min(MANY_ROWS) as u32;
        (0..count).map(|row| self.height.min + f64::from(row))
    }

    /// The heights to look at for the best picture: all, if that is cheap, else those near the marks.
    pub(super) fn rows(&self, marks: &Marks) -> Vec<f64> {
        let count = self.count_rows();
        if count <= FEW_ROWS || count <= MANY_ROWS && self.is_narrow() {
            return self.all_rows().collect();
        }
        let rows = self.rows_at(marks);
        let is_row = |height: &f64| !self.widths(*height).is_empty();
        if count <= MANY_ROWS && !rows.iter().any(is_row) {
            return self.all_rows().collect();
        }
        rows
    }

    /// The heights near this one.
    pub(super) fn rows_near(&self, height: f64) -> Vec<f64> {
        let rows = (0..=2 * REACH).map(|step| height + f64::from(step) - f64::from(REACH));
        rows.filter(|row| self.height.has(*row)).collect()
    }

    /// The heights near where the lines cross that the marks stand for, and near there those that go with simple shapes.
    fn rows_at(&self, marks: &Marks) -> Vec<f64> {
        let shapes = marks.shapes.iter().map(|shape| shape.numer / shape.denom);
        let ratios = distinct(marks.ratios.iter().copied().chain(shapes), 1e-9);
        let crossings = marks
            .widths
            .iter()
            .flat_map(|width| ratios.iter().map(move |ratio| width / ratio));
        let heights = marks.heights.iter().copied().chain(crossings);
        let heights = heights.map(|height| self.height.clamp(height));
        let mut rows = Vec::new();
        for height in distinct(heights, 0.5) {
            rows.extend(NEAR.map(|step| height.floor() + step));
            for shape in marks.shapes {
                let below = (height / shape.denom).floor();
                rows.extend([below, below + 1.0].map(|times| times * shape.denom));
            }
            // Where pictures are narrow, the next width is many rows away.
            for ratio in ratios.iter().filter(|ratio| **ratio < 1.0) {
                let width = (height * ratio).floor();
                let next = NEAR.map(|step| ((width + step) / ratio).floor());
                rows.extend(next.into_iter().flat_map(|row| [row, row + 1.0]));
            }
        }
        rows.retain(|row| self.height.has(*row));
        distinct(rows.into_iter(), 0.0)
    }
}

/// Numbers in order, without those that are as good as the one before.
fn distinct(numbers: impl Iterator<Item = f64>, apart: f64) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup_by(|next, last| *next - *last <= apart);
    numbers
}

/// So many are not worth a thought.
const FEW_ROWS: f64 = 128.0;
/// How far from a crossing its best picture may be, in whole numbers.
const NEAR: [f64; 6] = [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0];

/// How far from the best picture there may be a better one, in rows.
const REACH: u32 = 16;

/// Where something changes: lines in the plane of widths and heights, of which the best picture is near a crossing.
pub(super) struct Marks<'a> {
    pub(super) widths: &'a [f64],
    pub(super) heights: &'a [f64],
    /// Lines through zero.
    pub(super) ratios: &'a [f64],
    /// Shapes that are worth having precisely.
    pub(super) shapes: &'a [Fraction],
}
