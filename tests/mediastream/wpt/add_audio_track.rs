// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-add-audio-track.https.html

use super::page;
use crate::support::*;

#[test]
fn an_audio_track_is_added_once() {
    page(|page| {
        let audio = track(&page.get_user_media(&[Kind::Audio]), Kind::Audio);
        let stream = page.get_user_media(&[Kind::Video]);
        assert!(tracks(&stream, "get-audio-tracks").is_empty());
        add(&stream, &audio);
        assert_eq!(track(&stream, Kind::Audio).id(), audio.id());
        let added = page.keep(track(&stream, Kind::Audio));
        // Neither again, nor by the other one of its elements.
        add(&stream, &audio);
        add(&stream, &added);
        assert_eq!(tracks(&stream, "get-audio-tracks"), [added]);
        assert_eq!(all_tracks(&stream).len(), 2);
    });
}
