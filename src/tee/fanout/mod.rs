// SPDX-License-Identifier: MPL-2.0

//! The scheduler of a tee: one publisher, any number of lanes, and a few workers that carry items from the ring to
//! the lanes' consumers.
//!
//! Plain Rust, without GStreamer; `tests/loom.rs` checks these invariants in every interleaving it can reach:
//!
//! 1. A lane that is behind the head has a worker that will come to it: it is *busy* (whoever is in it looks again before
//!    leaving), or in front of the sweep, or urgent; and where there is a sweep, a worker is awake or the watch is armed.
//! 2. A lane is never pushed by two workers at once.
//! 3. Items reach a lane in order, and none twice; one that does not reach it was counted by [`Consumer::skipped`].
//! 4. Publishing, joining, ending and leaving never wait for a consumer.
//!
//! There is one lock. It is held for a few instructions, never while a consumer, a hook or the destructor of an item runs.

mod crew;
mod lane;
mod ring;

use std::time::Duration;

use crate::sync::{Arc, Mutex, MutexGuard};
use crew::{Crew, Sweep};
use lane::{Busy, Lane, Lanes};
use ring::Ring;

pub use crew::Seat;
pub use lane::LaneId;
pub use ring::{Item, Limits};

/// How long a worker sleeps before it leaves, if it is not the only one.
const IDLE_FOR: Duration = Duration::from_secs(5);

/// Who takes a lane's items.
pub trait Consumer: Clone {
    /// The consumer will not see these frames. Called with the lock held: count them, nothing else.
    fn skipped(&self, frames: u64);
}

/// What the scheduler needs from outside; called without the lock.
pub trait Hooks {
    /// Starts a thread that calls [`Fanout::work`]; `false` if none can be had.
    fn hire(&self) -> bool;
    /// From now on [`Fanout::tick`] must be called every moment (`true`), or need not be (`false`). Calls from several
    /// threads may arrive in another order than they were made: count them.
    fn watch(&self, on: bool);
}

/// What a worker does for a lane.
#[derive(Debug, PartialEq, Eq)]
pub enum Work<T> {
    /// Push this item.
    Item {
        item: T,
        /// How many frames it has.
        frames: u64,
        /// Whether something is missing between this item and the one pushed before it.
        discont: bool,
    },
    /// Ask the source for an item that the consumer can start with, unless one has come.
    AskForKey {
        /// There was none among the items published before this number.
        before: u64,
    },
    /// Push the end of the stream; nothing comes after it.
    End,
}

/// How a push went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The consumer took it, or did not want it.
    Went,
    /// The consumer lost it: the next item starts anew.
    Missed,
    /// The consumer takes nothing more until [`Fanout::restart`].
    Park,
}

/// A worker's job: do `work` for `consumer`, then come back with a [`Report`].
pub struct Job<T, C> {
    pub lane: LaneId,
    pub consumer: C,
    pub work: Work<T>,
}

/// What became of a [`Job`].
#[derive(Clone, Copy)]
pub struct Report {
    pub lane: LaneId,
    pub outcome: Outcome,
    /// The consumer held the worker up.
    pub slow: bool,
    /// The job was [`Work::End`].
    pub ended: bool,
}

struct State<T, C> {
    ring: Ring<T>,
    lanes: Lanes<C>,
    /// Lanes that published items are for.
    followers: usize,
    /// The most that any lane may lag.
    limits: Limits,
    sweep: Sweep,
    /// Lanes with something to do besides new items.
    urgent: Vec<LaneId>,
    crew: Crew,
    closed: bool,
}

/// What is left to do when the lock is free again.
struct Effects<T, C> {
    /// The item just published, if nobody wants it.
    unwanted: Option<T>,
    garbage: Vec<T>,
    /// The consumer of a lane that has ended.
    gone: Option<C>,
    wake: Option<Arc<Seat>>,
    hire: bool,
    watch: Option<bool>,
}

impl<T, C> Effects<T, C> {
    fn none() -> Self {
        Self {
            unwanted: None,
            garbage: Vec::new(),
            gone: None,
            wake: None,
            hire: false,
            watch: None,
        }
    }

