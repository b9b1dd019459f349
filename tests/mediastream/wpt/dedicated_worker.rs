// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStream-in-dedicated-worker.https.html: all of it from another thread than the one that
//! started GStreamer, where there is no main loop.

use gst::prelude::*;

use super::{Page, page, states, stop_all};
use crate::support::*;

fn worker(test: impl FnOnce(&Page) + Send + 'static) {
    init();
    std::thread::spawn(|| page(test))
        .join()
        .expect("the worker's test succeeds");
}

#[test]
fn an_empty_stream_is_inactive() {
    worker(|page| {
        let stream = page.keep(empty_stream());
        assert!(!stream.active());
        assert!(all_tracks(&stream).is_empty());
        assert_eq!(stream.id().len(), 36);
        let clone = page.keep(clone(&stream));
        assert!(!clone.active());
        assert!(all_tracks(&clone).is_empty());
        assert_ne!(clone.id(), stream.id());
    });
}

#[test]
fn a_stream_made_of_tracks_has_them_and_is_active() {
    worker(|page| {
        let tracks = all_tracks(&page.get_user_media(&[Kind::Audio, Kind::Video]));
        let stream = empty_stream();
        tracks.iter().for_each(|track| add(&stream, track));
        let stream = page.run(stream);
        assert!(stream.active());
        let expected: Vec<_> = tracks.iter().map(MediaStreamTrack::id).collect();
        assert_eq!(ids(&stream), expected);
    });
}

#[test]
fn a_stream_made_of_another_has_a_new_id_and_the_same_tracks_in_the_same_order() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Video, Kind::Audio]);
        add(&stream, &page.keep(clone(&track(&stream, Kind::Video))));
        let same = page.run(same_tracks(&stream));
        assert_ne!(same.id(), stream.id());
        assert_eq!(ids(&same), ids(&stream));
    });
}

#[test]
fn a_track_is_found_by_its_id() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        for track in all_tracks(&stream) {
            let id = track.id();
            let found: Option<gst::Element> = stream.emit_by_name("get-track-by-id", &[&id]);
            assert_eq!(found, Some(track.upcast()));
        }
    });
}

#[test]
fn adding_and_removing_twice_is_as_once() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let audio = track(&stream, Kind::Audio);
        add(&stream, &audio);
        assert_eq!(all_tracks(&stream).len(), 2);
        remove(&stream, &audio);
        remove(&stream, &audio);
        assert_eq!(all_tracks(&stream), [track(&stream, Kind::Video)]);
    });
}

#[test]
fn a_track_that_comes_back_is_the_last_one() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let mut order = ids(&stream);
        let first = all_tracks(&stream).swap_remove(0);
        remove(&stream, &first);
        add(&stream, &first);
        order.rotate_left(1);
        assert_eq!(ids(&stream), order);
    });
}

#[test]
fn a_clone_has_a_new_id_and_live_tracks_with_new_ids() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let clone = page.clone_stream(&stream);
        assert_ne!(clone.id(), stream.id());
        assert!(clone.active());
        assert_eq!(states(&clone), [ReadyState::Live; 2]);
        for (track, original) in all_tracks(&clone).iter().zip(all_tracks(&stream)) {
            assert_ne!(track.id(), original.id());
            assert_eq!(track.kind(), original.kind());
        }
    });
}

#[test]
fn a_stream_becomes_inactive_with_its_last_track() {
    worker(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let removed = track(&stream, Kind::Audio);
        remove(&stream, &removed);
        assert!(stream.active());
        stop_all(&stream);
        assert!(!stream.active());
        assert_eq!(removed.ready_state(), ReadyState::Live);
        add(&stream, &removed);
        assert!(stream.active());
        remove(&stream, &removed);
        assert!(!stream.active());
    });
}
