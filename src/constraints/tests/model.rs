// SPDX-License-Identifier: MPL-2.0

//! [`select`] against the W3C's own way: all settings that there are, one by one.

use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::sample::select as one_of;

use super::*;

/// All settings of a space.
fn dictionaries(space: &Space) -> Vec<Settings> {
    let mut all = vec![Settings::default()];
    for (property, span) in &space.spans {
        let values: Vec<Setting> = match span {
            Span::Number { min, max } => (*min as u32..=*max as u32)
                .map(|number| Setting::Number(f64::from(number)))
                .collect(),
            Span::Texts(texts) => texts.iter().cloned().map(Setting::Text).collect(),
            Span::Flags(flags) => flags.iter().copied().map(Setting::Flag).collect(),
        };
        let with = |settings: &Settings, value: &Setting| {
            let mut settings = settings.clone();
            settings.set(*property, value.clone());
            settings
        };
        all = all
            .iter()
            .flat_map(|settings| values.iter().map(move |value| with(settings, value)))
            .collect();
    }
    all
}

fn apart(one: &Setting, other: &Setting) -> f64 {
    match (one, other) {
        (one, other) if one == other => 0.0,
        (Setting::Number(one), Setting::Number(other)) => {
            (one - other).abs() / one.abs().max(other.abs())
        }
        _ => 1.0,
    }
}

/// The fitness distance, and the distance from the defaults, where the shape counts ten times, and what is native a thousand times.
fn cost(settings: &Settings, basic: &ConstraintSet, defaults: &Settings) -> [f64; 2] {
    let asked = fitness(settings, basic, Role::Basic);
    let from_default = defaults.iter().map(|(property, default)| {
        let distance = settings.get(property).map_or(1.0, |it| apart(it, default));
        match property {
            Property::AspectRatio => 10.0 * distance,
            Property::ResizeMode => 1_000.0 * distance,
            _ => distance,
        }
    });
    [asked, from_default.sum()]
}

/// From the first part on; sums made in another order are equal.
fn compare(one: [f64; 2], other: [f64; 2]) -> Ordering {
    one.into_iter()
        .zip(other)
        .find(|(one, other)| (one - other).abs() > 1e-12)
        .map_or(Ordering::Equal, |(one, other)| one.total_cmp(&other))
}

/// SelectSettings, step by step: what the best settings cost, or the name in the error.
fn reference(
    spaces: &[Space],
    constraints: &Constraints,
    defaults: &Settings,
) -> Result<[f64; 2], String> {
    let all: Vec<Settings> = spaces.iter().flat_map(dictionaries).collect();
    let satisfying = |from: &[Settings], set: &ConstraintSet, role| -> Vec<Settings> {
        from.iter()
            .filter(|settings| fitness(settings, set, role).is_finite())
            .cloned()
            .collect()
    };
    let mut candidates = satisfying(&all, &constraints.basic, Role::Basic);
    if candidates.is_empty() {
        let impossible = constraints.basic.iter().find(|(property, constraint)| {
            let alone = set(&[(*property, (*constraint).clone())]);
            satisfying(&all, &alone, Role::Basic).is_empty()
        });
        return Err(impossible
            .map_or("", |(property, _)| property.name())
            .into());
    }
    for set in &constraints.advanced {
        let kept = satisfying(&candidates, set, Role::Advanced);
        if !kept.is_empty() {
            candidates = kept;
        }
    }
    let costs = candidates
        .iter()
        .map(|settings| cost(settings, &constraints.basic, defaults));
    costs
        .min_by(|one, other| compare(*one, *other))
        .ok_or_else(String::new)
}

fn has(space: &Space, settings: &Settings) -> bool {
    dictionaries(space).contains(settings)
}

/// Asserts that nothing is better than what was chosen.
fn check(
    spaces: &[Space],
    constraints: &Constraints,
    defaults: &Settings,
) -> Result<(), TestCaseError> {
    let expected = reference(spaces, constraints, defaults);
    let chosen = match select(spaces, constraints, defaults) {
        Err(error) => {
            prop_assert_eq!(Err(error.constraint), expected);
            return Ok(());
        }
        Ok(chosen) => chosen,
    };
    let found = cost(&chosen.settings, &constraints.basic, defaults);
    prop_assert!(has(&spaces[chosen.space], &chosen.settings), "{:?}", chosen);
    let Ok(best) = expected else {
        return Err(TestCaseError::fail(format!("{chosen:?}, not {expected:?}")));
    };
    prop_assert!(
        compare(found, best).is_eq(),
        "{:?} costs {:?}, not {:?}",
        chosen,
        found,
        best
    );
    Ok(())
}

fn whole(max: u32) -> BoxedStrategy<Span> {
    (1..=max, 1..=max)
        .prop_map(|(one, other)| range(one.min(other).into(), one.max(other).into()))
        .boxed()
}

fn some_of(all: &'static [&'static str]) -> BoxedStrategy<Span> {
    prop::sample::subsequence(all, 1..=all.len())
        .prop_map(|some| texts(&some))
        .boxed()
}

const MODES: &[&str] = &["none", "crop-and-scale"];
const ECHO: &[&str] = &["all", "remote-only"];

/// A camera, now and then one that lacks something.
fn camera_space() -> impl Strategy<Value = Space> {
    let often = |span| prop::option::weighted(0.9, span);
    let spans = (
        often(whole(12)),
        often(whole(12)),
        often(whole(4)),
        often(some_of(MODES)),
    );
    spans.prop_map(|(width, height, rate, mode)| {
        let spans = [
            (Property::Width, width),
            (Property::Height, height),
            (Property::FrameRate, rate),
            (Property::ResizeMode, mode),
        ];
        let there = spans
            .into_iter()
            .filter_map(|(property, span)| Some((property, span?)));
        Space {
            spans: there.collect(),
        }
    })
}

