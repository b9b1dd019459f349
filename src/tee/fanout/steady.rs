// SPDX-License-Identifier: MPL-2.0

//! What the scheduler does where everybody keeps up: short ways through [`State`], which are most of what it does. Between two
//! buffers of a camera the processor forgets all code, and fetching it again is what a delivery costs.
//!
//! Each answers only where it can do just what the long way would, which the test below holds against it.

use super::crew::Seat;
use super::lanes::Trait;
use super::ring::Item;
use super::state::State;
use super::{Consumer, Guard, Job, Outcome, Report};
use crate::sync::Arc;

/// What a worker does next, where that is easily said.
pub(super) enum Step<T, C> {
    To(Job<T, C>),
    Rest,
    Unsure,
}

impl<T: Item, C: Consumer> State<T, C> {
    /// Publishes where everybody keeps up, and calls the worker who will come to it: nothing is in the ring, and whoever is not
    /// in a lane sleeps. Gives the item back where it is not so.
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
        self.sweep.start(self.lanes.places());
        Ok(if all_busy { None } else { self.crew.call() })
    }

    /// From one steady lane to the next, or from or to rest: most of what workers do, and all of which the price counts. Where it
    /// answers, it has done what [`Self::next_job`] would have, without looking at what cannot have changed: of all counts of
    /// lanes only that of the busy has, so that neither more workers are due nor another guard, unless it is a close one.
    pub(super) fn next_step(&mut self, report: Option<&Report>) -> Step<T, C> {
        let went =
            |report: &Report| report.outcome == Outcome::Went && !report.slow && !report.ended;
        if !report.is_none_or(went) || !self.urgent.is_empty() || self.sweep.is_suspicious() {
            return Step::Unsure;
        }
        let places = self.lanes.places();
        let (from, to) = (report.map(|report| report.lane), self.sweep.peek(places));
        let is_guarded = match from {
            Some(_) => self.sweep.left() > 1 || self.sweep.guard != Guard::Close,
            None => self.sweep.guard != Guard::Close && self.sweep.guard == self.guard(),
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

#[cfg(test)]
mod tests {
    use super::super::crew::Seat;
    use super::super::lane::{Busy, Lane, LaneId};
    use super::super::ring::Limits;
    use super::super::ring::tests::Frame;
    use super::super::state::Effects;
    use super::*;

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
        /// A worker comes back from where it was, held up there or not, and goes on.
        Work {
            worker: usize,
            slow: bool,
        },
    }

    const ACTS: [Act; 6] = [
        Act::Publish,
        Act::Tick,
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
        Vec<Option<Busy>>,
        [usize; 7],
        (usize, Option<usize>),
        Guard,
        [u64; 3],
    );

    impl Rig {
        /// With so many lanes, all of them steady, and workers that sleep.
        fn new(lanes: usize, short: bool) -> Self {
            let mut state = State::new();
            for _ in 0..lanes {
                let ring = &state.ring;
                let limits = Limits { items: 2, time: 0 };
                let make = |serial| Lane::at_head(Taker, serial, limits, 1, ring);
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
                    (0..WORKERS).for_each(|worker| {
                        rig.act(Act::Work {
                            worker,
                            slow: false,
                        })
                    });
                }
            }
            assert_eq!(rig.state.lanes.count(Trait::Steady), lanes);
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
            let mut report = self.within[worker].take().map(|lane| Report {
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
            let job = self.state.next_job(report.take(), &mut effects);
            self.hire_nobody(&effects);
            match job {
                Some(job) => self.within[worker] = Some(job.lane),
                None => self.state.crew.sit(&self.seats[worker]),
            }
        }

        fn seen(&self) -> Seen {
            let state = &self.state;
            let traits = [
                Trait::Follows,
                Trait::Busy,
                Trait::HeldUp,
                Trait::Slow,
                Trait::Doubtful,
                Trait::Trusted,
                Trait::Steady,
            ];
            (
                self.within,
                self.seats.each_ref().map(|seat| state.crew.sits(seat)),
                state.lanes.iter().map(|lane| lane.busy).collect(),
                traits.map(|which| state.lanes.count(which)),
                (state.sweep.left(), state.sweep.peek(state.lanes.places())),
                state.sweep.guard,
                [state.ring.base(), state.ring.head(), state.ring.frames()],
            )
        }
    }

    #[test]
    fn the_short_ways_lead_where_the_long_one_does() {
        const LENGTH: u32 = 5;
        let choices = ACTS.len();
        let mut taken = 0;
        for lanes in 1..=3 {
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
                    let (mut long, mut short) = (Rig::new(lanes, false), Rig::new(lanes, true));
                    for act in &acts {
                        long.act(*act);
                        short.act(*act);
                        assert_eq!(
                            long.seen(),
                            short.seen(),
                            "{lanes} lanes, {act:?} of {acts:?}"
                        );
                    }
                    *count.lock().expect("one thread") += short.taken;
                });
                taken += *counted.lock().expect("one thread");
            }
        }
        assert!(taken > 10_000, "{taken}");
    }
}
