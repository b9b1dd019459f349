// SPDX-License-Identifier: MPL-2.0

//! Constraints that come while media flow.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use gst::prelude::*;

use super::*;

#[test]
fn a_live_track_changes_its_size_without_losing_a_picture() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let gone = Gone::of(&[&stream, &other]);
    let video = track(&stream, Kind::Video);
    let mut sink = consume(&stream, "video_0");
    let mut untouched = consume(&other, "video_0");
    let mut number = 0;
    // Smaller, smaller still, cropped, and back again.
    for (text, width, height) in [
        ("width=16", 16, 9),
        ("width=8", 8, 5),
        ("width=18, height=18", 18, 18),
        ("dummy=1", 32, 18),
        ("height=9", 16, 9),
    ] {
        show(&feed, number..number + 3);
        for expected in number..number + 3 {
            assert_eq!(see(&mut sink).0, expected);
            assert_eq!(see(&mut untouched), (expected, SIZE));
        }
        number += 3;
        assert_applied(&apply(&video, text));
        show(&feed, number..number + 1);
        assert_eq!(see(&mut sink).0, number, "{text}");
        assert_eq!(see(&mut untouched), (number, SIZE));
        assert_eq!(size(&sink), (width, height), "{text}");
        assert_eq!(
            (setting(&video, "width"), setting(&video, "height")),
            (width, height)
        );
        number += 1;
    }
    assert_eq!(count(&video, "droppedFrames"), 0);
    drop((sink, untouched, stream, other, video));
    gone.check();
}

#[test]
fn nothing_but_caps_is_told_when_the_size_changes() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (video, mut sink) = running(&feed, &stream);
    while sink.try_pull_event().is_some() {}
    assert_applied(&apply(&video, "width=16"));
    show(&feed, 1..2);
    let buffer = sink.pull().expect("a buffer");
    assert!(!buffer.flags().contains(gst::BufferFlags::DISCONT));
    let mut types = Vec::new();
    while let Some(event) = sink.try_pull_event() {
        types.push(event.type_());
    }
    assert!(!types.contains(&gst::EventType::FlushStart), "{types:?}");
    assert!(!types.contains(&gst::EventType::StreamStart), "{types:?}");
    assert!(types.contains(&gst::EventType::Caps), "{types:?}");
}

#[test]
fn pictures_that_are_left_out_are_counted_and_the_others_keep_their_times() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (video, mut sink) = running(&feed, &stream);
    assert_applied(&apply(&video, "frameRate=10.0"));
    show(&feed, 1..31);
    for number in (1..31).step_by(3) {
        let buffer = sink.pull().expect("a buffer");
        assert_eq!(buffer.offset(), number);
        assert_eq!(buffer.pts(), picture(number).pts());
        // The source's own memory.
        assert_eq!(buffer.size(), SIZE);
    }
    assert_eq!(
        format(&sink).get("framerate"),
        Ok(gst::Fraction::new(10, 1))
    );
    settle_counts(&video, &mut sink);
    assert_eq!(count(&video, "deliveredFrames"), 11);
    assert_eq!(count(&video, "discardedFrames"), 20);
    assert_eq!(count(&video, "droppedFrames"), 0);
    assert_eq!(count(&video, "totalFrames"), 31);
}

#[test]
fn each_call_replaces_all_that_was_asked_before_and_they_are_answered_in_order() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (video, mut sink) = running(&feed, &stream);
    let texts: Vec<_> = (1..=16).map(|n| format!("width={}", 2 * n)).collect();
    let promises: Vec<_> = texts
        .iter()
        .map(|text| request(&video, &constraints(text)))
        .collect();
    // With the last one all are answered.
    assert_applied(&answer(promises.last().expect("promises")));
    for promise in &promises {
        assert_applied(&answer(promise));
    }
    show(&feed, 1..2);
    assert_eq!(see(&mut sink), (1, SIZE));
    assert_applied(&apply(&video, "frameRate=30.0"));
    assert_eq!(setting(&video, "width"), 32);
}

#[test]
fn a_picture_that_is_late_while_the_size_changes_is_counted_once() {
    for changes in [&[][..], &["width=16"], &["width=16", "width=8", "width=20"]] {
        let feed = pictures();
        let stream = video_stream(&feed);
        let (video, mut sink) = running(&feed, &stream);
        let heard = hear_source(&video);
        assert_eq!(next(&heard), ("mute".to_owned(), true));
        // What stands in for the late one.
        sink.pull().expect("a buffer");
        for text in changes {
            assert_applied(&apply(&video, text));
        }
        show(&feed, 1..2);
        feed.end();
        pull_event(&mut sink, gst::EventType::Eos);
        assert_eq!(count(&video, "droppedFrames"), 1, "{changes:?}");
    }
}

