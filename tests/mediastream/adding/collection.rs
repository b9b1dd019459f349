// SPDX-License-Identifier: MPL-2.0

//! What downstream and the application are told of a stream: STREAM_START, GstStream and GstStreamCollection.

use std::sync::mpsc::Receiver;

use gst::prelude::*;

use crate::support::*;

/// The upstream-id of a collection and the stream-ids in it.
pub type Told = (String, Vec<String>);

fn told(collection: &gst::StreamCollection) -> Told {
    let id = |stream: gst::Stream| stream.stream_id().expect("an id").to_string();
    let upstream = collection.upstream_id().expect("an id").to_string();
    (upstream, collection.iter().map(id).collect())
}

pub fn hear_collections(element: &impl IsA<gst::Element>) -> Receiver<Told> {
    hear_messages(element, |message| match message.view() {
        gst::MessageView::StreamCollection(message) => Some(told(&message.stream_collection())),
        _ => None,
    })
}

/// What the consumer was told last.
pub fn told_downstream(consumer: &mut gst_check::Harness) -> Vec<Told> {
    let events = std::iter::from_fn(|| consumer.try_pull_event());
    let collections = events.filter_map(|event| match event.view() {
        gst::EventView::StreamCollection(event) => Some(told(&event.stream_collection())),
        _ => None,
    });
    collections.collect()
}

struct Start {
    stream_id: String,
    group: gst::GroupId,
    stream: gst::Stream,
}

#[track_caller]
fn start(consumer: &mut gst_check::Harness) -> Start {
    let event = pull_event(consumer, gst::EventType::StreamStart);
    let gst::EventView::StreamStart(event) = event.view() else {
        panic!("{event:?}")
    };
    Start {
        stream_id: event.stream_id().to_owned(),
        group: event.group_id().expect("a group"),
        stream: event.stream().expect("a stream"),
    }
}

#[test]
fn every_change_of_the_tracks_is_a_new_collection_on_the_bus() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = empty_stream();
    let gone = Gone::of(&[&stream]);
    let collections = hear_collections(&stream);
    let expect = |change: &str| {
        let told = (stream.id(), ids(&stream));
        assert_eq!(
            collections.try_iter().collect::<Vec<_>>(),
            [told],
            "{change}"
        );
    };
    stream.set_property("video-source", video.element());
    expect("a source");
    stream.set_property("audio-source", audio.element());
    expect("another one");
    stream.set_state(gst::State::Playing).expect("PLAYING");
    expect("a bus that was not there before");
    let sibling = clone(&track(&stream, Kind::Video));
    add(&stream, &sibling);
    expect("a track");
    add(&stream, &sibling);
    assert_eq!(collections.try_iter().count(), 0, "added twice");
    for track in all_tracks(&stream) {
        remove(&stream, &track);
        expect("a removal");
        remove(&stream, &track);
        assert_eq!(collections.try_iter().count(), 0, "removed twice");
    }
    stop(&sibling);
    assert_eq!(collections.try_iter().count(), 0, "not in the stream");
    stream.set_state(gst::State::Null).expect("NULL");
    drop((stream, sibling));
    gone.check();
}

#[test]
fn a_stream_that_goes_with_its_last_message_says_nothing_more() {
    let feed = Feed::video();
    let stream = empty_stream();
    let gone = Gone::of(&[&stream]);
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    stream.set_property("video-source", feed.element());
    let messages: Vec<_> = std::iter::from_fn(|| bus.pop()).collect();
    drop(stream);
    drop(messages);
    let told: Vec<_> = std::iter::from_fn(|| bus.pop()).collect();
    assert!(told.is_empty(), "{told:?}");
    gone.check();
}

#[test]
fn downstream_has_the_collection_before_the_first_buffer_and_each_new_one() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    let of_one = told_downstream(&mut consumer);
    assert_eq!(of_one, [(stream.id(), ids(&stream))]);
    let sibling = clone(&track(&stream, Kind::Video));
    add(&stream, &sibling);
    feed.push(1);
    assert_eq!(pull(&mut consumer, 1), [1]);
    assert_eq!(
        told_downstream(&mut consumer),
        [(stream.id(), ids(&stream))]
    );
    remove(&stream, &sibling);
    feed.push(2);
    assert_eq!(pull(&mut consumer, 1), [2]);
    assert_eq!(told_downstream(&mut consumer), of_one);
    feed.push(3);
    assert_eq!(pull(&mut consumer, 1), [3]);
    assert_eq!(told_downstream(&mut consumer), []);
    drop((consumer, stream, sibling));
    gone.check();
}

