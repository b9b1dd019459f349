// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-clone.https.html

use super::{page, states, stop_all};
use crate::support::*;

#[test]
fn a_clone_of_a_stream_lives_and_ends_on_its_own() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let clone1 = page.clone_stream(&stream);
        let (audio, video) = (track(&clone1, Kind::Audio), track(&clone1, Kind::Video));
        assert_ne!(audio.id(), track(&stream, Kind::Audio).id());
        assert_ne!(video.id(), track(&stream, Kind::Video).id());

        stop_all(&stream);
        assert!(!stream.active());
        assert_eq!(states(&stream), [ReadyState::Ended; 2]);
        assert!(clone1.active());
        assert_eq!(states(&clone1), [ReadyState::Live; 2]);

        stop(&audio);
        assert!(clone1.active());
        assert_eq!(audio.ready_state(), ReadyState::Ended);
        assert_eq!(video.ready_state(), ReadyState::Live);
    });
}

#[test]
fn a_clone_of_a_half_ended_or_ended_stream_has_its_tracks_as_they_are() {
    page(|page| {
        let clone1 = page.get_user_media(&[Kind::Audio, Kind::Video]);
        stop(&track(&clone1, Kind::Audio));
        let clone2 = page.clone_stream(&clone1);
        assert!(clone2.active());
        assert_eq!(track(&clone2, Kind::Audio).ready_state(), ReadyState::Ended);
        assert_eq!(track(&clone2, Kind::Video).ready_state(), ReadyState::Live);

        stop(&track(&clone1, Kind::Video));
        stop(&track(&clone2, Kind::Video));
        let clone3 = page.clone_stream(&clone2);
        assert!(!clone3.active());
        assert_eq!(states(&clone3), [ReadyState::Ended; 2]);

        let mut all: Vec<_> = [&clone1, &clone2, &clone3].map(ids).concat();
        all.extend([&clone1, &clone2, &clone3].map(|stream| stream.id()));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((count, all.len()), (9, 9), "an id twice in {all:?}");
    });
}

#[test]
fn clones_of_tracks_outlive_their_originals_and_make_their_stream_active_again() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let clones: Vec<_> = all_tracks(&stream)
            .iter()
            .map(|track| page.keep(clone(track)))
            .collect();
        for (clone, id) in clones.iter().zip(ids(&stream)) {
            assert_ne!(clone.id(), id);
            assert_eq!(clone.ready_state(), ReadyState::Live);
        }

        stop_all(&stream);
        assert!(!stream.active());
        assert_eq!(states(&stream), [ReadyState::Ended; 2]);
        for clone in &clones {
            assert_eq!(clone.ready_state(), ReadyState::Live);
        }

        clones.iter().for_each(|clone| add(&stream, clone));
        assert!(stream.active());
        stop_all(&stream);
        assert!(!stream.active());
        assert_eq!(states(&stream), [ReadyState::Ended; 4]);
    });
}
