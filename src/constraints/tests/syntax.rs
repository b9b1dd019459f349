// SPDX-License-Identifier: MPL-2.0

//! CX: what can be asked, and what it means.

use super::*;

const WIDTH: Property = Property::Width;

#[test]
fn a_property_is_in_a_set_once_and_may_be_in_many_sets() {
    // CX-01
    let mut constraints = advanced(&[&[(WIDTH, bare(1920.0))], &[(WIDTH, bare(640.0))]]);
    constraints.basic = set(&[
        (WIDTH, min(320.0)),
        (Property::Height, min(240.0)),
        (WIDTH, min(160.0)),
    ]);
    let asked: Vec<_> = constraints.basic.iter().collect();
    assert_eq!(
        asked,
        [(Property::Height, &min(240.0)), (WIDTH, &min(160.0))]
    );
    assert_eq!(constraints.advanced[1].get(WIDTH), Some(&bare(640.0)));
    assert!(ConstraintSet::default().is_empty());
    assert_eq!(Constraints::default(), advanced(&[]));
}

#[test]
fn every_name_of_the_w3c_is_known_and_no_other() {
    // CX-01, CP-14
    for property in Property::ALL {
        assert_eq!(Property::from_name(property.name()), Some(property));
    }
    for unknown in ["", "Width", "backgroundBlur", "aspect-ratio"] {
        assert_eq!(Property::from_name(unknown), None);
    }
}

#[test]
fn what_is_asked_is_of_the_type_of_its_property() {
    // CX-02
    let mut set = ConstraintSet::default();
    for (property, constraint) in [
        (Property::FacingMode, bare(1.0)),
        (WIDTH, text_bare(&["wide"])),
        (Property::NoiseSuppression, text_bare(&["all"])),
        (Property::EchoCancellation, bare(1.0)),
    ] {
        let refused = set.set(property, constraint).expect_err("a wrong type");
        assert_eq!(refused.property, property);
        assert!(refused.to_string().contains(property.name()), "{refused}");
    }
    assert!(set.is_empty());
    for (property, constraint) in [
        (Property::FacingMode, text_bare(&["user"])),
        (Property::EchoCancellation, text_bare(&["all"])),
        (Property::EchoCancellation, flag(true)),
        (WIDTH, flag(true)),
    ] {
        assert_eq!(set.set(property, constraint), Ok(()), "{property:?}");
    }
}

#[test]
fn an_empty_list_asks_for_nothing() {
    // CX-03
    let facing = Property::FacingMode;
    let nothing = basic(&[(facing, text_exact(&[]))]);
    assert!(
        !nothing
            .basic
            .get(facing)
            .expect("kept")
            .is_required(Role::Basic)
    );
    assert!(select(&camera(), &nothing, &defaults()).is_ok());
}

#[test]
fn an_empty_text_is_a_text() {
    // CX-03
    let facing = Property::FacingMode;
    let error = select(
        &camera(),
        &basic(&[(facing, text_exact(&[""]))]),
        &defaults(),
    );
    assert_eq!(error.expect_err("no such mode").constraint, "facingMode");
}

#[test]
fn a_list_asks_for_any_of_its_texts() {
    // CX-03
    let facing = Property::FacingMode;
    let user = settings(&[(facing, Setting::Text("user".into()))]);
    for (list, there) in [
        (&["environment", "user"][..], true),
        (&["user"], true),
        (&["environment", "left"], false),
    ] {
        let distance = fitness(&user, &set(&[(facing, text_exact(list))]), Role::Basic);
        assert_eq!(distance.is_finite(), there, "{list:?}");
        let distance = fitness(&user, &set(&[(facing, text_bare(list))]), Role::Basic);
        assert_eq!(distance, if there { 0.0 } else { 1.0 }, "{list:?}");
    }
}

#[test]
fn whole_numbers_are_clamped() {
    // CX-04
    for (written, meant) in [
        (-1.0, 0.0),
        (1e12, 4294967295.0),
        (f64::INFINITY, 4294967295.0),
        (f64::NEG_INFINITY, 0.0),
        (f64::NAN, 0.0),
        (2.5, 2.0),
        (639.7, 640.0),
    ] {
        assert_eq!(exact(written).checked(WIDTH), Ok(exact(meant)), "{written}");
    }
}

#[test]
fn other_numbers_have_to_be_finite_and_may_be_negative() {
    // CX-04
    let rate = Property::FrameRate;
    assert_eq!(max(-1.0).checked(rate), Ok(max(-1.0)));
    for number in [f64::NAN, f64::INFINITY] {
        for constraint in [bare(number), exact(number), ideal(number), min(number)] {
            assert!(constraint.checked(rate).is_err());
        }
    }
}

#[test]
fn bounds_exact_values_and_bare_ones_in_advanced_sets_are_required() {
    // CX-05
    for (constraint, in_basic, in_advanced) in [
        (min(1.0), true, true),
        (max(1.0), true, true),
        (exact(1.0), true, true),
        (ideal(1.0), false, false),
        (bare(1.0), false, true),
        (text_exact(&["a"]), true, true),
        (text_bare(&["a"]), false, true),
        (flag_exact(true), true, true),
        (flag(true), false, true),
        (NOTHING, false, false),
    ] {
        assert_eq!(constraint.is_required(Role::Basic), in_basic);
        assert_eq!(constraint.is_required(Role::Advanced), in_advanced);
    }
}
