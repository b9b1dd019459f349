// SPDX-License-Identifier: MPL-2.0

//! Settings that are still in the running: a range for each property, and one for the shape of the picture.

use std::collections::BTreeMap;

use super::constraint::{Constraint, Role};
use super::cost::Cost;
use super::framing::Framing;
use super::number::Bounds;
use super::picture::Picture;
use super::property::Property;
use super::setting::{Setting, Settings, Value};
use super::space::{Space, Span};
use super::wish::Wishes;

/// What is left of a [`Span`].
#[derive(Clone, Debug)]
enum Range<'a> {
    Number(Bounds),
    Texts(Vec<&'a str>),
    Flags(Vec<bool>),
}

impl<'a> Range<'a> {
    fn of(property: Property, span: &'a Span) -> Self {
        match span {
            Span::Number { min, max } => Self::Number(Bounds::of_source(property, *min, *max)),
            Span::Texts(texts) => Self::Texts(texts.iter().map(String::as_str).collect()),
            Span::Flags(flags) => Self::Flags(flags.clone()),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Number(bounds) => bounds.is_empty(),
            Self::Texts(texts) => texts.is_empty(),
            Self::Flags(flags) => flags.is_empty(),
        }
    }

    /// Keeps what satisfies a constraint.
    fn narrow(&mut self, property: Property, constraint: &Constraint, role: Role) {
        let admits = |value| constraint.admits(property, role, value);
        match self {
            Self::Number(bounds) => match constraint {
                Constraint::Number { .. } => {
                    *bounds = bounds.within(property, constraint.bounds(role));
                }
                // The same of every number.
                _ if admits(Value::Number(bounds.max)) => (),
                _ => *bounds = Bounds::NONE,
            },
            Self::Texts(texts) => texts.retain(|text| admits(Value::Text(text))),
            Self::Flags(flags) => flags.retain(|flag| admits(Value::Flag(*flag))),
        }
    }

    fn best(&self, property: Property, wishes: &Wishes) -> Option<(Value<'a>, Cost)> {
        match self {
            Self::Number(bounds) => {
                let (number, cost) = wishes.pull(property).best(*bounds);
                Some((Value::Number(number), cost))
            }
            Self::Texts(texts) => wishes.best(property, texts.iter().map(|text| Value::Text(text))),
            Self::Flags(flags) => {
                wishes.best(property, flags.iter().map(|flag| Value::Flag(*flag)))
            }
        }
    }
}

/// All settings with a value of each range.
#[derive(Clone, Debug)]
pub(super) struct Region<'a> {
    ranges: BTreeMap<Property, Range<'a>>,
    ratio: Bounds,
}

impl<'a> Region<'a> {
    /// All settings of a space, if it has any.
    pub(super) fn of(space: &'a Space) -> Option<Self> {
        let ranges: BTreeMap<_, _> = space
            .spans
            .iter()
            .filter(|(property, _)| **property != Property::AspectRatio)
            .map(|(property, span)| (*property, Range::of(*property, span)))
            .collect();
        let is_empty = ranges.values().any(Range::is_empty);
        (!is_empty).then_some(Self {
            ranges,
            ratio: Bounds::ALL,
        })
    }

    /// What has a finite fitness distance (SS-01, step 2), if anything does.
    pub(super) fn satisfying<'c>(
        &self,
        constraints: impl Iterator<Item = (Property, &'c Constraint)>,
        role: Role,
    ) -> Option<Self> {
        let mut region = self.clone();
        let mut of_picture = false;
        for (property, constraint) in constraints {
            if !constraint.is_required(role) {
                continue;
            }
            match property {
                Property::AspectRatio => region.narrow_ratio(constraint, role)?,
                _ => {
                    let range = region.ranges.get_mut(&property)?;
                    range.narrow(property, constraint, role);
                    if range.is_empty() {
                        return None;
                    }
                }
            }
            of_picture |= matches!(
                property,
                Property::Width | Property::Height | Property::AspectRatio
            );
        }
        let picture = region.picture().filter(|_| of_picture);
        picture
            .is_none_or(|picture| picture.is_possible())
            .then_some(region)
    }

    fn narrow_ratio(&mut self, constraint: &Constraint, role: Role) -> Option<()> {
        let property = Property::AspectRatio;
        self.picture()?;
        if !matches!(constraint, Constraint::Number { .. }) {
            // The same of every ratio.
            return constraint
                .admits(property, role, Value::Number(1.0))
                .then_some(());
        }
        self.ratio = self.ratio.and(constraint.bounds(role).asked(property));
        Some(())
    }

    /// Its width and height, where both are numbers and there.
    fn picture(&self) -> Option<Picture> {
        let bounds = |property| match self.ranges.get(&property)? {
            Range::Number(bounds) => Some(*bounds),
            _ => None,
        };
        Some(Picture::new(
            bounds(Property::Width)?,
            bounds(Property::Height)?,
            self.ratio,
        ))
    }

    /// The ranges that nothing else depends on.
    fn free(&self, has_picture: bool) -> impl Iterator<Item = (Property, &Range<'a>)> {
        let is_free = move |property: Property| {
            !(has_picture && matches!(property, Property::Width | Property::Height))
        };
        let ranges = self.ranges.iter();
        ranges
            .map(|(property, range)| (*property, range))
            .filter(move |(property, _)| is_free(*property))
    }

    fn cost_of_missing(&self, wishes: &Wishes, has_picture: bool) -> Cost {
        wishes.cost_of_missing(|property| match property {
            Property::AspectRatio => has_picture,
            _ => self.ranges.contains_key(&property),
        })
    }

    /// What none of its settings cost less than.
    pub(super) fn least(&self, wishes: &Wishes, framing: &Framing) -> Cost {
        let picture = self.picture();
        let free = self.free(picture.is_some());
        free.filter_map(|(property, range)| Some(range.best(property, wishes)?.1))
            .sum::<Cost>()
            + picture.map_or(Cost::default(), |picture| framing.least(&picture))
            + self.cost_of_missing(wishes, picture.is_some())
    }

    /// The settings that cost least, if that is not more than a limit.
    pub(super) fn best(
        &self,
        wishes: &Wishes,
        framing: &Framing,
        limit: Cost,
    ) -> Option<(Settings, Cost)> {
        let picture = self.picture();
        let mut settings = Settings::default();
        let mut cost = self.cost_of_missing(wishes, picture.is_some());
        for (property, range) in self.free(picture.is_some()) {
            let (value, price) = range.best(property, wishes)?;
            settings.set(property, value.into());
            cost = cost + price;
        }
        if let Some(picture) = picture {
            let framed = framing.best(&picture, (limit - cost).loosened())?;
            settings.set(Property::Width, Setting::Number(framed.width));
            settings.set(Property::Height, Setting::Number(framed.height));
            cost = cost + framed.cost;
        }
        Some((settings, cost))
    }
}
