// SPDX-License-Identifier: MPL-2.0

//! What a source can be set to, and what of that it says it can (AC-08).

use std::collections::BTreeMap;

use super::number::{Bounds, round_ratio};
use super::property::Property;

/// A picture now and then: slower rates are as good as none, so that capabilities begin at 0 (CP-04), and `max: 0` still
/// is asked for in vain.
pub const LOWEST_FRAME_RATE: f64 = 0.001;

/// What one property may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    Number { min: f64, max: f64 },
    Texts(Vec<String>),
    Flags(Vec<bool>),
}

impl Span {
    /// Widens this to what the other has too; one of another type has nothing to add.
    fn join(&mut self, other: &Self) {
        match (self, other) {
            (
                Self::Number { min, max },
                Self::Number {
                    min: less,
                    max: more,
                },
            ) => {
                *min = min.min(*less);
                *max = max.max(*more);
            }
            (Self::Texts(texts), Self::Texts(more)) => add_new(texts, more),
            (Self::Flags(flags), Self::Flags(more)) => add_new(flags, more),
            _ => (),
        }
    }
}

fn add_new<T: Clone + PartialEq>(to: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !to.contains(item) {
            to.push(item.clone());
        }
    }
}

/// Settings that a source can have in any combination: a native mode of a camera, or the sizes that can be cut out of one.
/// A property without a span is one that the source does not have; the aspect ratio never has one, as it follows from
/// width and height (CP-05).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Space {
    pub spans: BTreeMap<Property, Span>,
}

impl Space {
    /// The numbers that a property may be.
    pub(super) fn numbers(&self, property: Property) -> Option<Bounds> {
        match self.spans.get(&property)? {
            Span::Number { min, max } => Some(Bounds::of_source(property, *min, *max)),
            _ => None,
        }
    }

    /// The span of a property, and for the aspect ratio what the extremes of width and height make of it.
    pub(super) fn span(&self, property: Property) -> Option<Span> {
        if property != Property::AspectRatio {
            return self.spans.get(&property).cloned();
        }
        let width = self.numbers(Property::Width)?;
        let height = self.numbers(Property::Height)?;
        (!width.is_empty() && !height.is_empty()).then(|| Span::Number {
            min: round_ratio(width.min / height.max),
            max: round_ratio(width.max / height.min),
        })
    }
}

/// What a source can do, one property at a time (W3C "capabilities").
pub type Capabilities = BTreeMap<Property, Span>;

/// The capabilities of a source with these spaces; constraints that are in force have no say in it (AC-08).
pub fn capabilities(spaces: &[Space]) -> Capabilities {
    let mut capabilities = Capabilities::new();
    for property in Property::ALL {
        let mut spans = spaces.iter().filter_map(|space| space.span(property));
        let Some(mut all) = spans.next() else {
            continue;
        };
        spans.for_each(|span| all.join(&span));
        if let (Property::FrameRate, Span::Number { min, .. }) = (property, &mut all)
            && *min <= LOWEST_FRAME_RATE
        {
            *min = 0.0;
        }
        capabilities.insert(property, all);
    }
    capabilities
}
