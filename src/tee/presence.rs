// SPDX-License-Identifier: MPL-2.0

//! Whether a source gives media (W3C `muted`), and up to which time its consumers have got something. Plain data: who locks it,
//! and what is put in place of what does not come, is in [`super::standin`].
//!
//! A source is muted by itself, or when nothing has come of it for some time: then its consumers get something else, on its own
//! time line, an interval later than it would have come of itself. So what the source gives when it returns is newer.

/// Without media for so many intervals, a source is muted.
const PATIENCE: u64 = 25;
/// The same before its first ones.
const PATIENCE_AT_FIRST: u64 = 100;

/// An interval is at least and at most so long.
pub const SHORTEST: u64 = 1_000_000;
pub const LONGEST: u64 = 3_600_000_000_000;

/// How often to look at a source of which nobody knows how often media come.
const UNKNOWN: u64 = 1_000_000_000;

/// Times on the source's clock and positions in its media are in nanoseconds.
#[derive(Debug)]
pub struct Presence {
    /// Holes are filled to the last nanosecond; of pictures, there is no half.
    exact: bool,
    running: bool,
    /// Media have come since it runs.
    came: bool,
    /// When they last came, or when it began to run.
    seen: u64,
    /// From one buffer to the next.
    interval: Option<u64>,
    /// Consumers have something up to here.
    covered: Option<u64>,
    /// When the source itself had given everything up to which position.
    anchor: Option<(u64, u64)>,
    stalled: bool,
    /// The source says so itself.
    hushed: bool,
    /// When it is looked at next.
    alarm: u64,
    /// It gives again, though nothing yet that is newer than what was put in its place; until this time that is waited for.
    late_until: Option<u64>,
    /// Something of it was left out.
    lost: bool,
    /// Where its last media began.
    last_start: Option<u64>,
    told: Change,
}

/// A source became muted, or ceased to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Of two changes, the one with the higher number came later.
    pub number: u64,
    pub muted: bool,
}

/// What becomes of media that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Pass,
    /// Consumers have something else for this time.
    Late,
    /// They have up to this position.
    LateUpTo(u64),
    /// The source goes on where it stopped: its times do not follow the clock.
    Behind,
}

/// Media came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// A hole before them.
    pub fill: Option<(u64, u64)>,
    pub arrival: Arrival,
    /// Something that came before them was left out.
    pub discont: bool,
}

impl Presence {
    /// Of a source that does not run. `exact`: of sound.
    pub fn new(exact: bool) -> Self {
        Self {
            exact,
            running: false,
            came: false,
            seen: 0,
            interval: None,
            covered: None,
            anchor: None,
            stalled: false,
            hushed: false,
            alarm: u64::MAX,
            late_until: None,
            lost: false,
            last_start: None,
            told: Change::default(),
        }
    }

    /// The source runs from now on; `interval` until its media say more.
    pub fn start(&mut self, now: u64, interval: Option<u64>) {
        self.running = true;
        self.came = false;
        self.seen = now;
        self.interval = interval;
        self.alarm = u64::MAX;
        self.cut();
    }

    /// It gives nothing from now on, and nothing is put in its place.
    pub fn stop(&mut self) {
        self.running = false;
    }

    /// What comes next is on another time line.
    pub fn cut(&mut self) {
        self.covered = None;
        self.anchor = None;
        self.late_until = None;
        self.last_start = None;
    }

    /// The source says whether it is muted.
    pub fn hush(&mut self, hushed: bool) {
        self.hushed = hushed;
    }

    /// The caps say how often media come; `None` if there is no saying.
    pub fn expect(&mut self, interval: Option<u64>) {
        self.interval = interval;
    }

    /// What the source's tracks have still to be told.
    pub fn news(&mut self) -> Option<Change> {
        let muted = self.stalled || self.hushed;
        if muted == self.told.muted {
            return None;
        }
        self.told = Change {
            number: self.told.number + 1,
            muted,
        };
        Some(self.told)
    }

    fn patience(&self) -> Option<u64> {
        let intervals = match self.came {
            true => PATIENCE,
            false => PATIENCE_AT_FIRST,
        };
        Some(self.interval?.saturating_mul(intervals))
    }

    /// How long ago the source gave anything, and how far it was then.
    fn last(&self, now: u64) -> (u64, u64) {
        let (clock, position) = self.anchor.unwrap_or((now, 0));
        (now.saturating_sub(clock), position)
    }

    /// What the source gives comes at its beginning, or at its end: no more than an interval of it has gone by.
    fn cover(&mut self, now: u64, (start, end): (u64, u64)) {
        let interval = self.interval.unwrap_or(0);
        self.covered = Some(end);
        self.anchor = Some((now, end.min(start.saturating_add(interval))));
    }

