// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-video-only.https.html

use super::page;
use crate::support::*;

#[test]
fn who_asks_for_video_gets_one_video_track_and_nothing_else() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Video]);
        let track = track(&stream, Kind::Video);
        assert_eq!(track.kind(), Kind::Video);
        assert!(tracks(&stream, "get-audio-tracks").is_empty());
        assert_eq!(all_tracks(&stream), [track]);
    });
}
