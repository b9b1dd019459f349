// SPDX-License-Identifier: MPL-2.0

//! WebKit's own tests: fast/mediastream/MediaStream-clone.html, MediaStreamTrack-clone.html and
//! mediastreamtrack-video-clone.html.

use super::{page, states};
use crate::support::*;

#[test]
fn a_clone_is_as_its_original_but_for_the_id() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let clone_stream = page.clone_stream(&stream);
        stop(&track(&stream, Kind::Audio));
        let of_ended = page.keep(clone(&track(&stream, Kind::Audio)));
        assert_eq!(of_ended.ready_state(), ReadyState::Ended);
        for (clone, original) in [
            (
                track(&clone_stream, Kind::Audio),
                track(&stream, Kind::Audio),
            ),
            (
                track(&clone_stream, Kind::Video),
                track(&stream, Kind::Video),
            ),
            (of_ended, track(&stream, Kind::Audio)),
        ] {
            assert_eq!(clone.kind(), original.kind());
            assert_eq!(clone.label(), original.label());
            assert_ne!(clone.label(), "");
            assert_ne!(clone.id(), original.id());
        }
    });
}

#[test]
fn handlers_are_not_cloned() {
    let (of_original, expected) = page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let of_original = hear_ended(std::slice::from_ref(&original));
        let clone = page.clone_stream(&stream);
        let of_clone = hear_ended(&[track(&clone, Kind::Video)]);
        feed.end();
        assert_eq!(next(&of_clone), track(&clone, Kind::Video).id());
        (of_original, vec![original.id()])
    });
    assert_eq!(of_original.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_clone_is_in_no_stream() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Video]);
        let clone = page.keep(clone(&track(&stream, Kind::Video)));
        assert_eq!(all_tracks(&stream).len(), 1);
        let id = clone.id();
        assert!(stream.track_by_id(&id).is_none());
        let own = page.keep(empty_stream());
        add(&own, &clone);
        assert_eq!(all_tracks(&own), [clone]);
    });
}

#[test]
fn stopping_a_track_does_not_stop_its_clone_nor_the_other_way_round() {
    page(|page| {
        for stop_the_clone in [false, true] {
            let feed = Feed::video();
            let stream = page.run(video_stream(&feed));
            let clone = page.clone_stream(&stream);
            let (stopped, kept) = match stop_the_clone {
                true => (&clone, &stream),
                false => (&stream, &clone),
            };
            let mut consumers = [consume(stopped, "video_0"), consume(kept, "video_0")];
            stop(&track(stopped, Kind::Video));
            assert_eq!(states(stopped), [ReadyState::Ended]);
            assert_eq!(states(kept), [ReadyState::Live]);
            pull_event(&mut consumers[0], gst::EventType::Eos);
            feed.push(0);
            assert_eq!(pull(&mut consumers[1], 1), [0]);
        }
    });
}

#[test]
fn a_clone_that_nobody_keeps_does_not_stop_the_original() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let mut consumer = consume(&stream, "video_0");
        let gone = Gone::of(&[&clone(&stream)]).and(&[&clone(&track(&stream, Kind::Video))]);
        gone.check();
        assert!(stream.active());
        feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
    });
}