    /// Learns from media how often they come. One short buffer does not make a source fast.
    fn learn(&mut self, span: Option<(u64, u64)>) {
        let Some((start, end)) = span else { return };
        let last = self.last_start.replace(start);
        let step = || start.checked_sub(last?);
        let length = Some(end - start).filter(|length| *length > 0);
        let Some(length) = length.or_else(step).filter(|length| *length > 0) else {
            return;
        };
        let length = length.clamp(SHORTEST, LONGEST);
        self.interval = Some(match self.interval.filter(|_| self.came) {
            Some(known) if known > length => known - (known - length) / 8,
            _ => length,
        });
    }

    /// Media came, which last from one position to another; `learn` where only they say how often they come.
    pub fn came(&mut self, now: u64, span: Option<(u64, u64)>, learn: bool) -> Came {
        if learn {
            self.learn(span);
            if !self.came
                && self.last_start.is_some()
                && span.is_some_and(|(start, end)| start == end)
            {
                // The next one will tell.
                self.interval = None;
            }
        }
        self.came = true;
        // Who says that it lasts longer is not missed earlier.
        let interval = self.interval.unwrap_or(0);
        let length = span.map_or(0, |(start, end)| end - start);
        self.seen = now.saturating_add(length.saturating_sub(interval));
        let patience = self.patience().unwrap_or(0);
        let pass = Came {
            fill: None,
            arrival: Arrival::Pass,
            discont: self.lost,
        };
        let Some((start, end)) = span else {
            self.cut();
            return self.goes_on(now, span, pass);
        };
        let Some(covered) = self.covered else {
            return self.goes_on(now, span, pass);
        };
        if self.stalled {
            self.late_until.get_or_insert(now.saturating_add(patience));
        }
        let Some(until) = self.late_until else {
            return self.goes_on(now, span, pass);
        };
        let (silent_for, position) = self.last(now);
        let overlap = covered.saturating_sub(start);
        let too_much = !self.exact && overlap > interval / 2;
        match start.checked_sub(covered) {
            // The source has left more out than time has gone by: that is its own affair.
            Some(_) if start.saturating_sub(position) > silent_for.saturating_add(patience) => {
                self.goes_on(now, span, pass)
            }
            Some(_) => {
                let fill = Some((covered, start));
                self.goes_on(now, span, Came { fill, ..pass })
            }
            None if now > until => {
                let arrival = Arrival::Behind;
                let discont = true;
                self.goes_on(
                    now,
                    span,
                    Came {
                        arrival,
                        discont,
                        ..pass
                    },
                )
            }
            None if end <= covered || too_much => {
                self.lost = true;
                Came {
                    arrival: Arrival::Late,
                    ..pass
                }
            }
            None if self.exact => {
                let arrival = Arrival::LateUpTo(covered);
                let discont = true;
                self.goes_on(
                    now,
                    span,
                    Came {
                        arrival,
                        discont,
                        ..pass
                    },
                )
            }
            None => self.goes_on(now, span, pass),
        }
    }

    /// What came goes to the consumers: the source is back.
    fn goes_on(&mut self, now: u64, span: Option<(u64, u64)>, came: Came) -> Came {
        self.stalled = false;
        self.late_until = None;
        self.lost = false;
        if let Some(span) = span {
            self.cover(now, span);
        }
        came
    }

    /// The source says that it has nothing from one position to another; whether its consumers are to know.
    pub fn gap(&mut self, now: u64, span: Option<(u64, u64)>) -> bool {
        if let Some(span) = span.filter(|_| !self.stalled) {
            self.cover(now, span);
        }
        !self.stalled
    }

    /// When the source will be missed, if that is before it is looked at next.
    pub fn look_earlier(&mut self) -> Option<u64> {
        let missed = self.seen.saturating_add(self.patience()?);
        let earlier = self.running && !self.stalled && missed < self.alarm;
        earlier.then(|| {
            self.alarm = missed;
            missed
        })
    }

    /// Looks whether media come; when to look again. `here` is the position that would come now, if that is known.
    pub fn look(&mut self, now: u64, here: Option<u64>) -> Option<u64> {
        let next = self.running.then(|| self.look_now(now, here))?;
        self.alarm = next;
        Some(next)
    }

