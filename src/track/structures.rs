// SPDX-License-Identifier: MPL-2.0

//! The properties of a track that are structures, which the properties derive does not know, and the promise that
//! `apply-constraints` answers.

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

use super::MediaStreamTrack;
use super::constrained::{Constrained, Refusal};
use super::imp;
use crate::kind::Kind;

/// Their specifications.
pub(super) fn specs() -> &'static [glib::ParamSpec] {
    static SPECS: Lazy<Vec<glib::ParamSpec>> = Lazy::new(|| {
        [
            (
                "stats",
                "Statistics",
                "What became of the source's frames: deliveredFrames, droppedFrames (the consumer lagged or failed), discardedFrames \
                 (left out for a lower frameRate), totalFrames; of audio also durations and latencies in ms",
            ),
            (
                "constraints",
                "Constraints",
                "What was applied last, as it was written (W3C getConstraints)",
            ),
            (
                "settings",
                "Settings",
                "What the track's media are: width, height, aspectRatio, frameRate, resizeMode; sampleRate, channelCount, sampleSize \
                 (W3C getSettings); empty as long as the source has not decided",
            ),
            (
                "capabilities",
                "Capabilities",
                "What the settings could be, whatever the constraints (W3C getCapabilities); empty before the source has been opened",
            ),
        ]
        .into_iter()
        .map(|(name, nick, blurb)| {
            glib::ParamSpecBoxed::builder::<gst::Structure>(name)
                .nick(nick)
                .blurb(blurb)
                .read_only()
                .build()
        })
        .collect()
    });
    &SPECS
}

/// The value of one of them.
pub(super) fn value(track: &imp::MediaStreamTrack, name: &str) -> Option<glib::Value> {
    let structure = match (name, track.core()) {
        ("stats", _) => track.stats().to_structure(track.kind() == Kind::Audio),
        ("constraints", Some(core)) => core.written_constraints(),
        ("settings", Some(core)) => core.settings(),
        ("capabilities", Some(core)) => core.capabilities(),
        ("constraints" | "settings" | "capabilities", None) => gst::Structure::new_empty(name),
        _ => return None,
    };
    Some(structure.to_value())
}

impl MediaStreamTrack {
    /// Asks the track's media to be like this, in place of what was asked before; nothing asks for nothing (W3C
    /// `MediaStreamTrack.applyConstraints()`).
    ///
    /// The promise is answered in the order of the calls, on a thread of the plugin's own: with an empty structure; with one
    /// named `OverconstrainedError` that has `constraint` and `message`, if the source cannot give that; with a `TypeError` that
    /// has a `message`, if the constraints make no sense; or with an `AbortError`, if an element does not work. Then nothing has
    /// changed. On an ended track nothing changes either, and that is no error.
    pub fn apply_constraints(
        &self,
        written: Option<gst::Structure>,
        promise: Option<gst::Promise>,
    ) {
        let answer = move |structure: gst::Structure| {
            if let Some(promise) = promise {
                promise.reply(Some(structure));
            }
        };
        let Some(track) = self.core() else {
            return answer(done());
        };
        match Constrained::parse(written, track.kind()) {
            Ok(constrained) => track.apply(constrained, move |result| match result {
                Ok(()) => answer(done()),
                Err(refusal) => answer(refused(refusal)),
            }),
            Err(what) => {
                let error = error("TypeError", &what);
                track.source().after_that(|| {}, move |()| answer(error));
            }
        }
    }
}

fn done() -> gst::Structure {
    gst::Structure::new_empty("applied")
}

fn error(name: &str, message: &str) -> gst::Structure {
    gst::Structure::builder(name)
        .field("message", message)
        .build()
}

fn refused(refusal: Refusal) -> gst::Structure {
    match refusal {
        Refusal::Overconstrained(refused) => {
            let mut error = error("OverconstrainedError", &refused.message);
            error.set("constraint", refused.constraint);
            error
        }
        Refusal::Failed(failure) => error("AbortError", failure.text()),
    }
}