fn microphone_space() -> impl Strategy<Value = Space> {
    let echo = prop_oneof![
        some_of(ECHO),
        one_of(vec![vec![true], vec![false, true]]).prop_map(Span::Flags),
    ];
    let often = |span| prop::option::weighted(0.8, span);
    let spans = (often(whole(8)), often(whole(3)), often(echo.boxed()));
    spans.prop_map(|(rate, channels, echo)| {
        let spans = [
            (Property::SampleRate, rate),
            (Property::ChannelCount, channels),
            (Property::EchoCancellation, echo),
        ];
        let there = spans
            .into_iter()
            .filter_map(|(property, span)| Some((property, span?)));
        Space {
            spans: there.collect(),
        }
    })
}

/// Constraints on numbers, or now and then on whether there are any.
fn numeric(number: impl Strategy<Value = f64> + Clone + 'static) -> BoxedStrategy<Constraint> {
    let rarely = || prop::option::weighted(0.3, number.clone());
    let parts = (rarely(), rarely(), rarely(), rarely());
    prop_oneof![
        3 => number.clone().prop_map(bare),
        3 => number.clone().prop_map(exact),
        9 => parts.prop_map(|(exact, ideal, min, max)| {
            N { bare: None, exact, ideal, min, max }.into()
        }),
        1 => any::<bool>().prop_map(flag),
    ]
    .boxed()
}

fn textual(all: &'static [&'static str]) -> BoxedStrategy<Constraint> {
    let some = move || prop::option::of(prop::sample::subsequence(all, 0..=all.len()));
    (some(), some(), some())
        .prop_map(|(bare, exact, ideal)| Constraint::Text {
            bare: bare.map(|it| list(&it)),
            exact: exact.map(|it| list(&it)),
            ideal: ideal.map(|it| list(&it)),
        })
        .boxed()
}

fn boolean() -> BoxedStrategy<Constraint> {
    let some = || prop::option::of(any::<bool>());
    (some(), some(), some())
        .prop_map(|(bare, exact, ideal)| Constraint::Flag { bare, exact, ideal })
        .boxed()
}

fn ratio() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        (1..=13_u32, 1..=13_u32).prop_map(|(width, height)| f64::from(width) / f64::from(height)),
        (1..=40_u32).prop_map(|tenths| f64::from(tenths) / 10.0),
    ]
}

fn constraint_set(
    properties: &'static [Property],
    most: usize,
) -> impl Strategy<Value = ConstraintSet> {
    let asked = move |property: Property| {
        let constraint = match property {
            Property::AspectRatio => numeric(ratio()),
            Property::ResizeMode => textual(&["none", "crop-and-scale", ""]),
            Property::EchoCancellation => prop_oneof![boolean(), textual(ECHO)].boxed(),
            Property::FrameRate | Property::ChannelCount => {
                numeric((0..=5_u32).prop_map(f64::from))
            }
            _ => numeric((0..=13_u32).prop_map(f64::from)),
        };
        constraint.prop_map(move |constraint| (property, constraint))
    };
    prop::collection::vec(one_of(properties).prop_flat_map(asked), 0..=most)
        .prop_map(|constraints| set(&constraints))
}

fn constraints(properties: &'static [Property]) -> impl Strategy<Value = Constraints> {
    let sets = prop::collection::vec(constraint_set(properties, 3), 0..=3);
    (constraint_set(properties, 4), sets)
        .prop_map(|(basic, advanced)| Constraints { basic, advanced })
}

const OF_CAMERAS: &[Property] = &[
    Property::Width,
    Property::Height,
    Property::AspectRatio,
    Property::FrameRate,
    Property::ResizeMode,
];
const OF_MICROPHONES: &[Property] = &[
    Property::SampleRate,
    Property::ChannelCount,
    Property::EchoCancellation,
];

fn camera_defaults() -> impl Strategy<Value = Settings> {
    let number = |most: u32| prop::option::of((1..=most).prop_map(f64::from));
    (
        number(14),
        number(14),
        number(5),
        prop::option::of(one_of(MODES)),
    )
        .prop_map(|(width, height, rate, mode)| {
            let numbers = [
                (Property::Width, width),
                (Property::Height, height),
                (Property::FrameRate, rate),
            ];
            let mut defaults = Settings::default();
            for (property, number) in numbers {
                number
                    .into_iter()
                    .for_each(|it| defaults.set(property, Setting::Number(it)));
            }
            mode.into_iter()
                .for_each(|it| defaults.set(Property::ResizeMode, Setting::Text(it.into())));
            defaults
        })
}

fn microphone_defaults() -> impl Strategy<Value = Settings> {
    (1..=9_u32, any::<bool>()).prop_map(|(rate, echo)| {
        settings(&[
            (Property::SampleRate, Setting::Number(rate.into())),
            (Property::EchoCancellation, Setting::Flag(echo)),
        ])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_settings_of_a_camera_are_better_than_those_chosen(
        spaces in prop::collection::vec(camera_space(), 1..=3),
        constraints in constraints(OF_CAMERAS),
        defaults in camera_defaults(),
    ) {
        check(&spaces, &constraints, &defaults)?;
    }

    #[test]
    fn no_settings_of_a_microphone_are_better_than_those_chosen(
        spaces in prop::collection::vec(microphone_space(), 1..=3),
        constraints in constraints(OF_MICROPHONES),
        defaults in microphone_defaults(),
    ) {
        check(&spaces, &constraints, &defaults)?;
    }
}
