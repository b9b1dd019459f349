// SPDX-License-Identifier: MPL-2.0

//! What each property had best be: the ideal, and where that leaves a choice, the default (SS-05, SS-06).

use super::constraint::{Constraint, Role};
use super::cost::Cost;
use super::fitness::{distance, wanted_number};
use super::number::{self, Bounds};
use super::property::{Property, Type};
use super::set::ConstraintSet;
use super::setting::{Settings, Value};

/// Everything that settings are measured by.
#[derive(Clone, Copy)]
pub(super) struct Wishes<'a> {
    pub(super) basic: &'a ConstraintSet,
    pub(super) defaults: &'a Settings,
}

impl Wishes<'_> {
    /// What it costs that a property has this value, or is not there.
    pub(super) fn cost(&self, property: Property, value: Option<Value>) -> Cost {
        let asked = self.basic.get(property).map_or(0.0, |constraint| {
            distance(property, constraint, Role::Basic, value)
        });
        Cost::of(property, asked, self.apart_from_default(property, value))
    }

    fn apart_from_default(&self, property: Property, value: Option<Value>) -> f64 {
        let Some(default) = self.defaults.get(property) else {
            return 0.0;
        };
        match (Value::from(default), value) {
            (Value::Number(default), Some(Value::Number(actual))) => {
                number::distance(property, actual, default)
            }
            (default, Some(value)) if default == value => 0.0,
            _ => 1.0,
        }
    }

    /// What it costs that these are all the properties there are, besides what they are set to.
    pub(super) fn cost_of_missing(&self, is_there: impl Fn(Property) -> bool) -> Cost {
        Property::ALL
            .into_iter()
            .filter(|property| !is_there(*property))
            .map(|property| self.cost(property, None))
            .sum()
    }

    /// The best of some values, the first of equals.
    pub(super) fn best<'v>(
        &self,
        property: Property,
        values: impl Iterator<Item = Value<'v>>,
    ) -> Option<(Value<'v>, Cost)> {
        values
            .map(|value| (value, self.cost(property, Some(value))))
            .min_by(|(_, one), (_, other)| one.compare(*other))
    }

    /// The same of what can be counted, looked up once.
    pub(super) fn pull(&self, property: Property) -> Pull {
        let constraint = self.basic.get(property);
        let flat = match constraint {
            Some(flag @ Constraint::Flag { .. }) => {
                distance(property, flag, Role::Basic, Some(Value::Number(0.0)))
            }
            _ => 0.0,
        };
        let ideal = constraint.and_then(|constraint| wanted_number(constraint, Role::Basic));
        Pull {
            property,
            ideal: ideal.map(|number| number::asked(property, number)),
            default: self.defaults.number(property),
            flat,
        }
    }
}

/// What draws a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pull {
    property: Property,
    pub(super) ideal: Option<f64>,
    pub(super) default: Option<f64>,
    /// What any value costs.
    flat: f64,
}

impl Pull {
    /// As [`Wishes::cost`] has it.
    pub(super) fn cost(&self, value: f64) -> Cost {
        let from = |number: Option<f64>| {
            number.map_or(0.0, |number| number::distance(self.property, value, number))
        };
        Cost::of(
            self.property,
            self.flat + from(self.ideal),
            from(self.default),
        )
    }

    /// What no number in these bounds costs less than.
    pub(super) fn least(&self, bounds: Bounds) -> Cost {
        let from = |number: Option<f64>| {
            let number = number.filter(|number| *number > 0.0);
            number.map_or(0.0, |number| {
                number::distance(self.property, bounds.clamp(number), number)
            })
        };
        Cost::of(
            self.property,
            self.flat + from(self.ideal),
            from(self.default),
        )
    }

    /// The numbers that draw, as far as there are such.
    pub(super) fn marks(&self) -> impl Iterator<Item = f64> {
        [self.ideal, self.default].into_iter().flatten()
    }

    /// The numbers in these bounds of which one is best: distances only grow on the way from what draws to the ends.
    pub(super) fn candidates(&self, bounds: Bounds) -> [f64; 4] {
        let nearest = |number: Option<f64>| match number {
            Some(number) if self.property.type_() == Type::ULong => bounds.clamp(number.round()),
            Some(number) => bounds.clamp(number),
            None => bounds.max,
        };
        [
            nearest(self.ideal),
            nearest(self.default),
            bounds.max,
            bounds.min,
        ]
    }

    /// The best number in these bounds, and what it costs.
    pub(super) fn best(&self, bounds: Bounds) -> (f64, Cost) {
        let [first, others @ ..] = self.candidates(bounds);
        others
            .into_iter()
            .map(|number| (number, self.cost(number)))
            .fold((first, self.cost(first)), |best, other| {
                if other.1.is_less(best.1) { other } else { best }
            })
    }

    /// The ratios that draw.
    pub(super) fn ratios(&self) -> impl Iterator<Item = f64> {
        self.marks().filter(|ratio| *ratio > 0.0)
    }
}
