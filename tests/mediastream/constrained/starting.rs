// SPDX-License-Identifier: MPL-2.0

//! Constraints that are there before the source is.

use gst::prelude::*;

use super::*;

#[test]
fn the_first_picture_is_as_the_constraints_say() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let gone = Gone::of(&[&stream]);
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..3);
    for number in 0..3 {
        assert_eq!(see(&mut sink), (number, 16 * 9));
    }
    assert_eq!(size(&sink), (16, 9));
    drop((sink, stream));
    gone.check();
}

#[test]
fn a_clone_has_the_settings_of_the_original_from_its_first_picture_on() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16, frameRate=15.0");
    let other = clone(&stream);
    let gone = Gone::of(&[&stream, &other]);
    let mut sink = consume(&other, "video_0");
    show(&feed, 0..4);
    assert_eq!([see(&mut sink).0, see(&mut sink).0], [0, 2]);
    assert_eq!(size(&sink), (16, 9));
    let track = track(&other, Kind::Video);
    assert_eq!(
        track.property::<gst::Structure>("constraints"),
        constraints("width=16, frameRate=15.0")
    );
    assert_eq!(setting(&track, "width"), 16);
    assert_eq!(settings(&track).get("frameRate"), Ok(15.0));
    drop((sink, stream, other, track));
    gone.check();
}

#[test]
fn a_source_that_can_gives_the_size_itself() {
    init();
    let stream = empty_stream();
    let source = gst::parse::bin_from_description(
        "videotestsrc is-live=true num-buffers=2 name=source",
        true,
    );
    stream.set_property("video-source", source.expect("a bin"));
    stream.set_property(
        "video-constraints",
        constraints("width=64, height=48, frameRate=25.0"),
    );
    let mut sink = consume(&stream, "video_0");
    sink.pull().expect("a buffer");
    assert_eq!(size(&sink), (64, 48));
    let source: gst::Element = track(&stream, Kind::Video).property("source");
    let pad = source.static_pad("src").expect("a pad").current_caps();
    let caps = pad.expect("caps");
    let native = caps.structure(0).expect("a structure");
    assert_eq!(
        (native.get("width"), native.get("height")),
        (Ok(64), Ok(48))
    );
    assert_eq!(native.get("framerate"), Ok(gst::Fraction::new(25, 1)));
}

#[test]
fn a_source_whose_sizes_have_steps_gives_the_next_step_and_the_rest_is_made_of_it() {
    for (text, native, wanted) in [
        (
            "width=(structure)[range, exact=400], height=(structure)[range, exact=300]",
            (448, 324),
            (400, 300),
        ),
        ("width=384, height=288", (384, 288), (384, 288)),
        (
            "width=1280, height=720, resizeMode=(structure)[mode, exact=none]",
            (1280, 720),
            (1280, 720),
        ),
    ] {
        init();
        let stream = empty_stream();
        let source = gst::parse::bin_from_description(
            "videotestsrc is-live=true num-buffers=2 ! capsfilter name=steps \
             caps=video/x-raw,format=GRAY8,width=[64,1920,64],height=[36,1080,36]",
            true,
        );
        let source = source.expect("a bin");
        let steps = source
            .by_name("steps")
            .and_then(|steps| steps.static_pad("src"));
        stream.set_property("video-source", source);
        stream.set_property("video-constraints", constraints(text));
        let mut sink = consume(&stream, "video_0");
        sink.pull().expect("a buffer");
        assert_eq!(size(&sink), wanted, "{text}");
        let given = steps.and_then(|pad| pad.current_caps()).expect("caps");
        let given = given.structure(0).expect("a structure");
        let (width, height) = native;
        assert_eq!(
            (given.get("width"), given.get("height")),
            (Ok(width), Ok(height)),
            "{text}"
        );
    }
}

