// SPDX-License-Identifier: MPL-2.0

//! A source that gives nothing any more: black or silence at its rate, until it returns.

use std::sync::mpsc::channel;

use gst::prelude::*;

use super::{INTERVAL, buffer, is_blank, picture, pictures, sound};
use crate::support::*;

/// Everything up to and with the buffer of this number.
#[track_caller]
fn pull_until(consumer: &mut gst_check::Harness, number: u64) -> Vec<gst::Buffer> {
    let mut pulled = vec![];
    loop {
        pulled.push(consumer.pull().expect("a buffer"));
        if pulled.last().is_some_and(|last| last.offset() == number) {
            return pulled;
        }
    }
}

/// From the beginning of each buffer to the beginning of the next.
fn steps(buffers: &[gst::Buffer]) -> Vec<gst::ClockTime> {
    let pts = |buffer: &gst::Buffer| buffer.pts().expect("a time");
    buffers
        .windows(2)
        .map(|pair| pts(&pair[1]) - pts(&pair[0]))
        .collect()
}

#[test]
fn pictures_are_black_and_without_a_hole_while_the_source_gives_nothing() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    assert_eq!(next(&heard), ("mute".into(), true));
    feed.push_buffer(picture(1));
    assert_eq!(next(&heard), ("unmute".into(), false));
    let pulled = pull_until(&mut consumer, 1);
    assert!(pulled.len() >= 25, "{}", pulled.len());
    let between = &pulled[1..pulled.len() - 1];
    assert!(between.iter().all(is_blank));
    assert!(!is_blank(&pulled[0]) && !is_blank(&pulled[pulled.len() - 1]));
    let steps = steps(&pulled);
    let (last, exact) = steps.split_last().expect("several");
    assert!(exact.iter().all(|step| *step == INTERVAL), "{steps:?}");
    assert!(*last >= INTERVAL / 2 && *last <= INTERVAL * 3 / 2, "{last}");
    settle_counts(&video, &mut consumer);
    assert_eq!(count(&video, "deliveredFrames"), 2);
    assert_eq!(count(&video, "totalFrames"), 2);
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn sound_is_silent_to_the_sample_while_the_source_gives_nothing() {
    let feed = Feed::timed(AUDIO);
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    let mut consumer = consume(&stream, "audio_0");
    feed.push_buffer(sound(0));
    assert_eq!(next(&heard), ("mute".into(), true));
    feed.push_buffer(sound(1));
    assert_eq!(next(&heard), ("unmute".into(), false));
    let pulled = pull_until(&mut consumer, 1);
    let mut at = pulled[0].pts().expect("a time");
    for buffer in &pulled {
        let real = buffer.offset() <= 1;
        assert_eq!(is_blank(buffer), !real);
        assert_eq!(buffer.flags().contains(gst::BufferFlags::GAP), !real);
        let (start, length) = (
            buffer.pts().expect("a time"),
            buffer.duration().expect("a length"),
        );
        let hole = start.nseconds().abs_diff(at.nseconds());
        // A sample lasts 125 µs.
        assert!(hole <= 125_000, "{hole} ns before {start}");
        let samples = buffer.size() as u64 / 2;
        assert!((samples * 125_000).abs_diff(length.nseconds()) <= 125_000);
        at = start + length;
    }
    drop((consumer, stream, audio));
    gone.check();
}

