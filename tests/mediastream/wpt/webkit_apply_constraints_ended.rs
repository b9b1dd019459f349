// SPDX-License-Identifier: MPL-2.0

//! WebKit's fast/mediastream/applyConstraints-ended.html

use gst::prelude::*;

use super::page;
use crate::constrained::{apply, assert_applied};
use crate::support::*;

#[track_caller]
fn assert_refused_until_the_end(kind: Kind, impossible: &str) {
    page(|page| {
        let media = page.ask(kind, "").expect("media");
        let refused = apply(&media.track, impossible);
        assert_eq!(refused.name(), "OverconstrainedError");
        let before = media.track.property::<gst::Structure>("constraints");
        stop(&media.track);
        assert_applied(&apply(&media.track, impossible));
        let after = media.track.property::<gst::Structure>("constraints");
        assert_eq!(after, before);
    });
}

#[test]
fn an_ended_video_track_takes_everything_and_does_nothing() {
    assert_refused_until_the_end(Kind::Video, "width=(structure)[range, exact=10000000]");
}

#[test]
fn an_ended_audio_track_takes_everything_and_does_nothing() {
    assert_refused_until_the_end(Kind::Audio, "sampleRate=(structure)[range, exact=10000000]");
}
