// SPDX-License-Identifier: MPL-2.0

//! What is asked of a track: sets of constraints (CX-01).

use super::constraint::{Constraint, Refused};
use super::property::{Media, Property};

/// Constraints on some properties, in the order they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConstraintSet(Vec<(Property, Constraint)>);

impl ConstraintSet {
    /// Asks this of a property, in place of what was asked of it before.
    pub fn set(&mut self, property: Property, constraint: Constraint) -> Result<(), Refused> {
        let constraint = constraint.checked(property)?;
        self.0.retain(|(other, _)| *other != property);
        self.0.push((property, constraint));
        Ok(())
    }

    /// What is asked of a property.
    pub fn get(&self, property: Property) -> Option<&Constraint> {
        self.0
            .iter()
            .find(|(other, _)| *other == property)
            .map(|(_, constraint)| constraint)
    }

    /// Everything that is asked, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Property, &Constraint)> {
        self.0
            .iter()
            .map(|(property, constraint)| (*property, constraint))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn for_media(&self, media: Media) -> Self {
        let fits = |(property, _): &&(Property, Constraint)| property.is_for(media);
        Self(self.0.iter().filter(fits).cloned().collect())
    }
}

/// What is asked of a track: all of the basic set, and of each advanced set all or nothing, the first ones first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    pub basic: ConstraintSet,
    pub advanced: Vec<ConstraintSet>,
}

impl Constraints {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.basic.is_empty() && self.advanced.iter().all(ConstraintSet::is_empty)
    }

    /// Without what is not for this kind, be it required or not (SS-07). An advanced set that has nothing left stays, and is
    /// satisfied by everything.
    pub fn for_media(&self, media: Media) -> Self {
        Self {
            basic: self.basic.for_media(media),
            advanced: self
                .advanced
                .iter()
                .map(|set| set.for_media(media))
                .collect(),
        }
    }
}
