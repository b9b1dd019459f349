// SPDX-License-Identifier: MPL-2.0

//! A consumer that does not return, or not soon enough.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use gst::prelude::*;

use super::*;

#[test]
fn a_consumer_that_blocks_holds_up_neither_the_others_nor_the_source() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clones: Vec<_> = (0..3).map(|_| clone(&stream)).collect();
    let gone = Gone::of(&[&stream]).and(&clones.iter().collect::<Vec<_>>());
    let (held, release) = stuck(&stream, "video_0");
    let healthy: Vec<_> = clones
        .iter()
        .map(|clone| Consumer::link(clone, "video_0", |_| Ok(gst::FlowSuccess::Ok)))
        .collect();
    play(&stream);
    clones.iter().for_each(play);
    for number in 0..10 {
        feed.push(number);
        for consumer in &healthy {
            consumer.expect([number]);
        }
    }
    held.expect([0]);
    drop(release);
    stop(&[&stream]);
    stop(&clones.iter().collect::<Vec<_>>());
    drop((stream, clones, held, healthy));
    gone.check();
}

#[test]
fn a_consumer_that_always_returned_at_once_and_then_blocks_holds_nobody_up_though_no_buffer_follows()
 {
    // Something stands in for frames that do not follow, and shows who blocks. Of the second source nobody knows when one is due.
    for rate in [30, 0] {
        const PROMPT: u64 = 150;
        let caps = format!("video/x-raw, format=GRAY8, width=4, height=2, framerate={rate}/1");
        let feed = Feed::new(&caps);
        let stream = video_stream(&feed);
        let streams = [clone(&stream), stream];
        let gone = Gone::of(&streams.each_ref());
        let (release, released) = channel::<()>();
        // Whoever is the first to get it blocks.
        let first = Arc::new(Mutex::new(Some(released)));
        let consumers = streams.each_ref().map(|stream| {
            let first = first.clone();
            Consumer::link(stream, "video_0", move |number| {
                let blocks = (number == PROMPT).then(|| first.lock().expect("no panics").take());
                if let Some(released) = blocks.flatten() {
                    let _ = released.recv();
                }
                Ok(gst::FlowSuccess::Ok)
            })
        });
        streams.iter().for_each(play);
        for number in 0..=PROMPT {
            feed.push(number);
            consumers.iter().for_each(|each| each.expect([number]));
        }
        drop(release);
        stop(&streams.each_ref());
        drop((streams, consumers));
        gone.check();
    }
}

#[test]
fn a_pad_that_is_blocked_gets_nothing_more_though_its_element_was_paused_and_plays_again() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let blocked = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    let healthy = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    feed.push(0);
    blocked.expect([0]);
    healthy.expect([0]);
    let pad = stream.static_pad("video_0").expect("a pad");
    let (sender, arrives) = channel();
    let types = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
    let block = pad.add_probe(types | gst::PadProbeType::BLOCK, move |_, info| {
        let _ = sender.send(info.buffer().map(|buffer| buffer.offset()));
        gst::PadProbeReturn::Ok
    });
    feed.push(1);
    healthy.expect([1]);
    assert_eq!(next(&arrives), Some(1));
    // What was for the time between two pauses is not pushed after them.
    for numbers in [2..6, 6..10] {
        stream.set_state(gst::State::Paused).expect("PAUSED");
        play(&stream);
        for number in numbers {
            feed.push(number);
            healthy.expect([number]);
        }
    }
    assert_eq!(arrives.try_recv().ok(), None);
    pad.remove_probe(block.expect("a probe"));
    blocked.expect([1, 6, 7, 8, 9]);
    stop(&[&stream, &clone]);
    drop((stream, clone, pad, blocked, healthy));
    gone.check();
}