#[test]
fn what_the_source_gives_itself_is_passed_on_untouched() {
    let feed = pictures();
    let stream = constrained(
        &feed,
        "width=32, height=18, frameRate=30.0, resizeMode=none",
    );
    let mut sink = consume(&stream, "video_0");
    let sent = picture(0);
    let memory = sent.peek_memory(0).as_ptr();
    feed.push_buffer(sent);
    let got = sink.pull().expect("a buffer");
    assert_eq!(got.peek_memory(0).as_ptr(), memory);
}

#[test]
fn a_source_that_cannot_give_what_must_be_does_not_start() {
    let feed = pictures();
    let stream = constrained(&feed, "width=(structure)[range, min=33]");
    let errors = hear_messages(&track(&stream, Kind::Video), |message| {
        match message.view() {
            gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
            _ => None,
        }
    });
    // What an appsrc gives is known when it begins to.
    let _ = stream.set_state(gst::State::Playing);
    let _ = feed.app_src().push_buffer(picture(0));
    let error = next(&errors);
    assert!(
        error.starts_with("OverconstrainedError (width): video-constraints: "),
        "{error}"
    );
    stream.set_state(gst::State::Null).expect("NULL");
}

#[test]
fn a_source_whose_caps_are_known_fails_the_change_of_state() {
    init();
    let stream = empty_stream();
    let source = gst::parse::bin_from_description(
        "videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=320,height=240",
        true,
    );
    stream.set_property("video-source", source.expect("a bin"));
    stream.set_property(
        "video-constraints",
        constraints("width=(structure)[range, exact=640]"),
    );
    let errors = hear_messages(&stream, |message| match message.view() {
        gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
        _ => None,
    });
    assert!(stream.set_state(gst::State::Playing).is_err());
    let error = next(&errors);
    assert!(error.contains("OverconstrainedError (width)"), "{error}");
    assert!(error.contains("640") && error.contains("320"), "{error}");
    stream.set_state(gst::State::Null).expect("NULL");
}

#[test]
fn a_source_that_starts_again_gives_what_was_asked_for_at_once() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let mut sink = consume(&stream, "video_0");
    show(&feed, 100..103);
    for number in 100..103 {
        assert_eq!(see(&mut sink).0, number);
    }
    drop(sink);
    let mut sink = consume(&stream, "video_0");
    // From the beginning of time.
    show(&feed, 0..2);
    for number in 0..2 {
        assert_eq!(see(&mut sink).0, number);
        assert_eq!(size(&sink), (16, 9));
    }
}

#[test]
fn what_a_clone_that_nobody_uses_must_have_stops_no_other() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    assert_applied(&apply(
        &track(&other, Kind::Video),
        "width=(structure)[range, min=5000]",
    ));
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    assert_eq!(see(&mut sink), (0, SIZE));
}

#[test]
fn a_track_that_cannot_have_what_it_must_have_ends_alone() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let (kept, ended) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    assert_applied(&apply(&ended, "width=(structure)[range, min=5000]"));
    let heard = hear_ended(std::slice::from_ref(&ended));
    // In use before it is known what the source gives.
    other.set_state(gst::State::Ready).expect("READY");
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    assert_eq!(next(&heard), ended.id());
    assert_eq!(see(&mut sink), (0, SIZE));
    assert_eq!(kept.ready_state(), ReadyState::Live);
    other.set_state(gst::State::Null).expect("NULL");
}

#[test]
fn a_track_that_cannot_have_what_it_must_have_of_a_running_source_does_not_start() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let refused = track(&other, Kind::Video);
    assert_applied(&apply(
        &refused,
        "height=(structure)[range, exact=17], width=(structure)[range, min=33]",
    ));
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    see(&mut sink);
    let errors = hear_messages(&refused, |message| match message.view() {
        gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
        _ => None,
    });
    assert!(other.set_state(gst::State::Playing).is_err());
    let error = next(&errors);
    assert!(error.starts_with("OverconstrainedError (width)"), "{error}");
    other.set_state(gst::State::Null).expect("NULL");
    show(&feed, 1..2);
    assert_eq!(see(&mut sink), (1, SIZE));
}
