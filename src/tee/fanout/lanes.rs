// SPDX-License-Identifier: MPL-2.0

//! All lanes of a fan-out, and how many of them are in which condition. Plain data under the lock of
//! [`Fanout`](super::Fanout).

use super::lane::{Busy, Lane, LaneId};
use super::ring::{Item, Ring};
use super::{Consumer, Job, Report};

/// What a lane is counted by.
#[derive(Clone, Copy)]
pub(super) enum Trait {
    /// Published items are for it.
    Follows,
    /// A worker is in it.
    Busy,
    /// A worker is in it who is expected, or was found, to be held up.
    HeldUp,
    /// Its consumer blocks, and nobody is in it.
    Slow,
    /// Its consumer is not known yet: neither slow nor trusted.
    Doubtful,
    /// Known, and with nothing before it but to take what comes.
    Steady,
}

/// One bit for each [`Trait`].
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Traits(u8);

impl Traits {
    fn of<C: Consumer>(lane: &Lane<C>) -> Self {
        let bit = |is: bool, which: Trait| u8::from(is) << which as u8;
        Self(
            bit(lane.follows(), Trait::Follows)
                | bit(lane.busy.is_some(), Trait::Busy)
                | bit(lane.busy == Some(Busy::Slow), Trait::HeldUp)
                | bit(lane.busy.is_none() && lane.is_slow(), Trait::Slow)
                | bit(!lane.is_known(), Trait::Doubtful)
                | bit(lane.is_steady(), Trait::Steady),
        )
    }

    pub(super) fn has(self, which: Trait) -> bool {
        self.0 >> which as u8 & 1 == 1
    }
}

/// How many lanes have which [`Trait`].
#[derive(Default)]
struct Census([usize; 6]);

impl Census {
    /// A worker goes into a steady lane, or leaves it, and is in it like this.
    fn comes_or_goes(&mut self, counted: &mut Traits, busy: Option<Busy>) {
        let traits = match busy {
            Some(Busy::Slow) => &[Trait::Busy, Trait::HeldUp, Trait::Slow][..],
            _ => &[Trait::Busy],
        };
        let flipped = traits
            .iter()
            .fold(0, |bits, which| bits | 1 << *which as u8);
        self.note(counted, Traits(counted.0 ^ flipped));
    }

    /// A lane has changed, and has from now on these traits in place of those that it was counted by.
    fn note(&mut self, counted: &mut Traits, now: Traits) {
        let mut changed = counted.0 ^ now.0;
        *counted = now;
        while changed != 0 {
            let which = changed.trailing_zeros();
            if let Some(count) = self.0.get_mut(which as usize) {
                match now.0 >> which & 1 {
                    1 => *count += 1,
                    _ => *count -= 1,
                }
            }
            changed &= changed - 1;
        }
    }
}

/// The lanes, each at an index that stays its own, and the census of them: a lane is changed through [`Self::change`],
/// [`Self::enter`], [`Self::stay`] and [`Self::leave`] only.
pub(super) struct Lanes<C> {
    slots: Vec<Option<Lane<C>>>,
    free: Vec<usize>,
    next_serial: u64,
    census: Census,
}