    fn is_none(&self) -> bool {
        self.garbage.is_empty()
            && self.gone.is_none()
            && self.wake.is_none()
            && !self.hire
            && self.watch.is_none()
    }
}

/// The scheduler. See the module's documentation.
pub struct Fanout<T, C, H> {
    state: Mutex<State<T, C>>,
    hooks: H,
}

impl<T: Item, C: Consumer, H: Hooks> Fanout<T, C, H> {
    pub fn new(hooks: H) -> Self {
        Self {
            state: Mutex::new(State {
                ring: Ring::new(),
                lanes: Lanes::new(),
                followers: 0,
                limits: Limits::NONE,
                sweep: Sweep::new(),
                urgent: Vec::new(),
                crew: Crew::new(),
                closed: false,
            }),
            hooks,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, C>> {
        // Nothing that can panic runs under the lock.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn carry_out(&self, effects: Effects<T, C>) {
        if let Some(seat) = &effects.wake {
            seat.bell.notify_one();
        }
        if let Some(on) = effects.watch {
            self.hooks.watch(on);
        }
        if effects.hire && !self.hooks.hire() {
            self.lock().crew.workers -= 1;
        }
    }

    /// Gives an item to every lane that follows. Takes no time that depends on their number.
    ///
    /// Returns the item that has been waiting for a lane that lags since `patience` items were published, with its number:
    /// [`Self::replace`] it if it is dear.
    pub fn publish(&self, item: T, patience: u64) -> Option<(u64, T)> {
        let mut effects = Effects::none();
        let waiting;
        {
            let mut state = self.lock();
            let (followers, limits) = (state.followers, state.limits);
            effects.unwanted = state.ring.push(item, followers);
            if followers > 0 {
                state.ring.trim(limits, &mut effects.garbage);
                let places = state.lanes.places();
                state.sweep.start(places);
                state.summon(&mut effects);
            }
            waiting = (state.ring.head().checked_sub(1 + patience))
                .and_then(|number| Some((number, state.ring.peek(number)?.clone())));
        }
        self.carry_out(effects);
        waiting
    }

    /// Puts another item in the place of one that a lane has still to take.
    pub fn replace(&self, number: u64, item: T) {
        let left = self.lock().ring.replace(number, item);
        drop(left);
    }

    /// Adds a lane that starts with the next item.
    pub fn join(&self, consumer: C, limits: Limits) -> LaneId {
        let mut effects = Effects::none();
        let id = {
            let mut state = self.lock();
            let state = &mut *state;
            let places = state.lanes.places();
            let ring = &state.ring;
            let id = state
                .lanes
                .insert(|serial| Lane::at_head(consumer, serial, limits, ring));
            if state.lanes.places() > places {
                state.sweep.grow();
            }
            state.followers += 1;
            state.widen();
            // The first worker is there before the first item, so that the publisher need not start it.
            if state.crew.workers == 0 {
                state.hire(&mut effects);
            }
            id
        };
        self.carry_out(effects);
        id
    }

    /// Changes how far a lane may lag.
    pub fn set_limits(&self, id: LaneId, limits: Limits) {
        self.change(id, |lane, _, _| lane.limits = limits);
    }

    /// The lane takes what has been published and then ends.
    pub fn end(&self, id: LaneId) {
        self.change(id, |lane, ring, _| lane.end_at_head(ring));
    }

    /// A parked lane follows again; the next item starts anew.
    pub fn restart(&self, id: LaneId) {
        self.change(id, |lane, ring, garbage| lane.restart(ring, garbage));
    }

    fn change(&self, id: LaneId, act: impl FnOnce(&mut Lane<C>, &mut Ring<T>, &mut Vec<T>)) {
        let mut effects = Effects::none();
        {
            let mut state = self.lock();
            if state.with_lane(id, &mut effects.garbage, act) {
                state.widen();
                state.urgent.push(id);
                state.summon(&mut effects);
            }
        }
        self.carry_out(effects);
    }

    /// Removes a lane; what it has not taken is counted as skipped. A worker that is in it is not waited for: whether there
    /// is one is returned.
    pub fn leave(&self, id: LaneId) -> bool {
        let mut effects = Effects::none();
        let removed = {
            let mut state = self.lock();
            state.with_lane(id, &mut effects.garbage, Lane::abandon);
            let removed = state.remove(id);
            if let Some(busy) = removed.as_ref().and_then(|lane| lane.busy) {
                state.crew.workers -= 1;
                if busy == Busy::Slow {
                    state.crew.held_up -= 1;
                }
                // What this worker would have done next is somebody else's now.
                if state.is_work_left() || state.crew.workers == 0 {
                    state.summon(&mut effects);
                }
            }
            removed
        };
        self.carry_out(effects);
        removed.is_some_and(|lane| lane.busy.is_some())
    }

    /// Workers leave as soon as nothing is left to do.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        while let Some(seat) = state.crew.call() {
            seat.bell.notify_one();
        }
    }