    fn look_now(&mut self, now: u64, here: Option<u64>) -> u64 {
        let (Some(interval), Some(patience)) = (self.interval, self.patience()) else {
            return now.saturating_add(UNKNOWN);
        };
        let deadline = self.seen.saturating_add(patience);
        if !self.stalled && now < deadline {
            return deadline;
        }
        self.stalled = true;
        if let (None, Some(here)) = (self.covered, here) {
            self.covered = Some(here);
            self.anchor = Some((now, here));
        }
        self.due()
            .unwrap_or(0)
            .max(now.saturating_add(interval / 2))
    }

    /// When the next interval that nothing came for is filled.
    fn due(&self) -> Option<u64> {
        let (interval, covered, (clock, position)) = (self.interval?, self.covered?, self.anchor?);
        let ahead = covered.saturating_sub(position);
        Some(clock.saturating_add(ahead).saturating_add(2 * interval))
    }

    /// The next interval to be filled, if it is time.
    pub fn missing(&self, now: u64) -> Option<(u64, u64)> {
        let due = self.due().filter(|_| self.stalled && self.running)?;
        let from = self.covered?;
        (due <= now).then_some((from, from.saturating_add(self.interval?)))
    }

    /// Fills an interval, unless it has been filled or the source has returned.
    pub fn fill(&mut self, (from, to): (u64, u64)) -> bool {
        let fill = self.stalled && self.covered == Some(from);
        if fill {
            self.covered = Some(to);
        }
        fill
    }

    /// A hole as intervals to be filled.
    pub fn slots(&self, (from, to): (u64, u64)) -> impl Iterator<Item = (u64, u64)> + use<> {
        let (interval, exact) = (self.interval.unwrap_or(0), self.exact);
        let mut at = from;
        std::iter::from_fn(move || {
            let left = to.saturating_sub(at);
            let length = match exact {
                true => interval.min(left),
                false if left >= interval.div_ceil(2) => interval,
                false => 0,
            };
            let slot = (at, at.saturating_add(length));
            at = slot.1;
            (length > 0).then_some(slot)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of pictures, one every ten.
    fn pictures() -> Presence {
        let mut presence = Presence::new(false);
        presence.start(0, Some(10));
        presence
    }

    fn muted(presence: &mut Presence) -> Option<bool> {
        presence.news().map(|change| change.muted)
    }

    const PASS: Came = Came {
        fill: None,
        arrival: Arrival::Pass,
        discont: false,
    };

    /// Everything that is put in place of what does not come until this time.
    fn stand_in(presence: &mut Presence, now: u64) -> Vec<(u64, u64)> {
        let mut filled = vec![];
        while let Some(slot) = presence.missing(now) {
            assert!(presence.fill(slot));
            assert!(!presence.fill(slot), "filled twice");
            filled.push(slot);
        }
        filled
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
        let mut source = Presence::new(false);
        source.start(0, Some(100));
        assert_eq!(source.look(0, None), Some(10_000));
        assert_eq!(source.look_earlier(), None);
        source.expect(Some(10));
        assert_eq!(source.look_earlier(), Some(1000));
        assert_eq!(source.look_earlier(), None);
        source.came(50, Some((50, 60)), false);
        assert_eq!(source.look_earlier(), Some(300));
        source.came(60, Some((60, 70)), false);
        assert_eq!(source.look_earlier(), None, "it is looked at soon enough");
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
    fn the_hole_before_a_source_was_muted_is_filled_too_and_then_one_interval_after_the_other() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), false);
        source.look(350, None);
        let filled = stand_in(&mut source, 350);
        // What would have come at 330 and before, for the source itself would be as late.
        assert_eq!(
            (filled.first(), filled.last()),
            (Some(&(60, 70)), Some(&(290, 300)))
        );
        assert_eq!(filled.len(), 24);
        assert_eq!(source.look(350, None), Some(360));
        assert_eq!(source.missing(359), None);
        assert_eq!(stand_in(&mut source, 360), [(300, 310)]);
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
        assert_eq!(
            source.slots((300, 315)).collect::<Vec<_>>(),
            [(300, 310), (310, 320)]
        );
        assert_eq!(source.slots((300, 314)).collect::<Vec<_>>(), [(300, 310)]);
        assert_eq!(muted(&mut source), Some(false));
        assert_eq!(source.missing(10_000), None);
        assert!(!source.fill((325, 335)));
        assert_eq!(source.came(375, Some((325, 335)), false), PASS);
    }

    /// A source that has been missed, with everything up to 300 filled.
    fn missed(mut source: Presence) -> Presence {
        source.came(100, Some((50, 60)), false);
        source.look(350, None);
        assert_eq!(stand_in(&mut source, 350).last(), Some(&(290, 300)));
        assert_eq!(muted(&mut source), Some(true));
        source
    }

    #[test]
    fn what_comes_late_is_left_out_until_the_source_has_caught_up_and_something_stands_in_until_then()
     {
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
        assert_eq!(source.came(670, Some((90, 100)), false), PASS);
    }

    #[test]
    fn media_that_last_longer_than_an_interval_are_not_missed_earlier_and_nothing_runs_ahead_of_them()
     {
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
    fn a_gap_that_is_told_at_its_beginning_does_not_take_the_source_ahead() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), false);
        assert!(source.gap(110, Some((60, 1060))));
        source.look(350, None);
        assert_eq!(stand_in(&mut source, 350), []);
        assert_eq!(stand_in(&mut source, 1129), [(1060, 1070)]);
        assert_eq!(
            source.came(1129, Some((1079, 1089)), false).fill,
            Some((1070, 1079))
        );
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

