// SPDX-License-Identifier: MPL-2.0

//! WebKit's fast/mediastream/mediastreamtrack-clone-muted.html and stop-clone-when-muted.html.

use super::page;
use crate::support::*;

/// Pictures that are missed after an eighth of a second.
fn camera() -> Feed {
    Feed::timed(&VIDEO.replace("framerate=10/1", "framerate=200/1"))
}

/// A frame that gets its time from the camera.
fn frame(number: u64) -> gst::Buffer {
    let mut buffer = Feed::buffer(number);
    let header = buffer.get_mut().expect("a new buffer");
    header.set_pts(gst::ClockTime::NONE);
    header.set_duration(gst::ClockTime::from_mseconds(5));
    buffer
}

/// The camera returns. A frame that comes when black has taken its place is too late, and the next one may not be.
fn come_back(feed: &Feed, number: u64, heard: &std::sync::mpsc::Receiver<(String, bool)>) {
    let patience = std::time::Duration::from_millis(50);
    let unmuted = (0..200).find_map(|_| {
        feed.push_buffer(frame(number));
        heard.recv_timeout(patience).ok()
    });
    assert_eq!(unmuted, Some(("unmute".into(), false)));
}

#[test]
fn a_clone_of_a_muted_track_is_muted_without_a_word_and_recovers_with_it() {
    let (heard, expected) = page(|page| {
        let feed = camera();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let of_original = hear_source(&original);
        let mut sink = consume(&stream, "video_0");
        feed.push_buffer(frame(0));
        pull(&mut sink, 1);
        assert_eq!(next(&of_original), ("mute".into(), true));
        let cloned = page.keep(clone(&original));
        assert!(gst::prelude::ObjectExt::property::<bool>(&cloned, "muted"));
        let of_clone = hear_source(&cloned);
        come_back(&feed, 1, &of_original);
        assert_eq!(next(&of_clone), ("unmute".into(), false));
        stop(&original);
        stop(&cloned);
        (of_clone, 0)
    });
    let muted = heard.iter().filter(|(_, muted)| *muted).count();
    assert_eq!(muted, expected);
}

#[test]
fn stopping_a_clone_of_a_muted_track_does_not_stop_the_original() {
    page(|page| {
        let feed = camera();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let heard = hear_source(&original);
        let mut sink = consume(&stream, "video_0");
        feed.push_buffer(frame(0));
        assert_eq!(next(&heard), ("mute".into(), true));
        let clone = page.clone_stream(&stream);
        stop(&track(&clone, Kind::Video));
        assert_eq!(original.ready_state(), ReadyState::Live);
        come_back(&feed, 7, &heard);
        while sink.pull().expect("a frame").offset() != 7 {}
    });
}
