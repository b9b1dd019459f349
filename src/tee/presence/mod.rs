// SPDX-License-Identifier: MPL-2.0

//! Whether a source gives media (W3C `muted`), and up to which time its consumers have got something. Plain data: who locks it,
//! and what is put in place of what does not come, is in [`standin`].
//!
//! A source is muted by itself, or when nothing has come of it for some time: then its consumers get something else, on its own
//! time line and a moment later than it would have come of itself, so that neither mixers nor sinks miss it. A source that returns is
//! the first to come from its second picture on: as soon as it gives again, it is waited for an interval longer.

mod arrival;
mod rate;
pub mod standin;
#[cfg(test)]
mod tests;

pub use arrival::{Arrival, Came};
use rate::bounded;

/// Without media for so many intervals, a source is muted.
const PATIENCE: u64 = 25;
/// The same before its first ones.
const PATIENCE_AT_FIRST: u64 = 100;
/// No source is missed earlier, however small its buffers are.
const LEAST_PATIENCE: u64 = 200_000_000;

/// What stands in for a source's media comes so much later than they would have: sinks wait 20 ms for what needs time.
const SLACK: u64 = 5_000_000;

/// An interval is at least and at most so long.
pub const SHORTEST: u64 = 1_000_000;
pub const LONGEST: u64 = 3_600_000_000_000;

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
    /// The same as the caps say it, which is not always true.
    said: Option<u64>,
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
    /// From the beginning of those before to there.
    last_step: Option<u64>,
    told: Change,
    /// From where to where consumers have got something else, the last time.
    filled: Option<(u64, u64)>,
}

/// A source became muted, or ceased to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Of two changes, the one with the higher number came later.
    pub number: u64,
    pub muted: bool,
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
            said: None,
            covered: None,
            anchor: None,
            stalled: false,
            hushed: false,
            alarm: u64::MAX,
            late_until: None,
            lost: false,
            last_start: None,
            last_step: None,
            told: Change::default(),
            filled: None,
        }
    }

    /// The source runs from now on; `interval` until its media say more.
    pub fn start(&mut self, now: u64, interval: Option<u64>) {
        self.running = true;
        self.came = false;
        self.seen = now;
        self.interval = interval;
        self.said = interval;
        self.last_step = None;
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
        self.filled = None;
    }

    /// The source says whether it is muted.
    pub fn hush(&mut self, hushed: bool) {
        self.hushed = hushed;
    }

    /// The caps say how often media come; `None` if there is no saying.
    pub fn expect(&mut self, interval: Option<u64>) {
        // Saying the same again does not make it truer.
        if self.said != interval {
            self.interval = interval;
            self.said = interval;
        }
    }

    /// Whether what begins at this position was put in the place of the source's media.
    pub fn stood_in(&self, position: u64) -> bool {
        let in_time = |(from, to): (u64, u64)| from <= position && position < to;
        self.hushed || self.filled.is_some_and(in_time)
    }

    /// Something goes out in place of what does not come.
    fn fills(&mut self, (from, to): (u64, u64)) {
        self.filled = match self.filled {
            Some((start, end)) if end == from => Some((start, to)),
            _ => Some((from, to)),
        };
    }

    /// From this position on it is the source again.
    fn filled_to(&mut self, position: u64) {
        let filled = self.filled.take();
        let before = filled.map(|(from, to)| (from, to.min(position)));
        self.filled = before.filter(|(from, to)| from < to);
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
        Some(self.interval?.saturating_mul(intervals).max(LEAST_PATIENCE))
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
        } else {
            self.doubt(span);
        }
        self.came = true;
        let span = span.map(bounded);
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
        if span.is_none() {
            self.cut();
        }
        if self.stalled && self.covered.is_some() {
            self.late_until.get_or_insert(now.saturating_add(patience));
        }
        match (span, self.covered, self.late_until) {
            (Some(span), Some(covered), Some(until)) => {
                self.came_back(now, span, covered, until, pass)
            }
            _ => self.goes_on(now, span, pass),
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
            self.cover(now, bounded(span));
        }
        !self.stalled
    }

    /// When to look at the source, if not when that was said last: earlier if it will be late before, and later while it gives, so
    /// that one that gives in time is never looked at.
    pub fn look_anew(&mut self, now: u64) -> Option<u64> {
        let late = self.late_anew(now)?;
        self.alarm = late;
        Some(late)
    }

    /// What [`Self::look_anew`] would say.
    pub fn late_anew(&self, now: u64) -> Option<u64> {
        let patience = self.patience()?;
        let late = self.seen.saturating_add(patience);
        let soon = self.alarm < now.saturating_add(patience / 2);
        let anew = match self.stalled {
            // It is looked at anyhow, if it has not been without a rate meanwhile.
            true => self.alarm == u64::MAX,
            false => late < self.alarm || soon,
        };
        (self.running && anew).then_some(late)
    }

    /// Looks whether media come; when to look again, if ever. `here` is what would have been given now, if that is known.
    pub fn look(&mut self, now: u64, here: Option<u64>) -> Option<u64> {
        let next = self.look_now(now, here);
        self.alarm = next.unwrap_or(u64::MAX);
        next
    }

    fn look_now(&mut self, now: u64, here: Option<u64>) -> Option<u64> {
        let interval = self.interval.filter(|_| self.running)?;
        let patience = self.patience()?;
        let deadline = self.seen.saturating_add(patience);
        if !self.stalled && now < deadline {
            return Some(deadline);
        }
        self.stalled = true;
        if let (None, Some(here)) = (self.covered, here) {
            self.covered = Some(here);
            self.anchor = Some((now, here));
        }
        let soon = now.saturating_add(interval / 2);
        Some(self.due().unwrap_or(0).max(soon))
    }

    /// When the next interval that nothing came for is filled.
    fn due(&self) -> Option<u64> {
        let (interval, covered, (clock, position)) = (self.interval?, self.covered?, self.anchor?);
        let ahead = covered.saturating_sub(position);
        let slack = match self.late_until {
            Some(_) => interval,
            None => interval.min(SLACK),
        };
        let due = clock.saturating_add(ahead).saturating_add(interval);
        Some(due.saturating_add(slack))
    }

    /// The next interval to be filled, if it is time.
    pub fn missing(&self, now: u64) -> Option<(u64, u64)> {
        let due = self.due().filter(|_| self.stalled && self.running)?;
        let from = self.covered?;
        (due <= now).then_some((from, from.saturating_add(self.interval?)))
    }

    /// Fills an interval, unless it has been filled or the source has returned.
    pub fn fill(&mut self, (from, to): (u64, u64)) -> bool {
        let fill = self.running && self.stalled && self.covered == Some(from);
        if fill {
            self.covered = Some(to);
            self.fills((from, to));
        }
        fill
    }

    /// A hole as intervals to be filled.
    pub fn slots(&mut self, (from, to): (u64, u64)) -> impl Iterator<Item = (u64, u64)> + use<> {
        self.fills((from, to));
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
