// SPDX-License-Identifier: MPL-2.0

//! Sources that change by themselves, or give nothing, while a track on them is constrained.

use gst::prelude::*;

use super::*;

/// A source of pictures that changes what they are.
struct Camera {
    feed: Feed,
    caps: gst::Caps,
    next: u64,
}

impl Camera {
    fn new() -> Self {
        Self {
            feed: pictures(),
            caps: PICTURES.parse().expect("caps"),
            next: 0,
        }
    }

    /// From now on pictures are like this.
    fn turn(&mut self, format: &str, width: i32, height: i32, rate: i32) {
        let caps = self.caps.make_mut();
        caps.set("format", format);
        caps.set("width", width);
        caps.set("height", height);
        caps.set("framerate", gst::Fraction::new(rate, 1));
        self.feed.app_src().set_caps(Some(&self.caps));
    }

    /// Pushes pictures, and says how they are numbered.
    fn show(&mut self, count: u64) -> std::ops::Range<u64> {
        let info = gst_video::VideoInfo::from_caps(&self.caps).expect("pictures");
        let numbers = self.next..self.next + count;
        for number in numbers.clone() {
            let mut picture = gst::Buffer::from_mut_slice(vec![100_u8; info.size()]);
            let header = picture.get_mut().expect("a new buffer");
            header.set_offset(number);
            header.set_pts(gst::ClockTime::SECOND * number / 30);
            header.set_duration(gst::ClockTime::SECOND / 30);
            self.feed.push_buffer(picture);
        }
        self.next = numbers.end;
        numbers
    }
}

/// These come, one after the other, in the size that the caps say.
#[track_caller]
fn assert_seen(sink: &mut gst_check::Harness, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let (seen, bytes) = see(sink);
        let caps = sink.sinkpad().and_then(|pad| pad.current_caps());
        let info = gst_video::VideoInfo::from_caps(&caps.expect("caps")).expect("pictures");
        assert_eq!((seen, bytes), (number, info.size()));
    }
}

#[test]
fn a_source_that_changes_its_size_goes_on_and_is_never_scaled_up() {
    let mut camera = Camera::new();
    let stream = constrained(&camera.feed, "width=16, height=9");
    let other = clone(&stream);
    let gone = Gone::of(&[&stream, &other]);
    let (video, plain) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    assert_applied(&apply(&plain, "dummy=1"));
    let heard = [hear_source(&video), hear_source(&plain)];
    let mut sinks = [consume(&stream, "video_0"), consume(&other, "video_0")];
    let numbers = camera.show(1);
    for sink in &mut sinks {
        assert_seen(sink, numbers.clone());
    }
    for (native, expected) in [
        // Bigger, and of another shape.
        ((64, 36), (16, 9)),
        ((16, 16), (16, 9)),
        // Smaller than what was asked for, in one way or in both.
        ((64, 6), (16, 6)),
        ((8, 6), (8, 6)),
        // As it was.
        ((32, 18), (16, 9)),
    ] {
        camera.turn("GRAY8", native.0, native.1, 30);
        let numbers = camera.show(3);
        for sink in &mut sinks {
            assert_seen(sink, numbers.clone());
        }
        for heard in &heard {
            assert_eq!(next(heard), ("configurationchange".into(), false));
        }
        for (sink, track, expected) in [(&sinks[0], &video, expected), (&sinks[1], &plain, native)]
        {
            assert_eq!(size(sink), expected, "of {native:?}");
            let set = ["width", "height"].map(|name| setting(track, name));
            assert_eq!(set, [expected.0, expected.1]);
        }
    }
    for track in [&video, &plain] {
        assert_eq!(count(track, "droppedFrames"), 0);
    }
    drop((sinks, stream, other, video, plain));
    gone.check();
}

#[test]
fn a_source_that_encodes_for_a_while_is_passed_on_and_nothing_is_lost() {
    let mut camera = Camera::new();
    let stream = constrained(&camera.feed, "width=16, height=9");
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    let mut sink = consume(&stream, "video_0");
    assert_seen(&mut sink, camera.show(1));
    for _ in 0..3 {
        let encoded = "video/x-h264, width=32, height=18, framerate=30/1, stream-format=byte-stream, alignment=au";
        camera
            .feed
            .app_src()
            .set_caps(Some(&encoded.parse().expect("caps")));
        let numbers = camera.show(3);
        for number in numbers {
            assert_eq!(see(&mut sink).0, number);
        }
        let caps = sink
            .sinkpad()
            .and_then(|pad| pad.current_caps())
            .expect("caps");
        assert_eq!(caps.structure(0).expect("one").name(), "video/x-h264");
        camera.turn("GRAY8", 32, 18, 30);
        assert_seen(&mut sink, camera.show(3));
        assert_eq!(size(&sink), (16, 9));
    }
    assert_eq!(count(&video, "droppedFrames"), 0);
    drop((sink, stream, video));
    gone.check();
}

#[test]
fn a_source_that_gives_too_little_for_what_must_be_is_passed_on_until_it_is_enough_again() {
    let mut camera = Camera::new();
    let asked = "width=(structure)[range, min=16, max=20]";
    let stream = constrained(&camera.feed, asked);
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    let heard = hear_source(&video);
    let mut sink = consume(&stream, "video_0");
    assert_seen(&mut sink, camera.show(1));
    assert_eq!(size(&sink).0, 20);
    for (native, expected) in [((8, 6), 8), ((32, 18), 20)] {
        camera.turn("GRAY8", native.0, native.1, 30);
        assert_seen(&mut sink, camera.show(2));
        assert_eq!(next(&heard), ("configurationchange".into(), false));
        assert_eq!(size(&sink).0, expected);
        assert_eq!(setting(&video, "width"), expected);
        assert_eq!(
            video.property::<gst::Structure>("constraints"),
            constraints(asked)
        );
    }
    drop((sink, stream, video));
    gone.check();
}

