// SPDX-License-Identifier: MPL-2.0

//! The simplest fraction in an interval, by continued fractions (the first one there on the Stern-Brocot tree).

use super::number::Bounds;

/// Deeper than any two numbers that are not equal agree.
const DEPTH: usize = 40;

/// A positive fraction in its lowest terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fraction {
    pub(super) numer: f64,
    pub(super) denom: f64,
}

impl Fraction {
    /// The fraction in these bounds that has both the smallest numerator and the smallest denominator.
    pub(super) fn simplest_in(bounds: Bounds) -> Option<Self> {
        // Anything above zero is preceded by numbers that are simpler than one over a thousand million.
        let low = bounds.min.max(1e-10);
        (low <= bounds.max).then(|| simplest(low, bounds.max, DEPTH))
    }
}

fn simplest(low: f64, high: f64, depth: usize) -> Fraction {
    let whole = low.floor();
    if depth == 0 || whole == low {
        return Fraction {
            numer: whole.max(1.0),
            denom: 1.0,
        };
    }
    if whole + 1.0 <= high {
        return Fraction {
            numer: whole + 1.0,
            denom: 1.0,
        };
    }
    let rest = simplest(1.0 / (high - whole), 1.0 / (low - whole), depth - 1);
    Fraction {
        numer: whole * rest.numer + rest.denom,
        denom: rest.numer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_fraction_has_the_smallest_terms() {
        for (min, max, numer, denom) in [
            (1.7777777777, 1.7777777778, 16.0, 9.0),
            (1.3333333333, 1.3333333334, 4.0, 3.0),
            (0.5624999999, 0.5625000001, 9.0, 16.0),
            (0.3, 0.35, 1.0, 3.0),
            (1.5, 2.5, 2.0, 1.0),
            (2.0, 2.0, 2.0, 1.0),
            (0.0, f64::INFINITY, 1.0, 1.0),
            (f64::NEG_INFINITY, 0.4, 1.0, 3.0),
        ] {
            let found = Fraction::simplest_in(Bounds { min, max });
            assert_eq!(found, Some(Fraction { numer, denom }), "{min} to {max}");
        }
    }

    #[test]
    fn nothing_positive_is_below_zero_or_between_bounds_that_are_the_wrong_way_round() {
        for (min, max) in [(-2.0, -1.0), (3.0, 2.0), (f64::NAN, f64::NAN)] {
            assert_eq!(Fraction::simplest_in(Bounds { min, max }), None);
        }
    }
}
