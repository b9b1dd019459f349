// SPDX-License-Identifier: MPL-2.0

//! The scheduler of a tee: one publisher, any number of lanes, and a few workers that carry items from the ring to
//! the lanes' consumers.
//!
//! Plain Rust, without GStreamer; `tests/loom.rs` checks these invariants in every interleaving it can reach:
//!
//! 1. A lane that is behind the head has a worker that will come to it: it is *busy* (whoever is in it looks again before
//!    leaving), or in front of the sweep, or urgent; and where there is a sweep, a worker is awake, or the watch looks. Should a
//!    trusted consumer hold that worker up, the next item shows it, or [`Fanout::nothing_follows`], which is due if none comes.
//! 2. A lane is never pushed by two workers at once.
//! 3. Items reach a lane in order, and none twice; one that does not reach it was counted by [`Consumer::skipped`].
//! 4. Publishing, joining, ending and leaving never wait for a consumer.
//!
//! There is one lock. It is held for a few instructions, never while a consumer, a hook or the destructor of an item runs.

mod crew;
mod lane;
mod lanes;
mod leaving;
mod ring;
mod state;
mod steady;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::sync::{Arc, Condvar, Mutex, MutexGuard};
use lane::Lane;
use ring::Ring;
use state::{Effects, State};
use steady::Step;

use crew::Seat;
pub use lane::LaneId;
pub use ring::{Facts, Item, Limits};

/// How long a worker sleeps before it leaves, if there is another one or no lane is left.
const IDLE_FOR: Duration = Duration::from_secs(5);

/// Who takes a lane's items.
pub trait Consumer: Clone {
    /// The consumer will not see these frames. Called with the lock held: count them, nothing else.
    fn skipped(&self, frames: u64);
    /// A worker will go into this lane after the next one. Called with the lock held, as is the next: a hint, nothing else.
    fn comes_next_but_one(&self) {}
    /// A worker will go into this lane next.
    fn comes_next(&self) {}
}

/// What the scheduler needs from outside; called without the lock.
pub trait Hooks {
    /// How many pushes in a row a consumer has to return at once before it is trusted to go on doing so.
    const TRUSTED_AFTER: u8;
    /// Starts a thread that calls [`Fanout::work`]; `false` if none can be had.
    fn hire(&self) -> bool;
    /// From now on [`Fanout::tick`] is to be called every moment, or need not be any more. Calls from several threads may arrive in
    /// another order than they were made: count them.
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

/// An item that a lane had still to take.
pub struct Rest<T> {
    pub item: T,
    /// How many frames it has.
    pub frames: u64,
    /// Whether something is missing before it.
    pub discont: bool,
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

/// What a worker has of its own.
pub struct Worker<T, C> {
    seat: Arc<Seat>,
    /// It slept before it got its job.
    rested: bool,
    /// Nothing, between any two jobs.
    effects: Effects<T, C>,
}

impl<T, C> Default for Worker<T, C> {
    fn default() -> Self {
        Self {
            seat: Arc::default(),
            rested: false,
            effects: Effects::default(),
        }
    }
}

impl<T, C> Worker<T, C> {
    /// Whether it slept before it got its job.
    pub fn has_rested(&self) -> bool {
        self.rested
    }
}

/// The scheduler. See the module's documentation.
pub struct Fanout<T, C, H> {
    state: Mutex<State<T, C>>,
    /// A worker came back from a lane that was removed.
    returned: Condvar,
    hooks: H,
}

impl<T: Item, C: Consumer, H: Hooks> Fanout<T, C, H> {
    pub fn new(hooks: H) -> Self {
        Self {
            state: Mutex::new(State::new()),
            returned: Condvar::new(),
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
        for seat in effects.wake.iter().map_while(Option::as_ref) {
            seat.bell.notify_one();
        }
        if let Some(on) = effects.watch {
            self.hooks.watch(on);
        }
        if effects.returned {
            self.returned.notify_all();
        }
        if let Some(seat) = &effects.idle {
            seat.bell.notify_one();
        }
        for _ in 0..effects.hire {
            if !self.hooks.hire() {
                self.lock().crew.workers -= 1;
            }
        }
    }

    /// Gives an item to every lane that follows, unless it is not due any more when its turn has come; `is_due` decides under the
    /// lock. Whether it was. Takes no time that depends on the number of lanes.
    pub fn publish(&self, item: T, is_due: impl FnOnce() -> bool) -> bool {
        let facts = item.facts();
        let mut state = self.lock();
        if !is_due() {
            return false;
        }
        match state.publish_at_rest(item, &facts) {
            Ok(called) => {
                drop(state);
                if let Some(seat) = called {
                    seat.bell.notify_one();
                }
            }
            Err(item) => self.publish_amid(state, item, &facts),
        }
        true
    }

    /// The same where [`State::publish_at_rest`] does not.
    #[inline(never)]
    fn publish_amid(&self, mut state: MutexGuard<'_, State<T, C>>, item: T, facts: &Facts) {
        let mut effects = Effects::default();
        state.publish(item, facts, &mut effects);
        drop(state);
        self.carry_out(effects);
    }

    /// Takes what exceeds these limits from the lanes that have still to take it; they count it as skipped.
    pub fn withdraw(&self, limits: Limits) {
        let mut garbage = Vec::new();
        self.lock().ring.trim(limits, &mut garbage);
    }

    /// Adds a lane that starts with the next item.
    pub fn join(&self, consumer: C, limits: Limits) -> LaneId {
        let mut effects = Effects::default();
        let id = {
            let mut state = self.lock();
            let state = &mut *state;
            let places = state.lanes.places();
            let ring = &state.ring;
            let id = state
                .lanes
                .insert(|serial| Lane::at_head(consumer, serial, limits, H::TRUSTED_AFTER, ring));
            if state.lanes.places() > places {
                state.sweep.grow();
            }
            state.widen();
            // The first worker is there before the first item, so that the publisher need not start it.
            if state.crew.workers == 0 {
                state.hire(&mut effects);
            }
            state.guard_sweep(&mut effects);
            id
        };
        self.carry_out(effects);
        id
    }

    /// The last moment in the last item that had a time.
    pub fn newest(&self) -> Option<u64> {
        self.lock().ring.newest()
    }

    /// What was published is on another time line than what comes.
    pub fn forget_time(&self) {
        self.lock().ring.forget_time();
    }

    /// Changes how far a lane may lag.
    pub fn set_limits(&self, id: LaneId, limits: Limits) {
        self.change(id, |lane, _, _| lane.limits = limits);
    }

    /// The lane takes what has been published and then ends.
    pub fn end(&self, id: LaneId) {
        self.change(id, |lane, ring, _| lane.end_at_head(ring));
    }

    /// The same of every lane.
    pub fn end_all(&self) {
        let lanes = self.lock().lanes.ids();
        lanes.into_iter().for_each(|id| self.end(id));
    }

    /// A parked lane follows again; the next item starts anew.
    pub fn restart(&self, id: LaneId) {
        self.change(id, |lane, ring, garbage| lane.restart(ring, garbage));
    }

    fn change(&self, id: LaneId, act: impl FnOnce(&mut Lane<C>, &mut Ring<T>, &mut Vec<T>)) {
        let mut effects = Effects::default();
        {
            let mut state = self.lock();
            let State { lanes, ring, .. } = &mut *state;
            let busy = lanes.change(id, |lane| {
                act(lane, ring, &mut effects.garbage);
                lane.busy.is_some()
            });
            state.widen();
            // Whoever is in a lane looks again before leaving it.
            if busy == Some(false) {
                state.urgent.push(id);
                state.summon(&mut effects);
            }
        }
        self.carry_out(effects);
    }

    /// Workers leave as soon as nothing is left to do.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        while let Some(seat) = state.crew.call() {
            seat.bell.notify_one();
        }
    }

