// SPDX-License-Identifier: MPL-2.0

//! The best width and height.
//!
//! Between the numbers that draw, all distances bend one way: along a row from its ends to the ideal width, the default
//! width, and the widths of the ideal and the default shape, and from row to row likewise. So the best width of a row is at
//! one of these, and the best row is near where two of these lines cross.

use super::cost::Cost;
use super::fraction::Fraction;
use super::number::{Bounds, round_ratio};
use super::picture::{Marks, Picture, doubt};
use super::property::Property;
use super::wish::{Pull, Wishes};

/// What a picture had best be.
pub(super) struct Framing {
    width: Pull,
    height: Pull,
    ratio: Pull,
}

/// A picture, and what it costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framed {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) cost: Cost,
}

impl Framing {
    pub(super) fn of(wishes: &Wishes) -> Self {
        Self {
            width: wishes.pull(Property::Width),
            height: wishes.pull(Property::Height),
            ratio: wishes.pull(Property::AspectRatio),
        }
    }

    fn framed(&self, width: f64, height: f64) -> Framed {
        let ratio = round_ratio(width / height);
        Framed {
            width,
            height,
            cost: self.width.cost(width) + self.height.cost(height) + self.ratio.cost(ratio),
        }
    }

    /// What no picture of these costs less than.
    pub(super) fn least(&self, picture: &Picture) -> Cost {
        let (_, width) = self.width.best(picture.width());
        let (_, height) = self.height.best(picture.height());
        width + height + self.ratio.least()
    }

    /// The best picture; there is none if these are none.
    pub(super) fn best(&self, picture: &Picture) -> Option<Framed> {
        let (width, _) = self.width.best(picture.width());
        let (height, _) = self.height.best(picture.height());
        let first = picture
            .has(width, height)
            .then(|| self.framed(width, height));
        match first {
            Some(first) if !self.least(picture).is_less(first.cost) => Some(first),
            _ => self.best_of(picture, &self.rows(picture)),
        }
    }

    /// The best picture in some rows.
    pub(super) fn best_of(&self, picture: &Picture, rows: &[f64]) -> Option<Framed> {
        let (_, least_of_width) = self.width.best(picture.width());
        let mut best: Option<Framed> = None;
        for height in rows {
            let least_of_row = least_of_width + self.height.cost(*height) + self.ratio.least();
            if best.is_some_and(|best| !least_of_row.is_less(best.cost)) {
                continue;
            }
            for width in self.widths(picture.widths(*height), *height) {
                let framed = self.framed(width, *height);
                if best.is_none_or(|best| framed.cost.is_less(best.cost)) {
                    best = Some(framed);
                }
            }
        }
        best
    }

    /// The widths of which one is the best of a row.
    fn widths(&self, bounds: Bounds, height: f64) -> impl Iterator<Item = f64> {
        let of_shape = self.ratio.ratios().flat_map(move |ratio| {
            let width = ratio * height;
            [width.floor(), width.ceil()].map(|width| bounds.clamp(width))
        });
        let widths = self.width.candidates(bounds).into_iter().chain(of_shape);
        widths.filter(move |_| !bounds.is_empty())
    }

    fn rows(&self, picture: &Picture) -> Vec<f64> {
        let lines = |bounds: Bounds, pull: &Pull| -> Vec<f64> {
            [bounds.min, bounds.max]
                .into_iter()
                .chain(pull.marks())
                .collect()
        };
        let bounds = picture.ratio();
        let ratios = [bounds.min, bounds.max].into_iter();
        let ratios: Vec<f64> = ratios
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .chain(self.ratio.ratios())
            .collect();
        let bounded = (bounds != Bounds::ALL).then_some(bounds);
        let shapes: Vec<Fraction> = bounded
            .into_iter()
            .chain(self.ratio.ratios().map(Bounds::only))
            .filter_map(|bounds| {
                Fraction::simplest_in(Bounds {
                    min: bounds.min - doubt(bounds.min),
                    max: bounds.max + doubt(bounds.max),
                })
            })
            .collect();
        picture.rows(&Marks {
            widths: &lines(picture.width(), &self.width),
            heights: &lines(picture.height(), &self.height),
            ratios: &ratios,
            shapes: &shapes,
        })
    }
}
