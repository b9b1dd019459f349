// SPDX-License-Identifier: MPL-2.0

//! Removing and ending while consumers hold on to a push: in PAUSED, at a relink, in a handler that does not return.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use gst::prelude::*;

use crate::support::*;

const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_track_is_removed_in_paused_while_its_sink_waits_to_play() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let pipeline = gst::Pipeline::new();
    let sink = gst::ElementFactory::make("fakesink")
        .property("sync", true)
        .property("async", false)
        .build()
        .expect("a sink");
    pipeline.add(&stream).expect("a stream");
    pipeline.add(&sink).expect("a sink");
    stream
        .link_pads(Some("video_0"), &sink, Some("sink"))
        .expect("a link");
    let (sender, entered) = channel();
    let pad = sink.static_pad("sink").expect("a pad");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            let _ = sender.send(buffer.offset());
        }
        gst::PadProbeReturn::Ok
    });
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    // Far in the future: the sink waits for its time, and in PAUSED for PLAYING.
    feed.push(36_000);
    assert_eq!(entered.recv_timeout(PATIENCE), Ok(36_000));
    pipeline.set_state(gst::State::Paused).expect("PAUSED");
    let removed = track(&stream, Kind::Video);
    stream.emit_by_name::<()>("remove-track", &[&removed]);
    assert!(all_tracks(&stream).is_empty());
    pipeline.set_state(gst::State::Null).expect("NULL");
    drop((removed, sink, pad, stream, pipeline));
    gone.check();
}

#[test]
fn a_consumer_that_is_linked_while_the_one_before_fails_gets_what_follows() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    let source = stream.static_pad("video_0").expect("a pad");
    let (entered, in_push) = channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let bad = gst::Pad::builder(gst::PadDirection::Sink)
        .chain_function(move |_, _, _| {
            let _ = entered.send(());
            let _ = released.lock().expect("one thread").recv();
            Err(gst::FlowError::Error)
        })
        .event_function(|_, _, _| true)
        .build();
    let (sender, buffers) = channel();
    let good = gst::Pad::builder(gst::PadDirection::Sink)
        .chain_function(move |_, _, buffer| {
            let _ = sender.send(buffer.offset());
            Ok(gst::FlowSuccess::Ok)
        })
        .event_function(|_, _, _| true)
        .build();
    bad.set_active(true).expect("a pad");
    good.set_active(true).expect("a pad");
    source.link(&bad).expect("a link");
    stream.set_state(gst::State::Playing).expect("PLAYING");
    feed.push(0);
    in_push.recv_timeout(PATIENCE).expect("a push");
    // The new one is there before the old one has failed.
    source.unlink(&bad).expect("unlinked");
    source.link(&good).expect("a link");
    drop(release);
    feed.push(1);
    assert_eq!(buffers.recv_timeout(PATIENCE), Ok(1));
    stream.set_state(gst::State::Null).expect("NULL");
    bus.set_flushing(true);
    drop((stream, bad, good, source));
    gone.check();
}

#[test]
fn a_handler_of_ended_that_does_not_return_keeps_no_other_track_from_its_eos() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let (sender, in_handler) = channel();
    track(&stream, Kind::Video).connect("ended", false, move |_| {
        let _ = sender.send(());
        let _ = released.lock().expect("one thread").recv();
        None
    });
    let first = consume(&stream, "video_0");
    let mut second = consume(&clone, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut second, 1), [0]);
    feed.end();
    in_handler.recv_timeout(PATIENCE).expect("ended");
    pull_event(&mut second, gst::EventType::Eos);
    drop(release);
    drop((first, second, stream, clone));
    gone.check();
}

#[test]
fn a_consumer_that_does_not_say_what_it_accepts_keeps_no_other_one_from_its_eos() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (mut first, mut second) = (consume(&stream, "video_0"), consume(&clone, "video_0"));
    feed.push(0);
    for consumer in [&mut first, &mut second] {
        assert_eq!(pull(consumer, 1), [0]);
    }
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let (sender, asked) = channel();
    let pad = first.sinkpad().expect("a pad");
    pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, move |_, info| {
        if info
            .query()
            .is_some_and(|query| query.type_() == gst::QueryType::Caps)
        {
            let _ = sender.send(());
            let _ = released.lock().expect("one thread").recv();
        }
        gst::PadProbeReturn::Ok
    });
    assert!(pad.push_event(gst::event::Reconfigure::new()));
    asked.recv_timeout(PATIENCE).expect("a question");
    feed.end();
    pull_event(&mut second, gst::EventType::Eos);
    drop(release);
    pull_event(&mut first, gst::EventType::Eos);
    drop((pad, first, second, stream, clone));
    gone.check();
}
