// SPDX-License-Identifier: MPL-2.0

//! One track in several streams: a second element of the same track, not a clone.

use std::sync::mpsc::{Receiver, channel};

use gst::prelude::*;
use gstmediastream::messages::TrackMessage;

use crate::device::{Device, Power};
use crate::support::*;

#[test]
fn a_shared_track_has_one_id_and_a_pad_in_each_stream() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = same_tracks(&stream);
    let (mine, theirs) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    let gone = Gone::of(&[&stream, &other]).and(&[&mine, &theirs]);
    assert_ne!(mine, theirs);
    assert_eq!(mine.id(), theirs.id());
    assert_eq!(mine.kind(), theirs.kind());
    assert_eq!(mine.label(), theirs.label());
    assert_eq!(mine.parent().as_ref(), Some(stream.upcast_ref()));
    // Either element is the same track for either stream.
    for stream in [&stream, &other] {
        for track in [&mine, &theirs] {
            add(stream, track);
        }
        assert_eq!(all_tracks(stream).len(), 1);
    }
    let mut consumers = [consume(&stream, "video_0"), consume(&other, "video_0")];
    feed.push(0);
    let memory = consumers.each_mut().map(|consumer| {
        let buffer = consumer.pull().expect("a buffer");
        assert_eq!(buffer.offset(), 0);
        buffer.peek_memory(0).as_ptr()
    });
    assert_eq!(memory[0], memory[1]);
    drop((consumers, stream, other, mine, theirs));
    gone.check();
}

/// Sends `true` or `false` each time a stream becomes active or inactive.
fn hear_active(stream: &MediaStream) -> Receiver<bool> {
    let (sender, active) = channel();
    stream.connect_notify(Some("active"), move |stream, _| {
        let _ = sender.send(stream.active());
    });
    active
}

#[test]
fn one_stop_ends_a_shared_track_in_every_stream() {
    for stopped in 0..3 {
        let device = Device::new();
        let stream = device.stream();
        let streams = [stream.clone(), same_tracks(&stream), same_tracks(&stream)];
        let gone = Gone::of(&streams.iter().collect::<Vec<_>>());
        let active = streams.each_ref().map(hear_active);
        let tracks = streams.each_ref().map(|stream| track(stream, Kind::Video));
        let mut consumers = streams.each_ref().map(|stream| consume(stream, "video_0"));
        assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
        stop(&tracks[stopped]);
        for (track, stream) in tracks.iter().zip(&streams) {
            assert_eq!(track.ready_state(), ReadyState::Ended);
            assert!(!stream.active());
        }
        for active in &active {
            assert_eq!(active.try_iter().collect::<Vec<_>>(), [false]);
        }
        for consumer in &mut consumers {
            pull_event(consumer, gst::EventType::Eos);
        }
        assert_eq!(device.next(), Power::Closed);
        drop((consumers, stream, streams, tracks));
        gone.check();
    }
}

#[test]
fn a_shared_track_that_is_removed_from_one_stream_runs_on_in_the_other() {
    let device = Device::new();
    let stream = device.stream();
    let other = same_tracks(&stream);
    let removed = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &other]).and(&[&removed]);
    let consumer = consume(&stream, "video_0");
    let mut of_other = consume(&other, "video_0");
    // By the element that is in the other stream: the track is what counts.
    remove(&stream, &track(&other, Kind::Video));
    assert!(all_tracks(&stream).is_empty());
    assert!(!stream.active());
    assert!(other.active());
    assert_eq!(removed.parent(), None);
    device.feed.push(0);
    assert_eq!(pull(&mut of_other, 1), [0]);
    assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
    stop(&removed);
    assert!(!other.active());
    pull_event(&mut of_other, gst::EventType::Eos);
    assert_eq!(device.next(), Power::Closed);
    drop((consumer, of_other, stream, other, removed));
    gone.check();
}

