// SPDX-License-Identifier: MPL-2.0

//! `gst_bin_add` and `gst_bin_remove`, what a stream refuses, and its lists.

use gio::prelude::ListModelExt;
use gst::prelude::*;

use crate::support::*;

#[test]
fn to_add_an_element_to_the_bin_is_to_add_a_track() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = empty_stream();
    let sibling = clone(&track(&stream, Kind::Video));
    let shared = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &other]).and(&[&sibling, &shared]);
    other.add(&sibling).expect("a track");
    assert_eq!(all_tracks(&other), std::slice::from_ref(&sibling));
    assert_eq!(sibling.parent().as_ref(), Some(other.upcast_ref()));
    assert!(other.active());
    // It is in the other one already: here it is a second element of the same track.
    other.add(&shared).expect("a track");
    assert_eq!(ids(&other), [sibling.id(), shared.id()]);
    assert_eq!(shared.parent().as_ref(), Some(stream.upcast_ref()));
    // Again is no error and no change.
    other.add(&sibling).expect("a track");
    assert_eq!(all_tracks(&other).len(), 2);
    let mut consumers = [consume(&other, "video_0"), consume(&other, "video_1")];
    feed.push(0);
    for consumer in &mut consumers {
        assert_eq!(pull(consumer, 1), [0]);
    }
    drop((consumers, stream, other, sibling, shared));
    gone.check();
}

#[test]
fn to_remove_an_element_from_the_bin_is_to_remove_a_track() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let track = track(&stream, Kind::Video);
    let sibling = clone(&track);
    let gone = Gone::of(&[&stream]).and(&[&track, &sibling]);
    stream.set_state(gst::State::Playing).expect("PLAYING");
    stream.remove(&track).expect("its track");
    assert!(all_tracks(&stream).is_empty());
    assert!(!stream.active());
    assert_eq!(stream.static_pad("video_0"), None);
    assert_eq!(track.parent(), None);
    assert_eq!(track.current_state(), gst::State::Null);
    assert_eq!(track.ready_state(), ReadyState::Live);
    // What is not there cannot be removed, and is not touched.
    assert!(stream.remove(&track).is_err());
    assert!(stream.remove(&sibling).is_err());
    assert_eq!(sibling.ready_state(), ReadyState::Live);
    stream.set_state(gst::State::Null).expect("NULL");
    drop((stream, track, sibling));
    gone.check();
}

#[test]
fn what_is_no_track_of_a_source_is_refused() {
    let stream = video_stream(&Feed::video());
    let gone = Gone::of(&[&stream]);
    let before = ids(&stream);
    for name in ["fakesrc", "queue", "bin", "mediastream", "mediastreamtrack"] {
        let other = gst::ElementFactory::make(name).build().expect("an element");
        let gone = Gone::of(&[&other]);
        assert!(stream.add(&other).is_err(), "{name}");
        stream.emit_by_name::<()>("add-track", &[&other]);
        stream.emit_by_name::<()>("remove-track", &[&other]);
        assert_eq!(other.parent(), None);
        assert_eq!(ids(&stream), before);
        assert_eq!(stream.children().len(), 1);
        drop(other);
        gone.check();
    }
    assert!(stream.active());
    drop(stream);
    gone.check();
}

#[test]
fn lists_of_tracks_are_snapshots() {
    let stream = av_stream(&Feed::video(), &Feed::audio());
    let gone = Gone::of(&[&stream]).and(&all_tracks(&stream).iter().collect::<Vec<_>>());
    let audio = track(&stream, Kind::Audio);
    let property: gio::ListModel = stream.property("tracks");
    let list = |action: &str| stream.emit_by_name::<gio::ListModel>(action, &[]);
    let all = list("get-tracks");
    let [of_audio, of_video] = ["get-audio-tracks", "get-video-tracks"].map(list);
    let kept: Vec<_> = ids(&stream);
    remove(&stream, &audio);
    add(&stream, &clone(&track(&stream, Kind::Video)));
    for (list, count) in [(&property, 2), (&all, 2), (&of_audio, 1), (&of_video, 1)] {
        assert_eq!(list.n_items(), count);
    }
    let id = |index| {
        let item = all.item(index).expect("a track");
        item.property::<String>("id")
    };
    assert_eq!([id(0), id(1)], kept[..]);
    assert_eq!(stream.property::<gio::ListModel>("tracks").n_items(), 2);
    assert!(tracks(&stream, "get-audio-tracks").is_empty());
    assert_eq!(tracks(&stream, "get-video-tracks").len(), 2);
    drop((property, all, of_audio, of_video, stream, audio));
    gone.check();
}

#[test]
fn the_properties_of_tracks_are_reached_as_children() {
    let stream = av_stream(&Feed::video(), &Feed::audio());
    let gone = Gone::of(&[&stream]);
    stream.set_child_property("video_0::max-size-buffers", 5u32);
    assert_eq!(track(&stream, Kind::Video).max_size_buffers(), 5);
    let id: String = stream.child_property("audio_0::id");
    assert_eq!(id, track(&stream, Kind::Audio).id());
    drop(stream);
    gone.check();
}

#[test]
fn tracks_that_were_removed_from_two_streams_go_together_into_any_bin() {
    let streams = [(); 2].map(|()| video_stream(&Feed::video()));
    let tracks = streams.each_ref().map(|stream| {
        let track = track(stream, Kind::Video);
        remove(stream, &track);
        track
    });
    let gone = Gone::of(&streams.each_ref()).and(&tracks.each_ref());
    let bin = gst::Bin::new();
    for track in &tracks {
        bin.add(track).expect("its name is its own");
    }
    for (stream, track) in streams.iter().zip(&tracks) {
        bin.remove(track).expect("it is there");
        add(stream, track);
        assert_eq!(track.name(), "video_1");
    }
    drop((streams, tracks, bin));
    gone.check();
}
