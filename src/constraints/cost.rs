// SPDX-License-Identifier: MPL-2.0

//! What is least when settings are best.

use std::cmp::Ordering;
use std::ops::{Add, Sub};

use super::property::Property;

/// How much more the shape of the picture counts than anything else by which settings differ from their defaults: enough
/// for a narrower picture to be a smaller one, and too little to prefer 217x122 to 320x180 where the default is 1366x768.
const SHAPE: f64 = 10.0;

/// How much more it counts whether the source gives the picture itself: where that does as well, nothing is to be made of another
/// one.
const NATIVE: f64 = 1_000.0;

/// What settings cost, first as they are asked for, then as they are by default (SS-05).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// The fitness distance from the basic set.
    pub(super) asked: f64,
    /// How far everything is from its default.
    pub(super) default: f64,
}

impl Cost {
    pub(super) const INFINITE: Self = Self {
        asked: f64::INFINITY,
        default: f64::INFINITY,
    };

    /// Of a property that is this far from what is asked for and from its default.
    pub(super) fn of(property: Property, asked: f64, default: f64) -> Self {
        let weight = match property {
            Property::AspectRatio => SHAPE,
            Property::ResizeMode => NATIVE,
            _ => 1.0,
        };
        Self {
            asked,
            default: weight * default,
        }
    }

    /// Sums that differ only by the order in which they were made are equal.
    pub(super) fn compare(self, other: Self) -> Ordering {
        let exact = |part: f64| (part * 1e12).round();
        let order = |one: f64, other: f64| exact(one).total_cmp(&exact(other));
        order(self.asked, other.asked).then(order(self.default, other.default))
    }

    /// Enough more for no difference to be lost.
    pub(super) fn loosened(self) -> Self {
        Self {
            asked: self.asked + 1e-9,
            default: self.default + 1e-9,
        }
    }

    pub(super) fn is_less(self, other: Self) -> bool {
        self.compare(other).is_lt()
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            default: self.default + other.default,
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            asked: self.asked - other.asked,
            default: self.default - other.default,
        }
    }
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Self::add)
    }
}
