// SPDX-License-Identifier: MPL-2.0

//! A source that comes, stays away and returns, in times that are easy to reckon with.

use super::*;

mod rate;
mod standing_in;

const MS: u64 = 1_000_000;

type Span = (u64, u64);

/// The same in milliseconds.
struct Timed(Presence);

impl Timed {
    fn new(exact: bool, interval: Option<u64>) -> Self {
        let mut presence = Presence::new(exact);
        presence.start(0, interval.map(|interval| interval * MS));
        Self(presence)
    }

    fn came(&mut self, now: u64, span: Option<Span>, learn: bool) -> Came {
        let came = self.0.came(now * MS, span.map(nanoseconds), learn);
        let arrival = match came.arrival {
            Arrival::LateUpTo(position) => Arrival::LateUpTo(position / MS),
            other => other,
        };
        let fill = came.fill.map(milliseconds);
        Came {
            arrival,
            fill,
            ..came
        }
    }

    fn expect(&mut self, interval: Option<u64>) {
        self.0.expect(interval.map(|interval| interval * MS));
    }

    fn gap(&mut self, now: u64, span: Option<Span>) -> bool {
        self.0.gap(now * MS, span.map(nanoseconds))
    }

    fn look(&mut self, now: u64, here: Option<u64>) -> Option<u64> {
        let next = self.0.look(now * MS, here.map(|here| here * MS));
        next.map(|next| next / MS)
    }

    fn look_anew(&mut self, now: u64) -> Option<u64> {
        self.0.look_anew(now * MS).map(|next| next / MS)
    }

    fn missing(&self, now: u64) -> Option<Span> {
        self.0.missing(now * MS).map(milliseconds)
    }

    fn fill(&mut self, slot: Span) -> bool {
        self.0.fill(nanoseconds(slot))
    }

    fn slots(&mut self, hole: Span) -> Vec<Span> {
        self.0.slots(nanoseconds(hole)).map(milliseconds).collect()
    }
}

fn nanoseconds((start, end): Span) -> Span {
    (start * MS, end.saturating_mul(MS))
}

fn milliseconds((start, end): Span) -> Span {
    (start / MS, end / MS)
}

/// Of pictures, one every ten.
fn pictures() -> Timed {
    Timed::new(false, Some(10))
}

fn muted(Timed(presence): &mut Timed) -> Option<bool> {
    presence.news().map(|change| change.muted)
}

const PASS: Came = Came {
    fill: None,
    arrival: Arrival::Pass,
    discont: false,
};

/// Everything that is put in place of what does not come until this time.
fn stand_in(presence: &mut Timed, now: u64) -> Vec<Span> {
    let mut filled = vec![];
    while let Some(slot) = presence.missing(now) {
        assert!(presence.fill(slot));
        assert!(!presence.fill(slot), "filled twice");
        filled.push(slot);
    }
    filled
}

#[test]
fn a_source_that_gives_in_time_is_never_looked_at_and_seldom_puts_that_off() {
    let mut source = pictures();
    let mut next = source.look(0, None).expect("a time");
    let mut put_off = 0;
    for time in (0..10_000).step_by(10) {
        assert!(time < next, "looked at");
        assert_eq!(source.came(time, Some((time, time + 10)), false), PASS);
        if let Some(later) = source.look_anew(time) {
            next = later;
            put_off += 1;
        }
    }
    assert!(put_off < 90, "{put_off}");
    // Nothing comes any more: it is missed when it is due, however long that was put off before.
    let mut looks = vec![];
    while muted(&mut source).is_none() {
        looks.push(next);
        next = source.look(next, None).expect("a time");
    }
    assert_eq!(looks.last(), Some(&(9990 + 250)));
    assert!(looks.len() <= 2, "{looks:?}");
}

#[test]
fn a_source_that_comes_back_is_not_looked_at_where_it_would_have_been_stood_in_for() {
    let mut source = pictures();
    source.came(0, Some((0, 10)), false);
    assert_eq!(source.look(250, None), Some(255));
    source.came(252, Some((250, 260)), false);
    assert_eq!(source.look_anew(252), Some(502));
}

#[test]
fn a_source_is_muted_after_a_hundred_intervals_without_a_first_frame() {
    let mut source = pictures();
    assert_eq!(source.look(0, None), Some(1000));
    assert_eq!(source.look(999, None), Some(1000));
    assert_eq!(muted(&mut source), None);
    assert_eq!(source.look(1000, None), Some(1005));
    assert_eq!(muted(&mut source), Some(true));
    assert_eq!(muted(&mut source), None);
    assert_eq!(source.missing(2000), None, "nobody knows where");
}

