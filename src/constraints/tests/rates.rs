// SPDX-License-Identifier: MPL-2.0

//! CP-04: frame rates, and when two of them are one.

use super::*;

const RATE: Property = Property::FrameRate;
const NTSC: f64 = 30000.0 / 1001.0;

fn of(span: Span, constraint: Constraint) -> Option<f64> {
    let defaults = settings(&[(RATE, Setting::Number(25.0))]);
    let asked = basic(&[(RATE, constraint)]);
    let selected = select(&[space(&[(RATE, span)])], &asked, &defaults);
    selected.ok()?.settings.number(RATE)
}

#[test]
fn rates_are_written_to_two_decimals_and_meant_as_fractions() {
    let ntsc = || range(NTSC, NTSC);
    for constraint in [
        exact(29.97),
        min(29.9701),
        max(29.97),
        between(29.97, 29.97),
    ] {
        assert_eq!(of(ntsc(), constraint), Some(NTSC));
    }
    for constraint in [exact(30.0), min(30.0), max(29.9)] {
        assert_eq!(of(ntsc(), constraint), None);
    }
    let here = settings(&[(RATE, Setting::Number(NTSC))]);
    let ideal = set(&[(RATE, ideal(29.97))]);
    assert_eq!(fitness(&here, &ideal, Role::Basic), 0.0);
}

#[test]
fn who_can_have_just_what_was_asked_for_gets_it() {
    for (constraint, rate) in [
        (exact(29.97), 29.97),
        (min(30.0), 30.0),
        (max(20.0), 20.0),
        (ideal(29.999), 29.999),
        (NOTHING, 25.0),
    ] {
        assert_eq!(of(range(LOWEST_FRAME_RATE, 60.0), constraint), Some(rate));
    }
}

#[test]
fn a_rate_above_what_there_is_cannot_be_had() {
    assert_eq!(of(range(1.0, 30.0), min(30.1)), None);
    assert_eq!(of(range(1.0, 30.0), ideal(100.0)), Some(30.0));
}
