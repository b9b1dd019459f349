// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-finished-add.https.html

use super::page;
use crate::support::*;

#[test]
fn a_live_track_makes_an_inactive_stream_active_again() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio]);
        let old = track(&stream, Kind::Audio);
        stop(&old);
        assert!(!stream.active());
        let live = track(&page.get_user_media(&[Kind::Video]), Kind::Video);
        add(&stream, &live);
        assert!(stream.active());
        page.keep(track(&stream, Kind::Video));
        remove(&stream, &old);
        assert!(stream.active());
        assert_eq!(ids(&stream), [live.id()]);
    });
}
