// SPDX-License-Identifier: MPL-2.0

//! Fractions with small terms, by continued fractions (a walk down the Stern-Brocot tree).

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

impl Fraction {
    const ZERO: Self = Self {
        numer: 0.0,
        denom: 1.0,
    };
    const INFINITE: Self = Self {
        numer: 1.0,
        denom: 0.0,
    };

    /// The fractions next to a number on either side that have no larger terms than these.
    pub(super) fn nearest(number: f64, most: Self) -> [Self; 2] {
        let (mut below, mut above) = (Self::ZERO, Self::INFINITE);
        for _ in 0..DEPTH {
            let up = below.steps(above, number, most);
            below = below.towards(above, up);
            let down = above.steps(below, number, most);
            above = above.towards(below, down);
            if up + down == 0.0 {
                break;
            }
        }
        [below, above]
    }

    /// How often another fraction can be added to this one, without going past a number or beyond the largest terms.
    fn steps(self, other: Self, number: f64, most: Self) -> f64 {
        let away = |of: Self| (number * of.denom - of.numer).abs();
        let times = |room: f64, step: f64| match step > 0.0 {
            true => room / step,
            false => f64::INFINITY,
        };
        let steps = times(away(self), away(other))
            .min(times(most.numer - self.numer, other.numer))
            .min(times(most.denom - self.denom, other.denom));
        // Not a number, where both are there already.
        if steps.is_finite() {
            steps.floor().max(0.0)
        } else {
            0.0
        }
    }

    fn towards(self, other: Self, steps: f64) -> Self {
        Self {
            numer: self.numer + steps * other.numer,
            denom: self.denom + steps * other.denom,
        }
    }

    /// Not so of the ends of the tree.
    pub(super) fn is_shape(self) -> bool {
        self.numer > 0.0 && self.denom > 0.0
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
    fn the_nearest_fractions_are_the_best_that_there_are_with_such_terms() {
        let fraction = |numer, denom| Fraction { numer, denom };
        let pi = std::f64::consts::PI;
        for (number, most, below, above) in [
            (pi, (100.0, 30.0), (91.0, 29.0), (22.0, 7.0)),
            (pi, (400.0, 200.0), (333.0, 106.0), (355.0, 113.0)),
            (
                1366.0 / 768.0,
                (320.0, 1080.0),
                (233.0, 131.0),
                (217.0, 122.0),
            ),
            (0.001, (10.0, 10.0), (0.0, 1.0), (1.0, 10.0)),
            (50.0, (10.0, 10.0), (10.0, 1.0), (1.0, 0.0)),
        ] {
            let found = Fraction::nearest(number, fraction(most.0, most.1));
            let best = [fraction(below.0, below.1), fraction(above.0, above.1)];
            assert_eq!(found, best, "{number}");
        }
        for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1.0] {
            Fraction::nearest(number, fraction(1e9, 1e9));
        }
    }

    #[test]
    fn nothing_positive_is_below_zero_or_between_bounds_that_are_the_wrong_way_round() {
        for (min, max) in [(-2.0, -1.0), (3.0, 2.0), (f64::NAN, f64::NAN)] {
            assert_eq!(Fraction::simplest_in(Bounds { min, max }), None);
        }
    }
}
