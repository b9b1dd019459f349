// SPDX-License-Identifier: MPL-2.0

//! When numbers are equal, how far they are from each other, and what lies between two of them.

use super::property::{Property, Type};

/// Frame rates this close to each other, in relation, are the same: 29.97 is 30000/1001 (CP-04).
const RATE_TOLERANCE: f64 = 1e-4;

/// An aspect ratio as the W3C has it: to the tenth decimal (CP-05).
pub(super) fn round_ratio(ratio: f64) -> f64 {
    let rounded = (ratio * 1e10).round() / 1e10;
    if rounded.is_finite() { rounded } else { ratio }
}

/// A number that was asked for, as it compares with settings: 16.0 / 9.0 means the same as 1.7777777778.
pub(super) fn asked(property: Property, number: f64) -> f64 {
    match property {
        Property::AspectRatio => round_ratio(number),
        _ => number,
    }
}

/// How much less or more than was asked for still is what was asked for.
fn slack(property: Property, number: f64) -> f64 {
    match property {
        Property::FrameRate => number.abs() * RATE_TOLERANCE,
        _ => 0.0,
    }
}

/// SS-01, step 7: how far a setting is from the ideal, 0 if it is there.
pub(super) fn distance(property: Property, actual: f64, ideal: f64) -> f64 {
    let ideal = asked(property, ideal);
    let apart = (actual - ideal).abs();
    if apart <= slack(property, ideal) {
        return 0.0;
    }
    apart / actual.abs().max(ideal.abs())
}

/// By how much a ratio may differ from what it is rounded to.
fn doubt(ratio: f64) -> f64 {
    match ratio.is_finite() {
        true => 5e-11_f64.max(ratio.abs() * 4.0 * f64::EPSILON),
        false => 0.0,
    }
}

/// From one number to another, both included; nothing if they are the wrong way round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Bounds {
    pub(super) const ALL: Self = Self {
        min: f64::NEG_INFINITY,
        max: f64::INFINITY,
    };

    pub(super) const NONE: Self = Self {
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
    };

    /// What a source has: whole numbers where the property has no others, and pictures of a pixel at least (CP-03).
    pub(super) fn of_source(property: Property, min: f64, max: f64) -> Self {
        if min.is_nan() || max.is_nan() {
            return Self::NONE;
        }
        if property.type_() == Type::Double {
            return Self {
                min: min.max(f64::MIN),
                max: max.min(f64::MAX),
            };
        }
        let least = match property {
            Property::Width | Property::Height => 1.0,
            _ => 0.0,
        };
        Self {
            min: min.ceil().max(least),
            max: max.floor().min(f64::from(u32::MAX)),
        }
    }

    pub(super) fn only(number: f64) -> Self {
        Self {
            min: number,
            max: number,
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.min > self.max
    }

    pub(super) fn has(self, number: f64) -> bool {
        self.min <= number && number <= self.max
    }

    /// What is in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        }
    }

    /// The nearest number to this one.
    pub(super) fn clamp(self, number: f64) -> f64 {
        number.max(self.min).min(self.max)
    }

    /// Bounds on a property, as they compare with settings.
    pub(super) fn asked(self, property: Property) -> Self {
        Self {
            min: asked(property, self.min),
            max: asked(property, self.max),
        }
    }

    /// What ratios in these bounds may have been before they were rounded.
    pub(super) fn unrounded(self) -> Self {
        Self {
            min: self.min - doubt(self.min),
            max: self.max + doubt(self.max),
        }
    }

    /// Whether a setting is within bounds that were asked for.
    pub(super) fn admit(self, property: Property, value: f64) -> bool {
        let Self { min, max } = self.asked(property);
        let least = if min.is_finite() {
            min - slack(property, min)
        } else {
            min
        };
        let most = if max.is_finite() {
            max + slack(property, max)
        } else {
            max
        };
        least <= value && value <= most
    }

    /// What is left of a source's numbers within bounds that were asked for. Tolerance is for sources that do not have what
    /// was asked for: who asks for 30 and may have it does not get 29.998.
    pub(super) fn within(self, property: Property, bounds: Self) -> Self {
        let left = self.and(bounds);
        if !left.is_empty() || self.is_empty() {
            return left;
        }
        let nearest = if self.max < bounds.min {
            self.max
        } else {
            self.min
        };
        match bounds.admit(property, nearest) {
            true => Self::only(nearest),
            false => left,
        }
    }
}
