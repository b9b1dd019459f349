// SPDX-License-Identifier: MPL-2.0

//! What is least when settings are best.

use std::cmp::Ordering;
use std::ops::Add;

/// What settings cost, the first part first (SS-05).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// The fitness distance from the basic set.
    pub(super) asked: f64,
    /// How far the picture is from its default shape.
    pub(super) shape: f64,
    /// How far everything is from its default.
    pub(super) rest: f64,
}

impl Cost {
    pub(super) fn parts(self) -> [f64; 3] {
        [self.asked, self.shape, self.rest]
    }

    /// Sums that differ only by the order in which they were made are equal.
    pub(super) fn compare(self, other: Self) -> Ordering {
        let exact = |part: f64| (part * 1e12).round();
        let pairs = self.parts().into_iter().zip(other.parts());
        pairs
            .map(|(mine, others)| exact(mine).total_cmp(&exact(others)))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
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
            shape: self.shape + other.shape,
            rest: self.rest + other.rest,
        }
    }
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Self::add)
    }
}
