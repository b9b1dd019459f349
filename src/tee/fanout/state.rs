// SPDX-License-Identifier: MPL-2.0

//! What the lock of [`Fanout`](super::Fanout) guards, and every decision that is made under it. A decision that needs the
//! outside leaves word in [`Effects`], which is carried out when the lock is free.

use super::crew::{Crew, Seat, Sweep};
use super::lane::{Busy, Lane, LaneId, Lanes};
use super::ring::{Item, Limits, Ring};
use super::{Consumer, Job, Report};
use crate::sync::Arc;

pub(super) struct State<T, C> {
    pub(super) ring: Ring<T>,
    pub(super) lanes: Lanes<C>,
    /// Lanes that published items are for.
    pub(super) followers: usize,
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

/// What is left to do when the lock is free again.
pub(super) struct Effects<T, C> {
    /// The item just published, if nobody wants it.
    pub(super) unwanted: Option<T>,
    pub(super) garbage: Vec<T>,
    /// The consumer of a lane that has ended.
    pub(super) gone: Option<C>,
    pub(super) wake: Option<Arc<Seat>>,
    pub(super) hire: bool,
    pub(super) watch: Option<bool>,
    /// A worker came back from a lane that was removed.
    pub(super) returned: bool,
    /// A worker that has nobody left to wait for.
    pub(super) idle: Option<Arc<Seat>>,
}

impl<T, C> Effects<T, C> {
    pub(super) fn none() -> Self {
        Self {
            unwanted: None,
            garbage: Vec::new(),
            gone: None,
            wake: None,
            hire: false,
            watch: None,
            returned: false,
            idle: None,
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.garbage.is_empty()
            && self.gone.is_none()
            && self.wake.is_none()
            && !self.hire
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
            followers: 0,
            limits: Limits::NONE,
            sweep: Sweep::new(),
            urgent: Vec::new(),
            crew: Crew::new(),
            lost: Vec::new(),
            closed: false,
        }
    }

    /// Whether there are lanes that nobody has looked at since there was something new.
    pub(super) fn is_work_left(&self) -> bool {
        !self.sweep.is_over() || !self.urgent.is_empty()
    }

    /// Sees to it that somebody comes to what there is to do.
    pub(super) fn summon(&mut self, effects: &mut Effects<T, C>) {
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
    pub(super) fn hire(&mut self, effects: &mut Effects<T, C>) {
        if self.crew.workers < self.lanes.len() {
            self.crew.workers += 1;
            effects.hire = true;
        }
    }

    /// Arms or disarms the watch.
    pub(super) fn guard_sweep(&mut self, effects: &mut Effects<T, C>) {
        let wanted = self.is_work_left() && self.lanes.len() > 1;
        if wanted != self.sweep.watched {
            self.sweep.watched = wanted;
            effects.watch = Some(wanted);
        }
    }

    /// Changes a lane, and keeps count of those that follow; `false` if it is gone.
    pub(super) fn with_lane(
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

    pub(super) fn remove(&mut self, id: LaneId) -> Option<Lane<C>> {
        let lane = self.lanes.remove(id)?;
        if lane.follows() {
            self.followers -= 1;
        }
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
            self.lost.retain(|lane| *lane != report.lane);
            effects.returned = true;
            return None;
        };
        if busy == Some(Busy::Slow) {
            self.crew.held_up -= 1;
        }
        if report.ended {
            effects.gone = self.remove(report.lane).map(|lane| lane.consumer);
            self.send_home(effects);
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
            rested: false,
        })
    }

    /// The next lane with something to do that nobody is in.
    fn claim(&mut self, garbage: &mut Vec<T>) -> Option<Job<T, C>> {
        while let Some(id) = self.urgent.pop() {
            self.sweep.step_aside();
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
            rested: false,
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
