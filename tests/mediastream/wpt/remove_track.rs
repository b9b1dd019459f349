// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-removetrack.https.html, its first part: the others are about media elements.

use super::page;
use crate::support::*;

#[test]
fn tracks_are_removed_one_by_one_and_live_on() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let tracks = all_tracks(&stream);
        for (left, track) in [(1, &tracks[0]), (0, &tracks[1])] {
            remove(&stream, track);
            assert_eq!(all_tracks(&stream).len(), left);
            assert_eq!(stream.active(), left > 0);
            assert_eq!(track.ready_state(), ReadyState::Live);
        }
    });
}

#[test]
fn removing_a_track_that_is_not_there_does_nothing() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let other = page.get_user_media(&[Kind::Video]);
        let foreign = track(&other, Kind::Video);
        remove(&stream, &foreign);
        assert_eq!(all_tracks(&stream).len(), 2);
        assert_eq!(all_tracks(&other), [foreign]);

        let removed = track(&stream, Kind::Audio);
        remove(&stream, &removed);
        remove(&stream, &removed);
        assert_eq!(all_tracks(&stream).len(), 1);
        assert!(stream.active());
    });
}