impl<C: Consumer> Lanes<C> {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            next_serial: 0,
            census: Census::default(),
        }
    }

    /// How many lanes are like this.
    pub(super) fn count(&self, which: Trait) -> usize {
        self.census.0[which as usize]
    }

    /// Places to look at, empty ones included.
    pub(super) fn places(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn ids(&self) -> Vec<LaneId> {
        let lanes = self.slots.iter().enumerate();
        let ids = lanes.filter_map(|(index, lane)| {
            let serial = lane.as_ref()?.serial;
            Some(LaneId { index, serial })
        });
        ids.collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Lane<C>> {
        self.slots.iter().flatten()
    }

    pub(super) fn insert(&mut self, make: impl FnOnce(u64) -> Lane<C>) -> LaneId {
        let serial = self.next_serial;
        self.next_serial += 1;
        let mut lane = make(serial);
        let traits = Traits::of(&lane);
        self.census.note(&mut lane.counted, traits);
        let index = match self.free.pop() {
            Some(index) => {
                self.slots[index] = Some(lane);
                index
            }
            None => {
                self.slots.push(Some(lane));
                self.slots.len() - 1
            }
        };
        LaneId { index, serial }
    }

    pub(super) fn get(&self, id: LaneId) -> Option<&Lane<C>> {
        let lane = self.slots.get(id.index)?.as_ref();
        lane.filter(|lane| lane.serial == id.serial)
    }

    /// The worker who is about to go into the lane at this place will pass those behind it.
    pub(super) fn passing(&self, index: usize) {
        let consumer = |index: usize| Some(&self.slots.get(index)?.as_ref()?.consumer);
        if let Some(consumer) = consumer(index + 2) {
            consumer.comes_next_but_one();
        }
        if let Some(consumer) = consumer(index + 1) {
            consumer.comes_next();
        }
    }

    /// Changes a lane; `None` if it is gone.
    pub(super) fn change<R>(
        &mut self,
        id: LaneId,
        act: impl FnOnce(&mut Lane<C>) -> R,
    ) -> Option<R> {
        self.get(id)?;
        self.change_at(id.index, act)
    }

    /// Changes the lane at a place; `None` if there is none.
    pub(super) fn change_at<R>(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut Lane<C>) -> R,
    ) -> Option<R> {
        let lane = self.slots.get_mut(index)?.as_mut()?;
        let result = act(lane);
        let traits = Traits::of(lane);
        self.census.note(&mut lane.counted, traits);
        Some(result)
    }

    /// How the worker is in this lane who reports, and how much there is to take that he may have, if it is and stays steady.
    pub(super) fn returns<T: Item>(&self, report: &Report, ring: &Ring<T>) -> Option<(Busy, u64)> {
        let lane = self.get(report.lane)?;
        let behind = lane.behind(ring);
        let goes_on = lane.is_as_expected(report) && (behind == 0 || !lane.lags(ring));
        goes_on.then(|| (lane.expected(), behind))
    }

    /// How a worker will be in the lane at this place, if it is steady, nobody is in it, and it has only the newest item to take.
    pub(super) fn due<T: Item>(&self, index: usize, ring: &Ring<T>) -> Option<Busy> {
        let lane = self.slots.get(index)?.as_ref()?;
        let is_due =
            lane.busy.is_none() && lane.counted.has(Trait::Steady) && lane.behind(ring) == 1;
        is_due.then(|| lane.expected())
    }

    /// A worker stays in a lane that he [`Self::returns`] from, with something to take.
    pub(super) fn stay<T: Item>(
        &mut self,
        report: &Report,
        ring: &mut Ring<T>,
    ) -> Option<Job<T, C>> {
        let index = report.lane.index;
        let lane = self.slots.get_mut(index)?.as_mut()?;
        let job = lane.next_step(index, ring)?;
        lane.mark(report.slow);
        Some(job)
    }

    /// A worker leaves a lane that he [`Self::returns`] from, with nothing to take.
    pub(super) fn leave(&mut self, report: &Report) {
        if let Some(Some(lane)) = self.slots.get_mut(report.lane.index) {
            lane.mark(report.slow);
            let was = lane.busy.take();
            self.census.comes_or_goes(&mut lane.counted, was);
        }
    }

    /// A worker goes into a lane that is [`Self::due`].
    pub(super) fn enter<T: Item>(&mut self, index: usize, ring: &mut Ring<T>) -> Option<Job<T, C>> {
        let lane = self.slots.get_mut(index)?.as_mut()?;
        let job = lane.next_step(index, ring)?;
        self.census.comes_or_goes(&mut lane.counted, lane.busy);
        Some(job)
    }

    pub(super) fn remove(&mut self, id: LaneId) -> Option<Lane<C>> {
        self.get(id)?;
        let mut lane = self.slots[id.index].take()?;
        self.free.push(id.index);
        self.census.note(&mut lane.counted, Traits::default());
        Some(lane)
    }
}
