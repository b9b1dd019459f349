// SPDX-License-Identifier: MPL-2.0

//! A consumer that fails, wants no more, is not there or is flushed.

use std::sync::mpsc::channel;
use std::time::Duration;

use gst::prelude::*;

use super::*;

/// What a consumer may answer, and whether that is an error on its own bus.
const ANSWERS: [(gst::FlowError, bool); 5] = [
    (gst::FlowError::Error, true),
    (gst::FlowError::NotNegotiated, true),
    (gst::FlowError::Eos, false),
    (gst::FlowError::NotLinked, false),
    (gst::FlowError::Flushing, false),
];

#[test]
fn whatever_a_consumer_answers_the_others_get_every_buffer() {
    for (answer, is_error) in ANSWERS {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        let (bad_bus, good_bus) = (bus_of(&stream), bus_of(&clone));
        let bad = Consumer::link(&stream, "video_0", move |_| Err(answer));
        let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
        play(&stream);
        play(&clone);
        for number in 0..5 {
            feed.push(number);
            good.expect([number]);
        }
        bad.expect([0]);
        let error = bad_bus.timed_pop_filtered(
            gst::ClockTime::from_seconds(if is_error { 10 } else { 0 }),
            &[gst::MessageType::Error],
        );
        assert_eq!(error.is_some(), is_error, "{answer:?}");
        assert!(good_bus.pop_filtered(&[gst::MessageType::Error]).is_none());
        assert!(stream.property::<bool>("active"));
        stop(&[&stream, &clone]);
        bad_bus.set_flushing(true);
        good_bus.set_flushing(true);
        drop((stream, clone, bad, good, error));
        gone.check();
    }
}

#[test]
fn a_pad_that_is_not_linked_costs_the_others_nothing_and_counts_its_frames() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    for number in 0..3 {
        feed.push(number);
        good.expect([number]);
    }
    // Linked late, between two buffers, the consumer starts with the next one, which says that others are missing.
    let pad = stream.static_pad("video_0").expect("a pad");
    let (sender, seen) = channel();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            let discont = buffer.flags().contains(gst::BufferFlags::DISCONT);
            let _ = sender.send((buffer.offset(), discont));
        }
        gst::PadProbeReturn::Ok
    });
    feed.push(3);
    good.expect([3]);
    while next(&seen).0 != 3 {}
    // What follows a buffer on its way to the same consumer says that its push has returned.
    let (sender, returned) = channel();
    let custom = gst::Structure::new_empty("follows");
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        let custom = info.event().and_then(|event| event.structure());
        if custom.is_some_and(|custom| custom.name() == "follows") {
            let _ = sender.send(());
        }
        gst::PadProbeReturn::Ok
    });
    feed.app_src()
        .send_event(gst::event::CustomDownstream::new(custom));
    next(&returned);
    let late = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    feed.push(4);
    late.expect([4]);
    assert_eq!(next(&seen), (4, true));
    stop(&[&stream]);
    let stats = track(&stream, Kind::Video).property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(5));
    stop(&[&clone]);
    drop((stream, clone, good, late, pad));
    gone.check();
}

#[test]
fn a_consumer_that_is_flushed_goes_on_with_a_new_segment() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, events) = channel();
    let consumer = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    consumer
        .pad
        .add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
            if let Some(event) = info.event() {
                let _ = sender.send(event.type_());
            }
            gst::PadProbeReturn::Ok
        });
    play(&stream);
    feed.push(0);
    consumer.expect([0]);
    let flush = |event: gst::Event| assert!(consumer.pad.send_event(event));
    flush(gst::event::FlushStart::new());
    // Lost while flushing; that it was offered is seen in the count.
    feed.push(1);
    let missed = track(&stream, Kind::Video);
    wait_for_stats(&missed, "droppedFrames", 1);
    flush(gst::event::FlushStop::new(true));
    let before: Vec<_> = events.try_iter().collect();
    assert!(before.contains(&gst::EventType::Segment));
    feed.push(2);
    consumer.expect([2]);
    assert!(
        events
            .try_iter()
            .any(|event| event == gst::EventType::Segment)
    );
    stop(&[&stream]);
    drop((stream, missed, consumer));
    gone.check();
}

/// Waits until the workers are through with what has been pushed: a second consumer of the same feed cannot tell.
#[track_caller]
fn wait_for_stats(track: &MediaStreamTrack, field: &str, count: u64) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while track
        .property::<gst::Structure>("stats")
        .get::<u64>(field)
        .expect("a count")
        < count
    {
        assert!(std::time::Instant::now() < deadline, "{field} < {count}");
        std::thread::yield_now();
    }
}
