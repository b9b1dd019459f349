// SPDX-License-Identifier: MPL-2.0

//! Constrained tracks and the end.

use gst::prelude::*;

use super::*;

#[test]
fn the_end_comes_after_all_that_the_source_gave() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16, frameRate=10.0");
    let gone = Gone::of(&[&stream]);
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..7);
    feed.end();
    assert_eq!([0, 3, 6].map(|_| see(&mut sink).0), [0, 3, 6]);
    pull_event(&mut sink, gst::EventType::Eos);
    drop((sink, stream));
    gone.check();
}

#[test]
fn a_track_that_is_stopped_ends_after_what_it_has() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let other = clone(&stream);
    let video = track(&stream, Kind::Video);
    let mut sinks = [consume(&stream, "video_0"), consume(&other, "video_0")];
    show(&feed, 0..1);
    for sink in &mut sinks {
        see(sink);
    }
    stop(&video);
    pull_event(&mut sinks[0], gst::EventType::Eos);
    show(&feed, 1..2);
    assert_eq!(see(&mut sinks[1]).0, 1);
}

#[test]
fn on_an_ended_track_anything_is_applied_and_nothing_changes() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let (video, _sink) = running(&feed, &stream);
    stop(&video);
    assert_applied(&apply(&video, "width=(structure)[range, min=1000000]"));
    assert_eq!(
        video.property::<gst::Structure>("constraints"),
        constraints("width=16")
    );
}

#[test]
fn a_clone_of_an_ended_track_is_constrained_and_ended() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    stop(&track(&stream, Kind::Video));
    let other = clone(&track(&stream, Kind::Video));
    assert_eq!(other.ready_state(), ReadyState::Ended);
    assert_eq!(
        other.property::<gst::Structure>("constraints"),
        constraints("width=16")
    );
}
