// SPDX-License-Identifier: MPL-2.0

//! CP-03, CP-05: width, height and aspect ratio.

use super::*;

const WIDTH: Property = Property::Width;
const HEIGHT: Property = Property::Height;
const RATIO: Property = Property::AspectRatio;

fn huge() -> Space {
    space(&[
        (WIDTH, range(1.0, 2147483647.0)),
        (HEIGHT, range(1.0, 2147483647.0)),
    ])
}

#[test]
fn the_aspect_ratio_is_width_by_height_to_the_tenth_decimal() {
    // CP-05
    let mut settings = sized(1920.0, 1080.0);
    assert_eq!(settings.number(RATIO), Some(1.7777777778));
    settings.set(WIDTH, Setting::Number(1440.0));
    assert_eq!(settings.number(RATIO), Some(1.3333333333));
    settings.set(HEIGHT, Setting::Number(0.0));
    assert_eq!(settings.number(RATIO), None);
}

#[test]
fn a_ratio_is_the_same_rounded_or_not() {
    // CP-05
    for ratio in [16.0 / 9.0, 1.7777777778] {
        let hd = sized(1280.0, 720.0);
        for constraint in [exact(ratio), min(ratio), max(ratio), ideal(ratio)] {
            let asked = set(&[(RATIO, constraint)]);
            assert_eq!(fitness(&hd, &asked, Role::Basic), 0.0);
        }
    }
    let near = set(&[(RATIO, exact(1.7778))]);
    assert_eq!(
        fitness(&sized(1280.0, 720.0), &near, Role::Basic),
        f64::INFINITY
    );
}

#[test]
fn another_shape_is_the_largest_that_can_be_cut() {
    // CP-05, CP-07
    for (constraints, expected) in [
        (vec![(RATIO, exact(4.0 / 3.0))], (1440.0, 1080.0)),
        (vec![(RATIO, exact(1.0))], (1080.0, 1080.0)),
        (vec![(RATIO, exact(2.0))], (1920.0, 960.0)),
        (
            vec![(RATIO, exact(4.0 / 3.0)), (WIDTH, max(641.0))],
            (640.0, 480.0),
        ),
        (
            vec![(RATIO, ideal(1.0)), (HEIGHT, ideal(100.0))],
            (100.0, 100.0),
        ),
        (
            vec![(RATIO, exact(16.0 / 9.0)), (HEIGHT, min(1073.0))],
            (1920.0, 1080.0),
        ),
    ] {
        assert_eq!(size(&of_camera(&basic(&constraints))), expected);
    }
}

#[test]
fn a_shape_that_no_size_has_cannot_be_had() {
    // CP-05, AC-05
    let of = |constraints: &[(Property, Constraint)]| {
        let error = select(&camera(), &basic(constraints), &defaults());
        error.expect_err("no such shape").constraint
    };
    assert_eq!(of(&[(RATIO, exact(2000.0))]), "aspectRatio");
    assert_eq!(of(&[(RATIO, exact(1921.0 / 1922.0))]), "aspectRatio");
    assert_eq!(of(&[(RATIO, max(-1.0))]), "aspectRatio");
    assert_eq!(of(&[(RATIO, between(2.0, 1.0))]), "aspectRatio");
    // Each for itself can be had: 16 by 9 is between 171 by 96 and 172 by 97.
    assert_eq!(of(&[(RATIO, exact(16.0 / 9.0)), (WIDTH, exact(171.0))]), "");
}

#[test]
fn without_width_or_height_there_is_no_aspect_ratio() {
    // CP-05, SS-01 steps 2 and 5
    let wide = [space(&[(WIDTH, range(1.0, 10.0))])];
    let required = basic(&[(RATIO, min(0.1))]);
    let error = select(&wide, &required, &Settings::default()).expect_err("missing");
    assert_eq!(error.constraint, "aspectRatio");
    let wished = basic(&[(RATIO, ideal(2.0)), (WIDTH, ideal(7.0))]);
    let selected = select(&wide, &wished, &defaults()).expect("settings");
    assert_eq!(selected.settings.number(WIDTH), Some(7.0));
    assert_eq!(fitness(&selected.settings, &wished.basic, Role::Basic), 1.0);
}

#[test]
fn a_picture_has_a_pixel_at_least() {
    // CP-03
    let flat = [space(&[
        (WIDTH, range(0.0, 8.0)),
        (HEIGHT, range(0.0, 8.0)),
    ])];
    let none = basic(&[(WIDTH, exact(0.0))]);
    let error = select(&flat, &none, &Settings::default()).expect_err("no pixel");
    assert_eq!(error.constraint, "width");
    let least = basic(&[(WIDTH, ideal(0.0)), (HEIGHT, max(1.0))]);
    let selected = select(&flat, &least, &Settings::default()).expect("settings");
    assert_eq!(selected.settings.number(HEIGHT), Some(1.0));
}

#[test]
fn huge_ranges_cost_no_more_than_small_ones() {
    let spaces = [huge()];
    for (constraints, expected) in [
        (
            vec![(RATIO, exact(4.0 / 3.0)), (WIDTH, ideal(4000.0))],
            (4000.0, 3000.0),
        ),
        (
            vec![(WIDTH, exact(2147483647.0))],
            (2147483647.0, 1207959551.0),
        ),
        (
            vec![(RATIO, ideal(3.0)), (HEIGHT, max(1e9))],
            (1920.0, 640.0),
        ),
        (
            vec![(RATIO, between(1e-9, 2e-9)), (HEIGHT, max(1e9))],
            (2.0, 975609758.0),
        ),
        (
            vec![(RATIO, exact(16.0 / 9.0)), (HEIGHT, min(1e9 + 1.0))],
            (1777777792.0, 1000000008.0),
        ),
    ] {
        let asked = basic(&constraints);
        let selected = select(&spaces, &asked, &defaults()).expect("settings");
        let far = fitness(&selected.settings, &asked.basic, Role::Basic);
        assert!(far.is_finite(), "{constraints:?}");
        assert_eq!(size(&selected.settings), expected, "{constraints:?}");
    }
    let never = basic(&[(RATIO, exact(1.0 / 4294967295.0)), (WIDTH, min(2.0))]);
    assert!(select(&spaces, &never, &defaults()).is_err());
}

#[test]
fn what_is_no_number_of_pixels_is_no_space() {
    for (min, max) in [(f64::NAN, 5.0), (5.0, f64::NAN), (9.0, 3.0), (3.2, 3.8)] {
        let spaces = [space(&[
            (WIDTH, range(min, max)),
            (HEIGHT, range(1.0, 9.0)),
        ])];
        let nothing = select(&spaces, &Constraints::default(), &defaults());
        assert_eq!(nothing.expect_err("no width").constraint, "");
    }
}
