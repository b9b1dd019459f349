// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStreamTrack-transfer-to-worker-data-holder.https.html: a clone is made while everything else
//! on its source is stopped.

use std::sync::Barrier;
use std::thread;

use gst::prelude::*;

use crate::device::{Device, Power};
use crate::support::*;

const ROUNDS: u64 = 150;

/// Clones while the original is stopped: the clone is live, and the source with it, or it is ended.
fn race(round: u64) -> ReadyState {
    let device = Device::new();
    let stream = device.stream();
    let original = track(&stream, Kind::Video);
    stream.set_state(gst::State::Playing).expect("PLAYING");
    let start = Barrier::new(2);
    let (clone, mut consumer) = thread::scope(|scope| {
        let cloner = scope.spawn(|| {
            start.wait();
            let clone = clone(&original);
            let consumer = consume(&clone, "src");
            (clone, consumer)
        });
        start.wait();
        stop(&original);
        cloner.join().expect("a clone")
    });
    let gone = Gone::of(&[&stream]).and(&[&original, &clone]);
    assert_eq!(original.ready_state(), ReadyState::Ended);
    let state = clone.ready_state();
    if state == ReadyState::Live {
        device.feed.push(round);
        assert_eq!(pull(&mut consumer, 1), [round]);
        stop(&clone);
    }
    pull_event(&mut consumer, gst::EventType::Eos);
    stream.set_state(gst::State::Null).expect("NULL");
    clone.set_state(gst::State::Null).expect("NULL");
    assert_eq!(device.so_far().last(), Some(&Power::Closed));
    drop((stream, original, clone, consumer));
    gone.check();
    state
}

#[test]
fn a_clone_made_while_the_original_is_stopped_is_either_live_and_fed_or_ended() {
    for round in 0..ROUNDS {
        race(round);
    }
}

#[test]
fn a_clone_made_before_the_original_is_stopped_is_live_whenever_it_starts() {
    for round in 0..ROUNDS {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        stream.set_state(gst::State::Playing).expect("PLAYING");
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        let start = Barrier::new(2);
        let mut consumer = thread::scope(|scope| {
            let starter = scope.spawn(|| {
                start.wait();
                consume(&clone, "video_0")
            });
            start.wait();
            stop(&track(&stream, Kind::Video));
            stream.set_state(gst::State::Null).expect("NULL");
            starter.join().expect("a consumer")
        });
        assert!(clone.active());
        feed.push(round);
        assert_eq!(pull(&mut consumer, 1), [round]);
        drop((stream, clone, consumer));
        gone.check();
    }
}