#[test]
fn gaps_are_no_media_and_black_takes_their_place() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    let first = consumer.pull().expect("a buffer");
    let mut end = first.pts().expect("a time") + INTERVAL;
    // As long as nobody misses the source, its gaps are passed on.
    while heard.try_recv().is_err() {
        let gap = gst::event::Gap::builder(end).duration(INTERVAL).build();
        feed.element().send_event(gap);
        end += INTERVAL;
    }
    assert!(video.property::<bool>("muted"));
    assert!(is_blank(&consumer.pull().expect("a buffer")));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn encoded_media_are_gaps_while_the_source_gives_nothing() {
    let feed = Feed::timed(&format!("{ENCODED}, framerate=200/1"));
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (sender, gaps) = channel();
    let pad = stream.static_pad("video_0").expect("a pad");
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Gap(gap)) = info.event().map(|event| event.view()) {
            let _ = sender.send(gap.get());
        }
        gst::PadProbeReturn::Ok
    });
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    let first = consumer.pull().expect("a buffer").pts().expect("a time");
    for number in 1..50 {
        assert_eq!(next(&gaps), (first + number * INTERVAL, Some(INTERVAL)));
    }
    assert_eq!(next(&heard), ("mute".into(), true));
    // Nothing of it was left out: it goes on with whatever comes.
    let mut delta = picture(1);
    delta.make_mut().set_flags(gst::BufferFlags::DELTA_UNIT);
    feed.push_buffer(delta);
    assert_eq!(next(&heard), ("unmute".into(), false));
    assert_eq!(pull(&mut consumer, 1), [1]);
    drop((consumer, pad, stream, video));
    gone.check();
}

#[test]
fn a_clone_that_waits_for_a_key_frame_has_gaps_while_the_source_gives_nothing() {
    let feed = Feed::timed(&format!("{ENCODED}, framerate=200/1"));
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    feed.push_buffer(picture(0));
    pull(&mut consumer, 1);
    let late = clone(&stream);
    let gone = Gone::of(&[&stream, &late]).and(&[&video]);
    let (sender, gaps) = channel();
    let pad = late.static_pad("video_0").expect("a pad");
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Gap(_)) = info.event().map(|event| event.view()) {
            let _ = sender.send(());
        }
        gst::PadProbeReturn::Ok
    });
    let mut waiting = consume(&late, "video_0");
    let delta = |number| {
        let mut delta = picture(number);
        delta.make_mut().set_flags(gst::BufferFlags::DELTA_UNIT);
        delta
    };
    feed.push_buffer(delta(1));
    assert_eq!(next(&heard), ("mute".into(), true));
    for _ in 0..30 {
        next(&gaps);
    }
    // It has been told of gaps, and still cannot start with just anything.
    feed.push_buffer(delta(2));
    assert_eq!(next(&heard), ("unmute".into(), false));
    feed.push_buffer(picture(3));
    assert_eq!(pull(&mut waiting, 1), [3]);
    assert_eq!(pull(&mut consumer, 3), [1, 2, 3]);
    drop((waiting, consumer, pad, stream, late, video));
    gone.check();
}

#[test]
fn a_source_that_never_gave_anything_is_muted_and_black_as_soon_as_there_are_caps() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    // Says what it gives, and gives nothing.
    feed.push_buffer(gst::Buffer::new());
    assert_eq!(next(&heard), ("mute".into(), true));
    drop(heard);
    // That buffer had a time, though.
    pull(&mut consumer, 1);
    assert!(is_blank(&consumer.pull().expect("a buffer")));
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn pictures_that_come_when_there_is_something_new_are_not_missed() {
    let feed = Feed::timed(&VIDEO.replace("framerate=10/1", "framerate=0/1"));
    let sound_feed = Feed::timed(AUDIO);
    let stream = av_stream(&feed, &sound_feed);
    let (video, audio) = (track(&stream, Kind::Video), track(&stream, Kind::Audio));
    let gone = Gone::of(&[&stream]).and(&[&video, &audio]);
    let (pictures, sounds) = (hear_source(&video), hear_source(&audio));
    let consumers = [consume(&stream, "video_0"), consume(&stream, "audio_0")];
    feed.push_buffer(picture(0));
    sound_feed.push_buffer(sound(0));
    // The sound is missed, at the same rate.
    assert_eq!(next(&sounds), ("mute".into(), true));
    assert!(pictures.try_recv().is_err());
    assert!(!video.property::<bool>("muted"));
    drop((consumers, stream, video, audio));
    gone.check();
}

