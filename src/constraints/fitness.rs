// SPDX-License-Identifier: MPL-2.0

//! How far settings are from what was asked for (W3C "fitness distance", SS-01).

use super::constraint::{Constraint, Role, ideal, is_any_of, is_flag};
use super::number;
use super::property::{Property, Type};
use super::setting::Value;

/// Steps 2 to 8, for one property. Steps 1 and 3 have nothing to do: a [`ConstraintSet`](super::ConstraintSet) has no names that
/// are not known, and [`Constraints::for_media`](super::Constraints::for_media) takes out what is not for the kind.
pub(super) fn distance(
    property: Property,
    constraint: &Constraint,
    role: Role,
    value: Option<Value>,
) -> f64 {
    // Step 2.
    let satisfied = value.is_some_and(|value| constraint.admits(property, role, value));
    if constraint.is_required(role) && !satisfied {
        return f64::INFINITY;
    }
    // Step 4.
    if let (Some(asked), true) = (existence(constraint, role), property.type_() != Type::Flag) {
        return unless(asked == value.is_some());
    }
    // Step 5.
    let Some(value) = value else {
        return 1.0;
    };
    // Step 6 is the zero where there is no ideal.
    match constraint {
        Constraint::Number { .. } => match (wanted_number(constraint, role), value) {
            (Some(ideal), Value::Number(actual)) => number::distance(property, actual, ideal),
            (Some(_), _) => 1.0,
            (None, _) => 0.0,
        },
        // Step 8.
        Constraint::Text {
            bare, ideal: best, ..
        } => ideal(best, bare, role).map_or(0.0, |texts| unless(is_any_of(texts, value))),
        Constraint::Flag {
            bare, ideal: best, ..
        } => ideal(best, bare, role).map_or(0.0, |flag| unless(is_flag(*flag, value))),
    }
}

/// The ideal of a constraint on numbers.
pub(super) fn wanted_number(constraint: &Constraint, role: Role) -> Option<f64> {
    match constraint {
        Constraint::Number {
            bare, ideal: best, ..
        } => ideal(best, bare, role).copied(),
        _ => None,
    }
}

/// The boolean of a constraint, whatever its part is.
fn existence(constraint: &Constraint, role: Role) -> Option<bool> {
    match constraint {
        Constraint::Flag {
            bare,
            exact,
            ideal: best,
        } => ideal(best, bare, role).or(exact.as_ref()).copied(),
        _ => None,
    }
}

fn unless(satisfied: bool) -> f64 {
    if satisfied { 0.0 } else { 1.0 }
}
