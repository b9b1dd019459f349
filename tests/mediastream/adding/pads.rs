// SPDX-License-Identifier: MPL-2.0

//! Pads come and go with the tracks.

use std::sync::mpsc::{Receiver, channel};

use gst::prelude::*;

use crate::support::*;

/// The names of the pads that a stream gets (`+`) and loses (`-`).
fn hear_pads(stream: &MediaStream) -> Receiver<String> {
    let (sender, pads) = channel();
    let removed = sender.clone();
    stream.connect_pad_added(move |_, pad| {
        let _ = sender.send(format!("+{}", pad.name()));
    });
    stream.connect_pad_removed(move |_, pad| {
        let _ = removed.send(format!("-{}", pad.name()));
    });
    pads
}

#[test]
fn pads_are_there_in_null_and_their_names_are_never_used_again() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = empty_stream();
    let gone = Gone::of(&[&stream]);
    let pads = hear_pads(&stream);
    let heard = || pads.try_iter().collect::<Vec<_>>();
    stream.set_property("audio-source", audio.element());
    assert_eq!(heard(), ["+audio_0"]);
    stream.set_property("video-source", video.element());
    assert_eq!(heard(), ["+video_0"]);
    let first = track(&stream, Kind::Video);
    let second = clone(&first);
    add(&stream, &second);
    assert_eq!(heard(), ["+video_1"]);
    remove(&stream, &second);
    assert_eq!(heard(), ["-video_1"]);
    remove(&stream, &first);
    assert_eq!(heard(), ["-video_0"]);
    add(&stream, &first);
    assert_eq!(heard(), ["+video_2"]);
    add(&stream, &second);
    assert_eq!(heard(), ["+video_3"]);
    // Pads are numbered for each kind.
    add(&stream, &clone(&track(&stream, Kind::Audio)));
    assert_eq!(heard(), ["+audio_1"]);
    let names: Vec<_> = stream.src_pads().iter().map(|pad| pad.name()).collect();
    assert_eq!(names, ["audio_0", "video_2", "video_3", "audio_1"]);
    drop((stream, first, second));
    gone.check();
}

#[test]
fn a_clone_has_pads_of_its_own_for_what_its_original_has_now() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let first = track(&stream, Kind::Video);
    add(&stream, &clone(&first));
    remove(&stream, &first);
    assert_eq!(stream.static_pad("video_0"), None);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]).and(&[&first]);
    let pads = clone.src_pads();
    assert_eq!(pads.len(), 1);
    assert_eq!(pads[0].name(), "video_0");
    drop((stream, clone, first, pads));
    gone.check();
}

#[test]
fn a_track_goes_to_the_state_of_the_stream_that_it_is_added_to() {
    for state in [
        gst::State::Null,
        gst::State::Ready,
        gst::State::Paused,
        gst::State::Playing,
    ] {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let added = clone(&track(&stream, Kind::Video));
        let gone = Gone::of(&[&stream]).and(&[&added]);
        stream.set_state(state).expect("it goes there");
        add(&stream, &added);
        assert_eq!(added.current_state(), state);
        let mut consumer = consume(&stream, "video_1");
        feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
        drop((consumer, stream, added));
        gone.check();
    }
}

#[test]
fn a_removed_track_is_in_null_and_runs_on_its_own() {
    for number in 0..50 {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let track = track(&stream, Kind::Video);
        let gone = Gone::of(&[&stream]).and(&[&track]);
        let mut consumer = consume(&stream, "video_0");
        feed.push(number);
        // It may not have returned yet, but does so in the next moment.
        assert_eq!(pull(&mut consumer, 1), [number]);
        remove(&stream, &track);
        assert_eq!(track.current_state(), gst::State::Null, "{number}");
        assert_eq!(track.ready_state(), ReadyState::Live);
        let mut alone = consume(&track, "src");
        feed.push(number);
        assert_eq!(pull(&mut alone, 1), [number]);
        drop((consumer, alone, stream, track));
        gone.check();
    }
}

