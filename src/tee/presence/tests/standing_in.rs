// SPDX-License-Identifier: MPL-2.0

//! When something stands in for a source's media, and how the source takes over again.

use super::*;

#[test]
fn the_hole_before_a_source_was_muted_is_filled_too_and_then_one_interval_after_the_other() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    let filled = stand_in(&mut source, 350);
    // What would have come at 345 and before, for the source itself would be as late.
    assert_eq!(
        (filled.first(), filled.last()),
        (Some(&(60, 70)), Some(&(290, 300)))
    );
    assert_eq!(filled.len(), 24);
    assert_eq!(source.look(350, None), Some(355));
    assert_eq!(source.missing(354), None);
    assert_eq!(stand_in(&mut source, 355), [(300, 310)]);
}

#[test]
fn what_stands_in_is_five_milliseconds_late_at_most_however_long_an_interval_is() {
    let mut source = Timed::new(false, Some(40));
    // It gives each picture when that is over.
    source.came(100, Some((60, 100)), false);
    source.look(1100, None);
    stand_in(&mut source, 1119);
    for over in [1140, 1180, 1220] {
        assert_eq!(source.look(over - 35, None), Some(over + 5));
        assert_eq!(source.missing(over + 4), None);
        assert_eq!(stand_in(&mut source, over + 5), [(over - 40, over)]);
    }
}

#[test]
fn what_stands_in_for_the_first_picture_comes_as_late_as_the_source_says_that_it_is() {
    // At 1100 a source without latency would give what begins there; one with 30 what begins at 1070.
    for (latency, (from, to), due) in [
        (Some(0), (1110, 1120), 1115),
        (Some(30), (1080, 1090), 1115),
        (None, (1100, 1110), 1115),
    ] {
        let mut source = pictures();
        let latency_ns = latency.map(|latency: u64| latency * MS);
        let given = source.0.given(1100 * MS, latency_ns);
        source.look(1100, given.map(|given| given / MS));
        assert_eq!(source.missing(due - 1), None);
        assert_eq!(stand_in(&mut source, due), [(from, to)], "{latency:?}");
    }
    // What takes longer than the source has run cannot have come.
    assert_eq!(pictures().0.given(1100 * MS, Some(1111 * MS)), None);
}

#[test]
fn a_picture_from_amid_what_stands_in_for_it_is_shown() {
    let mut source = missed(pictures());
    assert_eq!(stand_in(&mut source, 355), [(300, 310)]);
    assert_eq!(source.came(357, Some((301, 311)), false), PASS);
    assert_eq!(muted(&mut source), Some(false));
    // Where it is adapted, its time tells which of the two it is.
    assert!(source.0.stood_in(300 * MS) && !source.0.stood_in(301 * MS));
}

#[test]
fn a_source_that_is_just_too_late_again_and_again_is_so_once() {
    let mut source = missed(pictures());
    assert_eq!(stand_in(&mut source, 355), [(300, 310)]);
    assert_eq!(
        source.came(356, Some((300, 310)), false).arrival,
        Arrival::Late
    );
    assert_eq!(stand_in(&mut source, 365), []);
    let came = source.came(366, Some((310, 320)), false);
    assert_eq!((came.fill, came.arrival), (Some((310, 310)), Arrival::Pass));
}

#[test]
fn before_the_first_frame_it_begins_with_what_would_come_now() {
    let mut source = pictures();
    source.look(1000, Some(940));
    assert_eq!(stand_in(&mut source, 1014), []);
    assert_eq!(stand_in(&mut source, 1025), [(940, 950), (950, 960)]);
}

#[test]
fn a_gap_that_is_told_at_its_beginning_does_not_take_the_source_ahead() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    assert!(source.gap(110, Some((60, 1060))));
    source.look(350, None);
    assert_eq!(stand_in(&mut source, 350), []);
    assert_eq!(stand_in(&mut source, 1114), []);
    assert_eq!(stand_in(&mut source, 1115), [(1060, 1070)]);
    assert_eq!(
        source.came(1129, Some((1079, 1089)), false).fill,
        Some((1070, 1079))
    );
}

#[test]
fn media_that_last_longer_than_an_interval_are_not_missed_earlier_and_nothing_runs_ahead_of_them() {
    let mut source = pictures();
    // A picture for 500, and no other.
    source.came(100, Some((50, 550)), false);
    assert_eq!(source.look(839, None), Some(840));
    source.look(840, None);
    assert_eq!(muted(&mut source), Some(true));
    // The source itself would come to 790 now.
    assert_eq!(stand_in(&mut source, 840).last(), Some(&(780, 790)));
    assert_eq!(
        source.came(850, Some((800, 810)), false).arrival,
        Arrival::Pass
    );
}

#[test]
fn nothing_stands_in_for_a_source_that_does_not_run() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    source.0.stop();
    assert_eq!(source.missing(1000), None);
    assert_eq!(source.look(1000, None), None);
}

#[test]
fn a_missed_source_that_has_no_rate_for_a_while_is_stood_in_for_again_when_it_has_one() {
    let mut source = pictures();
    source.came(0, Some((0, 10)), false);
    source.look(250, None);
    assert_eq!(muted(&mut source), Some(true));
    source.expect(None);
    assert_eq!(source.look(300, None), None);
    assert_eq!(source.missing(1000), None);
    source.expect(Some(10));
    assert!(source.look_anew(310).is_some_and(|next| next <= 310));
    assert!(source.missing(310).is_some());
    // It is looked at anyhow.
    source.look(310, None);
    assert_eq!(source.look_anew(310), None);
}

#[test]
fn nothing_stands_in_for_a_source_that_stopped_meanwhile() {
    let mut source = pictures();
    source.came(0, Some((0, 10)), false);
    source.look(250, None);
    let slot = source.missing(250).expect("something is missing");
    source.0.stop();
    assert!(!source.fill(slot));
}