#[test]
fn what_comes_later_than_what_was_put_in_its_place_is_dropped_and_counted() {
    let feed = Feed::new(&VIDEO.replace("framerate=10/1", "framerate=200/1"));
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    let at = |number: u64, pts: gst::ClockTime| {
        let mut buffer = buffer(number, 8);
        buffer.make_mut().set_pts(pts);
        buffer
    };
    feed.push_buffer(at(0, gst::ClockTime::ZERO));
    pull(&mut consumer, 1);
    assert_eq!(next(&heard), ("mute".into(), true));
    // The hole of 40 intervals is filled, but for what would not have come yet.
    let black: Vec<_> = (0..20)
        .map(|_| consumer.pull().expect("a buffer"))
        .collect();
    let covered = black[19].pts().expect("a time");
    feed.push_buffer(at(1, covered - INTERVAL));
    feed.push_buffer(at(2, covered + 2000 * INTERVAL));
    assert_eq!(next(&heard), ("unmute".into(), false));
    let rest = pull_until(&mut consumer, 2);
    assert!(rest.iter().all(|buffer| buffer.offset() != 1));
    let last = rest.last().expect("the last");
    assert!(last.flags().contains(gst::BufferFlags::DISCONT));
    settle_counts(&video, &mut consumer);
    assert_eq!(count(&video, "deliveredFrames"), 2);
    assert_eq!(count(&video, "droppedFrames"), 1);
    drop((consumer, stream, video));
    gone.check();
}

#[test]
fn sound_that_comes_late_is_cut_and_keeps_its_time() {
    let feed = Feed::new(AUDIO);
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    let mut consumer = consume(&stream, "audio_0");
    // Without a length, as sound often is.
    let at = |number: u64, pts: gst::ClockTime, size: usize| {
        let mut buffer = buffer(number, size);
        let header = buffer.make_mut();
        header.set_pts(pts);
        header.set_duration(gst::ClockTime::NONE);
        buffer
    };
    feed.push_buffer(at(0, gst::ClockTime::ZERO, 80));
    pull(&mut consumer, 1);
    assert_eq!(next(&heard), ("mute".into(), true));
    // Much more than has been filled, from the beginning of that.
    feed.push_buffer(at(1, INTERVAL, 160_000));
    assert_eq!(next(&heard), ("unmute".into(), false));
    let mut end = INTERVAL;
    let rest = loop {
        let buffer = consumer.pull().expect("a buffer");
        if !is_blank(&buffer) {
            break buffer;
        }
        assert_eq!(buffer.pts(), Some(end));
        end += buffer.duration().expect("a length");
    };
    assert_eq!(rest.pts(), Some(end));
    assert_eq!(
        rest.duration(),
        Some(INTERVAL + 10 * gst::ClockTime::SECOND - end)
    );
    assert!(rest.flags().contains(gst::BufferFlags::DISCONT));
    settle_counts(&audio, &mut consumer);
    assert_eq!(count(&audio, "totalFrames"), 80_040);
    drop((consumer, stream, audio));
    gone.check();
}

#[test]
fn encoded_media_that_come_late_are_not_left_without_their_key_frame_and_all_are_counted() {
    let feed = Feed::new(&format!("{ENCODED}, framerate=200/1"));
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let heard = hear_source(&video);
    let mut consumer = consume(&stream, "video_0");
    let at = |number: u64, pts: gst::ClockTime, delta: bool| {
        let mut buffer = buffer(number, 8);
        let header = buffer.make_mut();
        header.set_pts(pts);
        if delta {
            header.set_flags(gst::BufferFlags::DELTA_UNIT);
        }
        buffer
    };
    feed.push_buffer(at(0, gst::ClockTime::ZERO, false));
    pull(&mut consumer, 1);
    assert_eq!(next(&heard), ("mute".into(), true));
    // The key frame comes too late, and the next one is what can be decoded.
    feed.push_buffer(at(1, INTERVAL, false));
    feed.push_buffer(at(2, 2000 * INTERVAL, true));
    feed.push_buffer(at(3, 2001 * INTERVAL, true));
    feed.push_buffer(at(4, 2002 * INTERVAL, false));
    assert_eq!(next(&heard), ("unmute".into(), false));
    assert_eq!(pull(&mut consumer, 1), [4]);
    settle_counts(&video, &mut consumer);
    assert_eq!(count(&video, "deliveredFrames"), 2);
    assert_eq!(count(&video, "droppedFrames"), 3);
    assert_eq!(count(&video, "totalFrames"), 5);
    drop((consumer, stream, video));
    gone.check();
}
