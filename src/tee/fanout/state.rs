// SPDX-License-Identifier: MPL-2.0

//! What the lock of [`Fanout`](super::Fanout) guards, and every decision that is made under it. A decision that needs the
//! outside leaves word in [`Effects`], which is carried out when the lock is free.

use super::crew::{Crew, Seat, Sweep};
use super::lane::{Busy, Lane, LaneId};
use super::lanes::{Lanes, Trait};
use super::ring::{Facts, Item, Limits, Ring};
use super::{Consumer, Job, Report};
use crate::sync::Arc;

pub(super) struct State<T, C> {
    pub(super) ring: Ring<T>,
    pub(super) lanes: Lanes<C>,
    /// The most that any lane may lag.
    pub(super) limits: Limits,
    pub(super) sweep: Sweep,
    /// Lanes with something to do besides new items.
    pub(super) urgent: Vec<LaneId>,
    pub(super) crew: Crew,
    /// Lanes that were removed while a worker was in them, which has not come back.
    pub(super) lost: Vec<LaneId>,
    pub(super) closed: bool,
}

/// How many workers one of them calls at most before it goes into a lane that will hold it up. Whom it calls together finds
/// processors that are awake; were each to call the next, each would wake a processor as well, which costs more than the call.
const AT_ONCE: usize = 64;

/// What is left to do when the lock is free again.
pub(super) struct Effects<T, C> {
    /// The item just published, if nobody wants it.
    pub(super) unwanted: Option<T>,
    pub(super) garbage: Vec<T>,
    /// The consumer of a lane that has ended.
    pub(super) gone: Option<C>,
    pub(super) wake: [Option<Arc<Seat>>; AT_ONCE],
    /// Workers to hire.
    pub(super) hire: usize,
    /// The watch is to look every moment, or not any more.
    pub(super) watch: Option<bool>,
    /// A worker came back from a lane that was removed.
    pub(super) returned: bool,
    /// A worker that has nobody left to wait for.
    pub(super) idle: Option<Arc<Seat>>,
}

impl<T, C> Default for Effects<T, C> {
    fn default() -> Self {
        Self {
            unwanted: None,
            garbage: Vec::new(),
            gone: None,
            wake: [const { None }; AT_ONCE],
            hire: 0,
            watch: None,
            returned: false,
            idle: None,
        }
    }
}

impl<T, C> Effects<T, C> {
    pub(super) fn is_none(&self) -> bool {
        self.garbage.is_empty()
            && self.gone.is_none()
            && self.wake[0].is_none()
            && self.hire == 0
            && self.watch.is_none()
            && !self.returned
            && self.idle.is_none()
    }
}

impl<T: Item, C: Consumer> State<T, C> {
    pub(super) fn new() -> Self {
        Self {
            ring: Ring::new(),
            lanes: Lanes::new(),
            limits: Limits::NONE,
            sweep: Sweep::new(),
            urgent: Vec::new(),
            crew: Crew::new(),
            lost: Vec::new(),
            closed: false,
        }
    }

    /// Adds an item, and sees to it that somebody comes to it.
    pub(super) fn publish(&mut self, item: T, facts: &Facts, effects: &mut Effects<T, C>) {
        let followers = self.lanes.count(Trait::Follows);
        effects.unwanted = self.ring.push(item, facts, followers);
        // Though nobody may follow: a lane that ends does not take what it has still to take before its consumer returns.
        self.ring.trim(self.limits, &mut effects.garbage);
        if followers > 0 {
            self.start_sweep();
            self.summon(effects);
        }
    }

    /// All lanes are to be looked at for a new item.
    pub(super) fn start_sweep(&mut self) {
        let lingers = self.lanes.count(Trait::Busy) > self.lanes.count(Trait::HeldUp);
        self.sweep.start(self.lanes.places(), lingers);
    }

    /// Whether there are lanes that somebody has to look at. Whoever is in a lane looks again before leaving it.
    pub(super) fn is_work_left(&self) -> bool {
        let all_busy = self.lanes.count(Trait::Busy) == self.lanes.len();
        !self.urgent.is_empty() || !(self.sweep.is_over() || all_busy)
    }

    /// Workers that will look for work without being called.
    pub(super) fn awake(&self) -> usize {
        self.crew.awake(self.lanes.count(Trait::HeldUp))
    }

    /// Sees to it that somebody comes to what there is to do.
    pub(super) fn summon(&mut self, effects: &mut Effects<T, C>) {
        if !self.is_work_left() {
            return;
        }
        if self.awake() > 0 {
            // They will come; should they be held up, the watch says so.
            self.guard_sweep(effects);
        } else {
            self.call(effects);
        }
    }