#[test]
fn a_shared_track_outlives_the_stream_that_made_it() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = same_tracks(&stream);
    let consumer = consume(&stream, "video_0");
    let mut of_other = consume(&other, "video_0");
    let gone = Gone::of(&[&stream]).and(&[&track(&stream, Kind::Video)]);
    drop((consumer, stream));
    gone.check();
    let gone = Gone::of(&[&other]);
    assert!(other.active());
    feed.push(0);
    assert_eq!(pull(&mut of_other, 1), [0]);
    drop((of_other, other));
    gone.check();
}

#[test]
fn the_end_of_a_shared_track_is_told_by_each_stream_once() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let streams = [stream.clone(), same_tracks(&stream)];
    let tracks = streams.each_ref().map(|stream| track(stream, Kind::Video));
    let gone = Gone::of(&[&streams[0], &streams[1]]).and(&[&tracks[0], &tracks[1]]);
    let ended = tracks
        .each_ref()
        .map(|track| hear_ended(std::slice::from_ref(track)));
    let messages = streams
        .each_ref()
        .map(|stream| hear_messages(stream, |message| TrackMessage::parse(message)));
    let mut consumers = streams.each_ref().map(|stream| consume(stream, "video_0"));
    feed.end();
    for at in 0..2 {
        pull_event(&mut consumers[at], gst::EventType::Eos);
        assert_eq!(next(&ended[at]), tracks[0].id());
        let message = next(&messages[at]);
        assert_eq!(message.stream_id, Some(streams[at].id()));
        assert_eq!(message.track_id, tracks[0].id());
    }
    drop((consumers, stream, streams, tracks));
    gone.check();
    for (ended, messages) in ended.iter().zip(&messages) {
        assert_eq!((ended.iter().count(), messages.iter().count()), (0, 0));
    }
}

#[test]
fn an_ended_track_can_be_shared_and_is_ended() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    stop(&track(&stream, Kind::Video));
    let other = same_tracks(&stream);
    let gone = Gone::of(&[&stream, &other]);
    assert_eq!(ids(&other), ids(&stream));
    assert!(!other.active());
    let mut consumer = consume(&other, "video_0");
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(feed.app_src().current_state(), gst::State::Null);
    drop((consumer, stream, other));
    gone.check();
}

#[test]
fn a_track_that_stands_in_a_pipeline_is_shared_with_a_stream() {
    let feed = Feed::video();
    let alone = clone(&track(&video_stream(&feed), Kind::Video));
    let pipeline = gst::Pipeline::new();
    pipeline.add(&alone).expect("a new element");
    let stream = empty_stream();
    let gone = Gone::of(&[&pipeline]).and(&[&alone]).and(&[&stream]);
    add(&stream, &alone);
    assert_eq!(alone.parent().as_ref(), Some(pipeline.upcast_ref()));
    assert_eq!(ids(&stream), [alone.id()]);
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    pipeline.set_state(gst::State::Null).expect("NULL");
    feed.push(1);
    assert_eq!(pull(&mut consumer, 1), [1]);
    assert_eq!(alone.ready_state(), ReadyState::Live);
    drop((consumer, pipeline, alone, stream));
    gone.check();
}

/// A consumer of a track need not be in the stream that the track was taken from (webaudio,
/// mediastreamaudiosourcenode-routing).
#[test]
fn a_track_that_is_removed_and_added_elsewhere_flows_there() {
    let feed = Feed::audio();
    let stream = av_stream(&Feed::video(), &feed);
    let audio = track(&stream, Kind::Audio);
    let other = empty_stream();
    let gone = Gone::of(&[&stream, &other]).and(&[&audio]);
    let mut consumer = consume(&stream, "audio_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    remove(&stream, &audio);
    add(&other, &audio);
    assert_eq!(ids(&other), [audio.id()]);
    let mut of_other = consume(&other, "audio_0");
    feed.push(1);
    assert_eq!(pull(&mut of_other, 1), [1]);
    stop(&audio);
    pull_event(&mut of_other, gst::EventType::Eos);
    assert!(stream.active() && !other.active());
    drop((consumer, of_other, stream, other, audio));
    gone.check();
}
