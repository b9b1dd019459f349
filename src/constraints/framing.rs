// SPDX-License-Identifier: MPL-2.0

//! The best width and height.
//!
//! Between the numbers that draw, all distances bend one way: along a row from its ends to the ideal width, the default
//! width, and the widths of the ideal and the default shape, and from row to row likewise. So the best width of a row is at
//! one of these, and the best row is near where two of these lines cross.
//!
//! Of few rows all are looked at. Of many, a picture that is all that is wanted is found; where sizes and a shape are wanted
//! that exclude each other, there may be a row that is better by what rounding to whole pixels makes.

use super::cost::Cost;
use super::fraction::Fraction;
use super::number::{Bounds, round_ratio};
use super::picture::{Marks, Picture};
use super::property::Property;
use super::wish::{Pull, Wishes};

/// Rounding moves the best picture by some rows, not by many.
const REFINEMENTS: usize = 8;

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
        let height = self.height.least(picture.height());
        self.least_across(picture.width(), picture.height()) + height
    }

    /// The same without what the height costs.
    fn least_across(&self, width: Bounds, height: Bounds) -> Cost {
        let ratio = Bounds {
            min: round_ratio(width.min / height.max),
            max: round_ratio(width.max / height.min),
        };
        self.width.least(width) + self.ratio.least(ratio)
    }

    /// The best picture that costs no more than this; there is none if these are none.
    pub(super) fn best(&self, picture: &Picture, limit: Cost) -> Option<Framed> {
        let (width, _) = self.width.best(picture.width());
        let (height, _) = self.height.best(picture.height());
        let first = picture
            .has(width, height)
            .then(|| self.framed(width, height));
        if first.is_some_and(|first| !self.least(picture).is_less(first.cost)) {
            return first;
        }
        let mut best = self.best_of(picture, &self.rows(picture), limit)?;
        for _ in 0..REFINEMENTS {
            let near = picture.rows_near(best.height);
            match self.best_of(picture, &near, best.cost) {
                Some(better) if better.cost.is_less(best.cost) => best = better,
                _ => break,
            }
        }
        Some(best)
    }

    /// The best picture in some rows that costs no more than this.
    pub(super) fn best_of(&self, picture: &Picture, rows: &[f64], limit: Cost) -> Option<Framed> {
        let mut best: Option<Framed> = None;
        for height in rows {
            let limit = best.map_or(limit, |best| best.cost);
            let of_height = self.height.cost(*height);
            let across = |width| self.least_across(width, Bounds::only(*height)) + of_height;
            if limit.is_less(across(picture.width())) {
                continue;
            }
            let widths = picture.widths(*height);
            if widths.is_empty() || limit.is_less(across(widths)) {
                continue;
            }
            for width in self.candidates(widths, *height) {
                let framed = self.framed(width, *height);
                if best.is_none_or(|best| framed.cost.is_less(best.cost)) {
                    best = Some(framed);
                }
            }
        }
        best
    }

    /// The widths of which one is the best of a row.
    fn candidates(&self, bounds: Bounds, height: f64) -> impl Iterator<Item = f64> {
        let of_shape = self.ratio.ratios().flat_map(move |ratio| {
            let width = ratio * height;
            [width.floor(), width.ceil()].map(|width| bounds.clamp(width))
        });
        self.width.candidates(bounds).into_iter().chain(of_shape)
    }

    fn rows(&self, picture: &Picture) -> Vec<f64> {
        let lines = |bounds: Bounds, pull: &Pull| -> Vec<f64> {
            let ends = [bounds.min, bounds.max].into_iter();
            ends.chain(pull.marks()).collect()
        };
        let bounds = picture.ratio();
        let ends = [bounds.min, bounds.max].into_iter();
        let ratios: Vec<f64> = ends
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .chain(self.ratio.ratios())
            .collect();
        picture.rows(&Marks {
            widths: &lines(picture.width(), &self.width),
            heights: &lines(picture.height(), &self.height),
            ratios: &ratios,
            shapes: &self.shapes(picture),
        })
    }

    /// The shapes that are worth having precisely: what is required, what is wanted or next to it, and the default.
    fn shapes(&self, picture: &Picture) -> Vec<Fraction> {
        let bounds = picture.ratio();
        let most = Fraction {
            numer: picture.width().max,
            denom: picture.height().max,
        };
        let required = (bounds != Bounds::ALL).then_some(bounds);
        let drawing = self.ratio.ratios().map(|ratio| bounds.clamp(ratio));
        let next = self.ratio.ideal.map(|ideal| bounds.clamp(ideal));
        required
            .into_iter()
            .chain(drawing.map(Bounds::only))
            .filter_map(|bounds| Fraction::simplest_in(bounds.unrounded()))
            .chain(
                next.into_iter()
                    .flat_map(|ratio| Fraction::nearest(ratio, most)),
            )
            .filter(|shape| shape.is_shape())
            .filter(|shape| bounds.has(round_ratio(shape.numer / shape.denom)))
            .collect()
    }
}
