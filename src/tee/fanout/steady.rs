// SPDX-License-Identifier: MPL-2.0

//! What the scheduler does where everybody keeps up: short ways through [`State`], which are most of what it does. Between two
//! buffers of a camera the processor forgets all code, and fetching it again is what a delivery costs.
//!
//! Each answers only where it can do just what the long way would, which a test in `tests.rs` holds against it.

use super::crew::Seat;
use super::lane::Busy;
use super::lanes::Trait;
use super::ring::{Facts, Item};
use super::state::State;
use super::{Consumer, Job, Report};
use crate::sync::Arc;

/// What a worker does next, where that is easily said.
pub(super) enum Step<T, C> {
    To(Job<T, C>),
    Rest,
    Unsure,
}

impl<T: Item, C: Consumer> State<T, C> {
    /// Publishes where everybody keeps up, and calls the worker who will come to it: either somebody is in every lane, and none lags
    /// more than any may, or nothing is in the ring and nobody is awake but those held up. Gives the item back where it is not so.
    #[inline(always)]
    pub(super) fn publish_at_rest(
        &mut self,
        item: T,
        facts: &Facts,
    ) -> Result<Option<Arc<Seat>>, T> {
        let followers = self.lanes.count(Trait::Follows);
        let all_busy = self.lanes.count(Trait::Busy) == self.lanes.len();
        let keep_up = match all_busy {
            true => self.ring.has_room(facts.time, self.limits),
            false => self.ring.is_empty() && self.awake() == 0 && self.crew.has_idle(),
        };
        if followers == 0 || !self.urgent.is_empty() || !keep_up {
            return Err(item);
        }
        self.ring.push(item, facts, followers);
        self.start_sweep();
        Ok(if all_busy { None } else { self.crew.call() })
    }

    /// From one steady lane to the next, or on in it, or from or to rest: most of what workers do, and what a delivery costs. Where
    /// it answers, it has done what [`Self::next_job`] would have, without looking at what cannot have changed: no lane follows,
    /// ceases to be trusted or blocks for the first time, so that no other guard is due, unless it is to end.
    #[inline(always)]
    pub(super) fn next_step(&mut self, report: Option<&Report>) -> Step<T, C> {
        if !self.urgent.is_empty() || self.sweep.is_suspicious() {
            return Step::Unsure;
        }
        let from = match report {
            None => None,
            Some(report) => match self.lanes.returns(report, &self.ring) {
                None => return Step::Unsure,
                Some((busy, 0)) => Some(busy),
                Some((busy, _)) => return self.stay(report, busy).map_or(Step::Unsure, Step::To),
            },
        };
        let is_guarded = match from {
            Some(_) => self.sweep.left() > 1 || !self.sweep.watched,
            None => !self.sweep.watched && !self.is_doubtful(),
        };
        if !is_guarded {
            return Step::Unsure;
        }
        let places = self.lanes.places();
        let step = match self.sweep.peek(places) {
            None if self.sweep.is_over() => Step::Rest,
            None => return Step::Unsure,
            Some(to) => {
                let sure = match self.lanes.due(to, &self.ring) {
                    None => false,
                    Some(Busy::Slow) => {
                        let released = usize::from(from == Some(Busy::Slow));
                        self.is_enough(released, self.sweep.left() - 1)
                    }
                    Some(_) => true,
                };
                let job = sure.then(|| self.lanes.enter(to, &mut self.ring));
                let Some(job) = job.flatten() else {
                    return Step::Unsure;
                };
                self.sweep.step(places);
                self.lanes.passing(to);
                Step::To(job)
            }
        };
        if let Some(report) = report {
            self.lanes.leave(report);
        }
        step
    }

    /// From one item to the next in a steady lane, as who blocks for longer than an interval does.
    fn stay(&mut self, report: &Report, busy: Busy) -> Option<Job<T, C>> {
        let sure = match busy {
            Busy::Slow => self.is_enough(1, self.sweep.left()),
            _ => true,
        };
        let is_guarded = self.sweep.watched == self.is_doubtful();
        let job = (sure && is_guarded).then(|| self.lanes.stay(report, &mut self.ring));
        job.flatten()
    }

    /// Whether nobody need be called when somebody goes into a lane that will hold him up, who comes from so many of these, with so
    /// much of the sweep left: there is nobody, or as many are awake as [`Self::make_way`] wants.
    fn is_enough(&self, released: usize, left: usize) -> bool {
        let awake = self
            .crew
            .awake(self.lanes.count(Trait::HeldUp) + 1 - released);
        let slow = self.lanes.count(Trait::Slow) + released - 1;
        let nobody = !self.crew.has_idle() && self.crew.workers >= self.lanes.len();
        nobody || awake > 0 && awake >= Self::wanted(slow, left)
    }
}
