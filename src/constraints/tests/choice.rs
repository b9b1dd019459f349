// SPDX-License-Identifier: MPL-2.0

//! SS: which settings are chosen.

use super::*;

const WIDTH: Property = Property::Width;
const HEIGHT: Property = Property::Height;
const RATE: Property = Property::FrameRate;
const RESIZE: Property = Property::ResizeMode;

#[test]
fn who_asks_for_nothing_gets_the_defaults() {
    // SS-05, SS-06
    let settings = of_camera(&Constraints::default());
    for (property, default) in defaults().iter() {
        assert_eq!(settings.get(property), Some(default), "{property:?}");
    }
    assert_eq!(resize_mode(&settings), "none");
}

#[test]
fn what_was_chosen_before_does_not_count() {
    // SS-02
    let small = of_camera(&basic(&[(WIDTH, max(320.0))]));
    assert_eq!(size(&small), (320.0, 180.0));
    assert_eq!(
        size(&of_camera(&basic(&[(WIDTH, min(1000.0))]))),
        (1920.0, 1080.0)
    );
}

#[test]
fn a_bare_value_is_ideal_in_the_basic_set() {
    // SS-03, CX-05
    let tall = of_camera(&basic(&[(HEIGHT, bare(4000.0))]));
    assert_eq!(size(&tall), (1920.0, 1080.0));
}

#[test]
fn a_required_value_with_an_ideal_is_the_ideal() {
    // SS-05; GUM-required-constraint-with-ideal-value
    let asked = N {
        ideal: Some(320.0),
        min: Some(160.0),
        ..N::default()
    };
    let settings = of_camera(&basic(&[(WIDTH, asked.into())]));
    assert_eq!(size(&settings), (320.0, 180.0));
    assert_eq!(resize_mode(&settings), "crop-and-scale");
}

#[test]
fn an_ideal_out_of_reach_is_as_near_as_what_is_required_allows() {
    // SS-05
    let asked = N {
        ideal: Some(3000.0),
        min: Some(100.0),
        max: Some(700.0),
        ..N::default()
    };
    assert_eq!(size(&of_camera(&basic(&[(WIDTH, asked.into())]))).0, 700.0);
}

#[test]
fn an_advanced_set_holds_as_a_whole_or_not_at_all() {
    // SS-04
    let whole = advanced(&[&[(WIDTH, bare(640.0)), (HEIGHT, bare(480.0))]]);
    assert_eq!(size(&of_camera(&whole)), (640.0, 480.0));
    let half = advanced(&[&[(WIDTH, bare(640.0)), (HEIGHT, bare(4800.0))]]);
    assert_eq!(size(&of_camera(&half)), (1920.0, 1080.0));
}

#[test]
fn advanced_sets_that_cannot_be_had_are_passed_over_and_the_next_ones_tried() {
    // SS-04; GUM-optional-constraint
    let constraints = advanced(&[
        &[(WIDTH, between(1024.0, 800.0))],
        &[(WIDTH, bare(800.0))],
        &[(WIDTH, bare(640.0))],
        &[(HEIGHT, bare(500.0))],
    ]);
    assert_eq!(size(&of_camera(&constraints)), (800.0, 500.0));
}

#[test]
fn the_ideal_of_an_advanced_set_has_no_say() {
    // SS-05
    let constraints = advanced(&[&[(WIDTH, ideal(640.0))]]);
    assert_eq!(size(&of_camera(&constraints)), (1920.0, 1080.0));
}

#[test]
fn an_advanced_set_keeps_what_the_basic_set_likes_less() {
    // SS-04, SS-05
    let mut constraints = basic(&[(WIDTH, ideal(1280.0))]);
    constraints.advanced = vec![set(&[(WIDTH, max(640.0))])];
    assert_eq!(size(&of_camera(&constraints)), (640.0, 360.0));
}

#[test]
fn a_narrower_picture_is_a_smaller_one() {
    // SS-05: the shape comes before the size
    for (constraint, expected) in [
        ((WIDTH, max(320.0)), (320.0, 180.0)),
        ((HEIGHT, max(540.0)), (960.0, 540.0)),
        ((WIDTH, exact(1000.0)), (1000.0, 563.0)),
        ((WIDTH, max(1900.0)), (1900.0, 1069.0)),
    ] {
        assert_eq!(size(&of_camera(&basic(&[constraint]))), expected);
    }
}

#[test]
fn the_first_of_spaces_that_are_as_good_is_taken() {
    // SS-05
    let spaces = [camera(), camera()].concat();
    let of = |constraints| select(&spaces, &constraints, &defaults()).map(|it| it.space);
    assert_eq!(of(Constraints::default()), Ok(0));
    assert_eq!(of(basic(&[(WIDTH, exact(100.0))])), Ok(1));
}

