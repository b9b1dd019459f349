// SPDX-License-Identifier: MPL-2.0

//! A branch's place in a fan-out.

use std::sync::{Arc, Weak};

use super::Tee;
use super::fanout::{LaneId, Limits, Rest};
use super::item::Item;

/// Which lane of which tee. Keeps neither alive: of a tee that is gone nothing is asked.
#[derive(Clone, Debug)]
pub struct Place {
    tee: Weak<Tee>,
    lane: LaneId,
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.tee.ptr_eq(&other.tee) && self.lane == other.lane
    }
}

impl Place {
    pub(super) fn new(tee: &Tee, lane: LaneId) -> Self {
        Self {
            tee: tee.this.clone(),
            lane,
        }
    }

    fn ask<R: Default>(&self, ask: impl FnOnce(&Arc<Tee>, LaneId) -> R) -> R {
        match self.tee.upgrade() {
            Some(tee) => ask(&tee, self.lane),
            None => R::default(),
        }
    }

    /// Removes the branch at once, whatever its consumer does; returns whether a worker still is with that.
    pub fn leave(&self) -> bool {
        self.ask(Tee::leave)
    }

    /// Removes the branch, and gives the caller what it had still to get, and whether something is missing after that.
    pub fn take_over(&self) -> (Vec<Rest<Item>>, bool) {
        self.ask(Tee::take_over)
    }

    /// Whether the consumer of a branch that was removed is in a push.
    pub fn is_busy(&self) -> bool {
        self.ask(Tee::is_busy)
    }

    /// Whether the consumer of a branch that was removed is still in a push after a moment.
    pub fn is_held(&self) -> bool {
        self.ask(Tee::is_held)
    }

    /// Waits until the consumer of a branch that was removed has returned from its push, unless it is the caller.
    pub fn wait_for(&self) {
        self.ask(Tee::wait_for);
    }

    /// Pushes EOS after what has been published.
    pub fn end(&self) {
        self.ask(|tee, lane| tee.fanout.end(lane));
    }

    /// Starts the branch anew: its consumer changed.
    pub fn restart(&self) {
        self.ask(|tee, lane| tee.fanout.restart(lane));
    }

    /// Changes how far the branch may lag.
    pub fn set_limits(&self, limits: Limits) {
        self.ask(|tee, lane| tee.fanout.set_limits(lane, limits));
    }
}
