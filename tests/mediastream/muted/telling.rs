// SPDX-License-Identifier: MPL-2.0

//! Who is told what, when a source is muted or changes: each live track, once, after its property has changed; as a signal and as a
//! message.

use std::sync::mpsc::{Receiver, channel};

use gst::prelude::*;
use gstmediastream::messages::{TrackEvent, TrackMessage};

use super::{picture, pictures};
use crate::support::*;

fn messages(stream: &MediaStream) -> Receiver<TrackMessage> {
    hear_messages(stream, |message| TrackMessage::parse(message))
}

#[test]
fn every_live_track_is_told_once_by_signal_and_by_message() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let ended = clone(&track(&stream, Kind::Video));
    let tracks = [track(&stream, Kind::Video), track(&other, Kind::Video)];
    let gone = Gone::of(&[&stream, &other]).and(&[&ended, &tracks[0], &tracks[1]]);
    let posted = [messages(&stream), messages(&other)];
    let heard = tracks.each_ref().map(hear_source);
    let silent = hear_source(&ended);
    stop(&ended);
    let consumers = [consume(&stream, "video_0"), consume(&other, "video_0")];
    feed.push_buffer(picture(0));
    for (event, muted) in [(TrackEvent::Mute, true), (TrackEvent::Unmute, false)] {
        for (at, stream) in [&stream, &other].into_iter().enumerate() {
            assert_eq!(next(&heard[at]), (event.as_str().to_owned(), muted));
            let message = next(&posted[at]);
            assert_eq!(message.event, event);
            assert_eq!(message.stream_id, Some(stream.id()));
            assert_eq!(message.track_id, tracks[at].id());
            assert_eq!(message.kind, Kind::Video);
        }
        if muted {
            feed.push_buffer(picture(1));
        }
    }
    assert!(!ended.property::<bool>("muted"));
    drop((consumers, stream, other, ended, tracks));
    gone.check();
    assert!(
        heard
            .iter()
            .all(|heard| heard.iter().filter(|(name, _)| name == "mute").count() == 0)
    );
    assert_eq!(silent.iter().count(), 0);
}

#[test]
fn the_property_is_notified_before_the_signal() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (sender, order) = channel();
    let notified = sender.clone();
    video.connect_notify(Some("muted"), move |track, _| {
        let _ = notified.send(format!("notify {}", track.property::<bool>("muted")));
    });
    video.connect("mute", false, move |_| {
        let _ = sender.send("mute".into());
        None
    });
    let consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    assert_eq!([next(&order), next(&order)], ["notify true", "mute"]);
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn a_handler_may_stop_and_clone_and_change_the_stream() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (sender, cloned) = channel();
    let weak = stream.downgrade();
    video.connect("mute", false, move |args| {
        let track: MediaStreamTrack = args[0].get().expect("a track");
        let stream = weak.upgrade().expect("a stream");
        let sibling = clone(&track);
        add(&stream, &sibling);
        enable(&sibling, false);
        remove(&stream, &sibling);
        stop(&track);
        let _ = sender.send((
            track.ready_state(),
            sibling.property::<bool>("muted"),
            stream.active(),
        ));
        None
    });
    let consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    assert_eq!(next(&cloned), (ReadyState::Ended, true, false));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn a_track_that_a_handler_has_stopped_is_told_nothing_more() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let same = same_tracks(&stream);
    let first = track(&stream, Kind::Video);
    let sibling = clone(&first);
    let views = [first, track(&same, Kind::Video)];
    let gone = Gone::of(&[&stream, &same]).and(&[&views[0], &views[1], &sibling]);
    let heard = views.each_ref().map(hear_source);
    let last = hear_source(&sibling);
    views[0].connect_notify(Some("muted"), |track, _| stop(track));
    let consumer = consume(&sibling, "src");
    // The sibling is told after it.
    feed.push_buffer(picture(0));
    assert_eq!(next(&last), ("mute".into(), true));
    for (view, heard) in views.iter().zip(&heard) {
        assert_eq!(view.ready_state(), ReadyState::Ended);
        assert!(heard.try_recv().is_err());
    }
    drop((consumer, stream, same, views, sibling));
    gone.check();
}

