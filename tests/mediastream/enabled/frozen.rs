// SPDX-License-Identifier: MPL-2.0

//! A size that the source changes to while a track is disabled is not seen before the track is enabled (w3c.md FL-04).

use gst::prelude::*;

use super::bytes;
use crate::support::*;

fn width(consumer: &gst_check::Harness) -> i32 {
    let caps = consumer
        .sinkpad()
        .and_then(|pad| pad.current_caps())
        .expect("caps");
    caps.structure(0)
        .expect("one")
        .get("width")
        .expect("a width")
}

#[test]
fn a_disabled_track_keeps_its_size_while_the_source_and_its_clone_change_theirs() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &other]).and(&[&video]);
    let (mut disabled, mut enabled) = (consume(&stream, "video_0"), consume(&other, "video_0"));
    feed.push(0);
    pull(&mut disabled, 1);
    pull(&mut enabled, 1);
    enable(&video, false);
    for (number, wide) in [(1, 8), (2, 16)] {
        let caps = VIDEO.replace("width=4", &format!("width={wide}"));
        feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
        feed.push(number);
        let black = disabled.pull().expect("a buffer");
        assert_eq!((black.size(), width(&disabled)), (8, 4));
        assert_eq!(bytes(&black), [0; 8]);
        assert_eq!(pull(&mut enabled, 1), [number]);
        assert_eq!(width(&enabled), wide);
    }
    enable(&video, true);
    feed.push(3);
    assert_eq!(pull(&mut disabled, 1), [3]);
    assert_eq!(width(&disabled), 16);
    drop((disabled, enabled, stream, other, video));
    gone.check();
}

#[test]
fn a_disabled_track_keeps_its_size_through_a_pause() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    pull(&mut consumer, 1);
    enable(&video, false);
    stream.set_state(gst::State::Paused).expect("pauses");
    let caps = VIDEO.replace("width=4", "width=8");
    feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
    stream.set_state(gst::State::Playing).expect("plays");
    feed.push(1);
    let black = consumer.pull().expect("a buffer");
    assert_eq!((black.size(), width(&consumer)), (8, 4));
    enable(&video, true);
    feed.push(2);
    assert_eq!(pull(&mut consumer, 1), [2]);
    assert_eq!(width(&consumer), 8);
    // What stops for good begins anew.
    enable(&video, false);
    stream.set_state(gst::State::Ready).expect("stops");
    let caps = VIDEO.replace("width=4", "width=16");
    feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
    stream.set_state(gst::State::Playing).expect("plays");
    feed.push(3);
    let black = consumer.pull().expect("a buffer");
    assert_eq!((black.size(), width(&consumer)), (32, 16));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn silence_lasts_as_long_as_the_sound_of_another_rate_that_it_stands_for() {
    let feed = Feed::audio();
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let mut consumer = consume(&stream, "audio_0");
    feed.push(0);
    pull(&mut consumer, 1);
    enable(&audio, false);
    let caps = AUDIO.replace("rate=8000", "rate=48000");
    feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
    feed.push(1);
    let silence = consumer.pull().expect("a buffer");
    // A tenth of a second of 8000 samples of two bytes.
    assert_eq!(silence.size(), 1600);
    assert_eq!(silence.duration(), Some(gst::ClockTime::from_mseconds(100)));
    drop((consumer, stream, audio));
    gone.check();
}
