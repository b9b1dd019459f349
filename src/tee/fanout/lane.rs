// SPDX-License-Identifier: MPL-2.0

//! One consumer's place in the ring: a cursor and what it has to be told. Plain data under the lock of
//! [`Fanout`](super::Fanout).

use super::lanes::{Trait, Traits};
use super::ring::{Item, Limits, Ring};
use super::{Consumer, Job, Outcome, Report, Rest, Work};

/// Names a lane; never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneId {
    pub(super) index: usize,
    pub(super) serial: u64,
}

/// How many pushes a consumer that blocked has to return at once before it is taken for a fast one again.
const SLOW_FOR: u8 = 16;

pub(super) struct Lane<C> {
    pub(super) consumer: C,
    pub(super) serial: u64,
    /// The next item to take.
    cursor: u64,
    /// Frames published up to the cursor: what a skip is counted from.
    frames_seen: u64,
    /// The lane ends before this item.
    end: Option<End>,
    pub(super) limits: Limits,
    /// Waits for something to change at the consumer: takes nothing but the end.
    parked: bool,
    /// Something was skipped before the cursor.
    discont: bool,
    /// Takes nothing before the next key item.
    wait_key: bool,
    /// It has skipped items for want of a key item, and has to ask, or has asked, for one.
    ask_for_key: bool,
    asked_for_key: bool,
    /// Whether a worker is in this lane, and whether it went in (or was found) expecting to be held up.
    pub(super) busy: Option<Busy>,
    /// The consumer changed while a worker was with the one before.
    restarted: bool,
    /// Pushes that have to return at once before it is not slow any more.
    pub(super) slow: u8,
    /// Pushes in a row that returned at once, and how many make the consumer trusted.
    prompt: u8,
    trusted_after: u8,
    /// What the lane is counted by, among all lanes.
    pub(super) counted: Traits,
}

#[derive(Clone, Copy)]
struct End {
    item: u64,
    /// Frames published before it.
    frames: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// It should return at once.
    Fast,
    /// So it should have: the watch has seen it there.
    Lingering,
    Slow,
}

impl<C: Consumer> Lane<C> {
    /// A lane that starts with the next item, and with a key item.
    pub(super) fn at_head<T: Item>(
        consumer: C,
        serial: u64,
        limits: Limits,
        trusted_after: u8,
        ring: &Ring<T>,
    ) -> Self {
        Self {
            consumer,
            serial,
            cursor: ring.head(),
            frames_seen: ring.frames(),
            end: None,
            limits,
            parked: false,
            discont: true,
            wait_key: true,
            ask_for_key: false,
            asked_for_key: false,
            busy: None,
            restarted: false,
            slow: 0,
            prompt: 0,
            trusted_after,
            counted: Traits::default(),
        }
    }

    /// Whether items published from now on are for this lane.
    pub(super) fn follows(&self) -> bool {
        !self.parked && self.end.is_none()
    }

    /// Its consumer has blocked not long ago: whoever goes in sees to it that somebody else is free.
    pub(super) fn is_slow(&self) -> bool {
        self.slow > 0
    }

    pub(super) fn is_trusted(&self) -> bool {
        !self.is_slow() && self.prompt >= self.trusted_after
    }

    /// Its consumer is trusted, or known to block.
    pub(super) fn is_known(&self) -> bool {
        self.is_trusted() || self.is_slow()
    }

    /// Known, and with nothing before it but to take what comes.
    pub(super) fn is_steady(&self) -> bool {
        let to_be_told = self.discont || self.wait_key || self.ask_for_key || self.restarted;
        self.is_known() && self.follows() && !to_be_told
    }

    /// How a worker is in who has just come.
    pub(super) fn expected(&self) -> Busy {
        match self.is_slow() {
            true => Busy::Slow,
            false => Busy::Fast,
        }
    }

    /// Whether a worker returns from it as was expected, so that it is and stays steady, and as slow or trusted as before. One that
    /// is to end is not steady.
    pub(super) fn is_as_expected(&self, report: &Report) -> bool {
        let stays = match report.slow {
            true => self.slow > 0,
            false => self.slow != 1,
        };
        let went = report.outcome == Outcome::Went;
        went && stays && self.busy == Some(self.expected()) && self.counted.has(Trait::Steady)
    }

