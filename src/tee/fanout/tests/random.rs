// SPDX-License-Identifier: MPL-2.0

//! Whatever happens, in any order: the short ways still lead where the long one does, and nobody is forgotten.

use proptest::prelude::*;

use super::*;

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        12 => Just(Outcome::Went),
        1 => Just(Outcome::Missed),
        1 => Just(Outcome::Park),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => Just(Change::Leave),
        1 => Just(Change::TakeOver),
        1 => Just(Change::End),
        2 => Just(Change::Restart),
        1 => (0..4_u64).prop_map(Change::Limit),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let works = (any::<usize>(), prop::bool::weighted(0.1), outcome());
    prop_oneof![
        12 => Just(Act::Publish),
        12 => Just(Act::Tick),
        1 => Just(Act::Silence),
        20 => works.prop_map(|(worker, slow, outcome)| Act::Work { worker, slow, outcome }),
        2 => (0..4_u64).prop_map(Act::Join),
        4 => (any::<usize>(), change()).prop_map(|(which, change)| Act::Lane(which, change)),
    ]
}

impl Rig {
    /// What has to be true between any two acts.
    fn check(&self) {
        let state = self.state();
        let watch = self.said.watch.load(Relaxed);
        assert_eq!(
            watch,
            i32::from(state.sweep.watched),
            "the watch does as it is told"
        );
        let waits =
            |lane: &Lane<_>| lane.busy.is_none() && lane.follows() && lane.behind(&state.ring) > 0;
        let is_work_left = !state.urgent.is_empty() || state.lanes.iter().any(waits);
        let somebody_comes = state.awake() > 0 || !state.crew.has_idle();
        assert!(!is_work_left || somebody_comes, "nobody comes");
        // Whoever has just been called looks first.
        let may_block = state.lanes.count(Trait::Busy) > state.lanes.count(Trait::HeldUp);
        let is_watched = state.sweep.watched || !may_block || !state.is_doubtful();
        assert!(is_watched, "nobody would see who blocks");
    }

    /// All workers return at once, for as long as there is something to do.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            let workers = 0..self.seats.len();
            if workers.clone().all(|worker| self.sits(worker)) {
                return;
            }
            workers.for_each(|worker| self.goes_on(worker));
        }
        panic!("there is no end of it: {:?}", self.seen());
    }
}

/// To so many lanes, of which the first are slow, and so many workers.
fn check((lanes, slow, workers): (usize, usize, usize), acts: &[Act]) {
    let mut long = Rig::new(lanes, slow, workers, false);
    let mut short = Rig::new(lanes, slow, workers, true);
    for act in acts {
        long.act(*act);
        short.act(*act);
        assert_eq!(long.seen(), short.seen(), "{act:?}");
        long.check();
    }
    for mut rig in [long, short] {
        rig.settle();
        let state = rig.state();
        let is_forgotten = |lane: &Lane<_>| lane.follows() && lane.behind(&state.ring) > 0;
        assert!(!state.lanes.iter().any(is_forgotten), "it lacks something");
        let is_left = |lane: &LaneId| state.lanes.get(*lane).is_some();
        assert!(!rig.ended.iter().any(is_left), "it has not ended");
        assert!(state.ring.is_empty(), "something is kept for nobody");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_short_ways_lead_where_the_long_one_does_and_nobody_is_forgotten(
        rig in (1..=8_usize).prop_flat_map(|lanes| (Just(lanes), 0..=lanes, 1..=8_usize)),
        acts in prop::collection::vec(act(), 1..80),
    ) {
        crate::sync::model(move || check(rig, &acts));
    }
}