    /// No item has come for long: only the next one would have shown that a trusted consumer blocks. To be called once.
    pub fn nothing_follows(&self) {
        let mut effects = Effects::default();
        self.lock().doubt(&mut effects);
        self.carry_out(effects);
    }

    /// The watch: whoever has been in a push since the last call is held up, and somebody else must go on.
    pub fn tick(&self) {
        let mut effects = Effects::default();
        self.lock().look(&mut effects);
        self.carry_out(effects);
    }

    /// Gives the calling worker its next job, after it has reported on the last one. Sleeps while there is none;
    /// `None` sends the worker away.
    pub fn work(&self, worker: &mut Worker<T, C>, mut report: Option<Report>) -> Option<Job<T, C>> {
        let mut state = self.lock();
        worker.rested = false;
        loop {
            match state.next_step(report.as_ref()) {
                Step::To(job) => return Some(job),
                Step::Rest => report = None,
                Step::Unsure => match self.next_job(state, worker, report.take()) {
                    Ok(job) => return Some(job),
                    Err(locked) => state = locked,
                },
            }
            state = self.sleep(state, &worker.seat)?;
            worker.rested = true;
        }
    }

    /// The same, whatever there is to do; the lock if that is nothing.
    #[inline(never)]
    fn next_job<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<T, C>>,
        worker: &mut Worker<T, C>,
        mut report: Option<Report>,
    ) -> Result<Job<T, C>, MutexGuard<'a, State<T, C>>> {
        loop {
            let job = state.next_job(report.take(), &mut worker.effects);
            if worker.effects.is_none() {
                return job.ok_or(state);
            }
            drop(state);
            self.carry_out(std::mem::take(&mut worker.effects));
            if let Some(job) = job {
                return Ok(job);
            }
            state = self.lock();
        }
    }

    /// Sleeps until there may be work; `None` sends the worker away.
    fn sleep<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<T, C>>,
        seat: &Arc<Seat>,
    ) -> Option<MutexGuard<'a, State<T, C>>> {
        if state.closed {
            state.crew.workers -= 1;
            return None;
        }
        state.crew.sit(seat);
        while state.crew.sits(seat) {
            // The one who stays needs no alarm clock, which costs as much as a good part of a delivery.
            if state.crew.sits_first(seat) && state.lanes.len() > 0 {
                state = match seat.bell.wait(state) {
                    Ok(state) => state,
                    Err(poisoned) => poisoned.into_inner(),
                };
                continue;
            }
            let timed_out;
            (state, timed_out) = match seat.bell.wait_timeout(state, IDLE_FOR) {
                Ok((state, timeout)) => (state, timeout.timed_out()),
                Err(poisoned) => (poisoned.into_inner().0, false),
            };
            let stays = state.crew.sits_first(seat) && state.lanes.len() > 0;
            if timed_out && !stays && state.crew.sits(seat) {
                state.crew.stand(seat);
                state.crew.workers -= 1;
                return None;
            }
        }
        Some(state)
    }
}
