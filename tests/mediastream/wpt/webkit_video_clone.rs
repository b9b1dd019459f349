// SPDX-License-Identifier: MPL-2.0

//! WebKit's fast/mediastream/mediastreamtrack-video-clone.html

use gst::prelude::*;

use super::page;
use crate::constrained::{apply, assert_applied, setting, size};
use crate::support::*;

/// As large as the largest that is asked for: which mode a camera is in is another matter.
const CAMERA: &str = "videotestsrc is-live=true pattern=black ! \
    capsfilter caps=\"video/x-raw, format=I420, width=1280, height=720, framerate=30/1\"";

type Size = (i32, i32);

fn set(track: &MediaStreamTrack) -> Size {
    (setting(track, "width"), setting(track, "height"))
}

/// What a new consumer gets, after what was under way when the track changed.
fn seen(stream: &MediaStream, expected: Size) -> Size {
    let mut sink = consume(stream, "video_0");
    sink.pull().expect("a frame");
    for _ in 0..10 {
        if size(&sink) == expected {
            break;
        }
        sink.pull().expect("a frame");
    }
    size(&sink)
}

/// What a new consumer of a new clone gets at once.
fn seen_first(stream: &MediaStream) -> Size {
    let mut sink = consume(stream, "video_0");
    sink.pull().expect("a frame");
    size(&sink)
}

/// A track is asked for the first, its clone for the second and then for the third, which a clone in between does not see.
#[track_caller]
fn assert_independent(asked: [(&str, Size); 3]) {
    page(|page| {
        let [(first, at_first), (second, then), (third, at_last)] = asked;
        let media = page.ask_of(Kind::Video, CAMERA, first).expect("media");
        let (stream, original) = (&media.stream, &media.track);
        let other = page.clone_stream(stream);
        let cloned = track(&other, Kind::Video);
        enable(original, false);
        assert!(cloned.property::<bool>("enabled"));
        enable(original, true);
        assert_applied(&apply(&cloned, second));
        assert_eq!((set(original), set(&cloned)), (at_first, then));
        let last = page.clone_stream(&other);
        assert_applied(&apply(&cloned, third));
        assert_eq!((set(original), set(&cloned)), (at_first, at_last));
        assert_eq!(set(&track(&last, Kind::Video)), then);
        assert_eq!(
            (size(&media.sink), seen(&other, at_last)),
            (at_first, at_last)
        );
        assert_eq!(seen_first(&last), then);
    });
}

#[test]
fn each_clone_has_its_own_width() {
    assert_independent([
        ("width=160", (160, 90)),
        ("width=640", (640, 360)),
        ("width=1280", (1280, 720)),
    ]);
}

#[test]
fn each_clone_has_its_own_height() {
    assert_independent([
        ("height=90", (160, 90)),
        ("height=180", (320, 180)),
        ("height=360", (640, 360)),
    ]);
}

#[test]
fn each_clone_has_its_own_width_and_height() {
    assert_independent([
        ("width=100, height=100", (100, 100)),
        ("width=100, height=200", (100, 200)),
        ("width=400, height=200", (400, 200)),
    ]);
}

#[test]
fn whichever_is_stopped_the_other_goes_on_in_its_size() {
    page(|page| {
        for stop_the_clone in [false, true] {
            let asked = "width=100, height=100";
            let media = page.ask_of(Kind::Video, CAMERA, asked).expect("media");
            let other = page.clone_stream(&media.stream);
            let (stopped, kept) = match stop_the_clone {
                true => (track(&other, Kind::Video), &media.stream),
                false => (media.track.clone(), &other),
            };
            drop(media.sink);
            stop(&stopped);
            assert_eq!(seen_first(kept), (100, 100));
        }
    });
}

#[test]
fn a_clone_that_nobody_keeps_leaves_the_original_its_size() {
    page(|page| {
        let asked = "width=100, height=100";
        let media = page.ask_of(Kind::Video, CAMERA, asked).expect("media");
        drop(media.sink);
        let other = clone(&media.stream);
        stop(&track(&other, Kind::Video));
        let gone = Gone::of(&[&other]);
        drop(other);
        gone.check();
        assert_eq!(seen_first(&media.stream), (100, 100));
    });
}
