// SPDX-License-Identifier: MPL-2.0

//! Encoded media have no black: gaps in their place, and after them the next key frame.

use std::sync::mpsc::{Receiver, channel};

use gst::prelude::*;

use crate::support::*;

/// Everything that passes, as numbers of buffers and times of gaps.
#[derive(Debug, PartialEq, Eq)]
enum Passed {
    Buffer(u64, bool),
    Gap(gst::ClockTime, Option<gst::ClockTime>),
}

fn listen(stream: &MediaStream) -> Receiver<Passed> {
    let (sender, passed) = channel();
    let pad = stream.static_pad("video_0").expect("a pad");
    let types = gst::PadProbeType::EVENT_DOWNSTREAM | gst::PadProbeType::BUFFER;
    pad.add_probe(types, move |_, info| {
        let what = match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => Passed::Buffer(
                buffer.offset(),
                buffer.flags().contains(gst::BufferFlags::DISCONT),
            ),
            Some(gst::PadProbeData::Event(event)) => match event.view() {
                gst::EventView::Gap(gap) => Passed::Gap(gap.get().0, gap.get().1),
                _ => return gst::PadProbeReturn::Ok,
            },
            _ => return gst::PadProbeReturn::Ok,
        };
        let _ = sender.send(what);
        gst::PadProbeReturn::Ok
    });
    passed
}

fn gap(number: u64) -> Passed {
    let tenth = gst::ClockTime::from_mseconds(100);
    Passed::Gap(number * tenth, Some(tenth))
}

#[test]
fn encoded_media_are_gaps_while_disabled_and_go_on_with_a_key_frame_that_was_asked_for() {
    let feed = Feed::encoded();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (sender, asked) = channel();
    let source = feed.element().static_pad("src").expect("a pad");
    source.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
        let event = info.event().expect("an event");
        if gst_video::UpstreamForceKeyUnitEvent::parse(event).is_ok() {
            let _ = sender.send(());
        }
        gst::PadProbeReturn::Ok
    });
    let passed = listen(&stream);
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(next(&passed), Passed::Buffer(0, true));
    enable(&video, false);
    feed.push_delta(1);
    assert_eq!(next(&passed), gap(1));
    feed.push(2);
    assert_eq!(next(&passed), gap(2));
    assert!(asked.try_recv().is_err(), "nobody wants a key frame");
    enable(&video, true);
    feed.push_delta(3);
    assert_eq!(next(&passed), gap(3));
    next(&asked);
    feed.push_delta(4);
    assert_eq!(next(&passed), gap(4));
    feed.push(5);
    assert_eq!(next(&passed), Passed::Buffer(5, true));
    feed.push_delta(6);
    assert_eq!(next(&passed), Passed::Buffer(6, false));
    drop((consumer, source, stream, video));
    gone.check();
}

#[test]
fn a_clone_of_an_encoded_track_goes_on_while_the_original_is_disabled() {
    let feed = Feed::encoded();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let gone = Gone::of(&[&stream, &other]);
    let (disabled, enabled) = (listen(&stream), listen(&other));
    let consumers = [consume(&stream, "video_0"), consume(&other, "video_0")];
    enable(&track(&stream, Kind::Video), false);
    feed.push(0);
    feed.push_delta(1);
    assert_eq!(
        [next(&enabled), next(&enabled)],
        [Passed::Buffer(0, true), Passed::Buffer(1, false)]
    );
    assert_eq!([next(&disabled), next(&disabled)], [gap(0), gap(1)]);
    drop((consumers, stream, other));
    gone.check();
}

#[test]
fn memory_that_is_not_the_systems_is_a_gap_and_then_goes_on_at_once() {
    let caps = "video/x-raw(memory:Special), format=GRAY8, width=4, height=2, framerate=10/1";
    let feed = Feed::new(caps);
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let passed = listen(&stream);
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(next(&passed), Passed::Buffer(0, true));
    enable(&video, false);
    feed.push(1);
    assert_eq!(next(&passed), gap(1));
    enable(&video, true);
    feed.push(2);
    assert_eq!(next(&passed), Passed::Buffer(2, false));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn what_joined_while_it_was_disabled_is_marked_when_it_comes_through() {
    let feed =
        Feed::new("video/x-raw(memory:Special), format=GRAY8, width=4, height=2, framerate=10/1");
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    enable(&video, false);
    let passed = listen(&stream);
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(next(&passed), gap(0));
    enable(&video, true);
    feed.push(1);
    assert_eq!(next(&passed), Passed::Buffer(1, true));
    feed.push(2);
    assert_eq!(next(&passed), Passed::Buffer(2, false));
    drop((consumer, stream, video));
    gone.check();
}
