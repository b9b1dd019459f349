// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-init.https.html

use super::page;
use crate::support::*;

#[test]
fn a_new_track_is_live() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Video]);
        let track = track(&stream, Kind::Video);
        assert_eq!(track.ready_state(), ReadyState::Live);
        assert_eq!(track.kind(), Kind::Video);
        assert_ne!(track.id(), "");
        assert!(stream.active());
    });
}
