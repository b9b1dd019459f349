// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-id.https.html

use super::page;
use crate::support::*;

#[test]
fn the_tracks_of_a_stream_have_different_ids_which_never_change() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let before = ids(&stream);
        assert_ne!(before[0], before[1]);
        all_tracks(&stream).iter().for_each(stop);
        assert_eq!(ids(&stream), before);
    });
}