#[test]
fn a_source_that_is_faster_than_expected_is_missed_earlier() {
    let mut source = Timed::new(false, Some(100));
    assert_eq!(source.look(0, None), Some(10_000));
    assert_eq!(source.look_anew(0), None);
    source.expect(Some(10));
    assert_eq!(source.look_anew(0), Some(1000));
    assert_eq!(source.look_anew(0), None);
    source.came(50, Some((50, 60)), false);
    assert_eq!(source.look_anew(50), Some(300));
    source.came(60, Some((60, 70)), false);
    assert_eq!(source.look_anew(60), None, "it is looked at soon enough");
    assert_eq!(source.look(300, None), Some(310));
}

#[test]
fn a_hole_that_nobody_had_time_to_fill_is_filled_when_the_source_returns() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.look(5100, None);
    let came = source.came(5100, Some((5050, 5060)), false);
    assert_eq!(came.fill, Some((60, 5050)));
}

#[test]
fn a_source_is_muted_after_twenty_five_intervals_without_media() {
    let mut source = pictures();
    assert_eq!(source.came(100, Some((50, 60)), false), PASS);
    assert_eq!(source.look(349, None), Some(350));
    assert_eq!(muted(&mut source), None);
    source.look(350, None);
    assert_eq!(muted(&mut source), Some(true));
}

#[test]
fn a_source_that_returns_is_not_muted_and_what_is_missing_before_it_is_filled() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    stand_in(&mut source, 350);
    muted(&mut source);
    let came = source.came(365, Some((315, 325)), false);
    assert_eq!(
        came,
        Came {
            fill: Some((300, 315)),
            ..PASS
        }
    );
    assert_eq!(source.slots((300, 315)), [(300, 310), (310, 320)]);
    assert_eq!(source.slots((300, 314)), [(300, 310)]);
    assert_eq!(muted(&mut source), Some(false));
    assert_eq!(source.missing(10_000), None);
    assert!(!source.fill((325, 335)));
    assert_eq!(source.came(375, Some((325, 335)), false), PASS);
}

/// A source that has been missed, with everything up to 300 filled.
fn missed(mut source: Timed) -> Timed {
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    assert_eq!(stand_in(&mut source, 350).last(), Some(&(290, 300)));
    assert_eq!(muted(&mut source), Some(true));
    source
}

#[test]
fn what_comes_late_is_left_out_until_the_source_has_caught_up_and_something_stands_in_until_then() {
    let mut source = missed(pictures());
    assert_eq!(
        source.came(355, Some((280, 290)), false).arrival,
        Arrival::Late
    );
    assert_eq!(muted(&mut source), None);
    assert_eq!(stand_in(&mut source, 360), [(300, 310)]);
    assert_eq!(
        source.came(361, Some((290, 300)), false).arrival,
        Arrival::Late
    );
    let came = source.came(362, Some((306, 316)), false);
    assert_eq!(
        came,
        Came {
            discont: true,
            ..PASS
        }
    );
    assert_eq!(muted(&mut source), Some(false));
    assert_eq!(source.came(363, Some((316, 326)), false), PASS);
}

#[test]
fn a_source_that_goes_on_where_it_stopped_is_waited_for_a_while_and_then_taken_as_it_is() {
    let mut source = missed(pictures());
    assert_eq!(
        source.came(400, Some((60, 70)), false).arrival,
        Arrival::Late
    );
    assert_eq!(
        source.came(650, Some((70, 80)), false).arrival,
        Arrival::Late
    );
    let came = source.came(660, Some((80, 90)), false);
    assert_eq!((came.arrival, came.discont), (Arrival::Behind, true));
    assert!(!source.0.stood_in(80 * MS));
    assert_eq!(source.came(670, Some((90, 100)), false), PASS);
}

#[test]
fn a_source_without_times_is_not_filled_in_a_later_stall_from_where_an_earlier_one_ended() {
    let mut source = missed(pictures());
    assert_eq!(source.came(360, None, false), PASS);
    source.look(100_000, None);
    assert_eq!(source.missing(100_000), None);
}