#[test]
fn a_burst_of_changes_while_pictures_come_loses_none_and_doubles_none() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    video.set_property("max-size-buffers", 0_u32);
    video.set_property("max-size-time", 0_u64);
    let mut sink = consume(&stream, "video_0");
    const ALL: u64 = 600;
    let pusher = {
        let feed = feed.clone();
        std::thread::spawn(move || show(&feed, 0..ALL))
    };
    for round in 0..60 {
        let text = ["width=16", "width=8", "dummy=1", "height=9, width=9"][round % 4];
        assert_applied(&apply(&video, text));
    }
    pusher.join().expect("pushed");
    for number in 0..ALL {
        assert_eq!(see(&mut sink).0, number);
    }
    drop((sink, stream, video));
    gone.check();
}

#[test]
fn a_disabled_track_is_black_in_the_size_that_it_had() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let video = track(&stream, Kind::Video);
    let mut sink = consume(&stream, "video_0");
    show(&feed, 100..101);
    see(&mut sink);
    enable(&video, false);
    show(&feed, 101..102);
    let black = sink.pull().expect("a buffer");
    let black = black.map_readable().expect("readable");
    assert!(
        black.iter().all(|byte| *byte == 16 || *byte == 0),
        "{black:?}"
    );
    assert_eq!(size(&sink), (16, 9));
}

#[test]
fn what_is_cropped_is_the_middle_and_nothing_is_stretched() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (video, mut sink) = running(&feed, &stream);
    // Seven columns of 10 on either side, and 18 in between: a square, of which each quarter has its own grey.
    let mut picture = picture(1);
    {
        let picture = picture.get_mut().expect("not shared yet");
        let mut pixels = picture.map_writable().expect("writable");
        for (row, line) in pixels.chunks_mut(32).enumerate() {
            for (column, pixel) in line.iter_mut().enumerate() {
                *pixel = match (row < 9, column) {
                    (_, 0..7 | 25..) => 10,
                    (true, ..16) => 60,
                    (true, _) => 110,
                    (false, ..16) => 160,
                    (false, _) => 210,
                };
            }
        }
    }
    assert_applied(&apply(&video, "width=6, height=6"));
    feed.push_buffer(picture);
    let got = sink.pull().expect("a buffer");
    let frame = got.map_readable().expect("readable");
    let stride = frame.len() / 6;
    let at = |row: usize, column: usize| i32::from(frame[row * stride + column]);
    // Away from the borders, where greys mix.
    for (row, column, grey) in [
        (1, 1, 60),
        (1, 4, 110),
        (4, 1, 160),
        (4, 4, 210),
        (1, 0, 60),
        (4, 5, 210),
    ] {
        assert!(
            (at(row, column) - grey).abs() <= 6,
            "{row} {column}: {}",
            at(row, column)
        );
    }
}

#[test]
fn the_first_picture_of_a_consumer_follows_nothing_even_if_its_size_was_changed_before() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let (_, _sink) = running(&feed, &stream);
    let mut late = consume(&other, "video_0");
    assert_applied(&apply(&track(&other, Kind::Video), "width=16"));
    show(&feed, 1..3);
    let mut marked = || {
        let picture = late.pull().expect("a picture");
        (
            picture.offset(),
            picture.flags().contains(gst::BufferFlags::DISCONT),
        )
    };
    assert_eq!([marked(), marked()], [(1, true), (2, false)]);
}

#[test]
fn what_is_left_out_while_a_consumer_pauses_is_not_counted_for_it() {
    let feed = pictures();
    let stream = constrained(&feed, "frameRate=10.0");
    let other = clone(&stream);
    let (video, mut sink) = running(&feed, &stream);
    let mut steady = consume(&other, "video_0");
    let (entered, in_push) = channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let pad = sink.sinkpad().expect("a pad");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        let _ = entered.send(());
        let _ = released.lock().expect("one thread").recv();
        gst::PadProbeReturn::Remove
    });
    show(&feed, 1..4);
    next(&in_push);
    assert_eq!(see(&mut steady), (3, SIZE));
    stream.set_state(gst::State::Paused).expect("PAUSED");
    assert_eq!(count(&video, "discardedFrames"), 2);
    show(&feed, 4..31);
    while see(&mut steady).0 < 30 {}
    drop(release);
    assert_eq!(see(&mut sink), (3, SIZE));
    stream.set_state(gst::State::Null).expect("NULL");
    assert_eq!(count(&video, "deliveredFrames"), 2);
    assert_eq!(count(&video, "discardedFrames"), 2);
}
