// SPDX-License-Identifier: MPL-2.0

//! What cannot be is said, and changes nothing.

use gst::prelude::*;

use super::*;

#[test]
fn what_the_source_cannot_give_is_refused_by_name_and_nothing_changes() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let (video, mut sink) = running(&feed, &stream);
    for (text, name) in [
        ("width=(structure)[range, min=33]", "width"),
        ("height=(structure)[range, exact=19]", "height"),
        ("frameRate=(structure)[range, min=31.0]", "frameRate"),
        ("width=(structure)[range, min=20, max=10]", "width"),
        ("aspectRatio=(structure)[range, exact=100.0]", "aspectRatio"),
        ("resizeMode=(structure)[text, exact=stretch]", "resizeMode"),
        ("groupId=(structure)[text, exact=other]", "groupId"),
        ("facingMode=(structure)[text, exact=user]", "facingMode"),
        // Each is possible, but not both.
        (
            "width=(structure)[range, exact=32], resizeMode=(structure)[text, exact=none], frameRate=(structure)[range, max=15.0]",
            "",
        ),
    ] {
        let answer = apply(&video, text);
        assert_eq!(answer.name(), "OverconstrainedError", "{text}: {answer}");
        assert_eq!(
            answer.get::<String>("constraint").as_deref(),
            Ok(name),
            "{text}"
        );
        assert!(!answer.get::<String>("message").expect("words").is_empty());
        assert_eq!(
            video.property::<gst::Structure>("constraints"),
            constraints("width=16")
        );
        assert_eq!(setting(&video, "width"), 16);
    }
    show(&feed, 1..2);
    assert_eq!(see(&mut sink).0, 1);
    assert_eq!(size(&sink), (16, 9));
}

#[test]
fn one_track_that_is_refused_does_not_touch_another() {
    let feed = pictures();
    let stream = constrained(&feed, "width=(structure)[range, exact=32]");
    let other = clone(&stream);
    let (first, second) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    see(&mut sink);
    assert_applied(&apply(&second, "width=8"));
    assert_eq!(
        apply(&second, "width=(structure)[range, exact=64]").name(),
        "OverconstrainedError"
    );
    assert_eq!(
        (setting(&first, "width"), setting(&second, "width")),
        (32, 8)
    );
    show(&feed, 1..2);
    assert_eq!(see(&mut sink), (1, SIZE));
}

#[test]
fn an_advanced_set_that_cannot_be_is_left_out() {
    let feed = pictures();
    let stream = constrained(
        &feed,
        "advanced=<(structure)[c, width=64], (structure)[c, width=16, height=16], (structure)[c, width=8]>",
    );
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    see(&mut sink);
    assert_eq!(size(&sink), (16, 16));
}
