// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-applyConstraints.https.html

use super::page;
use crate::constrained::{apply, assert_applied, settings};
use crate::support::*;

/// The constraint that an `OverconstrainedError` names.
#[track_caller]
fn overconstrained(answer: &gst::Structure) -> String {
    assert_eq!(answer.name(), "OverconstrainedError", "{answer}");
    answer.get("constraint").expect("a constraint")
}

#[test]
fn a_group_id_that_nobody_has_is_refused() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let answer = apply(&media.track, "groupId=(structure)[text, exact=INVALID]");
        assert_eq!(overconstrained(&answer), "groupId");
    });
}

#[test]
fn an_ideal_group_id_that_nobody_has_changes_no_setting() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let before = settings(&media.track);
        assert_applied(&apply(&media.track, "groupId=INVALID"));
        assert_eq!(settings(&media.track), before);
    });
}

#[test]
fn a_resize_mode_that_does_not_exist_is_refused() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let answer = apply(&media.track, "resizeMode=(structure)[text, exact=INVALID]");
        assert_eq!(overconstrained(&answer), "resizeMode");
    });
}

#[test]
fn an_ideal_resize_mode_that_does_not_exist_changes_no_setting() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let before = settings(&media.track);
        assert_applied(&apply(&media.track, "resizeMode=INVALID"));
        assert_eq!(settings(&media.track), before);
    });
}
