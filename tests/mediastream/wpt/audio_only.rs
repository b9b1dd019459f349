// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-audio-only.https.html

use super::page;
use crate::support::*;

#[test]
fn who_asks_for_audio_gets_one_audio_track_and_nothing_else() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio]);
        let track = track(&stream, Kind::Audio);
        assert_eq!(track.kind(), Kind::Audio);
        assert!(tracks(&stream, "get-video-tracks").is_empty());
        assert_eq!(all_tracks(&stream), [track]);
    });
}
