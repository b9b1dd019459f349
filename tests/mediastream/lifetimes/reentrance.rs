// SPDX-License-Identifier: MPL-2.0

//! Handlers and pad probes that call back in: clone, start and stop what they were called for.

use std::sync::mpsc::{Receiver, channel};

use gst::glib;
use gst::prelude::*;

use crate::device::{Device, Power};
use crate::support::*;

/// Acts once, on the thread that carries the first buffer through a pad.
fn at_first_buffer<R: Send + 'static>(
    pad: &gst::Pad,
    act: impl Fn() -> R + Send + Sync + 'static,
) -> Receiver<R> {
    let (sender, done) = channel();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        let _ = sender.send(act());
        gst::PadProbeReturn::Remove
    });
    done
}

/// Acts each time an element signals; ends with the element.
fn at_signal<R: Send + 'static>(
    element: &impl IsA<gst::Element>,
    signal: &str,
    act: impl Fn() -> R + Send + Sync + 'static,
) -> Receiver<R> {
    let (sender, done) = channel();
    element.connect(signal, false, move |_| {
        let _ = sender.send(act());
        None
    });
    done
}

fn upgrade<T: IsA<gst::Element>>(weak: &glib::WeakRef<T>) -> T {
    weak.upgrade().expect("the test has it")
}

/// The pads that a buffer comes through: on the source's thread, and on a worker's.
fn pads(feed: &Feed, stream: &MediaStream) -> [gst::Pad; 3] {
    [
        feed.element().static_pad("src"),
        track(stream, Kind::Video).static_pad("src"),
        stream.static_pad("video_0"),
    ]
    .map(|pad| pad.expect("a pad"))
}

#[test]
fn a_clone_made_and_started_in_a_pad_probe_gets_what_is_given_from_then_on() {
    for at in 0..3 {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let weak = stream.downgrade();
        let made = at_first_buffer(&pads(&feed, &stream)[at], move || {
            let clone = clone(&upgrade(&weak));
            (consume(&clone, "video_0"), clone)
        });
        let mut consumer = consume(&stream, "video_0");
        feed.push(0);
        let (mut of_clone, clone) = next(&made);
        let gone = Gone::of(&[&stream, &clone]);
        assert_eq!(pull(&mut consumer, 1), [0]);
        feed.push(1);
        assert_eq!(pull(&mut consumer, 1), [1]);
        let first = of_clone.pull().expect("a buffer");
        // On the source's thread the first buffer is still to come.
        assert_eq!(first.offset(), if at == 0 { 0 } else { 1 });
        assert!(first.flags().contains(gst::BufferFlags::DISCONT));
        drop((consumer, stream, of_clone, clone));
        gone.check();
    }
}

#[test]
fn a_clone_of_a_track_made_in_a_pad_probe_is_live_and_independent() {
    for at in 0..3 {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let weak = track(&stream, Kind::Video).downgrade();
        let made = at_first_buffer(&pads(&feed, &stream)[at], move || clone(&upgrade(&weak)));
        let consumer = consume(&stream, "video_0");
        feed.push(0);
        let clone = next(&made);
        let gone = Gone::of(&[&stream]).and(&[&clone]);
        drop((consumer, stream));
        let mut consumer = consume(&clone, "src");
        feed.push(1);
        assert_eq!(pull(&mut consumer, 1), [1]);
        drop((consumer, clone));
        gone.check();
    }
}

#[test]
fn a_track_that_is_stopped_in_a_pad_probe_ends_after_that_buffer() {
    for at in 0..3 {
        let device = Device::new();
        let stream = device.stream();
        let weak = track(&stream, Kind::Video).downgrade();
        let done = at_first_buffer(&pads(&device.feed, &stream)[at], move || {
            let track = upgrade(&weak);
            stop(&track);
            track.ready_state()
        });
        let gone = Gone::of(&[&stream]).and(&[&track(&stream, Kind::Video)]);
        let mut consumer = consume(&stream, "video_0");
        device.feed.push(0);
        assert_eq!(next(&done), ReadyState::Ended);
        pull_event(&mut consumer, gst::EventType::Eos);
        // On the source's thread the buffer had not come to the tee.
        assert_eq!(consumer.buffers_received(), if at == 0 { 0 } else { 1 });
        assert_eq!(
            [device.next(), device.next()],
            [Power::Opening, Power::Open]
        );
        assert_eq!(device.next(), Power::Closed);
        drop((consumer, stream));
        gone.check();
    }
}

#[test]
fn another_stream_is_taken_down_and_up_in_a_pad_probe() {
    for at in 0..3 {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let other = clone(&stream);
        let gone = Gone::of(&[&stream, &other]);
        let weak = other.downgrade();
        let done = at_first_buffer(&pads(&feed, &stream)[at], move || {
            let other = upgrade(&weak);
            other.set_state(gst::State::Null).expect("NULL");
            other.set_state(gst::State::Playing).expect("PLAYING");
        });
        let mut consumers = [consume(&stream, "video_0"), consume(&other, "video_0")];
        feed.push(0);
        next(&done);
        feed.push(1);
        assert_eq!(pull(&mut consumers[0], 2), [0, 1]);
        // Its own first buffer may have come before or not.
        while pull(&mut consumers[1], 1) != [1] {}
        drop((consumers, stream, other));
        gone.check();
    }
}

