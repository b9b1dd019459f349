// SPDX-License-Identifier: MPL-2.0

//! mediacapture-image/MediaStreamTrack-clone.https.html, with what a camera has here.

use gst::prelude::*;

use super::page;
use crate::constrained::{apply, assert_applied, constraints};
use crate::support::*;

/// Of each type one, and a list whose order counts.
const ASKED: &str = "width=(structure)[range, min=16, max=640, ideal=320], frameRate=15.0, \
    resizeMode=(structure)[text, exact={ crop-and-scale, none }], \
    advanced=<(structure)[c, height=5000], (structure)[c, height=100], (structure)[c, aspectRatio=1.0]>";

const ALL: [&str; 3] = ["constraints", "settings", "capabilities"];

/// What a track says of itself.
fn said(track: &MediaStreamTrack) -> [gst::Structure; 3] {
    ALL.map(|name| track.property(name))
}

#[test]
fn a_clone_has_the_same_constraints_settings_and_capabilities() {
    page(|page| {
        for at_the_start in [true, false] {
            let media = page.ask(Kind::Video, if at_the_start { ASKED } else { "" });
            let media = media.expect("media");
            if !at_the_start {
                assert_applied(&apply(&media.track, ASKED));
            }
            let cloned = page.keep(clone(&media.track));
            assert_eq!(said(&cloned), said(&media.track));
            let [asked, settings, capabilities] = said(&cloned);
            assert_eq!(asked, constraints(ASKED));
            assert_eq!(settings.get("height"), Ok(100));
            assert!(capabilities.has_field("width"));
        }
    });
}

#[test]
fn what_one_is_asked_for_later_is_not_asked_of_the_other() {
    page(|page| {
        let media = page.ask(Kind::Video, ASKED).expect("media");
        let cloned = page.keep(clone(&media.track));
        let before = said(&cloned);
        for (changed, kept) in [(&cloned, &media.track), (&media.track, &cloned)] {
            let other = said(kept);
            assert_applied(&apply(changed, "width=(structure)[range, exact=48]"));
            assert_eq!(said(kept), other);
            assert_ne!(said(changed)[0], before[0]);
            assert_ne!(said(changed)[1], before[1]);
            assert_eq!(said(changed)[2], before[2]);
        }
    });
}

#[test]
fn what_a_reader_does_with_the_structures_changes_no_track() {
    page(|page| {
        let media = page.ask(Kind::Video, ASKED).expect("media");
        let cloned = page.keep(clone(&media.track));
        let before = said(&cloned);
        for track in [&media.track, &cloned] {
            for mut structure in said(track) {
                structure.remove_all_fields();
                structure.set("width", 1);
            }
        }
        // Nor does who asked, with what it asked by.
        let mut asked = constraints("width=64");
        media
            .track
            .emit_by_name::<()>("apply-constraints", &[&asked, &None::<gst::Promise>]);
        asked.set("width", 32);
        assert_applied(&apply(&media.track, ASKED));
        assert_eq!(said(&media.track), before);
        assert_eq!(said(&cloned), before);
    });
}