    /// Whether it has to skip something before it takes the next item.
    pub(super) fn lags<T: Item>(&self, ring: &Ring<T>) -> bool {
        self.cursor < ring.base() || self.limits.exceeded(ring, self.cursor)
    }

    /// How many items there are to take.
    pub(super) fn behind<T: Item>(&self, ring: &Ring<T>) -> u64 {
        ring.head().saturating_sub(self.cursor)
    }

    /// Lets a worker into a steady lane, or stay in it, to take the next item.
    #[inline(always)]
    pub(super) fn next_step<T: Item>(
        &mut self,
        index: usize,
        ring: &mut Ring<T>,
    ) -> Option<Job<T, C>> {
        let taken = ring.take(self.cursor)?;
        self.cursor += 1;
        self.frames_seen = taken.frames_seen;
        self.busy = Some(self.expected());
        Some(Job {
            lane: LaneId {
                index,
                serial: self.serial,
            },
            consumer: self.consumer.clone(),
            work: Work::Item {
                item: taken.item,
                frames: taken.frames,
                discont: false,
            },
        })
    }

    /// The watch looks: `true` if whoever is in it was there when it looked last, and not expected to be held up.
    pub(super) fn linger(&mut self) -> bool {
        match self.busy {
            Some(Busy::Fast) => self.busy = Some(Busy::Lingering),
            Some(Busy::Lingering) => {
                self.busy = Some(Busy::Slow);
                self.mark_slow();
                return true;
            }
            Some(Busy::Slow) | None => {}
        }
        false
    }

    fn mark_slow(&mut self) {
        self.slow = SLOW_FOR;
        self.prompt = 0;
    }

    /// Takes note of whether a worker was held up.
    pub(super) fn mark(&mut self, was_slow: bool) {
        if was_slow {
            return self.mark_slow();
        }
        self.slow = self.slow.saturating_sub(1);
        self.prompt = self.prompt.saturating_add(1);
    }

    /// The lane takes what is published already and then the end.
    pub(super) fn end_at_head<T: Item>(&mut self, ring: &Ring<T>) {
        self.end.get_or_insert(End {
            item: ring.head(),
            frames: ring.frames(),
        });
    }

    /// The next item is not the one after the last.
    fn start_anew(&mut self) {
        self.discont = true;
        self.wait_key = true;
        self.asked_for_key = false;
    }

    /// Counts and forgets everything up to `to`.
    fn skip_to<T: Item>(&mut self, to: u64, ring: &mut Ring<T>, garbage: &mut Vec<T>) {
        let (to, frames) = match self.end {
            Some(end) if end.item <= to => (end.item, end.frames),
            _ => (to, ring.frames_before(to)),
        };
        if to <= self.cursor {
            return;
        }
        // A parked lane was not among those that the items wait for.
        if !self.parked {
            ring.skip(self.cursor, to, garbage);
        }
        self.consumer
            .skipped(frames.saturating_sub(self.frames_seen));
        self.frames_seen = frames;
        self.cursor = to;
        self.start_anew();
    }

    /// Drops the oldest items until the lane lags no more than it may.
    pub(super) fn catch_up<T: Item>(&mut self, ring: &mut Ring<T>, garbage: &mut Vec<T>) {
        let head = ring.head();
        if self.parked {
            return self.skip_to(head, ring, garbage);
        }
        let mut to = self.cursor.max(ring.base());
        while to < head && self.limits.exceeded(ring, to) {
            to += 1;
        }
        self.skip_to(to, ring, garbage);
    }

    /// Everything that is left is counted as skipped: the lane goes.
    pub(super) fn abandon<T: Item>(&mut self, ring: &mut Ring<T>, garbage: &mut Vec<T>) {
        self.skip_to(ring.head(), ring, garbage);
    }

    /// Whether its next item does not follow the last one.
    pub(super) fn misses_something(&self) -> bool {
        self.discont
    }