#[test]
fn a_clone_made_in_a_notify_handler_of_a_stop_is_ended_as_its_original() {
    for (signal, of_track) in [("notify::ready-state", true), ("notify::active", false)] {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let mut consumer = consume(&stream, "video_0");
        let weak = stream.downgrade();
        let act = move || clone(&upgrade(&weak));
        let made = match of_track {
            true => at_signal(&track(&stream, Kind::Video), signal, act),
            false => at_signal(&stream, signal, act),
        };
        stop(&track(&stream, Kind::Video));
        // On the thread that stops.
        let clone = made.try_recv().expect("the handler was called");
        let gone = Gone::of(&[&stream, &clone]);
        assert!(!clone.active());
        assert_ne!(ids(&clone), ids(&stream));
        pull_event(&mut consumer, gst::EventType::Eos);
        let mut of_clone = consume(&clone, "video_0");
        pull_event(&mut of_clone, gst::EventType::Eos);
        drop((consumer, of_clone, stream, clone));
        gone.check();
        assert_eq!(made.iter().count(), 0, "notified twice");
    }
}

#[test]
fn a_clone_made_in_a_notify_handler_of_an_addition_is_live() {
    let feed = Feed::video();
    let track = track(&video_stream(&feed), Kind::Video);
    let stream = empty_stream();
    let weak = stream.downgrade();
    let made = at_signal(&stream, "notify::active", move || clone(&upgrade(&weak)));
    add(&stream, &track);
    let clone = made.try_recv().expect("the handler was called");
    let gone = Gone::of(&[&stream, &clone]).and(&[&track]);
    assert!(clone.active());
    let mut consumer = consume(&clone, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    drop((consumer, stream, clone, track));
    gone.check();
}

#[test]
fn a_clone_made_and_started_in_a_handler_of_ended_is_ended_too() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let consumer = consume(&stream, "video_0");
    let weak = stream.downgrade();
    let made = at_signal(&track(&stream, Kind::Video), "ended", move || {
        let clone = clone(&upgrade(&weak));
        (consume(&clone, "video_0"), clone)
    });
    feed.end();
    let (mut of_clone, clone) = next(&made);
    let gone = Gone::of(&[&stream, &clone]);
    assert!(!clone.active());
    pull_event(&mut of_clone, gst::EventType::Eos);
    drop((consumer, of_clone, stream, clone));
    gone.check();
}

#[test]
fn a_clone_of_a_sibling_that_is_about_to_end_is_not_left_live() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    add(&stream, &clone(&track_at(&stream, 0)));
    let sibling = track_at(&stream, 1);
    let ended = hear_ended(std::slice::from_ref(&sibling));
    let weak = sibling.downgrade();
    let made = at_signal(&track_at(&stream, 0), "ended", move || {
        let sibling = upgrade(&weak);
        (sibling.ready_state(), clone(&sibling))
    });
    stream.set_state(gst::State::Playing).expect("PLAYING");
    feed.end();
    let (state, clone) = next(&made);
    assert_eq!(state, ReadyState::Live);
    assert_eq!(next(&ended), sibling.id());
    assert_eq!(clone.ready_state(), ReadyState::Ended);
    let gone = Gone::of(&[&stream]).and(&[&sibling, &clone]);
    stream.set_state(gst::State::Null).expect("NULL");
    drop((stream, sibling, clone));
    gone.check();
}

#[test]
fn a_track_stopped_in_a_handler_of_ended_is_silent_if_it_was_live() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    for _ in 0..2 {
        add(&stream, &clone(&track_at(&stream, 0)));
    }
    let tracks = all_tracks(&stream);
    let mut consumers = ["video_0", "video_1", "video_2"].map(|pad| consume(&stream, pad));
    let expected = [tracks[0].id(), tracks[2].id()];
    // The first one stops itself, which does nothing, and the second one.
    let weak = [tracks[0].downgrade(), tracks[1].downgrade()];
    let done = at_signal(&tracks[0], "ended", move || {
        weak.iter().for_each(|track| stop(&upgrade(track)));
    });
    let ended = hear_ended(&tracks);
    let gone = Gone::of(&[&stream]).and(&tracks.iter().collect::<Vec<_>>());
    feed.end();
    next(&done);
    for consumer in &mut consumers {
        pull_event(consumer, gst::EventType::Eos);
    }
    let heard = [next(&ended), next(&ended)];
    assert_eq!(heard, expected);
    drop((consumers, stream, tracks));
    gone.check();
    assert_eq!(ended.iter().count(), 0);
}

fn track_at(stream: &MediaStream, index: usize) -> MediaStreamTrack {
    all_tracks(stream).swap_remove(index)
}

#[test]
fn a_handler_of_ended_can_take_its_stream_down() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let mut consumer = consume(&clone, "video_0");
    stream.set_state(gst::State::Playing).expect("PLAYING");
    let weak = stream.downgrade();
    let done = at_signal(&track(&stream, Kind::Video), "ended", move || {
        let stream = upgrade(&weak);
        remove(&stream, &track(&stream, Kind::Video));
        stream.set_state(gst::State::Null)
    });
    let gone = Gone::of(&[&stream, &clone]);
    feed.end();
    next(&done).expect("NULL");
    pull_event(&mut consumer, gst::EventType::Eos);
    assert!(all_tracks(&stream).is_empty());
    drop((consumer, stream, clone));
    gone.check();
}