    /// One more worker comes to look for work.
    fn call(&mut self, effects: &mut Effects<T, C>) {
        let free = effects.wake.iter_mut().find(|place| place.is_none());
        // So many have been called already that somebody comes.
        let Some(place) = free else { return };
        match self.crew.call() {
            Some(seat) => *place = Some(seat),
            None => self.hire(effects),
        }
    }

    /// One more worker, but never more than lanes.
    pub(super) fn hire(&mut self, effects: &mut Effects<T, C>) {
        if self.crew.workers < self.lanes.len() {
            self.crew.workers += 1;
            effects.hire += 1;
        }
    }

    /// Whether the watch has to look every moment: where consumers are not known, at a sweep that takes longer than it should,
    /// and at what is not an item. Trusted consumers cost no look: should one block, the next item shows it, or whoever sees that
    /// none comes.
    pub(super) fn is_doubtful(&self) -> bool {
        let doubtful = self.lanes.count(Trait::Doubtful) > 0 || !self.urgent.is_empty();
        let is_alone = self.lanes.len() < 2;
        !is_alone && self.is_work_left() && (doubtful || self.sweep.is_overdue())
    }

    /// Tells the watch whether to look.
    pub(super) fn guard_sweep(&mut self, effects: &mut Effects<T, C>) {
        let doubtful = self.is_doubtful();
        if self.sweep.watched != doubtful {
            self.sweep.watched = doubtful;
            // What changes back was no change.
            effects.watch = effects.watch.is_none().then_some(doubtful);
        }
    }

    /// Nobody is trusted any more to be through with the sweep soon.
    pub(super) fn doubt(&mut self, effects: &mut Effects<T, C>) {
        if self.is_work_left() {
            self.sweep.takes_long();
            self.guard_sweep(effects);
        }
    }

    /// The watch looks: who has been in a push since it looked last is held up, and somebody else must go on.
    pub(super) fn look(&mut self, effects: &mut Effects<T, C>) {
        if self.lanes.count(Trait::Busy) > self.lanes.count(Trait::HeldUp) {
            let found = |lane: &mut Lane<C>| lane.linger();
            let places = 0..self.lanes.places();
            let found = places.filter(|index| self.lanes.change_at(*index, found) == Some(true));
            if found.count() > 0 {
                self.sweep.stalls();
            }
        }
        if self.is_work_left() {
            self.sweep.takes_long();
            self.summon(effects);
        }
        self.guard_sweep(effects);
    }

    pub(super) fn remove(&mut self, id: LaneId) -> Option<Lane<C>> {
        let lane = self.lanes.remove(id)?;
        self.widen();
        Some(lane)
    }

    /// When the last lane is gone, the worker who stays need not.
    pub(super) fn send_home(&mut self, effects: &mut Effects<T, C>) {
        if self.lanes.len() == 0 {
            effects.idle = self.crew.first();
        }
    }

    pub(super) fn widen(&mut self) {
        self.limits = self
            .lanes
            .iter()
            .map(|lane| lane.limits)
            .fold(Limits::NONE, Limits::widest);
    }

    pub(super) fn next_job(
        &mut self,
        report: Option<Report>,
        effects: &mut Effects<T, C>,
    ) -> Option<Job<T, C>> {
        let again = report.and_then(|report| self.settle(report, effects));
        let job = match again {
            Some(job) => Some(job),
            None => self.claim(&mut effects.garbage),
        };
        if let Some(job) = &job {
            self.make_way(job.lane, effects);
        }
        self.guard_sweep(effects);
        job
    }

    /// Takes note of a report, and stays in the lane while it is behind.
    fn settle(&mut self, report: Report, effects: &mut Effects<T, C>) -> Option<Job<T, C>> {
        if self.lanes.get(report.lane).is_none() {
            // The lane was removed under this worker, who was given up for lost.
            self.crew.workers += 1;
            self.lost.retain(|lane| *lane != report.lane);
            effects.returned = true;
            return None;
        }
        if report.ended {
            effects.gone = self.remove(report.lane).map(|lane| lane.consumer);
            self.send_home(effects);
            return None;
        }
        let (ring, garbage) = (&mut self.ring, &mut effects.garbage);
        let wary = self.sweep.is_suspicious();
        self.lanes.change(report.lane, |lane| {
            let was = lane.busy.take();
            lane.settle(report.outcome, report.slow, ring, garbage);
            let job = lane.next_job(report.lane, wary, ring, garbage);
            // Who stays in a lane keeps others waiting as much as one who is held up in it.
            if was == Some(Busy::Lingering) && lane.busy == Some(Busy::Fast) {
                lane.busy = was;
            }
            job
        })?
    }

