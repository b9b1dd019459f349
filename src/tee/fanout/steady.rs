// SPDX-License-Identifier: MPL-2.0

//! What the scheduler does where everybody keeps up: short ways through [`State`], which are most of what it does. Between two
//! buffers of a camera the processor forgets all code, and fetching it again is what a delivery costs.
//!
//! Each answers only where it can do just what the long way would, which a test in `tests.rs` holds against it.

use super::crew::Seat;
use super::lanes::Trait;
use super::ring::Item;
use super::state::State;
use super::{Consumer, Job, Outcome, Report};
use crate::sync::Arc;

/// What a worker does next, where that is easily said.
pub(super) enum Step<T, C> {
    To(Job<T, C>),
    Rest,
    Unsure,
}

impl<T: Item, C: Consumer> State<T, C> {
    /// Publishes where everybody keeps up, and calls the worker who will come to it: nothing is in the ring, and either somebody is
    /// in every lane, or nobody is awake but those held up. Gives the item back where it is not so.
    pub(super) fn publish_at_rest(&mut self, item: T) -> Result<Option<Arc<Seat>>, T> {
        let followers = self.lanes.count(Trait::Follows);
        let all_busy = self.lanes.count(Trait::Busy) == self.lanes.len();
        let sleep = self.awake() == 0 && self.crew.has_idle();
        if followers == 0
            || !self.ring.is_empty()
            || !self.urgent.is_empty()
            || !(all_busy || sleep)
        {
            return Err(item);
        }
        self.ring.push(item, followers);
        self.start_sweep();
        Ok(if all_busy { None } else { self.crew.call() })
    }

    /// From one steady lane to the next, or from or to rest: most of what workers do, and all of which the price counts. Where it
    /// answers, it has done what [`Self::next_job`] would have, without looking at what cannot have changed: of all counts of
    /// lanes only that of the busy has, so that neither more workers are due nor another guard, unless it is a close one. A lane that
    /// has just joined is guarded from the next item on, which is its first.
    pub(super) fn next_step(&mut self, report: Option<&Report>) -> Step<T, C> {
        let went =
            |report: &Report| report.outcome == Outcome::Went && !report.slow && !report.ended;
        if !report.is_none_or(went) || !self.urgent.is_empty() || self.sweep.is_suspicious() {
            return Step::Unsure;
        }
        let places = self.lanes.places();
        let (from, to) = (report.map(|report| report.lane), self.sweep.peek(places));
        let is_guarded = match from {
            Some(_) => self.sweep.left() > 1 || !self.sweep.watched,
            None => !self.sweep.watched && !self.is_doubtful(),
        };
        let is_sure = is_guarded
            && from.is_none_or(|from| self.lanes.is_done(from, &self.ring))
            && match to {
                Some(to) => self.lanes.is_due(to, &self.ring),
                None => self.sweep.is_over(),
            };
        if !is_sure {
            return Step::Unsure;
        }
        let step = match to {
            None => Step::Rest,
            Some(to) => {
                let Some(job) = self.lanes.enter(to, &mut self.ring) else {
                    return Step::Unsure;
                };
                self.sweep.step(places);
                self.lanes.passing(to);
                Step::To(job)
            }
        };
        if let Some(from) = from {
            self.lanes.leave(from);
        }
        step
    }
}