    /// The watch: if the sweep stands still, those who are in a push are held up, and somebody else must go on.
    pub fn tick(&self) {
        let mut effects = Effects::none();
        {
            let mut state = self.lock();
            let state = &mut *state;
            if state.sweep.stands_still() {
                for lane in state.lanes.iter_mut() {
                    if lane.busy == Some(Busy::Fast) {
                        lane.busy = Some(Busy::Slow);
                        lane.mark_slow();
                        state.crew.held_up += 1;
                    }
                }
                state.summon(&mut effects);
            }
        }
        self.carry_out(effects);
    }

    /// Gives the calling worker its next job, after it has reported on the last one. Sleeps while there is none;
    /// `None` sends the worker away.
    pub fn work(&self, seat: &Arc<Seat>, mut report: Option<Report>) -> Option<Job<T, C>> {
        loop {
            let mut effects = Effects::none();
            let mut state = self.lock();
            let job = state.next_job(report.take(), &mut effects);
            if job.is_none() && effects.is_none() {
                if !self.sleep(state, seat) {
                    return None;
                }
                continue;
            }
            drop(state);
            self.carry_out(effects);
            if job.is_some() {
                return job;
            }
        }
    }

    /// Sleeps until there may be work; `false` sends the worker away.
    fn sleep(&self, mut state: MutexGuard<'_, State<T, C>>, seat: &Arc<Seat>) -> bool {
        if state.closed {
            state.crew.workers -= 1;
            return false;
        }
        state.crew.sit(seat);
        while state.crew.sits(seat) {
            let timed_out;
            (state, timed_out) = match seat.bell.wait_timeout(state, IDLE_FOR) {
                Ok((state, timeout)) => (state, timeout.timed_out()),
                Err(poisoned) => (poisoned.into_inner().0, false),
            };
            let needed = state.crew.workers == 1 && state.lanes.len() > 0;
            if timed_out && !needed && state.crew.sits(seat) {
                state.crew.stand(seat);
                state.crew.workers -= 1;
                return false;
            }
        }
        true
    }
}

impl<T: Item, C: Consumer> State<T, C> {
    /// Whether there are lanes that nobody has looked at since there was something new.
    fn is_work_left(&self) -> bool {
        !self.sweep.is_over() || !self.urgent.is_empty()
    }

    /// Sees to it that somebody comes to what there is to do.
    fn summon(&mut self, effects: &mut Effects<T, C>) {
        if self.crew.awake() > 0 {
            // They will come; should they be held up, the watch says so.
            self.guard_sweep(effects);
        } else if let Some(seat) = self.crew.call() {
            effects.wake = Some(seat);
        } else {
            self.hire(effects);
        }
    }

    /// One more worker, but never more than lanes.
    fn hire(&mut self, effects: &mut Effects<T, C>) {
        if self.crew.workers < self.lanes.len() {
            self.crew.workers += 1;
            effects.hire = true;
        }
    }

