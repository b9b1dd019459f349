// SPDX-License-Identifier: MPL-2.0

//! What is asked of one property (CX-02 to CX-05).

use super::number::Bounds;
use super::property::{Property, Type};
use super::setting::Value;

/// Whether a set has to be satisfied, or is left out where it cannot be; and so what a bare value means (CX-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Bare values are ideal.
    Basic,
    /// Bare values are exact.
    Advanced,
}

/// What is asked of one property. A list asks for any of its texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    Number {
        bare: Option<f64>,
        exact: Option<f64>,
        ideal: Option<f64>,
        min: Option<f64>,
        max: Option<f64>,
    },
    Text {
        bare: Option<Vec<String>>,
        exact: Option<Vec<String>>,
        ideal: Option<Vec<String>>,
    },
    /// Of a property that is no flag, whether there is one (SS-01, step 4).
    Flag {
        bare: Option<bool>,
        exact: Option<bool>,
        ideal: Option<bool>,
    },
}

/// A constraint that cannot be asked of its property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub property: Property,
    /// What it would have to be.
    pub wanted: &'static str,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} has to be {}", self.property.name(), self.wanted)
    }
}

impl Constraint {
    /// Nothing but an ideal in the basic set, and an exact value in an advanced one.
    pub fn bare_number(number: f64) -> Self {
        Self::Number {
            bare: Some(number),
            exact: None,
            ideal: None,
            min: None,
            max: None,
        }
    }

    /// The constraint as WebIDL converts it for this property: whole numbers clamped (CX-04), empty lists left out (CX-03).
    pub fn checked(self, property: Property) -> Result<Self, Refused> {
        let refused = |wanted| Err(Refused { property, wanted });
        match (property.type_(), self) {
            (Type::ULong, number @ Self::Number { .. }) => Ok(number.map_numbers(clamp)),
            (Type::Double, number @ Self::Number { .. }) => match number.is_finite() {
                true => Ok(number),
                false => refused("a finite number"),
            },
            (Type::Text, text @ Self::Text { .. }) => Ok(text.without_empty_lists()),
            (Type::Flag, text @ Self::Text { .. }) if property == Property::EchoCancellation => {
                Ok(text.without_empty_lists())
            }
            // Of any property can be asked whether it is there.
            (_, flag @ Self::Flag { .. }) => Ok(flag),
            (Type::ULong | Type::Double, _) => refused("a number"),
            (Type::Text, _) => refused("a text or a list of texts"),
            (Type::Flag, _) => refused("true or false"),
        }
    }

    /// Whether it must be satisfied (CX-05).
    pub fn is_required(&self, role: Role) -> bool {
        let bare_is_required = role == Role::Advanced;
        match self {
            Self::Number {
                bare,
                exact,
                min,
                max,
                ..
            } => exact.or(*min).or(*max).is_some() || bare_is_required && bare.is_some(),
            Self::Text { bare, exact, .. } => exact.is_some() || bare_is_required && bare.is_some(),
            Self::Flag { bare, exact, .. } => exact.is_some() || bare_is_required && bare.is_some(),
        }
    }

    /// Whether a value satisfies what is required; one of another type does not.
    pub(super) fn admits(&self, property: Property, role: Role, value: Value) -> bool {
        match (self, value) {
            (Self::Number { .. }, Value::Number(number)) => {
                self.bounds(role).admit(property, number)
            }
            (Self::Text { bare, exact, .. }, _) => {
                required(exact, bare, role).is_none_or(|texts| is_any_of(texts, value))
            }
            (Self::Flag { bare, exact, .. }, _) => {
                required(exact, bare, role).is_none_or(|flag| is_flag(*flag, value))
            }
            (Self::Number { .. }, _) => false,
        }
    }

    /// What numbers are required to be in.
    pub(super) fn bounds(&self, role: Role) -> Bounds {
        let Self::Number {
            bare,
            exact,
            min,
            max,
            ..
        } = self
        else {
            return Bounds::ALL;
        };
        let range = Bounds {
            min: min.unwrap_or(f64::NEG_INFINITY),
            max: max.unwrap_or(f64::INFINITY),
        };
        match required(exact, bare, role) {
            Some(exact) => range.and(Bounds::only(*exact)),
            None => range,
        }
    }

    fn is_finite(&self) -> bool {
        let Self::Number {
            bare,
            exact,
            ideal,
            min,
            max,
        } = self
        else {
            return true;
        };
        [bare, exact, ideal, min, max]
            .into_iter()
            .flatten()
            .all(|number| number.is_finite())
    }

    fn map_numbers(self, f: fn(f64) -> f64) -> Self {
        match self {
            Self::Number {
                bare,
                exact,
                ideal,
                min,
                max,
            } => Self::Number {
                bare: bare.map(f),
                exact: exact.map(f),
                ideal: ideal.map(f),
                min: min.map(f),
                max: max.map(f),
            },
            other => other,
        }
    }

    fn without_empty_lists(self) -> Self {
        let filled = |texts: Option<Vec<String>>| texts.filter(|texts| !texts.is_empty());
        match self {
            Self::Text { bare, exact, ideal } => Self::Text {
                bare: filled(bare),
                exact: filled(exact),
                ideal: filled(ideal),
            },
            other => other,
        }
    }
}

/// The value that a setting has to have.
fn required<'a, T>(exact: &'a Option<T>, bare: &'a Option<T>, role: Role) -> Option<&'a T> {
    match role {
        Role::Basic => exact.as_ref(),
        Role::Advanced => exact.as_ref().or(bare.as_ref()),
    }
}

/// The value that a setting had best have.
pub(super) fn ideal<'a, T>(ideal: &'a Option<T>, bare: &'a Option<T>, role: Role) -> Option<&'a T> {
    match role {
        Role::Basic => ideal.as_ref().or(bare.as_ref()),
        Role::Advanced => ideal.as_ref(),
    }
}

pub(super) fn is_any_of(texts: &[String], value: Value) -> bool {
    matches!(value, Value::Text(text) if texts.iter().any(|wanted| wanted == text))
}

/// Whether a value is what a flag asks for. What is there and is no flag is true: a number, because it exists, and a mode
/// of echo cancellation, because it cancels echoes (CP-10).
pub(super) fn is_flag(wanted: bool, value: Value) -> bool {
    match value {
        Value::Flag(flag) => flag == wanted,
        Value::Number(_) | Value::Text(_) => wanted,
    }
}

/// WebIDL's `[Clamp] unsigned long` (CX-04).
fn clamp(number: f64) -> f64 {
    if number.is_nan() {
        return 0.0;
    }
    number.clamp(0.0, f64::from(u32::MAX)).round_ties_even()
}