#[test]
fn a_view_is_told_of_no_other_format_after_another_ones_handler_has_stopped_the_track() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let same = same_tracks(&stream);
    let first = track(&stream, Kind::Video);
    let sibling = clone(&first);
    let views = [first, track(&same, Kind::Video)];
    let gone = Gone::of(&[&stream, &same]).and(&[&views[0], &views[1], &sibling]);
    views[0].connect("configurationchange", false, |args| {
        stop(&args[0].get().expect("a track"));
        None
    });
    let second = hear_source(&views[1]);
    let last = hear_source(&sibling);
    let mut consumer = consume(&sibling, "src");
    feed.push_buffer(picture(0));
    pull(&mut consumer, 1);
    let caps = VIDEO.replace("framerate=10/1", "framerate=100/1");
    feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
    feed.push_buffer(picture(1));
    while next(&last).0 != "configurationchange" {}
    assert!(
        second
            .try_iter()
            .all(|(name, _)| name != "configurationchange")
    );
    drop((consumer, stream, same, views, sibling));
    gone.check();
}

#[test]
fn a_source_that_gives_another_format_tells_each_track_and_a_muted_one_when_it_is_not_any_more() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let posted = messages(&stream);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    let wide = |width: u32| -> gst::Caps {
        let caps = VIDEO.replace("framerate=10/1", "framerate=200/1");
        caps.replace("width=4", &format!("width={width}"))
            .parse()
            .expect("caps")
    };
    feed.push_buffer(picture(0));
    pull(&mut consumer, 1);
    feed.app_src().set_caps(Some(&wide(8)));
    feed.push_buffer(picture(1));
    assert_eq!(next(&heard), ("configurationchange".into(), false));
    assert_eq!(next(&posted).event, TrackEvent::ConfigurationChange);
    assert_eq!(next(&heard), ("mute".into(), true));
    // The same format is no change.
    feed.push_buffer(picture(2));
    assert_eq!(next(&heard), ("unmute".into(), false));
    assert_eq!(next(&heard), ("mute".into(), true));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn a_stream_that_becomes_a_clone_says_which_tracks_came() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = empty_stream();
    other.set_property("clone-of", stream.id());
    let gone = Gone::of(&[&stream, &other]);
    let posted = messages(&other);
    let (sender, added) = channel();
    other.connect("addtrack", false, move |args| {
        let stream: MediaStream = args[0].get().expect("a stream");
        let track: MediaStreamTrack = args[1].get().expect("a track");
        let _ = sender.send((track.id(), ids(&stream)));
        None
    });
    other.set_state(gst::State::Ready).expect("READY");
    let (id, there) = next(&added);
    assert_eq!(there, std::slice::from_ref(&id));
    let message = next(&posted);
    assert_eq!(
        (message.event, message.track_id),
        (TrackEvent::AddTrack, id)
    );
    // What the application does is no news to it.
    let sibling = clone(&track(&other, Kind::Video));
    add(&other, &sibling);
    remove(&other, &sibling);
    other.set_state(gst::State::Null).expect("NULL");
    drop((stream, other, sibling));
    gone.check();
    assert_eq!(added.iter().count(), 0);
}

#[test]
fn a_handler_that_does_not_return_keeps_no_consumer_from_its_eos() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (release, released) = channel::<()>();
    let (sender, inside) = channel();
    let released = std::sync::Mutex::new(released);
    video.connect("mute", false, move |_| {
        let _ = sender.send(());
        let _ = released.lock().expect("one handler").recv();
        None
    });
    let mut consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    next(&inside);
    feed.end();
    pull_event(&mut consumer, gst::EventType::Eos);
    drop(release);
    drop((consumer, stream, video));
    gone.check();
}
