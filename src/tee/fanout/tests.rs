// SPDX-License-Identifier: MPL-2.0

//! What the scheduler decides, act by act: with workers that are no threads.

use std::sync::Arc as Shared;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use super::crew::Seat;
use super::lane::{Busy, Lane, LaneId};
use super::lanes::Trait;
use super::ring::tests::Frame;
use super::ring::{Item, Limits};
use super::state::{Effects, State};
use super::steady::Step;
use super::{Consumer, Fanout, Hooks, Job, Outcome, Report, Work};
use crate::sync::{Arc, MutexGuard};

mod blocking;
mod random;

/// What a scheduler said to the outside.
#[derive(Default)]
struct Said {
    /// Frames that somebody does not get.
    skipped: AtomicU64,
    /// How often the watch was to look, more than it was not.
    watch: AtomicI32,
}

#[derive(Clone)]
struct Taker(Shared<Said>);

impl Consumer for Taker {
    fn skipped(&self, frames: u64) {
        self.0.skipped.fetch_add(frames, Relaxed);
    }
}

struct Nobody(Shared<Said>);

impl Hooks for Nobody {
    const TRUSTED_AFTER: u8 = 1;

    fn hire(&self) -> bool {
        false
    }

    fn watch(&self, on: bool) {
        self.0.watch.fetch_add(if on { 1 } else { -1 }, Relaxed);
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Publish,
    /// The watch looks.
    Tick,
    /// Nothing has come for long.
    Silence,
    /// A worker comes back from where it was, held up there or not, and goes on.
    Work {
        worker: usize,
        slow: bool,
        outcome: Outcome,
    },
    /// Another lane, that may lag so far.
    Join(u64),
    /// Something happens to one of the lanes that there have been.
    Lane(usize, Change),
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Leave,
    TakeOver,
    End,
    Restart,
    Limit(u64),
}

const fn work(worker: usize, slow: bool) -> Act {
    Act::Work {
        worker,
        slow,
        outcome: Outcome::Went,
    }
}

/// What happens all the time, with two workers.
const USUAL: [Act; 7] = [
    Act::Publish,
    Act::Tick,
    Act::Silence,
    work(0, false),
    work(1, false),
    work(0, true),
    work(1, true),
];

fn limits(items: u64) -> Limits {
    Limits { items, time: 0 }
}

/// A scheduler and its workers, who take the short ways or not.
struct Rig {
    fanout: Fanout<Frame, Taker, Nobody>,
    said: Shared<Said>,
    /// All lanes that there have been, and those that were to end.
    lanes: Vec<LaneId>,
    ended: Vec<LaneId>,
    seats: Vec<Arc<Seat>>,
    /// Where each worker is, and what for.
    within: Vec<Option<(LaneId, Work<Frame>)>>,
    short: bool,
    /// How often a short way was taken.
    taken: usize,
}

/// All that can be told apart.
#[derive(Debug, PartialEq)]
struct Seen {
    within: String,
    sits: Vec<bool>,
    workers: usize,
    lanes: Vec<(Option<Busy>, u8, u64)>,
    traits: [usize; 6],
    sweep: (usize, Option<usize>, [bool; 3]),
    urgent: Vec<LaneId>,
    ring: [u64; 3],
    skipped: u64,
}

impl Rig {
    /// With so many lanes, all of them steady, the first of them slow, and so many workers that sleep.
    fn new(lanes: usize, slow: usize, workers: usize, short: bool) -> Self {
        let said = Shared::<Said>::default();
        let mut rig = Self {
            fanout: Fanout::new(Nobody(said.clone())),
            said,
            lanes: Vec::new(),
            ended: Vec::new(),
            seats: (0..workers).map(|_| Arc::default()).collect(),
            within: (0..workers).map(|_| None).collect(),
            short: false,
            taken: 0,
        };
        {
            let mut state = rig.fanout.lock();
            state.crew.workers = workers;
            rig.seats.iter().for_each(|seat| state.crew.sit(seat));
        }
        for index in 0..lanes {
            rig.act(Act::Join(1 + index as u64 % 2));
        }
        // The second time, for what they have to be told the first time.
        for _ in 0..2 {
            rig.act(Act::Publish);
            for _ in 0..=lanes {
                for worker in 0..workers {
                    let is_slow = |(lane, _): &(LaneId, _)| lane.index < slow;
                    let slow = rig.within[worker].as_ref().is_some_and(is_slow);
                    rig.act(work(worker, slow));
                }
            }
        }
        assert_eq!(rig.count(Trait::Steady), lanes);
        assert_eq!(rig.count(Trait::Slow), slow);
        rig.short = short;
        rig
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Publish => self.publish(),
            Act::Tick => self.fanout.tick(),
            Act::Silence => self.fanout.nothing_follows(),
            Act::Work {
                worker,
                slow,
                outcome,
            } => self.work(worker, slow, outcome),
            Act::Join(items) => {
                let lane = self.fanout.join(Taker(self.said.clone()), limits(items));
                self.lanes.push(lane);
            }
            Act::Lane(which, change) => {
                if let Some(which) = which.checked_rem(self.lanes.len()) {
                    self.change(self.lanes[which], change);
                }
            }
        }
    }

