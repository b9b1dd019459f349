// SPDX-License-Identifier: MPL-2.0

//! How often media come, and how soon they are missed therefore.

use super::*;

/// Sound of so many milliseconds, which says itself how often it comes.
fn sound(source: &mut Timed, at: u64, length: u64) -> Option<u64> {
    source.came(at, Some((at, at + length)), true);
    source.0.interval.map(|interval| interval / MS)
}

#[test]
fn one_short_buffer_does_not_make_a_source_fast() {
    let mut source = Timed::new(true, Some(20));
    assert_eq!(sound(&mut source, 0, 40), Some(40));
    assert_eq!(sound(&mut source, 40, 0), Some(40));
    assert_eq!(sound(&mut source, 40, 8), Some(36));
    assert_eq!(sound(&mut source, 48, 80), Some(80));
}

#[test]
fn pictures_that_do_not_say_how_long_they_last_are_as_far_apart_as_they_are() {
    let mut source = Timed::new(false, Some(33));
    assert_eq!(sound(&mut source, 0, 0), None);
    assert_eq!(sound(&mut source, 1000, 0), Some(1000));
    assert_eq!(source.look(1000, None), Some(26_000));
}

#[test]
fn pictures_that_come_less_often_than_the_caps_say_are_not_missed_any_more_when_that_is_known() {
    let mut source = Timed::new(false, Some(40));
    let mut told = vec![];
    for at in (0..20_000).step_by(2000) {
        source.came(at, Some((at, at + 40)), false);
        told.extend(muted(&mut source));
        source.look(at + 1999, None);
        stand_in(&mut source, at + 1999);
        told.extend(muted(&mut source));
    }
    assert_eq!(told, [true, false, true, false]);
    // And the caps come true after all.
    for at in (20_000..24_000).step_by(40) {
        source.came(at, Some((at, at + 40)), false);
    }
    assert_eq!(source.look(24_000, None), Some(23_960 + 1000));
}

#[test]
fn one_hole_does_not_make_a_source_slow() {
    let mut source = pictures();
    for at in [0, 10, 5000, 5010] {
        source.came(at, Some((at, at + 10)), false);
    }
    assert_eq!(source.look(5010, None), Some(5260));
    let mut source = Timed::new(false, Some(33));
    assert_eq!(sound(&mut source, 0, 0), None);
    for at in [10, 5000, 5010] {
        assert_eq!(sound(&mut source, at, 0), Some(10));
    }
}

#[test]
fn caps_that_say_the_same_again_are_not_believed_again() {
    let mut source = pictures();
    for at in [0, 1000, 2000] {
        source.came(at, Some((at, at + 10)), false);
    }
    source.expect(Some(10));
    assert_eq!(source.look(2000, None), Some(27_000));
    source.expect(Some(20));
    assert_eq!(source.look_anew(2000), Some(2500));
}

#[test]
fn no_source_is_missed_in_a_moment_however_small_its_buffers_are() {
    let mut source = Timed::new(true, Some(20));
    for at in 0..10 {
        sound(&mut source, at, 1);
    }
    assert_eq!(source.look(100, None), Some(209));
}
