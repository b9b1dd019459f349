// SPDX-License-Identifier: MPL-2.0

//! Lanes that are removed, and the workers that were in them.

use std::time::{Duration, Instant};

use super::lane::{Lane, LaneId};
use super::ring::{Item, Ring};
use super::state::{Effects, State};
use super::{Consumer, Fanout, Hooks, Rest};

impl<T: Item, C: Consumer, H: Hooks> Fanout<T, C, H> {
    /// Removes a lane; what it has not taken is counted as skipped. A worker that is in it is not waited for: whether there
    /// is one is returned.
    pub fn leave(&self, id: LaneId) -> bool {
        self.remove(id, |lane, ring, garbage| lane.abandon(ring, garbage))
    }

    /// The same, but what it has not taken goes to the caller, in place of its consumer; and whether something is missing after
    /// that.
    pub fn take_over(&self, id: LaneId) -> (Vec<Rest<T>>, bool) {
        let mut taken = (Vec::new(), false);
        self.remove(id, |lane, ring, garbage| {
            let rest = lane.take_rest(ring, garbage);
            lane.abandon(ring, garbage);
            taken = (rest, lane.misses_something());
        });
        taken
    }

    fn remove(
        &self,
        id: LaneId,
        empty: impl FnOnce(&mut Lane<C>, &mut Ring<T>, &mut Vec<T>),
    ) -> bool {
        let mut effects = Effects::default();
        let busy = {
            let mut state = self.lock();
            let State { lanes, ring, .. } = &mut *state;
            lanes.change(id, |lane| empty(lane, ring, &mut effects.garbage));
            let removed = state.remove(id);
            let busy = removed.as_ref().is_some_and(|lane| lane.busy.is_some());
            effects.gone = removed.map(|lane| lane.consumer);
            if busy {
                state.lost.push(id);
                state.crew.workers -= 1;
                // What this worker would have done next is somebody else's now.
                if state.crew.workers == 0 {
                    state.hire(&mut effects);
                } else {
                    state.summon(&mut effects);
                }
            }
            state.guard_sweep(&mut effects);
            state.send_home(&mut effects);
            busy
        };
        self.carry_out(effects);
        busy
    }

    /// Waits until the worker that was in a removed lane has come back, but no longer than this; whether it has not.
    pub fn is_lost_after(&self, id: LaneId, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        while state.lost.contains(&id) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            state = match self.returned.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        false
    }

    /// Waits until the worker that was in a removed lane has come back.
    pub fn wait_for(&self, id: LaneId) {
        let mut state = self.lock();
        while state.lost.contains(&id) {
            state = match self.returned.wait(state) {
                Ok(state) => state,
                Err(poisoned) => poisoned.into_inner(),
            };
        }
    }
}