    fn change(&mut self, lane: LaneId, change: Change) {
        match change {
            Change::Leave => drop(self.fanout.leave(lane)),
            Change::TakeOver => drop(self.fanout.take_over(lane)),
            Change::End => {
                self.fanout.end(lane);
                self.ended.push(lane);
            }
            Change::Restart => self.fanout.restart(lane),
            Change::Limit(items) => self.fanout.set_limits(lane, limits(items)),
        }
    }

    fn publish(&mut self) {
        let mut state = self.fanout.lock();
        let mut item = Frame(state.ring.head());
        let facts = item.facts();
        if self.short {
            item = match state.publish_at_rest(item, &facts) {
                Ok(_) => return self.taken += 1,
                Err(item) => item,
            };
        }
        self.fanout.publish_amid(state, item, &facts);
    }

    fn work(&mut self, worker: usize, slow: bool, outcome: Outcome) {
        let worker = worker % self.seats.len();
        let mut state = self.fanout.lock();
        let seat = &self.seats[worker];
        if state.crew.sits(seat) {
            return;
        }
        let report = self.within[worker].take().map(|(lane, work)| Report {
            lane,
            outcome,
            slow,
            ended: work == Work::End,
        });
        let within = |job: Job<Frame, Taker>| Some((job.lane, job.work));
        if self.short {
            match state.next_step(report.as_ref()) {
                Step::To(job) => {
                    self.taken += 1;
                    self.within[worker] = within(job);
                    return;
                }
                Step::Rest => {
                    self.taken += 1;
                    return state.crew.sit(seat);
                }
                Step::Unsure => {}
            }
        }
        let mut effects = Effects::default();
        let job = state.next_job(report, &mut effects);
        if job.is_none() {
            state.crew.sit(seat);
        }
        drop(state);
        self.within[worker] = job.and_then(within);
        self.fanout.carry_out(effects);
    }

    /// A worker goes on after a push that returned at once.
    fn goes_on(&mut self, worker: usize) {
        self.act(work(worker, false));
    }

    fn state(&self) -> MutexGuard<'_, State<Frame, Taker>> {
        self.fanout.lock()
    }

    fn count(&self, which: Trait) -> usize {
        self.state().lanes.count(which)
    }

    fn sits(&self, worker: usize) -> bool {
        self.state().crew.sits(&self.seats[worker])
    }

    fn seen(&self) -> Seen {
        let state = self.state();
        let (ring, sweep) = (&state.ring, &state.sweep);
        let lane = |lane: &Lane<_>| (lane.busy, lane.slow, lane.behind(ring));
        let traits = [
            Trait::Follows,
            Trait::Busy,
            Trait::HeldUp,
            Trait::Slow,
            Trait::Doubtful,
            Trait::Steady,
        ];
        Seen {
            within: format!("{:?}", self.within),
            sits: self
                .seats
                .iter()
                .map(|seat| state.crew.sits(seat))
                .collect(),
            workers: state.crew.workers,
            lanes: state.lanes.iter().map(lane).collect(),
            traits: traits.map(|which| state.lanes.count(which)),
            sweep: (
                sweep.left(),
                sweep.peek(state.lanes.places()),
                [sweep.is_overdue(), sweep.is_suspicious(), sweep.watched],
            ),
            urgent: state.urgent.clone(),
            ring: [ring.base(), ring.head(), ring.frames()],
            skipped: self.said.skipped.load(Relaxed),
        }
    }
}

#[test]
fn the_short_ways_lead_where_the_long_one_does() {
    const LENGTH: u32 = 5;
    let choices = USUAL.len();
    let mut taken = 0;
    let slow = |lanes| (0..=lanes).map(move |slow| (lanes, slow));
    for (lanes, slow) in (1..=3).flat_map(slow) {
        for mut which in 0..choices.pow(LENGTH) {
            let acts: Vec<Act> = (0..LENGTH)
                .map(|_| {
                    let act = USUAL[which % choices];
                    which /= choices;
                    act
                })
                .collect();
            let counted = Shared::<AtomicU64>::default();
            let count = counted.clone();
            crate::sync::model(move || {
                let mut long = Rig::new(lanes, slow, 2, false);
                let mut short = Rig::new(lanes, slow, 2, true);
                for act in &acts {
                    long.act(*act);
                    short.act(*act);
                    assert_eq!(
                        long.seen(),
                        short.seen(),
                        "{lanes} lanes, {slow} slow, {act:?} of {acts:?}"
                    );
                }
                count.fetch_add(short.taken as u64, Relaxed);
            });
            taken += counted.load(Relaxed);
        }
    }
    assert!(taken > 10_000, "{taken}");
}
