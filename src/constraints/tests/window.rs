// SPDX-License-Identifier: MPL-2.0

//! The rows that are looked at are enough.

use proptest::prelude::*;

use super::super::cost::Cost;
use super::super::framing::Framing;
use super::super::number::Bounds;
use super::super::picture::Picture;
use super::super::wish::Wishes;
use super::*;

fn bounds(most: u32) -> impl Strategy<Value = Bounds> {
    (1..=most, 1..=most).prop_map(|(one, other)| Bounds {
        min: one.min(other).into(),
        max: one.max(other).into(),
    })
}

fn shape() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(16.0 / 9.0),
        Just(4.0 / 3.0),
        Just(1.0),
        Just(9.0 / 16.0),
        (1..=40_u32, 1..=40_u32).prop_map(|(width, height)| f64::from(width) / f64::from(height)),
    ]
}

/// Any shape, just one, or those in between.
fn shapes() -> impl Strategy<Value = Bounds> {
    prop_oneof![
        2 => Just(Bounds::ALL),
        1 => shape().prop_map(Bounds::only),
        2 => (shape(), shape()).prop_map(|(one, other)| Bounds { min: one.min(other), max: one.max(other) }),
    ]
}

fn wished() -> impl Strategy<Value = ConstraintSet> {
    let size = || prop::option::of((1..=2000_u32).prop_map(|it| ideal(it.into())));
    let ratio = prop::option::of(shape().prop_map(ideal));
    (size(), size(), ratio).prop_map(|(width, height, ratio)| {
        let asked = [
            (Property::Width, width),
            (Property::Height, height),
            (Property::AspectRatio, ratio),
        ];
        let asked = asked
            .into_iter()
            .filter_map(|(property, it)| Some((property, it?)));
        set(&asked.collect::<Vec<_>>())
    })
}

fn default_size() -> impl Strategy<Value = Settings> {
    prop_oneof![
        Just(sized(1920.0, 1080.0)),
        Just(sized(640.0, 480.0)),
        (1..=2000_u32, 1..=2000_u32).prop_map(|(width, height)| sized(width.into(), height.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_row_has_a_picture_that_is_clearly_better_than_those_that_are_looked_at(
        width in bounds(2000),
        height in bounds(2000),
        shapes in shapes(),
        basic in wished(),
        defaults in default_size(),
    ) {
        let picture = Picture::new(width, height, shapes.asked(Property::AspectRatio));
        let framing = Framing::of(&Wishes { basic: &basic, defaults: &defaults });
        let all: Vec<f64> = (height.min as u32..=height.max as u32).map(f64::from).collect();
        let best = framing.best_of(&picture, &all, Cost::INFINITE);
        prop_assert_eq!(picture.is_possible(), best.is_some());
        let found = picture.is_possible().then(|| framing.best(&picture, Cost::INFINITE)).flatten();
        prop_assert_eq!(found.is_some(), best.is_some());
        if let (Some(found), Some(best)) = (found, best) {
            // Where sizes and a shape are wanted that exclude each other, rounding may hide a picture that is better by less
            // than a pixel; never one that is all that is wanted.
            let hidden = if best.cost.asked > 0.0 { 1e-3 } else { 0.0 };
            prop_assert!(found.cost.asked <= best.cost.asked + hidden, "{:?}, not {:?}", found, best);
            prop_assert!(found.cost.default <= best.cost.default + 0.02 + hidden * 20.0, "{:?}, not {:?}", found, best);
        }
    }
}
