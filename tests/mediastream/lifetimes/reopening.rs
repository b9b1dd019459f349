// SPDX-License-Identifier: MPL-2.0

//! When the device is open: exactly while a live track is in a running element.

use std::thread;

use gst::prelude::*;

use super::STATES;
use crate::device::{Device, Power};
use crate::support::*;

const OPEN: [Power; 2] = [Power::Opening, Power::Open];
const WORDS: &str = "The camera is in use by another application";

#[test]
fn the_device_is_closed_when_going_to_null_has_returned_and_opens_again() {
    let device = Device::new();
    let stream = device.stream();
    let alone = clone(&track(&stream, Kind::Video));
    let gone = Gone::of(&[&stream]).and(&[&alone]);
    let mut consumers = [
        consume_stopped(&stream, "video_0"),
        consume_stopped(&alone, "src"),
    ];
    let elements = [stream.upcast::<gst::Element>(), alone.upcast()];
    for number in 0..6 {
        let (consumer, element) = (&mut consumers[number % 2], &elements[number % 2]);
        let number = number as u64;
        consumer.play();
        assert_eq!(device.so_far(), OPEN);
        device.feed.push(number);
        assert_eq!(pull(consumer, 1), [number]);
        element.set_state(gst::State::Null).expect("NULL");
        assert_eq!(device.so_far(), [Power::Closed]);
        assert_eq!(device.element().current_state(), gst::State::Null);
        assert_eq!(device.feed.app_src().current_state(), gst::State::Null);
    }
    drop((consumers, elements));
    gone.check();
}

#[test]
fn the_device_stays_open_for_the_others() {
    let device = Device::new();
    let stream = device.stream();
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    assert_eq!(device.so_far(), OPEN);
    for number in 0..4 {
        stream.set_state(gst::State::Null).expect("NULL");
        device.feed.push(number);
        assert_eq!(pull(&mut consumers[1], 1), [number]);
        stream.set_state(gst::State::Playing).expect("PLAYING");
        device.feed.push(10 + number);
        assert_eq!(pull(&mut consumers[0], 1), [10 + number]);
        assert_eq!(pull(&mut consumers[1], 1), [10 + number]);
    }
    assert_eq!(device.so_far(), []);
    stream.set_state(gst::State::Null).expect("NULL");
    assert_eq!(device.so_far(), []);
    clone.set_state(gst::State::Null).expect("NULL");
    assert_eq!(device.so_far(), [Power::Closed]);
    drop((consumers, stream, clone));
    gone.check();
}

#[test]
fn a_stream_gives_what_is_new_each_time_it_plays_again() {
    for with_another in [false, true] {
        let device = Device::new();
        let stream = device.stream();
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        let mut another = with_another.then(|| consume(&clone, "video_0"));
        let mut consumer = consume(&stream, "video_0");
        for (number, state) in STATES[..3].iter().cycle().take(6).enumerate() {
            let number = 2 * number as u64;
            device.feed.push(number);
            assert_eq!(pull(&mut consumer, 1), [number], "{state:?}");
            stream.set_state(*state).expect("it goes there");
            if let Some(another) = &mut another {
                device.feed.push(number + 1);
                assert_eq!(pull(another, 2), [number, number + 1]);
            }
            consumer.play();
        }
        drop((consumer, another, stream, clone));
        gone.check();
    }
}

#[test]
fn a_source_that_plays_again_before_it_has_seen_the_pause_goes_on() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    for number in 0..300 {
        feed.push(number);
        assert_eq!(pull(&mut consumer, 1), [number]);
        // The thread of the source waits for the next buffer.
        stream.set_state(gst::State::Paused).expect("PAUSED");
        stream.set_state(gst::State::Playing).expect("PLAYING");
    }
    drop((consumer, stream));
    gone.check();
}

#[test]
fn the_device_has_the_highest_state_of_the_elements() {
    for (a, b) in STATES.map(|a| STATES.map(|b| (a, b))).concat() {
        let device = Device::new();
        let stream = device.stream();
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        stream.set_state(a).expect("it goes there");
        clone.set_state(b).expect("it goes there");
        assert_eq!(device.element().current_state(), a.max(b), "{a:?} {b:?}");
        clone.set_state(gst::State::Null).expect("NULL");
        stream.set_state(gst::State::Null).expect("NULL");
        assert_eq!(device.element().current_state(), gst::State::Null);
        drop((stream, clone));
        gone.check();
    }
}

#[test]
fn nothing_is_opened_for_a_stream_that_has_ended() {
    let device = Device::new();
    let stream = device.stream();
    let gone = Gone::of(&[&stream]);
    stop(&track(&stream, Kind::Video));
    for _ in 0..2 {
        let mut consumer = consume(&stream, "video_0");
        pull_event(&mut consumer, gst::EventType::Eos);
        stream.set_state(gst::State::Null).expect("NULL");
    }
    assert_eq!(device.so_far(), []);
    drop(stream);
    gone.check();
}