#[test]
fn a_clone_is_told_of_with_all_its_tracks_once_when_it_comes_into_a_pipeline() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    stream.set_state(gst::State::Playing).expect("PLAYING");
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let pipeline = gst::Pipeline::new();
    let collections = hear_collections(&pipeline);
    pipeline.add(&clone).expect("a new element");
    assert_eq!(collections.try_iter().count(), 0, "nothing has changed");
    let expected = (clone.id(), ids(&clone));
    assert_eq!(expected.1.len(), 2);
    for round in ["the first time", "once more"] {
        pipeline.set_state(gst::State::Paused).expect("PAUSED");
        let told: Vec<_> = collections.try_iter().collect();
        assert_eq!(told.as_slice(), std::slice::from_ref(&expected), "{round}");
        pipeline.set_state(gst::State::Ready).expect("READY");
    }
    pipeline.set_state(gst::State::Null).expect("NULL");
    stream.set_state(gst::State::Null).expect("NULL");
    drop((pipeline, stream, clone));
    gone.check();
}

#[test]
fn all_tracks_of_a_clone_that_has_no_bus_tell_the_same_collection_downstream() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let expected = (clone.id(), ids(&clone));
    assert_eq!(expected.1.len(), 2);
    let mut consumers = ["video_0", "audio_0"].map(|pad| consume(&clone, pad));
    video.push(0);
    audio.push(0);
    let collections = consumers.each_mut().map(|consumer| {
        assert_eq!(pull(consumer, 1), [0]);
        let pad = consumer.sinkpad().expect("a pad");
        let event = pad.sticky_event::<gst::event::StreamCollection<_>>(0);
        event.expect("a collection").stream_collection().to_owned()
    });
    assert_eq!(collections[0], collections[1]);
    assert_eq!(told(&collections[0]), expected);
    drop((consumers, collections, stream, clone));
    gone.check();
}

#[test]
fn each_track_starts_with_its_own_id_type_and_title() {
    let (video, audio) = (Feed::video(), Feed::audio());
    video.element().set_property("name", "The camera");
    let stream = av_stream(&video, &audio);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    for stream in [&stream, &clone] {
        for (pad, kind, feed) in [
            ("video_0", Kind::Video, &video),
            ("audio_0", Kind::Audio, &audio),
        ] {
            let mut consumer = consume(stream, pad);
            feed.push(0);
            let start = start(&mut consumer);
            let track = track(stream, kind);
            assert_eq!(start.stream_id, track.id());
            assert_eq!(start.stream.stream_id(), Some(track.id().into()));
            let type_ = match kind {
                Kind::Audio => gst::StreamType::AUDIO,
                _ => gst::StreamType::VIDEO,
            };
            assert_eq!(start.stream.stream_type(), type_);
            let tags = start.stream.tags().expect("tags");
            let title = tags.get::<gst::tags::Title>().expect("a title");
            assert_eq!(title.get(), track.label());
            assert_eq!(title.get(), feed.element().name());
            assert_eq!(pull(&mut consumer, 1), [0]);
            assert_eq!(start.stream.caps(), feed.app_src().caps());
        }
    }
    drop((stream, clone));
    gone.check();
}

#[test]
fn the_tracks_of_a_stream_are_one_group_and_those_of_a_clone_another() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    let cloned = clone(&stream);
    let alone = clone(&track(&stream, Kind::Video));
    let shared = same_tracks(&stream);
    let gone = Gone::of(&[&stream, &cloned, &shared]).and(&[&alone]);
    let mut groups = vec![];
    for stream in [&stream, &cloned, &shared] {
        let mut of_video = consume(stream, "video_0");
        let mut of_audio = consume(stream, "audio_0");
        video.push(0);
        audio.push(0);
        let group = start(&mut of_video).group;
        assert_eq!(start(&mut of_audio).group, group);
        groups.push(group);
    }
    let mut consumer = consume(&alone, "src");
    video.push(0);
    groups.push(start(&mut consumer).group);
    drop(consumer);
    for (at, group) in groups.iter().enumerate() {
        assert!(!groups[..at].contains(group), "{groups:?}");
    }
    // A track is of the group of the stream that it is in.
    add(&stream, &alone);
    let mut consumer = consume(&stream, "video_1");
    video.push(0);
    assert_eq!(start(&mut consumer).group, groups[0]);
    drop((consumer, stream, cloned, shared, alone));
    gone.check();
}
