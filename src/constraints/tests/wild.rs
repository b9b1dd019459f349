// SPDX-License-Identifier: MPL-2.0

//! Whatever the numbers are, a choice ends, and what is chosen is what was asked for.

use proptest::prelude::*;

use super::*;

const SIZES: [Property; 4] = [
    Property::Width,
    Property::Height,
    Property::FrameRate,
    Property::SampleRate,
];

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        any::<u32>().prop_map(f64::from),
        (0..100_u32).prop_map(f64::from),
        (1..5000_u32, 1..5000_u32).prop_map(|(one, other)| f64::from(one) / f64::from(other)),
        Just(f64::INFINITY),
        Just(f64::NAN),
    ]
}

fn wild_space() -> impl Strategy<Value = Space> {
    let spans = prop::collection::vec((number(), number()), SIZES.len());
    spans.prop_map(|spans| {
        let spans = SIZES.into_iter().zip(spans);
        let ordered = |(one, other): (f64, f64)| range(one.min(other), one.max(other));
        Space {
            spans: spans
                .map(|(property, span)| (property, ordered(span)))
                .collect(),
        }
    })
}

fn wild_set() -> impl Strategy<Value = ConstraintSet> {
    let part = || prop::option::weighted(0.3, number());
    let numbers = (part(), part(), part(), part(), part());
    let numbers = numbers.prop_map(|(bare, exact, ideal, min, max)| N {
        bare,
        exact,
        ideal,
        min,
        max,
    });
    let of = [&SIZES[..], &[Property::AspectRatio]].concat();
    prop::collection::vec((prop::sample::select(of), numbers), 0..4).prop_map(|asked| {
        let mut set = ConstraintSet::default();
        for (property, numbers) in asked {
            // What is refused is not asked.
            let _ = set.set(property, numbers.into());
        }
        set
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_number_is_too_wild(
        spaces in prop::collection::vec(wild_space(), 0..4),
        basic in wild_set(),
        advanced in prop::collection::vec(wild_set(), 0..3),
        width in number(),
        height in number(),
    ) {
        let constraints = Constraints { basic, advanced };
        capabilities(&spaces);
        if let Ok(selected) = select(&spaces, &constraints, &sized(width, height)) {
            let distance = fitness(&selected.settings, &constraints.basic, Role::Basic);
            prop_assert!(distance.is_finite(), "{:?} is {} away", selected, distance);
        }
    }
}