#[test]
fn a_track_that_comes_back_gives_what_is_new_on_its_new_pad() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let kept = clone(&stream);
    let track = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &kept]).and(&[&track]);
    let mut of_kept = consume(&kept, "video_0");
    let mut consumer = consume(&stream, "video_0");
    for number in [0, 3, 6] {
        feed.push(number);
        assert_eq!(pull(&mut consumer, 1), [number]);
        remove(&stream, &track);
        assert!(!stream.active());
        feed.push(number + 1);
        assert_eq!(pull(&mut of_kept, 2), [number, number + 1]);
        add(&stream, &track);
        assert!(stream.active());
        let pad = format!("video_{}", 1 + number / 3);
        consumer = consume(&stream, &pad);
        feed.push(number + 2);
        pull_event(&mut consumer, gst::EventType::StreamStart);
        pull_event(&mut consumer, gst::EventType::Caps);
        pull_event(&mut consumer, gst::EventType::Segment);
        assert_eq!(pull(&mut consumer, 1), [number + 2]);
        assert_eq!(pull(&mut of_kept, 1), [number + 2]);
    }
    drop((consumer, of_kept, stream, kept, track));
    gone.check();
}

#[test]
fn adding_and_removing_does_not_disturb_the_other_tracks() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    let first = consumer.pull().expect("a buffer");
    let caps = consumer.sinkpad().and_then(|pad| pad.current_caps());
    while consumer.try_pull_event().is_some() {}
    for number in 1..10 {
        let sibling = clone(&track_at(&stream, 0));
        add(&stream, &sibling);
        feed.push(number);
        let buffer = consumer.pull().expect("a buffer");
        assert_eq!(buffer.offset(), number);
        assert!(!buffer.flags().contains(gst::BufferFlags::DISCONT));
        remove(&stream, &sibling);
    }
    let events = std::iter::from_fn(|| consumer.try_pull_event());
    let types: Vec<_> = events.map(|event| event.type_()).collect();
    let collection = |type_: &gst::EventType| *type_ == gst::EventType::StreamCollection;
    assert!(types.iter().all(collection), "{types:?}");
    assert_eq!(consumer.sinkpad().and_then(|pad| pad.current_caps()), caps);
    drop((consumer, stream, first));
    gone.check();
}

fn track_at(stream: &MediaStream, index: usize) -> MediaStreamTrack {
    all_tracks(stream).swap_remove(index)
}

#[test]
fn a_track_is_added_and_another_removed_in_a_pad_probe() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let first = track(&stream, Kind::Video);
    let added = clone(&first);
    let witness = clone(&stream);
    let gone = Gone::of(&[&stream, &witness]).and(&[&first, &added]);
    let mut consumer = consume(&stream, "video_0");
    let mut of_witness = consume(&witness, "video_0");
    let (sender, done) = channel();
    let weak = (stream.downgrade(), first.downgrade(), added.downgrade());
    let pad = first.static_pad("src").expect("a pad");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        let stream = weak.0.upgrade().expect("the test has it");
        let [first, added] = [&weak.1, &weak.2].map(|weak| weak.upgrade().expect("a track"));
        add(&stream, &added);
        // Its consumer has not returned, for this is in the middle of a push to it.
        remove(&stream, &first);
        let _ = sender.send(ids(&stream));
        gst::PadProbeReturn::Remove
    });
    feed.push(0);
    assert_eq!(next(&done), [added.id()]);
    assert_eq!(first.ready_state(), ReadyState::Live);
    assert_eq!(stream.static_pad("video_0"), None);
    let mut of_added = consume(&stream, "video_1");
    feed.push(1);
    assert_eq!(pull(&mut of_added, 1), [1]);
    assert_eq!(pull(&mut of_witness, 2), [0, 1]);
    assert!(
        consumer
            .try_pull()
            .is_none_or(|buffer| buffer.offset() == 0)
    );
    drop((consumer, of_witness, of_added, pad));
    drop((stream, witness, first, added));
    gone.check();
}