    /// Arms or disarms the watch.
    fn guard_sweep(&mut self, effects: &mut Effects<T, C>) {
        let wanted = self.is_work_left() && self.lanes.len() > 1;
        if wanted != self.sweep.watched {
            self.sweep.watched = wanted;
            effects.watch = Some(wanted);
        }
    }

    /// Changes a lane, and keeps count of those that follow; `false` if it is gone.
    fn with_lane(
        &mut self,
        id: LaneId,
        garbage: &mut Vec<T>,
        act: impl FnOnce(&mut Lane<C>, &mut Ring<T>, &mut Vec<T>),
    ) -> bool {
        let Some(lane) = self.lanes.get(id) else {
            return false;
        };
        let followed = lane.follows();
        act(lane, &mut self.ring, garbage);
        match (followed, lane.follows()) {
            (true, false) => self.followers -= 1,
            (false, true) => self.followers += 1,
            _ => {}
        }
        true
    }

    fn remove(&mut self, id: LaneId) -> Option<Lane<C>> {
        let lane = self.lanes.remove(id)?;
        if lane.follows() {
            self.followers -= 1;
        }
        self.widen();
        Some(lane)
    }

    fn widen(&mut self) {
        self.limits = self
            .lanes
            .iter()
            .map(|lane| lane.limits)
            .fold(Limits::NONE, Limits::widest);
    }

    fn next_job(
        &mut self,
        report: Option<Report>,
        effects: &mut Effects<T, C>,
    ) -> Option<Job<T, C>> {
        let again = report.and_then(|report| self.settle(report, effects));
        let job = match again {
            Some(job) => Some(job),
            None => self.claim(&mut effects.garbage),
        };
        self.guard_sweep(effects);
        if let Some(job) = &job {
            self.enter(job.lane, effects);
        }
        job
    }

    /// Takes note of a report, and stays in the lane while it is behind.
    fn settle(&mut self, report: Report, effects: &mut Effects<T, C>) -> Option<Job<T, C>> {
        let Some(busy) = self.lanes.get(report.lane).map(|lane| lane.busy.take()) else {
            // The lane was removed under this worker, who was given up for lost.
            self.crew.workers += 1;
            return None;
        };
        if busy == Some(Busy::Slow) {
            self.crew.held_up -= 1;
        }
        if report.ended {
            effects.gone = self.remove(report.lane).map(|lane| lane.consumer);
            return None;
        }
        self.with_lane(report.lane, &mut effects.garbage, |lane, ring, garbage| {
            lane.settle(report.outcome, report.slow, ring, garbage);
        });
        let lane = self.lanes.get(report.lane)?;
        let work = lane.next_work(&mut self.ring, &mut effects.garbage)?;
        Some(Job {
            lane: report.lane,
            consumer: lane.consumer.clone(),
            work,
        })
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
                return Some(job);
            }
        }
        None
    }

    fn job_at(&mut self, index: usize, garbage: &mut Vec<T>) -> Option<Job<T, C>> {
        let lane = self.lanes.at(index)?;
        if lane.busy.is_some() {
            // Whoever is in it goes on by itself; here it is only kept from lagging too far.
            lane.catch_up(&mut self.ring, garbage);
            return None;
        }
        let work = lane.next_work(&mut self.ring, garbage)?;
        Some(Job {
            lane: LaneId {
                index,
                serial: lane.serial,
            },
            consumer: lane.consumer.clone(),
            work,
        })
    }

    /// A worker goes into a lane; if it will be held up there, somebody else must be free.
    fn enter(&mut self, id: LaneId, effects: &mut Effects<T, C>) {
        let Some(lane) = self.lanes.get(id) else {
            return;
        };
        let slow = lane.is_slow();
        lane.busy = Some(if slow { Busy::Slow } else { Busy::Fast });
        if !slow {
            return;
        }
        self.crew.held_up += 1;
        if self.crew.awake() > 0 {
            return;
        }
        if !self.crew.has_idle() {
            self.hire(effects);
        } else if self.is_work_left() {
            effects.wake = self.crew.call();
        }
    }
}
