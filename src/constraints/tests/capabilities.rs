// SPDX-License-Identifier: MPL-2.0

//! AC-08: what a source says it can.

use super::*;

#[test]
fn sizes_begin_at_a_pixel_and_end_at_the_largest_mode() {
    // CP-03
    let spaces = [mode(1280.0, 720.0, 60.0), mode(640.0, 1000.0, 30.0)].concat();
    let found = capabilities(&spaces);
    assert_eq!(found[&Property::Width], range(1.0, 1280.0));
    assert_eq!(found[&Property::Height], range(1.0, 1000.0));
}

#[test]
fn rates_begin_at_none_where_pictures_may_be_left_out() {
    // CP-04
    let [native, cut] = camera();
    let of = |spaces: &[Space]| capabilities(spaces)[&Property::FrameRate].clone();
    assert_eq!(of(&[native.clone(), cut]), range(0.0, 60.0));
    assert_eq!(of(&[native]), range(1.0, 60.0));
}

#[test]
fn shapes_are_between_those_of_the_extremes() {
    // CP-05
    assert_eq!(
        capabilities(&camera())[&Property::AspectRatio],
        range(0.0009259259, 1920.0)
    );
}

#[test]
fn a_source_without_a_property_does_not_list_it() {
    // CP-06
    let found = capabilities(&microphone());
    assert!(!found.contains_key(&Property::FacingMode));
    assert!(!found.contains_key(&Property::AspectRatio));
    assert_eq!(found[&Property::ChannelCount], range(1.0, 2.0));
}

#[test]
fn both_resize_modes_are_listed() {
    // CP-07
    assert_eq!(
        capabilities(&camera())[&Property::ResizeMode],
        texts(&["none", "crop-and-scale"])
    );
    assert_eq!(
        capabilities(&camera())[&Property::DeviceId],
        texts(&["camera"])
    );
}

#[test]
fn every_native_picture_may_be_had_as_a_cut_one() {
    // CP-07
    let native = of_native();
    let mut same: Vec<_> = native
        .iter()
        .filter_map(|(property, setting)| match setting {
            Setting::Number(number) => Some((property, exact(*number))),
            _ => None,
        })
        .collect();
    same.push((Property::ResizeMode, text_exact(&["crop-and-scale"])));
    let cut = of_camera(&basic(&same));
    assert_eq!(size(&cut), size(&native));
    assert_eq!(
        cut.number(Property::FrameRate),
        native.number(Property::FrameRate)
    );
}

fn of_native() -> Settings {
    of_camera(&basic(&[(Property::ResizeMode, text_exact(&["none"]))]))
}

#[test]
fn sets_of_flags_are_joined() {
    // AC-08
    let of = |flags: &[bool]| space(&[(Property::AutoGainControl, Span::Flags(flags.to_vec()))]);
    let found = capabilities(&[of(&[true]), of(&[true, false])]);
    assert_eq!(
        found[&Property::AutoGainControl],
        Span::Flags(vec![true, false])
    );
    assert!(capabilities(&[]).is_empty());
}
