// SPDX-License-Identifier: MPL-2.0

//! SS-01: the fitness distance, step by step.

use super::*;

fn distance(settings: &Settings, property: Property, constraint: Constraint) -> f64 {
    fitness(settings, &set(&[(property, constraint)]), Role::Basic)
}

fn in_advanced(settings: &Settings, property: Property, constraint: Constraint) -> f64 {
    fitness(settings, &set(&[(property, constraint)]), Role::Advanced)
}

const WIDTH: Property = Property::Width;

#[test]
fn what_is_required_and_not_satisfied_is_infinitely_far() {
    // SS-01, step 2
    let hd = sized(1280.0, 720.0);
    for (constraint, distance_is) in [
        (min(1280.0), 0.0),
        (min(1281.0), f64::INFINITY),
        (max(1280.0), 0.0),
        (max(1279.0), f64::INFINITY),
        (exact(1280.0), 0.0),
        (exact(1281.0), f64::INFINITY),
        (between(100.0, 10.0), f64::INFINITY),
    ] {
        assert_eq!(distance(&hd, WIDTH, constraint), distance_is);
    }
}

#[test]
fn what_is_required_and_missing_is_infinitely_far() {
    // SS-01, step 2
    let nothing = Settings::default();
    for constraint in [min(0.0), exact(1.0), max(1e9)] {
        assert_eq!(distance(&nothing, WIDTH, constraint), f64::INFINITY);
    }
    assert_eq!(in_advanced(&nothing, WIDTH, bare(1.0)), f64::INFINITY);
    // Step 2 comes before step 3: by the letter even of another kind's properties.
    let hd = sized(1280.0, 720.0);
    assert_eq!(
        distance(&hd, Property::SampleRate, exact(48000.0)),
        f64::INFINITY
    );
}

#[test]
fn a_flag_asks_of_other_properties_whether_they_are_there() {
    // SS-01, step 4
    let hd = sized(1280.0, 720.0);
    let facing = Property::FacingMode;
    assert_eq!(distance(&hd, WIDTH, flag(true)), 0.0);
    assert_eq!(distance(&hd, WIDTH, flag(false)), 1.0);
    assert_eq!(distance(&hd, facing, flag(true)), 1.0);
    assert_eq!(distance(&hd, facing, flag(false)), 0.0);
    assert_eq!(in_advanced(&hd, WIDTH, flag(true)), 0.0);
    assert_eq!(in_advanced(&hd, facing, flag(true)), f64::INFINITY);
}

#[test]
fn what_is_missing_is_one_away() {
    // SS-01, step 5, which comes before step 6
    let nothing = Settings::default();
    assert_eq!(distance(&nothing, WIDTH, ideal(640.0)), 1.0);
    assert_eq!(distance(&nothing, WIDTH, bare(640.0)), 1.0);
    assert_eq!(distance(&nothing, WIDTH, NOTHING), 1.0);
    assert_eq!(
        distance(&nothing, Property::FacingMode, text_bare(&["user"])),
        1.0
    );
    assert_eq!(
        distance(&nothing, Property::AutoGainControl, flag(false)),
        1.0
    );
}

#[test]
fn without_an_ideal_everything_is_as_good() {
    // SS-01, step 6
    let hd = sized(1280.0, 720.0);
    for constraint in [NOTHING, between(1.0, 2000.0), exact(1280.0)] {
        assert_eq!(distance(&hd, WIDTH, constraint), 0.0);
    }
}

#[test]
fn numbers_are_as_far_as_they_differ_in_relation_to_the_larger() {
    // SS-01, step 7
    let hd = sized(1280.0, 720.0);
    assert_eq!(distance(&hd, WIDTH, ideal(1280.0)), 0.0);
    assert_eq!(distance(&hd, WIDTH, ideal(640.0)), 0.5);
    assert_eq!(distance(&hd, WIDTH, bare(2560.0)), 0.5);
    assert_eq!(distance(&hd, WIDTH, ideal(0.0)), 1.0);
    assert_eq!(distance(&sized(0.0, 0.0), WIDTH, ideal(0.0)), 0.0);
}

#[test]
fn texts_and_flags_are_equal_or_one_away() {
    // SS-01, step 8
    let facing = Property::FacingMode;
    let echo = Property::EchoCancellation;
    let here = settings(&[
        (facing, Setting::Text("user".into())),
        (echo, Setting::Flag(true)),
    ]);
    assert_eq!(distance(&here, facing, text_bare(&["user"])), 0.0);
    assert_eq!(distance(&here, facing, text_bare(&["left"])), 1.0);
    assert_eq!(distance(&here, echo, flag(true)), 0.0);
    assert_eq!(distance(&here, echo, flag(false)), 1.0);
}

#[test]
fn distances_add_up() {
    // SS-01
    let hd = sized(1280.0, 720.0);
    let asked = set(&[
        (WIDTH, ideal(640.0)),
        (Property::Height, ideal(360.0)),
        (Property::FacingMode, text_bare(&["user"])),
    ]);
    assert_eq!(fitness(&hd, &asked, Role::Basic), 2.0);
}

#[test]
fn any_mode_of_echo_cancellation_is_what_true_asks_for() {
    // CP-10
    let echo = Property::EchoCancellation;
    let of = |setting| settings(&[(echo, setting)]);
    let all = of(Setting::Text("all".into()));
    assert_eq!(distance(&all, echo, flag_exact(true)), 0.0);
    assert_eq!(distance(&all, echo, flag_exact(false)), f64::INFINITY);
    assert_eq!(distance(&all, echo, text_exact(&["all"])), 0.0);
    assert_eq!(
        distance(&all, echo, text_exact(&["remote-only"])),
        f64::INFINITY
    );
    let on = of(Setting::Flag(true));
    assert_eq!(distance(&on, echo, text_exact(&["all"])), f64::INFINITY);
}