#[test]
fn a_native_mode_that_will_do_is_taken() {
    // SS-05
    let spaces = [
        mode(1920.0, 1080.0, 30.0),
        mode(1280.0, 720.0, 60.0),
        mode(640.0, 480.0, 120.0),
    ]
    .concat();
    let of = |constraints| {
        let selected = select(&spaces, &constraints, &defaults()).expect("settings");
        (selected.space, size(&selected.settings))
    };
    let hd = [
        (WIDTH, ideal(1280.0)),
        (HEIGHT, ideal(720.0)),
        (RESIZE, text_bare(&["none"])),
    ];
    assert_eq!(of(basic(&hd)), (2, (1280.0, 720.0)));
    // What is native comes before the shape.
    assert_eq!(of(basic(&[(RATE, min(100.0))])), (4, (640.0, 480.0)));
    assert_eq!(of(basic(&[(RATE, min(50.0))])), (2, (1280.0, 720.0)));
}

#[test]
fn the_system_default_is_kept_where_it_will_do() {
    // SS-06
    let (rate, echo) = (Property::SampleRate, Property::EchoCancellation);
    let defaults = settings(&[
        (rate, Setting::Number(44100.0)),
        (echo, Setting::Flag(true)),
    ]);
    let of = |constraints| {
        let selected = select(&microphone(), &constraints, &defaults).expect("settings");
        let echo = selected.settings.get(echo).cloned();
        (selected.settings.number(rate), echo)
    };
    let on = Some(Setting::Flag(true));
    assert_eq!(
        of(basic(&[(rate, min(16000.0))])),
        (Some(44100.0), on.clone())
    );
    assert_eq!(of(basic(&[(rate, max(16000.0))])), (Some(16000.0), on));
    assert_eq!(
        of(basic(&[(echo, flag_exact(false))])),
        (Some(44100.0), Some(Setting::Flag(false)))
    );
}

#[test]
fn what_is_not_for_the_kind_is_not_asked() {
    // SS-07; GUM-non-applicable-constraint
    let constraints = Constraints {
        basic: set(&[
            (WIDTH, min(1e8)),
            (Property::ChannelCount, exact(2.0)),
            (Property::DeviceId, text_bare(&["microphone"])),
        ]),
        advanced: vec![set(&[(RATE, bare(5.0))]), set(&[(WIDTH, flag(true))])],
    };
    let audio = constraints.for_media(Media::Audio);
    assert_eq!(
        audio.basic,
        set(&[
            (Property::ChannelCount, exact(2.0)),
            (Property::DeviceId, text_bare(&["microphone"])),
        ])
    );
    assert!(audio.advanced.iter().all(ConstraintSet::is_empty));
    let selected = select(&microphone(), &audio, &Settings::default()).expect("settings");
    assert_eq!(selected.settings.number(Property::ChannelCount), Some(2.0));
    let video = constraints.for_media(Media::Video);
    assert_eq!(video.basic.get(Property::ChannelCount), None);
    assert_eq!(video.advanced, constraints.advanced);
}

#[test]
fn every_property_may_be_required_when_a_device_is_chosen() {
    // SS-08: what may not be has no name here, and one of another kind is not asked.
    for property in Property::ALL {
        let kinds = [Media::Audio, Media::Video];
        assert!(kinds.into_iter().any(|media| property.is_for(media)));
    }
}

#[test]
fn what_may_not_be_resized_is_native() {
    // CP-07
    let native = |constraints: &[(Property, Constraint)]| {
        let mut all = constraints.to_vec();
        all.push((RESIZE, text_exact(&["none"])));
        select(&camera(), &basic(&all), &defaults())
    };
    let selected = native(&[(WIDTH, ideal(640.0))]).expect("settings");
    assert_eq!(size(&selected.settings), (1920.0, 1080.0));
    assert_eq!(
        native(&[(WIDTH, exact(640.0))])
            .expect_err("cut")
            .constraint,
        ""
    );
}

#[test]
fn what_is_cut_is_no_larger_than_it_is() {
    // CP-07
    let cut = |constraints: &[(Property, Constraint)]| {
        let mut all = constraints.to_vec();
        all.push((RESIZE, text_exact(&["crop-and-scale"])));
        of_camera(&basic(&all))
    };
    assert_eq!(size(&cut(&[])), (1920.0, 1080.0));
    assert_eq!(size(&cut(&[(WIDTH, ideal(4000.0))])), (1920.0, 1080.0));
    // MediaDevices-getUserMedia: downscale and decimate
    assert!(size(&cut(&[(WIDTH, max(30.0))])).0 <= 30.0);
    let slow = cut(&[(RATE, max(0.5))]);
    assert_eq!(slow.number(RATE), Some(0.5));
}

#[test]
fn a_resize_mode_there_is_not_is_an_error_only_if_it_is_required() {
    // MediaStreamTrack-applyConstraints
    let invalid = ["INVALID"];
    let error = select(
        &camera(),
        &basic(&[(RESIZE, text_exact(&invalid))]),
        &defaults(),
    );
    assert_eq!(error.expect_err("no such mode").constraint, "resizeMode");
    let settings = of_camera(&basic(&[(RESIZE, text_bare(&invalid))]));
    assert_eq!(resize_mode(&settings), "none");
}