#[test]
fn a_source_that_changes_its_format_keeps_the_size_of_its_tracks() {
    let mut camera = Camera::new();
    let stream = constrained(&camera.feed, "width=16");
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    let heard = hear_source(&video);
    let mut sink = consume(&stream, "video_0");
    assert_seen(&mut sink, camera.show(1));
    for format in ["I420", "RGBx", "GRAY8"] {
        camera.turn(format, 32, 18, 30);
        assert_seen(&mut sink, camera.show(3));
        assert_eq!(next(&heard), ("configurationchange".into(), false));
        assert_eq!(size(&sink), (16, 9));
        assert_eq!(super::format(&sink).get("format"), Ok(format));
        assert_eq!(setting(&video, "width"), 16);
    }
    drop((sink, stream, video));
    gone.check();
}

#[test]
fn a_source_that_changes_its_rate_keeps_the_rate_of_its_tracks_and_never_doubles_a_picture() {
    let mut camera = Camera::new();
    let stream = constrained(&camera.feed, "frameRate=15.0");
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    let heard = hear_source(&video);
    let mut sink = consume(&stream, "video_0");
    camera.show(2);
    assert_eq!(see(&mut sink).0, 0);
    for (native, expected) in [(10, 10), (15, 15), (30, 15)] {
        camera.turn("GRAY8", 32, 18, native);
        let numbers = camera.show(1);
        assert_seen(&mut sink, numbers);
        assert_eq!(next(&heard), ("configurationchange".into(), false));
        let told = format(&sink).get::<gst::Fraction>("framerate");
        assert_eq!(told, Ok(gst::Fraction::new(expected, 1)));
        let set = settings(&video).get::<f64>("frameRate");
        assert_eq!(set, Ok(f64::from(expected)));
    }
    drop((sink, stream, video));
    gone.check();
}

#[test]
fn a_source_that_gives_nothing_any_more_is_black_in_the_tracks_own_size() {
    let fast = PICTURES.replace("framerate=30/1", "framerate=200/1");
    let feed = Feed::timed(&fast);
    let push = |number: u64| {
        let mut picture = picture(number);
        let header = picture.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::NONE);
        header.set_duration(gst::ClockTime::from_mseconds(5));
        feed.push_buffer(picture);
    };
    let stream = constrained(&feed, "width=16");
    let other = clone(&stream);
    let gone = Gone::of(&[&stream, &other]);
    let (video, plain) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    assert_applied(&apply(&plain, "dummy=1"));
    let heard = hear_source(&video);
    let mut sinks = [consume(&stream, "video_0"), consume(&other, "video_0")];
    push(200);
    assert_eq!(see(&mut sinks[0]), (200, 16 * 9));
    assert_eq!(see(&mut sinks[1]), (200, SIZE));
    assert_eq!(next(&heard), ("mute".into(), true));
    for (sink, bytes) in sinks.iter_mut().zip([16 * 9, SIZE]) {
        for _ in 0..30 {
            let black = sink.pull().expect("a buffer");
            let data = black.map_readable().expect("readable");
            assert!(data.iter().all(|byte| *byte == 0), "{data:?}");
            assert_eq!(data.len(), bytes);
        }
    }
    assert_eq!(size(&sinks[0]), (16, 9));
    for name in ["deliveredFrames", "totalFrames"] {
        assert_eq!((count(&video, name), count(&plain, name)), (1, 1), "{name}");
    }
    assert_eq!(setting(&video, "width"), 16);
    // One that comes when black has taken its place is too late, and the next one may not be.
    let patience = std::time::Duration::from_millis(50);
    let unmuted = (0..100).find_map(|_| {
        push(201);
        heard.recv_timeout(patience).ok()
    });
    assert_eq!(unmuted, Some(("unmute".into(), false)));
    for (sink, bytes) in sinks.iter_mut().zip([16 * 9, SIZE]) {
        while see(sink) != (201, bytes) {}
    }
    // Of the black that came last, before the picture that ended it, none is counted either.
    settle_counts(&video, &mut sinks[0]);
    settle_counts(&plain, &mut sinks[1]);
    let delivered = |track| count(track, "deliveredFrames");
    assert_eq!(delivered(&video), delivered(&plain));
    drop((sinks, stream, other, video, plain));
    gone.check();
}

#[test]
fn what_a_muted_track_is_asked_for_is_the_size_of_its_black_from_then_on() {
    let fast = PICTURES.replace("framerate=30/1", "framerate=200/1");
    let feed = Feed::timed(&fast);
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let video = track(&stream, Kind::Video);
    let heard = hear_source(&video);
    let mut sink = consume(&stream, "video_0");
    let mut first = picture(200);
    let header = first.get_mut().expect("a new buffer");
    header.set_pts(gst::ClockTime::NONE);
    header.set_duration(gst::ClockTime::from_mseconds(5));
    feed.push_buffer(first);
    assert_eq!(see(&mut sink), (200, SIZE));
    assert_eq!(next(&heard), ("mute".into(), true));
    assert_applied(&apply(&video, "width=16"));
    assert_eq!(setting(&video, "width"), 16);
    // Those before are as large as the source's.
    while see(&mut sink).1 == SIZE {}
    assert_eq!(see(&mut sink).1, 16 * 9);
    assert_eq!(size(&sink), (16, 9));
    assert_eq!(count(&video, "deliveredFrames"), 1);
    drop((sink, stream, video));
    gone.check();
}
