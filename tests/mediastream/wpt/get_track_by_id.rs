// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-gettrackid.https.html

use gst::prelude::*;

use super::page;
use crate::support::*;

fn by_id(stream: &MediaStream, id: &str) -> Option<gst::Element> {
    stream.emit_by_name("get-track-by-id", &[&id])
}

#[test]
fn a_track_is_found_by_its_id_and_by_nothing_else() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        for track in all_tracks(&stream) {
            assert_eq!(by_id(&stream, &track.id()), Some(track.upcast()));
        }
        let clone = page.clone_stream(&stream);
        for id in ids(&clone) {
            assert_eq!(by_id(&stream, &id), None);
        }
        for unknown in ["", "foo", "video_0", &stream.id()] {
            assert_eq!(by_id(&stream, unknown), None);
        }
        let none = None::<&str>;
        let found: Option<gst::Element> = stream.emit_by_name("get-track-by-id", &[&none]);
        assert_eq!(found, None);
    });
}
