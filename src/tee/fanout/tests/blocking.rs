// SPDX-License-Identifier: MPL-2.0

//! Trusted consumers that block: who is looked at, and when nobody is trusted any more.

use super::*;

/// Steady lanes, an item that has just been published, and who was called for it.
fn called(lanes: usize) -> (Rig, usize) {
    let mut rig = Rig::new(lanes, 0, 2, true);
    rig.act(Act::Publish);
    let mut awake = (0..2).filter(|worker| !rig.sits(*worker));
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
    rig.goes_on(1 - first);
    assert!(rig.within.iter().all(Option::is_some));
    rig.state().sweep.watched
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
        assert!(rig.state().sweep.is_over());
        assert!(!rig.state().sweep.watched);
        rig.act(Act::Publish);
        assert!(rig.state().sweep.watched);
    });
}

/// Whoever was called comes.
fn come(rig: &mut Rig) {
    for worker in 0..rig.within.len() {
        if rig.within[worker].is_none() {
            rig.goes_on(worker);
        }
    }
}

#[test]
fn once_several_trusted_consumers_have_held_up_a_sweep_all_others_are_expected_to() {
    const LANES: usize = 8;
    crate::sync::model(|| {
        let mut rig = Rig::new(LANES, 0, LANES, true);
        rig.act(Act::Publish);
        while !rig.state().sweep.is_suspicious() {
            come(&mut rig);
            rig.act(Act::Tick);
        }
        let first = rig.within.iter().position(Option::is_some);
        rig.act(work(first.expect("a worker"), true));
        assert_eq!(rig.count(Trait::HeldUp), rig.count(Trait::Busy));
        assert!(rig.count(Trait::Busy) < LANES - 1);
        // Each calls others, without another look of the watch; one lane has its item already.
        (0..LANES).for_each(|_| come(&mut rig));
        assert_eq!(rig.count(Trait::HeldUp), LANES - 1);
    });
}