#[test]
fn a_device_that_cannot_be_opened_fails_the_state_change_in_its_own_words_until_it_can() {
    let device = Device::new();
    device.set_fault(Some(WORDS));
    let stream = device.stream();
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    for stream in [&stream, &clone] {
        let errors = hear_messages(stream, |message| match message.view() {
            gst::MessageView::Error(error) => Some(error.error()),
            _ => None,
        });
        assert!(stream.set_state(gst::State::Playing).is_err());
        let error = errors.try_recv().expect("it is there on return");
        assert_eq!(error.message(), WORDS);
        assert!(error.matches(gst::ResourceError::OpenRead));
        assert_eq!(errors.try_iter().count(), 0);
        assert!(stream.active());
        stream.set_state(gst::State::Null).expect("NULL");
    }
    assert_eq!(device.so_far(), [Power::Opening; 2]);
    device.set_fault(None);
    let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    device.feed.push(0);
    for consumer in &mut consumers {
        assert_eq!(pull(consumer, 1), [0]);
    }
    drop((consumers, stream, clone));
    gone.check();
    assert_eq!(device.so_far(), [OPEN[0], OPEN[1], Power::Closed]);
}

#[test]
fn two_elements_that_start_at_once_open_the_device_once() {
    let device = Device::new();
    let stream = device.stream();
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let release = device.slow_down();
    let mut consumers = thread::scope(|scope| {
        let starters = [&stream, &clone].map(|stream| scope.spawn(|| consume(stream, "video_0")));
        assert_eq!(device.next(), Power::Opening);
        drop(release);
        starters.map(|starter| starter.join().expect("a consumer"))
    });
    assert_eq!(device.so_far(), [Power::Open]);
    device.feed.push(0);
    for consumer in &mut consumers {
        assert_eq!(pull(consumer, 1), [0]);
    }
    drop((consumers, stream, clone));
    gone.check();
}

#[test]
fn nothing_but_the_state_change_waits_for_a_device_that_is_slow_to_open() {
    let device = Device::new();
    let stream = device.stream();
    let other = clone(&stream);
    let release = device.slow_down();
    let mut consumer = thread::scope(|scope| {
        let starter = scope.spawn(|| consume(&stream, "video_0"));
        assert_eq!(device.next(), Power::Opening);
        let clones = [clone(&stream), clone(&clone(&stream))];
        assert!(clones.iter().all(MediaStream::active));
        let alone = clone(&track(&stream, Kind::Video));
        add(&other, &alone);
        assert_eq!(all_tracks(&other).len(), 2);
        remove(&other, &alone);
        stop(&alone);
        stop(&track(&clones[0], Kind::Video));
        assert!(!clones[0].active());
        assert_eq!(track(&stream, Kind::Video).label(), device.element().name());
        drop(release);
        starter.join().expect("a consumer")
    });
    assert_eq!(device.so_far(), [Power::Open]);
    device.feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    let gone = Gone::of(&[&stream, &other]);
    drop((consumer, stream, other));
    gone.check();
}

#[test]
fn a_track_that_is_stopped_while_the_device_opens_lets_the_device_close_again() {
    let device = Device::new();
    let stream = device.stream();
    let gone = Gone::of(&[&stream]);
    let release = device.slow_down();
    let mut consumer = thread::scope(|scope| {
        let starter = scope.spawn(|| consume(&stream, "video_0"));
        assert_eq!(device.next(), Power::Opening);
        stop(&track(&stream, Kind::Video));
        assert!(!stream.active());
        drop(release);
        starter.join().expect("a consumer")
    });
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(device.next(), Power::Open);
    assert_eq!(device.next(), Power::Closed);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn elements_that_go_up_and_down_from_many_threads_leave_the_device_closed() {
    let device = Device::new();
    let stream = device.stream();
    let clones = [(); 3].map(|()| clone(&stream));
    let streams: Vec<_> = clones.into_iter().chain([stream]).collect();
    let gone = Gone::of(&streams.iter().collect::<Vec<_>>());
    thread::scope(|scope| {
        for (offset, stream) in streams.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..25 {
                    let up = STATES[1 + (round + offset) % 3];
                    stream.set_state(up).expect("it goes there");
                    stream.set_state(gst::State::Null).expect("NULL");
                }
            });
        }
    });
    let power = device.so_far();
    let count = |what| power.iter().filter(|power| **power == what).count();
    assert_eq!(power.last(), Some(&Power::Closed));
    assert_eq!(count(Power::Opening), count(Power::Closed));
    drop(streams);
    gone.check();
}
