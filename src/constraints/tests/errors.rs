// SPDX-License-Identifier: MPL-2.0

//! AC-05: what the error says.

use super::*;

const WIDTH: Property = Property::Width;
const HEIGHT: Property = Property::Height;
const RATE: Property = Property::FrameRate;

#[track_caller]
fn error(constraints: &[(Property, Constraint)]) -> Overconstrained {
    select(&camera(), &basic(constraints), &defaults()).expect_err("too much is asked")
}

#[test]
fn what_is_impossible_is_named() {
    // GUM-impossible-constraint
    for (property, constraint) in [
        (WIDTH, min(1e8)),
        (WIDTH, max(0.0)),
        (WIDTH, max(-1.0)),
        (WIDTH, between(100.0, 10.0)),
        (HEIGHT, min(1e8)),
        (HEIGHT, max(0.0)),
        (HEIGHT, max(-1.0)),
        (HEIGHT, between(100.0, 10.0)),
        (RATE, min(1e8)),
        (RATE, max(0.0)),
        (RATE, max(-1.0)),
        (RATE, between(100.0, 10.0)),
    ] {
        let found = error(&[(HEIGHT, min(1.0)), (property, constraint)]);
        assert_eq!(found.constraint, property.name(), "{found}");
    }
}

#[test]
fn what_is_trivial_is_not() {
    // GUM-trivial-constraint
    for property in [WIDTH, HEIGHT, RATE] {
        of_camera(&basic(&[(property, min(0.0))]));
    }
}

#[test]
fn a_combination_has_no_name() {
    // AC-05
    let ratio = Property::AspectRatio;
    let found = error(&[
        (WIDTH, max(100.0)),
        (HEIGHT, min(1000.0)),
        (ratio, min(1.0)),
    ]);
    assert_eq!(found.constraint, "");
    assert_eq!(
        found.message,
        "each of these can be had, but not together: width at most 100, height at least 1000, aspectRatio at least 1"
    );
}

#[test]
fn what_no_device_has_is_named() {
    // MediaStreamTrack-applyConstraints: rejects invalid groupID, facingMode
    for property in [Property::GroupId, Property::FacingMode, Property::DeviceId] {
        let found = error(&[(property, text_exact(&["INVALID"]))]);
        assert_eq!(found.constraint, property.name());
    }
}

#[test]
fn the_message_says_what_was_asked_for_and_what_there_is() {
    // AC-05
    for (property, constraint, message) in [
        (
            WIDTH,
            min(1e8),
            "width must be at least 100000000, and is 1 to 1920",
        ),
        (
            RATE,
            between(100.0, 10.0),
            "frameRate must be at least 100 and at most 10, and is 0.001 to 60",
        ),
        (
            Property::ResizeMode,
            text_exact(&["stretch", "fill"]),
            "resizeMode must be \"stretch\" or \"fill\", and is \"none\" or \"crop-and-scale\"",
        ),
        (
            Property::FacingMode,
            text_exact(&["user"]),
            "facingMode must be \"user\", and is not something this source has",
        ),
    ] {
        assert_eq!(error(&[(property, constraint)]).message, message);
    }
}

#[test]
fn the_message_tells_ranges_with_gaps_apart() {
    // AC-05
    let widths = [
        range(640.0, 640.0),
        range(1280.0, 1280.0),
        range(1.0, 9.0),
        range(10.0, 20.0),
    ];
    let spaces = widths.map(|width| space(&[(WIDTH, width)]));
    let found = select(&spaces, &basic(&[(WIDTH, exact(1000.0))]), &defaults());
    assert_eq!(
        found.expect_err("no such width").to_string(),
        "width must be 1000, and is 1 to 20 or 640 or 1280"
    );
}

#[test]
fn a_source_without_settings_says_so() {
    // AC-05
    let nothing = select(&[], &Constraints::default(), &defaults()).expect_err("no source");
    assert_eq!(nothing.constraint, "");
    assert_eq!(nothing.message, "the source has no settings");
    let asked = select(&[], &basic(&[(WIDTH, min(1.0))]), &defaults());
    assert_eq!(asked.expect_err("no source").constraint, "width");
}

#[test]
fn who_asks_in_vain_in_an_advanced_set_gets_no_error() {
    // SS-04
    of_camera(&advanced(&[
        &[(WIDTH, min(1e8))],
        &[(Property::GroupId, text_bare(&["x"]))],
    ]));
}
