// SPDX-License-Identifier: MPL-2.0

//! `stop`: synchronous, silent, for that track alone, and the end of the source with the last one.

use std::sync::mpsc::channel;

use gst::prelude::*;

use super::STATES;
use crate::device::{Device, Power};
use crate::support::*;

#[test]
fn stop_ends_a_track_at_once_in_every_state() {
    for state in STATES {
        let device = Device::new();
        let stream = device.stream();
        let mut consumer = consume_stopped(&stream, "video_0");
        stream.set_state(state).expect("it goes there");
        let track = track(&stream, Kind::Video);
        let gone = Gone::of(&[&stream]).and(&[&track]);
        stop(&track);
        assert_eq!(track.ready_state(), ReadyState::Ended);
        assert!(!stream.active());
        assert_eq!(stream.current_state(), state);
        if state > gst::State::Null {
            assert_eq!(
                [device.next(), device.next()],
                [Power::Opening, Power::Open]
            );
            assert_eq!(device.next(), Power::Closed);
        }
        consumer.play();
        pull_event(&mut consumer, gst::EventType::Eos);
        assert_eq!(consumer.buffers_received(), 0);
        drop((consumer, stream, track));
        gone.check();
        assert_eq!(device.so_far(), []);
    }
}

#[test]
fn stop_is_silent_and_a_second_one_does_nothing() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let (stopped, kept) = (track(&stream, Kind::Video), track(&clone, Kind::Video));
    let ended = hear_ended(&[stopped.clone(), kept.clone()]);
    let (sender, notified) = channel();
    stopped.connect_notify(Some("ready-state"), move |track, _| {
        let state: ReadyState = track.property("ready-state");
        let _ = sender.send(state);
    });
    let messages = hear_messages(&stream, |message| {
        (message.type_() == gst::MessageType::Element)
            .then(|| message.structure().map(|s| s.to_owned()))
    });
    let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    stop(&stopped);
    assert_eq!(notified.try_iter().collect::<Vec<_>>(), [ReadyState::Ended]);
    stop(&stopped);
    stop(&stopped);
    pull_event(&mut consumers[0], gst::EventType::Eos);
    feed.push(0);
    assert_eq!(pull(&mut consumers[1], 1), [0]);
    // What is not stopped is heard.
    feed.end();
    assert_eq!(next(&ended), kept.id());
    pull_event(&mut consumers[1], gst::EventType::Eos);
    let gone = Gone::of(&[&stream, &clone]).and(&[&stopped, &kept]);
    drop((consumers, stream, clone, stopped, kept));
    gone.check();
    assert_eq!(ended.iter().count(), 0);
    assert_eq!(notified.iter().count(), 0);
    assert_eq!(messages.iter().collect::<Vec<_>>(), []);
}

#[test]
fn a_stopped_track_gives_what_it_had_and_then_eos() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let witness = clone(&stream);
    let gone = Gone::of(&[&stream, &witness]);
    let mut consumer = consume(&stream, "video_0");
    let mut of_witness = consume(&witness, "video_0");
    // The consumer is in the middle of the first buffer while more come and the track is stopped.
    let (sender, blocked) = channel();
    let pad = consumer.sinkpad().expect("a pad");
    let block = gst::PadProbeType::BLOCK | gst::PadProbeType::BUFFER;
    let probe = pad.add_probe(block, move |_, _| {
        let _ = sender.send(());
        gst::PadProbeReturn::Ok
    });
    feed.push(0);
    next(&blocked);
    feed.push(1);
    feed.push(2);
    assert_eq!(pull(&mut of_witness, 3), [0, 1, 2]);
    stop(&track(&stream, Kind::Video));
    feed.push(3);
    assert_eq!(pull(&mut of_witness, 1), [3]);
    pad.remove_probe(probe.expect("a probe"));
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(pull(&mut consumer, 3), [0, 1, 2]);
    assert_eq!(consumer.buffers_received(), 3);
    drop((consumer, of_witness, pad, stream, witness));
    gone.check();
}

#[test]
fn the_eos_of_a_stopped_track_is_seen_by_no_other() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let mut stopped = consume(&stream, "video_0");
    let mut others = [
        consume(&stream, "audio_0"),
        consume(&clone, "video_0"),
        consume(&clone, "audio_0"),
    ];
    stop(&track(&stream, Kind::Video));
    pull_event(&mut stopped, gst::EventType::Eos);
    video.push(0);
    audio.push(0);
    for consumer in &mut others {
        assert_eq!(pull(consumer, 1), [0]);
        let mut events = std::iter::from_fn(|| consumer.try_pull_event());
        assert!(!events.any(|event| event.type_() == gst::EventType::Eos));
    }
    drop((stopped, others, stream, clone));
    gone.check();
}

#[test]
fn the_last_stop_closes_the_device_though_every_element_runs_on() {
    let device = Device::new();
    let stream = device.stream();
    let clones = [clone(&stream), clone(&stream)];
    let alone = clone(&track(&stream, Kind::Video));
    let gone = Gone::of(&[&stream, &clones[0], &clones[1]]).and(&[&alone]);
    let mut consumers = vec![consume(&alone, "src")];
    for stream in [&stream, &clones[0], &clones[1]] {
        consumers.push(consume(stream, "video_0"));
    }
    assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
    for stream in [&stream, &clones[1], &clones[0]] {
        stop(&track(stream, Kind::Video));
        settle(&alone);
        assert_eq!(device.so_far(), []);
    }
    device.feed.push(0);
    assert_eq!(pull(&mut consumers[0], 1), [0]);
    stop(&alone);
    assert_eq!(device.next(), Power::Closed);
    for consumer in &mut consumers {
        pull_event(consumer, gst::EventType::Eos);
    }
    assert_eq!(stream.current_state(), gst::State::Playing);
    drop((consumers, stream, clones, alone));
    gone.check();
    assert_eq!(device.so_far(), []);
}

#[test]
fn a_track_that_nobody_runs_keeps_no_device_open() {
    let device = Device::new();
    let stream = device.stream();
    let idle = clone(&stream);
    let gone = Gone::of(&[&stream, &idle]);
    let consumer = consume(&stream, "video_0");
    assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
    stop(&track(&stream, Kind::Video));
    assert_eq!(device.next(), Power::Closed);
    // It is live, and opens the device for itself.
    assert!(idle.active());
    let mut of_idle = consume(&idle, "video_0");
    assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
    device.feed.push(0);
    assert_eq!(pull(&mut of_idle, 1), [0]);
    drop((consumer, of_idle, stream, idle));
    gone.check();
}