    /// What the lane has still to take, up to its end.
    pub(super) fn take_rest<T: Item>(
        &mut self,
        ring: &mut Ring<T>,
        garbage: &mut Vec<T>,
    ) -> Vec<Rest<T>> {
        let mut rest = Vec::new();
        loop {
            match self.next_work(ring, garbage) {
                Some(Work::Item {
                    item,
                    frames,
                    discont,
                }) => rest.push(Rest {
                    item,
                    frames,
                    discont,
                }),
                Some(Work::AskForKey { .. }) => {}
                Some(Work::End) | None => return rest,
            }
        }
    }

    /// Lets a worker in, if there is something to do; `wary` if it is to expect that it is held up.
    pub(super) fn next_job<T: Item>(
        &mut self,
        id: LaneId,
        wary: bool,
        ring: &mut Ring<T>,
        garbage: &mut Vec<T>,
    ) -> Option<Job<T, C>> {
        let work = self.next_work(ring, garbage)?;
        self.busy = Some(match wary {
            true => Busy::Slow,
            false => self.expected(),
        });
        Some(Job {
            lane: id,
            consumer: self.consumer.clone(),
            work,
        })
    }

    /// What a worker should do for this lane now.
    fn next_work<T: Item>(&mut self, ring: &mut Ring<T>, garbage: &mut Vec<T>) -> Option<Work<T>> {
        let behind = self.behind(ring);
        if behind == 0 && self.end.is_none() && !self.ask_for_key {
            return None;
        }
        // One item never is too many.
        if behind > 1 || self.parked {
            self.catch_up(ring, garbage);
        }
        while self.wait_key && ring.is_delta(self.cursor) {
            if self.end.is_some_and(|end| self.cursor >= end.item) {
                break;
            }
            self.skip_one(ring, garbage);
        }
        if self
            .end
            .is_some_and(|end| self.parked || self.cursor >= end.item)
        {
            return Some(Work::End);
        }
        if self.parked {
            return None;
        }
        if self.ask_for_key && !ring.is_media(self.cursor) {
            // Skipped up to here, and no key item among what was there.
            self.ask_for_key = false;
            let before = self.cursor;
            return Some(Work::AskForKey { before });
        }
        let is_media = ring.is_media(self.cursor);
        let taken = ring.take(self.cursor)?;
        self.cursor += 1;
        self.frames_seen = taken.frames_seen;
        if is_media {
            self.wait_key = false;
            self.ask_for_key = false;
            self.asked_for_key = false;
        }
        let marked = self.discont && is_media;
        self.discont &= !marked;
        Some(Work::Item {
            item: taken.item,
            frames: taken.frames,
            discont: marked,
        })
    }

    /// Passes over an item that the consumer could not start with.
    fn skip_one<T: Item>(&mut self, ring: &mut Ring<T>, garbage: &mut Vec<T>) {
        let asked = self.asked_for_key;
        self.skip_to(self.cursor + 1, ring, garbage);
        self.ask_for_key |= !asked;
        self.asked_for_key = true;
    }

    /// Takes note of how a push went.
    pub(super) fn settle<T: Item>(
        &mut self,
        outcome: Outcome,
        was_slow: bool,
        ring: &mut Ring<T>,
        garbage: &mut Vec<T>,
    ) {
        self.mark(was_slow);
        let restarted = std::mem::take(&mut self.restarted);
        match outcome {
            Outcome::Went => {}
            Outcome::Park if restarted => self.start_anew(),
            Outcome::Missed => {
                self.start_anew();
            }
            Outcome::Park => {
                self.skip_to(ring.head(), ring, garbage);
                self.parked = true;
            }
        }
    }

    /// The consumer starts anew with the next item.
    pub(super) fn restart<T: Item>(&mut self, ring: &mut Ring<T>, garbage: &mut Vec<T>) {
        if self.parked {
            self.skip_to(ring.head(), ring, garbage);
            self.parked = false;
        }
        self.restarted = self.busy.is_some();
        self.start_anew();
    }
}
