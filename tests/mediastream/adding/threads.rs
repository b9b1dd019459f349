// SPDX-License-Identifier: MPL-2.0

//! Tracks are added and removed from several threads at once.

use std::sync::Barrier;
use std::thread;

use gst::prelude::*;

use super::collection::{hear_collections, told_downstream};
use crate::device::Device;
use crate::support::*;

#[test]
fn threads_add_and_remove_tracks_of_a_running_stream() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    let first = track(&stream, Kind::Video);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let sibling = clone(&first);
                    add(&stream, &sibling);
                    assert!(stream.track_by_id(&sibling.id()).is_some());
                    remove(&stream, &sibling);
                    assert!(stream.track_by_id(&sibling.id()).is_none());
                }
            });
        }
        for number in 0..50 {
            feed.push(number);
            assert_eq!(pull(&mut consumer, 1), [number]);
        }
    });
    assert_eq!(all_tracks(&stream), [first]);
    assert_eq!(stream.src_pads().len(), 1);
    assert_eq!(stream.children().len(), 1);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn what_is_told_last_has_the_tracks_of_all_threads() {
    for _ in 0..50 {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let gone = Gone::of(&[&stream]);
        let collections = hear_collections(&stream);
        let mut consumer = consume(&stream, "video_0");
        let first = track(&stream, Kind::Video);
        let start = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let sibling = clone(&first);
                    start.wait();
                    add(&stream, &sibling);
                });
            }
        });
        let all = (stream.id(), ids(&stream));
        assert_eq!(all.1.len(), 9);
        assert_eq!(collections.try_iter().last(), Some(all.clone()));
        feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
        assert_eq!(told_downstream(&mut consumer).pop(), Some(all));
        drop((consumer, stream, first));
        gone.check();
    }
}

#[test]
fn a_track_that_one_thread_adds_and_another_removes_is_there_or_not() {
    for _ in 0..100 {
        let track = clone(&track(&video_stream(&Feed::video()), Kind::Video));
        let stream = empty_stream();
        let gone = Gone::of(&[&stream]).and(&[&track]);
        let start = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                add(&stream, &track);
            });
            scope.spawn(|| {
                start.wait();
                remove(&stream, &track);
            });
        });
        let count = all_tracks(&stream).len();
        assert_eq!(stream.src_pads().len(), count);
        assert_eq!(stream.children().len(), count);
        assert_eq!(track.parent().is_some(), count == 1);
        drop((stream, track));
        gone.check();
    }
}

#[test]
fn a_track_that_two_threads_add_to_two_streams_is_in_both() {
    for _ in 0..100 {
        let track = clone(&track(&video_stream(&Feed::video()), Kind::Video));
        let streams = [empty_stream(), empty_stream()];
        let gone = Gone::of(&[&streams[0], &streams[1]]).and(&[&track]);
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for stream in &streams {
                scope.spawn(|| {
                    start.wait();
                    add(stream, &track);
                });
            }
        });
        for stream in &streams {
            assert_eq!(ids(stream), [track.id()]);
            assert_eq!(stream.src_pads().len(), 1);
        }
        drop((streams, track));
        gone.check();
    }
}

#[test]
fn tracks_come_and_go_while_their_stream_goes_up_and_down() {
    let device = Device::new();
    let stream = device.stream();
    let first = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&first]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..30 {
                    let sibling = clone(&first);
                    add(&stream, &sibling);
                    remove(&stream, &sibling);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..15 {
                stream.set_state(gst::State::Playing).expect("PLAYING");
                stream.set_state(gst::State::Null).expect("NULL");
            }
        });
    });
    stream.set_state(gst::State::Null).expect("NULL");
    // A track that is removed does not wait for its device.
    device.wait_until_closed();
    assert_eq!(stream.children().len(), 1);
    drop((stream, first));
    gone.check();
}

#[test]
fn a_stream_is_cloned_while_tracks_come_and_go() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let first = track(&stream, Kind::Video);
    let clones = thread::scope(|scope| {
        let cloner = scope.spawn(|| (0..50).map(|_| clone(&stream)).collect::<Vec<_>>());
        for _ in 0..50 {
            let sibling = clone(&first);
            add(&stream, &sibling);
            remove(&stream, &sibling);
        }
        cloner.join().expect("clones")
    });
    for clone in &clones {
        let count = all_tracks(clone).len();
        assert!((1..=2).contains(&count), "{count} tracks");
        assert_eq!(clone.src_pads().len(), count);
    }
    let gone = Gone::of(&[&stream]).and(&clones.iter().collect::<Vec<_>>());
    drop((stream, first, clones));
    gone.check();
}
