// SPDX-License-Identifier: MPL-2.0

//! How constraints are written.

use gst::glib;
use gst::prelude::*;

use super::*;

#[test]
fn ranges_lists_and_structures_are_understood() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (video, _sink) = running(&feed, &stream);
    for (text, width) in [
        ("width=16", 16),
        ("width=(uint)16", 16),
        ("width=16.2", 16),
        ("width=[ 4, 16 ]", 16),
        ("width=(structure)[range, max=8, ideal=4]", 4),
        ("width=16, frameRate=15/1", 16),
        ("width=16, frameRate=[ 5.0, 15.0 ]", 16),
        ("width=16, frameRate=[ 5/1, 15/1 ]", 16),
        ("width=16, facingMode={ user, environment }", 16),
        ("width=16, facingMode={ }", 16),
        ("width=16, nobodyKnowsThis=(structure)[range, exact=1]", 16),
        ("width=(structure)[range, max=-1, ideal=16]", 0),
        ("advanced=<(structure)[c, width=16]>", 16),
    ] {
        let answer = apply(&video, text);
        if width == 0 {
            assert_eq!(
                answer.get::<String>("constraint").as_deref(),
                Ok("width"),
                "{text}"
            );
            continue;
        }
        assert_applied(&answer);
        assert_eq!(setting(&video, "width"), width, "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_a_type_error_that_says_so() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let video = track(&stream, Kind::Video);
    for (text, words) in [
        ("width=wide", "width must be a number"),
        (
            "frameRate=(structure)[range, min=fast]",
            "frameRate must be a number",
        ),
        ("resizeMode=3", "resizeMode must be a text"),
        ("facingMode={ 1, 2 }", "facingMode must be a text"),
        ("advanced=<3>", "advanced must be an array of structures"),
        (
            "advanced=<(structure)[c, width=wide]>",
            "width must be a number",
        ),
    ] {
        let answer = apply(&video, text);
        assert_eq!(answer.name(), "TypeError", "{text}: {answer}");
        let message = answer.get::<String>("message").expect("words");
        assert!(message.contains(words), "{text}: {message}");
        assert_eq!(
            video.property::<gst::Structure>("constraints"),
            constraints("width=16")
        );
    }
}

#[test]
fn a_range_from_nowhere_to_nowhere_is_a_type_error() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let video = track(&stream, Kind::Video);
    // What GStreamer makes of "[ 5, 5 ]", and not without a critical warning of its own.
    let whole = glib::Value::for_value_type::<gst::IntRange<i32>>();
    let fraction = glib::Value::for_value_type::<gst::FractionRange>();
    for (name, range) in [
        ("width", whole.try_into_send_value::<gst::IntRange<i32>>()),
        (
            "frameRate",
            fraction.try_into_send_value::<gst::FractionRange>(),
        ),
    ] {
        let mut asked = gst::Structure::new_empty("constraints");
        asked.set_value(name, range.expect("numbers"));
        let answer = answer(&request(&video, &asked));
        assert_eq!(answer.name(), "TypeError", "{answer}");
        let message = answer.get::<String>("message").expect("words");
        let words = format!("{name} must be a number");
        assert!(message.contains(&words), "{message}");
    }
}

#[test]
fn a_stream_with_constraints_that_make_no_sense_does_not_start() {
    let feed = pictures();
    let stream = constrained(&feed, "width=wide");
    let errors = hear_messages(&stream, |message| match message.view() {
        gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
        _ => None,
    });
    assert!(stream.set_state(gst::State::Ready).is_err());
    assert!(next(&errors).starts_with("video-constraints: width must be a number"));
    stream.set_property("video-constraints", constraints("width=16"));
    stream.set_state(gst::State::Ready).expect("now it can");
    stream.set_state(gst::State::Null).expect("NULL");
}

#[test]
fn constraints_alone_ask_for_a_track() {
    let stream = empty_stream();
    stream.set_property("audio-constraints", constraints("channelCount=1"));
    assert_eq!(tracks(&stream, "get-audio-tracks").len(), 1);
    assert!(stream.property::<bool>("audio"));
    assert_eq!(
        stream.property::<Option<gst::Structure>>("audio-constraints"),
        Some(constraints("channelCount=1"))
    );
}

#[test]
fn nothing_asks_for_nothing() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let (video, _sink) = running(&feed, &stream);
    let promise = gst::Promise::new();
    video.emit_by_name::<()>("apply-constraints", &[&None::<gst::Structure>, &promise]);
    assert_applied(&answer(&promise));
    assert_eq!(setting(&video, "width"), 32);
    // And without anybody who wants to know.
    video.emit_by_name::<()>(
        "apply-constraints",
        &[&constraints("width=8"), &None::<gst::Promise>],
    );
    assert_applied(&apply(&video, "width=4"));
}

#[test]
fn who_wants_no_track_any_more_has_asked_for_nothing() {
    let stream = empty_stream();
    let gone = Gone::of(&[&stream]);
    let none = None::<gst::Structure>;
    stream.set_property("video-constraints", &none);
    assert!(all_tracks(&stream).is_empty());
    for written in ["width=(structure)[range, exact=320]", "width=wide"] {
        stream.set_property("video-constraints", constraints(written));
        assert_eq!(all_tracks(&stream).len(), 1);
        stream.set_property("video", false);
        assert!(all_tracks(&stream).is_empty());
        assert_eq!(
            stream.property::<Option<gst::Structure>>("video-constraints"),
            None
        );
        // What made no sense is of no account any more.
        stream.set_state(gst::State::Ready).expect("READY");
        stream.set_state(gst::State::Null).expect("NULL");
        stream.set_property("video", true);
        let video = track(&stream, Kind::Video);
        let asked = video.property::<gst::Structure>("constraints");
        assert_eq!(asked.n_fields(), 0, "{asked}");
        stream.set_property("video", false);
    }
    drop(stream);
    gone.check();
}
