// SPDX-License-Identifier: MPL-2.0

//! Any constraints on any source.

#![no_main]

#[allow(dead_code, unused_imports)]
#[path = "../../src/constraints/mod.rs"]
mod constraints;

mod check;

use arbitrary::Arbitrary;
use constraints::{
    Constraint, ConstraintSet, Constraints, Property, Setting, Settings, Space, Span, Type,
    capabilities,
};
use libfuzzer_sys::fuzz_target;

/// Numbers that are likely to meet, and any others.
#[derive(Arbitrary, Debug)]
enum Number {
    Small(u8),
    Size(u16),
    Ratio(u16, u16),
    Rate(u16),
    Any(f64),
}

impl Number {
    fn get(&self) -> f64 {
        match *self {
            Self::Small(number) => number.into(),
            Self::Size(number) => number.into(),
            Self::Ratio(one, other) => f64::from(one) / f64::from(other),
            Self::Rate(number) => f64::from(number) * 1000. / 1001.,
            Self::Any(number) => number,
        }
    }
}

/// A text that is likely to be another one's, too.
fn text(number: u8) -> String {
    let known = ["", "none", "crop-and-scale", "user", "all"];
    match known.get(usize::from(number % 8)) {
        Some(text) => (*text).to_owned(),
        None => number.to_string(),
    }
}

#[derive(Arbitrary, Debug)]
enum Asked {
    Number([Option<Number>; 5]),
    Text([Option<Vec<u8>>; 3]),
    Flag([Option<bool>; 3]),
}

impl Asked {
    fn get(&self) -> Constraint {
        match self {
            Self::Number(parts) => {
                let [bare, exact, ideal, min, max] =
                    parts.each_ref().map(|part| part.as_ref().map(Number::get));
                Constraint::Number {
                    bare,
                    exact,
                    ideal,
                    min,
                    max,
                }
            }
            Self::Text(parts) => {
                let texts = |numbers: &Vec<u8>| numbers.iter().copied().map(text).collect();
                let [bare, exact, ideal] = parts.each_ref().map(|part| part.as_ref().map(texts));
                Constraint::Text { bare, exact, ideal }
            }
            Self::Flag([bare, exact, ideal]) => Constraint::Flag {
                bare: *bare,
                exact: *exact,
                ideal: *ideal,
            },
        }
    }
}

type Set = Vec<(u8, Asked)>;

fn property(number: u8) -> Property {
    Property::ALL[usize::from(number) % Property::ALL.len()]
}

fn set(asked: &Set) -> ConstraintSet {
    let mut set = ConstraintSet::default();
    for (number, asked) in asked.iter().take(24) {
        // What is refused is not asked.
        let _ = set.set(property(*number), asked.get());
    }
    set
}

/// What a source has of a property: of a property's own type, as sources are made from caps.
#[derive(Arbitrary, Debug)]
struct Has {
    of: u8,
    from: Number,
    to: Number,
    texts: Vec<u8>,
}

impl Has {
    fn get(&self) -> Option<(Property, Span)> {
        let property = property(self.of);
        let span = match property.type_() {
            Type::ULong | Type::Double => {
                let (one, other) = (self.from.get(), self.to.get());
                Span::Number {
                    min: one.min(other),
                    max: one.max(other),
                }
            }
            Type::Text => Span::Texts(self.texts.iter().copied().map(text).collect()),
            Type::Flag => Span::Flags(self.texts.iter().map(|number| number % 2 == 0).collect()),
        };
        (property != Property::AspectRatio).then_some((property, span))
    }
}

#[derive(Arbitrary, Debug)]
struct Input {
    spaces: Vec<Vec<Has>>,
    basic: Set,
    advanced: Vec<Set>,
    width: Number,
    height: Number,
    rate: Number,
}

fuzz_target!(|input: Input| {
    let spaces = input.spaces.iter().take(40).map(|space| Space {
        spans: space.iter().filter_map(Has::get).collect(),
    });
    let spaces: Vec<_> = spaces.collect();
    let constraints = Constraints {
        basic: set(&input.basic),
        advanced: input.advanced.iter().take(8).map(set).collect(),
    };
    let mut defaults = Settings::default();
    for (property, number) in [
        (Property::Width, &input.width),
        (Property::Height, &input.height),
        (Property::FrameRate, &input.rate),
    ] {
        defaults.set(property, Setting::Number(number.get()));
    }
    capabilities(&spaces);
    check::choose(&spaces, &constraints, &defaults);
});
