// SPDX-License-Identifier: MPL-2.0

//! A source in one mode, and tracks that must have another.

use gst::prelude::*;

use super::*;

/// A source with two modes, which goes from one to the other when it is asked.
fn two_modes() -> MediaStream {
    let stream = empty_stream();
    let source =
        gst::parse::bin_from_description("videotestsrc is-live=true ! capsfilter name=modes", true)
            .expect("a bin");
    let modes: gst::Caps = "video/x-raw, format=GRAY8, width=32, height=18, framerate=30/1; \
                            video/x-raw, format=GRAY8, width=64, height=36, framerate=30/1"
        .parse()
        .expect("caps");
    source
        .by_name("modes")
        .expect("a filter")
        .set_property("caps", modes);
    stream.set_property("video-source", &source);
    stream
}

/// Looks at pictures until they have this size.
fn wait_for_size(sink: &mut gst_check::Harness, wanted: (i32, i32)) {
    for _ in 0..100 {
        sink.pull().expect("a buffer");
        if size(sink) == wanted {
            return;
        }
    }
    panic!("still {:?}", size(sink));
}

#[test]
fn the_source_goes_over_to_a_mode_that_a_track_must_have() {
    let stream = two_modes();
    stream.set_property("video-constraints", constraints("width=32"));
    let video = track(&stream, Kind::Video);
    let other = clone(&stream);
    let mut sinks = [consume(&stream, "video_0"), consume(&other, "video_0")];
    for sink in &mut sinks {
        wait_for_size(sink, (32, 18));
    }
    assert_applied(&apply(&video, "width=(structure)[range, exact=64]"));
    let [first, second] = &mut sinks;
    wait_for_size(first, (64, 36));
    // Which still has what it asked for.
    wait_for_size(second, (32, 18));
    assert_eq!(setting(&video, "width"), 64);
    assert_eq!(setting(&track(&other, Kind::Video), "width"), 32);
    assert_eq!(count(&video, "droppedFrames"), 0);
}

#[test]
fn not_if_that_breaks_what_another_track_must_have() {
    let stream = two_modes();
    stream.set_property(
        "video-constraints",
        constraints("width=(structure)[range, exact=32], resizeMode=(structure)[text, exact=none]"),
    );
    let other = clone(&stream);
    let mut sinks = [consume(&stream, "video_0"), consume(&other, "video_0")];
    for sink in &mut sinks {
        wait_for_size(sink, (32, 18));
    }
    let refused = apply(
        &track(&other, Kind::Video),
        "width=(structure)[range, exact=64]",
    );
    assert_eq!(refused.name(), "OverconstrainedError", "{refused}");
    assert_eq!(refused.get::<String>("constraint").as_deref(), Ok("width"));
    for sink in &mut sinks {
        wait_for_size(sink, (32, 18));
    }
}

#[test]
fn afterwards_the_source_may_change_its_mind_as_before() {
    let stream = two_modes();
    stream.set_property("video-constraints", constraints("width=32"));
    let video = track(&stream, Kind::Video);
    let mut sink = consume(&stream, "video_0");
    wait_for_size(&mut sink, (32, 18));
    assert_applied(&apply(&video, "width=(structure)[range, exact=64]"));
    wait_for_size(&mut sink, (64, 36));
    assert_applied(&apply(&video, "dummy=1"));
    let source: gst::Element = video.property("source");
    let modes = source
        .downcast_ref::<gst::Bin>()
        .expect("a bin")
        .by_name("modes");
    let other: gst::Caps = "video/x-raw, format=GRAY8, width=48, height=28, framerate=30/1"
        .parse()
        .expect("caps");
    modes.expect("a filter").set_property("caps", other);
    wait_for_size(&mut sink, (48, 28));
}

#[test]
fn an_ideal_alone_leaves_the_source_as_it_is() {
    let stream = two_modes();
    stream.set_property("video-constraints", constraints("width=32"));
    let video = track(&stream, Kind::Video);
    let mut sink = consume(&stream, "video_0");
    wait_for_size(&mut sink, (32, 18));
    assert_applied(&apply(&video, "width=64"));
    assert_eq!(setting(&video, "width"), 32);
}

#[test]
fn between_two_runs_it_counts_what_the_source_could_give() {
    for state in [gst::State::Null, gst::State::Ready] {
        let stream = two_modes();
        stream.set_property("video-constraints", constraints("width=32"));
        let video = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        wait_for_size(&mut sink, (32, 18));
        // The source follows in its own time.
        stream.set_state(state).expect("a state");
        let refused = apply(&video, "width=(structure)[range, exact=65]");
        assert_eq!(refused.name(), "OverconstrainedError", "{refused}");
        assert_applied(&apply(&video, "width=(structure)[range, exact=64]"));
        stream.set_state(gst::State::Playing).expect("PLAYING");
        wait_for_size(&mut sink, (64, 36));
        assert_eq!(setting(&video, "width"), 64);
    }
}
