// SPDX-License-Identifier: MPL-2.0

//! What the scheduler decides, act by act: its state with workers that are no threads.

use super::crew::Seat;
use super::lane::{Busy, Lane, LaneId};
use super::lanes::Trait;
use super::ring::Limits;
use super::ring::tests::Frame;
use super::state::{Effects, State};
use super::steady::Step;
use super::{Consumer, Outcome, Report};
use crate::sync::Arc;

#[derive(Clone)]
struct Taker;

impl Consumer for Taker {
    fn skipped(&self, _: u64) {}
}

const WORKERS: usize = 2;

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
    },
}

const ACTS: [Act; 7] = [
    Act::Publish,
    Act::Tick,
    Act::Silence,
    Act::Work {
        worker: 0,
        slow: false,
    },
    Act::Work {
        worker: 1,
        slow: false,
    },
    Act::Work {
        worker: 0,
        slow: true,
    },
    Act::Work {
        worker: 1,
        slow: true,
    },
];

/// A scheduler and its workers, who take the short ways or not.
struct Rig {
    state: State<Frame, Taker>,
    seats: [Arc<Seat>; WORKERS],
    /// Where each worker is.
    within: [Option<LaneId>; WORKERS],
    short: bool,
    /// How often a short way was taken.
    taken: usize,
}

/// All that can be told apart.
type Seen = (
    [Option<LaneId>; WORKERS],
    [bool; WORKERS],
    Vec<(Option<Busy>, u8)>,
    [usize; 6],
    (usize, Option<usize>),
    bool,
    [u64; 3],
);

impl Rig {
    /// With so many lanes, all of them steady, the first of them slow, and workers that sleep.
    fn new(lanes: usize, slow: usize, short: bool) -> Self {
        let mut state = State::new();
        for _ in 0..lanes {
            let ring = &state.ring;
            let make = |serial| {
                let items = 1 + serial % 2;
                Lane::at_head(Taker, serial, Limits { items, time: 0 }, 1, ring)
            };
            state.lanes.insert(make);
        }
        state.widen();
        let seats: [Arc<Seat>; WORKERS] = Default::default();
        state.crew.workers = WORKERS;
        seats.iter().for_each(|seat| state.crew.sit(seat));
        let mut rig = Self {
            state,
            seats,
            within: [None; WORKERS],
            short: false,
            taken: 0,
        };
        // The second time, for what they have to be told the first time.
        for _ in 0..2 {
            rig.act(Act::Publish);
            for _ in 0..=lanes {
                for worker in 0..WORKERS {
                    let is_slow = |lane: LaneId| lane.index < slow;
                    let slow = rig.within[worker].is_some_and(is_slow);
                    rig.act(Act::Work { worker, slow });
                }
            }
        }
        assert_eq!(rig.state.lanes.count(Trait::Steady), lanes);
        assert_eq!(rig.state.lanes.count(Trait::Slow), slow);
        rig.short = short;
        rig
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Publish => self.publish(),
            Act::Tick => {
                let mut effects = Effects::default();
                self.state.look(&mut effects);
                self.hire_nobody(&effects);
            }
            Act::Silence => {
                let mut effects = Effects::default();
                self.state.doubt(&mut effects);
                self.hire_nobody(&effects);
            }
            Act::Work { worker, slow } => self.work(worker, slow),
        }
    }

    /// There are no threads to be had.
    fn hire_nobody(&mut self, effects: &Effects<Frame, Taker>) {
        self.state.crew.workers -= effects.hire;
    }

    fn publish(&mut self) {
        let mut item = Frame(self.state.ring.head());
        if self.short {
            item = match self.state.publish_at_rest(item) {
                Ok(_) => return self.taken += 1,
                Err(item) => item,
            };
        }
        let mut effects = Effects::default();
        self.state.publish(item, &mut effects);
        self.hire_nobody(&effects);
    }

    fn work(&mut self, worker: usize, slow: bool) {
        if self.state.crew.sits(&self.seats[worker]) {
            return;
        }
        let report = self.within[worker].take().map(|lane| Report {
            lane,
            outcome: Outcome::Went,
            slow,
            ended: false,
        });
        if self.short {
            match self.state.next_step(report.as_ref()) {
                Step::To(job) => {
                    self.taken += 1;
                    self.within[worker] = Some(job.lane);
                    return;
                }
                Step::Rest => {
                    self.taken += 1;
                    return self.state.crew.sit(&self.seats[worker]);
                }
                Step::Unsure => {}
            }
        }
        let mut effects = Effects::default();
        let job = self.state.next_job(report, &mut effects);
        self.hire_nobody(&effects);
        match job {
            Some(job) => self.within[worker] = Some(job.lane),
            None => self.state.crew.sit(&self.seats[worker]),
        }
    }

    /// A worker goes on after a push that returned at once.
    fn goes_on(&mut self, worker: usize) {
        self.work(worker, false);
    }

    fn seen(&self) -> Seen {
        let state = &self.state;
        let lane = |lane: &Lane<_>| (lane.busy, lane.slow);
        let traits = [
            Trait::Follows,
            Trait::Busy,
            Trait::HeldUp,
            Trait::Slow,
            Trait::Doubtful,
            Trait::Steady,
        ];
        (
            self.within,
            self.seats.each_ref().map(|seat| state.crew.sits(seat)),
            state.lanes.iter().map(lane).collect(),
            traits.map(|which| state.lanes.count(which)),
            (state.sweep.left(), state.sweep.peek(state.lanes.places())),
            state.sweep.watched,
            [state.ring.base(), state.ring.head(), state.ring.frames()],
        )
    }
}