#[test]
fn a_source_that_is_slow_to_start_leaves_its_own_holes() {
    let mut source = pictures();
    source.look(1000, None);
    assert_eq!(source.came(1200, Some((0, 10)), false), PASS);
    assert_eq!(source.came(1300, Some((100, 110)), false), PASS);
}

#[test]
fn times_without_measure_do_no_harm() {
    let mut source = Presence::new(false);
    source.start(u64::MAX - 5, Some(LONGEST));
    source.came(u64::MAX - 4, Some((u64::MAX - 3, u64::MAX)), true);
    source.look(u64::MAX, None);
    source.gap(u64::MAX, Some((0, u64::MAX)));
    source.missing(u64::MAX);
    assert_eq!(source.slots((u64::MAX - 1, u64::MAX)).count(), 0);
}

#[test]
fn a_length_without_measure_is_no_longer_than_an_hour() {
    let mut source = pictures();
    source.came(100, Some((50, u64::MAX)), false);
    assert_eq!(source.look(100, None), Some(100 + LONGEST / MS + 240));
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.gap(110, Some((60, u64::MAX)));
    source.look(350, None);
    assert_eq!(stand_in(&mut source, 350), []);
    assert_ne!(source.missing(110 + 2 * LONGEST / MS), None);
}

#[test]
fn a_source_that_returns_in_another_time_leaves_its_own_hole() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    stand_in(&mut source, 350);
    assert_eq!(source.came(360, Some((9000, 9010)), false), PASS);
}

#[test]
fn sound_is_filled_and_cut_to_the_sample() {
    let mut source = Timed::new(true, Some(10));
    source.came(100, Some((50, 60)), false);
    source.look(350, None);
    stand_in(&mut source, 350);
    let mut late = source;
    assert_eq!(
        late.came(360, Some((297, 307)), false).arrival,
        Arrival::LateUpTo(300)
    );
    assert_eq!(late.came(370, Some((307, 317)), false), PASS);
    let mut hole = late;
    hole.look(620, None);
    stand_in(&mut hole, 620);
    assert_eq!(hole.slots((550, 563)), [(550, 560), (560, 563)]);
}

#[test]
fn gaps_are_no_media_but_say_how_far_the_source_is() {
    let mut source = pictures();
    source.came(100, Some((50, 60)), false);
    for now in (110..350).step_by(10) {
        assert!(source.gap(now, Some((now - 50, now - 40))));
    }
    source.look(350, None);
    assert_eq!(muted(&mut source), Some(true));
    assert!(!source.gap(350, Some((300, 310))), "it is filled instead");
    assert_eq!(stand_in(&mut source, 360), [(300, 310)]);
}

#[test]
fn a_source_that_says_itself_that_it_is_muted_is_so_at_once_and_whatever_comes() {
    let mut source = pictures();
    source.0.hush(true);
    assert_eq!(muted(&mut source), Some(true));
    assert_eq!(source.came(10, Some((0, 10)), false), PASS);
    assert_eq!(muted(&mut source), None);
    source.look(1000, None);
    source.0.hush(false);
    assert_eq!(muted(&mut source), None, "nothing comes either");
    source.came(1010, Some((1000, 1010)), false);
    assert_eq!(muted(&mut source), Some(false));
}

#[test]
fn a_source_without_a_rate_is_never_taken_for_muted() {
    let mut source = Timed::new(false, None);
    source.came(10, Some((0, 10)), false);
    assert_eq!(source.look_anew(10), None);
    assert_eq!(source.look(1 << 40, Some(5)), None);
    assert_eq!(muted(&mut source), None);
    // Until it has one.
    source.expect(Some(10));
    assert_eq!(source.look_anew(20), Some(270));
}

#[test]
fn what_was_filled_last_is_known_until_the_time_line_is_cut() {
    let mut presence = Presence::new(false);
    presence.slots((100, 200)).for_each(drop);
    for (position, stood_in) in [(99, false), (100, true), (199, true), (200, false)] {
        assert_eq!(presence.stood_in(position), stood_in, "{position}");
    }
    // What follows at once belongs to it, what comes later does not.
    presence.slots((200, 300)).for_each(drop);
    assert!(presence.stood_in(100) && presence.stood_in(299));
    presence.slots((500, 600)).for_each(drop);
    assert!(!presence.stood_in(299) && presence.stood_in(500));
    presence.hush(true);
    assert!(presence.stood_in(700));
    presence.hush(false);
    presence.cut();
    assert!(!presence.stood_in(500));
}