#[test]
fn an_element_leaves_paused_when_its_consumer_has_returned() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (sender, happened) = channel();
    let (release, released) = channel::<()>();
    let (returned, released) = (Mutex::new(sender.clone()), Mutex::new(released));
    let held = Consumer::link(&stream, "video_0", move |_| {
        let _ = released.lock().expect("one thread").recv();
        let _ = returned.lock().expect("one thread").send("returned");
        Ok(gst::FlowSuccess::Ok)
    });
    let healthy = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    feed.push(0);
    held.expect([0]);
    let leaving = thread::spawn({
        let stream = stream.clone();
        move || {
            let _ = sender.send("leaves");
            stop(&[&stream]);
            let _ = sender.send("left");
        }
    });
    assert_eq!(next(&happened), "leaves");
    // The others do not wait with it.
    healthy.expect([0]);
    for number in 1..50 {
        feed.push(number);
        healthy.expect([number]);
    }
    drop(release);
    assert_eq!([next(&happened), next(&happened)], ["returned", "left"]);
    leaving.join().expect("it leaves");
    stop(&[&clone]);
    drop((stream, clone, held, healthy));
    gone.check();
}

#[test]
fn a_consumer_may_bring_down_the_element_that_pushes_on_it() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, down) = channel();
    let weak = stream.downgrade();
    let consumer = Consumer::link(&stream, "video_0", move |_| {
        if let Some(stream) = weak.upgrade() {
            let _ = sender.send(stream.set_state(gst::State::Null).is_ok());
        }
        Ok(gst::FlowSuccess::Ok)
    });
    play(&stream);
    feed.push(0);
    assert!(next(&down));
    drop((stream, consumer));
    gone.check();
}

#[test]
fn a_track_whose_consumer_never_returns_is_removed_at_once_and_the_track_lives_on() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let removed = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &clone]).and(&[&removed]);
    let (held, release) = stuck(&stream, "video_0");
    let healthy = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    feed.push(0);
    held.expect([0]);
    healthy.expect([0]);

    stream.emit_by_name::<()>("remove-track", &[&removed]);
    assert_eq!(stream.static_pad("video_0"), None);
    assert_eq!(removed.ready_state(), ReadyState::Live);
    feed.push(1);
    healthy.expect([1]);

    // It can come back, as another element of the same track, while the first one is still held.
    stream.emit_by_name::<()>("add-track", &[&removed]);
    let back = track(&stream, Kind::Video);
    assert_ne!(back, removed);
    assert_eq!(back.id(), removed.id());
    let again = Consumer::link(&stream, "video_1", |_| Ok(gst::FlowSuccess::Ok));
    feed.push(2);
    healthy.expect([2]);
    again.expect([2]);

    drop(release);
    stop(&[&stream, &clone]);
    drop((stream, clone, removed, back, held, healthy, again));
    gone.check();
}

#[test]
fn a_consumer_that_lags_loses_the_oldest_and_is_told_so() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let lagging = track(&stream, Kind::Video);
    lagging.set_property("max-size-buffers", 3_u32);
    lagging.set_property("max-size-time", 0_u64);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (held, release) = stuck(&stream, "video_0");
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    let (sender, flags) = channel();
    held.pad
        .add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            if let Some(buffer) = info.buffer() {
                let _ = sender.send((
                    buffer.offset(),
                    buffer.flags().contains(gst::BufferFlags::DISCONT),
                ));
            }
            gst::PadProbeReturn::Ok
        });
    play(&stream);
    play(&clone);
    feed.push(0);
    held.expect([0]);
    for number in 1..10 {
        feed.push(number);
    }
    good.expect(0..10);
    for _ in 0..4 {
        release.send(()).expect("it waits");
    }
    held.expect([7, 8, 9]);
    assert_eq!(
        flags.try_iter().collect::<Vec<_>>(),
        [(0, true), (7, true), (8, false), (9, false)]
    );
    stop(&[&stream, &clone]);
    let stats = lagging.property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(4));
    assert_eq!(stats.get::<u64>("droppedFrames"), Ok(6));
    assert_eq!(stats.get::<u64>("totalFrames"), Ok(10));
    drop((stream, clone, lagging, held, good));
    gone.check();
}