#[test]
fn the_short_ways_lead_where_the_long_one_does() {
    const LENGTH: u32 = 5;
    let choices = ACTS.len();
    let mut taken = 0;
    let slow = |lanes| (0..=lanes).map(move |slow| (lanes, slow));
    for (lanes, slow) in (1..=3).flat_map(slow) {
        for mut which in 0..choices.pow(LENGTH) {
            let acts: Vec<Act> = (0..LENGTH)
                .map(|_| {
                    let act = ACTS[which % choices];
                    which /= choices;
                    act
                })
                .collect();
            let counted = std::sync::Arc::new(std::sync::Mutex::new(0));
            let count = counted.clone();
            crate::sync::model(move || {
                let mut long = Rig::new(lanes, slow, false);
                let mut short = Rig::new(lanes, slow, true);
                for act in &acts {
                    long.act(*act);
                    short.act(*act);
                    assert_eq!(
                        long.seen(),
                        short.seen(),
                        "{lanes} lanes, {slow} slow, {act:?} of {acts:?}"
                    );
                }
                *count.lock().expect("one thread") += short.taken;
            });
            taken += *counted.lock().expect("one thread");
        }
    }
    assert!(taken > 10_000, "{taken}");
}

/// Steady lanes, an item that has just been published, and who was called for it.
fn called(lanes: usize) -> (Rig, usize) {
    let mut rig = Rig::new(lanes, 0, true);
    rig.act(Act::Publish);
    let is_awake = |worker: &usize| !rig.state.crew.sits(&rig.seats[*worker]);
    let mut awake = (0..WORKERS).filter(is_awake);
    let (first, others) = (awake.next().expect("a worker"), awake.count());
    assert_eq!(others, 0);
    (rig, first)
}

/// Whether the watch looks when a worker was held up in the first lane, and another one is in the second.
fn is_watched_behind_one_held_up(lanes: usize) -> bool {
    let (mut rig, first) = called(lanes);
    rig.goes_on(first);
    for _ in 0..2 {
        rig.act(Act::Tick);
    }
    rig.goes_on(WORKERS - 1 - first);
    assert!(rig.within.iter().all(Option::is_some));
    rig.state.sweep.watched
}

#[test]
fn behind_a_trusted_consumer_that_holds_up_the_next_one_is_looked_at_closely() {
    crate::sync::model(|| {
        assert!(is_watched_behind_one_held_up(3));
        // Nobody is left behind the second.
        assert!(!is_watched_behind_one_held_up(2));
    });
}

#[test]
fn whoever_is_still_in_the_last_lane_when_the_next_item_comes_is_looked_at_closely() {
    crate::sync::model(|| {
        let (mut rig, first) = called(2);
        (0..2).for_each(|_| rig.goes_on(first));
        assert!(rig.state.sweep.is_over());
        assert!(!rig.state.sweep.watched);
        rig.act(Act::Publish);
        assert!(rig.state.sweep.watched);
    });
}