    /// The next lane with something to do that nobody is in.
    fn claim(&mut self, garbage: &mut Vec<T>) -> Option<Job<T, C>> {
        while let Some(id) = self.urgent.pop() {
            if let Some(job) = self.job_at(id.index, garbage) {
                return Some(job);
            }
        }
        let places = self.lanes.places();
        while let Some(index) = self.sweep.step(places) {
            if let Some(job) = self.job_at(index, garbage) {
                self.lanes.passing(index);
                return Some(job);
            }
        }
        None
    }

    fn job_at(&mut self, index: usize, garbage: &mut Vec<T>) -> Option<Job<T, C>> {
        let ring = &mut self.ring;
        let wary = self.sweep.is_suspicious();
        self.lanes.change_at(index, |lane| {
            if lane.busy.is_some() {
                // Whoever is in it goes on by itself; here it is only kept from lagging too far.
                lane.catch_up(ring, garbage);
                return None;
            }
            let serial = lane.serial;
            lane.next_job(LaneId { index, serial }, wary, ring, garbage)
        })?
    }

    /// How many others are to be awake when one goes into a lane that will hold him up, where so many lanes are likely to, and so
    /// much of the sweep is left.
    pub(super) fn wanted(likely: usize, left: usize) -> usize {
        likely.min(left).min(AT_ONCE)
    }

    /// A worker goes into a lane; if it will be held up there, somebody else must be free. Where many more consumers will hold
    /// workers up, several are called: one after the other, a thousand would come too late.
    fn make_way(&mut self, lane: LaneId, effects: &mut Effects<T, C>) {
        let held_up = |lane: &Lane<C>| lane.busy == Some(Busy::Slow);
        if !self.lanes.get(lane).is_some_and(held_up) {
            return;
        }
        if self.awake() == 0 && (self.is_work_left() || !self.crew.has_idle()) {
            self.call(effects);
        }
        let likely = match self.sweep.is_suspicious() {
            true => self.lanes.len(),
            false => self.lanes.count(Trait::Slow),
        };
        let wanted = Self::wanted(likely, self.sweep.left());
        for _ in self.awake()..wanted {
            if self.crew.has_idle() {
                self.call(effects);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::tests::{Frame, push};
    use super::*;

    #[derive(Clone)]
    struct Sleeper;

    impl Consumer for Sleeper {
        fn skipped(&self, _: u64) {}
    }

    /// So many lanes that block, with a worker each, of whom one is awake and finds an item for all.
    fn blocking(lanes: usize) -> State<Frame, Sleeper> {
        let mut state = State::new();
        for _ in 0..lanes {
            let ring = &state.ring;
            let make = |serial| Lane::at_head(Sleeper, serial, Limits::NONE, 1, ring);
            let id = state.lanes.insert(make);
            state.lanes.change(id, |lane| {
                lane.busy = Some(Busy::Fast);
                while !lane.linger() {}
                lane.busy = None;
            });
        }
        state.crew.workers = lanes;
        for _ in 1..lanes {
            state.crew.sit(&Arc::default());
        }
        push(&mut state.ring, 0, lanes);
        state.start_sweep();
        state
    }

    /// How many workers are called by each that goes into a lane, one after the other.
    fn calls(lanes: usize) -> Vec<usize> {
        let mut state = blocking(lanes);
        let call = |_| {
            let mut effects = Effects::default();
            assert!(state.next_job(None, &mut effects).is_some());
            assert_eq!(effects.hire, 0);
            effects.wake.iter().flatten().count()
        };
        (0..lanes).map(call).collect()
    }

    #[test]
    fn whoever_will_be_held_up_calls_many_others_at_once_and_each_lane_gets_one() {
        crate::sync::model(|| {
            assert_eq!(calls(1), [0]);
            assert_eq!(calls(2), [1, 0]);
            assert_eq!(calls(4), [3, 0, 0, 0]);
            let many = calls(100);
            assert_eq!(many[..3], [AT_ONCE, 1, 1]);
            assert_eq!(many.iter().sum::<usize>(), 99);
        });
    }

    #[test]
    fn what_a_lane_that_ends_has_still_to_take_is_limited_though_nobody_follows() {
        crate::sync::model(|| {
            let limits = Limits { items: 4, time: 0 };
            let mut state = State::new();
            let ring = &state.ring;
            let id = (state.lanes).insert(|serial| Lane::at_head(Sleeper, serial, limits, 1, ring));
            state.widen();
            for frame in 0..100 {
                let frame = Frame(frame);
                let facts = frame.facts();
                let mut effects = Effects::default();
                state.publish(frame, &facts, &mut effects);
                let State { lanes, ring, .. } = &mut state;
                lanes.change(id, |lane| lane.end_at_head(ring));
                assert!(ring.head() - ring.base() <= limits.items);
            }
        });
    }
}