    /// Sound of so many milliseconds, which says itself how often it comes.
    fn sound(source: &mut Presence, at: u64, length: u64) -> Option<u64> {
        source.came(at * MS, Some((at * MS, (at + length) * MS)), true);
        source.interval.map(|interval| interval / MS)
    }

    const MS: u64 = 1_000_000;

    #[test]
    fn one_short_buffer_does_not_make_a_source_fast() {
        let mut source = Presence::new(true);
        source.start(0, Some(20 * MS));
        assert_eq!(sound(&mut source, 0, 40), Some(40));
        assert_eq!(sound(&mut source, 40, 0), Some(40));
        assert_eq!(sound(&mut source, 40, 8), Some(36));
        assert_eq!(sound(&mut source, 48, 80), Some(80));
    }

    #[test]
    fn pictures_that_do_not_say_how_long_they_last_are_as_far_apart_as_they_are() {
        let mut source = Presence::new(false);
        source.start(0, Some(33 * MS));
        assert_eq!(sound(&mut source, 0, 0), None);
        assert_eq!(sound(&mut source, 1000, 0), Some(1000));
        assert_eq!(source.look(1000 * MS, None), Some(26_000 * MS));
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
    fn a_source_that_returns_in_another_time_leaves_its_own_hole() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), false);
        source.look(350, None);
        stand_in(&mut source, 350);
        assert_eq!(source.came(360, Some((9000, 9010)), false), PASS);
    }

    #[test]
    fn sound_is_filled_and_cut_to_the_sample() {
        let mut source = Presence::new(true);
        source.start(0, None);
        source.interval = Some(10);
        source.came(100, Some((50, 60)), false);
        source.look(350, None);
        stand_in(&mut source, 350);
        let mut late = Presence { ..source };
        assert_eq!(
            late.came(360, Some((297, 307)), false).arrival,
            Arrival::LateUpTo(300)
        );
        assert_eq!(late.came(370, Some((307, 317)), false), PASS);
        let mut hole = late;
        hole.look(620, None);
        stand_in(&mut hole, 620);
        assert_eq!(
            hole.slots((550, 563)).collect::<Vec<_>>(),
            [(550, 560), (560, 563)]
        );
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
    fn before_the_first_frame_it_begins_with_what_would_come_now() {
        let mut source = pictures();
        source.look(1000, Some(940));
        assert_eq!(stand_in(&mut source, 1019), []);
        assert_eq!(stand_in(&mut source, 1030), [(940, 950), (950, 960)]);
    }

    #[test]
    fn a_source_that_says_itself_that_it_is_muted_is_so_at_once_and_whatever_comes() {
        let mut source = pictures();
        source.hush(true);
        assert_eq!(muted(&mut source), Some(true));
        assert_eq!(source.came(10, Some((0, 10)), false), PASS);
        assert_eq!(muted(&mut source), None);
        source.look(1000, None);
        source.hush(false);
        assert_eq!(muted(&mut source), None, "nothing comes either");
        source.came(1010, Some((1000, 1010)), false);
        assert_eq!(muted(&mut source), Some(false));
    }

    #[test]
    fn a_source_without_a_rate_is_never_taken_for_muted() {
        let mut source = Presence::new(false);
        source.start(0, None);
        source.came(10, Some((0, 10)), false);
        let (now, later) = (1 << 40, (1 << 40) + UNKNOWN);
        assert_eq!(source.look(now, Some(5)), Some(later));
        assert_eq!(muted(&mut source), None);
    }

    #[test]
    fn nothing_stands_in_for_a_source_that_does_not_run() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), false);
        source.look(350, None);
        source.stop();
        assert_eq!(source.missing(1000), None);
        assert_eq!(source.look(1000, None), None);
    }
}
