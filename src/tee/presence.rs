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
    /// It has returned, and what it gives may be older than what was put in its place; until this time.
    late_until: Option<u64>,
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
        Some(self.interval? * intervals)
    }

    /// How long ago the source gave anything.
    fn silent_for(&self, now: u64) -> u64 {
        now.saturating_sub(self.anchor.map_or(now, |(clock, _)| clock))
    }

    fn cover(&mut self, now: u64, span: Option<(u64, u64)>) {
        if let Some((_, end)) = span {
            self.covered = Some(end);
            self.anchor = Some((now, end));
        }
    }

    /// Media came, which last from one position to another.
    pub fn came(&mut self, now: u64, span: Option<(u64, u64)>, interval: Option<u64>) -> Came {
        let pass = Came {
            fill: None,
            arrival: Arrival::Pass,
        };
        self.interval = interval.or(self.interval);
        self.came = true;
        self.seen = now;
        let patience = self.patience().unwrap_or(0);
        if std::mem::take(&mut self.stalled) {
            self.late_until = Some(now + patience);
        }
        let (Some(until), Some((start, end)), Some(covered)) =
            (self.late_until, span, self.covered)
        else {
            self.cover(now, span);
            return pass;
        };
        let came = match start.checked_sub(covered) {
            // The source has left more out than time has gone by: that is its own affair.
            Some(hole) if hole > self.silent_for(now) + patience => pass,
            Some(_) => Came {
                fill: Some((covered, start)),
                ..pass
            },
            None if now > until => Came {
                arrival: Arrival::Behind,
                ..pass
            },
            None if end <= covered => {
                return Came {
                    arrival: Arrival::Late,
                    ..pass
                };
            }
            None if self.exact => Came {
                arrival: Arrival::LateUpTo(covered),
                ..pass
            },
            None if covered - start > self.interval.unwrap_or(0) / 2 => {
                return Came {
                    arrival: Arrival::Late,
                    ..pass
                };
            }
            None => pass,
        };
        self.late_until = None;
        self.cover(now, span);
        came
    }

    /// The source says that it has nothing from one position to another; whether its consumers are to know.
    pub fn gap(&mut self, now: u64, span: Option<(u64, u64)>) -> bool {
        if !self.stalled {
            self.cover(now, span);
        }
        !self.stalled
    }

    /// When the source will be missed, if that is before it is looked at next.
    pub fn look_earlier(&mut self) -> Option<u64> {
        let missed = self.seen + self.patience()?;
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
            return now + UNKNOWN;
        };
        let deadline = self.seen + patience;
        if !self.stalled && now < deadline {
            return deadline;
        }
        self.stalled = true;
        if let (None, Some(here)) = (self.covered, here) {
            self.cover(now, Some((here, here)));
        }
        self.due().unwrap_or(0).max(now + interval / 2)
    }

    /// When the next interval that nothing came for is filled.
    fn due(&self) -> Option<u64> {
        let (interval, covered, (clock, position)) = (self.interval?, self.covered?, self.anchor?);
        Some(clock + (covered - position.min(covered)) + 2 * interval)
    }

    /// The next interval to be filled, if it is time.
    pub fn missing(&self, now: u64) -> Option<(u64, u64)> {
        let due = self.due().filter(|_| self.stalled && self.running)?;
        let from = self.covered?;
        (due <= now).then_some((from, from + self.interval?))
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
            let slot = (at, at + length);
            at += length;
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
        source.came(50, Some((50, 60)), None);
        assert_eq!(source.look_earlier(), Some(300));
        source.came(60, Some((60, 70)), None);
        assert_eq!(source.look_earlier(), None, "it is looked at soon enough");
        assert_eq!(source.look(300, None), Some(310));
    }

    #[test]
    fn a_hole_that_nobody_had_time_to_fill_is_filled_when_the_source_returns() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
        source.look(5100, None);
        let came = source.came(5100, Some((5050, 5060)), None);
        assert_eq!(came.fill, Some((60, 5050)));
    }

    #[test]
    fn a_source_is_muted_after_twenty_five_intervals_without_media() {
        let mut source = pictures();
        assert_eq!(source.came(100, Some((50, 60)), None), PASS);
        assert_eq!(source.look(349, None), Some(350));
        assert_eq!(muted(&mut source), None);
        source.look(350, None);
        assert_eq!(muted(&mut source), Some(true));
    }

    #[test]
    fn the_hole_before_a_source_was_muted_is_filled_too_and_then_one_interval_after_the_other() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
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
        source.came(100, Some((50, 60)), None);
        source.look(350, None);
        stand_in(&mut source, 350);
        muted(&mut source);
        let came = source.came(365, Some((315, 325)), None);
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
        assert_eq!(source.came(375, Some((325, 335)), None), PASS);
    }

    #[test]
    fn what_comes_late_is_left_out_until_the_source_has_caught_up() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
        source.look(350, None);
        stand_in(&mut source, 350);
        let arrivals: Vec<_> = [280, 290, 296, 306]
            .map(|start| source.came(365, Some((start, start + 10)), None).arrival)
            .into();
        use Arrival::{Late, Pass};
        assert_eq!(arrivals, [Late, Late, Pass, Pass]);
    }

    #[test]
    fn a_source_that_goes_on_where_it_stopped_is_waited_for_a_while_and_then_taken_as_it_is() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
        source.look(350, None);
        stand_in(&mut source, 350);
        let mut arrive = |now, start| source.came(now, Some((start, start + 10)), None).arrival;
        assert_eq!(arrive(400, 60), Arrival::Late);
        assert_eq!(arrive(650, 70), Arrival::Late);
        assert_eq!(arrive(660, 80), Arrival::Behind);
        assert_eq!(arrive(670, 90), Arrival::Pass);
    }

    #[test]
    fn a_source_that_returns_in_another_time_leaves_its_own_hole() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
        source.look(350, None);
        stand_in(&mut source, 350);
        assert_eq!(source.came(360, Some((9000, 9010)), None), PASS);
    }

    #[test]
    fn sound_is_filled_and_cut_to_the_sample() {
        let mut source = Presence::new(true);
        source.start(0, None);
        source.came(100, Some((50, 60)), Some(10));
        source.look(350, None);
        stand_in(&mut source, 350);
        let mut late = Presence { ..source };
        assert_eq!(
            late.came(360, Some((297, 307)), None).arrival,
            Arrival::LateUpTo(300)
        );
        assert_eq!(late.came(370, Some((307, 317)), None), PASS);
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
        source.came(100, Some((50, 60)), None);
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
        assert_eq!(source.came(10, Some((0, 10)), None), PASS);
        assert_eq!(muted(&mut source), None);
        source.look(1000, None);
        source.hush(false);
        assert_eq!(muted(&mut source), None, "nothing comes either");
        source.came(1010, Some((1000, 1010)), None);
        assert_eq!(muted(&mut source), Some(false));
    }

    #[test]
    fn a_source_without_a_rate_is_never_taken_for_muted() {
        let mut source = Presence::new(false);
        source.start(0, None);
        source.came(10, Some((0, 10)), None);
        let (now, later) = (1 << 40, (1 << 40) + UNKNOWN);
        assert_eq!(source.look(now, Some(5)), Some(later));
        assert_eq!(muted(&mut source), None);
    }

    #[test]
    fn nothing_stands_in_for_a_source_that_does_not_run() {
        let mut source = pictures();
        source.came(100, Some((50, 60)), None);
        source.look(350, None);
        source.stop();
        assert_eq!(source.missing(1000), None);
        assert_eq!(source.look(1000, None), None);
    }
}
